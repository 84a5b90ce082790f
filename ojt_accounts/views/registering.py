"""單位登錄: the first contact of a unit that nobody has registered yet. Public."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clock import now, today
from accounts.services.access import client_address
from casework.services.wordings import wording
from casework.views.acting import acting, into_form
from ojt_accounts.forms.preparing import RegisterForm
from ojt_accounts.services.registering import register_unit
from ojt_accounts.wordings import PURPOSE

#: Presses from one address in an hour: enough for a training room, not for trying names.
PER_HOUR = 20


def _too_often(request: HttpRequest) -> bool:
    key = f"ojt.register:{client_address(request)}:{now():%Y%m%d%H}"
    cache.add(key, 0, timeout=7200)
    try:
        return bool(cache.incr(key) > PER_HOUR)
    except ValueError:  # the entry went between the two calls
        return False


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@acting
def register(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether or not the address belongs to somebody already."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST":
        if _too_often(request):
            return render(request, "429.html", status=429)
        if form.is_valid():
            given = form.cleaned_data
            with into_form(request, form) as tried:
                register_unit(
                    unit_name=given["unit_name"],
                    unified_number=given["unified_number"],
                    name=given["name"],
                    email=given["email"],
                    phone=given["phone"],
                    account=given["account_name"],
                    at=now(),
                )
            if tried.ok:
                return redirect("ojt_accounts:registered")
    purpose = wording(PURPOSE, on=today())
    context = {"form": form, "purpose": purpose}
    return render(request, "ojt_accounts/register.html", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    return render(request, "ojt_accounts/registered.html")
