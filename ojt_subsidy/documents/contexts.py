"""What the papers say: enrolment receipt, roster, sign-in sheet, certificate, closing cover, subsidy list, payment notice, balance."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from accounts.models import User
from kernel.dates import TAIPEI, WEEKDAYS, roc, roc_long, roc_moment
from kernel.identifiers import mask_person_id
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.saying import plain
from ojt_subsidy.models import Closing, Course, Enrolment, PaymentLine
from ojt_subsidy.selectors.lines import for_unit, judged
from ojt_subsidy.selectors.money import balance_of, cap_of, caps_of
from ojt_subsidy.states import BEGUN, ENROLMENT, IN_CLASS, PAYMENT


def course_facts(course: Course) -> dict[str, Any]:
    unit = course.case.organisation
    return {
        "title": course.title,
        "code": course.code,
        "plan": course.get_plan_display(),
        "unit": unit.name if unit else "",
        "branch": course.case.office.name,
        "place": f"{course.county.name}　{course.place}",
        "starts_on": roc(course.starts_on),
        "ends_on": roc(course.ends_on),
        "hours": plain(course.hours),
        "cost": f"{course.cost:,}",
        "seats": course.subsidised_seats,
    }


def receipt(enrolment: Enrolment) -> dict[str, Any]:
    course = enrolment.course
    return {
        "course": course_facts(course),
        "filing": enrolment.number,
        "receipt": enrolment.receipt,
        "name": enrolment.name,
        "national_id": mask_person_id(enrolment.person.national_id or ""),
        "filed_at": f"{roc_moment(enrolment.filed_at)}:{enrolment.filed_at.astimezone(TAIPEI):%S.%f}"[:-3],
        "state": ENROLMENT.state(enrolment.steps.order_by("at", "pk")[0].to_state).label,
        "sessions": [_session(s) for s in course.sessions.order_by("number")],
    }


def _session(session: Any) -> str:
    start, end = session.starts_at.astimezone(TAIPEI), session.ends_at.astimezone(TAIPEI)
    over = "翌日 " if end.date() != start.date() else ""
    return f"{roc(start.date())}（{WEEKDAYS[start.weekday()]}）{start:%H:%M}–{over}{end:%H:%M}"


def roster(course: Course) -> dict[str, Any]:
    rows = course.enrolments.filter(state__in=BEGUN).select_related("person__trainee").order_by("number")
    return {
        "course": course_facts(course),
        "rows": [
            {
                "filing": row.number,
                "name": row.name,
                "national_id": mask_person_id(row.person.national_id or ""),
                "employer": row.employer,
                "mobile": row.person.trainee.mobile if hasattr(row.person, "trainee") else "",
                "self_paid": row.self_paid,
                "state": ENROLMENT.state(row.state).label,
            }
            for row in rows
        ],
    }


def sign_in_sheet(course: Course) -> dict[str, Any]:
    names = list(course.enrolments.filter(state__in=IN_CLASS).order_by("number").values_list("number", "name"))
    sessions = [{"number": s.number, "when": _session(s), "topic": s.topic} for s in course.sessions.order_by("number")]
    return {
        "course": course_facts(course),
        "sessions": sessions,
        "names": [{"number": n, "name": name} for n, name in names],
    }


def certificate(enrolment: Enrolment, *, today: date) -> dict[str, Any]:
    return {
        "course": course_facts(enrolment.course),
        "name": enrolment.name,
        "national_id": enrolment.person.national_id or "",
        "certificate": enrolment.certificate,
        "credit": enrolment.course.credit_class,
        "from_on": roc_long(enrolment.course.starts_on),
        "until_on": roc_long(enrolment.course.ends_on),
        "today": roc_long(today),
    }


def closing_cover(closing: Closing, *, today: date) -> dict[str, Any]:
    lines = list(closing.lines.all())
    states = [row.state for row in closing.course.enrolments.all()]
    return {
        "course": course_facts(closing.course),
        "case_number": closing.case.number,
        "close_by": roc(closing.close_by),
        "filed_on": roc(closing.filed_on) if closing.filed_on else "",
        "admitted": sum(state in BEGUN for state in states),
        "completed": states.count("completed"),
        "failed": states.count("failed"),
        "dropped": states.count("dropped"),
        "lines": len(lines),
        "remarks": closing.remarks,
        "lines_of_rule": outcome_lines([closing.outcome] if closing.outcome else []),
        "papers": [{"label": a.label, "pages": a.pages} for a in closing.case.attachments.filter(removed_at=None)],
        "today": roc_long(today),
    }


def outcome_lines(outcomes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same lines as on screen, ready to print."""
    return [
        {
            "rule": line.rule,
            "citation": line.citation,
            "text": line.text,
            "comparison": line.comparison,
            "met": line.met,
        }
        for one in outcomes
        for line in Outcome.from_json(one).lines
    ]


def subsidy_list(closing: Closing, *, today: date, law: Law) -> dict[str, Any]:
    """What the unit applies for, per trainee: as decided, else as reserved, with as much of the reasons as a unit may read."""
    rows = list(
        closing.lines.select_related("enrolment__person", "enrolment__course__case", "enrolment__survey").order_by(
            "enrolment__number"
        )
    )
    undecided = judged([row for row in rows if not row.outcomes], on=today, law=law)
    caps = caps_of(row.enrolment.person_id for row in rows)
    found, total = [], 0
    for row in rows:
        amount = row.amount or max(0, caps[row.enrolment.person_id].standing.get(row.enrolment_id, 0))
        total += amount
        outcomes = [Outcome.from_json(one) for one in row.outcomes] or undecided[row.pk]
        found.append(
            {
                "filing": row.enrolment.number,
                "name": row.enrolment.name,
                "national_id": mask_person_id(row.enrolment.person.national_id or ""),
                "amount": f"{amount:,}",
                "state": PAYMENT.state(row.state).label,
                "lines": outcome_lines([one.as_json() for one in for_unit(outcomes)]),
            }
        )
    return {
        "course": course_facts(closing.course),
        "case_number": closing.case.number,
        "rows": found,
        "total": f"{total:,}",
        "today": roc_long(today),
    }


def payment_notice(line: PaymentLine, *, account: str, today: date) -> dict[str, Any]:
    """Everything on it stands still once the money has left; `account` as the bank was told."""
    row = line.enrolment
    return {
        "course": course_facts(row.course),
        "name": row.name,
        "receipt": row.receipt,
        "amount": f"{line.amount:,}",
        "account": account,
        "through_unit": line.payee == PaymentLine.Payee.UNIT,
        "paid_on": roc(line.paid_on) if line.paid_on else "",
        "lines": outcome_lines(line.outcomes),
        "today": roc_long(today),
    }


def balance_statement(person: User, *, today: date, law: Law) -> dict[str, Any]:
    outcome = balance_of(cap_of(person.pk), on=today, law=law)
    result = outcome.result
    window = [result["window_starts_on"], result["window_ends_on"]]
    return {
        "name": person.name,
        "national_id": mask_person_id(person.national_id or ""),
        "window": " 至 ".join(roc(date.fromisoformat(d)) for d in window if d) or "尚未起算",
        "used": f"{result['used']:,}",
        "reserved": f"{result['reserved']:,}",
        "left": f"{result['left']:,}",
        "overpaid": f"{result['overpaid']:,}" if result["overpaid"] else "",
        "lines": outcome_lines([outcome.as_json()]),
        "today": roc_long(today),
    }
