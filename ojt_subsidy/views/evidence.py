"""The trainee's evidence: an identity for the full rate, the questionnaire of SUB-08, an insurance statement."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.clock import today
from accounts.idle import no_idle_sign_out
from casework.cases.doing import perform
from casework.views.acting import acting
from ojt_subsidy.acts import EVIDENCE
from ojt_subsidy.forms.trainee import IdentityForm, PaperForm, SupporterForm
from ojt_subsidy.models import Evidence
from ojt_subsidy.params import Identity
from ojt_subsidy.services import evidence
from ojt_subsidy.views.pages import page, pressed
from ojt_subsidy.views.trainee import own


@no_idle_sign_out
@acting
def insurance_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """No match with the bureau: the statement as of the first day of class (SUB-06)."""
    row = own(request, pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> dict[str, Any]:
            one = evidence.start_insurance(enrolment=row, by=request.user, at=at)
            perform(one.case, "add_paper", upload=form.cleaned_data["file"], by=request.user, at=at)
            perform(one.case, "file", by=request.user, at=at)
            return {"number": one.case.number}

        answer = pressed(request, form, "insurance", do)
        if answer is not None:
            messages.success(request, "投保明細已送出，審核結果會另行通知。")
            return redirect("casework:case", answer["number"])
    context = {"row": row, "form": form, "early": today() < row.course.starts_on}
    return page(request, "insurance_upload", context, status=422 if form.errors else 200)


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
            perform(one.case, "add_paper", upload=given["file"], by=request.user, at=at)
            perform(one.case, "file", by=request.user, at=at)
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
    perform(one.case, "add_paper", upload=form.cleaned_data["file"], by=request.user, at=at)
    perform(one.case, "file", by=request.user, at=at)
    return {"number": one.case.number}


@no_idle_sign_out
@acting
def evidence_page(request: HttpRequest, number: str) -> HttpResponse:
    """More papers for evidence that came back."""
    one = get_object_or_404(Evidence.objects.select_related("case"), case__number=number, person=request.user)
    form = PaperForm(request.POST or None, request.FILES or None, case=one.case)
    if request.method == "POST" and form.is_valid():
        done = pressed(
            request,
            form,
            "paper",
            lambda at: perform(one.case, "add_paper", upload=form.cleaned_data["file"], by=request.user, at=at),
        )
        if done is not None:
            messages.success(request, "已上傳，補齊後請在案件頁送出。")
            return redirect("casework:case", number)
    return page(
        request, "evidence", {"evidence": one, "case": one.case, "form": form}, status=422 if form.errors else 200
    )
