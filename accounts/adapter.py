"""How allauth meets this portal: who may sign up, what guards a guess, how secrets are kept, what sentences say."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import clock, crypto
from accounts.models import AccessLog, User
from accounts.second_factor import FACTORS
from accounts.services import lockout
from accounts.services.access import record_access

_WORDS = {
    "account/messages/logged_in.txt": "",
    "account/messages/logged_out.txt": "",
    "mfa/messages/totp_activated.txt": "兩步驟驗證已開啟。",
    "mfa/messages/totp_deactivated.txt": "兩步驟驗證已關閉。",
    "mfa/messages/recovery_codes_generated.txt": "已產生新的備用碼，請存放在安全的地方；離開這一頁後不會再顯示。",
    "mfa/messages/webauthn_added.txt": "已新增通行金鑰。",
    "mfa/messages/webauthn_removed.txt": "已移除通行金鑰。",
    "usersessions/messages/sessions_logged_out.txt": "其他裝置已全部登出。",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "此帳號已停用。",
        "enter_current_password": "目前密碼不正確，請再輸入一次。",
        "incorrect_code": "驗證碼不正確，請輸入驗證器目前顯示的數字。",
        "incorrect_password": "密碼不正確。",
        "rate_limited": "嘗試次數太多，請稍候再試。",
        "too_many_login_attempts": "嘗試次數太多，請於 15 分鐘後再試，或使用「忘記密碼」重新設定密碼。",
        "email_password_mismatch": "帳號或密碼不正確。",
        "username_password_mismatch": "帳號或密碼不正確。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts of staff and units come from approved applications. A scheme whose people register themselves opens
        this by SELF_SIGN_UP and brings its own form."""
        return settings.SELF_SIGN_UP

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        typed = credentials.get("username") or credentials.get("email") or ""
        user = lockout.person_named(typed)
        try:
            super().pre_authenticate(request, **credentials)
            lockout.take_attempt(user=user, typed=typed, at=clock.now())
        except ValidationError as error:
            self._log_refusal(request, user, typed, error.messages[0])
            raise
        except lockout.Locked as error:
            self._log_refusal(request, user, typed, error.message)
            raise ValidationError(error.message, code="too_many_login_attempts") from error

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        if user is not None:
            lockout.forgive(user=user)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        typed = credentials.get("username") or credentials.get("email") or ""
        self._log_refusal(request, lockout.person_named(typed), typed, "帳號或密碼不正確")

    def _log_refusal(self, request: HttpRequest, user: User | None, typed: str, reason: str) -> None:
        record_access(
            AccessLog.Action.SIGN_IN_REFUSED,
            at=clock.now(),
            user=user,
            attempted=typed,
            subject="帳號密碼",
            reason=reason,
            request=request,
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # One count per person, whichever of their names is typed and in whatever case.
        typed = credentials.get("username") or credentials.get("email") or ""
        return lockout.key_of(lockout.person_named(typed), typed)

    def forget_attempts(self, request: HttpRequest, user: User) -> None:
        """After a password was set by link: the limiter's count goes with the lock."""
        ratelimit.clear(request, action="login_failed", key=lockout.key_of(user))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """allauth's words in the portal's own; no "signed in as …" above every page."""
        template = kwargs.get("message_template") or (args[0] if args else "")
        if template not in _WORDS:
            super().add_message(request, level, *args, **kwargs)
        elif _WORDS[template]:
            messages.add_message(request, level, _WORDS[template])


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "機關人員必須使用兩步驟驗證。請先新增另一種驗證方式，再移除這一個。",
        "cannot_generate_recovery_codes": "請先開啟驗證器應用程式或新增通行金鑰，才能產生備用碼。",
        "incorrect_code": "驗證碼不正確，請輸入驗證器目前顯示的數字。",
    }
    _column = "mfa_authenticator.data"

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, column=self._column)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, column=self._column)

    def get_totp_label(self, user: Any) -> str:
        return user.account_name

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one: a lost telephone or key is removed once another is there."""
        if not (settings.STAFF_SECOND_FACTOR and authenticator.user.is_staff):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return others.exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return f"通行金鑰 {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}
