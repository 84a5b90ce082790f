"""The public lists: courses open to the public, approved lecturers, jobs, news, questions; and what a planner offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from kernel.law import Law
from kernel.outcome import Outcome
from vrs_credentials.models import Course, JobPost, Lecturer, News, Question
from vrs_credentials.rules import renewal
from vrs_credentials.selectors.outcomes import extension_outcome
from vrs_credentials.selectors.register import Standing, hours_outcome

ZERO = Decimal(0)
PASSED = ("approved", "attendance", "credited")


def public_courses(
    *, on: date, words: str = "", kind: str = "", group: str = "", past: bool = False
) -> QuerySet[Course]:
    rows = (
        Course.objects.filter(is_public=True, case__state__in=PASSED)
        .select_related("case__organisation")
        .prefetch_related("fields")
    )
    rows = (
        rows.filter(ends_on__lt=on).order_by("-starts_on", "-pk")
        if past
        else rows.filter(ends_on__gte=on).order_by("starts_on", "pk")
    )
    if words:
        rows = rows.filter(
            Q(title__holding=words) | Q(place__holding=words) | Q(case__organisation__name__holding=words)
        )
    if kind:
        rows = rows.filter(audience__contains=["trainer" if kind.startswith("trainer") else kind])
    if group:
        rows = rows.filter(fields__group=group).distinct()
    return rows


def approved_lecturers(words: str = "") -> QuerySet[Lecturer]:
    """Name, post and what they were passed for: never a number."""
    rows = Lecturer.objects.filter(passes__isnull=False).distinct().prefetch_related("passes").defer("national_id")
    if words:
        rows = rows.filter(
            Q(name__holding=words) | Q(passes__competence__holding=words) | Q(passes__area__holding=words)
        )
    return rows.order_by("name", "pk")


def open_jobs(*, on: date, kind: str = "", words: str = "") -> QuerySet[JobPost]:
    rows = JobPost.objects.filter(removed_at=None, opens_on__lte=on, closes_on__gte=on).select_related("institution")
    if kind:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(Q(title__holding=words) | Q(place__holding=words) | Q(institution__name__holding=words))
    return rows


def published_news(*, on: date) -> QuerySet[News]:
    return News.objects.filter(removed_at=None, published_on__lte=on)


def shown_questions(user: Any) -> QuerySet[Question]:
    rows = Question.objects.exclude(answer="").filter(is_public=True)
    if user.is_authenticated:
        rows = rows | Question.objects.filter(asked_by=user)
    return rows.order_by("-asked_at", "-pk")


# --- planner -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What would be so: the count with hours supposed, the end with an absence supposed, the courses that close the gap."""

    count: Outcome
    window: Outcome
    away: Outcome | None
    courses: Sequence[Course]
    #: What is missing even with every course taken.
    after: Outcome
    valid_until: date

    @property
    def closes(self) -> bool:
        return bool(self.after.met)


def plan(
    found: Standing, *, on: date, law: Law, away_from: date | None = None, away_until: date | None = None,
    more_professional: Decimal = ZERO, more_ethics: Decimal = ZERO,
) -> Plan:  # fmt: skip
    """The same rules on supposed facts; nothing is written."""
    one, away, valid_until = found.certificate, None, found.certificate.valid_until
    if away_from and away_until:
        away = extension_outcome(one, away_from=away_from, away_until=away_until, on=on, law=law, applied_on=on)
        valid_until = date.fromisoformat(away.result["valid_until"])
    hours = {group: max(ZERO, value) for group, value in found.hours.items()}
    hours["professional"] += more_professional
    hours["ethics"] += more_ethics
    count = hours_outcome(hours, on=on, law=law)
    chosen: list[Course] = []
    after, so_far = count, dict(hours)
    for course in public_courses(on=on, kind=one.kind).filter(starts_on__gt=on, ends_on__lte=valid_until)[:200]:
        if after.met:
            break
        if away_from and away_until and course.starts_on <= away_until and course.ends_on >= away_from:
            continue
        if useful := _useful(course, after):
            for group, amount in useful.items():
                so_far[group] += amount
            chosen.append(course)
            after = hours_outcome(so_far, on=on, law=law)
    window = renewal.window(renewal.WindowFacts(valid_until), on=on, law=law)
    return Plan(count, window, away, chosen, after, valid_until)


def _useful(course: Course, after: Outcome) -> dict[str, Decimal]:
    """Hours of a course by group, when at least one of its fields is still missing."""
    gap = {
        "professional": after.result["missing_professional_law"], "law": after.result["missing_professional_law"],
        "ethics": after.result["missing_ethics_quality"], "quality": after.result["missing_ethics_quality"],
    }  # fmt: skip
    given: dict[str, Decimal] = {}
    for one in course.fields.all():
        given[one.group] = given.get(one.group, ZERO) + one.hours
    return given if any(gap[group] for group in given) else {}
