"""補助款明細, line by line: missing papers of one do not hold back the others; what was paid wrongly is reversed by an entry."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, transaction
from django.db.models import QuerySet

from accounts.errors import BUSY, is_busy
from accounts.identity import others_bearing
from accounts.locks import locking
from accounts.models import User
from accounts.rights import holders
from accounts.services.proving import confirm_identity, release_identity
from casework.cases.changing import unchanged
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.cases.moving import lock, require
from casework.errors import NotAllowed, Refused
from casework.intake import Verdict
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.dates import taipei_day
from kernel.money import dollars
from kernel.outcome import Outcome
from ojt_subsidy.models import MoneyEntry, OutsideCourse, PaymentLine, Trainee, UnitPayee
from ojt_subsidy.params import Plan
from ojt_subsidy.permissions import (
    FILE_CLOSING,
    REVERSE_PAYMENT,
    REVIEW_PAYMENT,
)
from ojt_subsidy.rules import payment
from ojt_subsidy.selectors.accounts import UNPROVEN, doubts
from ojt_subsidy.selectors.lines import for_unit, judged
from ojt_subsidy.selectors.money import GONE, kept, trainee_of
from ojt_subsidy.services import reserving
from ojt_subsidy.services.papers import keep_paper
from ojt_subsidy.services.places import lock_person
from ojt_subsidy.services.reviewing import tell_unit
from ojt_subsidy.services.telling import tell
from ojt_subsidy.states import DECIDABLE, PAYMENT

PROOF = "pass_on"


def locked_line(line: PaymentLine | int) -> PaymentLine:
    """The line with its person locked: whoever decides it sees every other decision on the same cap."""
    pk = line.pk if isinstance(line, PaymentLine) else line
    person = PaymentLine.objects.values_list("enrolment__person_id", flat=True).get(pk=pk)
    lock_person(person)
    reserving.hold(person)
    rows = locking(PaymentLine.objects).select_related(
        "closing__case__office", "closing__case__organisation", "enrolment__person", "enrolment__course__case"
    )
    return rows.get(pk=pk)


def _locked_proven(line: PaymentLine | int) -> PaymentLine:
    """`locked_line` for an approval: the cap is one person's, so money goes to whom the number is proven for, and of what other
    accounts were paid under it an officer has said whose it was (`settle_claim`). Raises Refused until then. The person stays
    locked: nobody takes the proof away meanwhile.
    """
    line = locked_line(line)
    person = locking(User.objects).get(pk=line.enrolment.person_id)
    if person.national_id_proven_at is None:
        raise Refused(f"{person.name}的{UNPROVEN}；請承辦人於「核對身分」依證件正本確認後再核定。")
    if paid_to_claimants(person).exists():
        raise Refused(
            f"另有帳號以{person.name}的身分證字號領過補助，同一人的補助額度不得分列兩個帳號；"
            "請承辦人於「核對身分」核對兩個帳號，認定領款人是否為同一人後再核定。"
        )
    return line


def paid_to_claimants(person: User) -> QuerySet[PaymentLine]:
    """What other accounts that say they have this person's number were paid."""
    return PaymentLine.objects.filter(state__in=GONE, enrolment__person__in=others_bearing(person))


@transaction.atomic
def prove_person(line: PaymentLine, *, by: User, at: datetime, **shown: Any) -> None:
    """確認身分證字號 by the officer who reviews the line, on the original document (as in 登入協助). `shown`: what
    `confirm_identity` asks. Raises Refused."""
    line = PaymentLine.objects.select_related("closing__case", "enrolment__person").get(pk=line.pk)
    case = lock(line.closing.case_id)
    require(by, REVIEW_PAYMENT, case)
    confirm_identity(user=line.enrolment.person, by=by, at=at, **shown)
    said = f"確認學員身分證字號：報名序號 {line.enrolment.receipt}"
    record(case, "payment.person", said, by=by, at=at, internal=True)


@transaction.atomic
def settle_claim(line: PaymentLine, *, other: User, same: bool, reason: str, by: User, at: datetime) -> None:
    """核對兩個帳號: another account says it has the number that is proven for this line's person. Its claim ends; what it was paid
    counts in this person's cap where both are one person (`same`). Raises Refused."""
    lock_person(line.enrolment.person_id, other.pk)
    reserving.hold(line.enrolment.person_id, other.pk, cases=[line.closing.case_id])
    line = PaymentLine.objects.select_related("closing__case", "enrolment__course").get(pk=line.pk)
    require(by, REVIEW_PAYMENT, line.closing.case)
    person = User.objects.get(pk=line.enrolment.person_id)
    if person.national_id_proven_at is None:
        raise Refused(f"{person.name}的{UNPROVEN}。")
    if not others_bearing(person).filter(pk=other.pk).exists():
        raise Refused(f"{other.name}的帳號已不再登錄這個身分證字號，請重新整理後再看。")
    if not reason.strip():
        raise Refused("請填寫認定的理由。", field="reason")
    if same:
        paid = PaymentLine.objects.filter(state__in=GONE, enrolment__person=other).select_related("enrolment__course")
        for one in paid:
            course = one.enrolment.course
            OutsideCourse.objects.get_or_create(
                person=person, scheme=course.plan, starts_on=course.starts_on, title=f"{course.code} {course.title}"[:100],
                defaults={"amount": kept(one), "entered_at": at, "entered_by": by},
            )  # fmt: skip
    release_identity(user=other, reason=reason, by=by, at=at)
    reserving.settle(person, by=by, at=at, reason=f"核對身分 {line.enrolment.receipt}")
    said = f"核對同一字號之另一帳號（{'同一人' if same else '非同一人'}）：報名序號 {line.enrolment.receipt}"
    record(lock(line.closing.case_id), "payment.claim", said, by=by, at=at, reason=reason.strip(), internal=True)


def step(line: PaymentLine, name: str, *, by: User | None, at: datetime, reason: str = "") -> None:
    """Take a step on a locked line, with the act's own right. Raises NotAllowed, NotPermitted, Refused."""
    act = PAYMENT.act(name)
    require(by, act.right, line.closing.case)
    try:
        target = PAYMENT.move(line.state, name)
    except NotAllowed as error:
        label = PAYMENT.state(line.state).label
        raise NotAllowed(f"{line.enrolment.name}的補助款目前為「{label}」，不能「{act.label}」。") from error
    if act.reason and not reason.strip():
        raise Refused(f"「{act.label}」請填寫理由。", field="reason")
    line.state, line.changed_at = target.code, at
    if act.reason:
        line.problem = reason.strip()[:500]
    line.save()


def _event(
    line: PaymentLine,
    code: str,
    label: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    outcomes: Iterable[Outcome] = (),
) -> None:
    """On the dossier, which its unit reads: all of what the amount rests on stands in the line itself."""
    case = lock(line.closing.case_id)
    said = f"{label}：報名序號 {line.enrolment.receipt}"
    record(case, code, said, by=by, at=at, reason=reason, outcomes=for_unit(outcomes))


@transaction.atomic
def ask_papers(line: PaymentLine, *, reason: str, by: User, at: datetime) -> PaymentLine:
    """通知補件 for one trainee."""
    line = locked_line(line)
    step(line, "ask", by=by, at=at, reason=reason)
    _event(line, "payment.ask", "通知補件", by=by, at=at, reason=reason)
    tell(
        line.enrolment,
        "payment_missing",
        "補助款資料待補件",
        f"應補事項：{reason}。請洽訓練單位補件，不影響其他學員撥款。",
        at=at,
    )
    return line


@transaction.atomic
def supply(line: PaymentLine, *, by: User, at: datetime) -> PaymentLine:
    """補件 by the unit."""
    line = locked_line(line)
    step(line, "supply", by=by, at=at)
    _event(line, "payment.supply", "已補件", by=by, at=at)
    return line


@transaction.atomic
def approve_line(line: PaymentLine | int, *, by: User, at: datetime) -> PaymentLine:
    """核定 one line: the amount is fixed with every outcome it rests on. Raises Refused with the rule that is not met."""
    line = _locked_proven(line)
    if line.closing.case.state not in DECIDABLE:
        raise Refused("本班結訓核銷尚未核定，請先完成核定。")
    on = taipei_day(at)
    outcomes = judged([line], on=on, law=law_in_force())[line.pk]
    if not any(one.rule == "SUB-05" for one in outcomes):
        raise Refused(f"{line.enrolment.name}尚未完成開訓當日投保勾稽，請先匯入比對結果或採認投保明細。")
    wrong = [one for one in outcomes if one.met is False]
    if wrong:
        raise Refused(f"{line.enrolment.name}不符補助條件：" + "".join(one.sentence for one in wrong), outcomes=wrong)
    amount = reserving.settle(line.enrolment.person, by=by, at=at, reason=f"核定 {line.enrolment.receipt}")[
        line.enrolment_id
    ]
    if amount == 0:
        raise Refused(
            f"{line.enrolment.name}的補助額度已用完，本次補助 0 元，請辦理不予補助並敘明理由。", outcomes=outcomes
        )
    line.amount, line.outcomes = amount, [one.as_json() for one in outcomes]
    line.approved_at, line.approved_by, line.problem = at, by, ""
    step(line, "approve", by=by, at=at)
    _event(line, "payment.approve", f"核定補助{dollars(amount)}", by=by, at=at, outcomes=outcomes)
    return line


@transaction.atomic
def refuse_line(line: PaymentLine, *, reason: str, by: User, at: datetime) -> PaymentLine:
    """不予補助: what was reserved goes back to the person's cap."""
    line = locked_line(line)
    outcomes = judged([line], on=taipei_day(at), law=law_in_force())[line.pk]
    line.amount, line.outcomes = 0, [one.as_json() for one in outcomes]
    step(line, "refuse", by=by, at=at, reason=reason)
    reserving.settle(line.enrolment.person, by=by, at=at, reason=f"不予補助 {line.enrolment.receipt}")
    _event(line, "payment.refuse", "不予補助", by=by, at=at, reason=reason, outcomes=outcomes)
    tell(line.enrolment, "payment_refused", "不予補助通知", f"理由：{reason}", at=at)
    return line


@transaction.atomic
def confirm_account(line: PaymentLine, *, seen: str, reason: str, by: User, at: datetime) -> Trainee:
    """確認受款帳戶: another holder than the trainee, or an account of two; an officer says why it may be paid to.

    `seen`: the doubt the officer was shown (`selectors.accounts.Doubt`). Each is confirmed by itself, and one that is no longer so is
    shown again first. Raises Refused.
    """
    line = locked_line(line)
    require(by, REVIEW_PAYMENT, line.closing.case)
    if not reason.strip():
        raise Refused("確認受款帳戶請填寫理由。", field="reason")
    trainee = Trainee.objects.select_related("user").get(pk=line.enrolment.person_id)  # the person is held
    if not trainee.bank_account:
        raise Refused(f"{line.enrolment.name}未登錄帳戶。")
    doubt = doubts([trainee]).get(trainee)
    if doubt is None or not doubt.seen or doubt.seen != seen:
        raise Refused("受款帳戶或待確認的事項已變更，尚未確認；請核對目前的帳戶資料後再確認一次。")
    trainee.bank_confirmed_words = [*trainee.bank_confirmed_words, seen]
    trainee.bank_confirmed_at, trainee.bank_confirmed_by, trainee.bank_confirmed_reason = at, by, reason.strip()[:200]
    trainee.save()
    case = lock(line.closing.case_id)
    said = f"確認受款帳戶：報名序號 {line.enrolment.receipt}"
    record(case, "payment.account", said, by=by, at=at, reason=reason.strip(), internal=True)
    return trainee


@transaction.atomic
def correct_account(line: PaymentLine, *, by: User, at: datetime) -> PaymentLine:
    """退匯 and the account has been corrected since: it goes into the next batch."""
    line = locked_line(line)
    changed = _account_changed_at(line)
    if line.bounced_at and (changed is None or changed <= line.bounced_at):
        raise Refused(f"{line.enrolment.name}退匯後尚未更正帳戶。")
    line.batch, line.reference, line.problem = None, "", ""
    step(line, "correct", by=by, at=at)
    _event(line, "payment.correct", "更正帳戶後重新撥款", by=by, at=at)
    # While it was with the bank the cap may have moved.
    reserving.settle(line.enrolment.person, by=by, at=at, reason=f"更正帳戶 {line.enrolment.receipt}")
    line.refresh_from_db()
    return line


def _account_changed_at(line: PaymentLine) -> datetime | None:
    if line.payee == PaymentLine.Payee.UNIT:
        payee = UnitPayee.objects.filter(organisation=line.closing.case.organisation_id).first()
        return payee.saved_at if payee else None
    trainee = trainee_of(line.enrolment.person)
    return trainee.bank_changed_at if trainee else None


@transaction.atomic
def reverse_line(line: PaymentLine, *, amount: int, reason: str, by: User, at: datetime) -> MoneyEntry:
    """追繳沖回: nothing paid is changed; an entry of the opposite sign gives the amount back to the cap.

    What lay beyond the cap had been taken out of it before; settling puts that part in again.
    """
    line = locked_line(line)
    require(by, REVERSE_PAYMENT, line.closing.case)
    if line.state not in ("paid", "with_unit"):
        raise NotAllowed("只有已撥付的補助款可以追繳沖回。")
    if not reason.strip():
        raise Refused("追繳沖回請填寫理由。", field="reason")
    if not 0 < amount <= kept(line):
        raise Refused(f"沖回金額須在 1 到 {kept(line):,} 元之間。", field="amount")
    line.reversed_amount += amount
    line.changed_at = at
    line.save()
    entry = MoneyEntry.objects.create(
        enrolment=line.enrolment, person=line.enrolment.person, kind=MoneyEntry.Kind.REVERSE, amount=-amount, at=at, by=by,
        reason=reason.strip()[:200],
    )  # fmt: skip
    _event(line, "payment.reverse", f"追繳沖回{dollars(amount)}", by=by, at=at, reason=reason)
    reserving.settle(line.enrolment.person, by=by, at=at, reason=f"沖回後重算 {line.enrolment.receipt}")
    tell(line.enrolment, "payment_reversed", "補助款追繳通知", f"追繳{dollars(amount)}，理由：{reason}", at=at)
    return entry


# --- through the union (學員問答第22題) ------------------------------------------------------------------------------------


@transaction.atomic
def save_unit_payee(
    case: Case, *, bank_code: str, bank_account: str, bank_holder: str, by: User, at: datetime, seen: str | None = None
) -> UnitPayee:
    """Whoever files for the unit hears of the change, whoever made it."""
    require(by, FILE_CLOSING, case)
    case = lock(case)
    values = {
        "bank_code": bank_code,
        "bank_account": bank_account,
        "bank_holder": bank_holder,
        "saved_at": at,
        "saved_by": by,
    }
    unchanged(locking(UnitPayee.objects).filter(organisation=case.organisation_id).first(), seen)
    payee, _ = UnitPayee.objects.update_or_create(organisation_id=case.organisation_id, defaults=values)
    tell_unit(
        case, "account_changed", "單位受款帳戶已更新",
        f"{by.name}已更新單位受款帳戶（帳號末四碼 {bank_account[-4:]}）。如非貴單位所為，請立即聯絡承辦分署。", at=at, right=FILE_CLOSING,
    )  # fmt: skip
    return payee


def keep_proof(doing: Doing, *, upload: UploadedFile, verdict: Verdict) -> None:
    """轉撥證明 of the class, before lines are marked as passed on."""
    keep_paper(doing, field=PROOF, label="轉撥學員證明", upload=upload, verdict=verdict)


@transaction.atomic
def pass_on(line: PaymentLine, *, passed_on_on: date, by: User, at: datetime) -> PaymentLine:
    """轉撥學員: with the proof on file (SUB-14)."""
    line = locked_line(line)
    proof = line.closing.case.attachments.filter(field=PROOF, removed_at=None).exists()
    course = line.enrolment.course
    facts = payment.PayeeFacts(Plan(course.plan), course.advance_percent, proof)
    outcome = payment.payee(facts, on=taipei_day(at), law=law_in_force())
    if not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    if passed_on_on > taipei_day(at) or (line.paid_on and passed_on_on < line.paid_on):
        raise Refused("轉撥日須在撥付訓練單位之後，且不得晚於今天。", field="passed_on_on")
    line.passed_on_on = passed_on_on
    step(line, "pass_on", by=by, at=at)
    _event(line, "payment.pass_on", "已轉撥學員", by=by, at=at, outcomes=[outcome])
    tell(line.enrolment, "payment_passed_on", "補助款已轉撥", f"訓練單位已轉撥補助款{dollars(line.amount)}。", at=at)
    return line


def tell_bounced(lines: Iterable[PaymentLine], *, at: datetime) -> None:
    """Whoever reviews hears of what came back."""
    for line in lines:
        notify(
            users=holders(REVIEW_PAYMENT, line.closing.case.office), code="ojt_subsidy.bounced",
            subject=f"補助款退匯：{line.closing.case.number}", body=f"報名序號 {line.enrolment.receipt}：{line.problem}",
            key=f"bounced:{line.pk}:{at.isoformat()}", case=line.closing.case, link=page("admin:subsidy_payments", line.closing.case.number),
            at=at, mail=False,
        )  # fmt: skip


def approve_all(closing_pk: int, *, by: User, at: datetime) -> tuple[int, list[str]]:
    """Every pending line of a class, each by itself: (approved, sentences of those held back)."""
    approved, held = 0, []
    for pk in (
        PaymentLine.objects.filter(closing=closing_pk, state="pending")
        .order_by("enrolment__number")
        .values_list("pk", flat=True)
    ):
        try:
            approve_line(pk, by=by, at=at)
            approved += 1
        except (Refused, NotAllowed) as error:
            held.append(str(error))
        except OperationalError as error:
            if not is_busy(error):
                raise
            held.append(BUSY)
    return approved, held
