"""Five failures in a row lock a name for fifteen minutes, exactly, however many guesses arrive at once.

A guess pays before the password is looked at: its failure is counted under a row lock first and taken back when the password
was right. Counting afterwards lets every guess that is already under way through.
"""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.errors import Refused
from accounts.locks import locking
from accounts.models import AccessLog, FailedSignIns, User
from accounts.services.access import record_access


class Locked(Refused):
    def __init__(self, until: datetime) -> None:
        minutes = int(settings.SIGN_IN_LOCK.total_seconds() // 60)
        super().__init__(
            f"登入失敗次數過多，此帳號暫停登入 {minutes} 分鐘。請稍候再試，或使用「忘記密碼」重新設定密碼。"
        )
        self.until = until


def person_named(typed: str) -> User | None:
    """Whoever signs in with this account name or e-mail address, whatever its case."""
    typed = typed.strip()
    if not typed or "\x00" in typed:
        return None
    by_name = User.objects.filter(account_name__iexact=typed).first()
    return by_name or User.objects.filter(email__iexact=typed).first()


def key_of(user: User | None, typed: str = "") -> str:
    """One key per person, whichever of their names was typed."""
    text = f"user:{user.pk}" if user else f"typed:{typed.strip().casefold()}"
    return hashlib.sha256(text.encode()).hexdigest()


def _locked_row(key: str, user: User | None, at: datetime) -> FailedSignIns:
    while True:
        FailedSignIns.objects.bulk_create([FailedSignIns(key=key, user=user, last_at=at)], ignore_conflicts=True)
        # none where forget_old took the row away in between
        if row := locking(FailedSignIns.objects).filter(key=key).first():
            return row


@transaction.atomic
def take_attempt(*, user: User | None, typed: str, at: datetime) -> None:
    """Count one guess before it is judged. Raises Locked; the guess must then not be judged at all."""
    row = _locked_row(key_of(user, typed), user, at)
    if row.locked_until and at < row.locked_until:
        raise Locked(row.locked_until)
    if row.locked_until or at - row.last_at > settings.SIGN_IN_LOCK:
        row.failures, row.locked_until = 0, None
    row.failures += 1
    row.last_at = at
    if row.failures >= settings.SIGN_IN_FAILURES:
        row.locked_until = at + settings.SIGN_IN_LOCK
    row.save()


@transaction.atomic
def forgive(*, user: User) -> None:
    """The password was right, or the person proved themselves by mail: nothing is held against them."""
    FailedSignIns.objects.filter(key=key_of(user)).update(failures=0, locked_until=None)


@transaction.atomic
def lift_lock(*, user: User, reason: str, by: User, at: datetime) -> None:
    """解除鎖定 by an administrator."""
    if not reason.strip():
        raise Refused("請填寫解除鎖定的理由。", field="reason")
    forgive(user=user)
    record_access(AccessLog.Action.OVERRIDE, at=at, user=by, subject=f"解除登入鎖定 {user.account_name}", reason=reason)


def locked_until(user: User, *, at: datetime) -> datetime | None:
    row = FailedSignIns.objects.filter(key=key_of(user), locked_until__gt=at).first()
    return row.locked_until if row else None


def forget_old(*, at: datetime) -> int:
    """Rows that hold nothing any more (names that do not exist would pile up)."""
    over = Q(last_at__lt=at - settings.SIGN_IN_LOCK) & (Q(locked_until=None) | Q(locked_until__lte=at))
    return FailedSignIns.objects.filter(over).delete()[0]
