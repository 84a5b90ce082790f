"""Several acts at one instant, each on a database connection of its own; a control makes them meet where the lock was."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from casework.cases import moving

_own = threading.local()


def meet(timeout: float = 10) -> None:
    """Within an act of `together`: all have come so far before any goes on, however busy the machine. One that never comes is
    not waited for twice; outside of it nobody is waited for."""
    if meeting := getattr(_own, "meeting", None):
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout)


def judge_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a control: every act of `together` has passed right, state and guards before any writes its step."""
    record = moving.record

    def held(*given: Any, **named: Any) -> Any:
        meet()
        return record(*given, **named)

    monkeypatch.setattr(moving, "record", held)


def together(works: Sequence[Callable[[], Any]], *, timeout: float = 60) -> list[Any]:
    """Run all at once; what each returned or raised, in order. Needs `django_db(transaction=True)`."""
    start, meeting, answers = threading.Barrier(len(works)), threading.Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout)
            _own.meeting = meeting
            answers[number] = work()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    assert not any(thread.is_alive() for thread in threads), "an act never ended"
    return answers


class Meanwhile:
    """An act on a connection of its own, begun inside another act; `wait` gives it the time to end, if nothing holds it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.answer: Any = None
        self.thread = threading.Thread(target=self._run, args=(work,))

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self.answer = work()
        except Exception as error:
            self.answer = error
        finally:
            connection.close()

    def wait(self, seconds: float) -> None:
        if self.thread.ident is None:
            self.thread.start()
        self.thread.join(seconds)


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, other: Callable[[], Any], *, wait: float = 3
) -> Callable[[], Any]:
    """The first call of `module.name` lets `other` run before it, to its end or until it waits for what this act holds. Call the
    answer for what `other` came to.
    """
    real, begun = getattr(module, name), Meanwhile(other)

    def called(*given: Any, **named: Any) -> Any:
        if begun.thread.ident is None:
            begun.wait(wait)
        return real(*given, **named)

    def came_to() -> Any:
        assert begun.thread.ident is not None, f"{name} was never called"
        begun.wait(60)
        return begun.answer

    monkeypatch.setattr(module, name, called)
    return came_to


def unlocked(monkeypatch: pytest.MonkeyPatch, module: Any, name: str = "locking") -> None:
    """For a control: what the module holds, it only reads."""
    monkeypatch.setattr(module, name, lambda rows, **given: rows.all())
