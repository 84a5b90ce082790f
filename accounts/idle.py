"""閒置登出: how long a page may be left, and what a view says of it. accounts.middleware.idle counts."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest

from accounts import clock

SEEN = "seen_at"
#: When this session began; accounts.signals writes it at sign-in.
BEGAN = "signed_in_at"
#: How long the page last shown may be left: 0 where it signs nobody out.
LIMIT = "idle_limit"
IDLE_REASON = "閒置逾時自動登出"


def idle_seconds(user: Any) -> int:
    return settings.IDLE_SECONDS["staff" if user.is_staff else "applicant"]


def since_seen(request: HttpRequest) -> int:
    """Seconds since the moment that is written down: up to a minute more than since the last request."""
    return int(clock.now().timestamp()) - request.session.get(SEEN, int(clock.now().timestamp()))


def no_idle_sign_out(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page on which somebody without any role is not signed out for being idle (enrolling for a course, SUB-17).

    Whoever holds a role sees other people's data and is signed out here as everywhere.
    """
    view.idle_free = True  # type: ignore[attr-defined]
    return view


def idle_allowance(seconds: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page that may be left longer than others: a tablet in a classroom is without network for an hour (OHS-08)."""

    def marked(view: Callable[..., Any]) -> Callable[..., Any]:
        view.idle_allowance = seconds  # type: ignore[attr-defined]
        return view

    return marked


def keeps_idle_limit(view: Callable[..., Any]) -> Callable[..., Any]:
    """What a page fetches for itself: how long the page may be left stays as the page has it."""
    view.keeps_idle_limit = True  # type: ignore[attr-defined]
    return view


def sign_out_idle(request: HttpRequest) -> None:
    minutes = idle_seconds(request.user) // 60
    request.sign_out_reason = IDLE_REASON  # type: ignore[attr-defined]
    logout(request)
    messages.info(request, f"您已超過 {minutes} 分鐘沒有操作，系統已自動登出。請重新登入，將回到剛才的頁面。")
