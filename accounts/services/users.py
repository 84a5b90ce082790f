"""Making a person, closing and opening their access (OA-14): it stops the moment it is set; their past work stays theirs."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction

from accounts import mailer
from accounts.errors import Refused
from accounts.locks import locking
from accounts.models import AccessLog, User
from accounts.services.access import record_access
from accounts.services.passwords import close_links


def new_user(*, account_name: str, name: str, email: str, phone: str = "") -> User:
    """A person without a password: it is set by a mailed link. Raises Refused where the name or address is somebody's."""
    user = User(account_name=account_name, name=name, email=email, phone=phone)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused("這個帳號或電子郵件剛才已有人使用，請重新檢視。", field="email") from error
    return user


@transaction.atomic
def close_user(*, user: User, reason: str, by: User | None, at: datetime, scheme: str = "") -> None:
    """`scheme`: whose act it is, where a scheme closes what it opened."""
    user = locking(User.objects).get(pk=user.pk)
    if not user.is_active:
        return
    if not reason.strip():
        raise Refused("請填寫停用原因。", field="reason")
    user.is_active, user.closed_at, user.closed_reason = False, at, reason.strip()[:200]
    user.closed_by_scheme = scheme
    user.save(update_fields=["is_active", "closed_at", "closed_reason", "closed_by_scheme"])
    close_links(user, at=at)
    end_sessions(user)
    record_access(AccessLog.Action.USER_CLOSED, at=at, user=by, subject=user.account_name, reason=reason)


@transaction.atomic
def open_user(*, user: User, by: User | None, at: datetime, reason: str = "") -> None:
    user = locking(User.objects).get(pk=user.pk)
    if user.is_active:
        return
    user.is_active, user.closed_at, user.closed_reason, user.closed_by_scheme = True, None, "", ""
    user.save(update_fields=["is_active", "closed_at", "closed_reason", "closed_by_scheme"])
    record_access(AccessLog.Action.USER_OPENED, at=at, user=by, subject=user.account_name, reason=reason)


@transaction.atomic
def reopen_user(*, user: User, reason: str, by: User, at: datetime) -> None:
    """恢復登入: an officer opens what was closed, whoever closed it. Roles that ended do not come back with it."""
    if not reason.strip():
        raise Refused("請填寫恢復登入的理由。", field="reason")
    if user.is_active:
        raise Refused("這個帳號沒有停用。")
    open_user(user=user, by=by, at=at, reason=reason.strip())
    mailer.mail(
        user=user, code="reopened", subject="您的登入帳號已恢復", key=f"reopened:{user.pk}:{at.isoformat()}", at=at,
        body=(
            f"{user.name} 您好：\n\n帳號「{user.account_name}」已由機關恢復登入。理由：{reason.strip()}\n\n"
            "停用前的角色與權限不會隨同恢復，須依各業務的規定重新申請或授予。"
        ),
    )  # fmt: skip


@transaction.atomic
def update_phone(*, user: User, phone: str) -> str:
    """Take over the telephone, which nobody signs in by. Returns what stood there before, where that was something else."""
    user = locking(User.objects).get(pk=user.pk)
    before = user.phone
    if not phone or phone == before:
        return ""
    user.phone = phone
    user.save(update_fields=["phone"])
    return before or "（空白）"


def end_sessions(user: User) -> None:
    """Sign the person out everywhere. An inactive user is refused on every request anyway; this ends the rows too."""
    for session in UserSession.objects.filter(user=user):
        session.end()
