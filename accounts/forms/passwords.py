from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from accounts.forms.wording import Spoken
from accounts.models import User

MISMATCH = "兩次輸入的新密碼不同，請再輸入一次。"


def password_field(label: str, *, new: bool, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=128,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "current-password"}),
        error_messages={"required": f"請輸入{label}。"},
    )


class NewPasswordForm(Spoken, forms.Form):
    """設定密碼: every rule that is broken is named at the field."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password1"] = password_field(
            "新密碼", new=True, help_text="".join(password_validators_help_texts())
        )
        self.fields["password2"] = password_field("再輸入一次新密碼", new=True)

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", MISMATCH)
        return data


class ChangePasswordForm(NewPasswordForm):
    """變更密碼. The present password is judged by the view, with the guard against guessing."""

    field_order = ("oldpassword", "password1", "password2")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["oldpassword"] = password_field("目前密碼", new=False)
        self.order_fields(self.field_order)

    def refuse_old(self, error: ValidationError | str) -> None:
        self.add_error("oldpassword", error)


class ForgottenPasswordForm(Spoken, forms.Form):
    login = forms.CharField(
        label="電子郵件或帳號",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "請輸入您登記的電子郵件或帳號。"},
    )
