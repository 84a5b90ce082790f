"""The sign-in address 電子郵件 of an existing person: the only place that writes it.

Whoever holds the address holds the account (忘記密碼 goes there). So what a form of a unit or an office says is a request:
a link to the address that stands, a notice without a link to the new one. The person agrees by that link, or signed in with the
password typed again; then both addresses are told.
"""

import copy
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import mailer
from accounts.errors import Refused
from accounts.locks import locking
from accounts.models import AccessLog, AddressChange, User
from accounts.services.access import record_access
from accounts.services.passwords import LinkClosed, close_links, new_token, token_digest
from kernel.dates import roc
from kernel.identifiers import mask_email

CODE = "address"


def open_change(user: User, *, at: datetime) -> AddressChange | None:
    """The change that waits for the person's answer."""
    return user.address_changes.filter(confirmed_at=None, refused_at=None, expires_at__gt=at).order_by("-pk").first()


def taken(address: str, *, besides: User | None) -> bool:
    """Whether the address is the sign-in address of somebody else."""
    others = User.objects.exclude(pk=besides.pk) if besides else User.objects.all()
    return others.filter(email__iexact=address).exists()


@transaction.atomic
def ask_address_change(*, user: User, address: str, source: str, by: User | None, at: datetime) -> AddressChange | None:
    """Ask the person. An earlier open request is closed by this one; None where the address is the one they have."""
    user = locking(User.objects).get(pk=user.pk)
    if not address or address.casefold() == user.email.casefold():
        return None
    user.address_changes.filter(confirmed_at=None, refused_at=None, expires_at__gt=at).update(expires_at=at)
    token = new_token()
    change = AddressChange.objects.create(
        user=user,
        address=address,
        source=source[:200],
        asked_at=at,
        asked_by=by,
        token_digest=token_digest(token),
        expires_at=at + settings.PASSWORD_LINK_LIFETIME,
    )
    _log(AccessLog.Action.ADDRESS_ASKED, change, by=by, at=at)
    until = localtime(change.expires_at)
    _tell(
        user,
        user.email,
        "請確認是否變更登入的電子郵件",
        f"{user.name} 您好：\n\n{source}申請把您帳號「{user.account_name}」的電子郵件改為 {address}。\n\n"
        f"同意或不同意，請開啟下列連結：\n{settings.SITE_URL.rstrip('/')}{reverse('portal:set_address', args=[token])}\n\n"
        f"連結只能使用一次，{roc(until.date())} {until:%H:%M} 以前有效；也可以登入後在「我的資料」確認。"
        "您沒有同意以前，電子郵件不會變更。如果這不是您要的，請按「不同意」，並向申請的單位查詢。",
        key=f"{CODE}:asked:{change.pk}",
        at=at,
    )
    _tell(
        user,
        address,
        "有人申請以這個信箱作為登入的電子郵件",
        f"{source}申請把一個帳號的電子郵件改為這個信箱。須由該帳號的使用人在原信箱或登入後同意才生效，"
        "您不必回復；如果您不認得這件申請，請不必理會這封信。",
        key=f"{CODE}:new:{change.pk}",
        at=at,
    )
    return change


def change_of_link(token: str, *, at: datetime) -> AddressChange:
    """The change a mailed link is for. Raises LinkClosed."""
    change = AddressChange.objects.select_related("user").filter(token_digest=token_digest(token)).first()
    return _judged(change, at=at)


def _judged(change: AddressChange | None, *, at: datetime) -> AddressChange:
    if change is None or not change.user.is_active:
        raise LinkClosed("這個連結無法使用，請確認網址是否完整。")
    if change.confirmed_at or change.refused_at:
        raise LinkClosed("這件電子郵件變更已經答復過了。")
    if change.expires_at <= at:
        raise LinkClosed("這個連結已經過期，或已由較新的申請取代；電子郵件沒有變更。")
    return change


def _lock(change: AddressChange, *, at: datetime) -> AddressChange:
    rows = locking(AddressChange.objects).select_related("user", "asked_by")
    return _judged(rows.filter(pk=change.pk).first(), at=at)


@transaction.atomic
def confirm_address(change: AddressChange, *, at: datetime, request: HttpRequest | None = None) -> User:
    """The person agrees: the address is written, and no link in the old mailbox sets the password any more.

    Raises LinkClosed, or Refused where somebody else has it meanwhile.
    """
    change = _lock(change, at=at)
    user = locking(User.objects).get(pk=change.user_id)
    before, user.email = user.email, change.address
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as error:
        raise Refused("這個電子郵件現在不能使用，請按「不同意」，並請單位改用別的信箱。") from error
    close_links(user, at=at)
    change.confirmed_at = at
    change.save(update_fields=["confirmed_at"])
    _log(AccessLog.Action.ADDRESS_CHANGED, change, by=user, at=at, request=request)
    body = (
        f"{user.name} 您好：\n\n您帳號「{user.account_name}」的電子郵件已由 {mask_email(before)} 改為 "
        f"{mask_email(user.email)}，通知及重設密碼的信今後寄到新信箱。\n\n如果不是您本人同意的，請立即洽所屬機關的帳號管理人員。"
    )
    for name, address in (("old", before), ("new", user.email)):
        _tell(user, address, "登入的電子郵件已變更", body, key=f"{CODE}:changed:{name}:{change.pk}", at=at)
    return user


@transaction.atomic
def refuse_address(change: AddressChange, *, at: datetime, request: HttpRequest | None = None) -> None:
    """The person does not agree: nothing changes; whoever asked is told."""
    change = _lock(change, at=at)
    change.refused_at = at
    change.save(update_fields=["refused_at"])
    user = change.user
    _log(AccessLog.Action.ADDRESS_REFUSED, change, by=user, at=at, request=request)
    if change.asked_by:
        body = f"{user.name}（{user.account_name}）不同意把電子郵件改為 {change.address}，電子郵件沒有變更。\n\n來源：{change.source}"
        key = f"{CODE}:refused:{change.pk}"
        mailer.mail(user=change.asked_by, code=CODE, subject="本人不同意變更電子郵件", body=body, key=key, at=at)


def _tell(user: User, address: str, subject: str, body: str, *, key: str, at: datetime) -> None:
    """A letter about the person to one of the two addresses."""
    reached = copy.copy(user)
    reached.email = address  # this copy is never saved
    mailer.mail(user=reached, code=CODE, subject=subject, body=body, key=key, at=at)


def _log(
    action: AccessLog.Action,
    change: AddressChange,
    *,
    by: User | None,
    at: datetime,
    request: HttpRequest | None = None,
) -> None:
    reason = f"{mask_email(change.address)}（{change.source}）"
    record_access(action, at=at, user=by, subject=change.user.account_name, reason=reason, request=request)
