"""十一: inspections, orders to improve with a term, written answers, and what follows."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import can, holders
from casework.cases import attachments
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.cases.recusal import RECUSED, bodies_of
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_deadline
from casework.errors import NotPermitted, Refused
from casework.intake import Limits, Verdict
from casework.law.in_force import law_in_force
from casework.models import Case, Document
from casework.models.notice import page
from casework.notices.outbox import notify
from casework.notices.telling import tell_applicant, tell_office
from kernel.dates import roc, taipei_day
from ohs_training import documents
from ohs_training.models import Accreditation, Inspection, Order, TrainingClass
from ohs_training.permissions import ANSWER_ORDER, ORDER, REVIEW
from ohs_training.rules import supervision
from ohs_training.selectors.institutions import ministry
from ohs_training.states import ORDER_KIND as KIND

ANSWER = "ohs_training.answer"


def order_of(case: Case) -> Order:
    return Order.objects.select_related(
        "case__office", "accreditation__organisation", "inspection__training_class"
    ).get(case=case)


@transaction.atomic
def inspect(
    *,
    office: Organisation,
    accreditation: Accreditation,
    training_class: TrainingClass | None,
    inspected_on: date,
    papers_asked: str,
    findings: str,
    breach: str,
    clause: str,
    by: User,
    at: datetime,
) -> tuple[Inspection, Order | None]:
    """查核 (county) or 抽查 (ministry). Where a breach was found, a draft order is opened with it."""
    if not can(by, ORDER, office):
        raise NotPermitted("您沒有查核的權限。")
    if accreditation.organisation_id in bodies_of(by, inspected_on):
        raise Refused(RECUSED)
    if training_class is not None and training_class.accreditation_id != accreditation.pk:
        raise Refused("這個班次不是這個訓練機構的。", field="training_class")
    sample = office.kind == Organisation.Kind.MINISTRY
    if not sample and (training_class is None or training_class.case.office_id != office.pk):
        raise Refused("地方主管機關得查核於轄內辦理之班次（要點十一第1項），請選擇班次。", field="training_class")
    if inspected_on > taipei_day(at):
        raise Refused("查核日不得晚於今天。", field="inspected_on")
    if breach.strip() and not clause.strip():
        raise Refused("請填寫違反之條次。", field="clause")
    row = Inspection.objects.create(
        accreditation=accreditation, training_class=training_class, office=office, inspected_on=inspected_on, sample=sample,
        papers_asked=papers_asked, findings=findings, breach=bool(breach.strip()), recorded_at=at, recorded_by=by,
    )  # fmt: skip
    if not row.breach:
        return row, None
    about = f"（{training_class}）" if training_class else ""
    case = open_case(
        kind=KIND, title=f"{accreditation.organisation.name}限期改善{about}", office=office, organisation=accreditation.organisation,
        by=by, at=at,
    )  # fmt: skip
    return row, Order.objects.create(
        case=case, inspection=row, accreditation=accreditation, breach=breach.strip(), clause=clause.strip()
    )


def order_improvement(doing: Doing, *, letter_number: str, answer_by: date) -> None:
    """通知限期改善, or again: the letter, the term, the institution told."""
    case, order, today = doing.case, order_of(doing.case), doing.day
    if answer_by < today:
        raise Refused("請填寫改善期限，且不得早於通知日。", field="answer_by")
    if not letter_number.strip():
        raise Refused("請填寫發文字號。", field="letter_number")
    order.letter_number, order.answer_by, order.ordered_on = letter_number.strip(), answer_by, today
    order.answered_on, order.improved = None, None
    order.save()
    doing.move()
    outcome = supervision.improvement(supervision.OrderFacts(today, answer_by), on=today, law=law_in_force())
    due_on = date.fromisoformat(outcome.result["answer_by"])
    set_deadline(
        code=ANSWER, rule="OHS-15", label="提出書面改善報告", citation="要點十一第4項", counted_from=today, due_on=due_on,
        at=doing.at, case=case, outcome=outcome, remind_days=(7, 3, 1),
    )  # fmt: skip
    documents.issue_order(order, case=case, by=doing.by, at=doing.at)
    body = f"{order.breach}\n請於 {roc(due_on)} 前提出書面改善報告。"
    tell_applicant(case, "ohs_training.ordered", "限期改善", body, at=doing.at, right=ANSWER_ORDER)


def judge_report(case: Case, by: User, *, report: str, paper: UploadedFile) -> dict[str, Any]:
    """Judge the file before the case is held."""
    return {"report": report, "paper": paper, "verdict": attachments.judged(paper, Limits(), field="paper")}


def answer_order(doing: Doing, *, report: str, paper: UploadedFile, verdict: Verdict) -> None:
    """Keep the 書面改善報告, in time or late, and tell the office."""
    case, order = doing.case, order_of(doing.case)
    if not report.strip():
        raise Refused("請填寫改善情形並上傳書面改善報告。", field="report")
    order.attachment = attachments.keep_attachment(
        verdict, case=case, field="improvement_report", label="書面改善報告", upload=paper, by=doing.by, at=doing.at,
        form_field="paper",
    )  # fmt: skip
    order.report, order.answered_on = report, doing.day
    order.save()
    doing.move()
    meet_deadline(code=ANSWER, at=doing.at, case=case)
    tell_office(case, "ohs_training.answered", "改善報告", report, right=ORDER, at=doing.at)


def accept_improvement(doing: Doing) -> None:
    """同意改善: tell the institution."""
    order = order_of(doing.case)
    order.improved = True
    order.save()
    body = "貴機構所報改善情形，同意備查。"
    tell_applicant(doing.case, "ohs_training.improved", "已改善", body, at=doing.at, right=ANSWER_ORDER)


def term_over(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while the institution may still answer."""
    order = order_of(case)
    if order.answer_by and law_in_force().calendar.act_by(order.answer_by) >= taipei_day(at):
        raise Refused("改善期限尚未屆滿。")


def refer_institution(doing: Doing) -> None:
    """移請本部處理: not improved in time is the first ground of 十四."""
    case, order, reason = doing.case, order_of(doing.case), doing.reason
    order.improved = False
    order.save()
    withdraw_deadline(code=ANSWER, at=doing.at, case=case)
    for letter in case.documents.filter(paper="ohs_order", state=Document.State.ISSUED)[:1]:
        reason = f"{reason}（{letter.number}）"
    notify(
        users=holders(REVIEW, ministry()), code="ohs_training.referred", subject=f"移請處理：{case.title}",
        body=f"{case.office}：{reason}（要點十四第1項第1款）", key=f"ohs.referred:{case.number}", case=None,
        link=page("admin:case", order.accreditation.case.number), at=doing.at,
    )  # fmt: skip
