"""受理期間: announced and changed by the branch; everybody of the branch may look."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.clock import now, today
from accounts.rights import can, organisations_with
from casework.errors import NotPermitted
from casework.views.acting import acting, into_form, once_here
from ojt_accounts.forms.office import IntakeForm
from ojt_accounts.models import Intake
from ojt_accounts.permissions import MANAGE_INTAKE
from ojt_accounts.services.intakes import save_intake
from ojt_accounts.views.office import branches_of, office_page


def _word(intake: Intake) -> tuple[str, str]:
    day = today()
    if day < intake.opens_on:
        return "尚未開始", "calm"
    return ("受理中", "good") if day <= intake.closes_on else ("已截止", "calm")


@acting
def intakes(request: HttpRequest) -> HttpResponse:
    """The list, and a new one."""
    branches = branches_of(request.user)
    mine = organisations_with(request.user, MANAGE_INTAKE).order_by("pk")
    form = IntakeForm(request.POST or None, branches=mine)
    if request.method == "POST":
        if not mine:
            raise NotPermitted("您沒有公告受理期間的權限。")
        if _saved(request, form, None):
            messages.success(request, "已公告受理期間。")
            return redirect("admin:ojt_intakes")
    rows = Intake.objects.filter(branch__in=branches).select_related("branch")[:100]
    listed = []
    for one in rows:
        word, tone = _word(one)
        listed.append({"intake": one, "word": word, "tone": tone})
    context = {"rows": listed, "form": form if mine else None}
    return office_page(request, "intakes", context, title="受理期間", status=422 if form.errors else 200)


@acting
def intake(request: HttpRequest, pk: int) -> HttpResponse:
    branches_of(request.user)
    one = get_object_or_404(Intake.objects.select_related("branch"), pk=pk)
    if not can(request.user, MANAGE_INTAKE, one.branch):
        raise NotPermitted("您沒有更改這個受理期間的權限。")
    mine = organisations_with(request.user, MANAGE_INTAKE)
    form = IntakeForm(request.POST or None, branches=mine, row=one)
    if request.method == "POST" and _saved(request, form, one):
        messages.success(request, "已更改受理期間。")
        return redirect("admin:ojt_intakes")
    past = one.history.select_related("history_user").order_by("-history_date")[:20]
    context = {"form": form, "intake": one, "past": past}
    return office_page(request, "intake", context, title=f"更改受理期間：{one}", status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: IntakeForm, row: Intake | None) -> bool:
    if not form.is_valid():
        return False
    at = now()
    given: dict[str, Any] = form.answers
    if row:
        given |= {"branch": row.branch, "program_year": row.program_year}

    def do() -> dict[str, Any]:
        return {"pk": save_intake(row, by=request.user, at=at, **given).pk}

    with into_form(request, form) as tried:
        once_here(request, form, "ojt_accounts.intake", at=at, do=do)
    return tried.ok
