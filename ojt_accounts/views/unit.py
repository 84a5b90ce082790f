"""The unit: the scheme's front page, my unit, a new application."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.clock import now, today
from accounts.models import Organisation
from accounts.rights import organisations_with
from casework.law.in_force import law_in_force
from casework.views.acting import acting, into_form, once_here
from kernel.dates import roc_year
from ojt_accounts.acts import APPLICATION
from ojt_accounts.forms.preparing import StartForm
from ojt_accounts.models import Application, Registration
from ojt_accounts.params import REGISTERED_KINDS
from ojt_accounts.permissions import PREPARE, VIEW_OFFICE, VIEW_UNIT
from ojt_accounts.rules.papers import PAPERS, papers_needed
from ojt_accounts.selectors import open_intakes, under_way
from ojt_accounts.services import preparing
from ojt_accounts.views import unit_page

BLANKS = {"unit-form": "訓練機構名稱申請表", "account": "使用者帳號申請／註銷／賦予單", "pledge": "資訊安全保密切結書"}


#: Where an application begins: a new unit with its own form, the others with their people.
FIRST_STEP = {
    Application.Kind.NEW_UNIT: "ojt_accounts:unit",
    Application.Kind.RENEWAL: "ojt_accounts:accounts",
    Application.Kind.CANCELLATION: "ojt_accounts:accounts",
}


def needed() -> list[dict[str, Any]]:
    """The pack's table: forms and papers by kind of application (OA-01), as the rule says it."""
    forms = {
        Application.Kind.NEW_UNIT: ["訓練機構名稱申請表", "帳號申請單（一人一張）", "保密切結書（一人一張）"],
        Application.Kind.RENEWAL: ["機構申請表（有異動才附）", "帳號申請單（一人一張）", "保密切結書（一人一張）"],
        Application.Kind.CANCELLATION: ["帳號註銷單（一人一張）"],
    }
    rows = []
    for kind, filled in forms.items():
        papers = papers_needed(kind.value, REGISTERED_KINDS[0])  # the longest list
        labels = [PAPERS[code] + ("（財團法人、公益社團法人）" if code == "registration" else "") for code in papers]
        rows.append({"kind": kind.label, "forms": filled, "papers": labels})
    return rows


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The scheme's front page, for everybody; people of a unit go on to theirs, the branch to its register."""
    if request.user.is_authenticated:
        if organisations_with(request.user, VIEW_UNIT).exists():
            return redirect("ojt_accounts:unit_home")
        if organisations_with(request.user, VIEW_OFFICE).exists():
            return redirect("admin:ojt_registers")
    context = {"needed": needed(), "intakes": list(open_intakes(on=today())), "blanks": BLANKS, "cap": _cap()}
    return render(request, "ojt_accounts/home.html", context)


def _cap() -> int:
    return int(law_in_force().at("oa.account_cap", today()).value)


def _chosen(request: HttpRequest, right: str) -> tuple[Organisation, list[Organisation]]:
    """The unit asked for among the person's own, and all of them. Raises Http404 where there is none."""
    units = list(organisations_with(request.user, right).filter(kind=Organisation.Kind.UNIT).order_by("name", "pk"))
    asked = request.POST.get("unit") or request.GET.get("unit")
    for unit in units:
        if asked is None or str(unit.pk) == asked:
            return unit, units
    raise Http404


@require_safe
def unit_home(request: HttpRequest) -> HttpResponse:
    """我的單位: people, accounts, rights by year and plan, seats of each branch, and what to do next."""
    unit, units = _chosen(request, VIEW_UNIT)
    may_prepare = organisations_with(request.user, PREPARE).filter(pk=unit.pk).exists()
    context = unit_page.context_of(unit, on=today(), cap=_cap(), may_prepare=may_prepare)
    return render(
        request, "ojt_accounts/unit_home.html", {"unit": unit, "units": units, "may_prepare": may_prepare, **context}
    )


@acting
def start(request: HttpRequest) -> HttpResponse:
    """A new application: kind, county (and with it the branch), intake. One case however often it is pressed."""
    unit, units = _chosen(request, PREPARE)
    registered = list(
        Registration.objects.filter(organisation=unit, registered_on__isnull=False).select_related("branch")
    )
    form = StartForm(request.POST or None, unit=unit, initial=_likely(request, registered))
    if request.method == "POST" and form.is_valid():
        answer: dict[str, Any] = {}
        at = now()

        def do() -> dict[str, Any]:
            application = preparing.start(unit=unit, by=request.user, at=at, **form.answers)
            return {"number": application.case.number}

        with into_form(request, form) as tried:
            answer, _ = once_here(request, form, "ojt_accounts.start", at=at, do=do)
        if tried.ok:
            return redirect(FIRST_STEP[form.cleaned_data["kind"]], answer["number"])
    context = {
        "form": form,
        "unit": unit,
        "units": units,
        "needed": needed(),
        "registered": registered,
        "open": _under_way(unit),
    }
    return render(request, "ojt_accounts/start.html", context, status=422 if form.errors else 200)


def _under_way(unit: Organisation) -> list[dict[str, Any]]:
    """New-unit applications that wait for somebody, each with the way to it, before another is opened."""
    return [
        {
            "application": one,
            "state": APPLICATION.state(one.case.state).label,
            "url": reverse("ojt_accounts:checklist", args=[one.case.number]),
        }
        for one in under_way(unit)
    ]


def _likely(request: HttpRequest, registered: list[Registration]) -> dict[str, Any]:
    """What is probably wanted: a renewal at the one branch that knows the unit, for the year in hand."""
    kind = request.GET.get("kind", "")
    if kind not in Application.Kind.values:
        kind = Application.Kind.RENEWAL if registered else Application.Kind.NEW_UNIT
    found: dict[str, Any] = {"kind": kind, "program_year": roc_year(today())}
    last = (
        Application.objects.filter(case__organisation__in={one.organisation_id for one in registered})
        .order_by("-pk")
        .first()
    )
    if last:
        found["county"] = last.county_id
    intakes = list(open_intakes(on=today()).filter(branch__in=[one.branch_id for one in registered])[:2])
    if len(intakes) == 1:
        found |= {"intake": intakes[0].pk, "program_year": intakes[0].program_year}
    return found
