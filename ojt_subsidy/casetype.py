"""Courses, closings, evidence and complaints as casework knows them: panels, parties, what must agree, deadlines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.rights import can
from casework.cases.casetypes import CaseType, Identifier, Panel, applicants
from casework.cases.recusal import works_in
from casework.deadlines.handlers import Handler
from casework.deadlines.things import Things
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline
from casework.notices.kinds import PROGRESS, REMINDER, classify
from casework.notices.telling import late_applicant, late_office, remind_applicant
from kernel.outcome import Outcome
from ojt_subsidy.acts import CLOSING, COMPLAINT, COURSE, EVIDENCE
from ojt_subsidy.models import Complaint, CourseLedger, Enrolment, MoneyEntry
from ojt_subsidy.permissions import FILE_CLOSING, REVIEW_CLOSING, VIEW_COMPLAINT, VIEW_OFFICE, VIEW_UNIT
from ojt_subsidy.selectors.courses import case_findings, course_of
from ojt_subsidy.selectors.money import beyond, caps_of
from ojt_subsidy.selectors.terms import KIND, terms
from ojt_subsidy.services import closing, complaining, evidence
from ojt_subsidy.services.digests import broken_digests
from ojt_subsidy.services.running import CLOSE_BY
from ojt_subsidy.states import (
    CLOSING_KIND,
    COMPLAINT_KIND,
    COURSE_KIND,
    EDITABLE,
    ENROLMENT,
    EVIDENCE_KIND,
    HOLDS_SEAT,
    PAYMENT,
)

# --- panels --------------------------------------------------------------------------------------------------------------


def _course_panels(case: Case, user: User) -> Sequence[Panel]:
    course = course_of(case)
    sessions = list(course.sessions.order_by("number"))
    context = {"course": course, "sessions": sessions}
    panels = [Panel("訓練計畫", "ojt_subsidy/panels/course.html", context)]
    if course.published_at:
        counts = {state.code: 0 for state in ENROLMENT.states}
        for state in course.enrolments.values_list("state", flat=True):
            counts[state] += 1
        rows = [{"label": state.label, "value": counts[state.code]} for state in ENROLMENT.states if counts[state.code]]
        panels.append(Panel("招生情形", "ojt_subsidy/panels/enrolled.html", {"course": course, "rows": rows}))
    return panels


def _closing_panels(case: Case, user: User) -> Sequence[Panel]:
    one = closing.closing_of(case)
    lines = list(one.lines.select_related("enrolment").order_by("enrolment__number"))
    lead = [Outcome.from_json(one.outcome)] if one.outcome else []
    office = user.is_staff
    context = {
        "closing": one,
        "course": one.course,
        "lines": [{"line": x, "state": PAYMENT.state(x.state)} for x in lines],
        "lead": lead,
        "office": office,
    }
    return [Panel("結訓核銷", "ojt_subsidy/panels/closing.html", context)]


def _evidence_panels(case: Case, user: User) -> Sequence[Panel]:
    one = evidence.evidence_of(case)
    lines = Outcome.from_json(one.outcome).lines if one.outcome else ()
    check = one.checks.order_by("-pk").first()
    checked = Outcome.from_json(check.outcome).lines if check else ()
    return [
        Panel("證明文件", "ojt_subsidy/panels/evidence.html", {"evidence": one, "lines": lines, "checked": checked})
    ]


def _complaint_panels(case: Case, user: User) -> Sequence[Panel]:
    one = complaining.complaint_of(case)
    return [
        Panel(
            "陳情內容",
            "ojt_subsidy/panels/complaint.html",
            {"complaint": one, "who": complaining.shown_name(one, user)},
        )
    ]


def _in_class(about: CaseType, user: User) -> Q:
    """Who enrolled in the class stands in its plan and its closing as the unit does."""
    rows = Enrolment.objects.filter(person=user)
    plans, closings = (
        rows.values("course__case"),
        rows.filter(course__closing__isnull=False).values("course__closing__case"),
    )
    return applicants(about, user) | Q(pk__in=plans) | Q(pk__in=closings)


def _in_complaint(about: CaseType, user: User) -> Q:
    """Who complains, and the people of the unit whose class it is about."""
    of_the_unit = works_in(user, body="course__case__organisation", since="case__created_at")
    return Q(pk__in=Complaint.objects.filter(Q(person=user) | of_the_unit).values("case"))


def _evidence_identifiers(case: Case) -> Sequence[Identifier]:
    person = evidence.evidence_of(case).person
    return [Identifier(f"trainee-{person.pk}", person.name, person.national_id)] if person.national_id else []


def _applicant_url(case: Case) -> str:
    if case.state in EDITABLE and case.kind == COURSE_KIND:
        return reverse("ojt_subsidy:file_course_edit", args=[case.number])
    if case.state in EDITABLE and case.kind == CLOSING_KIND:
        return reverse("ojt_subsidy:closing", args=[closing.closing_of(case).course.code])
    if case.state in EDITABLE and case.kind == EVIDENCE_KIND:
        return reverse("ojt_subsidy:evidence", args=[case.number])
    return reverse("casework:case", args=[case.number])


def _ongoing(case: Case, user: User) -> tuple[str, dict[str, str]]:
    """A published course takes filings, a running one is taught: the unit works on the pages of the class."""
    said = {"published": "課程已公告，招生中", "running": "課程訓練中"}.get(case.state, "")
    if not said or not can(user, VIEW_UNIT, case):
        return said, {}
    return said, {"前往班級作業（報名、點名、考核）": reverse("ojt_subsidy:enrolments", args=[course_of(case).code])}


def _export_row(case: Case) -> dict[str, Any]:
    course = course_of(case)
    return {
        "課程名稱": course.title,
        "計畫別": course.get_plan_display(),
        "開訓日": course.starts_on,
        "結訓日": course.ends_on,
        "核定人數": course.approved_seats or "",
        "核定費用": course.approved_fee if course.approved_fee is not None else "",
    }


# --- consistency ------------------------------------------------------------------------------------------------------------

#: People looked at together.
CHUNK = 500


def _consistency() -> Sequence[str]:
    """Counters against rows, numbers without gaps, ledgers against their digests, nobody beyond their cap or below nothing."""
    wrong = []
    for ledger in CourseLedger.objects.select_related("course").iterator():
        rows = Enrolment.objects.filter(course=ledger.course_id)
        numbers = list(rows.order_by("number").values_list("number", flat=True))
        if numbers != list(range(1, ledger.last_number + 1)):
            wrong.append(f"{ledger.course.code} 報名序號不連續")
        held = rows.filter(state__in=HOLDS_SEAT, self_paid=False).count()
        if held != ledger.held:
            wrong.append(f"{ledger.course.code} 名額計數 {ledger.held}，實有 {held}")
        wrong += broken_digests(ledger.course)
    law = law_in_force()
    people = list(MoneyEntry.objects.order_by("person_id").values_list("person_id", flat=True).distinct())
    for start in range(0, len(people), CHUNK):
        caps = caps_of(people[start : start + CHUNK])
        wrong += [f"學員 {person} {sentence}" for person, cap in caps.items() for sentence in beyond(cap, law)]
    return wrong


# --- deadlines --------------------------------------------------------------------------------------------------------------


_remind_closing = remind_applicant(
    "ojt_subsidy.close_soon", right=FILE_CLOSING, subject="結訓作業期限將屆", body="請於 {day} 前送件核銷。"
)


def _late_closing(deadlines: list[Deadline], at: datetime) -> None:
    """The unit owes it; the office that waits for it is told too."""
    _UNIT_LATE(deadlines, at)
    _OFFICE_LATE(deadlines, at)


_UNIT_LATE = late_applicant(
    "ojt_subsidy.close_late", right=FILE_CLOSING, subject="已逾結訓作業期限",
    body="結訓作業期限已過，請儘速送件；逾期會影響學員領取補助費的時間。",
)  # fmt: skip
_OFFICE_LATE = late_office(
    "ojt_subsidy.close_late", rights=(REVIEW_CLOSING,), subject="訓練單位逾期未核銷",
    body="「{title}」已逾結訓作業期限 {day}。",
)  # fmt: skip
HANDLERS = (Handler(CLOSE_BY, _late_closing, _remind_closing, owed_after=True),)
THINGS = (Things(KIND, lambda user: (), "ojt_subsidy:mine", terms),)
NOTICES = (
    *classify(REMINDER, "ojt_subsidy.close_soon", "ojt_subsidy.close_late"),
    *classify(PROGRESS, "ojt_subsidy.filed", "ojt_subsidy.course_published"),
)

KINDS = (
    CaseType(
        kind=COURSE_KIND, label="訓練計畫", series="SC", table=COURSE, view_rights=(VIEW_OFFICE, VIEW_UNIT),
        findings=case_findings, panels=_course_panels, applicant_url=_applicant_url, export_row=_export_row,
        ongoing=_ongoing, consistency=_consistency, parties=_in_class,
    ),
    CaseType(
        kind=CLOSING_KIND, label="結訓核銷", series="SL", table=CLOSING, view_rights=(VIEW_OFFICE, VIEW_UNIT),
        panels=_closing_panels, applicant_url=_applicant_url, parties=_in_class,
    ),
    CaseType(
        kind=EVIDENCE_KIND, label="學員證明文件", series="SE", table=EVIDENCE, view_rights=(VIEW_OFFICE,),
        panels=_evidence_panels, identifiers=_evidence_identifiers, applicant_url=_applicant_url,
    ),
    CaseType(
        kind=COMPLAINT_KIND, label="陳情", series="SM", table=COMPLAINT, view_rights=(VIEW_COMPLAINT,),
        panels=_complaint_panels, applicant_url=_applicant_url, open_messages=lambda case: case.person_id is not None,
        parties=_in_complaint,
    ),
)  # fmt: skip
