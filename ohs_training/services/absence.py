"""七第2項: leave, withdrawal, make-up; 十三第4款: somebody else in their place; practice and report."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from accounts.locks import locking
from accounts.models import User
from casework.cases import attachments
from casework.cases.doing import Doing
from casework.errors import Refused
from casework.intake import Limits, Verdict
from casework.law.in_force import law_in_force
from casework.models import Attachment, Case
from kernel.dates import roc
from kernel.saying import plain
from ohs_training.models import LeaveRequest, MakeUp
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import class_of, live_trainees, trainee_of
from ohs_training.services.saying import say


def ask_leave(
    doing: Doing,
    *,
    trainee: int,
    starts_at: datetime,
    ends_at: datetime,
    asked_at: datetime,
    sick: bool,
    proof: UploadedFile | None,
    verdict: Verdict | None,
) -> LeaveRequest:
    """請假單. Asked for afterwards it is written down and does not count as leave: the derivation says so."""
    one = trainee_of(doing.case, trainee)
    if ends_at <= starts_at:
        raise Refused("請假的結束時間應晚於開始時間。", field="ends_at")
    if asked_at > doing.at:
        raise Refused("填寫請假單的時間不得晚於現在。", field="asked_at")
    if one.leaves.filter(withdrawn_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise Refused("這段時間已有請假單。", field="starts_at")
    leave = LeaveRequest(
        trainee=one, starts_at=starts_at, ends_at=ends_at, asked_at=asked_at, sick=sick, reason=doing.reason,
        recorded_by=doing.by,
    )  # fmt: skip
    if proof is not None and verdict is not None:
        leave.proof = _keep_proof(doing, leave, proof, verdict)
    leave.save()
    say(doing, "leave.asked", f"請假：{one.name}")
    return leave


def judge_proof(case: Case, by: User, *, proof: UploadedFile | None, **given: Any) -> dict[str, Any]:
    """Judge the file before the case is held."""
    verdict = attachments.judged(proof, Limits(), field="proof") if proof is not None else None
    return {**given, "proof": proof, "verdict": verdict}


def _keep_proof(doing: Doing, leave: LeaveRequest, proof: UploadedFile, verdict: Verdict) -> Attachment:
    return attachments.keep_attachment(
        verdict, case=doing.case, field="leave_proof", subject=f"{leave.trainee_id}:{leave.starts_at:%Y%m%d%H%M}",
        label=f"請假證明：{leave.trainee.name}", upload=proof, by=doing.by, at=doing.at, form_field="proof",
    )  # fmt: skip


def _leave(doing: Doing, pk: int) -> LeaveRequest:
    rows = LeaveRequest.objects.select_related("trainee").filter(trainee__training_class__case=doing.case)
    return rows.get(pk=pk, withdrawn_at=None)


def prove_leave(doing: Doing, *, pk: int, proof: UploadedFile, verdict: Verdict) -> None:
    """補病假證明."""
    leave = _leave(doing, pk)
    leave.proof = _keep_proof(doing, leave, proof, verdict)
    leave.save(update_fields=["proof"])
    say(doing, "leave.proved", f"補請假證明：{leave.trainee.name}")


def withdraw_leave(doing: Doing, *, pk: int) -> None:
    """銷假."""
    leave = _leave(doing, pk)
    leave.withdrawn_at = doing.at
    leave.save(update_fields=["withdrawn_at"])
    say(doing, "leave.withdrawn", f"銷假：{leave.trainee.name}")


def make_up(
    doing: Doing, *, trainee: int, course: str, hours: Decimal, held_on: date, teacher: str, place: str
) -> MakeUp:
    """補課 within one year of the end of the class (七第2項)."""
    training_class, one = class_of(doing.case), trainee_of(doing.case, trainee)
    if not training_class.professional:
        raise Refused("在職教育訓練不適用補課規定，應全程參與（要點十三第3款）。")
    if held_on > doing.day:
        raise Refused("補課日不得晚於今天。", field="held_on")
    if held_on < training_class.starts_on:
        raise Refused(f"補課日不得早於開訓日 {roc(training_class.starts_on)}。", field="held_on")
    chain = class_chain(training_class, on=doing.day, law=law_in_force(), at=doing.at, only=one.pk).lines[0].chain
    missed = {c.course: c for c in chain.courses} if chain else {}
    if course not in missed or not missed[course].absent:
        raise Refused("這門課程沒有缺課，不必補課。", field="course")
    by_day = chain.absence.result["make_up_by"] if chain else None
    if by_day and held_on > date.fromisoformat(by_day):
        raise Refused(f"補課期限為 {roc(date.fromisoformat(by_day))}，已逾期（要點七第2項）。", field="held_on")
    if one.make_ups.filter(course=course, held_on=held_on).exists():
        raise Refused("這一天這門課程的補課已登錄。", field="held_on")
    row = MakeUp.objects.create(
        training_class=training_class, trainee=one, course=course, hours=hours, held_on=held_on, teacher=teacher, place=place,
        recorded_at=doing.at, recorded_by=doing.by,
    )  # fmt: skip
    say(doing, "make_up.recorded", f"補課：{one.name} {course} {plain(hours)} 小時")
    return row


def tell_absent(doing: Doing) -> None:
    """通知退訓及補課: everybody the derivation names and who has not been told."""
    chain = class_chain(class_of(doing.case), on=doing.day, law=law_in_force(), at=doing.at)
    out: list[str] = []
    make_up_names: list[str] = []
    for line in chain.lines:
        if line.chain is None:
            continue
        result, one = line.chain.absence.result, line.trainee
        if result["withdraw"] and one.withdrawal_told_on is None:
            one.withdrawal_told_on = doing.day
            out.append(one.name)
        elif result["make_up_due"] and not result["withdraw"] and one.make_up_told_on is None:
            one.make_up_told_on = doing.day
            make_up_names.append(one.name)
        else:
            continue
        one.save()
    if not out and not make_up_names:
        raise Refused("目前沒有應通知退訓或補課而尚未通知的人員。")
    parts = [f"通知退訓：{'、'.join(out)}"] if out else []
    parts += [f"通知補課：{'、'.join(make_up_names)}"] if make_up_names else []
    say(doing, "absent.told", "；".join(parts)[:200])


def record_practice(
    doing: Doing,
    *,
    trainee: int,
    practice_from: date | None,
    practice_until: date | None,
    practice_place: str,
    report_mark: Decimal | None,
    approved: bool,
) -> None:
    """實習或實作及其報告: when, where, the mark, and whether the report was approved."""
    one = locking(live_trainees(class_of(doing.case))).get(pk=trainee)
    if one.certificates.filter(state="in_force").exists():
        raise Refused("已發給證書，實習紀錄不能再更改。")
    if practice_until and practice_from and practice_until < practice_from:
        raise Refused("實習迄日不得早於起日。", field="practice_until")
    if practice_until and practice_until > doing.day:
        raise Refused("實習迄日不得晚於今天。", field="practice_until")
    if approved and practice_until is None:
        raise Refused("未填實習日期，報告不能審核通過。", field="approved")
    if report_mark is not None and not 0 <= report_mark <= 100:
        raise Refused("成績應在 0 至 100 分之間。", field="report_mark")
    one.practice_from, one.practice_until = practice_from, practice_until
    one.practice_place, one.report_mark = practice_place, report_mark
    one.report_approved_on = (one.report_approved_on or doing.day) if approved else None
    one.save()
    passed = "（通過）" if approved else ""
    say(doing, "practice.recorded", f"實習及報告：{one.name}{passed}")


def report_impersonation(doing: Doing, *, trainee: int, on: date, text: str) -> None:
    """十三第4款: found that somebody else came."""
    one = trainee_of(doing.case, trainee)
    if on > doing.day:
        raise Refused("查獲日不得晚於今天。", field="on")
    one.impersonated_on, one.impersonation = on, text[:300]
    one.save()
    doing.reason = text
    say(doing, "impersonation.found", f"冒名頂替：{one.name}")
