"""The law in force: declared figures with the office calendar of the database."""

import functools
from datetime import datetime

from django.db.models import Count, Max

from casework.kernel.dates import WorkingCalendar
from casework.kernel.law import Law, declared_law
from casework.models import CalendarDay


@functools.lru_cache(maxsize=4)
def _calendar(count: int, last_set: datetime | None) -> WorkingCalendar:
    return WorkingCalendar(dict(CalendarDay.objects.values_list("day", "works")))


def law_in_force() -> Law:
    """What production rules run on. One small query; the calendar is re-read only when it changed."""
    version = CalendarDay.objects.aggregate(count=Count("*"), last_set=Max("set_at"))
    return declared_law(_calendar(version["count"], version["last_set"]))
