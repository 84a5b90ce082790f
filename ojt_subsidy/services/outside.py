"""Courses of other programmes, entered by a branch (SUB-09)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.identity import holder_of
from accounts.models import User
from accounts.rights import can_anywhere
from casework.cases.recusal import RECUSED
from casework.errors import NotPermitted, Refused
from ojt_subsidy.models import OutsideCourse
from ojt_subsidy.permissions import REVIEW_PAYMENT
from ojt_subsidy.services import reserving
from ojt_subsidy.services.places import lock_person


@transaction.atomic
def enter_outside(
    *, national_id: str, scheme: str, title: str, starts_on: date, amount: int, employed: bool, by: User, at: datetime
) -> OutsideCourse:
    """What is not yet decided is computed anew: the window may begin earlier, and less may be left. Raises Refused."""
    if not can_anywhere(by, REVIEW_PAYMENT):
        raise NotPermitted("您沒有登錄參訓紀錄的權限。")
    person = holder_of(national_id)
    if person is None:
        raise Refused(
            "沒有身分已確認的學員使用這個身分證字號；學員已加入會員者，請先由帳號管理人員於「登入協助」確認身分證字號。",
            field="national_id",
        )
    if person.pk == by.pk:
        raise Refused(RECUSED, field="national_id")
    lock_person(person.pk)
    reserving.hold(person.pk)
    try:
        with transaction.atomic():
            made = OutsideCourse.objects.create(
                person=person, scheme=scheme, title=title, starts_on=starts_on, amount=amount, employed=employed, entered_at=at,
                entered_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("這筆參訓紀錄已登錄。", field="title") from error
    reserving.settle(person, by=by, at=at, reason=f"登錄其他計畫參訓 {title}"[:200])
    return made
