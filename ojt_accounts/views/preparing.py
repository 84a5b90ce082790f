"""The unit fills in its application: hub and checklist, unit form, account forms."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.identity import under_every_number
from accounts.models import User
from accounts.roles import Side
from casework.cases import casepage
from casework.cases.doing import perform
from casework.cases.drafts import drop_draft
from casework.forms import ActForm
from casework.models import Case
from casework.views import acts, words
from casework.views.acting import acting, into_form
from kernel.dates import roc_moment
from ojt_accounts.forms.preparing import AccountFormForm, CopyForm, UnitFormForm
from ojt_accounts.models import AccountForm, TrainingAccount, UnitForm
from ojt_accounts.params import PACK
from ojt_accounts.selectors import findings, live_forms, registration_of, seat_facts, unproven_here
from ojt_accounts.views.unit_page import seat_gauge
from ojt_accounts.views.wizard import (
    Wizard,
    closed,
    draft_key,
    keep,
    kept,
    load,
    pressed,
    shown,
    typed_before,
)

#: Findings the unit can do something about; the officer's own checks (OA-05, OA-06) are not asked of it.
OF_THE_UNIT = ("OA-02", "OA-03", "OA-04", "OA-07")


@acting
def checklist(request: HttpRequest, number: str) -> HttpResponse:
    """The hub: what is asked for, what is there, what the rules say of it, and the button that files."""
    wizard = load(request, number)
    if not wizard.editable:
        return redirect("casework:case", number)
    items = wizard.items()
    asked = [item for item in items if item.state != "none"]
    outcomes = [one for one in findings(wizard.application, on=wizard.on, law=wizard.law) if one.rule in OF_THE_UNIT]
    buttons = acts.buttons(wizard.case, wizard.rights, Side.APPLICANT)
    filing = "refile" if wizard.case.state == "correction" else "file"
    context = {
        "items": items,
        "done": sum(item.state == "done" for item in asked),
        "total": len(asked),
        "findings": [words.finding(one) for one in outcomes],
        "buttons": [one for one in buttons if one.act.code in (filing, "withdraw")],
        "corrections": _corrections(wizard.case),
        "intake": wizard.application.intake,
        "pack": PACK,
        "has_unit_form": hasattr(wizard.application, "unit_form"),
    }
    return shown(request, "checklist", wizard, "checklist", context)


def _corrections(case: Case) -> list[dict[str, object]]:
    """The items of the open request, each with the page where it is mended."""
    kind = words.about(case)
    urls = {one.code: one.url for one in kind.targets(case)} if kind and case.state == "correction" else {}
    open_ones = [one for one in casepage.corrections(case) if one.closed_at is None] if urls else []
    return [
        {"item": item, "url": urls.get(item.target, ""), "due_on": one.due_on}
        for one in open_ones
        for item in one.items.all()
    ]


# --- 訓練機構名稱申請表 ----------------------------------------------------------------------------------------------------


@acting
def unit(request: HttpRequest, number: str) -> HttpResponse:
    """The unit form, kept while typing; what differs from the last approved one is shown (OA-02)."""
    wizard = load(request, number)
    if not wizard.editable:
        return closed(request, wizard)
    if wizard.cancelling:
        raise Case.DoesNotExist(number)
    key = draft_key(wizard, "unit")
    row = getattr(wizard.application, "unit_form", None) or UnitForm()
    if request.method == "POST" and "discard" in request.POST:
        drop_draft(user=request.user, key=key)
        return redirect(wizard.url("unit"))
    draft = kept(request, wizard, "unit", saved_at=row.saved_at) if request.method != "POST" else None
    initial = typed_before(draft, UnitFormForm) if draft else UnitFormForm.initial_of(row)
    form = UnitFormForm(request.POST or None, case=wizard.case, initial=initial)
    if request.method == "POST" and "draft" in request.POST:
        keep(request, wizard, "unit", form)
        return redirect(wizard.url("unit"))
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            pressed(
                request,
                form,
                "unit",
                lambda at: perform(
                    wizard.case,
                    "unit_form.saved",
                    by=request.user,
                    at=at,
                    version=form.posted_version,
                    data=form.answers,
                ),
            )
        if tried.ok:
            drop_draft(user=request.user, key=key)
            messages.success(request, "已儲存機構申請表。")
            return redirect(wizard.following("unit") if "go" in request.POST else wizard.url("unit"))
    context = {
        "form": form,
        "draft": draft,
        "draft_key": key,
        "saved_at": roc_moment(row.saved_at) if row.saved_at else "",
        "changes": wizard.changes,
        "compared": registration_of(wizard.application) is not None and wizard.application.kind == "renewal",
    }
    return shown(request, "unit", wizard, "unit", context, status=422 if form.errors else 200)


# --- 使用者帳號申請／註銷／賦予單 ----------------------------------------------------------------------------------------------


@acting
def accounts(request: HttpRequest, number: str) -> HttpResponse:
    """Every person's form, and the seats they would take (OA-07, OA-08)."""
    wizard = load(request, number)
    if not wizard.editable:
        return closed(request, wizard)
    forms = live_forms(wizard.application)
    rows = [{"form": one, "envelope": ActForm(case=wizard.case, auto_id=False)} for one in forms]
    context = {
        "rows": rows,
        "seats": _seats(wizard),
        "copyable": _copyable(wizard, forms),
        "copy": CopyForm(case=wizard.case, kind=wizard.application.kind),
        "following": wizard.following("accounts"),
    }
    return shown(request, "accounts", wizard, "accounts", context)


def _seats(wizard: Wizard) -> dict[str, object]:
    facts = seat_facts(wizard.application)
    cap = wizard.law.at("oa.account_cap", wizard.on).value
    gauge = seat_gauge(facts.taken + facts.asked, cap)
    return {**gauge, "before": facts.taken, "asked": facts.asked}


def _copyable(wizard: Wizard, forms: list[AccountForm]) -> list[TrainingAccount]:
    """Accounts in use that have no form here yet."""
    registration = registration_of(wizard.application)
    if registration is None:
        return []
    there = under_every_number({form.national_id_index: form for form in forms})
    return list(registration.accounts.filter(state=TrainingAccount.State.OPEN).exclude(national_id_index__in=there))


@require_POST
@acting
def copy_accounts(request: HttpRequest, number: str) -> HttpResponse:
    """帶入去年: a form for every account in use."""
    wizard = load(request, number)
    form = CopyForm(request.POST, case=wizard.case, kind=wizard.application.kind)
    if form.is_valid():
        pressed(
            request,
            form,
            "copy",
            lambda at: perform(
                wizard.case, "account_form.copied", by=request.user, at=at, version=form.posted_version, **form.answers
            ),
        )
        messages.success(request, "已帶入現有帳號，請逐一核對計畫與聯絡資料，不需要的請移除。")
    return redirect(wizard.url("accounts"))


@acting
def account(request: HttpRequest, number: str, position: int | None = None) -> HttpResponse:
    """One person's form, new or changed."""
    wizard = load(request, number)
    if not wizard.editable:
        return closed(request, wizard)
    row = next((one for one in live_forms(wizard.application) if one.position == position), None)
    if position is not None and row is None:
        raise Case.DoesNotExist(number)
    form = AccountFormForm(
        request.POST or None, case=wizard.case, kind=wizard.application.kind, row=row, initial=_initial(wizard, row)
    )
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            pressed(
                request,
                form,
                "account",
                lambda at: perform(
                    wizard.case,
                    "account_form.saved",
                    by=request.user,
                    at=at,
                    version=form.posted_version,
                    data=form.answers,
                    position=position,
                ),
            )
        if tried.ok:
            messages.success(request, f"已儲存{form.cleaned_data['name']}的帳號申請單。")
            return redirect(wizard.url("account_new" if "another" in request.POST else "accounts"))
    context = {"form": form, "row": row, "list_url": wizard.url("accounts"), "seats": _seats(wizard)}
    context["own"] = None if row or wizard.cancelling else _own(request, wizard)
    return shown(request, "account", wizard, "accounts", context, status=422 if form.errors else 200)


def _own(request: HttpRequest, wizard: Wizard) -> User | None:
    """The contact who registered themselves and has no form here yet: an account for them is the one they sign in with."""
    me = unproven_here(wizard.case).filter(pk=request.user.pk).first()
    taken = {one.account_name.lower() for one in live_forms(wizard.application)}
    return me if me and not me.national_id and me.account_name.lower() not in taken else None


def _initial(wizard: Wizard, row: AccountForm | None) -> dict[str, object]:
    if row:
        return AccountFormForm.initial_of(row)
    unit = getattr(wizard.application, "unit_form", None)
    return {"plans": list(unit.plans), "phone": unit.contact_phone} if unit else {}


@require_POST
@acting
def remove_account(request: HttpRequest, number: str, position: int) -> HttpResponse:
    wizard = load(request, number)
    form = ActForm(request.POST, case=wizard.case)
    if form.is_valid():
        pressed(
            request,
            form,
            "account_remove",
            lambda at: perform(
                wizard.case,
                "account_form.removed",
                by=request.user,
                at=at,
                version=form.posted_version,
                position=position,
            ),
        )
        messages.success(request, "已移除一張申請單。")
    return redirect(wizard.url("accounts"))
