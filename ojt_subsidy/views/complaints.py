"""陳情 by the trainee (SUB-16)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.idle import no_idle_sign_out
from casework.views.acting import acting
from ojt_subsidy.acts import COMPLAINT
from ojt_subsidy.forms.trainee import ComplaintForm
from ojt_subsidy.models import Complaint, Course
from ojt_subsidy.services import complaining
from ojt_subsidy.views.pages import page, pressed


@no_idle_sign_out
@acting
def complain(request: HttpRequest) -> HttpResponse:
    course = Course.objects.filter(code=request.GET.get("course", "")).first()
    initial = {"course": course.pk, "county": course.county_id} if course else {}
    form = ComplaintForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.answers

        def do(at: Any) -> dict[str, Any]:
            return {"number": complaining.file_complaint(person=request.user, at=at, **given).case.number}

        answer = pressed(request, form, "complain", do)
        if answer is not None:
            messages.success(request, "陳情已送出，分署查明後會答覆您。")
            return redirect("casework:case", answer["number"])
    return page(request, "complain", {"form": form}, status=422 if form.errors else 200)


@no_idle_sign_out
@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    known = Complaint.objects.filter(person=request.user).select_related("case__office", "course").order_by("-pk")
    rows = [{"complaint": one, "state": COMPLAINT.state(one.case.state)} for one in known]
    return page(request, "complaints", {"rows": rows})
