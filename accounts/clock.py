"""The one place that reads the clock. Services take `at=`; views, tasks and commands pass `now()`."""

from datetime import UTC, date, datetime

from casework.kernel.dates import taipei_day


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The Taipei day."""
    return taipei_day(now())
