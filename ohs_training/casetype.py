"""Registers the scheme's three kinds of case with casework: accreditation, class, order to improve."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from casework.notice_kinds import REMINDER, classify
from casework.things import Things, register_things
from django.urls import reverse

from accounts.clock import now, today
from accounts.models import User
from accounts.rights import can, organisations_with
from casework.casetypes import Act, CaseType, Identifier, Panel, Target, register
from casework.errors import Refused
from casework.kernel.dates import roc
from casework.kernel.law import Law
from casework.kernel.machine import Machine
from casework.kernel.outcome import Outcome
from casework.models import Case
from casework.services import corrections
from casework.services.law import law_in_force
from ohs_training.forms import acts as forms
from ohs_training.models import Accreditation, Revocation
from ohs_training.permissions import (
    ACKNOWLEDGE,
    ANNOUNCE,
    ANSWER_ORDER,
    DECIDE,
    FILE_ACCREDITATION,
    FILE_CLASS,
    ISSUE,
    MARK_EXAM,
    ORDER,
    REPORT,
    REVIEW,
    REVOKE,
    RUN_CLASS,
    VIEW_OFFICE,
    VIEW_OWN,
)
from ohs_training.rules import institutions, supervision
from ohs_training.selectors.classes import class_of, filing_outcomes, live_trainees, unfiled
from ohs_training.selectors.institutions import application_of, application_outcomes
from ohs_training.services import (
    absence,
    accrediting,
    examining,
    filing,
    inspecting,
    issuing,
    lapsing,
    reporting,
    revoking,
)
from ohs_training.states import ACCREDITATION, CLASS
from ohs_training.states import ORDER as ORDER_MACHINE


def _in_state(machine: Machine, *states: str) -> Callable[[Case, User], str]:
    def why(case: Case, user: User) -> str:
        return "" if case.state in states else f"案件目前為「{machine.state(case.state).label}」。"

    return why


def _guarded(
    machine: Machine, states: Sequence[str], *guards: Callable[[Case, User | None, datetime], None]
) -> Callable[[Case, User], str]:
    """Off, with the sentence the act itself would refuse with: state first, then what guards ask."""

    def why(case: Case, user: User) -> str:
        if said := _in_state(machine, *states)(case, user):
            return said
        for guard in guards:
            try:
                guard(case, user, now())
            except Refused as error:
                return error.message
        return ""

    return why


# --- accreditation ---------------------------------------------------------------------------------------------------


def _why_file(case: Case, user: User) -> str:
    if case.state != "draft":
        return _in_state(ACCREDITATION, "draft")(case, user)
    left = [
        line
        for one in application_outcomes(application_of(case), on=today(), law=law_in_force())
        for line in one.refusals
    ]
    return f"尚缺 {len(left)} 項，請看申請頁的檢核表。" if left else ""


def _why_supply(case: Case, user: User) -> str:
    if case.state != "supplement":
        return _in_state(ACCREDITATION, "supplement")(case, user)
    left = corrections.unanswered(case)
    return f"尚有 {len(left)} 項補正未回復。" if left else ""


def _why_enter(case: Case, user: User) -> str:
    if case.state not in ("accredited", "announced"):
        return _in_state(ACCREDITATION, "accredited", "announced")(case, user)
    return "已登錄完成。" if application_of(case).entered_on else ""


ACCREDITATION_ACTS = (
    Act("file", "送件", FILE_ACCREDITATION, accrediting.file_application, _why_file, confirm="送出後即由職安署審查，除補正外不能再修改。"),
    Act("supply", "補正完成，重新送件", FILE_ACCREDITATION, accrediting.supply, _why_supply),
    Act("enter", "登錄應檢附文件完成", FILE_ACCREDITATION, accrediting.enter_papers, _why_enter, confirm="確認附表一應檢附文件均已登錄於本系統。"),
    Act(
        "withdraw", "撤回申請", FILE_ACCREDITATION, accrediting.withdraw, _in_state(ACCREDITATION, "draft", "filed", "supplement"),
        forms.OptionalReason, "danger",
    ),
    Act("ask_supplement", "通知補正", REVIEW, accrediting.ask_supplement, _in_state(ACCREDITATION, "filed"), forms.SupplementForm, "secondary"),
    Act("accredit", "認可", DECIDE, accrediting.accredit, _in_state(ACCREDITATION, "filed"), forms.AccreditForm),
    Act("reject", "不予認可", DECIDE, accrediting.reject, _in_state(ACCREDITATION, "filed"), forms.reason_form("不予認可之理由"), "danger"),
    Act("announce", "公告", ANNOUNCE, accrediting.announce, _in_state(ACCREDITATION, "accredited"), confirm="公告後列入公開之認可訓練機構名單。"),
    Act("revoke", "撤銷或廢止認可", REVOKE, revoking.revoke, _in_state(ACCREDITATION, "accredited", "announced"), forms.RevokeForm, "danger"),
)  # fmt: skip


def _accreditation_findings(case: Case, on: date, law: Law) -> Sequence[Outcome]:
    application = application_of(case)
    found = application_outcomes(application, on=on, law=law)
    accreditation = Accreditation.objects.filter(case=case).first()
    if accreditation:
        facts = institutions.EntryFacts(case.decided_on or on, application.entered_on)
        found.append(institutions.entry_after_accreditation(facts, on=on, law=law))
        dates = institutions.AccreditationFacts(accreditation.ends_on, accreditation.starts_on)
        found.append(institutions.reapply(dates, on=on, law=law))
    return found


def _accreditation_panels(case: Case, user: User) -> Sequence[Panel]:
    application = application_of(case)
    law = law_in_force()
    labels = law.at("ohs.plan_sections", today()).value
    written = {one.code: one.body for one in application.sections.all()}
    context = {
        "application": application,
        "trainings": [law.at("ohs.training_kinds", today()).value[code] for code in application.trainings],
        "sections": [{"label": label, "body": written.get(code, "")} for code, label in labels.items()],
    }
    panels = [Panel("申請內容", "ohs_training/panels/application.html", context)]
    accreditation = Accreditation.objects.filter(case=case).first()
    if accreditation:
        days_left = (accreditation.ends_on - today()).days
        panels.insert(
            0,
            Panel(
                "認可",
                "ohs_training/panels/accreditation.html",
                {"accreditation": accreditation, "days_left": days_left, "application": application},
            ),
        )
        revocation = Revocation.objects.filter(accreditation=accreditation).first()
        if revocation:
            grounds = law.at("ohs.revocation_grounds", revocation.happened_on).value
            numbered = [f"第{list(grounds).index(code) + 1}款：{grounds[code]}" for code in revocation.grounds]
            panels.insert(
                0,
                Panel(
                    "撤銷或廢止", "ohs_training/panels/revocation.html", {"revocation": revocation, "grounds": numbered}
                ),
            )
        elif can(user, REVOKE, case):
            under = [
                {"one": one, "effect": revoking.EFFECTS[one.case.state]}
                for one in revoking.classes_under(accreditation)
            ]
            panels.append(Panel("撤銷或廢止時之班次處置", "ohs_training/panels/effects.html", {"classes": under}))
    return panels


def _targets(case: Case) -> Sequence[Target]:
    page = reverse("ohs_training:accreditation", args=[case.number])
    labels = law_in_force().at("ohs.plan_sections", today()).value
    papers = law_in_force().at("ohs.papers", today()).value
    needed = accrediting.papers_needed(application_of(case), on=today())
    return [
        Target("particulars", "申請資格及聯絡資料", f"{page}#particulars"),
        *(Target(f"plan.{code}", f"企劃書：{label}", f"{page}#id_section_{code}") for code, label in labels.items()),
        *(Target(f"paper.{code}", papers[code], f"{page}#{code}") for code in needed),
    ]


def _accreditation_url(case: Case) -> str:
    if case.state in accrediting.EDITABLE:
        return reverse("ohs_training:accreditation", args=[case.number])
    return reverse("casework:case", args=[case.number])


# --- class ------------------------------------------------------------------------------------------------------------------


def _then_class(service: Callable[..., Any]) -> Callable[..., str]:
    """Back to the class page of whoever pressed: the office's is in the back office."""

    def perform(case: Case, *, by: User, at: datetime, version: int | None = None, **given: Any) -> str:
        service(case, by=by, at=at, version=version, **given)
        return class_page(case, by)

    return perform


def class_page(case: Case, user: User) -> str:
    name = "admin:ohs_class" if can(user, VIEW_OFFICE, case) else "ohs_training:class"
    return reverse(name, args=[case.number])


def _why_change(case: Case, user: User) -> str:
    if case.state not in ("filed", "acknowledged"):
        return _in_state(CLASS, "filed", "acknowledged")(case, user)
    return "" if unfiled(class_of(case)) else "報備事項與前次報備相同，沒有變動。"


def _why_issue(case: Case, user: User) -> str:
    training_class = class_of(case)
    first = ("examined",) if training_class.professional else ("ended",)
    if case.state not in (*first, *issuing.LATER):
        return _in_state(CLASS, *first)(case, user)
    guard = issuing.no_red_line if training_class.professional else issuing.in_service_no_red_line
    return _guarded(CLASS, (case.state,), guard)(case, user)


def _why_none(case: Case, user: User) -> str:
    training_class = class_of(case)
    return _guarded(CLASS, ("examined",) if training_class.professional else ("ended",), issuing.nobody_qualifies)(
        case, user
    )


def _why_enter_class(case: Case, user: User) -> str:
    if said := _in_state(CLASS, "ended", "examined", "issued")(case, user):
        return said
    return "已登錄完成。" if class_of(case).entered_on else ""


def _why_tell(case: Case, user: User) -> str:
    return _in_state(CLASS, "running", "ended", "examined")(case, user)


def _return(case: Case, **given: Any) -> Any:
    service = reporting.return_report if case.state == "reported" else filing.return_class
    return service(case, **given)


def _acknowledge(case: Case, **given: Any) -> Any:
    service = reporting.close_class if case.state == "reported" else filing.acknowledge
    return service(case, **given)


CLASS_ACTS = (
    Act("file", "報備", FILE_CLASS, _then_class(filing.file_class), _guarded(CLASS, ("draft", "returned"), filing.filed_in_time_with_head_count), confirm="附表二至附表五將以目前內容登錄並函請地方主管機關備查。"),
    Act("change", "變動報備", FILE_CLASS, _then_class(filing.change_class), _why_change, forms.reason_form("變動原因")),
    Act("start", "開訓", RUN_CLASS, _then_class(filing.begin), _guarded(CLASS, ("acknowledged",), filing.first_day_come)),
    Act("end", "結訓", RUN_CLASS, _then_class(filing.finish), _guarded(CLASS, ("running",), filing.last_period_over), confirm="結訓後依缺課情形認定退訓及補課，並起算發證及登錄期限。"),
    Act("tell_absent", "通知退訓及補課", RUN_CLASS, _then_class(absence.tell_absent), _why_tell, tone="secondary", confirm="依缺課時數記錄應通知退訓、補課之人員及通知日。"),
    Act("issue", "發給證書／證明", ISSUE, _then_class(issuing.issue_class), _why_issue, confirm="將發給所有符合規定且尚未發給之人員，字號一次編定。"),
    Act("issue_none", "無人合格，免予發證", ISSUE, _then_class(issuing.issue_none), _why_none, forms.reason_form("理由"), "secondary"),
    Act("enter", "登錄受訓資料完成", REPORT, _then_class(reporting.enter), _why_enter_class, confirm="確認個人資料、簽到退紀錄及成績均已登錄。"),
    Act("report", "登錄清冊並函報", REPORT, _then_class(reporting.report), _guarded(CLASS, ("issued",), reporting.registers_complete), forms.ReportForm),
    Act("cancel", "取消辦理", FILE_CLASS, _then_class(filing.cancel), _in_state(CLASS, "draft", "filed", "returned", "acknowledged"), forms.reason_form("取消原因"), "danger"),
    Act("acknowledge", "備查", ACKNOWLEDGE, _then_class(_acknowledge), _in_state(CLASS, "filed", "reported"), forms.AcknowledgeForm),
    Act("return", "退回", ACKNOWLEDGE, _then_class(_return), _in_state(CLASS, "filed", "reported"), forms.reason_form("退回理由及應補正事項"), "danger"),
    Act("close_exam", "測驗完成（無應試人員）", MARK_EXAM, _then_class(examining.close_exam), _guarded(CLASS, ("ended",), examining.professional_and_marked), tone="secondary", confirm="沒有尚待登錄成績之人員。"),
)  # fmt: skip


def _class_panels(case: Case, user: User) -> Sequence[Panel]:
    training_class = class_of(case)
    last = training_class.versions.order_by("-number").first()
    context = {
        "training_class": training_class,
        "people": live_trainees(training_class).count(),
        "page": class_page(case, user),
        "last": last,
    }
    return [Panel("訓練班次", "ohs_training/panels/class.html", context)]


def _class_identifiers(case: Case) -> Sequence[Identifier]:
    return [Identifier(f"trainee-{one.pk}", str(one), one.national_id) for one in live_trainees(class_of(case))]


def _class_row(case: Case) -> Mapping[str, Any]:
    training_class = class_of(case)
    return {
        "期別": training_class.number,
        "訓練類別": training_class.get_training_display(),
        "開訓日": training_class.starts_on,
        "結訓日": training_class.ends_on,
        "備查文號": training_class.acknowledgement,
        "人數": live_trainees(training_class).count(),
    }


# --- order ---------------------------------------------------------------------------------------------------------------------


def _order_findings(case: Case, on: date, law: Law) -> Sequence[Outcome]:
    order = inspecting.order_of(case)
    if order.ordered_on is None or order.answer_by is None:
        return []
    facts = supervision.OrderFacts(
        order.ordered_on,
        order.answer_by,
        order.answered_on,
        order.attachment_id is not None or order.answered_on is None,
        order.improved,
    )
    return [supervision.improvement(facts, on=on, law=law)]


ORDER_ACTS = (
    Act("order", "通知限期改善", ORDER, inspecting.order_improvement, _in_state(ORDER_MACHINE, "drafted", "answered", "overdue"), forms.OrderForm),
    Act("accept", "同意改善", ORDER, inspecting.accept, _in_state(ORDER_MACHINE, "answered"), confirm="改善情形經查核屬實。"),
    Act("refer", "移請撤銷或廢止認可", ORDER, inspecting.refer, _in_state(ORDER_MACHINE, "answered", "overdue"), forms.reason_form("屆期未改善之情形"), "danger"),
    Act("drop", "免予通知", ORDER, inspecting.drop, _in_state(ORDER_MACHINE, "drafted"), forms.reason_form("理由"), "secondary"),
    Act("answer", "提出書面改善報告", ANSWER_ORDER, inspecting.answer, _in_state(ORDER_MACHINE, "ordered", "overdue"), forms.AnswerOrderForm),
)  # fmt: skip


def _order_panels(case: Case, user: User) -> Sequence[Panel]:
    return [Panel("查核及改善", "ohs_training/panels/order.html", {"order": inspecting.order_of(case)})]


def _consistency() -> Sequence[str]:
    """Accreditations whose case says otherwise, and open classes under an accreditation that was lost before they were filed."""
    states = {
        "in_force": {"accredited", "announced"},
        "expired": {"expired"},
        "revoked": {"revoked"},
        "abolished": {"abolished"},
    }
    return [
        f"{one.organisation} 認可登錄為「{one.get_state_display()}」，案件 {one.case.number} 為「{ACCREDITATION.state(one.case.state).label}」"
        for one in Accreditation.objects.select_related("organisation", "case")
        if one.case.state not in states[one.state]
    ]


_OFFICE_VIEW = (VIEW_OFFICE, VIEW_OWN)
register(
    CaseType(
        kind=ACCREDITATION.kind,
        label="健康服務訓練機構認可",
        series="OHA",
        machine=ACCREDITATION,
        view_rights=_OFFICE_VIEW,
        guards={
            "papers_complete_and_not_barred": accrediting.papers_complete_and_not_barred,
            "items_named": accrediting.items_named,
            "period_within_three_years": accrediting.period_within_three_years,
            "period_over": accrediting.period_over,
            "ground_named": revoking.ground_named,
        },
        acts=ACCREDITATION_ACTS,
        findings=_accreditation_findings,
        panels=_accreditation_panels,
        targets=_targets,
        applicant_url=_accreditation_url,
        export_row=lambda case: {"申請資格": application_of(case).get_kind_display()},
        consistency=_consistency,
    ),
    CaseType(
        kind=CLASS.kind,
        label="健康服務訓練班次",
        series="OHK",
        machine=CLASS,
        view_rights=_OFFICE_VIEW,
        guards={
            "filed_in_time_with_head_count": filing.filed_in_time_with_head_count,
            "items_named": filing.items_named,
            "letter_number": filing.letter_number,
            "changed_in_time": filing.changed_in_time,
            "first_day_come": filing.first_day_come,
            "last_period_over": filing.last_period_over,
            "professional_and_marked": examining.professional_and_marked,
            "no_red_line": issuing.no_red_line,
            "in_service_no_red_line": issuing.in_service_no_red_line,
            "nobody_qualifies": issuing.nobody_qualifies,
            "registers_complete": reporting.registers_complete,
        },
        acts=CLASS_ACTS,
        findings=lambda case, on, law: filing_outcomes(
            class_of(case), on=on, law=law, filed_on=class_of(case).filed_on or on
        ),
        panels=_class_panels,
        identifiers=_class_identifiers,
        applicant_url=lambda case: reverse("ohs_training:class", args=[case.number]),
        export_row=_class_row,
    ),
    CaseType(
        kind=ORDER_MACHINE.kind,
        label="健康服務訓練查核改善",
        series="OHO",
        machine=ORDER_MACHINE,
        view_rights=_OFFICE_VIEW,
        guards={
            "term_set": inspecting.term_set,
            "report_in_writing": inspecting.report_in_writing,
            "term_over": inspecting.term_over,
        },
        acts=ORDER_ACTS,
        findings=_order_findings,
        panels=_order_panels,
        applicant_url=lambda case: reverse("casework:case", args=[case.number]),
        export_row=lambda case: {
            "改善期限": roc(inspecting.order_of(case).answer_by) if inspecting.order_of(case).answer_by else ""
        },
    ),
)
lapsing.enter()
register_things(
    Things(
        "ohs_training.accreditation",
        lambda user: Accreditation.objects.filter(
            organisation__in=organisations_with(user, FILE_ACCREDITATION)
        ).values_list("pk", flat=True),
        "ohs_training:home",
    )
)
classify(REMINDER, *(f"ohs_training.{one}" for one in ("soon", "late", "renewal_soon", "renewal_late")))
