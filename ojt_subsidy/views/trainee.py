"""The trainee: join, personal data, enrol, my filings, balance, evidence, complaints."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.clock import now, today
from accounts.middleware.idle import no_idle_sign_out
from accounts.services.access import client_address
from casework.kernel.outcome import Outcome
from casework.services.drafts import draft, drop_draft
from casework.services.law import law_in_force
from casework.services.wordings import wording
from casework.views.acting import acting, into_form
from ojt_subsidy.forms.public import JoinForm
from ojt_subsidy.forms.trainee import (
    AcceptPlaceForm,
    ComplaintForm,
    EnrolForm,
    IdentityForm,
    PaperForm,
    ProfileForm,
    SupporterForm,
    SurveyForm,
)
from ojt_subsidy.models import Complaint, Course, Enrolment, Evidence
from ojt_subsidy.params import Identity
from ojt_subsidy.rules import payment
from ojt_subsidy.selectors.money import (
    balance_of,
    begun_rows,
    conditions_of,
    missed_before,
    standing_amounts,
    trainee_of,
)
from ojt_subsidy.services import complaining, enrolling, evidence, profile, running, signing_up
from ojt_subsidy.states import COMPLAINT, ENROLMENT, EVIDENCE, PAYMENT
from ojt_subsidy.views.pages import page, pressed
from ojt_subsidy.wordings import PURPOSE

PER_HOUR = 30


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@acting
def join(request: HttpRequest) -> HttpResponse:
    """加入會員. The answer is the same whether or not the address belongs to somebody already."""
    form = JoinForm(request.POST or None)
    if request.method == "POST":
        key = f"ojt_subsidy.join:{client_address(request)}:{now():%Y%m%d%H}"
        cache.add(key, 0, timeout=7200)
        try:
            often = cache.incr(key) > PER_HOUR
        except ValueError:  # the entry went between the two calls
            often = False
        if often:
            return render(request, "429.html", status=429)
        if form.is_valid():
            given = form.cleaned_data
            with into_form(request, form) as tried:
                signing_up.sign_up(name=given["name"], email=given["email"], account=given["account"], at=now())
            if tried.ok:
                return redirect("ojt_subsidy:joined")
    context = {"form": form, "purpose": wording(PURPOSE, on=today())}
    return page(request, "join", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
def joined(request: HttpRequest) -> HttpResponse:
    return page(request, "joined", {})


DRAFT = "ojt_subsidy.profile"


@never_cache
@acting
def personal(request: HttpRequest) -> HttpResponse:
    """個人報名資料: left for 30 minutes it signs out, with a warning; what was typed is kept as a draft (SUB-17)."""
    user, trainee = request.user, trainee_of(request.user)
    form = ProfileForm(request.POST or None, user=user, trainee=trainee)
    kept = draft(user=user, key=DRAFT) if request.method != "POST" else None
    if kept and (trainee is None or kept.saved_at > trainee.saved_at):
        known = {name: value for name, value in kept.data.items() if name in form.fields and value}
        form.initial |= known
    else:
        kept = None
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> None:
            profile.save_profile(person=user, data=form.answers, at=at)
            drop_draft(user=user, key=DRAFT)

        if pressed(request, form, "profile", do) is not None:
            messages.success(request, "個人報名資料已儲存。")
            goal = request.POST.get("next", "")
            return redirect(goal if goal.startswith("/courses/") else "ojt_subsidy:profile")
    context = {
        "form": form, "trainee": trainee, "draft_key": DRAFT, "kept": kept, "next": request.GET.get("next", ""),
        "purpose": wording(PURPOSE, on=today()),
    }  # fmt: skip
    return page(request, "profile", context, status=422 if form.errors else 200)


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
    check = row.insurance_checks.order_by("-at", "-pk").first()
    in_class = row.state in ("attending", "completed")
    context = {
        "row": row,
        "state": ENROLMENT.state(row.state),
        "steps": list(row.steps.order_by("at", "pk")),
        "conditions": conditions_of(row, on=on, law=law).lines if in_class else (),
        "amount": standing_amounts(request.user.pk).get(row.pk, 0),
        "line": line,
        "line_state": PAYMENT.state(line.state) if line else None,
        "outcomes": [x for one in line.outcomes for x in Outcome.from_json(one).lines] if line else (),
        "check": check,
        "check_lines": Outcome.from_json(check.outcome).lines if check else (),
        "may_survey": in_class and not hasattr(row, "survey"),
        "may_withdraw": row.state in ("filed", "waiting", "asked")
        or (row.state == "admitted" and on < row.course.starts_on),
        "to_accept": row.state == "asked" and not row.accepted_at,
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
        done = pressed(request, form, "accept", lambda at: _nothing(
            enrolling.accept(row, aware=form.cleaned_data["aware"], by=request.user, at=at)
        ))  # fmt: skip
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


def _nothing(result: Any) -> None:
    return None


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
        done = pressed(request, form, "survey", lambda at: _nothing(
            running.fill_survey(row, answers=form.scores, comment=comment, by=request.user, at=at)
        ))  # fmt: skip
        if done is not None:
            messages.success(request, "謝謝您填寫意見調查表。")
            return redirect("ojt_subsidy:enrolled", pk)
    return page(request, "survey", {"row": row, "form": form}, status=422 if form.errors else 200)


@no_idle_sign_out
@acting
def insurance_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """No match with the bureau: the statement as of the first day of class (SUB-06)."""
    row = own(request, pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> dict[str, Any]:
            one = evidence.start_insurance(enrolment=row, by=request.user, at=at)
            evidence.add_paper(one.case, upload=form.cleaned_data["file"], by=request.user, at=at)
            if one.case.state in ("draft", "returned"):
                evidence.file_evidence(one.case, by=request.user, at=at)
            return {"number": one.case.number}

        answer = pressed(request, form, "insurance", do)
        if answer is not None:
            messages.success(request, "投保明細已送出，審核結果會另行通知。")
            return redirect("casework:case", answer["number"])
    return page(request, "insurance_upload", {"row": row, "form": form}, status=422 if form.errors else 200)


@no_idle_sign_out
@require_safe
def balance(request: HttpRequest) -> HttpResponse:
    """補助額度: window, used, reserved, left, and what makes them up (SUB-12)."""
    law, on = law_in_force(), today()
    outcome = balance_of(request.user, on=on, law=law)
    standing = standing_amounts(request.user.pk)
    rows = [
        {"row": row, "amount": standing.get(row.pk, 0), "state": ENROLMENT.state(row.state)}
        for row in begun_rows(request.user.pk)
    ]
    result = outcome.result
    cap = law.at("sub.cap", on)
    window = [date.fromisoformat(result[k]) if result[k] else None for k in ("window_starts_on", "window_ends_on")]
    context = {
        "lines": outcome.lines, "result": result, "window": window, "rows": rows, "cap": cap, "taken": result["used"] + result["reserved"],
        "outside": list(request.user.outside_courses.order_by("starts_on")),
    }  # fmt: skip
    return page(request, "balance", context)


@no_idle_sign_out
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """補助款: every line with the figures it rests on."""
    rows = (
        Enrolment.objects.filter(person=request.user, payment__isnull=False)
        .select_related("course", "payment")
        .order_by("-pk")
    )
    listed = [
        {"row": row, "line": row.payment, "state": PAYMENT.state(row.payment.state),
         "lines": [x for one in row.payment.outcomes for x in Outcome.from_json(one).lines]}
        for row in rows
    ]  # fmt: skip
    return page(request, "payments", {"rows": listed})


# --- evidence ------------------------------------------------------------------------------------------------------------


@no_idle_sign_out
@acting
def identity(request: HttpRequest) -> HttpResponse:
    """特定對象身分: until accepted the ordinary rate is shown (SUB-07)."""
    form = IdentityForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def do(at: Any) -> dict[str, Any]:
            one = evidence.start_identity(
                person=request.user, county=given["county"], identity=given["identity"], valid_from=given["valid_from"],
                valid_until=given["valid_until"], at=at,
            )  # fmt: skip
            evidence.add_paper(one.case, upload=given["file"], by=request.user, at=at)
            evidence.file_evidence(one.case, by=request.user, at=at)
            return {"number": one.case.number}

        answer = pressed(request, form, "identity", do)
        if answer is not None:
            messages.success(request, "身分證明已送出，審核結果會另行通知。")
            return redirect("casework:case", answer["number"])
    known = Evidence.objects.filter(person=request.user).select_related("case").order_by("-pk")
    rows = [{"evidence": one, "state": EVIDENCE.state(one.case.state)} for one in known]
    return page(request, "identity", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@no_idle_sign_out
@acting
def single_supporter(request: HttpRequest) -> HttpResponse:
    """獨力負擔家計者資格問答 (SUB-08): first the answer with the papers, then, with them, the filing."""
    form = SupporterForm(request.POST or None, request.FILES or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = evidence.ask_questionnaire(form.questionnaire(), on=today())
        file = form.cleaned_data.get("file")
        if "file_it" in request.POST:
            if not file:
                form.add_error("file", "請上傳證明文件。")
            else:
                answer = pressed(request, form, "single_supporter", lambda at: _file_supporter(request, form, at))
                if answer is not None:
                    messages.success(request, "資格問答與證明文件已送出。")
                    return redirect("casework:case", answer["number"])
    context = {"form": form, "outcome": outcome, "papers": outcome.result["papers"] if outcome else ()}
    return page(request, "single_supporter", context, status=422 if form.errors else 200)


def _file_supporter(request: HttpRequest, form: SupporterForm, at: Any) -> dict[str, Any]:
    one = evidence.start_identity(
        person=request.user, county=form.cleaned_data["county"], identity=Identity.SINGLE_SUPPORTER.value,
        answers=form.questionnaire(), at=at,
    )  # fmt: skip
    evidence.add_paper(one.case, upload=form.cleaned_data["file"], by=request.user, at=at)
    evidence.file_evidence(one.case, by=request.user, at=at)
    return {"number": one.case.number}


@no_idle_sign_out
@acting
def evidence_page(request: HttpRequest, number: str) -> HttpResponse:
    """More papers for evidence that came back."""
    one = get_object_or_404(Evidence.objects.select_related("case"), case__number=number, person=request.user)
    form = PaperForm(request.POST or None, request.FILES or None, case=one.case)
    if request.method == "POST" and form.is_valid():
        done = pressed(request, form, "paper", lambda at: _nothing(
            evidence.add_paper(one.case, upload=form.cleaned_data["file"], by=request.user, at=at)
        ))  # fmt: skip
        if done is not None:
            messages.success(request, "已上傳，補齊後請在案件頁送出。")
            return redirect("casework:case", number)
    return page(
        request, "evidence", {"evidence": one, "case": one.case, "form": form}, status=422 if form.errors else 200
    )


# --- complaints -----------------------------------------------------------------------------------------------------------


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
