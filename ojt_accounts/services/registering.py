"""A unit nobody has registered yet: its contact registers it 自行登錄. The branch verifies unit and person at review."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import mailer
from accounts.models import Membership, Organisation, User
from accounts.services.passwords import issue_password_link, link_lines
from accounts.services.roles import grant_role
from casework.errors import Refused
from casework.law.in_force import law_in_force
from kernel.dates import taipei_day
from ojt_accounts.rules.accounts import WordFacts, account_name

CODE = "ojt_accounts.registered"
#: One letter a day to somebody whose address others type.
KNOWN = (
    "有人以您的電子郵件在本入口網登錄訓練單位。您已有帳號，因此沒有另外建立。\n\n"
    "要為其他單位申請，請以原帳號登入；忘記密碼時請在登入頁選「忘記密碼」。如果不是您本人，請不必理會這封信。"
)


@transaction.atomic
def register_unit(
    *, unit_name: str, unified_number: str, name: str, email: str, phone: str, account: str, at: datetime
) -> Organisation | None:
    """The unit, its contact, and a mailed link to set a password.

    None where the address belongs to somebody already: they are told by mail, the visitor learns nothing. Raises Refused at
    the field where the unit is known (ask the contact or the branch) or the account name cannot be had (OA-09).
    """
    outcome = account_name(WordFacts(account), on=taipei_day(at), law=law_in_force())
    if not outcome.met:
        raise Refused(outcome.sentence, field="account_name", outcomes=[outcome])
    if Organisation.objects.filter(kind=Organisation.Kind.UNIT, unified_number=unified_number).exists():
        raise Refused(
            "這個統一編號的單位已在本入口網登錄。請由貴單位現有的聯絡人登入申請；聯絡人異動或不清楚由誰辦理時，請洽所在地的分署。",
            field="unified_number",
        )
    known = User.objects.filter(email__iexact=email).first()
    if known:
        key = f"{CODE}:known:{known.pk}:{taipei_day(at)}"
        mailer.mail(
            user=known,
            code=CODE,
            subject="您已有訓練業務入口網帳號",
            body=f"{known.name} 您好：\n\n{KNOWN}",
            key=key,
            at=at,
        )
        return None
    if User.objects.filter(account_name__iexact=account).exists():
        raise Refused("這個帳號已有人使用，請換一個。", field="account_name")
    unit, user = _create(unit_name, unified_number, name, email, phone, account)
    Membership.objects.create(user=user, organisation=unit, starts_on=taipei_day(at))
    grant_role(user=user, role_code="unit_contact", organisation=unit, by=None, at=at)
    link, token = issue_password_link(user=user, by=None, at=at)
    body = f"{name} 您好：\n\n{unit_name}已登錄，您的帳號是「{account}」。{link_lines(link, token)}\n\n設定密碼後即可登入，為單位申請帳號。"
    mailer.mail(user=user, code=CODE, subject="請設定密碼，完成單位登錄", body=body, key=f"{CODE}:{user.pk}", at=at)
    return unit


def _create(
    unit_name: str, unified_number: str, name: str, email: str, phone: str, account: str
) -> tuple[Organisation, User]:
    """Both rows, or a sentence where somebody was faster."""
    try:
        with transaction.atomic():
            unit = Organisation.objects.create(
                name=unit_name, kind=Organisation.Kind.UNIT, unified_number=unified_number, phone=phone
            )
            user = User(account_name=account, name=name, email=email, phone=phone)
            user.set_unusable_password()
            user.save()
    except IntegrityError as error:
        raise Refused("這個單位或帳號剛才已登錄，請確認後再試。", field="unified_number") from error
    return unit, user
