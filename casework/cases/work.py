"""Whose desk a case lies on: claim 認領, release 釋出, reassign 改分."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import can
from accounts.roles import Side, right
from casework.cases.casetypes import casetype
from casework.cases.events import record
from casework.cases.moving import lock
from casework.cases.recusal import keep_away, why_recused
from casework.errors import NotPermitted, Refused
from casework.models import Case


def may_work(user: User, case: Case) -> bool:
    """Whether the case may lie on the user's desk: by a right of the kind, and not by a grant on this case alone."""
    return any(right(code).side is Side.OFFICE and can(user, code, case) for code in casetype(case.kind).view_rights)


def _assign(case: Case, to: User | None, code: str, label: str, *, by: User, at: datetime) -> None:
    before = case.assignee.name if case.assignee else "未分案"
    case.assignee = to
    changes = [{"label": "承辦人", "before": before, "after": to.name if to else "未分案"}]
    record(case, code, label, by=by, at=at, changes=changes, internal=True)


@transaction.atomic
def claim(case: Case, *, by: User, at: datetime, version: int | None = None) -> None:
    case = lock(case, version=version)
    if not may_work(by, case):
        raise NotPermitted("您沒有承辦這件案件的權限。")
    keep_away(by, case)
    if case.assignee_id == by.pk:
        return
    if case.assignee_id:
        raise Refused(f"案件已由{case.assignee}認領。")
    _assign(case, by, "claimed", "認領案件", by=by, at=at)


@transaction.atomic
def release(case: Case, *, by: User, at: datetime, version: int | None = None) -> None:
    case = lock(case, version=version)
    if case.assignee_id != by.pk:
        raise Refused("這件案件不在您手上。")
    _assign(case, None, "released", "釋出案件", by=by, at=at)


@transaction.atomic
def reassign(case: Case, *, to: User, by: User, at: datetime, version: int | None = None) -> None:
    case = lock(case, version=version)
    if not may_work(by, case):
        raise NotPermitted("您沒有承辦這件案件的權限。")
    keep_away(by, case)
    if not may_work(to, case):
        raise Refused(f"{to}沒有承辦這件案件的權限。", field="to")
    if why_recused(to, case):
        raise Refused(f"{to}是本案當事人（或屬申請單位），應予迴避，請改分給其他同仁。", field="to")
    if case.assignee_id != to.pk:
        _assign(case, to, "reassigned", "改分案件", by=by, at=at)
