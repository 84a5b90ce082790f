"""The body that handles the scheme's cases 承辦單位, and who tells whom."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Organisation, User
from accounts.rights import holders
from casework.errors import Refused
from casework.models import Case
from casework.services.notices import notify
from vrs_credentials.permissions import VIEW_OWN, check_right

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


def applicants(case: Case) -> Iterable[User]:
    if case.person is not None:
        return [case.person]
    return holders(VIEW_OWN, case.organisation) if case.organisation else []


def tell_applicant(case: Case, code: str, subject: str, body: str, *, at: datetime) -> None:
    notify(
        users=applicants(case),
        code=f"vrs_credentials.{code}",
        subject=f"{subject}：{case.number}",
        body=f"案由：{case.title}（{case.number}）\n\n{body}",
        key=f"{code}:{case.number}:{case.events_count}",
        case=case,
        link=f"/cases/{case.number}/",
        at=at,
    )


def tell_office(case: Case, code: str, subject: str, body: str, *, right: str = "", at: datetime) -> None:
    notify(
        users=holders(right or check_right(thing_of(case)), case.office),
        code=f"vrs_credentials.{code}",
        subject=f"{subject}：{case.number}",
        body=body,
        key=f"{code}:{case.number}:{case.events_count}",
        case=case,
        link=f"/admin/case/{case.number}/",
        at=at,
        mail=False,
    )
