"""加入會員: a professional, or an institution whose account is its unified number. The password comes by a mailed link."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.locks import locking
from accounts.models import Membership, Organisation, User
from accounts.rights import can
from accounts.services.passwords import issue_password_link, link_lines
from accounts.services.roles import grant_role
from casework.cases import changing
from casework.errors import NotPermitted, Refused
from casework.models import Case
from casework.notices.outbox import notify
from kernel.acts import Turn
from kernel.dates import taipei_day
from vrs_credentials.models import Professional
from vrs_credentials.permissions import INSTITUTION, VIEW_OWN

_KNOWN = (
    "有人以您的電子郵件在職業重建專業人員認證{what}。您已有帳號，因此沒有另外建立。\n\n"
    "請以原帳號登入，{then}；忘記密碼時請在登入頁選「忘記密碼」。如果不是您本人，請不必理會這封信。"
)
_SAID = {
    "professional": _KNOWN.format(what="加入會員", then="再到「基本資料」填寫"),
    "institution": _KNOWN.format(what="註冊機構單位", then="再到「機構註冊」登錄單位，由您的帳號辦理"),
}


@transaction.atomic
def join(
    *, account_name: str, name: str, national_id: str, email: str, birth_on: date, postal_code: str, address: str,
    mobile: str, at: datetime,
) -> User | None:  # fmt: skip
    """A new member; the number is a claim. None where the address is somebody's already. Raises Refused at the field."""
    _free(account_name)
    if _known(email, "professional", at):
        return None
    user = User(account_name=account_name, name=name, email=email, phone=mobile)
    user.set_national_id(national_id)
    user.set_unusable_password()
    _save(user)
    become_professional(user=user, birth_on=birth_on, postal_code=postal_code, address=address, mobile=mobile, at=at)
    _welcome(user, "專業人員會員", at)
    return user


@transaction.atomic
def become_professional(
    *, user: User, birth_on: date, postal_code: str, address: str, mobile: str, at: datetime
) -> Professional:
    """What the scheme asks of somebody who can sign in already; asked again it is a change of address."""
    if not user.national_id:
        raise Refused("您的帳號沒有登錄身分證字號，請洽承辦單位。")
    known = Professional.objects.filter(user=user).first()
    if known and known.birth_on != birth_on and (why := why_not_birth(user)):
        raise Refused(why, field="birth_on")
    given = {"birth_on": birth_on, "postal_code": postal_code, "address": address, "mobile": mobile}
    one, _ = Professional.objects.update_or_create(
        user=user, defaults=given, create_defaults={**given, "joined_at": at}
    )
    return one


def why_not_birth(user: User) -> str:
    """Why a person may not change their birth date by themselves; empty while nobody has decided by it or is about to."""
    cases = Case.objects.filter(person=user, kind__startswith="vrs_credentials.")
    asked = cases.exclude(decided_on=None).first() or cases.filter(turn=Turn.OFFICE).first()
    if asked is None:
        return ""
    whom = f"{asked.office.name}（{asked.office.phone}）" if asked.office.phone else asked.office.name
    if asked.decided_on:
        return f"出生日期已據以核定，不能自行更改；記載有誤者，請檢附戶籍謄本等證明洽{whom}辦理更正。"
    return f"申請案 {asked.number} 審查中，出生日期不能自行更改；填寫有誤者，請洽{whom}通知補件後再更改。"


@transaction.atomic
def join_institution(
    *, unified_number: str, name: str, address: str, phone: str, contact: str, email: str, at: datetime
) -> User | None:
    """機構單位以【統一編號】為帳號. None where the address is somebody's already: they sign in and register it themselves."""
    _unregistered(unified_number)
    _free(unified_number, "unified_number")
    if _known(email, "institution", at):
        return None
    body = _body(unified_number=unified_number, name=name, address=address, phone=phone, email=email)
    user = User(account_name=unified_number, name=contact, email=email, phone=phone)
    user.set_unusable_password()
    _save(user)
    _in_charge(user, body, at)
    _welcome(user, "機構單位會員", at)
    return user


@transaction.atomic
def register_institution(
    *, unified_number: str, name: str, address: str, phone: str, email: str, user: User, at: datetime
) -> Organisation:
    """機構註冊 by a person who can sign in already: the institution is handled under their own account."""
    if user.groups.filter(held_role__role=INSTITUTION).exists():
        raise Refused("您的帳號已辦理一個機構單位，請由另一位承辦人註冊這個單位。")
    body = _body(unified_number=unified_number, name=name, address=address, phone=phone, email=email)
    _in_charge(user, body, at)
    return body


def _unregistered(unified_number: str) -> None:
    if Organisation.objects.filter(unified_number=unified_number, kind=Organisation.Kind.INSTITUTION).exists():
        raise Refused("這個統一編號已註冊，請直接登入；忘記密碼請至登入頁重設。", field="unified_number")


def _body(*, unified_number: str, name: str, address: str, phone: str, email: str) -> Organisation:
    _unregistered(unified_number)
    body = Organisation(
        name=name,
        kind=Organisation.Kind.INSTITUTION,
        unified_number=unified_number,
        address=address,
        phone=phone,
        email=email,
    )
    try:
        with transaction.atomic():
            body.save()
    except IntegrityError as error:  # sent twice, or by two of them at this very moment
        raise Refused("這個統一編號剛才已註冊，請直接登入；忘記密碼請至登入頁重設。", field="unified_number") from error
    return body


def _in_charge(user: User, body: Organisation, at: datetime) -> None:
    Membership.objects.create(user=user, organisation=body, starts_on=taipei_day(at), title="承辦人")
    grant_role(user=user, role_code=INSTITUTION, organisation=body, by=None, at=at)


@transaction.atomic
def change_institution(
    body: Organisation,
    *,
    name: str,
    address: str,
    phone: str,
    email: str,
    by: User,
    at: datetime,
    seen: str | None = None,
) -> None:
    """基本資料維護. `seen`: as what the form was drawn from, else `body` as it was read."""
    if not can(by, VIEW_OWN, body):
        raise NotPermitted("您沒有維護這個單位資料的權限。")
    drawn_from = seen or changing.seen(body)
    body = locking(Organisation.objects).get(pk=body.pk)
    changing.unchanged(body, drawn_from)
    body.name, body.address, body.phone, body.email = name, address, phone, email
    body.save(update_fields=["name", "address", "phone", "email"])


def _free(account_name: str, field: str = "account_name") -> None:
    if User.objects.filter(account_name__iexact=account_name).exists():
        raise Refused("這個帳號已有人使用，請換一個。", field=field)


def _known(email: str, joins_as: str, at: datetime) -> bool:
    """The address has an account: its holder is told by mail, the visitor learns nothing."""
    known = User.objects.filter(email__iexact=email).first()
    if known is None:
        return False
    notify(
        users=[known], code="vrs_credentials.joined", subject="您已有帳號", body=f"{known.name} 您好：\n\n{_SAID[joins_as]}",
        key=f"joined:known:{joins_as}:{known.pk}:{taipei_day(at)}", at=at,
    )  # fmt: skip
    return True


def _save(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:  # somebody took the name or the address at this very moment
        taken = User.objects.filter(account_name__iexact=user.account_name).exists()
        what, field = ("帳號", "account_name") if taken else ("電子郵件", "email")
        raise Refused(f"這個{what}剛才已有人使用，請換一個後再送出。", field=field) from error


def _welcome(user: User, what: str, at: datetime) -> None:
    link, token = issue_password_link(user=user, by=None, at=at)
    notify(
        users=[user],
        code="vrs_credentials.joined",
        subject=f"請設定密碼，完成加入{what}",
        body=f"{user.name} 您好：\n\n您的帳號為 {user.account_name}。\n{link_lines(link, token)}",
        key=f"joined:{user.pk}",
        at=at,
    )
