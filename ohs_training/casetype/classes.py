"""六至十: a class from its filing to the county's second number."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.rights import can
from casework.cases.casetypes import Act, CaseType, Identifier, Panel
from casework.models import Case
from ohs_training.casetype.off import asked, guarded, in_state, waits_for
from ohs_training.forms import acts as forms
from ohs_training.permissions import (
    ACKNOWLEDGE,
    FILE_CLASS,
    ISSUE,
    MARK_EXAM,
    REPORT,
    RUN_CLASS,
    VIEW_OFFICE,
    VIEW_OWN,
)
from ohs_training.selectors.classes import (
    PLANNED,
    as_filed,
    class_of,
    filing_outcomes,
    last_version,
    live_trainees,
    unfiled,
)
from ohs_training.services import (
    absence,
    examining,
    filing,
    issuing,
    reporting,
)
from ohs_training.states import CLASS


def _then_class(service: Callable[..., Any]) -> Callable[..., str]:
    """Back to the class page of whoever pressed: the office's is in the back office."""

    def perform(case: Case, *, by: User, at: datetime, version: int | None = None, **given: Any) -> str:
        service(case, by=by, at=at, version=version, **given)
        return class_page(case, by)

    return perform


def class_page(case: Case, user: User) -> str:
    name = "admin:ohs_class" if can(user, VIEW_OFFICE, case) else "ohs_training:class"
    return reverse(name, args=[case.number])


def _why_issue(case: Case, user: User) -> str:
    training_class = class_of(case)
    first = ("examined",) if training_class.professional else ("ended",)
    if case.state not in (*first, *issuing.LATER):
        return in_state(CLASS, *first)(case, user)
    guard = issuing.no_red_line if training_class.professional else issuing.in_service_no_red_line
    return guarded(CLASS, (case.state,), guard)(case, user)


def _why_none(case: Case, user: User) -> str:
    training_class = class_of(case)
    return guarded(CLASS, ("examined",) if training_class.professional else ("ended",), issuing.nobody_qualifies)(
        case, user
    )


def _why_enter_class(case: Case, user: User) -> str:
    if said := in_state(CLASS, "ended", "examined", "issued")(case, user):
        return said
    return "已登錄完成。" if class_of(case).entered_on else ""


def _why_tell(case: Case, user: User) -> str:
    return in_state(CLASS, "running", "ended", "examined")(case, user)


def _return(case: Case, **given: Any) -> Any:
    service = reporting.return_report if case.state == "reported" else filing.return_class
    return service(case, **given)


def _acknowledge(case: Case, **given: Any) -> Any:
    service = reporting.close_class if case.state == "reported" else filing.acknowledge
    return service(case, **given)


CLASS_ACTS = (
    Act("file", "報備", FILE_CLASS, _then_class(filing.file_class), guarded(CLASS, ("draft", "returned"), filing.filed_in_time_with_head_count), confirm="附表二至附表五將以目前內容登錄並函請地方主管機關備查。"),
    Act("change", "變動報備", FILE_CLASS, _then_class(filing.change_class), asked(filing.change_to_file), forms.reason_form("變動原因")),
    Act("start", "開訓", RUN_CLASS, _then_class(filing.begin), guarded(CLASS, ("acknowledged",), filing.first_day_come, filing.as_it_was_filed)),
    Act("end", "結訓", RUN_CLASS, _then_class(filing.finish), guarded(CLASS, ("running",), filing.last_period_over), confirm="結訓後依缺課情形認定退訓及補課，並起算發證及登錄期限。"),
    Act("tell_absent", "通知退訓及補課", RUN_CLASS, _then_class(absence.tell_absent), _why_tell, tone="secondary", confirm="依缺課時數記錄應通知退訓、補課之人員及通知日。"),
    Act("issue", "發給證書／證明", ISSUE, _then_class(issuing.issue_class), _why_issue, confirm="將發給所有符合規定且尚未發給之人員，字號一次編定。"),
    Act("issue_none", "無人合格，免予發證", ISSUE, _then_class(issuing.issue_none), _why_none, forms.reason_form("理由"), "secondary"),
    Act("enter", "登錄受訓資料完成", REPORT, _then_class(reporting.enter), _why_enter_class, confirm="確認個人資料、簽到退紀錄及成績均已登錄。"),
    Act("report", "登錄清冊並函報", REPORT, _then_class(reporting.report), guarded(CLASS, ("issued",), reporting.registers_complete), forms.ReportForm),
    Act("cancel", "取消辦理", FILE_CLASS, _then_class(filing.cancel), in_state(CLASS, "draft", "filed", "returned", "acknowledged"), forms.reason_form("取消原因"), "danger"),
    Act("acknowledge", "備查", ACKNOWLEDGE, _then_class(_acknowledge), in_state(CLASS, "filed", "reported"), forms.AcknowledgeForm),
    Act("return", "退回", ACKNOWLEDGE, _then_class(_return), in_state(CLASS, "filed", "reported"), forms.reason_form("退回理由及應補正事項"), "danger"),
    Act("acknowledge_change", "變動備查", ACKNOWLEDGE, _then_class(filing.acknowledge_change), asked(filing.change_to_answer), forms.AcknowledgeChangeForm),
    Act("return_change", "變動退回", ACKNOWLEDGE, _then_class(filing.return_change), asked(filing.change_to_answer), forms.reason_form("退回理由及應補正事項"), "danger"),
    Act("close_exam", "測驗完成（無應試人員）", MARK_EXAM, _then_class(examining.close_exam), guarded(CLASS, ("ended",), examining.professional_and_marked), tone="secondary", confirm="沒有尚待登錄成績之人員。"),
)  # fmt: skip


def _class_panels(case: Case, user: User) -> Sequence[Panel]:
    training_class = class_of(case)
    last = last_version(training_class)
    context = {
        "training_class": as_filed(training_class),
        "people": live_trainees(training_class).count(),
        "page": class_page(case, user),
        "last": last,
        "unfiled": len(unfiled(training_class)) if case.state not in PLANNED else 0,
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


CLASS_TYPE = CaseType(
    kind=CLASS.kind,
    label="健康服務訓練班次",
    series="OHK",
    machine=CLASS,
    view_rights=(VIEW_OFFICE, VIEW_OWN),
    guards={
        "filed_in_time_with_head_count": filing.filed_in_time_with_head_count,
        "items_named": filing.items_named,
        "letter_number": filing.letter_number,
        "first_day_come": filing.first_day_come,
        "as_it_was_filed": filing.as_it_was_filed,
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
    waits_for=waits_for(CLASS),
    export_row=_class_row,
)
