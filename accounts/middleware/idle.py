"""閒置登出 (accounts.idle): a person who does nothing for a while is signed out, with a warning beforehand (static/js/portal.js);
and whoever has been signed in for SESSION_ABSOLUTE_SECONDS, however busy.

The moment last seen stands in the session and is written at most once a minute. A request the page makes by itself (header
`X-Background`) is not activity. The keep-alive address is an ordinary request.
"""

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from accounts import clock
from accounts.idle import BEGAN, LIMIT, SEEN, idle_seconds, sign_out_idle

WRITE_EVERY = 60
AGE_REASON = "登入時間已達上限"


def limit_of(request: HttpRequest, view_func: Callable[..., Any]) -> int:
    """Seconds this page may be left. Asked of the database only when it is not yet known for the session."""
    seconds = idle_seconds(request.user)
    if getattr(view_func, "keeps_idle_limit", False):
        return request.session.get(LIMIT, seconds)
    if not request.user.is_staff:
        seconds = max(seconds, getattr(view_func, "idle_allowance", 0))
    if not getattr(view_func, "idle_free", False) or request.user.is_staff:
        return seconds
    return 0 if request.session.get(LIMIT) == 0 or not request.user.groups.exists() else seconds


class IdleSignOut:
    """Stands before SignedIn, which then sends the visitor to the sign-in page; a public page is shown all the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not request.user.is_authenticated:
            return
        now = clock.now()
        if (
            int(now.timestamp()) - request.session.setdefault(BEGAN, int(now.timestamp()))
            > settings.SESSION_ABSOLUTE_SECONDS
        ):
            sign_out_aged(request)
            return
        seen = request.session.get(SEEN)
        idle = int(now.timestamp()) - seen if seen is not None else None
        left_at = request.session.get(LIMIT, idle_seconds(request.user))
        if idle is not None and left_at and idle > left_at:
            sign_out_idle(request)
            return
        if request.headers.get("X-Background") is None:
            limit = limit_of(request, view_func)
            request.idle_limit = limit  # type: ignore[attr-defined]
            if limit != left_at:
                request.session[LIMIT] = limit
        if request.headers.get("X-Background") is None and (idle is None or idle >= WRITE_EVERY):
            request.session[SEEN] = int(now.timestamp())
            UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


def sign_out_aged(request: HttpRequest) -> None:
    """However busy: a session somebody else got hold of must end some time."""
    request.sign_out_reason = AGE_REASON  # type: ignore[attr-defined]
    logout(request)
    messages.info(
        request, f"為了保護帳號，登入滿 {settings.SESSION_ABSOLUTE_SECONDS // 3600} 小時須重新登入，將回到剛才的頁面。"
    )
