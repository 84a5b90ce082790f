"""帳號: what I have, applying, stopping; the window's page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.limits import REGISTER, limited
from accounts.roles import Side
from casework.cases.access import case_on_side
from casework.cases.doing import perform
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.papers.wordings import wording
from casework.views import words
from casework.views.acting import acting, into_form, once_here
from senior45 import documents
from senior45.forms.requests import LeavingForm, RegisterForm, RequestForm, StopForm
from senior45.models import AccountRequest, SiteAccount
from senior45.params import RIGHT_LABELS, Right
from senior45.permissions import ANSWER, FILE
from senior45.selectors import MATRIX_COLUMNS as COLUMNS
from senior45.selectors import (
    accounts,
    campaigns,
    idle_outcome,
    leaver_outcome,
    matrix,
    my_offices,
    request_of,
    rights_in_force,
)
from senior45.services import designating, leavers, requests
from senior45.states import REQUEST_KIND
from senior45.wordings import TERMS


def _shown(account: SiteAccount) -> dict[str, Any]:
    """An account with what its person wants to know: rights, days left, why closed."""
    on, law = today(), law_in_force()
    outcome = idle_outcome(account, on=on, law=law)
    days = law.at("s45.idle_days", on).value
    closes, idle_days = outcome.result["closes_on"], outcome.result["idle_days"]
    return {
        "account": account,
        "rights": [RIGHT_LABELS[Right(one.right)] for one in rights_in_force(account, on=on)],
        "coming": [one for one in account.rights.all() if one.starts_on > on],
        "idle_days": idle_days,
        "max": days,
        "locks": closes is not None,
        "left": max(0, outcome.result["days_left"] or 0),
        "closes_on": closes,
        "tone": "bad" if idle_days >= days - 14 else "warn" if idle_days >= days - 30 else "good",
        "outcome": outcome,
        "events": list(account.events.all()[:5]),
    }


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """我的帳號."""
    own = list(accounts().filter(user=request.user))
    running = AccountRequest.objects.filter(case__person=request.user).select_related("case", "office__organisation")
    on = today()
    context = {
        "accounts": [_shown(one) for one in own],
        "requests": [
            {"request": one, "row": words.row(one.case, on)} for one in running.order_by("-case__changed_at")[:10]
        ],
        "is_window": my_offices(request.user, FILE).exists(),
        "has_inventory": campaigns().filter(closed_at=None).exists() and my_offices(request.user, ANSWER).exists(),
    }
    return render(request, "senior45/home.html", context)


@acting
def apply(request: HttpRequest) -> HttpResponse:
    """新增 or 恢復使用."""
    initial = {name: request.GET[name] for name in ("change", "office") if name in request.GET}
    form = RequestForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.answers)
        office, at = data.pop("office"), now()

        def do() -> dict[str, Any]:
            made = requests.start(office=office, change=data["change"], data=data, by=request.user, at=at)
            return {"number": made.case.number}

        with into_form(request, form) as tried:
            answer, _ = once_here(request, form, "senior45.apply", at=at, do=do)
        if tried.ok:
            messages.success(request, "申請表已儲存。請確認內容並同意使用規定後，送單位主管核定。")
            return redirect("casework:case", answer["number"])
    return render(
        request, "senior45/apply.html", {"form": form, "title": "申請帳號"}, status=422 if form.errors else 200
    )


@acting
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """The form again, while it is in the applicant's hands."""
    case, _ = case_on_side(request.user, number, Side.APPLICANT)
    found = _request(case)
    if found.change == AccountRequest.Change.STOP:
        initial = {"leaves_on": found.leaves_on, "stop_reason": found.stop_reason}
        form: Any = StopForm(request.POST or None, case=case, initial=initial)
    else:
        form = RequestForm(request.POST or None, user=request.user, request=found, case=case)
    if request.method == "POST" and form.is_valid():
        data = {name: value for name, value in form.answers.items() if name not in ("office", "change")}
        with into_form(request, form) as tried:
            perform(case, "edited", data=data, by=request.user, at=now(), version=form.posted_version)
        if tried.ok:
            messages.success(request, "已儲存申請表。")
            return redirect("casework:case", number)
    context = {"form": form, "title": f"修改申請表 {number}", "case": case}
    return render(request, "senior45/apply.html", context, status=422 if form.errors else 200)


def _request(case: Case) -> AccountRequest:
    if case.kind != REQUEST_KIND:
        raise Case.DoesNotExist
    return request_of(case)


@acting
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """停止使用: one's own account, or as the window somebody's."""
    account = get_object_or_404(accounts(), pk=pk)
    if account.user_id != request.user.pk and not my_offices(request.user, FILE).filter(pk=account.office_id).exists():
        raise Http404
    form = StopForm(request.POST or None, initial={"leaves_on": account.leaves_on})
    if request.method == "POST" and form.is_valid():
        at = now()
        user = account.user
        data = {
            **form.answers,
            "account_name": user.account_name,
            "role": account.role,
            "role_text": account.role_text,
            "duty": AccountRequest.Duty.OTHER,
            "rights": [one.right for one in rights_in_force(account, on=today())],
            "name": user.name,
            "title": account.title or "—",
            "phone": user.phone,
            "email": user.email,
        }

        def do() -> dict[str, Any]:
            made = requests.start(
                office=account.office, change="stop", account=account, data=data, by=request.user, at=at
            )
            return {"number": made.case.number}

        with into_form(request, form) as tried:
            answer, _ = once_here(request, form, "senior45.stop", at=at, do=do)
        if tried.ok:
            messages.success(request, "停止使用申請表已儲存，請送單位主管核定。")
            return redirect("casework:case", answer["number"])
    return render(request, "senior45/stop.html", {"form": form, "account": account}, status=422 if form.errors else 200)


@require_GET
@acting
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The form as it stands, to print."""
    try:
        case, _ = case_on_side(request.user, number, Side.APPLICANT)
    except Case.DoesNotExist:
        case, _ = case_on_side(request.user, number, Side.OFFICE)
    content = documents.printed_request(case, _request(case))
    return _pdf(content, f"{number}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_not_required
@require_GET
def blank(request: HttpRequest) -> HttpResponse:
    """空白申請表; the same for everybody, so it is made once a day."""
    content = cache.get("s45.blank")
    if content is None:
        content = documents.blank()
        cache.set("s45.blank", content, 86_400)
    return _pdf(content, "45plus-account-form.pdf")


@login_not_required
@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "senior45/terms.html", {"text": wording(TERMS, on=today())})


@login_not_required
@require_GET
def matrix_page(request: HttpRequest) -> HttpResponse:
    """附件2 as it stands today, each cell with its source."""
    return render(
        request,
        "senior45/matrix.html",
        {"rows": matrix(on=today(), law=law_in_force()), "columns": COLUMNS, "on": today()},
    )


@login_not_required
@acting
@limited(REGISTER)
def join(request: HttpRequest) -> HttpResponse:
    """首次申請: somebody the portal does not know yet."""
    if request.user.is_authenticated:
        return redirect("senior45:apply")
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            designating.register(at=now(), **form.cleaned_data)
        if tried.ok:
            return render(request, "senior45/joined.html", {"email": form.cleaned_data["email"]})
    return render(request, "senior45/join.html", {"form": form}, status=422 if form.errors else 200)


# --- the window ------------------------------------------------------------------------------------------------------


def _window(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    on, law = today(), law_in_force()
    mine = list(my_offices(request.user, FILE))
    if not mine:
        raise Http404
    rows = []
    for account in accounts().filter(office__in=mine).order_by("office", "state", "user__name"):
        row = _shown(account)
        if account.leaves_on and account.is_open:
            row["leaver"] = leaver_outcome(
                account, filed_on=on if leavers.stop_filed(account) else None, on=on, law=law
            )
            row["stop_filed"] = leavers.stop_filed(account)
        row["form"] = forms.get(f"leaving_{account.pk}") or LeavingForm(auto_id=f"leaving_{account.pk}_%s")
        rows.append(row)
    waiting = AccountRequest.objects.filter(
        office__in=mine, case__state__in=("at_head", "at_window", "filed")
    ).select_related("case")
    context = {
        "offices": mine,
        "rows": rows,
        "waiting": [{"request": one, "row": words.row(one.case, on)} for one in waiting],
    }
    return render(request, "senior45/window.html", context, status=status)


@require_GET
@acting
def window(request: HttpRequest) -> HttpResponse:
    """本單位帳號: who has one, who leaves, what waits."""
    return _window(request)


@require_POST
@acting
def leaving(request: HttpRequest, pk: int) -> HttpResponse:
    """離職生效日 entered, or taken back."""
    account = get_object_or_404(accounts().filter(office__in=my_offices(request.user, FILE)), pk=pk)
    if "cancel" in request.POST:
        leavers.cancel_leaving(account, by=request.user, at=now())
        messages.success(request, f"已取消{account.user.name}的離職登錄。")
        return redirect("senior45:window")
    form = LeavingForm(request.POST, auto_id=f"leaving_{pk}_%s")
    if form.is_valid():
        with into_form(request, form) as tried:
            leavers.report_leaving(account, leaves_on=form.cleaned_data["leaves_on"], by=request.user, at=now())
        if tried.ok:
            messages.success(request, f"已登錄{account.user.name}的離職生效日，請於期限內申請停止使用。")
            return redirect(reverse("senior45:window"))
    return _window(request, 422, **{f"leaving_{pk}": form})
