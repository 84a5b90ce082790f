"""Deny by default: every view needs sign-in unless it is marked `login_not_required`."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.second_factor import needs_second_factor


def page_of(request: HttpRequest) -> str:
    """The page the visitor was on: where to return after signing in. A post returns to the page its form stood on."""
    if request.method in ("GET", "HEAD") and not _is_part(request):
        return request.get_full_path()
    here = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(here, allowed_hosts={request.get_host()}):
        parts = urlsplit(here)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return "/"


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect the whole page, also when only a part of it was asked for by htmx."""
    if _is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    page = page_of(request)
    address = resolve_url(settings.LOGIN_URL)
    return go(request, address if page == "/" else f"{address}?{urlencode({'next': page})}")


class SignedIn(LoginRequiredMiddleware):
    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:
        return to_sign_in(request)


#: What a person may do before their password is changed or their second factor is set up.
_BEFORE_PASSWORD = {"account_change_password", "account_logout", "portal:keepalive", "portal:idle_out"}
_BEFORE_FACTOR = _BEFORE_PASSWORD | {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "account_reauthenticate",
}


class FirstThingsFirst:
    """首次登入須變更密碼; 機關人員須設定兩步驟驗證: nothing else opens before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or not getattr(view_func, "login_required", True):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if user.must_change_password:
            if name not in _BEFORE_PASSWORD:
                messages.warning(request, "這是您第一次登入，請先變更密碼，才能使用其他功能。")
                return go(request, reverse("account_change_password"))
        elif name not in _BEFORE_FACTOR and needs_second_factor(request):
            messages.warning(request, "機關人員須先設定兩步驟驗證，才能使用其他功能。")
            return go(request, reverse("mfa_activate_totp"))
        return None
