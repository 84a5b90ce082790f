"""The six kinds of case as casework knows them: acts of both sides, panels, what corrections can ask for, deadlines."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.clock import now, today
from accounts.models import User
from accounts.rights import can
from casework.cases import corrections
from casework.cases.casetypes import Act, CaseType, Panel, Target, applicants
from casework.deadlines.handlers import Handler
from casework.deadlines.things import Things
from casework.forms import CorrectionForm, DatedCorrectionForm
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.kinds import PROGRESS, REMINDER, SITE, WORK, classify
from kernel.law import Law
from kernel.machine import Machine
from kernel.outcome import Outcome
from vrs_credentials import states
from vrs_credentials.forms import office as forms
from vrs_credentials.models import Attendance
from vrs_credentials.permissions import (
    CREDIT_ATTENDANCE,
    FILE_ATTENDANCE,
    GIVE_OPINION,
    REVIEWED,
    THINGS,
    VIEW_ASSIGNED,
    VIEW_OFFICE,
    VIEW_OWN,
    approve_right,
    assign_right,
    check_right,
    decide_right,
    file_right,
)
from vrs_credentials.selectors import casepage, outcomes
from vrs_credentials.services import (
    attending,
    certifying,
    courses,
    education,
    filing,
    qualifying,
    registering,
    reminding,
    renewing,
    reviewing,
    training,
)

SERIES = {"qualification": "VQ", "hours": "VH", "course": "VC", "education": "VE", "renewal": "VR", "extension": "VX"}
MACHINES: dict[str, Machine] = {machine.kind.partition(".")[2]: machine for machine in states.MACHINES}
#: The applicant's page of a case.
PAGES = {
    "qualification": "vrs_credentials:application",
    "hours": "vrs_credentials:hours_case",
    "course": "vrs_credentials:course",
    "education": "vrs_credentials:education",
    "renewal": "vrs_credentials:renewal",
    "extension": "vrs_credentials:extension",
}


REFUSAL_ENDS = "送出後即以所填發文字號及日期製發不予核定函、通知申請人並結案。"


# --- acts ----------------------------------------------------------------------------------------------------------------


def _in_state(*wanted: str) -> Callable[[Case, User], str]:
    def why(case: Case, user: User) -> str:
        machine = MACHINES[case.kind.partition(".")[2]]
        return "" if case.state in wanted else f"案件目前為「{machine.state(case.state).label}」。"

    return why


def _also(first: Callable[[Case, User], str], then: Callable[[Case, User], str]) -> Callable[[Case, User], str]:
    return lambda case, user: first(case, user) or then(case, user)


def _why_supply(case: Case, user: User) -> str:
    left = corrections.unanswered(case)
    return f"尚有 {len(left)} 項補件未回復。" if left else filing.why_not_file(case, user, now())


def _why_next(step: str) -> Callable[[Case, User], str]:
    def why(case: Case, user: User) -> str:
        if not outcomes.opinions_open(case):
            return "審查委員意見尚未齊備。"
        outcome = outcomes.next_step(case, on=today(), law=law_in_force())
        wrong = {"approve": "審查意見並非均為通過。", "committee": "不是疑義案件。"}
        return "" if outcome.result["next"] == step else wrong[step]

    return why


def _why_not_grant(case: Case, user: User) -> str:
    return reviewing.why_not_granted(case, now())


def _why_not_refuse(case: Case, user: User) -> str:
    return reviewing.why_not_refused(case, now())


def _why_opinion(case: Case, user: User) -> str:
    return reviewing.why_no_opinion(case, user, today())


def _acts(thing: str) -> tuple[Act, ...]:
    own = (
        Act("file", "送審", file_right(thing), filing.file,
            _also(_in_state("draft"), lambda case, user: filing.why_not_file(case, user, now())),
            confirm="送審後由承辦單位檢查，除補件外不能再修改。"),
        Act("supply", "完成補件", file_right(thing), filing.supply, _also(_in_state("supplement"), _why_supply)),
        Act("withdraw", "撤回", file_right(thing), filing.withdraw, _in_state("draft", "filed", "supplement"), forms.WithdrawForm, "danger"),
    )  # fmt: skip
    ask = CorrectionForm if thing == "course" else DatedCorrectionForm
    asked_from = ("filed", "review", "committee") if thing in REVIEWED else ("filed", "to_approve")
    office = [
        Act(
            "ask_supplement",
            "通知補件",
            check_right(thing),
            filing.ask_supplement,
            _in_state(*asked_from),
            ask,
            "secondary",
        )
    ]
    approval = forms.EducationApproveForm if thing == "education" else forms.ApproveForm
    granted = _also(_in_state("to_approve"), _why_not_grant) if thing in REVIEWED else _in_state("to_approve")
    approve = Act("approve", "核定", approve_right(thing), certifying.approve, granted, approval)
    if thing in REVIEWED:
        office += [
            Act("assign", "無缺件，指派審查委員", assign_right(thing), reviewing.assign, _in_state("filed"), forms.AssignForm),
            Act("opinion", "提出審查意見", GIVE_OPINION, reviewing.give_opinion, _why_opinion, forms.OpinionForm),
            Act("pass_review", "審查通過，陳報核定", check_right(thing), reviewing.pass_review, _also(_in_state("review"), _why_next("approve"))),
            Act("refer", "提複審會議", check_right(thing), reviewing.refer, _also(_in_state("review"), _why_next("committee")), forms.ReferForm),
            Act("decide", "登錄複審決議", decide_right(thing), reviewing.decide, _in_state("committee"), forms.DecideForm),
            approve,
            Act("reject", "不予核定", approve_right(thing), certifying.reject, _also(_in_state("to_approve"), _why_not_refuse), forms.RejectForm, "danger",
                confirm=REFUSAL_ENDS),
            Act("return_to_review", "退回審查", approve_right(thing), reviewing.return_to_review, _in_state("to_approve"), forms.CaseReasonForm, "secondary"),
        ]  # fmt: skip
    else:
        office += [
            Act("report", "無缺件，陳報核定", check_right(thing), certifying.report, _in_state("filed")),
            approve,
            Act("reject", "不予核定", approve_right(thing), certifying.reject, _in_state("to_approve"), forms.RejectForm, "danger",
                confirm=REFUSAL_ENDS),
        ]  # fmt: skip
    if thing == "course":
        own += (
            Act("clear_attendance", "清除上課紀錄", FILE_ATTENDANCE, attending.clear_attendance, _in_state("attendance"), None, "danger",
                confirm="清除後須重新匯入；時數核定後即不能清除。"),
        )  # fmt: skip
        office += [
            Act("credit", "核定時數", CREDIT_ATTENDANCE, attending.credit_attendance, _in_state("attendance"),
                confirm="核定後登錄各學員時數帳，之後只能以更正登錄修改。"),
            Act("return_attendance", "退回上課紀錄", check_right(thing), attending.return_attendance, _in_state("attendance"), forms.CaseReasonForm, "secondary"),
        ]  # fmt: skip
    return (*own, *office)


GUARDS = {
    "papers_complete": filing.may_file,
    "records_complete": filing.may_file,
    "window_open_and_hours_done": filing.may_file,
    "away_long_enough": filing.may_file,
    "items_named": lambda case, by, at: None,  # corrections.ask refuses a request without items before the case moves
    "two_reviewers": reviewing.two_reviewers,
    "both_passed": reviewing.both_passed,
    "in_doubt": reviewing.in_doubt,
    "minutes_kept": reviewing.minutes_kept,
    "review_passed": reviewing.review_passed,
    "review_refused": reviewing.review_refused,
    "letter_entered": certifying.letter_entered,
    "csv_and_sheet": attending.csv_and_sheet,
    "rows_without_errors": attending.rows_without_errors,
}


# --- what the case page shows --------------------------------------------------------------------------------------------


def _of_office(case: Case, user: User) -> bool:
    return can(user, VIEW_OFFICE, case) or can(user, VIEW_ASSIGNED, case)


def _panels(case: Case, user: User) -> Sequence[Panel]:
    thing = case.kind.partition(".")[2]
    panels = [
        Panel(
            "申請內容",
            "vrs_credentials/panels/facts.html",
            {"rows": casepage.facts(case, on=today(), law=law_in_force())},
        ),
        *(Panel(one.title, "vrs_credentials/panels/table.html", {"table": one}) for one in casepage.tables(case)),
    ]
    if case.state == "committee" and not _of_office(case, user):
        rows = casepage.committee_words(case)
        panels.insert(0, Panel("複審會議", "vrs_credentials/panels/facts.html", {"rows": rows}))
    if thing in REVIEWED and _of_office(case, user):
        context = {"rows": casepage.reviews(case, user), "session": casepage.session_item(case)}
        panels.append(Panel("審查", "vrs_credentials/panels/review.html", context))
    return panels


def _findings(case: Case, on: date, law: Law) -> Sequence[Outcome]:
    return outcomes.findings(case, on=on, law=law)


def _targets(case: Case) -> Sequence[Target]:
    page = reverse(PAGES[case.kind.partition(".")[2]], args=[case.number])
    return [Target(code, label, page) for code, label in casepage.targets(case, on=today(), law=law_in_force())]


def _export_row(case: Case) -> Mapping[str, Any]:
    return casepage.export_row(case, on=today(), law=law_in_force())


def _applicant_url(case: Case) -> str:
    if case.turn == "applicant":
        if case.kind == states.COURSE.kind and case.state == "approved":
            return reverse("vrs_credentials:attendance_import", args=[case.number])
        return reverse(PAGES[case.kind.partition(".")[2]], args=[case.number])
    return reverse("casework:case", args=[case.number])


def _parties(about: CaseType, user: User) -> Q:
    """Who attended a course stands in its hours as its institution does."""
    attended = Attendance.objects.filter(person=user, imported__cleared_at=None)
    return applicants(about, user) | Q(pk__in=attended.values("imported__field__course__case"))


def _consistency(thing: str) -> Sequence[str]:
    return registering.contradictions() if thing == "qualification" else ()


STEPS = {
    "qualification": qualifying.STEPS,
    "hours": training.STEPS,
    "course": courses.STEPS,
    "education": education.STEPS,
    "renewal": renewing.RENEWAL_STEPS,
    "extension": renewing.EXTENSION_STEPS,
}
KINDS = (
    *(
        filing.Kind(
            kind=MACHINES[thing].kind,
            label=f"職重專業人員：{label}",
            series=SERIES[thing],
            machine=MACHINES[thing],
            # a reviewer sees a case by the grant on it and not by a right of the kind: nobody may claim or reassign it so
            view_rights=(VIEW_OFFICE, VIEW_OWN),
            guards=GUARDS,
            acts=_acts(thing),
            findings=_findings,
            panels=_panels,
            targets=_targets,
            applicant_url=_applicant_url,
            unnamed=casepage.unnamed,
            parties=_parties,
            export_row=_export_row,
            consistency=partial(_consistency, thing),
            steps=STEPS[thing],
            on_close=(lambda case, at: reviewing.take_rights(case), renewing.close_rows),
        )
        for thing, label in THINGS.items()
    ),
)
HANDLERS = tuple(Handler(code, lapse, remind) for code, (lapse, remind) in reminding.HANDLERS.items())
OUTLIVING = (
    Things(
        "vrs_credentials.certificate",
        lambda user: user.vrs_certificates.values_list("pk", flat=True),
        "vrs_credentials:dashboard",
    ),
)
NOTICES = (
    *classify(REMINDER, "vrs_credentials.ends_soon", "vrs_credentials.supplement_due"),
    *classify(WORK, "vrs_credentials.assigned", "vrs_credentials.opinions"),
    *classify(PROGRESS, "vrs_credentials.receipt", "vrs_credentials.credited"),
    *classify(SITE, "vrs_credentials.answered", "vrs_credentials.roster", "vrs_credentials.attendance"),
)
