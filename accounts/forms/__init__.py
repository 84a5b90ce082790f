from accounts.forms.addresses import AnswerForm, SignedInAnswerForm
from accounts.forms.passkeys import NewPasskeyForm, PasskeyAgainForm, PasskeyForm, PasskeyNameForm
from accounts.forms.passwords import ChangePasswordForm, ForgottenPasswordForm, NewPasswordForm
from accounts.forms.sign_in import CodeAgainForm, CodeForm, FirstCodeForm, LoginForm, ReauthenticateForm

__all__ = [
    "AnswerForm",
    "ChangePasswordForm",
    "CodeAgainForm",
    "CodeForm",
    "FirstCodeForm",
    "ForgottenPasswordForm",
    "LoginForm",
    "NewPasskeyForm",
    "NewPasswordForm",
    "PasskeyAgainForm",
    "PasskeyForm",
    "PasskeyNameForm",
    "ReauthenticateForm",
    "SignedInAnswerForm",
]
