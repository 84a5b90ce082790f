"""Deny by default: every view needs sign-in unless it is marked `login_not_required`."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.second_factor import needs_second_factor
from accounts.sign_in_page import go, to_sign_in


class SignedIn(LoginRequiredMiddleware):
    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
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
