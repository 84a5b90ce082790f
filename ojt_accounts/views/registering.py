"""單位登錄: the first contact of a unit that nobody has registered yet. Public."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clock import now, today
from accounts.limits import REGISTER, limited
from casework.papers.wordings import wording
from casework.views.acting import acting, into_form
from ojt_accounts.forms.preparing import RegisterForm
from ojt_accounts.services.registering import register_unit
from ojt_accounts.wordings import PURPOSE


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@acting
@limited(REGISTER)
def register(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether or not the address belongs to somebody already."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
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
