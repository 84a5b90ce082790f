"""The way to the sign-in page, and which page to return to afterwards."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def page_of(request: HttpRequest) -> str:
    """The page the visitor was on: where to return after signing in. A post returns to the page its form stood on."""
    if request.method in ("GET", "HEAD") and not _is_part(request):
        return request.get_full_path()
    here = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(here, allowed_hosts={request.get_host()}):
        parts = urlsplit(here)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return "/"


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect the whole page, also when only a part of it was asked for by htmx."""
    if _is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    page = page_of(request)
    address = resolve_url(settings.LOGIN_URL)
    return go(request, address if page == "/" else f"{address}?{urlencode({'next': page})}")
