"""What a payment line rests on: insurance on the first day, hours, survey, rate and cap, payee (SUB-05, SUB-06, SUB-10, SUB-11, SUB-14)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Organisation
from kernel.asked import whole_number
from kernel.dates import TAIPEI
from kernel.identifiers import plain
from kernel.law import Law
from kernel.money import dollars
from kernel.outcome import Line, Outcome
from kernel.rulebook import clause_of
from ojt_subsidy.models import Absence, Course, Enrolment, InsuranceCheck, PaymentLine, Trainee
from ojt_subsidy.params import Insurance, Mark, Plan
from ojt_subsidy.rules import eligibility, payment
from ojt_subsidy.rules.schedule import hours_of
from ojt_subsidy.selectors.money import caps_of


def by_receipt(text: str, path: str = "") -> Q:
    """The filing of a 報名序號 as people type it (115-000123-0004); nothing where it is none. `path`: from the row that is asked."""
    code, _, last = plain(text).rpartition("-")
    number = whole_number(last)
    if not code or number is None:
        return Q(pk=None)
    return Q(**{f"{path}course__code": code, f"{path}number": number})


def lines_to_pay(offices: Iterable[Any]) -> tuple[int, int]:
    """Approved lines of these offices that stand in no batch yet: how many, how much in dollars."""
    free = PaymentLine.objects.filter(state="approved", closing__case__office__in=offices)
    found = free.aggregate(count=Count("pk"), total=Sum("amount"))
    return found["count"], found["total"] or 0


def by_class(which: Q) -> QuerySet[PaymentLine, dict[str, Any]]:
    """These lines by class and state, the oldest dossier first: state, payee, number, code, title, how many."""
    named = {"number": "closing__case__number", "code": "closing__course__code", "title": "closing__course__title"}
    keys = ("closing", "state", "payee")
    rows = PaymentLine.objects.filter(which).order_by(*keys).values(*keys, **{k: F(v) for k, v in named.items()})
    return rows.annotate(count=Count("pk"))


def to_decide(*, approve: Iterable[Any], returned: Iterable[Any], dossiers: Iterable[str]) -> Q:
    """Lines of these offices to approve, their dossier in one of these states, and lines the bank has sent back."""
    office = "closing__case__office__in"
    pending = Q(state="pending", closing__case__state__in=dossiers, **{office: approve})
    return pending | Q(state="bounced", **{office: returned})


def to_mend(user: Any, *, closes: QuerySet[Organisation], passes_on: QuerySet[Organisation]) -> Q:
    """Lines that wait for a payee: sent back by the bank and no other account given since, by this trainee or a unit that
    `closes`; with a unit, those papers are missing for and those it passes on."""
    unit, person = "closing__case__organisation", "enrolment__person"
    account, payee = f"{person}__trainee__bank_changed_at", f"{unit}__subsidy_payee"
    own = Q(**{account: None}) | Q(**{f"{account}__lte": F("bounced_at")})
    theirs = Q(**{payee: None}) | Q(**{f"{payee}__saved_at__lte": F("bounced_at")})
    closing = Q(**{f"{unit}__in": closes})
    bounced = Q(payee="trainee", **{person: user.pk}) & own | Q(payee="unit") & closing & theirs
    return (
        Q(state="bounced") & bounced | Q(state="missing") & closing | Q(state="with_unit", **{f"{unit}__in": passes_on})
    )


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
    born_on: date,
    starts_on: date,
    records: Iterable[Mapping[str, Any]],
    *,
    on: date,
    law: Law,
    matched: date | None = None,
) -> Outcome:
    facts = eligibility.EligibilityFacts(born_on, starts_on, insurance_records(records), matched)
    return eligibility.eligibility(facts, on=on, law=law)


def _checked(check: InsuranceCheck, row: Enrolment, trainee: Trainee | None, *, on: date, law: Law) -> Outcome:
    """SUB-05 as it was found; judged again, and not met, where the birth date on file is no longer the one it was found by."""
    if trainee is None or trainee.born_on == check.born_on:
        return Outcome.from_json(check.outcome)
    starts_on = row.course.starts_on
    return eligibility_of(trainee.born_on, starts_on, check.records, on=on, law=law, matched=check.born_on)


def latest_checks(enrolments: Iterable[int]) -> dict[int, InsuranceCheck]:
    """What counts: a match found by the bureau or the paper shown, whichever was entered last. What was entered before the
    first day of class cannot speak of that day (學員問答第11題) and does not count."""
    rows = InsuranceCheck.objects.filter(enrolment__in=list(enrolments)).annotate(on=TruncDate("at", tzinfo=TAIPEI))
    rows = rows.filter(on__gte=F("enrolment__course__starts_on")).order_by("enrolment_id", "-at", "-pk")
    return {one.enrolment_id: one for one in rows.distinct("enrolment_id")}


# --- hours ------------------------------------------------------------------------------------------------------------


def missed_before(course: Course, joined_at: datetime) -> Decimal:
    """Hours held, or begun, before somebody joined (SUB-11)."""
    return hours_of(course.sessions.filter(starts_at__lt=joined_at))


def missed_hours(enrolments: Iterable[int]) -> dict[int, Decimal]:
    rows = Absence.objects.filter(enrolment__in=list(enrolments)).values_list("enrolment").annotate(total=Sum("hours"))
    return dict(rows.order_by("enrolment_id"))


def conditions_of(
    enrolment: Enrolment, missed: Decimal, *, on: date, law: Law, completed: bool | None = None
) -> Outcome:
    """SUB-11 as the rows say; `missed`: hours missed since joining.

    Sessions are each rounded to a tenth of an hour, so that all of them may say a little more than the course.
    """
    facts = payment.ConditionFacts(
        total_hours=enrolment.course.hours,
        absent_hours=min(missed, enrolment.course.hours - enrolment.missed_before),
        completed=enrolment.state == "completed" if completed is None else completed,
        surveyed=hasattr(enrolment, "survey"),
        missed_before_joining=enrolment.missed_before,
    )
    return payment.conditions(facts, on=on, law=law)


def so_far(conditions: Outcome) -> list[Line]:
    """SUB-11 while the class runs: what only its end can bring is said, not held against anybody."""
    return [
        replace(one, met=None) if one.met is False and "absent_hours" not in one.inputs else one
        for one in conditions.lines
    ]


def payee_of(course: Course, *, on: date, law: Law) -> Outcome:
    """SUB-14."""
    return payment.payee(payment.PayeeFacts(Plan(course.plan), course.advance_percent), on=on, law=law)


def judged(lines: Sequence[PaymentLine], *, on: date, law: Law) -> dict[int, list[Outcome]]:
    """SUB-05, SUB-11, SUB-07 with SUB-10, SUB-14 as the rows stand, per line: what an amount rests on.

    A decided line keeps what it was decided on; before that it is computed with all the others of its person. As many
    questions for a whole class as for one.
    """
    rows = [line.enrolment for line in lines]
    keys = [row.pk for row in rows]
    checks, missed, caps = latest_checks(keys), missed_hours(keys), caps_of(row.person_id for row in rows)
    wanted = {person: cap.amounts(on=on, law=law) for person, cap in caps.items()}
    found: dict[int, list[Outcome]] = {}
    for line, row in zip(lines, rows, strict=True):
        check = checks.get(row.pk)
        found[line.pk] = [
            *([_checked(check, row, caps[row.person_id].trainee, on=on, law=law)] if check else ()),
            conditions_of(row, missed.get(row.pk, Decimal(0)), on=on, law=law),
            *wanted[row.person_id].get(row.pk, (0, []))[1],
            payee_of(row.course, on=on, law=law),
        ]
    return found


# --- for another reader than the trainee and the branch ---------------------------------------------------------------


#: Rules a unit reads line by line: hours and survey, the term of the dossier, who is paid.
OPEN_TO_UNIT = ("SUB-11", "SUB-13", "SUB-14")


def for_unit(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """What a unit may read of these outcomes: on the papers of its class and in the events of its dossier.

    The rate and the amount, and whether age and insurance hold; never the status behind the rate 特定對象身分, an age, or
    what other courses were paid (個人資料保護法 §6: a status is a case of its own, for the person and the branch). A rule
    not named here says nothing to a unit, and so does a line added to one of them later.
    """
    return [found for one in outcomes if (found := _for_unit(one)) is not None]


def _for_unit(one: Outcome) -> Outcome | None:
    if one.rule in OPEN_TO_UNIT:
        return one
    result = one.result
    if one.rule == "SUB-05":
        text = f"開訓日之年齡及投保資格{'符合' if one.met else '不符合'}補助條件"
    elif one.rule == "SUB-07":
        text = f"補助比率為{result['percent']}%"
    elif one.rule == "SUB-10":
        text = f"本次補助{dollars(result['payable'])}，學員負擔{dollars(result['trainee_bears'])}"
    else:
        return None
    return Outcome(one.rule, one.on, one.met, {}, (Line(one.rule, clause_of(one.rule), text, one.met),))
