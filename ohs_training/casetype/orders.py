"""十一: an order to improve."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from accounts.models import User
from casework.cases.casetypes import CaseType, Panel
from casework.models import Case
from kernel.dates import roc
from kernel.law import Law
from kernel.outcome import Outcome
from ohs_training.acts import ORDER_ACTS
from ohs_training.casetype.turns import waits_for
from ohs_training.permissions import VIEW_OFFICE, VIEW_OWN
from ohs_training.rules import supervision
from ohs_training.services import (
    inspecting,
)


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


def _order_panels(case: Case, user: User) -> Sequence[Panel]:
    return [Panel("查核及改善", "ohs_training/panels/order.html", {"order": inspecting.order_of(case)})]


ORDER_TYPE = CaseType(
    kind=ORDER_ACTS.kind,
    label="健康服務訓練查核改善",
    series="OHO",
    view_rights=(VIEW_OFFICE, VIEW_OWN),
    table=ORDER_ACTS,
    findings=_order_findings,
    panels=_order_panels,
    applicant_url=lambda case: reverse("casework:case", args=[case.number]),
    waits_for=waits_for(ORDER_ACTS),
    export_row=lambda case: {
        "改善期限": roc(inspecting.order_of(case).answer_by) if inspecting.order_of(case).answer_by else ""
    },
)
