from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.passwords import password_field
from accounts.forms.wording import Spoken

AGREE, REFUSE = "agree", "refuse"


class AnswerForm(Spoken, forms.Form):
    """同意或不同意變更電子郵件: which button was pressed."""

    answer = forms.ChoiceField(
        choices=[(AGREE, "同意變更"), (REFUSE, "不同意")],
        widget=forms.HiddenInput,
        error_messages={
            "required": "請按「同意變更」或「不同意」。",
            "invalid_choice": "請按「同意變更」或「不同意」。",
        },
    )


class SignedInAnswerForm(AnswerForm):
    """Signed in: agreeing asks for the password once more, judged by the view with the guard against guessing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(
            "目前密碼", new=False, help_text="按「同意變更」時須再輸入一次；「不同意」不必。"
        )
        self.fields["password"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == AGREE and not data.get("password"):
            self.add_error("password", "請輸入目前密碼。")
        return data

    def refuse_password(self, error: ValidationError | str) -> None:
        self.add_error("password", error)
