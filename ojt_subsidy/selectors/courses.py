"""Courses: facts of SUB-18 to SUB-21 and SUB-14, what stands on the case page."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, time
from typing import Any

from casework.cases.casetypes import casetype
from casework.entitlements import UNIT_STANDING, Entitlement, entitled
from casework.models import Case
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from ojt_subsidy.models import Course, CourseIntake
from ojt_subsidy.params import Plan, UnitKind
from ojt_subsidy.rules import courses as rules
from ojt_subsidy.rules import enrolment, payment
from ojt_subsidy.rules.schedule import Weekly

#: What is signed: a course that changes afterwards goes round again.
SIGNED = (
    "plan", "unit_kind", "title", "category", "occupation", "content", "teachers", "place", "starts_on", "ends_on", "hours",
    "fee", "seats", "others", "credit_class", "advance_percent", "approved_seats", "approved_fee",
)  # fmt: skip


def course_of(case: Case) -> Course:
    return Course.objects.select_related("case", "case__office", "case__organisation", "intake", "county").get(
        case=case
    )


def state_label(course: Course) -> str:
    """The state of its case in words."""
    return casetype(course.case.kind).table.state(course.case.state).label


def open_intakes(on: date) -> list[CourseIntake]:
    return list(CourseIntake.objects.filter(opens_on__lte=on, closes_on__gte=on).order_by("closes_on"))


def weekly_of(rows: Iterable[dict[str, Any]]) -> list[Weekly]:
    return [Weekly(int(r["weekday"]), time.fromisoformat(r["from"]), time.fromisoformat(r["until"])) for r in rows]


def standing_of(course: Course) -> Entitlement:
    """What the unit's register says on the intake's last day."""
    assert course.case.organisation is not None
    return entitled(UNIT_STANDING, organisation=course.case.organisation, about=course.plan, on=course.intake.closes_on)


def filing_facts(course: Course, *, filed_on: date) -> rules.FilingFacts:
    standing = standing_of(course)
    return rules.FilingFacts(
        plan=Plan(course.plan),
        kind=UnitKind(standing.facts.get("unit_kind") or course.unit_kind),
        qualified=standing.open,
        place_county=course.county.name,
        branch=course.case.office.label,
        intake_from=course.intake.opens_on,
        intake_until=course.intake.closes_on,
        filed_on=filed_on,
    )


def seat_facts(
    course: Course, *, seats: int | None = None, largest_employer: int = 0, others: int | None = None
) -> rules.SeatFacts:
    approved = seats or course.subsidised_seats
    return rules.SeatFacts(
        approved=approved,
        subsidised=min(course.seats, approved) if seats is None else seats,
        others=course.others if others is None else others,
        largest_employer=largest_employer,
        credit_class=course.credit_class,
    )


def findings(course: Course, *, on: date, law: Law, seats: int | None = None) -> list[Outcome]:
    """Every rule that speaks on the plan, in the order of the source."""
    filed_on = course.case.received_on or on
    found = [rules.filing(filing_facts(course, filed_on=filed_on), on=on, law=law)]
    with suppress(Impossible):  # the day order is a constraint of the row
        found.append(rules.course_days(rules.CourseDaysFacts(course.starts_on, course.ends_on), on=on, law=law))
    licence = rules.LicenceFacts(
        UnitKind(course.unit_kind),
        course.place,
        course.occupation,
        course.licensed_place,
        tuple(course.licensed_occupations),
    )
    found += [
        rules.licence(licence, on=on, law=law),
        rules.seats(seat_facts(course, seats=seats), on=on, law=law),
        payment.payee(payment.PayeeFacts(Plan(course.plan), course.advance_percent), on=on, law=law),
    ]
    return found


def opening_of(course: Course, *, on: date, law: Law) -> Outcome:
    return enrolment.opening(enrolment.OpeningFacts(course.starts_on), on=on, law=law)


def signed_content(course: Course) -> dict[str, Any]:
    content = {name: getattr(course, name) for name in SIGNED}
    content["sessions"] = [(s.starts_at, s.ends_at) for s in course.sessions.order_by("number")]
    return content


def case_findings(case: Case, on: date, law: Law) -> list[Outcome]:
    return findings(course_of(case), on=on, law=law)
