"""What stands open in the scheme, for impact sheets: plans not decided, classes before their end, and amounts not yet decided."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from casework.law.impact import CHUNK, Answer, OpenThing, Source, day, source_of_rows, verdict
from kernel.law import Law
from ojt_subsidy.models import Course, Enrolment
from ojt_subsidy.rules import payment
from ojt_subsidy.selectors.courses import findings, opening_of
from ojt_subsidy.selectors.money import FIXED, Cap, caps_of, line_of, takes_part
from ojt_subsidy.states import BEGUN

FIGURES = ("sub.",)
TO_DECIDE = ("draft", "filed", "returned", "at_chief")
RUNNING = ("approved", "published", "running")


def _courses() -> QuerySet[Course]:
    rows = Course.objects.filter(case__state__in=(*TO_DECIDE, *RUNNING))
    return rows.select_related("case", "case__office", "case__organisation", "intake", "county")


def _course(course: Course, on: date) -> OpenThing:
    case = course.case

    def ask(law: Law) -> Mapping[str, Answer]:
        if case.state in TO_DECIDE:
            return {one.rule: verdict(one) for one in findings(course, on=on, law=law)}
        closing = payment.closing(payment.ClosingFacts(course.ends_on), on=course.ends_on, law=law)
        found = {"結訓作業期限": Answer(day(closing, "close_by"), closing)}
        if case.state != "running":
            opening = opening_of(course, on=on, law=law)
            found["開放報名時間"] = verdict(opening)
        return found

    return OpenThing(f"{case.number} {case.title}", reverse("admin:case", args=[case.number]), case.office_id, ask)


# --- amounts ---------------------------------------------------------------------------------------------------------


def _people() -> QuerySet[Enrolment]:
    """One row per person with a filing that has begun: caps are a person's, in the order of their courses."""
    rows = Enrolment.objects.filter(state__in=BEGUN, self_paid=False, admitted_at__isnull=False)
    return rows.order_by("person_id").distinct("person_id").values_list("person_id", flat=True)


def _undecided(cap: Cap) -> list[Enrolment]:
    return [
        row for row in cap.rows if takes_part(row) and not ((line := line_of(row)) is not None and line.state in FIXED)
    ]


def _amounts(on: date) -> Iterator[list[OpenThing]]:
    keys = list(_people())
    for start in range(0, len(keys), CHUNK):
        caps = caps_of(keys[start : start + CHUNK])
        yield [_person(cap, rows, on) for cap in caps.values() if (rows := _undecided(cap))]


def _person(cap: Cap, rows: list[Enrolment], on: date) -> OpenThing:
    """Under the office of the first of the courses; the others are named in the answers."""

    def ask(law: Law) -> Mapping[str, Answer]:
        amounts = cap.amounts(on=on, law=law)
        found = {}
        for row in rows:
            amount, outcomes = amounts[row.pk]
            what = f"{row.course.case.number} 報名 {row.number} 預計補助"
            found[what] = Answer(f"{amount:,} 元", outcomes[-1] if outcomes else None)
        return found

    case = rows[0].course.case
    label = "、".join(f"{row.course.case.number} 第 {row.number} 號報名" for row in rows)
    return OpenThing(label, reverse("admin:case", args=[case.number]), case.office_id, ask)


OPEN_THINGS = (
    source_of_rows("ojt_subsidy.course", "訓練課程", FIGURES, _courses, _course),
    Source("ojt_subsidy.amount", "補助金額", FIGURES, lambda on: len(_people()), _amounts),
)
