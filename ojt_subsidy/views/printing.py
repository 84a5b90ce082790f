"""Papers as things stand, for the trainee, the unit and the branch."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.clock import today
from accounts.middleware.idle import no_idle_sign_out
from accounts.rights import can
from casework.services.law import law_in_force
from casework.views.acting import acting
from ojt_subsidy import documents
from ojt_subsidy.models import Course, Enrolment
from ojt_subsidy.permissions import VIEW_OFFICE, VIEW_UNIT
from ojt_subsidy.views.pages import pdf
from ojt_subsidy.views.trainee import own

OF_CLASS = ("roster", "sign_in_sheet", "closing_cover", "subsidy_list")


@no_idle_sign_out
@require_safe
@acting
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    row = own(request, pk)
    return pdf(documents.printed("enrolment_receipt", documents.receipt(row)), f"報名收件證明_{row.receipt}")


@no_idle_sign_out
@require_safe
@acting
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """補助費撥款通知, once there is an amount."""
    row = own(request, pk)
    line = getattr(row, "payment", None)
    if line is None or not line.amount:
        raise Http404
    return pdf(
        documents.printed("payment_notice", documents.payment_notice(line, today=today())), f"撥款通知_{row.receipt}"
    )


@no_idle_sign_out
@require_safe
@acting
def statement(request: HttpRequest) -> HttpResponse:
    context = documents.balance_statement(request.user, today=today(), law=law_in_force())
    return pdf(documents.printed("balance_statement", context), "補助額度使用明細")


@require_safe
@acting
def of_class(request: HttpRequest, code: str, paper: str) -> HttpResponse:
    """Papers of a class, for its unit and its branch."""
    rows = Course.objects.select_related("case__organisation", "case__office", "county")
    course = get_object_or_404(rows, code=code)
    if paper not in OF_CLASS or not (
        can(request.user, VIEW_UNIT, course.case) or can(request.user, VIEW_OFFICE, course.case)
    ):
        raise Http404
    if paper == "roster":
        context = documents.roster(course)
    elif paper == "sign_in_sheet":
        context = documents.sign_in_sheet(course)
    else:
        closing = getattr(course, "closing", None)
        if closing is None:
            raise Http404
        make = documents.closing_cover if paper == "closing_cover" else documents.subsidy_list
        context = make(closing, today=today())
    return pdf(documents.printed(paper, context), f"{documents.PAPERS[paper]}_{code}")


@require_safe
@acting
def certificate(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """結訓證書, for the unit that issues it and the trainee who holds it."""
    rows = Enrolment.objects.select_related(
        "course__case__organisation", "course__case__office", "course__county", "person"
    )
    row = get_object_or_404(rows, pk=pk, course__code=code, state="completed")
    if row.person_id != request.user.pk and not can(request.user, VIEW_UNIT, row.course.case):
        raise Http404
    context = documents.certificate(row, today=today())
    return pdf(documents.printed("completion_certificate", context), f"結訓證書_{row.receipt}")
