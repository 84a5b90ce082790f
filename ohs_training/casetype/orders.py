"""十一: an order to improve."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from accounts.models import User
from casework.cases.casetypes import Act, CaseType, Panel
from casework.models import Case
from kernel.dates import roc
from kernel.law import Law
from kernel.outcome import Outcome
from ohs_training.casetype.off import in_state, waits_for
from ohs_training.forms import acts as forms
from ohs_training.permissions import (
    ANSWER_ORDER,
    ORDER,
    VIEW_OFFICE,
    VIEW_OWN,
)
from ohs_training.rules import supervision
from ohs_training.services import (
    inspecting,
)
from ohs_training.states import ORDER as ORDER_MACHINE


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
    Act("order", "通知限期改善", ORDER, inspecting.order_improvement, in_state(ORDER_MACHINE, "drafted", "answered", "overdue"), forms.OrderForm),
    Act("accept", "同意改善", ORDER, inspecting.accept, in_state(ORDER_MACHINE, "answered"), confirm="改善情形經查核屬實。"),
    Act("refer", "移請撤銷或廢止認可", ORDER, inspecting.refer, in_state(ORDER_MACHINE, "answered", "overdue"), forms.reason_form("屆期未改善之情形"), "danger"),
    Act("drop", "免予通知", ORDER, inspecting.drop, in_state(ORDER_MACHINE, "drafted"), forms.reason_form("理由"), "secondary"),
    Act("answer", "提出書面改善報告", ANSWER_ORDER, inspecting.answer, in_state(ORDER_MACHINE, "ordered", "overdue"), forms.AnswerOrderForm),
)  # fmt: skip


def _order_panels(case: Case, user: User) -> Sequence[Panel]:
    return [Panel("查核及改善", "ohs_training/panels/order.html", {"order": inspecting.order_of(case)})]


ORDER_TYPE = CaseType(
    kind=ORDER_MACHINE.kind,
    label="健康服務訓練查核改善",
    series="OHO",
    machine=ORDER_MACHINE,
    view_rights=(VIEW_OFFICE, VIEW_OWN),
    guards={
        "term_set": inspecting.term_set,
        "report_in_writing": inspecting.report_in_writing,
        "term_over": inspecting.term_over,
    },
    acts=ORDER_ACTS,
    findings=_order_findings,
    panels=_order_panels,
    applicant_url=lambda case: reverse("casework:case", args=[case.number]),
    waits_for=waits_for(ORDER_MACHINE),
    export_row=lambda case: {
        "改善期限": roc(inspecting.order_of(case).answer_by) if inspecting.order_of(case).answer_by else ""
    },
)
