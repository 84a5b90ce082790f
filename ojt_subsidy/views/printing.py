"""Papers for the trainee, the unit and the branch: as issued, byte for byte; before that a draft that says so."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.clock import now
from accounts.idle import no_idle_sign_out
from accounts.models import AccessLog
from accounts.rights import can
from accounts.services.access import record_access
from casework.models import Document
from casework.papers import rendering
from casework.papers.documents import bytes_of
from casework.views.acting import acting
from ojt_subsidy.documents import PAPERS, contexts, issued
from ojt_subsidy.models import Course, Enrolment
from ojt_subsidy.permissions import VIEW_OFFICE, VIEW_UNIT
from ojt_subsidy.services import issuing
from ojt_subsidy.states import EDITABLE
from ojt_subsidy.views.pages import pdf
from ojt_subsidy.views.trainee import own


def _given(request: HttpRequest, document: Document) -> HttpResponse:
    subject = f"文件 {document.number}"
    record_access(AccessLog.Action.DOWNLOAD, at=now(), user=request.user, subject=subject, request=request)
    return pdf(bytes_of(document), f"{document.number}_{document.title}")


@no_idle_sign_out
@require_safe
@acting
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    return _given(request, issuing.receipt(own(request, pk), by=request.user, at=now()))


@no_idle_sign_out
@require_safe
@acting
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """補助費撥款通知, once the money has left."""
    line = getattr(own(request, pk), "payment", None)
    if line is None or line.paid_on is None:
        raise Http404
    return _given(request, issuing.payment_notice(line, by=request.user, at=now()))


@no_idle_sign_out
@require_safe
@acting
def statement(request: HttpRequest) -> HttpResponse:
    return _given(request, issuing.balance_statement(request.user, by=request.user, at=now()))


@require_safe
@acting
def of_class(request: HttpRequest, code: str, paper: str) -> HttpResponse:
    """Papers of a class, for its unit and its branch."""
    rows = Course.objects.select_related("case__organisation", "case__office", "county", "closing__case")
    course = get_object_or_404(rows, code=code)
    if not (can(request.user, VIEW_UNIT, course.case) or can(request.user, VIEW_OFFICE, course.case)):
        raise Http404
    closing = getattr(course, "closing", None)
    name = f"{PAPERS.get(paper, '')}_{code}"
    if paper == "sign_in_sheet":
        return pdf(rendering.render(paper, contexts.sign_in_sheet(course)), name)
    if paper in issued.DOSSIER and closing is not None:
        if closing.case.state not in EDITABLE and (document := issued.in_force(paper, case=closing.case)):
            return _given(request, document)
        return pdf(rendering.render(paper, {**issued.of_dossier(closing, paper, now()), "draft": True}), name)
    if paper == "roster":
        return pdf(rendering.render(paper, {**contexts.roster(course), "draft": True}), name)
    raise Http404


@require_safe
@acting
def certificate(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """結訓證書, for the unit that issued it and the trainee who holds it."""
    rows = Enrolment.objects.select_related("course__case")
    row = get_object_or_404(rows, pk=pk, course__code=code, state="completed")
    if row.person_id != request.user.pk and not can(request.user, VIEW_UNIT, row.course.case):
        raise Http404
    document = issued.in_force("completion_certificate", f"enrolment.{row.pk}", case=row.course.case)
    if document is None:
        raise Http404
    return _given(request, document)
