"""變更電子郵件: the person's answer, by the mailed link or signed in. Opening a page changes nothing (mail scanners open links)."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts import clock
from accounts.errors import Refused
from accounts.forms import AnswerForm, SignedInAnswerForm
from accounts.forms.addresses import AGREE
from accounts.models import AddressChange
from accounts.services import addresses
from accounts.services.passwords import LinkClosed
from kernel.identifiers import mask_email

CHANGED, REFUSED = "電子郵件已變更，新舊兩個信箱都會收到通知。", "您不同意變更，電子郵件維持原狀。"


class AnswerView(FormView):
    """What is asked, and two buttons."""

    template_name = "account/address.html"
    change: AddressChange

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change = self.change
        given = {"change": change, "person": change.user, "before": mask_email(change.user.email)}
        return {**super().get_context_data(**kwargs), **given}

    def answered(self, form: AnswerForm) -> bool:
        """Whether the answer was taken; the sentence of what stands against it is at the form."""
        try:
            if form.cleaned_data["answer"] == AGREE:
                addresses.confirm_address(self.change, at=clock.now(), request=self.request)
                self.sentence = CHANGED
            else:
                addresses.refuse_address(self.change, at=clock.now(), request=self.request)
                self.sentence = REFUSED
        except Refused as error:
            form.add_error(None, error.message)
            return False
        return True

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@method_decorator(login_not_required, name="dispatch")
@method_decorator(never_cache, name="dispatch")
class LinkView(AnswerView):
    """By the link that went to the address that stands."""

    form_class = AnswerForm

    def dispatch(self, request: HttpRequest, *args: Any, token: str = "", **kwargs: Any) -> HttpResponseBase:
        if not ratelimit.consume(request, action="reset_password_from_key"):
            return ratelimit.respond_429(request)
        try:
            self.change = addresses.change_of_link(token, at=clock.now())
        except LinkClosed as closed:
            return render(request, self.template_name, {"closed": closed.message}, status=410)
        return super().dispatch(request, *args, token=token, **kwargs)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        if not self.answered(form):
            return self.form_invalid(form)
        return render(self.request, self.template_name, {"done": self.sentence})


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
@method_decorator(never_cache, name="dispatch")
class SignedInView(AnswerView):
    """我的資料 → 電子郵件變更. Guessing the password counts like a failed sign-in."""

    form_class = SignedInAnswerForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        assert request.user.is_authenticated  # the page is behind the sign-in
        change = addresses.open_change(request.user, at=clock.now())
        if change is None:
            messages.info(request, "目前沒有待您確認的電子郵件變更。")
            return redirect("portal:me")
        self.change = change
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignedInAnswerForm) -> HttpResponse:
        if form.cleaned_data["answer"] == AGREE and not self._known(form):
            return self.form_invalid(form)
        if not self.answered(form):
            return self.form_invalid(form)
        messages.success(self.request, self.sentence)
        return redirect("portal:me")

    def _known(self, form: SignedInAnswerForm) -> bool:
        try:
            known = get_adapter().reauthenticate(self.request.user, form.cleaned_data["password"])
        except ValidationError as error:
            form.refuse_password(error)
            return False
        if not known:
            form.refuse_password("目前密碼不正確，請再輸入一次。")
        return bool(known)


by_link = LinkView.as_view()
signed_in = SignedInView.as_view()
