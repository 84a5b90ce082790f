"""Setting who approves and who files for an office (單位主管, 指定聯繫窗口), and registering a person for the first time."""

import re
from datetime import datetime

from django.db import transaction

from accounts import mailer
from accounts.locks import locking
from accounts.models import Organisation, RoleGroup, User
from accounts.roles import role
from accounts.services.passwords import issue_password_link, link_lines
from accounts.services.roles import grant_role, not_to_oneself, revoke_role
from accounts.services.users import new_user
from casework.errors import NotPermitted, Refused
from kernel.characters import same_name
from kernel.dates import taipei_day
from senior45.models import SiteOffice
from senior45.permissions import DESIGNATE, HEAD, WINDOW
from senior45.selectors import offices_in_charge

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{4,29}")
CODE = "senior45.designated"


def _require(office: SiteOffice, by: User) -> None:
    if not offices_in_charge(by, DESIGNATE).filter(pk=office.pk).exists():
        raise NotPermitted("您沒有設定這個機關的權限。")


@transaction.atomic
def designate(
    office: SiteOffice,
    *,
    role_code: str,
    name: str,
    email: str,
    phone: str,
    account_name: str = "",
    by: User,
    at: datetime,
) -> User:
    """單位主管 or 聯繫窗口 of an office: a known person by address, or a new one who sets a password by a mailed link."""
    locking(Organisation.objects).get(pk=office.organisation_id)  # its people are set one after the other
    _require(office, by)
    if role_code not in (HEAD, WINDOW):
        raise Refused("請選擇單位主管或聯繫窗口。", field="role")
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = _new_user(name=name, email=email, phone=phone, account_name=account_name)
    elif not same_name(user.name, name):
        raise Refused(f"這個電子郵件已屬於「{user.name}」，請確認姓名與信箱。", field="email")
    elif not user.is_active:
        raise Refused(f"{user.name}的登入帳號已停用，不能設定。", field="email")
    grant_role(user=user, role_code=role_code, organisation=office.organisation, by=by, at=at)
    label = role(role_code).label
    body = f"{user.name} 您好：\n\n您已設為{office}的「{label}」，登入帳號是「{user.account_name}」。\n\n"
    if user.has_usable_password():
        body += "請以原有密碼登入。"
    else:
        link, token = issue_password_link(user=user, by=by, at=at)
        body += link_lines(link, token)
    mailer.mail(
        user=user,
        code=CODE,
        subject=f"您已設為{office}的{label}",
        body=body,
        key=f"{CODE}:{role_code}:{office.pk}:{user.pk}:{at:%Y%m%d%H%M}",
        at=at,
    )
    return user


@transaction.atomic
def undesignate(office: SiteOffice, *, role_code: str, user: User, by: User, at: datetime) -> None:
    """The last window of an office cannot go before the next has come: inventory and leavers need somebody."""
    locking(Organisation.objects).get(pk=office.organisation_id)  # of two taken away at once the second is the last
    _require(office, by)
    not_to_oneself(user, by)
    group = RoleGroup.objects.filter(role=role_code, organisation=office.organisation).first()
    left = User.objects.filter(groups=group.group, is_active=True).exclude(pk=user.pk) if group else User.objects.none()
    if not left.exists():
        raise Refused(f"這是{office}唯一的{role(role_code).label}，請先設定接任人員。")
    revoke_role(user=user, role_code=role_code, organisation=office.organisation, by=by, at=at)


def _new_user(*, name: str, email: str, phone: str, account_name: str) -> User:
    wanted = account_name or re.sub(r"[^A-Za-z0-9]", "", email.partition("@")[0])
    if account_name and not _NAME.fullmatch(account_name):
        raise Refused("帳號為 5～30 碼，第 1 碼為英文，限英文字母及數字，例：chenmh01。", field="account_name")
    if not _NAME.fullmatch(wanted):
        wanted = f"s45{wanted}"[:30].ljust(5, "0")
    if User.objects.filter(account_name__iexact=wanted).exists():
        if account_name:
            raise Refused("這個帳號已有人使用，請換一個。", field="account_name")
        n = User.objects.filter(account_name__istartswith=wanted[:24]).count()
        wanted = f"{wanted[:24]}{n + 1}"
    return new_user(account_name=wanted, name=name, email=email, phone=phone)


@transaction.atomic
def register(*, name: str, email: str, phone: str, account_name: str, at: datetime) -> User | None:
    """A person nobody knows yet 首次申請: gets a link by mail, signs in, then fills in the form (附件1).

    None where the address belongs to somebody already: they are told by mail, the visitor learns nothing.
    """
    known = User.objects.filter(email__iexact=email).first()
    if known:
        how = "要申請45+就業資源網帳號，請以原帳號登入" if known.is_active else "這個登入帳號目前停用，不能申請"
        body = (
            f"{known.name} 您好：\n\n有人以您的電子郵件在本入口網登錄。您已有登入帳號，因此沒有另外建立；{how}。"
            "如果不是您本人，請不必理會這封信。"
        )
        key = f"senior45.register:known:{known.pk}:{taipei_day(at)}"
        mailer.mail(user=known, code="senior45.register", subject="您已有入口網登入帳號", body=body, key=key, at=at)
        return None
    user = _new_user(name=name, email=email, phone=phone, account_name=account_name)
    link, token = issue_password_link(user=user, by=None, at=at)
    body = (
        f"{name} 您好：\n\n您的登入帳號是「{user.account_name}」。{link_lines(link, token)}\n\n"
        "設定密碼並登入後，即可填寫「45+就業資源網帳號使用（停用）申請表」。"
    )
    mailer.mail(
        user=user,
        code="senior45.register",
        subject="請設定密碼，填寫45+帳號申請表",
        body=body,
        key=f"senior45.register:{user.pk}",
        at=at,
    )
    return user
