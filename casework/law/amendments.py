"""Amendments and their sheets for screens, and which lines of a sheet a person may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from accounts.models import Organisation
from accounts.roles import RIGHTS, Side, right
from casework.law.impact import SOURCES
from casework.models import AmendedValue, Amendment, ImpactLine, ImpactSheet
from casework.rights import AMEND, ENACT
from kernel.asked import whole_number
from kernel.law import Figure, Law, Value


def amendments() -> QuerySet[Amendment]:
    rows = Amendment.objects.select_related("drafted_by", "put_in_force_by", "withdrawn_by")
    hidden = [f"{who}__national_id" for who in ("drafted_by", "put_in_force_by", "withdrawn_by")]
    return rows.defer(*hidden).prefetch_related(Prefetch("values", AmendedValue.objects.order_by("code")))


def newest_sheet(amendment: Amendment) -> ImpactSheet | None:
    return amendment.sheets.select_related("asked_by").defer("asked_by__national_id").first()


def open_amendments_of(code: str) -> QuerySet[AmendedValue]:
    """Drafts that would change a figure."""
    states = (Amendment.State.DRAFT, Amendment.State.ASSESSED)
    return AmendedValue.objects.filter(code=code, amendment__state__in=states).select_related("amendment")


@dataclass(frozen=True, slots=True)
class Coming:
    """A version that is already settled and begins later."""

    figure: Figure
    value: Value


#: How long a change counts as new to whoever reads the rules again.
LATELY = timedelta(days=60)


def coming(law: Law, on: date) -> list[Coming]:
    """即將生效: by day, then by figure."""
    return _begun_between(law, on + timedelta(days=1), date.max)


def lately(law: Law, on: date) -> list[Coming]:
    """新近施行: what has been in force for no longer than `LATELY`, today's among them."""
    return _begun_between(law, on - LATELY, on)


def _begun_between(law: Law, first: date, last: date) -> list[Coming]:
    found = [
        Coming(figure, value)
        for figure in law.values()
        for value in figure.values
        if value.in_force_from and first <= value.in_force_from <= last
    ]
    return sorted(found, key=lambda one: (one.value.in_force_from, one.figure.code))


# --- sheets ----------------------------------------------------------------------------------------------------------


def lines_visible(sheet: ImpactSheet, rights: dict[str, set[int]]) -> QuerySet[ImpactLine]:
    """Who drafts or puts in force reads all (only the ministry and the agency have them); others their own offices' lines."""
    rows = sheet.lines.select_related("office").order_by("pk")
    if any(rights.get(right(code).codename) for code in (AMEND, ENACT)):
        return rows
    office_side = {one.codename for one in RIGHTS if one.side is Side.OFFICE}
    mine = {office for codename, offices in rights.items() if codename in office_side for office in offices}
    return rows.filter(office__in=mine)


def narrowed(lines: QuerySet[ImpactLine], asked: Mapping[str, str]) -> QuerySet[ImpactLine]:
    """By kind, office, and words of the thing; each optional."""
    if source := asked.get("source"):
        lines = lines.filter(source=source)
    if office := whole_number(asked.get("office")):
        lines = lines.filter(office=office)
    if word := asked.get("q", "").strip():
        lines = lines.filter(thing__holding=word)
    return lines


def source_counts(lines: QuerySet[ImpactLine]) -> list[dict[str, Any]]:
    """How many lines of each kind, in the order the kinds were registered."""
    counts = dict(lines.order_by().values_list("source").annotate(Count("pk")))
    return [{"code": one.code, "label": one.label, "count": counts[one.code]} for one in SOURCES if one.code in counts]


def offices_of(lines: QuerySet[ImpactLine]) -> Iterable[Organisation]:
    return Organisation.objects.filter(pk__in=lines.order_by().values("office")).order_by("kind", "name")
