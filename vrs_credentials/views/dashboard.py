"""The professional's page: what I hold, until when, what is missing, what comes next (VRS-16), and the planner."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.limits import EXPORT, limited
from casework.jobs.exports import request_export
from casework.law.in_force import law_in_force
from casework.views import words
from casework.views.acting import acting, into_form
from kernel.dates import roc, taipei_day
from kernel.saying import plain
from vrs_credentials.forms.applying import PlanForm, ReissueForm
from vrs_credentials.models import Certificate
from vrs_credentials.selectors.casepage import ledger_table
from vrs_credentials.selectors.papers import clause_row
from vrs_credentials.selectors.register import (
    Standing,
    current_certificates,
    own_cases,
    revoked_certificates,
    standing,
)
from vrs_credentials.selectors.site import plan
from vrs_credentials.services import certifying
from vrs_credentials.states import QUALIFICATION_KIND
from vrs_credentials.views.common import form_page, own_certificate, page, pressed_once, professional_of

ME = ("我的資格", "/vrs/me/")


def gauges(found: Standing) -> list[dict[str, Any]]:
    """54 and 6, and where they were taken on a while ago the training of that, with what is missing in words."""
    law = law_in_force()
    rows = [
        ("專業課程＋專業相關法規", "vrs.professional_law_hours", found.professional_law, "missing_professional_law"),
        ("專業倫理＋專業品質", "vrs.ethics_quality_hours", found.ethics_quality, "missing_ethics_quality"),
    ]
    made = [
        _gauge(label, value, law.at(code, found.on).value, found.count.result[missing])
        for label, code, value, missing in rows
    ]
    if found.follow_up is not None and not found.follow_up.result["done"]:
        asked = found.follow_up.result
        done = Decimal(str(asked["hours"])) - Decimal(str(asked["missing"]))
        by = roc(date.fromisoformat(asked["due_on"]))
        made.append(_gauge("進用後專業訓練", done, asked["hours"], asked["missing"], f"，期限 {by}"))
    return made


def _gauge(label: str, value: Any, most: Any, missing: Any, more: str = "") -> dict[str, Any]:
    note = f"尚缺 {plain(missing)} 小時" if missing else "已達規定時數"
    return {
        "label": label, "value": plain(min(Decimal(str(value)), Decimal(str(most)))), "max": most,
        "note": f"{plain(value)} 小時，{note}{more}", "tone": "warn" if missing else "good",
    }  # fmt: skip


def next_words(found: Standing) -> tuple[str, str, str]:
    """(sentence, button, address): what the holder does next with a certificate."""
    one = found.certificate
    key = [one.pk]
    if found.revoked:
        return f"已於 {_revoked_on(one)} 撤銷：{one.revoked_reason}", "", ""
    if (later := found.renewed) is not None:
        text = f"已更新為 {later.number}，自 {roc(later.starts_on)} 起。"
        return text, "看更新後的證明", reverse("vrs_credentials:certificate", args=[later.pk])
    if found.successor is not None:
        return (
            f"更新後之 {found.successor.number} 已於 {_revoked_on(found.successor)} 撤銷，不能再以這張證明辦理。",
            "",
            "",
        )
    if found.open_renewal:
        case = found.open_renewal.case
        return f"更新申請 {case.number} 辦理中。", "查看進度", reverse("casework:case", args=[case.number])
    if found.on < one.starts_on:
        return f"自 {roc(one.starts_on)} 起生效。", "", ""
    if found.may_renew:
        text = (
            "已逾效期，仍可申請更新，新證明自申請日起算。"
            if found.lapsed
            else f"可以申請更新，請於 {roc(one.valid_until)} 前送審。"
        )
        return text, "申請更新（換證）", reverse("vrs_credentials:renew", args=key)
    if found.lapsed and found.way_back and found.way_back.met:
        return "完成後即可申請更新。", "看看還缺多少", reverse("vrs_credentials:lapsed", args=key)
    if found.lapsed:
        return "已逾效期，時數不足以更新。", "看看如何恢復", reverse("vrs_credentials:lapsed", args=key)
    if found.window_open:
        return (
            f"更新申請已開放至 {roc(one.valid_until)}，但時數還不夠。",
            "看看哪些課可以補足",
            reverse("vrs_credentials:plan", args=key),
        )
    if found.count.met:
        return f"時數已完成，{roc(found.opens_on)} 起開放申請更新。", "", ""
    return (
        f"{roc(found.opens_on)} 起開放申請更新，請先補足時數。",
        "看看哪些課可以補足",
        reverse("vrs_credentials:plan", args=key),
    )


def _revoked_on(one: Certificate) -> str:
    return roc(taipei_day(one.revoked_at)) if one.revoked_at else ""


def card(found: Standing, *, here: str = "") -> dict[str, Any]:
    """`here`: the address the card stands on, to which it offers no way."""
    one = found.certificate
    sentence, button, url = next_words(found)
    label, tone = found.label
    serving, serving_tone = found.serving
    return {
        "standing": found, "one": one, "gauges": gauges(found), "next": sentence, "button": button, "url": url if url != here else "",
        "here": here, "serving": serving, "serving_tone": serving_tone, "state": label,
        "tone": tone, "clause": clause_row(one.kind, one.clause, on=one.issued_on, law=law_in_force())["citation"],
        "deadlines": [words.deadline(d, found.on) for d in found.deadlines if d.met_at is None and d.lapsed_at is None],
        "follow_up": found.follow_up, "papers_label": ("已逾效期" if found.lapsed and not found.revoked else ""), "led_on": found.renewed is not None,
    }  # fmt: skip


@require_GET
@acting
def dashboard(request: HttpRequest) -> HttpResponse:
    """我的資格."""
    known, day, law = professional_of(request), today(), law_in_force()
    if known is None:
        return redirect("vrs_credentials:profile")
    shown = [*current_certificates(request.user, on=day), *revoked_certificates(request.user, on=day)]
    cards = [card(standing(one, on=day, law=law)) for one in shown]
    rows = [words.row(case, day) for case in own_cases(request.user)[:20]]
    # the first application on its way is what somebody without a certificate comes to see
    running = next((one for one in rows if one.case.kind == QUALIFICATION_KIND and not one.state.final), None)
    context = {"cards": cards, "rows": rows, "known": known, "today": day, "running": None if cards else running}
    return page(request, "dashboard", context, title="我的資格")


@require_GET
@acting
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate: dates that explain themselves, every hour that counts, its papers."""
    one, day, law = own_certificate(request, pk), today(), law_in_force()
    found = standing(one, on=day, law=law)
    outcomes = [found.window, found.count, found.period, *filter(None, (found.follow_up, found.way_back))]
    context = {
        "card": card(found, here=request.path), "findings": [words.finding(o) for o in outcomes], "table": ledger_table(one, since=found.since), "one": one,
        "documents": found.documents, "deadlines": [words.deadline(d, day) for d in found.deadlines],
        "extensions": list(one.extensions.all()),
    }  # fmt: skip
    return page(request, "certificate", context, title=one.kind_label, crumbs=[ME])


@acting
def reissue(request: HttpRequest, pk: int) -> HttpResponse:
    """資格證明遺失."""
    one = own_certificate(request, pk)
    form = ReissueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            at = now()
            pressed_once(
                request, form, "vrs.reissue", at,
                lambda: {"number": certifying.reissue(one, reason=form.cleaned_data["reason"], by=request.user, at=at).number},
            )  # fmt: skip
        if tried.ok:
            messages.success(request, "已補發數位證明，原證明文件即日起註記已換發。")
            return redirect("vrs_credentials:certificate", pk)
    crumbs = [ME, (one.kind_label, reverse("vrs_credentials:certificate", args=[pk]))]
    return form_page(
        request,
        form,
        title="資格證明遺失補發",
        button="申請補發",
        crumbs=crumbs,
        intro="補發後證明編號、效期與記載事項不變；遺失之證明文件查驗時將顯示已換發。姓名、身分證字號或出生日期記載有誤者，請勿以遺失補發，"
        f"請檢附戶籍謄本等證明洽{one.case.office.name}（{one.case.office.phone}）辦理更正。",
    )


@require_GET
@acting
def planner(request: HttpRequest, pk: int) -> HttpResponse:
    """試算: what if I am away, what if I take these courses. The same rules; nothing is saved."""
    one, day, law = own_certificate(request, pk), today(), law_in_force()
    found = standing(one, on=day, law=law)
    if not found.last:  # nothing comes of it: the certificate's own page says what is so
        return redirect("vrs_credentials:certificate", pk)
    form = PlanForm(request.GET or None)
    asked: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        asked = {name: value for name, value in form.cleaned_data.items() if value is not None}
    made = plan(found, on=day, law=law, **asked)
    outcomes = [made.count, *([made.away] if made.away else []), made.window]
    context = {
        "form": form,
        "plan": made,
        "one": one,
        "findings": [words.finding(o) for o in outcomes],
        "after": words.finding(made.after),
    }
    crumbs = [ME, (one.kind_label, reverse("vrs_credentials:certificate", args=[pk]))]
    return page(request, "plan", context, title="試算", crumbs=crumbs)


@require_POST
@acting
@limited(EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """My certificates and hours as a sheet."""
    request_export(
        user=request.user,
        page="vrs_hours",
        title="我的時數",
        query="",
        format=request.POST.get("format", "ods"),
        at=now(),
    )
    messages.success(request, "已開始產製，完成後會通知您，也可在本頁下載。")
    return redirect("casework:exports")


def hours_rows(user: Any, query: str) -> tuple[list[str], Any]:
    """Exporter vrs_hours: only the asker's own."""
    header = [
        "資格",
        "證明編號",
        "有效期間起",
        "有效期間迄",
        "上課日期",
        "課程或事項",
        "類別",
        "核定時數",
        "加成",
        "採計時數",
        "來源",
        "核定日",
    ]

    def rows() -> Any:
        for one in Certificate.objects.filter(holder=user).order_by("kind", "starts_on"):
            for e in one.entries.order_by("held_on", "pk").iterator():
                yield [
                    one.kind_label, one.number, one.starts_on, one.valid_until, e.held_on, e.title, e.get_group_display(), e.base,
                    e.weight, e.hours, e.get_source_display(), e.approved_on,
                ]  # fmt: skip

    return header, rows()
