"""公開課程查詢 (SUB-01): what the public finds, fast.

Keywords are looked up by every two neighbouring characters (the portal's PostgreSQL has neither pg_trgm nor an ICU word
breaker, and Chinese words are two characters more often than not); what the index finds is then compared as written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from kernel.characters import fold
from ojt_subsidy.models import Course, CourseLedger

LISTED = ("published", "running", "ended")
#: What a list shows of a course and of what hangs on it; the long texts stay in the table.
SHORT = (
    "pk", "code", "title", "plan", "category", "place", "starts_on", "ends_on", "hours", "fee", "approved_fee", "approved_seats",
    "seats", "opens_at", "case", "case__state", "case__organisation", "case__organisation__name", "case__office",
    "case__office__name", "case__office__short_name", "county", "county__name", "ledger__seats", "ledger__held",
)  # fmt: skip


def bigrams(text: str) -> list[str]:
    """Every two neighbouring characters as they are compared, punctuation and spaces apart."""
    words = (fold(word) for word in re.findall(r"[^\W_]+", text))
    return list(dict.fromkeys(word[n : n + 2] for word in words for n in range(len(word) - 1)))


def searched(course: Course) -> str:
    """What keywords are looked for in."""
    unit = course.case.organisation.name if course.case.organisation else ""
    return " ".join(
        (course.code, course.title, unit, course.occupation, course.place, course.teachers[:300], course.content[:600])
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for; empty answers ask nothing."""

    q: str = ""
    branch: int | None = None
    county: str = ""
    from_on: date | None = None
    until_on: date | None = None
    category: str = ""
    plan: str = ""
    seats_left: bool = False
    coming: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)


def listed(asked: Asked, *, on: date) -> QuerySet[Course]:
    """Published courses that fit, the next to begin first: which ones, by one index scan; `named` says what they are."""
    found = Course.objects.filter(published_at__isnull=False, case__state__in=LISTED)
    if asked.coming:
        found = found.filter(starts_on__gte=on)
    if asked.branch:
        found = found.filter(case__office=asked.branch)
    if asked.county:
        found = found.filter(county=asked.county)
    if asked.from_on:
        found = found.filter(starts_on__gte=asked.from_on)
    if asked.until_on:
        found = found.filter(starts_on__lte=asked.until_on)
    if asked.category:
        found = found.filter(category=asked.category)
    if asked.plan:
        found = found.filter(plan=asked.plan)
    if asked.seats_left:
        found = found.filter(ledger__held__lt=F("ledger__seats"))
    for word in asked.q.split():
        pairs = bigrams(word)
        # One character has no pair: it is looked for in the title alone.
        found = found.filter(words__contains=pairs) if pairs else found.filter(title__holding=word)
    return found.order_by("starts_on", "pk")


def named(found: QuerySet[Course]) -> QuerySet[Course]:
    """With what a list shows."""
    return found.select_related("ledger", "case__organisation", "case__office", "county").only(*SHORT)


def first_named(found: QuerySet[Course]) -> list[Course]:
    """The courses of one page: chosen before anything is joined, because thousands fit and twenty are shown."""
    keys = list(found.values_list("pk", flat=True))
    return list(named(Course.objects.filter(pk__in=keys)).order_by("starts_on", "pk"))


def seats_left(course: Course) -> int:
    ledger: CourseLedger | None = getattr(course, "ledger", None)
    return max(0, ledger.seats - ledger.held) if ledger else course.subsidised_seats


def course_to_enrol(code: str) -> Course:
    """What a filing asks of a course, at noon thousands of times a second. Raises Course.DoesNotExist."""
    rows = Course.objects.select_related("case").only("pk", "code", "title", "starts_on", "opens_at", "case__state")
    return rows.get(Q(case__state__in=(*LISTED, "cancelled")), code=code, published_at__isnull=False)


def public_course(code: str) -> Course:
    """Raises Course.DoesNotExist."""
    rows = Course.objects.select_related("ledger", "case__organisation", "case__office", "county", "case")
    return rows.get(Q(case__state__in=(*LISTED, "cancelled")), code=code, published_at__isnull=False)
