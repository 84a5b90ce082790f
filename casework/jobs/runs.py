"""When each scheduled job last ran 排程紀錄. Written apart from the job's own work, so that a job that fails leaves its mark."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from celery.exceptions import Retry

from casework.models import JobRun


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


def refused(name: str, why: str, *, at: datetime) -> None:
    """A run that was not begun, and why."""
    JobRun.objects.update_or_create(name=name, defaults={"began_at": at, "ended_at": None, "error": why[:300]})
