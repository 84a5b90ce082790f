"""Courses of other programmes, entered by a branch (SUB-09)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights import can_anywhere
from casework.errors import NotPermitted, Refused
from casework.selectors.recusal import RECUSED
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
    person = User.objects.with_national_id(national_id).first()
    if person is None:
        raise Refused("查無這個身分證字號的學員。", field="national_id")
    if person.pk == by.pk:
        raise Refused(RECUSED, field="national_id")
    lock_person(person.pk)
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
