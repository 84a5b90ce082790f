"""Setting a password by a mailed link (OA-11): no password is ever mailed, a link works once and expires."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import mailer
from accounts.errors import Refused
from accounts.locks import locking
from accounts.models import AccessLog, SetPasswordLink, User
from accounts.services.access import record_access
from accounts.services.lockout import forgive
from kernel.dates import roc


class LinkClosed(Refused):
    """The link was used, has expired, was replaced by a newer one, or never existed."""


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is kept of a mailed link."""
    return hashlib.sha256(token.encode()).hexdigest()


def close_links(user: User, *, at: datetime) -> None:
    """No link that is out can set the password any more."""
    user.password_links.filter(used_at=None, expires_at__gt=at).update(expires_at=at)


@transaction.atomic
def issue_password_link(*, user: User, by: User | None, at: datetime) -> tuple[SetPasswordLink, str]:
    """A new link for a person; earlier unused ones close. Returns the row and the token, which is kept nowhere."""
    if not user.is_active:
        raise Refused("此帳號已停用，不能寄送設定密碼連結。")
    locking(User.objects).only("pk").get(pk=user.pk)  # of two asked for at once the later one works
    close_links(user, at=at)
    token = new_token()
    link = SetPasswordLink.objects.create(
        user=user,
        token_digest=token_digest(token),
        created_at=at,
        created_by=by,
        expires_at=at + settings.PASSWORD_LINK_LIFETIME,
    )
    record_access(AccessLog.Action.PASSWORD_LINK, at=at, user=by, subject=user.account_name)
    return link, token


def link_address(token: str) -> str:
    """The full address for a mail."""
    return settings.SITE_URL.rstrip("/") + reverse("portal:set_password", args=[token])


def link_lines(link: SetPasswordLink, token: str) -> str:
    """The part of a mail that carries the link, with until when it works."""
    until = localtime(link.expires_at)
    return (
        f"請開啟下列連結設定密碼：\n{link_address(token)}\n\n"
        f"連結只能使用一次，{roc(until.date())} {until:%H:%M} 以前有效。逾期請在登入頁選「忘記密碼」，重新取得連結。"
    )


def usable_link(token: str, *, at: datetime) -> SetPasswordLink:
    """The link of a token. Raises LinkClosed."""
    link = SetPasswordLink.objects.select_related("user").filter(token_digest=token_digest(token)).first()
    return _judged(link, at=at)


def _judged(link: SetPasswordLink | None, *, at: datetime) -> SetPasswordLink:
    if link is None or not link.user.is_active:
        raise LinkClosed("這個連結無法使用，請確認網址是否完整。")
    if link.used_at:
        raise LinkClosed("這個連結已經使用過，每個連結只能設定一次密碼。")
    if link.expires_at <= at:
        raise LinkClosed("這個連結已經過期，或已由較新的連結取代。")
    return link


@transaction.atomic
def set_password_by_link(*, token: str, password: str, at: datetime, request: HttpRequest | None = None) -> User:
    """Use the link up and set the password. Of two at the same moment one wins, the other raises LinkClosed.

    Raises ValidationError when the password breaks a rule; the link then stays usable.
    """
    link = _judged(
        locking(SetPasswordLink.objects).select_related("user").filter(token_digest=token_digest(token)).first(),
        at=at,
    )
    user = link.user
    validate_password(password, user)
    link.used_at = at
    link.save(update_fields=["used_at"])
    set_password(user=user, password=password, at=at, request=request)
    forgive(user=user)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, at: datetime, request: HttpRequest | None = None) -> None:
    """A password chosen by the person themselves; judged before. Every other session of theirs and every open link end with it."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    close_links(user, at=at)
    record_access(AccessLog.Action.PASSWORD_SET, at=at, user=user, subject=user.account_name, request=request)


@transaction.atomic
def request_reset(*, user: User, at: datetime) -> None:
    """忘記密碼: a link by mail. Whoever asks learns nothing about whether the person exists."""
    link, token = issue_password_link(user=user, by=None, at=at)
    mailer.mail(
        user=user,
        code="password_reset",
        subject="重新設定密碼",
        body=(
            f"{user.name} 您好：\n\n我們收到重新設定帳號「{user.account_name}」密碼的申請。\n\n{link_lines(link, token)}\n\n"
            "如果不是您本人申請，請不必理會這封信，原密碼仍然有效。"
        ),
        key=f"password-link:{link.pk}",
        at=at,
    )
