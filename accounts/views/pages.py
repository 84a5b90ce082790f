"""首頁, 網站導覽, statements: pages that belong to no scheme."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import clock, panels


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The public start page, or the start page of whoever is signed in."""
    if not request.user.is_authenticated:
        return render(request, "portal/home.html", {"blocks": panels.shown(panels.LANDING, request)})
    context = {"blocks": panels.shown(panels.DASHBOARD, request), **panels.start_lists(request)}
    return render(request, "portal/home.html", context)


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/sitemap.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/terms.html")


#: How long a finder may rely on what security.txt says.
SECURITY_TXT_HOLDS = timedelta(days=180)


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116). The contact is the operator's: SECURITY_CONTACT."""
    site = settings.SITE_URL.rstrip("/")
    expires = (clock.now() + SECURITY_TXT_HOLDS).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires}",
        "Preferred-Languages: zh-TW, en",
        f"Canonical: {site}/.well-known/security.txt",
        f"Policy: {site}/terms/#report",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
