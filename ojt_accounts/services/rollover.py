"""New-year roll-over 年度轉換: units whose accounts have not been re-granted are told, unit by unit (OA-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import can, holders
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.dates import taipei_day
from ojt_accounts.models import Registration
from ojt_accounts.permissions import MANAGE_INTAKE, PREPARE
from ojt_accounts.selectors import rollover

#: A page's worth.
MOST = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one unit of a bulk notice."""

    unit: str
    ok: bool
    answer: str


def remind_units(*, registrations: Sequence[int], program_year: int, by: User, at: datetime) -> list[Told]:
    """One answer per unit; a unit of another branch is answered as if it were not there. Once a day per unit and year."""
    rows = Registration.objects.select_related("organisation", "branch").in_bulk(list(registrations)[:MOST])
    return [_remind(rows.get(pk), program_year=program_year, by=by, at=at) for pk in list(registrations)[:MOST]]


@transaction.atomic
def _remind(registration: Registration | None, *, program_year: int, by: User, at: datetime) -> Told:
    if registration is None or not can(by, MANAGE_INTAKE, registration.branch):
        return Told("—", False, "找不到這個單位。")
    unit = registration.organisation
    waiting = list(rollover([registration.branch_id], program_year=program_year).filter(registration=registration))
    if not waiting:
        return Told(unit.name, False, f"{program_year} 年度已全部賦予，不必通知。")
    contacts = list(holders(PREPARE, unit))
    if not contacts:
        return Told(unit.name, False, "單位沒有可通知的聯絡人，請以電話或公文聯繫。")
    names = "、".join(f"{account.name}（{account.account_name}）" for account in waiting)
    told = notify(
        users=contacts,
        code="ojt_accounts.rollover",
        subject=f"{program_year} 年度帳號尚未申請賦予",
        body=(
            f"{unit} 在{registration.branch.label}的下列帳號，尚未取得 {program_year} 年度的計畫權限：{names}。\n\n"
            "新年度仍需使用者，請於受理期間申請「賦予」；人員已異動者，請申請「註銷」。"
        ),
        key=f"rollover:{registration.pk}:{program_year}:{taipei_day(at)}",
        link=page("ojt_accounts:home"),
        at=at,
    )
    if not told:
        return Told(unit.name, False, "今天已通知過。")
    return Told(unit.name, True, f"已通知 {len(told)} 位聯絡人，帳號 {len(waiting)} 個。")
