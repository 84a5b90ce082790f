"""Pages of the back office: all accounts, idle accounts, offices with their seats, inventories."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.limits import EXPORT, limited
from accounts.models import User
from accounts.rights import can_anywhere, holds
from casework.jobs.exports import request_export
from casework.law.in_force import law_in_force
from casework.views.acting import acting, into_form
from kernel.asked import before_page, whole_number
from senior45.forms.requests import DesignateForm
from senior45.models import Campaign, SiteAccount, SiteOffice
from senior45.params import OFFICE_LABELS, OfficeKind
from senior45.permissions import DESIGNATE, RUN, VIEW_ALL, VIEW_OFFICE
from senior45.selectors import (
    accounts,
    campaigns,
    counts_by_office,
    heads_of,
    idle_accounts,
    idle_outcome,
    line_counts,
    offices,
    offices_in_charge,
    seats,
    windows_of,
)
from senior45.services import designating, inventory

PER_PAGE = 50


def _shown(
    request: HttpRequest, template: str, context: dict[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    from django.contrib import admin

    shown = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"senior45/agency/{template}.html", shown, status=status)


def _offices(user: User) -> QuerySet[SiteOffice]:
    """Offices the person looks after: all of them for the lead group, else those in charge."""
    return offices() if can_anywhere(user, VIEW_ALL) else offices_in_charge(user, VIEW_OFFICE)


def _require(request: HttpRequest, *codes: str) -> None:
    if not any(holds(request, code) for code in codes):
        raise Http404


# --- accounts --------------------------------------------------------------------------------------------------------


def _filtered(request: HttpRequest) -> tuple[QuerySet[SiteAccount], dict[str, str]]:
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "kind", "state")}
    rows = accounts().filter(office__in=_offices(request.user))
    if asked["q"]:
        q = asked["q"]
        rows = rows.filter(
            Q(user__name__holding=q) | Q(user__account_name__holding=q) | Q(office__organisation__name__holding=q)
        )
    if asked["kind"] in set(OfficeKind):
        rows = rows.filter(office__kind=asked["kind"])
    if asked["state"] in SiteAccount.State.values:
        rows = rows.filter(state=asked["state"])
    return rows, asked


@require_GET
def account_list(request: HttpRequest) -> HttpResponse:
    """全部帳號, by office."""
    _require(request, VIEW_OFFICE, VIEW_ALL)
    rows, asked = _filtered(request)
    return _list(request, rows.order_by("office__branch_id", "office", "user__name"), asked, title="45+ 帳號")


@require_GET
def idle(request: HttpRequest) -> HttpResponse:
    """閒置清單: 150 days and more, county kinds too (附件2 leaves their cell empty)."""
    _require(request, VIEW_OFFICE, VIEW_ALL)
    rows, asked = _filtered(request)
    days = law_in_force().at("s45.idle_days", today()).value
    given = whole_number(request.GET.get("days"))
    since = days - 30 if given is None else given
    return _list(request, idle_accounts(rows, on=today(), days=since), asked, title="45+ 閒置帳號", since=since)


def _list(
    request: HttpRequest, rows: QuerySet[SiteAccount], asked: dict[str, str], *, title: str, since: int | None = None
) -> HttpResponse:
    on, law = today(), law_in_force()
    days = law.at("s45.idle_days", on).value
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = [
        {
            "account": one,
            "rights": "、".join(right.get_right_display() for right in one.rights.all() if right.in_force(on)),
            "idle": idle_outcome(one, on=on, law=law).result if one.is_open else None,
            "idle_label": f"閒置{days}天以上",
        }
        for one in page
    ]
    query = before_page(**asked, days=since)
    context = {
        "rows": shown,
        "page": page,
        "asked": asked,
        "query": query,
        "kinds": [(kind.value, OFFICE_LABELS[kind]) for kind in OfficeKind],
        "states": SiteAccount.State.choices,
        "since": since,
    }
    return _shown(request, "accounts", context, title=title)


# --- offices ---------------------------------------------------------------------------------------------------------


@require_GET
def office_list(request: HttpRequest) -> HttpResponse:
    """機關與席次: opener and reviewer seats taken or free, head and window set or missing."""
    _require(request, VIEW_OFFICE, VIEW_ALL, DESIGNATE)
    asked = request.GET.get("q", "").strip()[:60]
    rows = _offices(request.user)
    if asked:
        rows = rows.filter(organisation__name__holding=asked)
    page = Paginator(rows.order_by("branch_id", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    designated = _designated([one.organisation_id for one in page])
    shown = [
        {
            **one,
            "has_head": ("s45_head", one["office"].organisation_id) in designated,
            "has_window": ("s45_window", one["office"].organisation_id) in designated,
        }
        for one in seats(page, on=today())
    ]
    return _shown(
        request,
        "offices",
        {"rows": shown, "page": page, "asked": asked, "query": before_page(q=asked)},
        title="45+ 機關與席次",
    )


def _designated(organisations: list[int]) -> set[tuple[str, int]]:
    from accounts.models import RoleGroup

    rows = RoleGroup.objects.filter(
        role__in=("s45_head", "s45_window"), organisation__in=organisations, group__user__is_active=True
    )
    return set(rows.values_list("role", "organisation_id"))


@acting
def office(request: HttpRequest, pk: int) -> HttpResponse:
    """One office: its people, its seats, who approves and who files."""
    _require(request, VIEW_OFFICE, VIEW_ALL, DESIGNATE)
    found = get_object_or_404(_offices(request.user), pk=pk)
    may = offices_in_charge(request.user, DESIGNATE).filter(pk=pk).exists()
    form = DesignateForm(request.POST if request.method == "POST" and "remove" not in request.POST else None)
    if request.method == "POST":
        if "remove" in request.POST:
            role, _, user = request.POST["remove"].partition(":")
            person = get_object_or_404(User, pk=whole_number(user))
            designating.undesignate(found, role_code=role, user=person, by=request.user, at=now())
            messages.success(request, f"已取消{person.name}的設定。")
            return redirect("admin:s45_office", pk)
        if form.is_valid():
            with into_form(request, form) as tried:
                person = designating.designate(found, by=request.user, at=now(), **form.cleaned_data)
            if tried.ok:
                messages.success(request, f"已設定{person.name}，通知已寄出。")
                return redirect("admin:s45_office", pk)
    context = {
        "office": found,
        "seat": seats([found], on=today())[0]["taken"],
        "heads": heads_of(found),
        "windows": windows_of(found),
        "accounts": accounts().filter(office=found).order_by("state", "user__name"),
        "form": form,
        "may": may,
    }
    return _shown(request, "office", context, title=str(found), status=422 if form.errors else 200)


# --- inventories -----------------------------------------------------------------------------------------------------


@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    _require(request, VIEW_ALL)
    rows = [
        {"campaign": one, "counts": line_counts(one.lines.all()), "result": inventory.result_of(one)}
        for one in campaigns()[:20]
    ]
    return _shown(request, "campaigns", {"rows": rows}, title="45+ 帳號清查")


@acting
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One campaign: progress, office by office."""
    _require(request, VIEW_ALL)
    found: Campaign = get_object_or_404(campaigns(), pk=pk)
    rows = counts_by_office(found)
    only = request.GET.get("only") == "open"
    page = Paginator([row for row in rows if row["open"]] if only else rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign": found,
        "counts": line_counts(found.lines.all()),
        "page": page,
        "only": only,
        "query": "only=open&" if only else "",
        "result": inventory.result_of(found),
        "case": found.case,
        "may_run": holds(request, RUN),
    }
    return _shown(request, "campaign", context, title=f"45+ {found}")


@require_POST
@acting
@limited(EXPORT)
def campaign_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Every line as ODS; the file follows with a notice."""
    _require(request, VIEW_ALL)
    found: Campaign = get_object_or_404(campaigns(), pk=pk)
    request_export(
        user=request.user,
        page="senior45.inventory",
        title=f"45+ {found}明細",
        query=f"campaign={pk}",
        format="ods",
        at=now(),
    )
    messages.success(request, "清單產製中，完成後在「匯出檔案」下載。")
    return redirect(reverse("casework:exports"))
