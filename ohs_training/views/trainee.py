"""The trainee's own records: certificates, attendance, confirming hours (附表七附註)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.clock import now, today
from accounts.identity import contested
from accounts.models import AccessLog
from accounts.services.access import record_access
from casework.law.in_force import law_in_force
from casework.papers.documents import bytes_of
from casework.views.acting import acting, into_form
from kernel.saying import plain
from ohs_training.forms.running import ConfirmForm
from ohs_training.models import Confirmation
from ohs_training.rules import issue
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.people import certificates_of, trainees_of
from ohs_training.services.reporting import confirm_hours
from ohs_training.views.places import pressed

STARTED = ("running", "ended", "examined", "issued", "reported", "closed")


def own_lines(request: HttpRequest):  # type: ignore[no-untyped-def]
    rows = trainees_of(request.user).filter(training_class__case__state__in=STARTED)
    return rows.select_related(
        "training_class__case__office", "training_class__accreditation__organisation", "training_class__county"
    ).order_by("-training_class__starts_on")


@require_safe
@acting
def my_records(request: HttpRequest) -> HttpResponse:
    day, law, at = today(), law_in_force(), now()
    rows = []
    answers = {one.trainee_id: one for one in Confirmation.objects.filter(trainee__in=own_lines(request))}
    for one in own_lines(request)[:20]:
        chain = class_chain(one.training_class, on=day, law=law, at=at, only=one.pk)
        line = chain.lines[0]
        confirm_by, may_confirm = None, False
        if not one.training_class.professional and one.training_class.case.state != "running":
            outcome = issue.confirmation(
                issue.ConfirmationFacts(one.training_class.ends_on), on=max(day, one.training_class.ends_on), law=law
            )
            confirm_by = outcome.result["confirm_by"]
            may_confirm = outcome.result["open"] and one.pk not in answers
        absent = sum((c.absent for c in line.chain.courses), start=0) if line.chain else 0
        rows.append(
            {
                "one": one,
                "training_class": one.training_class,
                "hours": plain(line.chain.due_hours) if line.chain else "",
                "absent": f"{float(absent):.3g}" if absent else "0",
                "marks": [plain(s.mark) for s in line.sittings],
                "red": line.red if line.chain and line.chain.over else (),
                "confirm_by": confirm_by,
                "may_confirm": may_confirm,
                "answer": answers.get(one.pk),
            }
        )
    context = {
        "rows": rows,
        "certificates": certificates_of(request.user),
        "person": request.user,
        "contested": contested().filter(pk=request.user.pk).exists(),
    }
    return render(request, "ohs_training/my_records.html", context)


@acting
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(own_lines(request), pk=pk)
    if one.training_class.professional:
        raise Http404
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            pressed(request, form, "confirm", lambda at: confirm_hours(one, by=request.user, at=at, **form.answers))
        if tried.ok:
            messages.success(request, "已送出確認結果。")
            return redirect("ohs_training:my_records")
    courses: dict[tuple[str, str], float] = {}
    exempt = set(one.exemptions.values_list("course", flat=True))
    for row in one.training_class.rows.all():
        if row.course not in exempt:
            key = (row.course, row.get_category_display() if row.category else "")
            courses[key] = courses.get(key, 0) + float(row.hours)
    outcome = issue.confirmation(
        issue.ConfirmationFacts(one.training_class.ends_on),
        on=max(today(), one.training_class.ends_on),
        law=law_in_force(),
    )
    context = {
        "one": one,
        "training_class": one.training_class,
        "form": form,
        "courses": [{"course": c, "category": k, "hours": plain(h)} for (c, k), h in courses.items()],
        "total": f"{plain(sum(courses.values()))}",
        "confirm_by": outcome.result["confirm_by"],
    }
    return render(request, "ohs_training/confirm.html", context, status=422 if form.errors else 200)


@require_safe
@acting
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own certificate, byte for byte as it was issued."""
    row = get_object_or_404(certificates_of(request.user), pk=pk)
    record_access(AccessLog.Action.DOWNLOAD, at=now(), user=request.user, subject=f"證書 {row.number}", request=request)
    response = HttpResponse(bytes_of(row.document), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{row.number}.pdf") or "inline"
    response["Cache-Control"] = "private, no-store"
    return response
