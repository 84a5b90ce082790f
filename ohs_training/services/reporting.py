"""九第3款、十第2項: entering what a class produced, its registers, and reporting both; the trainee's confirmation."""

from datetime import datetime

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from accounts.rights import holders
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.cases.moving import lock
from casework.deadlines.keeping import meet_deadline, withdraw_deadline
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.models.notice import page
from casework.notices.outbox import notify
from casework.notices.telling import tell_applicant
from kernel.dates import taipei_day
from ohs_training.models import Confirmation, Trainee
from ohs_training.permissions import ACKNOWLEDGE, REPORT
from ohs_training.rules import issue, keeping
from ohs_training.selectors.classes import change_pending, class_of, last_version
from ohs_training.selectors.people import trainees_of
from ohs_training.services.filing import CONFIRM, ENTER, REGISTER, numbered
from ohs_training.services.saying import say


def data_to_enter(case: Case, by: User | None, at: datetime) -> None:
    """Refuse what was entered before."""
    if class_of(case).entered_on:
        raise Refused("已登錄完成。")


def enter_data(doing: Doing) -> None:
    """受訓資料登錄完成 (fifteen days): personal data, signatures and marks stand in the system. Late is late, and kept."""
    training_class = class_of(doing.case)
    training_class.entered_on = doing.day
    training_class.save()
    facts = issue.AfterFacts(training_class.ends_on, doing.day)
    doing.outcomes.append(issue.entry_after_class(facts, on=doing.day, law=law_in_force()))
    meet_deadline(code=ENTER, at=doing.at, case=doing.case)


def registers_complete(case: Case, by: User | None, at: datetime) -> None:
    """Refuse before the data are entered and every certificate has its file."""
    training_class = class_of(case)
    if training_class.entered_on is None:
        raise Refused("請先登錄受訓資料（要點九第3款）。")
    batch = training_class.batches.exclude(state="done").first()
    if batch:
        raise Refused(f"證書檔案製作中（{batch.made}／{batch.total}），完成後再函報。")


def report_class(doing: Doing, *, report_number: str) -> None:
    """登錄核發清冊並函報 (twenty days; thirty under the former text)."""
    case, on, law = doing.case, doing.day, law_in_force()
    training_class = class_of(case)
    kind = "certificates" if training_class.professional else "in_service_proofs"
    if kind in law.at("ohs.records", training_class.ends_on).value:
        facts = keeping.RecordFacts(kind, training_class.ends_on, entered_on=on)  # type: ignore[arg-type]
        doing.outcomes.append(keeping.retention(facts, on=on, law=law))
    training_class.registered_on, training_class.report_number = on, report_number.strip()
    training_class.save()
    doing.move()
    meet_deadline(code=REGISTER, at=doing.at, case=case)
    notify(
        users=holders(ACKNOWLEDGE, case.office), code="ohs_training.reported", subject=f"訓練成果函報：{case.title}",
        body=f"{case.organisation}已登錄受訓資料及核發清冊（{report_number}），請備查。", key=f"ohs.reported:{case.number}:{case.events_count}",
        case=case, link=page("admin:ohs_class", case.number), at=doing.at, mail=False,
    )  # fmt: skip


def return_report(doing: Doing) -> None:
    """退回函報, with the reason."""
    tell_applicant(doing.case, "ohs_training.report_returned", "函報退回", doing.reason, at=doing.at, right=REPORT)


def no_change_waits(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while the county owes an answer to a 變動報備."""
    if change_pending(case, last := last_version(class_of(case))):
        raise Refused(f"第 {last.number} 版變動報備尚未備查或退回，請先處理。")


def close_class(doing: Doing, *, acknowledgement: str) -> None:
    """函報備查: the county's second number ends the case. Terms of trainees (resit, confirmation) run on."""
    training_class, number = class_of(doing.case), numbered(acknowledgement)
    training_class.report_acknowledgement = number
    training_class.save()
    tell_applicant(doing.case, "ohs_training.closed", "函報備查", f"備查文號：{number}", at=doing.at, right=REPORT)


@transaction.atomic
def confirm_hours(trainee: Trainee, *, answer: str, remark: str, by: User, at: datetime) -> Confirmation:
    """附表七附註: by the trainee, within thirty days; either answer reaches the institution."""
    # The case first, as issuing locks it before it writes rows that point at the trainee.
    case = lock(trainee.training_class.case_id)
    trainee = locking(Trainee.objects).select_related("training_class__case").get(pk=trainee.pk)
    if not trainees_of(by).filter(pk=trainee.pk).exists():
        raise NotPermitted("您不是這份紀錄的受訓人員。")
    training_class, on, law = trainee.training_class, taipei_day(at), law_in_force()
    if training_class.professional or training_class.case.state in (
        "draft",
        "filed",
        "returned",
        "acknowledged",
        "running",
        "cancelled",
    ):
        raise Refused("目前沒有要確認的在職教育訓練時數。")
    if Confirmation.objects.filter(trainee=trainee).exists():
        raise Refused("您已確認過這個班次的時數。")
    facts = issue.ConfirmationFacts(training_class.ends_on, answer, on, remark)  # type: ignore[arg-type]
    outcome = issue.confirmation(facts, on=on, law=law)
    if not outcome.met:
        raise Refused(
            outcome.sentence,
            field="remark" if answer == "disputed" and not remark.strip() else None,
            outcomes=[outcome],
        )
    row = Confirmation.objects.create(
        trainee=trainee, answer=answer, remark=remark.strip(), answered_at=at, answered_by=by
    )
    record(
        case,
        "hours.confirmed",
        f"時數{row.get_answer_display()}：{trainee.name}",
        by=by,
        at=at,
        clause="附表七附註",
        reason=remark,
    )
    tell_applicant(
        case, f"ohs_training.hours.{trainee.pk}", f"時數{row.get_answer_display()}",
        f"{trainee.name}對「{training_class}」之時數：{row.get_answer_display()}。{remark}", at=at, right=REPORT,
    )  # fmt: skip
    if not training_class.trainees.filter(removed_at=None, confirmation=None).exists():
        withdraw_deadline(code=CONFIRM, at=at, case=case)
    return row


def answer_dispute(doing: Doing, *, trainee: int, reply: str) -> None:
    """The institution answers who disputes."""
    rows = Confirmation.objects.select_related("trainee").filter(trainee__training_class__case=doing.case)
    row = locking(rows).get(trainee=trainee)
    if not reply.strip():
        raise Refused("請填寫回復內容。", field="reply")
    row.reply, row.replied_at = reply.strip(), doing.at
    row.save(update_fields=["reply", "replied_at"])
    doing.reason = reply
    say(doing, "dispute.answered", f"回復時數意見：{row.trainee.name}")
    notify(
        users=[row.answered_by], code="ohs_training.dispute", subject="訓練機構已回復您的意見", body=reply,
        key=f"ohs.dispute:{row.pk}:{doing.at:%Y%m%d%H%M%S}", case=None, link=page("ohs_training:my_records"), at=doing.at,
    )  # fmt: skip
