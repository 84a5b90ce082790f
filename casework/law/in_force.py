"""The law in force: declared figures, amendments put in force, and the office calendar of the database."""

import functools
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from casework.models import AmendedValue, Amendment, CalendarDay
from kernel.dates import WorkingCalendar
from kernel.law import Law, Value, declared_law

#: What both caches are keyed by, in one statement: a change of either makes another version. Amendments in force never change
#: or go (trigger), so their count, the newest key and the latest moment are their version.
VERSIONS = """
SELECT (SELECT count(*) FROM casework_calendarday), (SELECT max(set_at) FROM casework_calendarday),
       count(*), max(id), max(put_in_force_at) FROM casework_amendment WHERE state = 'in_force'
"""
Change = tuple[str, Value]


@functools.lru_cache(maxsize=4)
def _calendar(count: int, last_set: datetime | None) -> WorkingCalendar:
    return WorkingCalendar(dict(CalendarDay.objects.values_list("day", "works")))


@functools.lru_cache(maxsize=4)
def _amended(count: int, newest: int | None, last: datetime | None) -> tuple[Change, ...]:
    """In the order they were put in force: of two for the same day the later one corrects the earlier."""
    rows = AmendedValue.objects.filter(amendment__state=Amendment.State.IN_FORCE).select_related("amendment")
    return tuple(map(change, rows.order_by("amendment__put_in_force_at", "amendment_id", "code")))


def change(row: AmendedValue) -> Change:
    """A stored value as a version of its figure."""
    amendment = row.amendment
    note = "；".join(part for part in (row.note, amendment.retroactive_reason) if part)
    return row.code, Value(row.value, row.citation, amendment.in_force_from, note=note)


def with_changes(law: Law, changes: Iterable[Change]) -> Law:
    """Figures that a later release no longer declares are left alone: their amendments stand in the register only."""
    return law.amended((code, value) for code, value in changes if code in law)


def amendments_in_force() -> int:
    """How many there are: they never change or go, so the number says which law it is."""
    return Amendment.objects.filter(state=Amendment.State.IN_FORCE).count()


def law_in_force() -> Law:
    """What production rules run on. One small query; calendar and amendments are re-read only when they changed."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS)
        days, last_set, *amended = cursor.fetchone()
    return with_changes(declared_law(_calendar(days, last_set)), _amended(*amended))


def law_with(amendment: Amendment) -> Law:
    """The law as it would be with a draft."""
    rows = amendment.values.select_related("amendment").order_by("code")
    return with_changes(law_in_force(), map(change, rows))
