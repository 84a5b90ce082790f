from accounts.forms.passwords import ChangePasswordForm, ForgottenPasswordForm, NewPasswordForm
from accounts.forms.sign_in import CodeAgainForm, CodeForm, FirstCodeForm, LoginForm, ReauthenticateForm

__all__ = [
    "ChangePasswordForm",
    "CodeAgainForm",
    "CodeForm",
    "FirstCodeForm",
    "ForgottenPasswordForm",
    "LoginForm",
    "NewPasswordForm",
    "ReauthenticateForm",
]
