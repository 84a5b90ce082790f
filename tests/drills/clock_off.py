"""A machine whose clock is a day off 時鐘誤差: its worker lets no day pass, its web takes no work; the right one does both."""

from datetime import timedelta
from typing import Any

from accounts.clock import today
from casework.models import Deadline, JobRun
from tests.drills import _thousand
from tests.drills._site import Site, check, until

JOB = "casework.tasks.sweep_daily"


def run(site: Site) -> dict[str, Any]:
    _thousand.make()
    Deadline.objects.update(due_on=today())  # in time until midnight
    ahead = _refusing(site, 1)
    Deadline.objects.update(due_on=today() - timedelta(days=1))
    behind = _refusing(site, -1)
    site.web()
    site.worker("tests.drills._worker")
    site.beat("tests.drills._worker")
    until(lambda: _thousand.lapsed() == _thousand.COUNT, "the worker with the right clock")
    check(JobRun.objects.get(name=JOB).error == "", "the right clock was not believed")
    return {
        "refused_ahead": ahead,
        "refused_behind": behind,
        "lapsed_before_time": 0,
        "lapsed_by_right_clock": _thousand.COUNT,
    }


def _refusing(site: Site, days: int) -> str:
    """What the job's mark says. Raises AssertionError where a deadline lapsed or the web took work."""
    JobRun.objects.all().delete()
    celery = ["-m", "tests.drills._clock", str(days), "celery", "--quiet", "-A", "tests.drills._worker"]
    worker = site.start(*celery, "worker", "--concurrency", "1", "--loglevel", "ERROR")
    beat = site.beat("tests.drills._worker", f"beat{days}")
    until(lambda: JobRun.objects.filter(name=JOB).exclude(error="").exists(), "the job is refused", 60)
    check(_thousand.lapsed() == 0, "deadlines lapsed by a clock that lies")
    for process in (worker, beat):
        site.kill(process)
    bind = ["--bind", f"127.0.0.1:{site.port}", "--workers", "1", "--no-control-socket", "--log-level", "error"]
    web = site.start("-m", "tests.drills._clock", str(days), "gunicorn", "config.wsgi", *bind)
    until(lambda: site.answers("/health/live"), "the web lives", 60)
    check(not site.answers("/health/ready"), "the web with a wrong clock says it is ready")
    site.kill(web)
    return JobRun.objects.get(name=JOB).error
