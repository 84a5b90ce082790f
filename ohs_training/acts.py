"""What may be done to an accreditation, a class, an order: each kind's states, and a row an act."""

from kernel.acts import Act, Acts, State, Turn
from ohs_training.forms import acts as forms
from ohs_training.permissions import ANSWER_ORDER, CLOSE_ORDER, ORDER
from ohs_training.services import inspecting
from ohs_training.states import ORDER_KIND

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY

#: 限期改善 of an institution, after an inspection 查核 found a breach.
ORDER_ACTS = Acts(
    ORDER_KIND,
    states=(
        State("drafted", "擬稿", OFFICE, "calm"),
        State("ordered", "限期改善中", APPLICANT, "warn"),
        State("answered", "已提改善報告", OFFICE),
        State("overdue", "屆期未改善", OFFICE, "bad"),
        State("improved", "已改善", NOBODY, "good", final=True),
        State("referred", "移請本部處理", NOBODY, "bad", final=True),
        State("dropped", "免予限期改善", NOBODY, "calm", final=True),
    ),
    acts=(
        Act(
            "order", "通知限期改善", "drafted → ordered", ORDER, inspecting.order_improvement, "要點十一第3項",
            reason=True, form=forms.OrderForm,
        ),
        Act(
            "reorder", "再限期改善", "answered | overdue → ordered", ORDER, inspecting.order_improvement, "要點十一第3項",
            reason=True, form=forms.OrderForm,
        ),
        Act(
            "accept", "同意改善", "answered → improved", ORDER, inspecting.accept_improvement, "要點十一",
            confirm="改善情形經查核屬實。",
        ),
        Act(
            "refer", "移請撤銷或廢止認可", "answered | overdue → referred", ORDER, inspecting.refer_institution,
            "要點十四第1款", reason=True, form=forms.reason_form("屆期未改善之情形"), tone="danger",
        ),
        Act(
            "drop", "免予通知", "drafted → dropped", ORDER, inspecting.drop_order, "要點十一",
            reason=True, form=forms.reason_form("理由"), tone="secondary",
        ),
        Act(
            "answer", "提出書面改善報告", "ordered → answered", ANSWER_ORDER, inspecting.answer_order, "要點十一第4項",
            before=inspecting.judge_report, form=forms.AnswerOrderForm,
        ),
        Act(
            "answer_late", "逾期提出書面報告", "overdue → answered", ANSWER_ORDER, inspecting.answer_order, "要點十一第4項",
            before=inspecting.judge_report, form=forms.AnswerOrderForm, button="提出書面改善報告",
        ),
        Act(
            "miss", "屆期未提出", "ordered → overdue", CLOSE_ORDER, inspecting.miss_answer, "要點十四第1款",
            asks=(inspecting.term_over,), offered=False,
        ),
    ),
)  # fmt: skip
