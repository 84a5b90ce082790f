"""The page on which an application is put together, and its papers: uploaded, removed, printed."""

import copy
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import resolve, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.limits import DOWNLOAD, limited
from accounts.roles import Side
from casework.cases.access import case_on_side
from casework.cases.casetypes import casetype
from casework.cases.doing import perform, why_not
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.papers import rendering as printing
from casework.views import words
from casework.views.acting import acting, into_form
from vrs_credentials import documents
from vrs_credentials.forms import applying as forms
from vrs_credentials.models import ExtensionApplication, HoursApplication, OwnEducation, Renewal
from vrs_credentials.selectors import casepage, outcomes, papers
from vrs_credentials.services import uploading
from vrs_credentials.states import EDITABLE
from vrs_credentials.views.common import page


def editing(
    request: HttpRequest,
    case: Case,
    *,
    title: str,
    extra: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page on which an application is put together: what it says, its papers, what is missing, the way on."""
    on, law, editable = today(), law_in_force(), case.state in EDITABLE
    found = [words.finding(one) for one in outcomes.findings(case, on=on, law=law)]
    refused_key, refused = getattr(request, "refused_paper", ("", None))
    act = "supply" if case.state == "supplement" else "file"
    why = why_not(casetype(case.kind).table.act(act), case, request.user, now()) if editable else ""
    context = {
        "case": case, "row": words.row(case, on), "facts": casepage.facts(case, on=on, law=law), "tables": casepage.tables(case),
        "slots": papers.slots_of(case, on=on, law=law),
        "editable": editable, "findings": found, "act": act, "thing": case.kind.partition(".")[2],
        "why": why, "envelope": forms.UploadForm(case=case, auto_id=False),
        "edit_form": None, "form_action": request.path, "edit_title": "", "edit_button": "儲存", "declare": "", "records": None,
        "refused_key": refused_key, "refused": refused, "sheet": "print", "back": reverse("casework:case", args=[case.number]), **(extra or {}),
    }  # fmt: skip
    return page(
        request, "application", context, title=title, crumbs=[("我的申請", reverse("casework:mine"))], status=status
    )


def _any_case(request: HttpRequest, number: str) -> Case:
    case, _ = case_on_side(request.user, number, Side.APPLICANT)
    if not case.kind.startswith("vrs_credentials."):
        raise Case.DoesNotExist(number)
    return case


def _page_of(case: Case) -> str:
    return casetype(case.kind).applicant_url(case)


@require_POST
@acting
def upload(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """A paper of one field; several files are merged."""
    case = _any_case(request, number)
    subject = request.POST.get("subject", "")
    slot = next(
        (
            one
            for one in papers.slots_of(case, on=today(), law=law_in_force())
            if one.code == code and one.subject == subject
        ),
        None,
    )
    if slot is None:
        raise Http404
    form = forms.UploadForm(request.POST, case=case, label=slot.label, auto_id=f"{slot.key}_%s")
    form.is_valid()
    files = request.FILES.getlist("files")
    with into_form(request, form) as tried:
        uploading.add_paper(
            case, code=code, label=slot.label, uploads=files, by=request.user, at=now(), field=slot.field, subject=subject,
            by_hand=bool(form.cleaned_data.get("by_hand")), version=form.posted_version,
        )  # fmt: skip
    if tried.ok:
        messages.success(request, f"已上傳「{slot.label}」。")
        return redirect(f"{_page_of(case)}#papers")
    if tried.refused is not None and tried.refused.field != "files":
        raise tried.refused
    return _page_with(request, case, slot.key, form)


def _page_with(request: HttpRequest, case: Case, key: str, form: forms.UploadForm) -> HttpResponse:
    """The page the file was sent from, drawn anew, with what is wrong at the field it was sent to."""
    address = _page_of(case)
    found = resolve(address)
    asked = copy.copy(request)
    asked.method, asked.path, asked.path_info, asked.POST = "GET", address, address, QueryDict()
    asked.refused_paper = (key, form)  # type: ignore[attr-defined]  # read by `editing`
    response: HttpResponse = found.func(asked, *found.args, **found.kwargs)
    if response.status_code == 200:
        response.status_code = 422
    return response


@require_POST
@acting
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    case = _any_case(request, number)
    one = get_object_or_404(case.attachments.filter(removed_at=None), pk=pk)
    perform(case, "remove_paper", by=request.user, at=now(), attachment=one)
    messages.success(request, f"已移除「{one.label}」。")
    return redirect(f"{_page_of(case)}#papers")


@require_GET
@acting
@limited(DOWNLOAD)
def print_case(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """The application's own form, or its pledge with the person's data, as a working copy."""
    case = _any_case(request, number)
    thing, on, law = case.kind.partition(".")[2], today(), law_in_force()
    if what == "pledge" and thing != "course":
        return _pdf(
            printing.render("vrs.pledge", documents.pledge_context(thing, on=on, case=case)), f"{number}_切結書.pdf"
        )
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "qualification": lambda: _qualification_sheet(case),
        "hours": lambda: documents.hours_context(HoursApplication.objects.get(case=case), on=on, law=law),
        "education": lambda: documents.education_context(OwnEducation.objects.get(case=case), on=on, law=law),
        "course": lambda: documents.course_context(case.vrs_course, on=on, law=law),
        "extension": lambda: documents.extension_context(ExtensionApplication.objects.get(case=case), on=on, law=law),
        "renewal": lambda: _renewal_sheet(case, on, law),
    }
    if what != "form":
        raise Http404
    return _pdf(printing.render("vrs.sheet", makers[thing]()), f"{number}_申請表.pdf")


def _qualification_sheet(case: Case) -> dict[str, Any]:
    one, on, law = papers.qualification_of(case), today(), law_in_force()
    return documents.qualification_context(one, papers.checklist(one, on=on, law=law), law)


def _renewal_sheet(case: Case, on: Any, law: Any) -> dict[str, Any]:
    one = Renewal.objects.select_related("certificate").get(case=case)
    asked = outcomes.renewal_outcomes(one.certificate, applied_on=one.applied_on or on, on=on, law=law)
    return documents.renewal_context(one, asked, law)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response
