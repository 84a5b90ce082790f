"""The institution: its accreditation with days left, the board of its classes; applying; the public front and list."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.clock import now, today
from accounts.models import Organisation
from accounts.rights import organisations_with
from accounts.roles import Side
from casework.cases.access import case_on_side, with_people
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.views import acts, words
from casework.views.acting import acting, into_form, once_here
from ohs_training.forms.applying import ApplicationForm, PaperForm, StartForm
from ohs_training.forms.office import ListForm
from ohs_training.models import Accreditation
from ohs_training.permissions import FILE_ACCREDITATION, FILE_CLASS, VIEW_ALL, VIEW_OFFICE, VIEW_OWN
from ohs_training.selectors.boards import board, classes_visible, institutions_by_county
from ohs_training.selectors.institutions import (
    application_of,
    application_outcomes,
    barred_until,
    institutions_listed,
    reapply_outcome,
)
from ohs_training.services import applying
from ohs_training.states import ACCREDITATION_KIND, ORDER_KIND
from ohs_training.views.county_map import county_map
from ohs_training.views.places import act_here

PER_PAGE = 50


def units_of(request: HttpRequest, right: str) -> list[Organisation]:
    return list(organisations_with(request.user, right).order_by("name", "pk"))


def chosen(request: HttpRequest, right: str) -> Organisation:
    """The institution asked for among the person's own. Raises Http404 where there is none."""
    asked = request.POST.get("unit") or request.GET.get("unit")
    for unit in units_of(request, right):
        if asked is None or str(unit.pk) == asked:
            return unit
    raise Http404


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The scheme's front page; people of an institution go to theirs, offices to their board."""
    if request.user.is_authenticated:
        if units_of(request, VIEW_OWN):
            return _unit_home(request)
        if (
            organisations_with(request.user, VIEW_ALL).exists()
            or organisations_with(request.user, VIEW_OFFICE).exists()
        ):
            return redirect("admin:ohs_board")
    law = law_in_force()
    kinds = law.at("ohs.applicant_kinds", today()).value
    papers = law.at("ohs.papers", today()).value
    context = {
        "kinds": [
            {"label": row["label"], "papers": [papers[code] for code in row["papers"]]} for row in kinds.values()
        ],
        "sections": law.at("ohs.plan_sections", today()).value.values(),
        "filing_days": law.at("ohs.filing_days", today()).value,
        "count": Accreditation.objects.filter(state="in_force", announced_on__isnull=False).count(),
    }
    return render(request, "ohs_training/front.html", context)


def _unit_home(request: HttpRequest) -> HttpResponse:
    unit, day, law = chosen(request, VIEW_OWN), today(), law_in_force()
    rows = Accreditation.objects.filter(organisation=unit).select_related("case").order_by("-starts_on")
    accreditations = []
    for one in rows:
        outcome = reapply_outcome(one, on=day, law=law)
        accreditations.append(
            {
                "one": one,
                "holds": one.holds(day),
                "days_left": (one.ends_on - day).days,
                "total": (one.ends_before - one.starts_on).days,
                "reapply_by": outcome.result["reapply_by"],
                "reminders": outcome.result["reminders"],
                "late": str(day) > outcome.result["reapply_by"],
                "line": outcome.lines[-2] if len(outcome.lines) > 1 else outcome.lines[0],
            }
        )
    cases = with_people(Case.objects.filter(organisation=unit, kind__in=(ACCREDITATION_KIND, ORDER_KIND))).order_by(
        "-changed_at"
    )[:10]
    context = {
        "unit": unit,
        "units": units_of(request, VIEW_OWN),
        "accreditations": accreditations,
        "barred": barred_until(unit, on=day),
        "stages": board(classes_visible(request.user).filter(case__organisation=unit), on=day),
        "cases": [words.row(case, day) for case in cases],
        "may_apply": organisations_with(request.user, FILE_ACCREDITATION).filter(pk=unit.pk).exists(),
        "may_plan": organisations_with(request.user, FILE_CLASS).filter(pk=unit.pk).exists(),
    }
    return render(request, "ohs_training/unit_home.html", context)


@login_not_required
@require_safe
def institutions(request: HttpRequest) -> HttpResponse:
    """認可訓練機構名單 (五第1項): state and dates, for everybody."""
    form = ListForm(request.GET)
    asked = form.asked()
    rows = institutions_listed(asked)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    labels = law_in_force().at("ohs.training_kinds", today()).value
    listed = [
        {
            "one": one,
            "trainings": "、".join(labels.get(code, code) for code in one.trainings),
            "tone": "good" if one.holds(today()) else "calm" if one.state in ("expired", "in_force") else "bad",
            "days_left": (one.ends_on - today()).days if one.holds(today()) else None,
        }
        for one in page
    ]
    context = {
        "form": form,
        "page": page,
        "rows": listed,
        "query": urlencode(asked) + "&" if asked else "",
        "map": county_map(institutions_by_county(), request.path, asked),
    }
    return render(request, "ohs_training/institutions.html", context)


@acting
def apply(request: HttpRequest) -> HttpResponse:
    """申請認可: the kind of applicant opens the draft."""
    unit = chosen(request, FILE_ACCREDITATION)
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = now()
        answer: dict[str, Any] = {}

        def do() -> dict[str, Any]:
            return {
                "number": applying.start(unit=unit, kind=form.cleaned_data["kind"], by=request.user, at=at).case.number
            }

        with into_form(request, form) as tried:
            answer, _ = once_here(request, form, "ohs_training.apply", at=at, do=do)
        if tried.ok:
            return redirect("ohs_training:accreditation", answer["number"])
    law = law_in_force()
    kinds = law.at("ohs.applicant_kinds", today())
    papers = law.at("ohs.papers", today()).value
    context = {
        "form": form,
        "unit": unit,
        "title": "申請認可",
        "kinds": [
            {"label": row["label"], "papers": [papers[code] for code in row["papers"]]} for row in kinds.value.values()
        ],
    }
    return render(request, "ohs_training/apply.html", context, status=422 if form.errors else 200)


@acting
def accreditation(request: HttpRequest, number: str) -> HttpResponse:
    """The application: particulars, the seven parts, the papers, and what is still missing."""
    case, rights = case_on_side(request.user, number, Side.APPLICANT)
    if case.kind != ACCREDITATION_KIND or not rights.has(FILE_ACCREDITATION):
        raise Case.DoesNotExist(number)
    if case.state not in applying.EDITABLE:
        return redirect("casework:case", number)
    application = application_of(case)
    application.case = case
    form = ApplicationForm(request.POST if "particulars" in request.POST else None, case=case, application=application)
    if form.is_bound and form.is_valid():
        with into_form(request, form) as tried:
            given = {"data": form.particulars, "sections": form.sections}
            act_here(request, form, case, "save_application", version=form.posted_version, **given)
        if tried.ok:
            messages.success(request, "已儲存。")
            return redirect("ohs_training:accreditation", number)
    papers = _papers(request, case, application)
    if isinstance(papers, HttpResponse):
        return papers
    outcomes = application_outcomes(application, on=today(), law=law_in_force())
    context = {
        "case": case,
        "application": application,
        "form": form,
        "papers": papers,
        "findings": [words.finding(one) for one in outcomes],
        "buttons": acts.buttons(case, rights, Side.APPLICANT),
        "until": barred_until(case.organisation, on=today()) if case.organisation else None,
    }
    bad = form.errors or any(one["form"].errors for one in papers)
    return render(request, "ohs_training/accreditation.html", context, status=422 if bad else 200)


def _papers(request: HttpRequest, case: Case, application: Any) -> Any:
    """A form per paper of 附表一; the one posted is kept."""
    labels = law_in_force().at("ohs.papers", today()).value
    there = {one.field: one for one in case.attachments.filter(removed_at=None).select_related("uploaded_by")}
    rows = []
    for code in applying.papers_needed(application, on=today()):
        posted = request.POST.get("paper") == code
        form = PaperForm(
            request.POST if posted else None,
            request.FILES if posted else None,
            case=case,
            code=code,
            label=labels[code],
        )
        if posted and form.is_valid():
            with into_form(request, form) as tried:
                given = {"upload": form.cleaned_data["file"], "attested": form.cleaned_data["attested"]}
                act_here(request, form, case, "add_paper", paper=code, **given)
            if tried.ok:
                messages.success(request, f"已上傳「{labels[code]}」。")
                return redirect("ohs_training:accreditation", case.number)
        rows.append({"code": code, "label": labels[code], "form": form, "present": there.get(code)})
    return rows
