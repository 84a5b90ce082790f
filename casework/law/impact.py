"""What stands open, for the impact sheet of an amendment: each scheme brings its sources (`impact.py`).

A source yields open things in chunks. A thing answers what its rules say under any law; the facts are read once, by the source,
so that both laws are asked about the same facts. The kernel keeps what differs and names no app.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from kernel.dates import roc
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.registry import Registry

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: Rows read, asked and written at once: what a run holds in memory.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person reads (a day, an amount, a verdict), with the outcome it comes from."""

    shown: str
    outcome: Outcome | None = None
    #: A verdict that is met: where it is met under the other law too, by the same days, nobody is affected, whatever limit the
    #: sentence names.
    stands: bool = False


def verdict(outcome: Outcome) -> Answer:
    """符合 or not, and why."""
    word = {True: "符合", False: "不符合", None: "說明"}[outcome.met]
    return Answer(f"{word}：{outcome.sentence}", outcome, stands=outcome.met is True)


def day(outcome: Outcome, name: str) -> str:
    """A day of the result as offices write it; 「無此期限」 where the law sets none."""
    found = outcome.result.get(name)
    return roc(date.fromisoformat(found)) if found else "無此期限"


@dataclass(frozen=True, slots=True)
class OpenThing:
    """A case, class, certificate or course that is not finished. No personal name in `label`: the sheet is read by many."""

    label: str
    link: str
    office: int | None
    answers: Callable[[Law], Mapping[str, Answer]]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of open thing. `figures`: prefixes of the figures its rules ask for; a draft of others leaves it alone."""

    code: str
    label: str
    figures: tuple[str, ...]
    count: Callable[[date], int]
    #: On a day: chunks of things.
    things: Callable[[date], Iterable[Sequence[OpenThing]]]

    def reads(self, codes: Iterable[str]) -> bool:
        return any(code.startswith(self.figures) for code in codes)


SOURCES: Registry[Source] = Registry("source of open things")


def in_chunks(rows: QuerySet[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Rows by key, a chunk at a time: no cursor is held open while rules run, and a prefetch is asked once per chunk."""
    after = 0
    while chunk := list(rows.filter(pk__gt=after).order_by("pk")[:size]):
        yield chunk
        after = chunk[-1].pk


def source_of_rows(
    code: str,
    label: str,
    figures: tuple[str, ...],
    rows: Callable[[], QuerySet[Any]],
    make: Callable[[Any, date], OpenThing],
) -> Source:
    """A source that is a queryset: one thing per row."""

    def things(on: date) -> Iterator[list[OpenThing]]:
        for chunk in in_chunks(rows()):
            yield [make(row, on) for row in chunk]

    return Source(code, label, figures, lambda on: rows().count(), things)


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that the draft changes."""

    what: str
    before: str
    after: str
    outcome: Outcome | None


NOTHING = Answer("（無此項）")


def differences(before: Mapping[str, Answer], after: Mapping[str, Answer]) -> list[Difference]:
    """In the order of the answers; what only one of the laws asks for is a difference too."""
    found = []
    for what in dict.fromkeys((*before, *after)):
        old, new = before.get(what, NOTHING), after.get(what, NOTHING)
        if old.stands and new.stands and _days(old) == _days(new):
            continue
        if old.shown != new.shown:
            found.append(Difference(what, old.shown, new.shown, new.outcome))
        elif _reached(old) != _reached(new):
            found.append(Difference(what, _steps(old), _steps(new), new.outcome))
    return found


def _days(answer: Answer) -> dict[str, Any]:
    """What the verdict says by when."""
    result = answer.outcome.result if answer.outcome else {}
    return {name: value for name, value in result.items() if isinstance(value, str) and _DAY.match(value)}


def _reached(answer: Answer) -> Any:
    return answer.outcome and (answer.outcome.met, answer.outcome.result)


def _steps(answer: Answer) -> str:
    """Where the sentences are the same and what was reached is not: the comparisons."""
    lines = answer.outcome.lines if answer.outcome else ()
    return f"{answer.shown}（{'；'.join(line.comparison for line in lines if line.comparison)}）"
