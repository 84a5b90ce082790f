from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from accounts import clock
from accounts.forms import ChangePasswordForm, ForgottenPasswordForm, NewPasswordForm
from accounts.services import passwords
from accounts.services.lockout import person_named

sensitive = method_decorator(sensitive_post_parameters("oldpassword", "password1", "password2"), name="dispatch")
fresh = method_decorator(never_cache, name="dispatch")
public = method_decorator(login_not_required, name="dispatch")


@public
@sensitive
@fresh
class SetPasswordView(FormView):
    """設定密碼 by the mailed link. Opening the page uses nothing up (mail scanners open links); sending the form does."""

    template_name = "account/password_reset_from_key.html"
    form_class = NewPasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, token: str = "", **kwargs: Any) -> HttpResponseBase:
        if not ratelimit.consume(request, action="reset_password_from_key"):
            return ratelimit.respond_429(request)
        try:
            self.link = passwords.usable_link(token, at=clock.now())
            return super().dispatch(request, *args, token=token, **kwargs)
        except passwords.LinkClosed as closed:
            context = {"token_fail": True, "reason_sentence": closed.message}
            return render(request, self.template_name, context, status=410)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.link.user}

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        user = passwords.set_password_by_link(
            token=self.kwargs["token"], password=form.cleaned_data["password1"], at=clock.now(), request=self.request
        )
        get_adapter().forget_attempts(self.request, user)
        return redirect("account_reset_password_from_key_done")


@fresh
@public
class PasswordIsSetView(TemplateView):
    template_name = "account/password_reset_from_key_done.html"


@public
@fresh
class ForgottenPasswordView(FormView):
    """忘記密碼: the answer is the same whether or not the person exists."""

    template_name = "account/password_reset.html"
    form_class = ForgottenPasswordForm

    def form_valid(self, form: ForgottenPasswordForm) -> HttpResponse:
        typed = form.cleaned_data["login"]
        if not ratelimit.consume(self.request, action="reset_password", key=typed.strip().casefold()):
            return ratelimit.respond_429(self.request)
        user = person_named(typed)
        if user is not None and user.is_active:
            passwords.request_reset(user=user, at=clock.now())
        return redirect("account_reset_password_done")


@public
@fresh
class ForgottenPasswordDoneView(TemplateView):
    template_name = "account/password_reset_done.html"


@sensitive
@fresh
class ChangePasswordView(FormView):
    """變更密碼, also forced at the first sign-in. Guessing the present password counts like a failed sign-in."""

    template_name = "account/password_change.html"
    form_class = ChangePasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            messages.info(request, "您的帳號尚未設定密碼，請由「忘記密碼」取得設定密碼的連結。")
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        try:
            known = get_adapter().reauthenticate(self.request.user, form.cleaned_data["oldpassword"])
        except ValidationError as error:
            form.refuse_old(error)
            return self.form_invalid(form)
        if not known:
            form.refuse_old("目前密碼不正確，請再輸入一次。")
            return self.form_invalid(form)
        user = self.request.user
        assert user.is_authenticated  # the page is behind the sign-in
        passwords.set_password(user=user, password=form.cleaned_data["password1"], at=clock.now(), request=self.request)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, "密碼已變更，其他裝置上的登入已全部登出。")
        return redirect("portal:me")


set_password = SetPasswordView.as_view()
password_is_set = PasswordIsSetView.as_view()
forgotten_password = ForgottenPasswordView.as_view()
forgotten_password_done = ForgottenPasswordDoneView.as_view()
change_password = ChangePasswordView.as_view()
