"""釋出統一編號: a unit that was only typed in, by whoever came first, gives its number back to the true holder.

Registering is open to anybody (services.registering), and a number stands once. The branch, which alone can tell whose number it
is, takes an unverified registration back: nothing of the unit was ever filed or approved. Its row stays, without the number.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import mailer
from accounts.locks import locking
from accounts.models import AccessLog, Organisation, RoleGroup, User
from accounts.rights import can_anywhere, holders
from accounts.services.access import record_access
from accounts.services.roles import revoke_role
from casework.cases.recusal import RECUSED, bodies_of
from casework.errors import NotPermitted, Refused
from casework.models import Case
from kernel.dates import taipei_day
from ojt_accounts.models import Registration
from ojt_accounts.permissions import PREPARE, SIGN_OFFICER
from ojt_accounts.services.closing import end_sign_in

CODE = "ojt_accounts.released"


def unverified_units() -> QuerySet[Organisation]:
    """Units nobody has verified: no case of theirs was filed, no branch has them in its register, no other scheme knows them."""
    filed = Case.objects.filter(organisation=OuterRef("pk"), filed_at__isnull=False)
    entered = Registration.objects.filter(organisation=OuterRef("pk"))
    known = RoleGroup.objects.filter(organisation=OuterRef("pk")).exclude(role="unit_contact")
    units = Organisation.objects.filter(kind=Organisation.Kind.UNIT, is_active=True).exclude(unified_number="")
    return units.filter(~Exists(filed), ~Exists(entered), ~Exists(known)).order_by("pk")


@transaction.atomic
def release_unit(unit: Organisation, *, reason: str, by: User, at: datetime) -> None:
    """Take the registration back. Its contacts lose it and are told why; the number can be registered again at once."""
    if not can_anywhere(by, SIGN_OFFICER):
        raise NotPermitted("您沒有釋出單位登錄的權限。")
    if unit.pk in bodies_of(by, taipei_day(at)):
        raise Refused(RECUSED)
    if not reason.strip():
        raise Refused("請填寫釋出的理由。", field="reason")
    unit = locking(Organisation.objects).get(pk=unit.pk)
    if not unverified_units().filter(pk=unit.pk).exists():
        raise Refused("這個單位已送件、已核定或已釋出，不能釋出。")
    number, contacts = unit.unified_number, list(holders(PREPARE, unit))
    unit.unified_number, unit.is_active = "", False
    unit.unified_number_override = f"{number} 已釋出：{reason.strip()}"[:200]
    unit.save(update_fields=["unified_number", "is_active", "unified_number_override"])
    for membership in unit.memberships.filter(ends_before=None):
        membership.ends_before = max(membership.starts_on, taipei_day(at))
        membership.save(update_fields=["ends_before"])
    for contact in contacts:
        for held in RoleGroup.objects.filter(organisation=unit, group__user=contact):
            revoke_role(user=contact, role_code=held.role, organisation=unit, by=by, at=at)
        _tell(contact, unit, number, reason.strip(), at=at)
        end_sign_in(contact, reason=f"單位登錄釋出（{number}）", by=by, at=at)
    record_access(
        AccessLog.Action.OVERRIDE, at=at, user=by, subject=f"釋出統一編號 {number} {unit.name}", reason=reason
    )


def _tell(contact: User, unit: Organisation, number: str, reason: str, *, at: datetime) -> None:
    mailer.mail(
        user=contact,
        code=CODE,
        subject="單位登錄已釋出",
        body=(
            f"{contact.name} 您好：\n\n「{unit.name}」（統一編號 {number}）的登錄未經查證，已由分署釋出。\n"
            f"理由：{reason}\n\n如有疑問，請檢附單位證明文件洽詢所在地的分署。"
        ),
        key=f"{CODE}:{unit.pk}:{contact.pk}",
        at=at,
    )
