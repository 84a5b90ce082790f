"""修正案: the register, a draft and its values, the impact sheet, and the second person's decision."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.http import SignedIn
from accounts.rights import holds, rights_of
from casework.forms import PortalForm, ReasonForm, RocDateField, value_form
from casework.jobs.exports import request_export
from casework.law import amending, impact_sheets
from casework.law import amendments as selectors
from casework.law.impact_listing import PAGE as EXPORT
from casework.law.in_force import law_in_force
from casework.models import Amendment, ImpactSheet
from casework.rights import AMEND, ENACT
from casework.schemes.rulepages import plain, scheme_label
from casework.sheets.writing import LABELS
from casework.views.acting import acting, into_form
from casework.views.agency import page
from casework.views.registers import require
from kernel.asked import whole_number
from kernel.dates import roc
from kernel.law import Figure, Law
from kernel.saying import said

PER_PAGE = 50


class DraftForm(PortalForm):
    title = forms.CharField(label="修正案名稱", max_length=120, help_text="例：結業證書發給期限延長為 30 日")
    citation = forms.CharField(label="修正依據", max_length=300, help_text="發布日期、文號與條次。")
    in_force_from = RocDateField(label="生效日", help_text="自這一天起適用，例：116/1/1。")
    retroactive_reason = forms.CharField(
        label="溯及既往之理由",
        max_length=300,
        required=False,
        help_text="生效日早於今日者必填；已經辦理的案件不會改變。",
    )


def _tone(row: Amendment) -> str:
    return {"draft": "calm", "assessed": "info", "in_force": "good", "withdrawn": "calm"}[row.state]


@require_GET
def register(request: SignedIn) -> HttpResponse:
    """修正案清單, newest first."""
    rows = selectors.amendments()
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    law = law_in_force()
    shown = [
        {
            "row": one,
            "word": one.word(today()),
            "tone": _tone(one),
            "figures": [_label(law, value.code) for value in one.values.all()],
        }
        for one in found
    ]
    context = {"rows": shown, "page": found, "may_draft": holds(request, AMEND), "today": today()}
    return page(request, "amendments", context, title="法規修正案")


def _label(law: Law, code: str) -> str:
    return law[code].label if code in law else code


@acting
def new(request: SignedIn) -> HttpResponse:
    require(request, AMEND)
    form = DraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            row = amending.draft(**form.cleaned_data, by=request.user, at=now())
        if tried.ok:
            messages.success(request, "已建立修正案草案，請加入要修正的數值。")
            return redirect("admin:amendment_figures", row.pk)
    context = {"form": form, "button": "建立草案", "back": reverse("admin:amendments")}
    return page(request, "amendment_form", context, title="新增修正案")


@acting
def edit(request: SignedIn, pk: int) -> HttpResponse:
    row = _own(request, pk)
    initial = {name: getattr(row, name) for name in DraftForm.base_fields}
    form = DraftForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            amending.redraft(row, **form.cleaned_data, by=request.user, at=now())
        if tried.ok:
            messages.success(request, "已更新修正案，請重新試算影響。")
            return redirect("admin:amendment", pk)
    context = {"form": form, "button": "儲存", "back": reverse("admin:amendment", args=[pk])}
    return page(request, "amendment_form", context, title="修改修正案")


def _own(request: SignedIn, pk: int) -> Amendment:
    require(request, AMEND)
    return get_object_or_404(selectors.amendments(), pk=pk)


@require_GET
def amendment(request: SignedIn, pk: int) -> HttpResponse:
    """One amendment: before and after, its sheets, and what may be done next."""
    row = get_object_or_404(selectors.amendments(), pk=pk)
    law, sheet = law_in_force(), selectors.newest_sheet(row)
    fresh = sheet if sheet and sheet.version == row.version else None
    drafts, enacts = holds(request, AMEND), holds(request, ENACT)
    mine = drafts and row.is_open and row.drafted_by_id == request.user.pk
    context = {
        "row": row,
        "word": row.word(today()),
        "tone": _tone(row),
        "values": [_value(law, row, one) for one in row.values.all()],
        "sheet": sheet,
        "fresh": fresh,
        "sheets": row.sheets.all()[:10],
        "mine": mine,
        "may_assess": (drafts or enacts) and row.is_open and not (fresh and fresh.is_running),
        "may_enact": enacts and row.is_open and row.drafted_by_id != request.user.pk,
        "may_withdraw": (drafts or enacts) and row.is_open,
        "own_and_enacts": enacts and row.is_open and row.drafted_by_id == request.user.pk,
        "why_not": _why_not(row, fresh),
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
        "retroactive": row.in_force_from < today() and row.is_open,
        "today": today(),
    }
    return page(request, "amendment", context, title=row.title)


def _why_not(row: Amendment, fresh: ImpactSheet | None) -> str:
    """Why it cannot be put in force yet."""
    if not row.values.all():
        return "修正案還沒有任何數值。"
    if fresh is None:
        return "這個版本尚未試算影響。"
    return "" if fresh.state == ImpactSheet.State.DONE else "影響試算尚未完成。"


def _value(law: Law, row: Amendment, one: Any) -> dict[str, Any]:
    if one.code not in law:
        return {
            "code": one.code,
            "label": one.code,
            "unit": "",
            "before": "—",
            "after": said(one.value),
            "row": one,
        }
    figure = law[one.code]
    old = figure.on(row.in_force_from) if row.is_open else _before(figure, one)
    return {
        "code": one.code,
        "label": figure.label,
        "unit": figure.unit,
        "before": plain(figure, old.value if old else None),
        "after": plain(figure, one.value),
        "row": one,
    }


def _before(figure: Figure, one: Any) -> Any:
    """Of an amendment in force: the version it followed."""
    earlier = [v for v in figure.values if (v.in_force_from is None or v.in_force_from < one.amendment.in_force_from)]
    return earlier[-1] if earlier else None


@require_GET
@acting
def figures(request: SignedIn, pk: int) -> HttpResponse:
    """Choose a figure to amend: searched by name, code or clause."""
    row = _own(request, pk)
    law, asked = law_in_force(), request.GET.get("q", "").strip()
    chosen = {one.code for one in row.values.all()}
    groups: dict[str, list[dict[str, Any]]] = {}
    for figure in sorted(law.values(), key=lambda one: one.code):
        value = figure.on(row.in_force_from)
        if asked and not any(asked.lower() in text.lower() for text in (figure.label, figure.code, value.citation)):
            continue
        groups.setdefault(scheme_label(figure.code), []).append(
            {
                "figure": figure,
                "value": value,
                "shown": plain(figure, value.value),
                "chosen": figure.code in chosen,
            }
        )
    context = {"row": row, "groups": groups.items(), "asked": asked}
    return page(request, "amendment_figures", context, title="選擇要修正的數值")


@acting
def value(request: SignedIn, pk: int, code: str) -> HttpResponse:
    """The typed editor of one figure, with its versions and other drafts of it."""
    row = _own(request, pk)
    law = law_in_force()
    if code not in law:
        raise Http404
    figure = law[code]
    stored = next((one for one in row.values.all() if one.code == code), None)
    current = stored.value if stored else figure.on(row.in_force_from).value
    rows = value_form.parts(figure, current)
    part = request.GET.get("part", "")
    if rows and part not in {key for key, _ in rows}:
        context = {"row": row, "figure": figure, "parts": rows}
        return page(request, "amendment_parts", context, title=f"修正：{figure.label}")
    initial = {"citation": stored.citation, "note": stored.note} if stored else {}
    form = value_form.ValueForm(
        request.POST or None, figure=figure, value=current, part=part if rows else "", initial=initial
    )
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("citation", "note")}
        with into_form(request, form) as tried:
            amending.set_value(row, code=code, value=form.new_value, **given, by=request.user, at=now())
        if tried.ok:
            messages.success(request, f"已加入「{figure.label}」的修正。")
            return redirect("admin:amendment", pk)
    versions = [(one, plain(figure, one.value)) for one in reversed(figure.values)]
    others = [one for one in selectors.open_amendments_of(code) if one.amendment_id != row.pk]
    context = {"row": row, "figure": figure, "form": form, "versions": versions, "others": others, "today": today()}
    return page(request, "amendment_value", context, title=f"修正：{figure.label}")


@require_POST
@acting
def act(request: SignedIn, pk: int, what: str) -> HttpResponse:
    """試算, 核定, 撤回, 移除數值."""
    row = get_object_or_404(Amendment, pk=pk)
    version = whole_number(request.POST.get("version"))
    at, by = now(), request.user
    if what == "assess":
        sheet = impact_sheets.ask_sheet(row, by=by, at=at)
        messages.success(request, "已開始試算，完成後會顯示在本頁。")
        return redirect("admin:impact", sheet.pk)
    if what == "enforce":
        amending.put_in_force(row, by=by, at=at, version=version)
        messages.success(request, f"修正案已核定，{roc(row.in_force_from)} 起適用。")
    elif what == "withdraw":
        amending.withdraw(row, reason=request.POST.get("reason", ""), by=by, at=at)
        messages.success(request, "修正案已撤回。")
    elif what == "drop":
        amending.drop_value(row, code=request.POST.get("code", ""), by=by, at=at)
        messages.success(request, "已移除這個數值，請重新試算影響。")
    else:
        raise Http404
    return redirect("admin:amendment", pk)


# --- the sheet -------------------------------------------------------------------------------------------------------


def _sheet(pk: int) -> ImpactSheet:
    return get_object_or_404(
        ImpactSheet.objects.select_related("amendment", "asked_by").defer("asked_by__national_id"), pk=pk
    )


@require_GET
def sheet(request: SignedIn, pk: int) -> HttpResponse:
    """影響試算: what differs, by kind and office, before and after."""
    one = _sheet(pk)
    visible = selectors.lines_visible(one, rights_of(request))
    lines = selectors.narrowed(visible, request.GET)
    found = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    asked = {name: request.GET.get(name, "") for name in ("source", "office", "q") if request.GET.get(name)}
    query = urlencode(asked)
    counts = selectors.source_counts(visible)
    labels = {source["code"]: source["label"] for source in counts}
    context = {
        "sheet": one,
        "row": one.amendment,
        "stale": one.version != one.amendment.version,
        "lines": [{"line": line, "kind": labels.get(line.source, line.source)} for line in found],
        "page": found,
        "query": f"{query}&" if query else "",
        "plain_query": query,
        "counts": counts,
        "offices": selectors.offices_of(visible),
        "asked": asked,
        "whole": holds(request, AMEND) or holds(request, ENACT),
        "formats": LABELS,
    }
    return page(request, "impact", context, title="影響試算")


@require_POST
@acting
def export(request: SignedIn, pk: int) -> HttpResponse:
    one = _sheet(pk)
    asked = QueryDict(request.POST.get("query", ""))
    kept = {name: asked[name] for name in ("source", "office", "q") if asked.get(name)}
    request_export(
        user=request.user,
        page=EXPORT,
        title=f"影響試算：{one.amendment.title}",
        query=urlencode({"sheet": pk, **kept}),
        format=request.POST.get("format", ""),
        at=now(),
    )
    messages.success(request, "已開始產製清單，完成後會通知您。")
    return redirect("casework:exports")
