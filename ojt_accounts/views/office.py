"""The branch's registers: units, accounts, one unit, the roll-over to a new year, lists to take along."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.clock import now, today
from accounts.limits import EXPORT, limited
from accounts.models import Organisation, User
from accounts.rights import holders, organisations_with
from casework.cases.access import with_people
from casework.errors import NotPermitted
from casework.forms import ActForm
from casework.jobs.exports import request_export
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.sheets.writing import LABELS
from casework.views import words
from casework.views.acting import acting, once_here
from kernel.asked import whole_number
from ojt_accounts.forms.office import RegisterFilter, YearFilter
from ojt_accounts.models import Registration, TrainingAccount, UnitForm
from ojt_accounts.permissions import MANAGE_INTAKE, PREPARE, VIEW_OFFICE
from ojt_accounts.selectors import granted_count, registered_accounts, registered_units, rollover, shown
from ojt_accounts.services.rollover import remind_units
from ojt_accounts.states import KIND
from ojt_accounts.views.unit_page import account_row, rights_by_year, seat_gauge

PER_PAGE = 50
UNITS, ACCOUNTS, ROLLOVER = "ojt_accounts.units", "ojt_accounts.accounts", "ojt_accounts.rollover"
TITLES = {UNITS: "訓練單位登錄清冊", ACCOUNTS: "在職訓練系統帳號清冊", ROLLOVER: "年度權限尚未賦予清冊"}


def office_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    """A page of the browser admin."""
    given = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"ojt_accounts/office/{template}.html", given, status=status)


def branches_of(user: Any, right: str = VIEW_OFFICE) -> QuerySet[Organisation]:
    """The branches the person works for. Raises NotPermitted where there is none."""
    found = organisations_with(user, right).filter(kind=Organisation.Kind.BRANCH).order_by("pk")
    if not found:
        raise NotPermitted("您沒有使用這個頁面的權限。")
    return found


def _spelled(query: QueryDict, *names: str) -> str:
    """The question again, for links and exports."""
    kept = QueryDict(mutable=True)
    for name in names:
        if value := query.get(name):
            kept[name] = value
    return kept.urlencode()


# --- registers ---------------------------------------------------------------------------------------------------------------


@require_safe
@acting
def registers(request: HttpRequest) -> HttpResponse:
    """單位與帳號登錄: two lists behind one filter."""
    branches = branches_of(request.user)
    form = RegisterFilter(request.GET, branches=branches)
    asked, by_account = form.asked(), request.GET.get("list") == "accounts"
    query = _spelled(request.GET, "q", "branch", "year", "plan", "state")
    found = registered_accounts(branches, asked) if by_account else registered_units(branches, asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    day = today()
    here = reverse("admin:ojt_registers")
    context = {
        "form": form,
        "narrowed": bool(asked),
        "by_account": by_account,
        "tabs": [
            {"label": "訓練單位", "url": f"{here}?{query}", "current": not by_account, "count": None},
            {"label": "帳號", "url": f"{here}?list=accounts&{query}", "current": by_account, "count": None},
        ],
        "page": page,
        "rows": [account_row(one, on=day) for one in page] if by_account else list(page),
        "cap": law_in_force().at("oa.account_cap", day).value,
        "query": f"{'list=accounts&' if by_account else ''}{query}{'&' if query else ''}",
        "plain_query": query,
        "export_page": ACCOUNTS if by_account else UNITS,
        "formats": LABELS,
    }
    return office_page(request, "registers", context, title="單位與帳號登錄")


@require_safe
@acting
def registration(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit at one branch: form as approved, accounts and rights, cases, and what the rows looked like before."""
    rows = Registration.objects.select_related("organisation", "branch", "form_case")
    one = get_object_or_404(rows, pk=pk, branch__in=branches_of(request.user))
    day, cap = today(), law_in_force().at("oa.account_cap", today()).value
    accounts = list(one.accounts.order_by("state", "seat").prefetch_related("plan_rights"))
    taken = sum(account.state != TrainingAccount.State.CLOSED for account in accounts)
    cases = Case.objects.filter(organisation=one.organisation_id, office=one.branch_id, kind=KIND).order_by(
        "-changed_at"
    )
    fields = [
        {
            "label": UnitForm._meta.get_field(name).verbose_name,
            "value": shown(name, one.form.get(name)),
        }
        for name in UnitForm.FIELDS
    ]
    context = {
        "registration": one,
        "fields": fields if one.form else [],
        "accounts": [account_row(account, on=day) for account in accounts],
        "seats": seat_gauge(taken, cap),
        "contacts": list(holders(PREPARE, one.organisation)),
        "cases": [words.row(case, day) for case in with_people(cases)[:50]],
        "history": _history(one, accounts),
    }
    return office_page(request, "registration", context, title=one.organisation.name)


def _history(one: Registration, accounts: list[TrainingAccount]) -> list[dict[str, Any]]:
    """Changes of state of the unit's record and its accounts, newest first."""
    rows = [
        {"at": row.history_date, "by": row.history_user, "what": "登錄" if row.history_type == "+" else "更新核定表單"}
        for row in one.history.select_related("history_user").order_by("-history_date")[:30]
    ]
    former: dict[int, str] = {}
    past = TrainingAccount.history.filter(id__in=[account.pk for account in accounts]).select_related("history_user")
    for row in past.order_by("history_date", "history_id"):
        if former.get(row.id) != row.state:
            former[row.id] = row.state
            label = TrainingAccount.State(row.state).label
            rows.append(
                {
                    "at": row.history_date,
                    "by": row.history_user,
                    "what": f"帳號 {row.account_name}（{row.name}）：{label}",
                }
            )
    return sorted(rows, key=lambda row: row["at"], reverse=True)[:60]


# --- roll-over -----------------------------------------------------------------------------------------------------------------


@acting
def rollover_page(request: HttpRequest) -> HttpResponse:
    """年度轉換: who has no right yet in the chosen year, unit by unit; their contacts can be told together (OA-13)."""
    branches = branches_of(request.user)
    form = YearFilter(request.GET)
    year = form.chosen
    if request.method == "POST":
        return _remind(request, year)
    used, granted = granted_count(branches, program_year=year)
    waiting = rollover(branches, program_year=year).order_by("registration__organisation__name", "registration", "seat")
    units = Registration.objects.filter(pk__in=waiting.values("registration")).order_by("organisation__name", "pk")
    page = Paginator(units.select_related("organisation", "branch"), PER_PAGE).get_page(request.GET.get("page"))
    by_unit: dict[int, list[TrainingAccount]] = {}
    for account in waiting.filter(registration__in=[one.pk for one in page]):
        by_unit.setdefault(account.registration_id, []).append(account)
    context = {
        "form": form,
        "year": year,
        "counts": [("使用中帳號", used), (f"{year} 年度已賦予", granted), ("尚未賦予", used - granted)],
        "page": page,
        "rows": [{"registration": one, "accounts": by_unit.get(one.pk, [])} for one in page],
        "may_tell": organisations_with(request.user, MANAGE_INTAKE).exists(),
        "envelope": ActForm(auto_id=False),
        "query": f"year={year}&",
        "plain_query": f"year={year}",
        "export_page": ROLLOVER,
        "formats": LABELS,
    }
    return office_page(request, "rollover", context, title="年度轉換")


def _remind(request: HttpRequest, year: int) -> HttpResponse:
    branches_of(request.user, MANAGE_INTAKE)
    chosen = [pk for pk in map(whole_number, request.POST.getlist("unit")) if pk]
    back = f"{reverse('admin:ojt_rollover')}?year={year}"
    if not chosen:
        messages.warning(request, "請先勾選要通知的單位。")
        return redirect(back)
    form = ActForm(request.POST)
    form.is_valid()
    at = now()

    def do() -> dict[str, Any]:
        told = remind_units(registrations=chosen, program_year=year, by=request.user, at=at)
        return {"rows": [{"unit": one.unit, "ok": one.ok, "answer": one.answer} for one in told]}

    answer, _ = once_here(request, form, "ojt_accounts.remind", at=at, do=do)
    rows = answer["rows"]
    done = sum(row["ok"] for row in rows)
    context = {"rows": rows, "done": done, "left": len(rows) - done, "back": back}
    return office_page(request, "reminded", context, title=f"通知單位：{year} 年度尚未賦予")


# --- lists to take along -----------------------------------------------------------------------------------------------------


@require_POST
@acting
@limited(EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The list as asked for, written in the background."""
    branches_of(request.user)
    page = request.POST.get("page", "")
    if page not in TITLES:
        raise Http404
    request_export(
        user=request.user, page=page, title=TITLES[page], query=request.POST.get("query", ""),
        format=request.POST.get("format", ""), at=now(),
    )  # fmt: skip
    messages.success(request, "清單產製中，完成後會通知您，檔案列在「匯出檔案」。")
    return redirect("casework:exports")


Sheet = tuple[list[str], Iterable[list[object]]]


def unit_rows(user: User, query: str) -> Sheet:
    branches = branches_of(user)
    found = registered_units(branches, RegisterFilter(QueryDict(query), branches=branches).asked())
    header = [
        "分署",
        "單位名稱",
        "統一編號",
        "登錄日",
        "使用帳號數",
        "最近年度",
        "聯絡人",
        "聯絡人電話",
        "聯絡人電子郵件",
    ]
    return header, (
        [
            one.branch.label,
            one.organisation.name,
            one.organisation.unified_number,
            one.registered_on,
            one.seats,
            one.last_year or "",
            *(one.form.get(name) or "" for name in ("contact", "contact_phone", "contact_email")),
        ]
        for one in found.iterator(chunk_size=1000)
    )


ACCOUNT_HEADER = ["分署", "單位名稱", "統一編號", "姓名", "帳號", "狀態", "啟用日", "註銷日", "年度與計畫"]


def _account_cells(account: TrainingAccount) -> list[object]:
    unit = account.registration.organisation
    rights = rights_by_year(account.plan_rights.all(), on=today())
    return [
        account.registration.branch.label,
        unit.name,
        unit.unified_number,
        account.name,
        account.account_name,
        account.get_state_display(),
        account.opened_on,
        account.closed_on,
        "；".join(f"{one.year}：{one.plans}（{one.word}）" for one in rights),
    ]


def account_rows(user: User, query: str) -> Sheet:
    branches = branches_of(user)
    found = registered_accounts(branches, RegisterFilter(QueryDict(query), branches=branches).asked())
    return ACCOUNT_HEADER, (_account_cells(one) for one in found.iterator(chunk_size=1000))


def rollover_rows(user: User, query: str) -> Sheet:
    year = YearFilter(QueryDict(query)).chosen
    found = (
        rollover(branches_of(user), program_year=year).prefetch_related("plan_rights").order_by("registration", "seat")
    )
    return ACCOUNT_HEADER, (_account_cells(one) for one in found.iterator(chunk_size=1000))
