from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import demo, providers
from accounts.errors import SignInRefused
from accounts.idle import keeps_idle_limit, sign_out_idle
from accounts.models import User
from accounts.sign_in_page import to_sign_in
from accounts.views.certificate import talks_to_popup

#: The account name typed beside a card that was refused, until the form is shown again; never in an address.
TYPED = "sign_in.typed"


class SignInView(LoginView):
    """登入: the form of the password, the other ways that are offered, and in the demonstration a button per role."""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return talks_to_popup(super().render_to_response(context, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["card_login"] = self.request.session.pop(TYPED, "")
        context["card_first"] = settings.CERTIFICATE_SIGN_IN
        context["demo_groups"] = demo.demo_groups() if settings.DEMO else []
        context["other_ways"] = [
            {"code": way.code, "label": way.label, "template": way.template, "context": way.begin(self.request)}
            for way in providers.offered()
            if way.template
        ]
        return context


sign_in = SignInView.as_view()


@login_not_required
@never_cache
@require_POST
@sensitive_post_parameters()
def complete(request: HttpRequest, code: str) -> HttpResponse:
    """The answer of another way (the certificate's signature) arrives here."""
    way = providers.provider(code)
    if way is None or not way.template or not way.offered():
        raise Http404
    go_to = get_next_redirect_url(request)
    try:
        user = providers.identify(way, request, request.POST)
    except SignInRefused as refusal:
        messages.error(request, refusal.message)
        request.session[TYPED] = request.POST.get("login", "")[:254]
        address = resolve_url("account_login")
        return redirect(f"{address}?{urlencode({'next': go_to})}" if go_to else address)
    return providers.sign_in(way, request, user, go_to=go_to)


@login_not_required
@never_cache
@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demonstration's people. Does not exist elsewhere."""
    role = demo.demo_role(request.POST.get("role", ""))
    if not settings.DEMO or role is None:
        raise Http404
    user = User.objects.filter(account_name=role.account_name, is_active=True).first()
    if user is None:
        messages.error(request, "展示資料裡沒有這個角色，請重新載入展示資料。")
        return redirect("account_login")
    go_to = get_next_redirect_url(request)
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, user, method="demo")
    return perform_login(request, Login(user=user, redirect_url=go_to))


@keeps_idle_limit
@require_POST
def keepalive(request: HttpRequest) -> HttpResponse:
    """繼續使用: an ordinary request, so the idle clock starts anew."""
    return HttpResponse(status=204)


@login_not_required
@never_cache
@require_POST
def idle_out(request: HttpRequest) -> HttpResponse:
    """The page's own clock has run out: sign out now and come back to the page after the next sign-in."""
    if request.user.is_authenticated:
        sign_out_idle(request)
    return to_sign_in(request)
