"""The body that handles the scheme's cases 承辦單位, and who tells whom."""

from datetime import datetime

from accounts.models import Organisation
from casework.errors import Refused
from casework.models import Case
from casework.notices import telling
from vrs_credentials.permissions import VIEW_OWN, approve_right, check_right

OFFICE_CODE = "VRS-OFFICE"


def office() -> Organisation:
    """The commissioned body. Raises Refused where the site has none yet."""
    found = Organisation.objects.filter(kind=Organisation.Kind.COMMISSIONED, is_active=True).order_by("pk")
    one = found.filter(code=OFFICE_CODE).first() or found.first()
    if one is None:
        raise Refused("本站尚未設定承辦單位，暫時無法受理申請；請洽系統管理者。")
    return one


def thing_of(case: Case) -> str:
    return case.kind.partition(".")[2]


def tell_applicant(case: Case, code: str, subject: str, body: str, *, at: datetime) -> None:
    telling.tell_applicant(case, f"vrs_credentials.{code}", subject, body, right=VIEW_OWN, at=at)


def tell_approvers(case: Case, *, at: datetime, resolved: str = "") -> None:
    """陳報核定: whose turn it is now. `resolved`: what the committee asks for where that is no approval."""
    body = f"「{case.title}」已陳報，{resolved or '請核定。'}"
    tell_office(case, "to_approve", "待核定", body, right=approve_right(thing_of(case)), at=at)


def tell_office(case: Case, code: str, subject: str, body: str, *, right: str = "", at: datetime) -> None:
    right = right or check_right(thing_of(case))
    telling.tell_office(case, f"vrs_credentials.{code}", subject, body, right=right, at=at)
