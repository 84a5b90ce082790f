"""The access log: one function writes it."""

import re
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import AccessLog
from kernel.identifiers import looks_like_person_id

_ACCOUNT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{2,29}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def client_address(request: HttpRequest) -> str | None:
    """The visitor's address: behind a proxy the one the trusted proxy saw (ALLAUTH_TRUSTED_PROXY_COUNT)."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:  # no address at all: a request made by hand
        return None


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
        attempted=loggable_name(attempted),
        subject=str(subject)[:200],
        reason=reason[:500],
        address=client_address(request) if request else None,
        path=request.path[:300] if request else "",
    )


def loggable_name(typed: str) -> str:
    """What was typed as a name, where it can be one: people type their ID or password into that field by mistake."""
    typed = typed.strip()
    if not typed:
        return ""
    shaped = _ACCOUNT_NAME.fullmatch(typed) or (len(typed) <= 150 and _EMAIL.fullmatch(typed))
    return typed if shaped and not looks_like_person_id(typed) else "（不是帳號的格式）"
