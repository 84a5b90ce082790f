"""Ways to sign in behind one interface: the password, and the citizen certificate (自然人憑證, OA-12).

A provider says who the visitor is. Everything after that is the same for all: whether this way is open to that person, the
second factor, the session, the access log (`sign_in`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts import clock
from accounts.errors import SignInRefused
from accounts.models import AccessLog, User
from accounts.services.access import record_access
from accounts.services.lockout import person_named
from accounts.services.openings import password_is_open
from kernel.registry import Registry


class Provider(ABC):
    code: ClassVar[str]
    label: ClassVar[str]
    #: What the sign-in page shows for this way; empty where the page itself has the form (the password).
    template: ClassVar[str] = ""

    def offered(self) -> bool:
        """Whether the sign-in page offers this way at all."""
        return True

    def begin(self, request: HttpRequest) -> Mapping[str, Any]:
        """What `template` needs: a challenge to sign, an address to go to."""
        return {}

    @abstractmethod
    def complete(self, request: HttpRequest, answer: Mapping[str, str]) -> User:
        """Who answered. Raises SignInRefused with a sentence."""

    def open_to(self, user: User) -> str:
        """Empty when the person may come this way, else the sentence that says why not."""
        return ""


class PasswordProvider(Provider):
    code = "password"
    label = "帳號密碼"

    def complete(self, request: HttpRequest, answer: Mapping[str, str]) -> User:
        adapter = get_adapter()
        typed = answer["login"].strip()
        named = person_named(typed)
        name = named.account_name if named else typed
        try:
            user = adapter.authenticate(request, username=name, password=answer["password"])
        except ValidationError as error:
            raise SignInRefused(error.messages[0]) from error
        if user is None:
            raise SignInRefused(str(adapter.error_messages["username_password_mismatch"]))
        return user

    def open_to(self, user: User) -> str:
        if password_is_open(user, on=clock.today()):
            return ""
        return "此帳號未開放以密碼登入，請使用自然人憑證。有特殊情形者，請洽所屬機關的帳號管理人員申請開放。"


WAYS: Registry[Provider] = Registry("way to sign in")


def provider(code: str) -> Provider | None:
    return WAYS.get(code)


def offered() -> list[Provider]:
    return [one for one in WAYS if one.offered()]


def identify(way: Provider, request: HttpRequest, answer: Mapping[str, str]) -> User:
    """Who answered, if this way is open to them and they are not closed. Raises SignInRefused; every refusal is logged."""
    user = way.complete(request, answer)
    why = way.open_to(user)
    if not user.is_active:
        why = "此帳號已停用。如有疑問，請洽所屬單位聯絡人或承辦機關。"
    if why:
        record_access(
            AccessLog.Action.SIGN_IN_REFUSED, at=clock.now(), user=user, subject=way.label, reason=why, request=request
        )
        raise SignInRefused(why)
    return user


def sign_in(way: Provider, request: HttpRequest, user: User, *, go_to: str | None = None) -> HttpResponse:
    """Open the session of a person identified by a way other than the form of the sign-in page."""
    record_authentication(request, user, method=way.code)
    return perform_login(request, Login(user=user, redirect_url=go_to))
