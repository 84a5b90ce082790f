"""The trainee: enrol, my filings, a place taken or given up, the survey."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.clock import now, today
from accounts.idle import no_idle_sign_out
from casework.law.in_force import law_in_force
from casework.views.acting import acting
from kernel.outcome import Outcome
from ojt_subsidy.forms.trainee import AcceptPlaceForm, EnrolForm, SurveyForm
from ojt_subsidy.models import Course, Enrolment
from ojt_subsidy.rules import payment
from ojt_subsidy.selectors.lines import conditions_of, latest_checks, missed_before, missed_hours, so_far
from ojt_subsidy.selectors.money import cap_of, overpaid, trainee_of
from ojt_subsidy.services import enrolling, running
from ojt_subsidy.states import ENROLMENT, PAYMENT, RECRUITING
from ojt_subsidy.views.pages import page, pressed


@never_cache
@no_idle_sign_out
@require_POST
@acting
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """報名. A double press shows the first receipt again; a moment early says the server's time."""
    form = EnrolForm(request.POST)
    form.is_valid()
    try:
        answer, first = enrolling.enrol(
            code=code, person=request.user, key=form.posted_key, at=now(), drawn_for=form.cleaned_data.get("person")
        )
    except Course.DoesNotExist as error:
        raise Http404 from error
    if not first:
        messages.info(request, "這次報名已收件，以下是原來的收件結果。")
    return redirect("ojt_subsidy:enrolled", answer["enrolment"])


@no_idle_sign_out
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """我的報名: filed, running and past, with what comes next."""
    rows = (
        Enrolment.objects.filter(person=request.user)
        .select_related("course__case", "payment")
        .order_by("-filed_at")[:100]
    )
    listed = [
        {
            "row": row,
            "state": ENROLMENT.state(row.state),
            "payment": PAYMENT.state(row.payment.state) if hasattr(row, "payment") else None,
        }
        for row in rows
    ]
    return page(request, "mine", {"rows": listed, "ready": trainee_of(request.user) is not None})


def own(request: HttpRequest, pk: int) -> Enrolment:
    rows = Enrolment.objects.select_related(
        "course__case__office", "course__case__organisation", "course__county", "person", "payment"
    )
    return get_object_or_404(rows, pk=pk, person=request.user)


@no_idle_sign_out
@require_safe
@acting
def enrolled(request: HttpRequest, pk: int) -> HttpResponse:
    """One filing: receipt, place, hours, survey, payment."""
    row = own(request, pk)
    law, on = law_in_force(), today()
    line = getattr(row, "payment", None)
    check = latest_checks([row.pk]).get(row.pk)
    standing = cap_of(request.user.pk).standing
    in_class = row.state in ("attending", "completed")
    missed = missed_hours([row.pk]).get(row.pk, Decimal(0))
    conditions = conditions_of(row, missed, on=on, law=law) if in_class else None
    lines = () if conditions is None else so_far(conditions) if row.state == "attending" else conditions.lines
    context = {
        "row": row,
        "state": ENROLMENT.state(row.state),
        "steps": list(row.steps.order_by("at", "pk")),
        "conditions": lines,
        "amount": max(0, standing.get(row.pk, 0)),
        "overpaid": overpaid(line, standing) if line else 0,
        "line": line,
        "line_state": PAYMENT.state(line.state) if line else None,
        "outcomes": [x for one in line.outcomes for x in Outcome.from_json(one).lines] if line else (),
        "check": check,
        "early": on < row.course.starts_on,
        "unproven": (line is None or line.state in ("pending", "missing")) and row.person.national_id_proven_at is None,
        "check_lines": Outcome.from_json(check.outcome).lines if check else (),
        "may_survey": in_class and not hasattr(row, "survey"),
        "may_withdraw": row.state in ("filed", "waiting", "asked")
        or (row.state == "admitted" and on < row.course.starts_on),
        "to_accept": row.state == "asked" and not row.accepted_at and row.course.case.state in RECRUITING,
    }
    return page(request, "enrolled", context)


@no_idle_sign_out
@acting
def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """確認參訓; a stand-in sees what has been missed before saying yes (SUB-11)."""
    row = own(request, pk)
    form = AcceptPlaceForm(request.POST or None)
    missed = missed_before(row.course, now())
    outcome = None
    if missed:
        facts = payment.ConditionFacts(row.course.hours, missed * 0, True, True, min(missed, row.course.hours))
        outcome = payment.conditions(facts, on=today(), law=law_in_force())
    if request.method == "POST" and form.is_valid():
        done = pressed(
            request,
            form,
            "accept",
            lambda at: enrolling.accept(row, aware=form.cleaned_data["aware"], by=request.user, at=at),
        )
        if done is not None:
            messages.success(request, "已確認參訓，請向訓練單位繳費及繳交資料。")
            return redirect("ojt_subsidy:enrolled", pk)
    context = {
        "row": row,
        "form": form,
        "missed": missed,
        "lines": outcome.lines if outcome else (),
        "over": bool(outcome and not outcome.met),
    }
    return page(request, "stand_in", context, status=422 if form.errors else 200)


@no_idle_sign_out
@require_POST
@acting
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    enrolling.withdraw(own(request, pk), by=request.user, at=now())
    messages.success(request, "已取消報名。")
    return redirect("ojt_subsidy:enrolled", pk)


@no_idle_sign_out
@acting
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    row = own(request, pk)
    form = SurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        comment = form.cleaned_data["comment"]
        done = pressed(
            request,
            form,
            "survey",
            lambda at: running.fill_survey(row, answers=form.scores, comment=comment, by=request.user, at=at),
        )
        if done is not None:
            messages.success(request, "謝謝您填寫意見調查表。")
            return redirect("ojt_subsidy:enrolled", pk)
    return page(request, "survey", {"row": row, "form": form}, status=422 if form.errors else 200)
