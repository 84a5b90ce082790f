"""Facts for SUB-05, SUB-07, SUB-09 to SUB-12, per person and per filing."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts.models import User
from casework.kernel.law import Law
from casework.kernel.outcome import Outcome
from ojt_subsidy.models import Course, Enrolment, Evidence, InsuranceCheck, MoneyEntry, OutsideCourse, Trainee
from ojt_subsidy.params import Identity, Insurance, Mark, Scheme
from ojt_subsidy.rules import balance, eligibility, identity, payment
from ojt_subsidy.states import BEGUN, RESERVES

#: Lines whose amount is decided: it no longer follows the cap.
FIXED = ("approved", "batched", "sent", "with_unit", "bounced", "paid")


def trainee_of(user: User) -> Trainee | None:
    return Trainee.objects.filter(pk=user.pk).select_related("user").first()


def accepted_identities(person: int) -> list[Evidence]:
    rows = Evidence.objects.filter(person=person, kind=Evidence.Kind.IDENTITY, case__state="accepted")
    return list(rows.order_by("pk"))


def rate_of(
    trainee: Trainee | None, papers: Iterable[Evidence], starts_on: date, *, on: date, law: Law
) -> tuple[Identity, Outcome]:
    """The best rate an accepted paper gives on the first day of class; the ordinary one until then (SUB-07)."""
    born_on = trainee.born_on if trainee and trainee.born_on <= starts_on else None
    full = law.at("sub.full_percent", starts_on).value
    last: Outcome | None = None
    for paper in papers:
        who = Identity(paper.identity)
        facts = identity.RateFacts(who, starts_on, True, paper.valid_from, paper.valid_until, born_on)
        last = identity.rate(facts, on=on, law=law)
        if last.result["percent"] == full:
            return who, last
    return Identity.NONE, last or identity.rate(identity.RateFacts(Identity.NONE, starts_on), on=on, law=law)


def outside_counts(course: OutsideCourse, law: Law) -> bool:
    schemes = law.at("sub.window_schemes", course.starts_on).value
    return course.scheme in schemes and (course.employed or course.scheme != Scheme.RECHARGE)


def standing_amounts(person: int) -> dict[int, int]:
    """What each filing takes of the cap now: the sum of its entries."""
    rows = MoneyEntry.objects.filter(person=person).values_list("enrolment").annotate(total=Sum("amount"))
    return dict(rows.order_by("enrolment"))


def begun_rows(person: int) -> list[Enrolment]:
    """Subsidised filings admitted to a class, in the order the cap is promised: as they were admitted."""
    rows = Enrolment.objects.filter(person=person, state__in=BEGUN, self_paid=False, admitted_at__isnull=False)
    return list(rows.select_related("course__case", "payment").order_by("admitted_at", "pk"))


def payment_state(enrolment: Enrolment) -> str:
    line = getattr(enrolment, "payment", None)
    return line.state if line else ""


def takes_part(enrolment: Enrolment) -> bool:
    """Whether a part of the cap is kept for it: running or completed, and not refused."""
    return enrolment.state in RESERVES and payment_state(enrolment) != "refused"


def amounts(
    rows: Iterable[Enrolment],
    standing: Mapping[int, int],
    outside: Iterable[OutsideCourse],
    rates: Any,
    *,
    on: date,
    law: Law,
) -> dict[int, tuple[int, list[Outcome]]]:
    """What every filing takes of the cap (SUB-10): decided ones what they have, the others in the order they were admitted.

    Pure: `rates(enrolment)` gives identity and outcome of SUB-07. In every window the sum stays within the cap because each
    reserved amount sees all that came before it and the first days of all courses.
    """
    rows = list(rows)
    past = [balance.PastCourse(c.starts_on, c.amount) for c in outside if outside_counts(c, law)]
    known = {row.pk: standing.get(row.pk, 0) if payment_state(row) in FIXED else 0 for row in rows}
    found: dict[int, tuple[int, list[Outcome]]] = {}
    for row in rows:
        if payment_state(row) in FIXED:
            found[row.pk] = (known[row.pk], [])
            continue
        if not takes_part(row):
            found[row.pk] = (0, [])
            continue
        who, rate = rates(row)
        history = (*past, *(balance.PastCourse(r.course.starts_on, known[r.pk]) for r in rows if r.pk != row.pk))
        facts = balance.SubsidyFacts(row.course.cost, who, row.course.starts_on, history)
        outcome = balance.subsidy(facts, on=on, law=law)
        known[row.pk] = int(outcome.result["payable"])
        found[row.pk] = (known[row.pk], [rate, outcome])
    return found


def balance_of(person: User, *, on: date, law: Law) -> Outcome:
    """SUB-12: used, reserved, left, and the courses that make them up."""
    standing = standing_amounts(person.pk)
    courses = [
        balance.BalanceCourse(c.starts_on, c.amount, "paid", c.title)
        for c in person.outside_courses.all()
        if outside_counts(c, law)
    ]
    for row in begun_rows(person.pk):
        state: Any = "paid" if payment_state(row) in ("paid", "with_unit") else "reserved"
        courses.append(balance.BalanceCourse(row.course.starts_on, standing.get(row.pk, 0), state, row.course.title))
    return balance.balance(balance.BalanceFacts(tuple(courses)), on=on, law=law)


def estimate(person: User, course: Course, *, on: date, law: Law) -> list[Outcome]:
    """What the course would be paid, shown before anything is proven: SUB-07 and SUB-10 as it stands today."""
    rows, outside = begun_rows(person.pk), list(person.outside_courses.all())
    standing = standing_amounts(person.pk)
    past = [balance.PastCourse(c.starts_on, c.amount) for c in outside if outside_counts(c, law)]
    past += [balance.PastCourse(r.course.starts_on, standing.get(r.pk, 0)) for r in rows if r.course_id != course.pk]
    who, rate = rate_of(trainee_of(person), accepted_identities(person.pk), course.starts_on, on=on, law=law)
    return [
        rate,
        balance.subsidy(balance.SubsidyFacts(course.cost, who, course.starts_on, tuple(past)), on=on, law=law),
    ]


# --- eligibility --------------------------------------------------------------------------------------------------------


def insurance_records(rows: Iterable[Mapping[str, Any]]) -> tuple[eligibility.InsuranceRecord, ...]:
    return tuple(
        eligibility.InsuranceRecord(
            Insurance(r["kind"]),
            date.fromisoformat(r["from"]),
            date.fromisoformat(r["to"]) if r.get("to") else None,
            Mark(r["mark"]) if r.get("mark") else None,
        )
        for r in rows
    )


def eligibility_of(
    born_on: date, starts_on: date, records: Iterable[Mapping[str, Any]], *, on: date, law: Law
) -> Outcome:
    facts = eligibility.EligibilityFacts(born_on, starts_on, insurance_records(records))
    return eligibility.eligibility(facts, on=on, law=law)


def latest_check(enrolment: Enrolment) -> InsuranceCheck | None:
    """What counts: a match found by the bureau or the paper shown, whichever was entered last."""
    return enrolment.insurance_checks.order_by("-at", "-pk").first()


# --- hours ------------------------------------------------------------------------------------------------------------


def missed_before(course: Course, joined_at: datetime) -> Decimal:
    """Hours held, or begun, before somebody joined (SUB-11)."""
    gone = course.sessions.filter(starts_at__lt=joined_at)
    return hours_sum((s.ends_at - s.starts_at) for s in gone)


def hours_sum(lengths: Iterable[timedelta]) -> Decimal:
    seconds = sum((int(one.total_seconds()) for one in lengths), 0)
    return (Decimal(seconds) / 3600).quantize(Decimal("0.1"))


def conditions_of(enrolment: Enrolment, *, on: date, law: Law, completed: bool | None = None) -> Outcome:
    """SUB-11 as the rows say."""
    missed = enrolment.absences.aggregate(total=Sum("hours"))["total"] or Decimal(0)
    facts = payment.ConditionFacts(
        total_hours=enrolment.course.hours,
        absent_hours=missed,
        completed=enrolment.state == "completed" if completed is None else completed,
        surveyed=hasattr(enrolment, "survey"),
        missed_before_joining=enrolment.missed_before,
    )
    return payment.conditions(facts, on=on, law=law)
