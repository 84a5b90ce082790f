"""Parts that pages of both sides, or of several registers, have in common."""

from collections.abc import Callable

from django.http import HttpResponse
from django.template.loader import render_to_string

from accounts.http import SignedIn
from casework.forms import ReasonForm
from casework.models import Case
from casework.views import words
from casework.views.acting import into_form
from casework.views.agency import page


def panels(request: SignedIn, found: Case) -> list[dict[str, str]]:
    """What the scheme shows on a case's page, to this person."""
    kind = words.about(found)
    return [
        {"title": one.title, "html": render_to_string(one.template, {"case": found, **one.context}, request)}
        for one in (kind.panels(found, request.user) if kind else ())
    ]


def revealing(request: SignedIn, *, label: str, masked: str, back: str, read: Callable[[str], str]) -> HttpResponse:
    """檢視完整身分證字號: asks why, and shows the number once (OA-20). `read(reason)` writes the log line and returns it."""
    form = ReasonForm(request.POST or None)
    full = ""
    if request.method == "POST" and form.is_valid():
        with into_form(request, form):
            full = read(form.cleaned_data["reason"])
    context = {"label": label, "masked": masked, "full": full, "form": form, "back": back}
    response = page(request, "reveal", context, title="檢視完整身分證字號")
    response["Cache-Control"] = "no-store"
    return response
