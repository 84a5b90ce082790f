"""通行金鑰 (passkey, WebAuthn): a second factor kept by a telephone, computer or key. The ceremony is allauth's and fido2's."""

from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.wording import Spoken
from accounts.second_factor import second_factor_refused

#: What a browser sends may be anything; whatever the libraries think of it, the person hears one sentence.
_NOT_READ = (ValidationError, ValueError, TypeError, KeyError, AttributeError)
_REFUSED = "通行金鑰驗證不成功，請再試一次，或改用其他方式。"


def _name() -> forms.CharField:
    return forms.CharField(
        label="名稱", max_length=60, help_text="方便您分辨是哪一支手機、電腦或金鑰。例：辦公室電腦", required=False
    )


class _Judged(Spoken):
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _NOT_READ as error:
            second_factor_refused(self.user, "通行金鑰")  # type: ignore[attr-defined]
            raise ValidationError(_REFUSED) from error


class PasskeyForm(_Judged, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Judged, webauthn.ReauthenticateWebAuthnForm):
    pass


class NewPasskeyForm(Spoken, webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name()

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except _NOT_READ as error:
            raise ValidationError("這支通行金鑰沒有登錄成功，請再試一次。") from error


class PasskeyNameForm(Spoken, webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name()
        self.fields["name"].required = True
