"""說明頁: the source's questions in our own words, linked from where they arise (SUB-22). Public."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.idle import no_idle_sign_out
from accounts.offices import BRANCHES
from ojt_subsidy.views.pages import page
from ojt_subsidy.wordings import HELP


@login_not_required
@no_idle_sign_out
@require_safe
def help_list(request: HttpRequest) -> HttpResponse:
    return page(request, "help", {"topics": HELP, "topic": None, "branches": BRANCHES})


@login_not_required
@no_idle_sign_out
@require_safe
def help_topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = next((one for one in HELP if one.slug == slug), None)
    if found is None:
        raise Http404
    return page(
        request,
        "help",
        {"topics": HELP, "topic": found, "branches": BRANCHES if slug in ("complaint", "organise") else ()},
    )
