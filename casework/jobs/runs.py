"""When each scheduled job last ran 排程紀錄. Written apart from the job's own work, so that a job that fails leaves its mark."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

import structlog
from celery.exceptions import Retry
from django.db import OperationalError

from accounts.errors import is_busy
from casework.errors import NotAllowed, Refused
from casework.models import JobRun

log = structlog.get_logger(__name__)
Thing = TypeVar("Thing")


@contextmanager
def run_of(name: str, *, clock: Callable[[], datetime]) -> Iterator[None]:
    """Around one run. A killed worker leaves it begun and not ended; a job that asks to come again has ended."""
    JobRun.objects.update_or_create(name=name, defaults={"began_at": clock(), "ended_at": None, "error": ""})
    error = ""
    try:
        yield
    except Retry:
        raise
    except Exception as failure:
        error = f"{type(failure).__name__}: {failure}"[:300]
        raise
    finally:
        JobRun.objects.filter(name=name).update(ended_at=clock(), error=error)


def each_alone(things: Iterable[Thing], act: Callable[[Thing], object]) -> int:
    """Do what a job found to do, each thing by itself: one that somebody else was quicker with, or is at this moment, keeps none
    of the others back. Says for how many the act came to something; what was left the next run finds again.
    """
    done = 0
    for thing in list(things):
        try:
            done += bool(act(thing))
        except (Refused, NotAllowed) as error:
            log.info("job_left_one", thing=str(thing)[:60], why=str(error)[:120])
        except OperationalError as error:
            if not is_busy(error):
                raise
            log.warning("job_met_an_act", thing=str(thing)[:60], error=str(error)[:120])
    return done


def refused(name: str, why: str, *, at: datetime) -> None:
    """A run that was not begun, and why."""
    JobRun.objects.update_or_create(name=name, defaults={"began_at": at, "ended_at": None, "error": why[:300]})
