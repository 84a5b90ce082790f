"""法規說明: what the portal decides by, for everybody."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.clock import today
from casework.law.amendments import coming, lately
from casework.law.in_force import law_in_force
from casework.schemes import schemes
from casework.schemes.rulepages import SchemePage, all_pages, scheme_page, shown_version

LONGEST = 60


def _render(request: HttpRequest, pages: Sequence[SchemePage], asked: str, prefix: str = "") -> HttpResponse:
    law, day = law_in_force(), today()
    changed = {
        label: [
            {"figure": one.figure, "value": one.value, "shown": shown_version(one.figure, one.value).value}
            for one in rows
            if one.figure.code.startswith(prefix)
        ]
        for label, rows in (("即將生效", coming(law, day)), ("新近施行", lately(law, day)))
    }
    found = any(one.rules or one.others or one.contradictions for one in pages)
    context = {
        "pages": pages, "asked": asked, "changed": {} if asked else changed, "found": found, "today": day,
        "trail": [{"label": "法規說明", "url": reverse("casework:rules")}],
    }  # fmt: skip
    return render(request, "casework/rules.html", context)


@login_not_required
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every scheme; with a search, what says it."""
    asked = request.GET.get("q", "").strip()[:LONGEST]
    return _render(request, all_pages(law_in_force(), today(), asked), asked)


@login_not_required
@require_GET
def rules_of(request: HttpRequest, scheme: str) -> HttpResponse:
    """One scheme in full."""
    one = next((one for one in schemes() if one.slug == scheme), None)
    if one is None:
        raise Http404
    return _render(request, [scheme_page(one, law_in_force(), today())], "", f"{one.prefix}.")
