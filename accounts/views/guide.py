"""使用說明 /guide/: short pages by role, in the product. Pictures are made by `python -m tests.browser.pictures` from the demonstration."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.guide import guide_pages


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "guide/index.html", {"pages": guide_pages()})


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    pages = guide_pages()
    here = next((n for n, one in enumerate(pages) if one.slug == slug), None)
    if here is None:
        raise Http404
    following = pages[here + 1] if here + 1 < len(pages) else None
    return render(request, pages[here].template, {"page": pages[here], "following": following})


@login_not_required
@require_safe
def english(request: HttpRequest) -> HttpResponse:
    """What a foreign professional needs to know before asking somebody who reads Chinese."""
    return render(request, "guide/english.html")


app_name = "guide"
urlpatterns = [
    path("guide/", index, name="index"),
    path("guide/<slug:slug>/", page, name="page"),
    path("en/", english, name="english"),
]
