"""列印與文件: what a paper says to whom. The applicant prints what is theirs; the office reads identifiers masked, or whole for a reason."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.catalogue import REVEAL
from accounts.clock import now
from accounts.models import AccessLog
from accounts.rights import holds
from accounts.roles import Side
from accounts.services.access import record_access
from accounts.services.identifiers import require_reason
from casework.cases.access import side_of
from casework.forms import ReasonForm
from casework.models import Case
from casework.papers import rendering
from casework.views.acting import into_form
from casework.views.agency import page


def from_office(request: HttpRequest, case: Case) -> bool:
    """Whether the reader sees the case from the office's side alone."""
    return Side.APPLICANT not in side_of(request.user, case)


def for_reader(
    request: Any, context: Mapping[str, Any], *, title: str, subject: str, office: bool
) -> Mapping[str, Any] | HttpResponse:
    """What the paper may say to this reader (OA-20): all of it to the applicant's side, masked to the office.

    Who holds REVEAL is asked why first (the page that asks is returned): whole once that is written down, masked with `?masked`.
    Whether the case is theirs to see is the view's check.
    """
    hidden = rendering.masked(context)
    if not office or hidden == context:
        return context
    hidden = {**hidden, "masked": True}
    if not holds(request, REVEAL) or "masked" in request.GET:
        return hidden
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            reason = require_reason(form.cleaned_data["reason"])
            record_access(
                AccessLog.Action.REVEAL, at=now(), user=request.user, subject=subject, reason=reason, request=request
            )
        if tried.ok:
            return context
    given = {"form": form, "label": title, "subject": subject, "query": request.GET.urlencode()}
    response = page(request, "print_reason", given, title="列印完整身分證字號", status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response
