"""公告受理期間: two a year as a rule, more for a reason (辦訓單位問答第3題、第4題)."""

from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.rights import can_anywhere
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from kernel.dates import taipei_day
from ojt_subsidy.models import CourseIntake
from ojt_subsidy.permissions import ANNOUNCE


@transaction.atomic
def announce_intake(
    *, program_year: int, name: str, opens_on: date, closes_on: date, reason: str = "", by: User, at: datetime
) -> CourseIntake:
    """Raises Refused at the field. Beyond the usual number of a year a reason is asked."""
    if not can_anywhere(by, ANNOUNCE):
        raise NotPermitted("您沒有公告受理期間的權限。")
    if closes_on < opens_on:
        raise Refused("受理截止日不得早於開始日。", field="closes_on")
    usual = law_in_force().at("sub.intakes_per_year", taipei_day(at)).value
    with connection.cursor() as cursor:  # of two at once the second is counted after the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ojt_subsidy.intakes'), %s)", [program_year])
    if CourseIntake.objects.filter(program_year=program_year).count() >= usual and not reason.strip():
        raise Refused(f"{program_year} 年度已公告受理 {usual} 次，增加受理請填寫理由。", field="reason")
    try:
        with transaction.atomic():
            return CourseIntake.objects.create(
                program_year=program_year,
                name=name.strip(),
                opens_on=opens_on,
                closes_on=closes_on,
                reason=reason.strip(),
                announced_at=at,
                announced_by=by,
            )
    except IntegrityError as error:
        raise Refused(f"{program_year} 年度已有「{name}」這次受理。", field="name") from error
