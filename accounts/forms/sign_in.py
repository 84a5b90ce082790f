from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.models import Login
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError

from accounts.errors import SignInRefused
from accounts.forms.wording import Spoken
from accounts.providers import identify, provider


class LoginForm(Spoken, allauth_forms.LoginForm):
    """帳號或電子郵件, and the password, judged by the password provider."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="帳號或電子郵件",
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
            error_messages={"required": "請輸入帳號或電子郵件。"},
        )
        self.fields["password"].label = "密碼"
        self.fields["password"].help_text = ""
        self.fields["password"].error_messages["required"] = "請輸入密碼。"
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def _clean_with_password(self, credentials: dict[str, Any]) -> dict[str, Any]:
        way = provider("password")
        assert way is not None
        try:
            self.user = identify(way, self.request, self.cleaned_data)
        except SignInRefused as refusal:
            raise ValidationError(refusal.message) from refusal
        self._login = Login(user=self.user)
        return self.cleaned_data


class _Code(Spoken, forms.Form):
    """驗證碼: six digits of the telephone, or one of the recovery codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = "驗證碼"
        code.error_messages["required"] = "請輸入驗證碼。"
        code.widget.attrs.pop("placeholder", None)
        code.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


class CodeForm(_Code, mfa_forms.AuthenticateForm):
    pass


class CodeAgainForm(_Code, mfa_forms.ReauthenticateForm):
    pass


class FirstCodeForm(_Code, ActivateTOTPForm):
    pass


class ReauthenticateForm(Spoken, allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "密碼"
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
