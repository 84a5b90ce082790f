"""十一: inspections, orders to improve with a term, written answers, and what follows."""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import can, holders
from casework.cases import attachments
from casework.cases.moving import lock, move, open_case, require
from casework.cases.recusal import RECUSED, bodies_of
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_deadline
from casework.errors import NotPermitted, Refused
from casework.intake import Limits
from casework.law.in_force import law_in_force
from casework.models import Case, Document
from casework.notices.outbox import notify
from casework.notices.telling import tell_applicant
from kernel.dates import roc, taipei_day
from ohs_training import documents
from ohs_training.models import Accreditation, Inspection, Order, TrainingClass
from ohs_training.permissions import ANSWER_ORDER, ORDER, REVIEW
from ohs_training.rules import supervision
from ohs_training.selectors.institutions import ministry
from ohs_training.states import ORDER as MACHINE

KIND = MACHINE.kind
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


def term_set(case: Case, by: User | None, at: datetime) -> None:
    order = order_of(case)
    if order.answer_by is None or order.answer_by < taipei_day(at):
        raise Refused("請填寫改善期限，且不得早於通知日。", field="answer_by")
    if not order.letter_number:
        raise Refused("請填寫發文字號。", field="letter_number")


@transaction.atomic
def order_improvement(
    case: Case, *, letter_number: str, answer_by: date, reason: str, by: User, at: datetime, version: int | None = None
) -> Case:
    """通知限期改善, or again: the letter, the term, the institution told."""
    case = lock(case, version=version)
    require(by, ORDER, case)
    order = order_of(case)
    order.letter_number, order.answer_by, order.ordered_on = letter_number.strip(), answer_by, taipei_day(at)
    if case.state != "drafted":
        order.answered_on, order.improved = None, None
    order.save()
    move(case, "order" if case.state == "drafted" else "reorder", by=by, at=at, reason=reason)
    facts = supervision.OrderFacts(order.ordered_on, answer_by)
    outcome = supervision.improvement(facts, on=order.ordered_on, law=law_in_force())
    due_on = date.fromisoformat(outcome.result["answer_by"])
    set_deadline(
        code=ANSWER, rule="OHS-15", label="提出書面改善報告", citation="要點十一第4項", counted_from=order.ordered_on, due_on=due_on,
        at=at, case=case, outcome=outcome, remind_days=(7, 3, 1),
    )  # fmt: skip
    documents.issue_order(order, case=case, by=by, at=at)
    tell_applicant(
        case,
        "ohs_training.ordered",
        "限期改善",
        f"{order.breach}\n請於 {roc(due_on)} 前提出書面改善報告。",
        at=at,
        right=ANSWER_ORDER,
    )
    return case


@transaction.atomic
def drop(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "drop", by=by, at=at, reason=reason)
    return case


def report_in_writing(case: Case, by: User | None, at: datetime) -> None:
    order = order_of(case)
    if not order.report.strip() or order.attachment_id is None:
        raise Refused("請填寫改善情形並上傳書面改善報告。", field="report")


@transaction.atomic
def answer(case: Case, *, report: str, paper: UploadedFile, by: User, at: datetime, version: int | None = None) -> Case:
    """書面改善報告, in time or late; judged before the case is held."""
    require(by, ANSWER_ORDER, case)
    verdict = attachments.judged(paper, Limits(), field="paper")
    case = lock(case, version=version)
    require(by, ANSWER_ORDER, case)
    if case.state not in ("ordered", "overdue"):
        raise Refused(f"案件目前為「{MACHINE.state(case.state).label}」，不必提出報告。")
    order = order_of(case)
    order.attachment = attachments.keep_attachment(
        verdict,
        case=case,
        field="improvement_report",
        label="書面改善報告",
        upload=paper,
        by=by,
        at=at,
        form_field="paper",
    )
    order.report, order.answered_on = report, taipei_day(at)
    order.save()
    case = lock(case)
    move(case, "answer" if case.state == "ordered" else "answer_late", by=by, at=at)
    meet_deadline(code=ANSWER, at=at, case=case)
    notify(
        users=holders(ORDER, case.office), code="ohs_training.answered", subject=f"改善報告：{case.title}", body=report,
        key=f"ohs.answered:{case.number}:{case.events_count}", case=case, link=f"/admin/case/{case.number}/", at=at, mail=False,
    )  # fmt: skip
    return case


@transaction.atomic
def accept(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "accept", by=by, at=at)
    order = order_of(case)
    order.improved = True
    order.save()
    tell_applicant(case, "ohs_training.improved", "已改善", "貴機構所報改善情形，同意備查。", at=at, right=ANSWER_ORDER)
    return case


def term_over(case: Case, by: User | None, at: datetime) -> None:
    order = order_of(case)
    if (
        order.answer_by
        and law_in_force().calendar.act_by(order.answer_by) >= taipei_day(at)
        and case.state == "ordered"
    ):
        raise Refused("改善期限尚未屆滿。")


@transaction.atomic
def miss(case: Case, *, at: datetime) -> Case:
    """屆期未提出: said by the sweep, as the system."""
    case = lock(case)
    if case.state != "ordered":
        return case
    move(case, "miss", by=None, at=at)
    return case


@transaction.atomic
def refer(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """移請本部處理: not improved in time is the first ground of 十四."""
    case = lock(case, version=version)
    order = order_of(case)
    order.improved = False
    order.save()
    move(case, "refer", by=by, at=at, reason=reason)
    withdraw_deadline(code=ANSWER, at=at, case=case)
    for letter in case.documents.filter(paper="ohs_order", state=Document.State.ISSUED)[:1]:
        reason = f"{reason}（{letter.number}）"
    notify(
        users=holders(REVIEW, ministry()), code="ohs_training.referred", subject=f"移請處理：{case.title}",
        body=f"{case.office}：{reason}（要點十四第1項第1款）", key=f"ohs.referred:{case.number}", case=None,
        link=f"/admin/case/{order.accreditation.case.number}/", at=at,
    )  # fmt: skip
    return case
