"""個人報名資料: the trainee keeps their own; the identifier is set once and corrected by the branch."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from casework.errors import Refused
from casework.kernel.dates import taipei_day
from ojt_subsidy.models import Trainee
from ojt_subsidy.services.places import lock_person
from ojt_subsidy.services.reserving import settle

FIELDS = ("born_on", "postal_code", "address", "mobile", "employer", "employer_number")
BANK = ("bank_code", "bank_account", "bank_holder")


@transaction.atomic
def save_profile(*, person: User, data: Mapping[str, Any], at: datetime) -> Trainee:
    """`national_id` is taken where none is known yet; an empty bank account keeps the one on file. Raises Refused at the field."""
    lock_person(person.pk)
    user = User.objects.select_for_update().get(pk=person.pk)
    number = data.get("national_id") or ""
    if data["born_on"] > taipei_day(at):
        raise Refused("出生日期不得晚於今天。", field="born_on")
    if number and user.national_id and number != user.national_id:
        raise Refused("身分證字號已登錄，如需更正請洽分署。", field="national_id")
    if not number and not user.national_id:
        raise Refused("請填寫身分證字號。", field="national_id")
    if number and not user.national_id:
        user.set_national_id(number)
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as error:
            raise Refused(
                "這個身分證字號已有帳號，請以原帳號登入；忘記密碼時請在登入頁選「忘記密碼」。", field="national_id"
            ) from error
        person.national_id, person.national_id_index = user.national_id, user.national_id_index
    trainee = Trainee.objects.select_for_update().filter(pk=user.pk).first() or Trainee(user=user)
    born_before = trainee.born_on
    for name in FIELDS:
        setattr(trainee, name, data.get(name) or ("" if name != "born_on" else None))
    if data.get("bank_account"):
        if not data.get("bank_code"):
            raise Refused("請一併填寫金融機構代碼。", field="bank_code")
        for name in BANK:
            setattr(trainee, name, data.get(name) or "")
        trainee.bank_holder = trainee.bank_holder or user.name
        trainee.bank_changed_at = at
    trainee.saved_at = at
    trainee.save()
    if born_before != trainee.born_on:  # the rate of 中高齡者 and 65 or older follows it (SUB-07)
        settle(user, by=user, at=at, reason="登錄或更正出生日期")
    return trainee
