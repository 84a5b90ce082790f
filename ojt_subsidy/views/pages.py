"""What the pages share: drawing, a press that counts once, files to take along."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from accounts.clock import now
from casework.forms import ActForm
from casework.views.acting import into_form, once_here


def page(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, f"ojt_subsidy/{template}.html", context, status=status)


def office_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    """A page of the browser admin."""
    given = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"ojt_subsidy/office/{template}.html", given, status=status)


def pressed(request: HttpRequest, form: ActForm, act: str, do: Callable[[datetime], object]) -> dict[str, Any] | None:
    """Run an act under the form's key; None where it was refused (its errors are in the form).

    What the act answers is kept with the key where it is a dict: a second press reads it again.
    """
    at, answer = now(), None

    def first() -> dict[str, Any]:
        result = do(at)
        return result if isinstance(result, dict) else {}

    with into_form(request, form) as tried:
        answer, _ = once_here(request, form, f"ojt_subsidy.{act}", at=at, do=first)
    return answer if tried.ok else None


def download(content: bytes, name: str, media_type: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def pdf(content: bytes, name: str) -> HttpResponse:
    return download(content, f"{name}.pdf", "application/pdf", inline=True)


def spelled(query: Mapping[str, Any], *leave: str) -> str:
    """The question again, for links."""
    return urlencode([(k, v) for k, v in query.items() if v and k not in ("page", *leave)])
