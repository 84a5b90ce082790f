"""The access log of sign-in and sign-out, whichever way it happened."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from accounts import clock
from accounts.idle import BEGAN
from accounts.models import AccessLog, User
from accounts.providers import provider
from accounts.second_factor import second_factor_refused
from accounts.services.access import record_access


def connect() -> None:
    user_logged_in.connect(signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(signed_out, dispatch_uid="accounts.signed_out")
    authentication_failed.connect(code_refused, dispatch_uid="accounts.code_refused")


def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session[BEGAN] = int(clock.now().timestamp())
    record_access(AccessLog.Action.SIGN_IN, at=clock.now(), user=user, subject=_ways(request, user), request=request)


def code_refused(sender: Any, user: User, **kwargs: Any) -> None:
    second_factor_refused(user, "驗證碼")


_WORDS = {"totp": "驗證碼", "recovery_codes": "備用碼", "webauthn": "通行金鑰", "demo": "展示登入"}


def _ways(request: HttpRequest, user: User) -> str:
    names = []
    for record in get_authentication_records(request, user):
        way = provider(record["method"])
        names.append(way.label if way else _WORDS.get(record.get("type", record["method"]), record["method"]))
    return "、".join(names)


def signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record_access(
            AccessLog.Action.SIGN_OUT,
            at=clock.now(),
            user=user,
            reason=getattr(request, "sign_out_reason", ""),
            request=request,
        )
