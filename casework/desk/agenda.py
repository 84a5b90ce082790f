"""期限一覽 of one person: the days still owed on their cases and on their things, the next first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from casework.cases.access import applicant_cases
from casework.deadlines.handlers import closed_by_lapse
from casework.deadlines.things import THINGS
from casework.desk.desk import Desk, desk_of
from casework.models import Case, Deadline
from kernel.acts import Turn

#: What is long past is no longer a day to come.
BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what, of which case or thing, and where it is handled. `sequence` counts the times it was set anew."""

    deadline: Deadline
    url: str
    sequence: int

    @property
    def uid(self) -> str:
        owner = self.deadline.case_id or f"{self.deadline.thing_kind}-{self.deadline.thing_id}"
        return f"{self.deadline.code}-{owner}"

    @property
    def number(self) -> str:
        return self.deadline.case.number if self.deadline.case else ""


def own_cases(user: Any, desk: Desk | None = None) -> QuerySet[Case]:
    """Cases whose days are this person's: on their desk (theirs, or theirs to sign), or applied for and in their hands."""
    if user.is_staff:
        desk = desk or desk_of(user)
        return desk.cases().filter(Q(assignee=user.pk) | desk.my_turn(), turn=Turn.OFFICE)
    return applicant_cases(user).filter(turn=Turn.APPLICANT)


def agenda(
    user: Any, *, today: date, until: date | None = None, most: int = 500, desk: Desk | None = None
) -> list[Day]:
    """At most `most` days, from thirty days ago until `until`. Nothing for a closed person."""
    if not user.is_active:
        return []
    wanted = Q(case__in=own_cases(user, desk).values("pk"))
    for one in THINGS:
        if keys := list(one.of(user)):
            wanted |= Q(thing_kind=one.kind, thing_id__in=keys)
    if until is not None:
        wanted &= Q(due_on__lte=until)
    rows = (
        Deadline.objects.filter(wanted, met_at=None, withdrawn_at=None, due_on__gte=today - BACK)
        .filter(Q(lapsed_at=None) | ~Q(code__in=closed_by_lapse()))
        .select_related("case")
        .defer("outcome")
        .annotate(before=Coalesce(Subquery(_earlier()), 0))
        .order_by("due_on", "pk")[:most]
    )
    days = [Day(row, _url(row, user), row.before) for row in rows]
    for one in THINGS:
        terms = (term for term in one.terms(user) if until is None or term.due_on <= until)
        days += [Day(term, _url(term, user), 0) for term in terms]
    return sorted(days, key=lambda day: day.deadline.due_on)[:most]


def _earlier() -> QuerySet[Any]:
    """How often the same day was set before: a calendar takes the higher count for the newer."""
    same = Deadline.objects.filter(code=OuterRef("code"), pk__lt=OuterRef("pk")).filter(
        Q(case=OuterRef("case")) | Q(thing_kind=OuterRef("thing_kind"), thing_id=OuterRef("thing_id"))
    )
    return same.order_by().values("code").annotate(times=Count("pk")).values("times")


def _url(row: Deadline, user: Any) -> str:
    if row.case is None:
        return reverse(THINGS[row.thing_kind].url_name)
    return reverse("admin:case" if user.is_staff else "casework:case", args=[row.case.number])
