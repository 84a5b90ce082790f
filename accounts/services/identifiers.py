"""Showing a full national ID (OA-20): to whom, why and when is written down before it is shown."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from accounts.catalogue import REVEAL
from accounts.errors import NotPermitted, Refused
from accounts.models import AccessLog, User
from accounts.rights import can_anywhere
from accounts.services.access import record_access

SHORTEST_REASON = 4


def require_reason(reason: str) -> str:
    """The reason as it is written down. Raises Refused at the field."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(f"請填寫檢視理由（至少 {SHORTEST_REASON} 個字），例：核對領據。", field="reason")
    return reason.strip()


@transaction.atomic
def reveal_national_id(
    *, user: User, reader: User, reason: str, at: datetime, request: HttpRequest | None = None
) -> str:
    """The full number of `user`. The reader holds REVEAL somewhere; whether the person is theirs to see is the page's check."""
    if reader.pk != user.pk and not can_anywhere(reader, REVEAL):
        raise NotPermitted("您沒有檢視完整身分證字號的權限。")
    reason = require_reason(reason)
    if not user.national_id:
        raise Refused("這個人沒有登錄身分證字號。")
    record_access(
        AccessLog.Action.REVEAL, at=at, user=reader, subject=user.account_name, reason=reason, request=request
    )
    return user.national_id
