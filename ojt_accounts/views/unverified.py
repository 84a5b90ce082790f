"""未經查證的單位登錄: what anybody typed in and nobody filed for; the branch gives such a number back to its true holder."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from accounts.clock import now
from accounts.rights import holders
from casework.forms import ReasonForm
from casework.views.acting import acting, into_form
from ojt_accounts.permissions import PREPARE, SIGN_OFFICER
from ojt_accounts.services.releasing import release_unit, unverified_units
from ojt_accounts.views.office import branches_of, office_page

PER_PAGE = 50


@require_safe
@acting
def unverified(request: HttpRequest) -> HttpResponse:
    """`q`: a unified number, or part of a name."""
    branches_of(request.user, SIGN_OFFICER)
    asked = request.GET.get("q", "").strip()[:60]
    found = unverified_units().prefetch_related("memberships__user")
    if asked:
        found = found.filter(unified_number=asked) if asked.isdecimal() else found.filter(name__holding=asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"unit": one, "contacts": [held.user for held in one.memberships.all()]} for one in page]
    context = {"rows": rows, "page": page, "asked": asked}
    return office_page(request, "unverified", context, title="未經查證的單位登錄")


@acting
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """釋出統一編號, with a reason the contact is told."""
    branches_of(request.user, SIGN_OFFICER)
    unit = get_object_or_404(unverified_units(), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            release_unit(unit, reason=form.cleaned_data["reason"], by=request.user, at=now())
        if tried.ok:
            messages.success(request, f"統一編號 {unit.unified_number} 已釋出，可由真正的單位重新登錄。")
            return redirect("admin:ojt_unverified")
    context = {"unit": unit, "contacts": list(holders(PREPARE, unit)), "form": form}
    return office_page(request, "release", context, title="釋出統一編號", status=422 if form.errors else 200)
