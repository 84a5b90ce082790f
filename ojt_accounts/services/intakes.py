"""受理期間: announced by the branch; its closing date is what TTQS and founding are judged by (OA-03, OA-04)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.locks import locking
from accounts.models import Organisation, User
from accounts.rights import can
from casework.errors import NotPermitted, Refused
from kernel.dates import roc
from ojt_accounts.models import Intake
from ojt_accounts.permissions import MANAGE_INTAKE


@transaction.atomic
def save_intake(
    intake: Intake | None,
    *,
    branch: Organisation,
    program_year: int,
    name: str,
    opens_on: date,
    closes_on: date,
    by: User,
    at: datetime,
) -> Intake:
    """Announce an intake, or change one. A closing date that decided cases rest on stays as it is."""
    if not can(by, MANAGE_INTAKE, branch):
        raise NotPermitted("您沒有公告受理期間的權限。")
    if closes_on < opens_on:
        raise Refused("截止日早於受理起日，請核對。", field="closes_on")
    if intake is not None:
        intake = locking(Intake.objects).get(pk=intake.pk, branch=branch)
        decided = intake.application_set.filter(case__decided_on__isnull=False)
        if closes_on != intake.closes_on and decided.exists():
            raise Refused(
                f"已有案件依截止日 {roc(intake.closes_on)} 核定，不能再改截止日；請另公告一個受理期間。",
                field="closes_on",
            )
    row = intake or Intake(branch=branch, program_year=program_year)
    row.name, row.opens_on, row.closes_on = name, opens_on, closes_on
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("這個年度已有同名的受理期間。", field="name") from error
    return row
