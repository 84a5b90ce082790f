"""What runs by itself: which task, and when. The parts of the site declare their jobs; config/celery.py makes the schedule."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, so many seconds apart."""

    seconds: float


@dataclass(frozen=True, slots=True)
class At:
    """At a minute of each hour, or of these hours (`"0,6,12"`), in Taipei's time. A job by the day trusts no clock that lies."""

    minute: int
    hour: str = "*"


@dataclass(frozen=True, slots=True)
class Job:
    """`label` as the page 排程 calls it. A job finds its work in the database: a lost run changes nothing but lateness."""

    label: str
    task: str
    when: Every | At


JOBS: Registry[Job] = Registry("job", attrgetter("task"))
