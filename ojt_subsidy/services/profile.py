"""個人報名資料: the trainee keeps their own; the identifier is set once and corrected by the branch, and so is the birth date once
something rests on it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Min, Q

from accounts.locks import locking
from accounts.models import Organisation, User
from casework.cases.changing import unchanged
from casework.cases.events import record
from casework.cases.moving import lock, require
from casework.errors import Refused
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.characters import same_name
from kernel.dates import roc, taipei_day, wrong_birthday
from ojt_subsidy.models import Enrolment, Trainee
from ojt_subsidy.permissions import REVIEW_PAYMENT
from ojt_subsidy.selectors.lines import by_receipt
from ojt_subsidy.services import reserving
from ojt_subsidy.services.places import lock_person
from ojt_subsidy.services.reserving import hold
from ojt_subsidy.states import LIVE

FIELDS = ("born_on", "postal_code", "address", "mobile", "employer", "employer_number")
BANK = ("bank_code", "bank_account", "bank_holder")


def account_after(trainee: Trainee | None, data: Mapping[str, Any], name: str) -> tuple[str, str, str]:
    """(code, account, holder) once `data` is saved: what is left blank stays as it is on file; the holder is the person."""
    known = tuple(getattr(trainee, one) for one in BANK) if trainee else ("", "", "")
    code, account, holder = (data.get(one) or "" for one in BANK)
    if not account:
        return (code or known[0], known[1], holder or known[2]) if known[1] else ("", "", "")
    return code, account, holder or name


def changes_account(trainee: Trainee | None, data: Mapping[str, Any], name: str) -> bool:
    """Whether money on its way would go elsewhere than the account on file."""
    known = trainee is not None and tuple(getattr(trainee, one) for one in BANK)
    return bool(trainee and trainee.bank_account and known != account_after(trainee, data, name))


@transaction.atomic
def save_profile(*, person: User, data: Mapping[str, Any], at: datetime, seen: str | None = None) -> Trainee:
    """`national_id` is taken where none is known yet; an empty bank account keeps the one on file. Raises Refused at the field."""
    lock_person(person.pk)
    hold(person.pk)
    user = locking(User.objects).get(pk=person.pk)
    number = data.get("national_id") or ""
    if wrong := wrong_birthday(data["born_on"], taipei_day(at)):
        raise Refused(f"{wrong}。", field="born_on")
    if number and user.national_id and number != user.national_id:
        raise Refused("身分證字號已登錄，如需更正請洽分署。", field="national_id")
    if not number and not user.national_id:
        raise Refused("請填寫身分證字號。", field="national_id")
    if number and not user.national_id:
        user.set_national_id(number)  # a claim: who else says the same is not told
        user.save()
        person.set_national_id(number)
    trainee = Trainee.objects.filter(pk=user.pk).first() or Trainee(user=user)  # the person is held
    unchanged(trainee if trainee.saved_at else None, seen)
    born_before = trainee.born_on
    if born_before not in (None, data["born_on"]) and (why := why_not_birth(user)):
        raise Refused(why, field="born_on")
    for name in FIELDS:
        setattr(trainee, name, data.get(name) or ("" if name != "born_on" else None))
    _save_account(trainee, user, data, at)
    trainee.saved_at = at
    trainee.save()
    if born_before != trainee.born_on:  # the rate of 中高齡者 and 65 or older follows it (SUB-07)
        reserving.settle(user, by=user, at=at, reason="登錄或更正出生日期")
    return trainee


def why_not_birth(person: User) -> str:
    """Why a trainee may not change their birth date by themselves: a filing, a matching or a payment rests on it (SUB-05, SUB-07).
    Empty while nothing does."""
    rows = Enrolment.objects.filter(person=person).select_related("course__case__office")
    rests = Q(state__in=LIVE) | Q(insurance_checks__isnull=False) | Q(payment__isnull=False)
    row = rows.filter(rests).order_by("-pk").first()
    if row is None:
        return ""
    office = row.course.case.office
    whom = f"{office.name}（{office.phone}）" if office.phone else office.name
    return f"出生日期已據以辦理報名（報名序號 {row.receipt}），不能自行更改；登錄有誤者，請檢附國民身分證或戶籍謄本洽{whom}更正。"


@transaction.atomic
def correct_birth(
    *, offices: Iterable[Organisation], receipt: str, born_on: date, document: str, reason: str, by: User, at: datetime
) -> Trainee:
    """更正出生日期 by the branch, on a document, for somebody who filed for one of its courses. What is reserved is computed
    anew; a matching by the old date no longer counts; what was approved and not sent is approved anew. Raises Refused."""
    rows = Enrolment.objects.filter(by_receipt(receipt), course__case__office__in=offices)
    row = rows.select_related("course__case", "person").first()
    if row is None:
        raise Refused(f"轄區課程沒有報名序號「{receipt}」，例：115-000123-0004。", field="receipt")
    require(by, REVIEW_PAYMENT, row.course.case)
    lock_person(row.person_id)
    hold(row.person_id, cases=[row.course.case_id])
    trainee = Trainee.objects.get(pk=row.person_id)  # the person is held
    before = trainee.born_on
    if born_on == before:
        raise Refused(f"{row.name}登錄的出生日期就是 {roc(before)}，不必更正。", field="born_on")
    first = Enrolment.objects.filter(person=row.person_id).aggregate(day=Min("course__starts_on"))["day"]
    if born_on > min(first, taipei_day(at)):
        raise Refused("出生日期不得晚於今天，也不可能晚於開訓日。", field="born_on")
    trainee.born_on, trainee.saved_at = born_on, at
    trainee.save()
    said = f"更正出生日期（{roc(before)} → {roc(born_on)}，核對{document}）：報名序號 {row.receipt}"
    record(lock(row.course.case_id), "birth.correct", said, by=by, at=at, reason=reason.strip(), internal=True)
    reserving.settle_anew(row.person, by=by, at=at, reason="更正出生日期")
    notify(
        users=[row.person], code="ojt_subsidy.birth_corrected", subject="出生日期已更正",
        body=f"您登錄的出生日期已由{row.course.case.office.name}依{document}更正為 {roc(born_on)}。如有疑義，請洽該分署。",
        key=f"birth:{row.person_id}:{at.isoformat()}", link=page("ojt_subsidy:profile"), at=at,
    )  # fmt: skip
    return trainee


def _save_account(trainee: Trainee, user: User, data: Mapping[str, Any], at: datetime) -> None:
    """The account belongs to the person (學員問答第18題): another holder wants a reason, which an officer weighs before
    anything is paid. Of an account changed the person hears by mail, whoever changed it."""
    code, account, holder = account_after(trainee, data, user.name)
    if (code, account, holder) == (trainee.bank_code, trainee.bank_account, trainee.bank_holder):
        return
    if not code:
        raise Refused("請一併填寫金融機構代碼。", field="bank_code")
    note = (data.get("bank_note") or "").strip()
    if not same_name(holder, user.name) and not note:
        raise Refused(
            f"戶名須為本人姓名「{user.name}」；確有不同者，請於「戶名與姓名不同的理由」說明，經分署確認後才能撥款。",
            field="bank_holder",
        )
    changed = bool(trainee.bank_account)
    trainee.bank_code, trainee.bank_account, trainee.bank_holder = code, account, holder
    trainee.bank_note = "" if same_name(holder, user.name) else note
    trainee.bank_changed_at = at
    trainee.bank_confirmed_at = trainee.bank_confirmed_by = None
    trainee.bank_confirmed_reason, trainee.bank_confirmed_words = "", []
    if changed:
        body = (
            f"您的補助款受款帳戶已更新為金融機構代碼 {code}、帳號 {trainee.masked_account}。\n\n"
            "如果不是您本人更改，請立即變更密碼，並聯絡承辦分署。"
        )
        notify(
            users=[user], code="ojt_subsidy.account_changed", subject="補助款受款帳戶已更新", body=body,
            key=f"account_changed:{user.pk}:{at.isoformat()}", link=page("ojt_subsidy:profile"), at=at,
        )  # fmt: skip
