"""Short error pages with the request's reference number (參考編號); the log lines of the request carry the same number."""

import sys
from typing import Any

import structlog
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from accounts import clock
from accounts.errors import BUSY, is_busy, out_of_room
from accounts.models import AccessLog
from accounts.services.access import record_access

log = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if not hasattr(request, "user"):  # refused before anybody asked who it is: an unknown host
        request.user = AnonymousUser()
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A refusal is written into the access log."""
    sentence = str(exception) if exception else ""
    try:
        record_access(
            AccessLog.Action.REFUSED,
            at=clock.now(),
            user=getattr(request, "user", None),
            subject="沒有權限的頁面",
            reason=sentence,
            request=request,
        )
    except DatabaseError as error:
        log.warning("refusal_not_recorded", error=type(error).__name__)
    return render(request, "403.html", {"reason_sentence": sentence}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page stood open too long, or somebody signed in or out in another tab."""
    log.info("csrf_refused", reason=reason)
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def not_a_page(request: HttpRequest) -> HttpResponse:
    """An address that only takes what a form sends was opened as a page: by a reload or from the browser's history."""
    return render(request, "405.html", status=405)


#: What allauth's limiter does not say: its longest window for one name.
ATTEMPTS_SECONDS = 900


def too_many(
    request: HttpRequest, exception: Exception | None = None, *, seconds: int = ATTEMPTS_SECONDS
) -> HttpResponse:
    """Too often in too short a time: the page says after how many minutes to come back."""
    response = render(request, "429.html", {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or the session, which may be what failed."""
    error = sys.exception()
    full = out_of_room(error)
    if isinstance(error, OperationalError | InterfaceError) and not full:  # the database is away: it comes back
        busy = BUSY if is_busy(error) else ""  # or it is there, and somebody else at the same thing
        page: str = render_to_string("503.html", {"request_id": getattr(request, "request_id", ""), "busy": busy})
        return HttpResponse(page, status=503, headers={"Retry-After": "60"})
    context: dict[str, Any] = {"request_id": getattr(request, "request_id", ""), "full": full}
    try:
        page = render_to_string("500.html", context)
    except (TemplateDoesNotExist, OSError):
        page = f"系統發生錯誤，請稍後再試。參考編號：{context['request_id']}"
    return HttpResponse(page, status=507 if full else 500)
