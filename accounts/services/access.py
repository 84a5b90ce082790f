"""The access log: one function writes it."""

from datetime import datetime
from typing import Any

from accounts.models import AccessLog


def record_access(
    action: AccessLog.Action,
    *,
    at: datetime,
    user: Any = None,
    subject: Any = "",
    reason: str = "",
    attempted: str = "",
    request: Any = None,
) -> AccessLog:
    """Append one line. `request` gives address and path; identifiers never go into `subject` or `reason`."""
    return AccessLog.objects.create(
        action=action,
        at=at,
        user=user if user is not None and user.is_authenticated else None,
        attempted=attempted[:150],
        subject=str(subject)[:200],
        reason=reason[:500],
        address=request.META.get("REMOTE_ADDR") if request else None,
        path=request.path[:300] if request else "",
    )
