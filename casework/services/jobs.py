"""When each scheduled job last ran 排程紀錄. Written apart from the job's own work, so that a job that fails leaves its mark."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery.exceptions import Retry

from accounts.clock import now
from casework.models import JobRun


@contextmanager
def run_of(name: str) -> Iterator[None]:
    """Around one run. A killed worker leaves it begun and not ended; a job that asks to come again has ended."""
    JobRun.objects.update_or_create(name=name, defaults={"began_at": now(), "ended_at": None, "error": ""})
    error = ""
    try:
        yield
    except Retry:
        raise
    except Exception as failure:
        error = f"{type(failure).__name__}: {failure}"[:300]
        raise
    finally:
        JobRun.objects.filter(name=name).update(ended_at=now(), error=error)


def refused(name: str, why: str) -> None:
    """A run that was not begun, and why."""
    JobRun.objects.update_or_create(name=name, defaults={"began_at": now(), "ended_at": None, "error": why[:300]})
