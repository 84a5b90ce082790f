from accounts.forms.passwords import ChangePasswordForm, ForgottenPasswordForm, NewPasswordForm
from accounts.forms.sign_in import LoginForm, ReauthenticateForm

__all__ = ["ChangePasswordForm", "ForgottenPasswordForm", "LoginForm", "NewPasswordForm", "ReauthenticateForm"]
