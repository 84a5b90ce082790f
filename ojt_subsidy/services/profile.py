"""個人報名資料: the trainee keeps their own; the identifier is set once and corrected by the branch."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases.changing import unchanged
from casework.errors import Refused
from casework.notices.outbox import notify
from kernel.dates import taipei_day
from ojt_subsidy.models import Trainee
from ojt_subsidy.selectors.accounts import same_name
from ojt_subsidy.services.places import lock_person
from ojt_subsidy.services.reserving import hold, settle

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
    if data["born_on"] > taipei_day(at):
        raise Refused("出生日期不得晚於今天。", field="born_on")
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
    for name in FIELDS:
        setattr(trainee, name, data.get(name) or ("" if name != "born_on" else None))
    _save_account(trainee, user, data, at)
    trainee.saved_at = at
    trainee.save()
    if born_before != trainee.born_on:  # the rate of 中高齡者 and 65 or older follows it (SUB-07)
        settle(user, by=user, at=at, reason="登錄或更正出生日期")
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
    trainee.bank_confirmed_reason = ""
    if changed:
        body = (
            f"您的補助款受款帳戶已更新為金融機構代碼 {code}、帳號 {trainee.masked_account}。\n\n"
            "如果不是您本人更改，請立即變更密碼，並聯絡承辦分署。"
        )
        notify(
            users=[user], code="ojt_subsidy.account_changed", subject="補助款受款帳戶已更新", body=body,
            key=f"account_changed:{user.pk}:{at.isoformat()}", link="/subsidy/profile/", at=at,
        )  # fmt: skip
