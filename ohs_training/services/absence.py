"""七第2項: leave, withdrawal, make-up; 十三第4款: somebody else in their place; practice and report."""

from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases import attachments
from casework.cases.events import record
from casework.cases.moving import lock, require
from casework.errors import Refused
from casework.intake import Limits
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import roc, taipei_day
from kernel.saying import plain
from ohs_training.models import LeaveRequest, MakeUp, Trainee, TrainingClass
from ohs_training.permissions import RUN_CLASS
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import class_of, live_trainees


def held(case: Case, by: User, version: int | None = None) -> tuple[Case, TrainingClass]:
    case = lock(case, version=version)
    require(by, RUN_CLASS, case)
    if case.state in ("draft", "filed", "returned", "cancelled"):
        raise Refused("班次尚未備查，不能登錄。")
    training_class = class_of(case)
    training_class.case = case
    return case, training_class


@transaction.atomic
def ask_leave(
    case: Case,
    *,
    trainee: int,
    starts_at: datetime,
    ends_at: datetime,
    asked_at: datetime,
    sick: bool,
    reason: str,
    proof: UploadedFile | None,
    by: User,
    at: datetime,
    version: int | None = None,
) -> LeaveRequest:
    """請假單. Asked for afterwards it is written down and does not count as leave: the derivation says so.
    The proof is judged before the case is held."""
    require(by, RUN_CLASS, case)
    verdict = attachments.judged(proof, Limits(), field="proof") if proof is not None else None
    case, training_class = held(case, by, version)
    one = live_trainees(training_class).get(pk=trainee)
    if ends_at <= starts_at:
        raise Refused("請假的結束時間應晚於開始時間。", field="ends_at")
    if asked_at > at:
        raise Refused("填寫請假單的時間不得晚於現在。", field="asked_at")
    if one.leaves.filter(withdrawn_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise Refused("這段時間已有請假單。", field="starts_at")
    attachment = None
    if proof is not None and verdict is not None:
        attachment = attachments.keep_attachment(
            verdict, case=case, field="leave_proof", subject=f"{one.pk}:{starts_at:%Y%m%d%H%M}", label=f"請假證明：{one.name}", upload=proof,
            by=by, at=at, form_field="proof",
        )  # fmt: skip
        case = lock(case)  # the paper left an event of its own
    leave = LeaveRequest.objects.create(
        trainee=one,
        starts_at=starts_at,
        ends_at=ends_at,
        asked_at=asked_at,
        sick=sick,
        reason=reason,
        proof=attachment,
        recorded_by=by,
    )
    record(case, "leave.asked", f"請假：{one.name}", by=by, at=at, clause="附表八附註三", reason=reason)
    return leave


@transaction.atomic
def prove_leave(case: Case, *, pk: int, proof: UploadedFile, by: User, at: datetime) -> LeaveRequest:
    """補病假證明, judged before the case is held."""
    require(by, RUN_CLASS, case)
    verdict = attachments.judged(proof, Limits(), field="proof")
    case, _ = held(case, by)
    leave = LeaveRequest.objects.select_related("trainee").get(
        pk=pk, trainee__training_class__case=case, withdrawn_at=None
    )
    leave.proof = attachments.keep_attachment(
        verdict, case=case, field="leave_proof", subject=f"{leave.trainee_id}:{leave.starts_at:%Y%m%d%H%M}",
        label=f"請假證明：{leave.trainee.name}", upload=proof, by=by, at=at, form_field="proof",
    )  # fmt: skip
    case = lock(case)
    leave.save(update_fields=["proof"])
    record(case, "leave.proved", f"補請假證明：{leave.trainee.name}", by=by, at=at, clause="附表八附註三")
    return leave


@transaction.atomic
def withdraw_leave(case: Case, *, pk: int, by: User, at: datetime) -> None:
    case, _ = held(case, by)
    leave = LeaveRequest.objects.select_related("trainee").get(
        pk=pk, trainee__training_class__case=case, withdrawn_at=None
    )
    leave.withdrawn_at = at
    leave.save(update_fields=["withdrawn_at"])
    record(case, "leave.withdrawn", f"銷假：{leave.trainee.name}", by=by, at=at)


@transaction.atomic
def make_up(
    case: Case,
    *,
    trainee: int,
    course: str,
    hours: Decimal,
    held_on: date,
    teacher: str,
    place: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> MakeUp:
    """補課 within one year of the end of the class (七第2項)."""
    case, training_class = held(case, by, version)
    one = live_trainees(training_class).get(pk=trainee)
    if not training_class.professional:
        raise Refused("在職教育訓練不適用補課規定，應全程參與（要點十三第3款）。")
    if held_on > taipei_day(at):
        raise Refused("補課日不得晚於今天。", field="held_on")
    if held_on < training_class.starts_on:
        raise Refused(f"補課日不得早於開訓日 {roc(training_class.starts_on)}。", field="held_on")
    chain = class_chain(training_class, on=taipei_day(at), law=law_in_force(), at=at, only=one.pk).lines[0].chain
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
        recorded_at=at, recorded_by=by,
    )  # fmt: skip
    record(
        case, "make_up.recorded", f"補課：{one.name} {course} {plain(hours)} 小時", by=by, at=at, clause="要點七第2項"
    )
    return row


@transaction.atomic
def tell_absent(case: Case, *, by: User, at: datetime, version: int | None = None) -> tuple[int, int]:
    """通知退訓及補課: everybody the derivation names and who has not been told. Says how many of each."""
    case, training_class = held(case, by, version)
    on = taipei_day(at)
    chain = class_chain(training_class, on=on, law=law_in_force(), at=at)
    out: list[str] = []
    make_up_names: list[str] = []
    for line in chain.lines:
        if line.chain is None:
            continue
        result, one = line.chain.absence.result, line.trainee
        if result["withdraw"] and one.withdrawal_told_on is None:
            one.withdrawal_told_on = on
            out.append(one.name)
        elif result["make_up_due"] and not result["withdraw"] and one.make_up_told_on is None:
            one.make_up_told_on = on
            make_up_names.append(one.name)
        else:
            continue
        one.save()
    if not out and not make_up_names:
        raise Refused("目前沒有應通知退訓或補課而尚未通知的人員。")
    parts = [f"通知退訓：{'、'.join(out)}"] if out else []
    parts += [f"通知補課：{'、'.join(make_up_names)}"] if make_up_names else []
    record(case, "absent.told", "；".join(parts)[:200], by=by, at=at, clause="要點七第2項")
    return len(out), len(make_up_names)


@transaction.atomic
def record_practice(
    case: Case,
    *,
    trainee: int,
    practice_from: date | None,
    practice_until: date | None,
    practice_place: str,
    report_mark: Decimal | None,
    approved: bool,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Trainee:
    """實習或實作及其報告: when, where, the mark, and whether the report was approved."""
    case, training_class = held(case, by, version)
    one = locking(live_trainees(training_class)).get(pk=trainee)
    if one.certificates.filter(state="in_force").exists():
        raise Refused("已發給證書，實習紀錄不能再更改。")
    if practice_until and practice_from and practice_until < practice_from:
        raise Refused("實習迄日不得早於起日。", field="practice_until")
    if practice_until and practice_until > taipei_day(at):
        raise Refused("實習迄日不得晚於今天。", field="practice_until")
    if approved and practice_until is None:
        raise Refused("未填實習日期，報告不能審核通過。", field="approved")
    if report_mark is not None and not 0 <= report_mark <= 100:
        raise Refused("成績應在 0 至 100 分之間。", field="report_mark")
    one.practice_from, one.practice_until, one.practice_place, one.report_mark = (
        practice_from,
        practice_until,
        practice_place,
        report_mark,
    )
    one.report_approved_on = (one.report_approved_on or taipei_day(at)) if approved else None
    one.save()
    record(
        case,
        "practice.recorded",
        f"實習及報告：{one.name}{'（通過）' if approved else ''}",
        by=by,
        at=at,
        clause="要點九第1款",
    )
    return one


@transaction.atomic
def report_impersonation(case: Case, *, trainee: int, on: date, text: str, by: User, at: datetime) -> Trainee:
    """十三第4款: found that somebody else came."""
    case, training_class = held(case, by)
    one = live_trainees(training_class).get(pk=trainee)
    if on > taipei_day(at):
        raise Refused("查獲日不得晚於今天。", field="on")
    one.impersonated_on, one.impersonation = on, text[:300]
    one.save()
    record(case, "impersonation.found", f"冒名頂替：{one.name}", by=by, at=at, clause="要點十三第4款", reason=text)
    return one
