"""人員與角色: an administrator grants a role in an office and takes it back, each with a reason that is logged and told.

Nobody does it to themselves, so whoever takes the last but one administrator's role away remains. Where a scheme keeps rows of its own
behind a role (a seat, an account), the scheme gives and takes (`Keeper`).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Protocol

from django.db import transaction

from accounts import mailer
from accounts.catalogue import APPOINT
from accounts.errors import NotPermitted, Refused
from accounts.locks import locking
from accounts.models import Organisation, User
from accounts.offices import AGENCY
from accounts.reach import administrator_role, central_administrators, granted_roles, offices_in_reach
from accounts.roles import role
from accounts.services.lockout import person_named
from accounts.services.offices import load_offices
from accounts.services.passwords import issue_password_link, link_address, link_lines
from accounts.services.roles import RoleNotHere, grant_role, not_to_oneself, revoke_role
from accounts.services.users import new_user
from kernel.characters import same_name
from kernel.identifiers import looks_like_person_id
from kernel.registry import Registry

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{4,29}")


class Act(Protocol):
    def __call__(
        self, *, user: User, role_code: str, organisation: Organisation, by: User | None, at: datetime, reason: str
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Keeper:
    """How a scheme gives and takes a role that stands for rows of its own."""

    role: str
    give: Act
    take: Act


KEEPERS: Registry[Keeper] = Registry("keeper of the role", attrgetter("role"))


def _keeper(code: str) -> Keeper:
    return KEEPERS.get(code) or Keeper(code, grant_role, revoke_role)


def _allowed(user: User, organisation: Organisation, reason: str, by: User) -> str:
    """The reason as it is kept."""
    if not offices_in_reach(by).filter(pk=organisation.pk).exists():
        raise NotPermitted("您沒有管理這個機關人員的權限。")
    not_to_oneself(user, by)
    if not reason.strip():
        raise Refused("請填寫理由。", field="reason")
    return reason.strip()


def _holds(user: User, role_code: str, organisation: Organisation) -> bool:
    return user.groups.filter(held_role__role=role_code, held_role__organisation=organisation).exists()


@transaction.atomic
def appoint(*, user: User, role_code: str, organisation: Organisation, reason: str, by: User, at: datetime) -> None:
    """Grant a role in an office. Raises Refused, NotPermitted."""
    reason = _allowed(user, organisation, reason, by)
    if role_code not in {one.code for one in granted_roles()}:
        raise Refused("這個角色不由系統管理者授予。", field="role")
    if not user.is_active:
        raise Refused(f"{user.name}的登入帳號已停用，不能授予角色。")
    if not organisation.is_active:
        raise Refused(f"{organisation.name}已停用，不能授予角色。", field="office")
    if _holds(user, role_code, organisation):
        raise Refused(f"{user.name}在{organisation.label}已是「{role(role_code).label}」。", field="role")
    _give(user, role_code, organisation, reason, by=by, at=at)


def _give(user: User, role_code: str, organisation: Organisation, reason: str, *, by: User | None, at: datetime) -> str:
    """Granted and told; returns the token of the link to set a password where the person has none."""
    try:
        _keeper(role_code).give(user=user, role_code=role_code, organisation=organisation, reason=reason, by=by, at=at)
    except RoleNotHere as error:
        raise Refused(str(error), field="office") from error
    body, token = f"您在{organisation.name}的角色：{role(role_code).label}。\n理由：{reason}\n\n", ""
    if user.has_usable_password():
        body += f"請以帳號「{user.account_name}」及原有密碼登入。"
    else:
        link, token = issue_password_link(user=user, by=by, at=at)
        body += f"您的登入帳號是「{user.account_name}」。{link_lines(link, token)}"
    _tell(user, "appointed", f"您已設為{organisation.label}的{role(role_code).label}", body, by=by, at=at)
    return token


def _hold_administrators() -> None:
    """Two who take each other's role away wait for one another here: the second then no longer holds the right."""
    list(locking(central_administrators()))


@transaction.atomic
def dismiss(*, user: User, role_code: str, organisation: Organisation, reason: str, by: User, at: datetime) -> None:
    """Take a role back. Raises Refused, NotPermitted."""
    if role_code not in {one.code for one in granted_roles()}:
        raise Refused("這個角色不由系統管理者收回。")
    if APPOINT in role(role_code).rights:
        _hold_administrators()
    reason = _allowed(user, organisation, reason, by)
    if not _holds(user, role_code, organisation):
        raise Refused(f"{user.name}在{organisation.label}沒有「{role(role_code).label}」的角色。")
    _keeper(role_code).take(user=user, role_code=role_code, organisation=organisation, by=by, at=at, reason=reason)
    body = f"您在{organisation.name}的角色「{role(role_code).label}」已收回，不再能使用這個角色的功能。\n理由：{reason}"
    _tell(user, "dismissed", f"已收回{organisation.label}的{role(role_code).label}角色", body, by=by, at=at)


def _tell(user: User, code: str, subject: str, body: str, *, by: User | None, at: datetime) -> None:
    signed = f"\n\n辦理人員：{by.name}" if by else ""
    mailer.mail(
        user=user,
        code=code,
        subject=subject,
        body=f"{user.name} 您好：\n\n{body}{signed}",
        key=f"{code}:{user.pk}:{subject}:{at.isoformat()}",
        at=at,
    )


# --- persons ---------------------------------------------------------------------------------------------------------


def _person(*, name: str, account_name: str, email: str) -> User:
    """Whoever has this account name or address already, if it is the same person by all that was typed; else a new one."""
    by_email = person_named(email)
    by_name = person_named(account_name)
    known = by_email or by_name
    if known is None:
        if not _NAME.fullmatch(account_name):
            raise Refused(
                "新人員請填帳號：5～30 碼，第 1 碼為英文，限英文字母及數字，例：chenmh01。", field="account_name"
            )
        if looks_like_person_id(account_name):
            raise Refused("帳號不可使用身分證字號或統一證號，請換一個。", field="account_name")
        return new_user(account_name=account_name, name=name, email=email)
    if by_email is None:
        raise Refused(
            "這個帳號已有人使用，電子郵件與登錄的不同；請確認是否為同一人，或換一個帳號。", field="account_name"
        )
    if account_name and by_name != known:
        raise Refused("這個電子郵件已有人使用，帳號與登錄的不同；為同一人時，帳號可留空。", field="email")
    if not same_name(known.name, name):
        raise Refused("這個電子郵件已有人使用，姓名與登錄的不同；請確認是否為同一人。", field="name")
    return known


@transaction.atomic
def appoint_person(
    *,
    name: str,
    account_name: str,
    email: str,
    role_code: str,
    organisation: Organisation,
    reason: str,
    by: User,
    at: datetime,
) -> User:
    """A person the portal may not know yet, with the first role; whoever is known is granted it."""
    if not offices_in_reach(by).filter(pk=organisation.pk).exists():  # before anything is told of who is known
        raise NotPermitted("您沒有管理這個機關人員的權限。")
    user = _person(name=name, account_name=account_name, email=email)
    appoint(user=user, role_code=role_code, organisation=organisation, reason=reason, by=by, at=at)
    return user


@transaction.atomic
def first_administrator(*, name: str, account_name: str, email: str, at: datetime) -> tuple[User, str]:
    """Who begins a site: works while nobody active administers the whole agency. Returns the person and, where they have no
    password yet, the address at which they set one."""
    load_offices()
    agency = locking(Organisation.objects).get(code=AGENCY[0])
    if central_administrators().exists():
        raise Refused("本站已有系統管理者，請由系統管理者在「人員與角色」授予，或使用 manage.py grant_role。")
    user = _person(name=name, account_name=account_name, email=email)
    if not user.is_active:
        raise Refused(f"{user.name}的登入帳號已停用，請改由其他人擔任。", field="account_name")
    reason = "第一位系統管理者（manage.py first_administrator）"
    token = _give(user, administrator_role().code, agency, reason, by=None, at=at)
    return user, link_address(token) if token else ""
