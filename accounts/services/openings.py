"""Password sign-in once certificates are required (OA-12): closed for units and professionals but those it is opened for.

Staff keep their password, with a second factor beside it; who comes for themselves alone (a trainee who enrols) keeps it too.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from accounts.errors import Refused
from accounts.locks import locking
from accounts.models import AccessLog, PasswordOpening, User
from accounts.services.access import record_access
from accounts.services.bindings import UNITS
from kernel.dates import roc, taipei_day
from kernel.registry import Registry, address

#: A scheme's people who hold no role in a unit and sign in by certificate all the same (專業人員).
CARD_HOLDERS: Registry[Callable[[User], bool]] = Registry("holders of cards", address)


def signs_in_by_card(user: User) -> bool:
    if user.is_staff:
        return False
    of_a_unit = user.groups.filter(held_role__organisation__kind__in=UNITS).exists()
    return of_a_unit or any(applies(user) for applies in CARD_HOLDERS)


def password_is_open(user: User, *, on: date) -> bool:
    """Until the site switches certificates on, the password path is open to all."""
    if not settings.CERTIFICATE_SIGN_IN or not signs_in_by_card(user):
        return True
    return user.password_openings.filter(withdrawn_at=None, until__gte=on).exists()


@transaction.atomic
def open_password(*, user: User, reason: str, until: date, by: User, at: datetime) -> PasswordOpening:
    """Open password sign-in for one person for a stated special case, up to and including a day."""
    if not reason.strip():
        raise Refused("請填寫開放密碼登入的特殊情形。", field="reason")
    if until < taipei_day(at):
        raise Refused("開放期限不能早於今天。", field="until")
    if by.pk == user.pk:
        raise Refused("不能為自己開放密碼登入，請由其他帳號管理人員辦理。")
    opening = PasswordOpening.objects.create(user=user, reason=reason.strip(), opened_at=at, opened_by=by, until=until)
    record_access(
        AccessLog.Action.PASSWORD_OPENED,
        at=at,
        user=by,
        subject=f"{user.account_name}（至 {roc(until)}）",
        reason=reason,
    )
    return opening


@transaction.atomic
def withdraw_opening(opening: PasswordOpening, *, by: User, at: datetime) -> None:
    opening = locking(PasswordOpening.objects).get(pk=opening.pk)
    if opening.withdrawn_at:
        return
    opening.withdrawn_at = at
    opening.save(update_fields=["withdrawn_at"])
    record_access(AccessLog.Action.PASSWORD_OPENED, at=at, user=by, subject=f"收回 {opening.user.account_name}")
