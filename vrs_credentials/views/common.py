"""What the pages of the scheme share."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Organisation
from accounts.rights import organisations_with
from accounts.roles import Side
from casework.cases.access import case_on_side
from casework.cases.drafts import draft
from casework.forms import ActForm
from casework.models import Case
from casework.views.acting import once_here
from kernel.dates import roc
from vrs_credentials.models import Certificate, Professional

Crumbs = list[tuple[str, str]]


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    title: str,
    crumbs: Crumbs | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page of the scheme: `crumbs` are (label, address) between the scheme's home and this page."""
    shown = {"title": title, "crumbs": [{"label": label, "url": url} for label, url in crumbs or []], **context}
    return render(request, f"vrs_credentials/{template}.html", shown, status=status)


def form_page(
    request: HttpRequest, form: Any, *, title: str, button: str = "儲存", intro: str = "", crumbs: Crumbs | None = None,
    files: bool = False, draft_key: str = "", **context: Any,
) -> HttpResponse:  # fmt: skip
    """A page that is one form; with errors it comes back as 422."""
    given = {"form": form, "button": button, "intro": intro, "files": files, "draft_key": draft_key, **context}
    return page(
        request, "form", given, title=title, crumbs=crumbs, status=422 if form.is_bound and form.errors else 200
    )


def typed_before(request: HttpRequest, key: str) -> dict[str, Any]:
    """What the person typed into this form and has not saved."""
    found = draft(user=request.user, key=key) if request.method != "POST" else None
    return dict(found.data) if found else {}


def own_case(request: HttpRequest, number: str, kind: str) -> Case:
    """A case of the kind on the applicant's side. Raises Case.DoesNotExist, which `acting` answers as 404."""
    case, _ = case_on_side(request.user, number, Side.APPLICANT)
    if case.kind != f"vrs_credentials.{kind}":
        raise Case.DoesNotExist(number)
    return case


def professional_of(request: HttpRequest) -> Professional | None:
    return Professional.objects.filter(user=request.user).first()


def own_certificate(request: HttpRequest, pk: int) -> Certificate:
    try:
        return Certificate.objects.select_related("holder", "case").get(pk=pk, holder=request.user)
    except Certificate.DoesNotExist as error:
        raise Http404 from error


def institution_of(request: HttpRequest, right: str) -> Organisation:
    """The institution the person works for. Raises Http404 for anybody else."""
    found = organisations_with(request.user, right).filter(kind=Organisation.Kind.INSTITUTION).order_by("pk").first()
    if found is None:
        raise Http404
    return found


def pressed_once(
    request: HttpRequest, form: ActForm, act: str, at: datetime, do: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """The first press does it; a second gets the first one's answer."""
    answer, _ = once_here(request, form, act, at=at, do=do)
    return answer


def span(one: Certificate) -> str:
    return f"{roc(one.starts_on)} 至 {roc(one.valid_until)}"
