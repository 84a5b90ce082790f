"""The one place that reads the clock. Services take `at=`; views, tasks and commands pass `now()`."""

from datetime import UTC, date, datetime, timedelta

from django.db import connection

from kernel.dates import taipei_day

#: Machines kept by NTP differ by milliseconds; one that differs from the database by this much is not to be believed.
FARTHEST = timedelta(minutes=5)


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The Taipei day."""
    return taipei_day(now())


def difference() -> timedelta:
    """How far this machine's clock is ahead of the database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return now() - cursor.fetchone()[0]
