"""Pages of work of the back office: my reviews, committee sessions, the register of certificates, news and questions."""

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from accounts import crypto
from accounts.clock import now, today
from accounts.identity import bearing
from accounts.rights import can, organisations_with
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.papers import rendering
from casework.views import words
from casework.views.acting import acting, into_form
from kernel import identifiers
from vrs_credentials import documents
from vrs_credentials.forms.institution import AnswerForm, NewsForm
from vrs_credentials.forms.office import (
    CertificateForm,
    CorrectForm,
    HiredForm,
    MinutesForm,
    RevokeForm,
    SessionForm,
    WayBackForm,
)
from vrs_credentials.models import Assignment, Certificate, CommitteeSession, News, Question
from vrs_credentials.permissions import (
    BE_REVIEWER,
    CORRECT_CERTIFICATE,
    CORRECT_LEDGER,
    KEEP_REGISTER,
    REVOKE,
    VIEW_OFFICE,
    WRITE_NEWS,
    decide_right,
)  # fmt: skip
from vrs_credentials.selectors import outcomes
from vrs_credentials.selectors.casepage import ledger_table
from vrs_credentials.selectors.register import standing
from vrs_credentials.services import certifying, ledger, renewing, reviewing, site

DECIDE = decide_right("qualification")


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    """A page of the browser admin."""
    given = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"vrs_credentials/office/{template}.html", given, status=status)


def _need(request: HttpRequest, *codes: str) -> Any:
    """The office in which the person holds one of the rights."""
    for code in codes:
        if (office := organisations_with(request.user, code).order_by("pk").first()) is not None:
            return office
    raise NotPermitted("您沒有使用這個頁面的權限。")


# --- my reviews -----------------------------------------------------------------------------------------------------------


@acting
def review(request: HttpRequest) -> HttpResponse:
    """我的審查: what waits for my opinion, and what I have given."""
    _need(request, BE_REVIEWER)
    rows = Assignment.objects.filter(reviewer=request.user).select_related(
        "case__office", "opinion", "case__person", "case__organisation"
    )
    waiting, given = [], []
    for one in rows.order_by("-pk")[:300]:
        shown = {"assignment": one, "row": words.row(one.case, today()), "opinion": getattr(one, "opinion", None)}
        if shown["opinion"] is None and one.case.state == "review" and one.round == outcomes.last_round(one.case):
            waiting.append(shown)
        elif shown["opinion"] is not None:
            given.append(shown)
    return page(request, "review", {"waiting": waiting, "given": given}, title="我的審查")


@acting
def opinion_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """審查意見表 of one's own opinion; the office's once all are in."""
    one = get_object_or_404(Assignment.objects.select_related("case__office", "reviewer", "opinion"), pk=pk)
    mine = one.reviewer_id == request.user.pk
    if not mine and not (can(request.user, VIEW_OFFICE, one.case) and outcomes.opinions_open(one.case)):
        raise Http404
    content = rendering.render(
        "vrs.opinion", documents.opinion_context(one.case, getattr(one, "opinion", None), one.reviewer.name)
    )
    return _pdf(content, f"{one.case.number}_審查意見表.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


# --- committee ------------------------------------------------------------------------------------------------------------


@acting
def sessions(request: HttpRequest) -> HttpResponse:
    """複審會議: the list, and calling one."""
    office = _need(request, DECIDE, VIEW_OFFICE)
    form = SessionForm(request.POST or None)
    if request.method == "POST":
        _need(request, DECIDE)
        if form.is_valid():
            one = reviewing.call_session(office=office, **form.cleaned_data, by=request.user, at=now())
            messages.success(request, "已建立複審會議。")
            return redirect("admin:vrs_session", one.pk)
    rows = CommitteeSession.objects.filter(office=office).prefetch_related("items")[:100]
    return page(
        request,
        "sessions",
        {"form": form, "rows": rows},
        title="複審會議",
        status=422 if form.is_bound and form.errors else 200,
    )


@acting
def session(request: HttpRequest, pk: int) -> HttpResponse:
    office = _need(request, DECIDE, VIEW_OFFICE)
    one = get_object_or_404(CommitteeSession, pk=pk, office=office)
    form = MinutesForm(
        request.POST if "minutes" in request.POST else None, initial={"minutes": one.minutes, "members": one.members}
    )
    if request.method == "POST":
        _need(request, DECIDE)
        if "close" in request.POST:
            reviewing.close_session(one, by=request.user, at=now())
            messages.success(request, "會議紀錄已定稿。")
            return redirect("admin:vrs_session", pk)
        if form.is_valid():
            with into_form(request, form) as tried:
                reviewing.keep_minutes(one, **form.cleaned_data, by=request.user, at=now())
            if tried.ok:
                messages.success(request, "已儲存會議紀錄。")
                return redirect("admin:vrs_session", pk)
    items = one.items.select_related("case").order_by("position")
    context = {"session": one, "items": items, "form": form}
    return page(request, "session", context, title=str(one), status=422 if form.is_bound and form.errors else 200)


@acting
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """議程／紀錄 as PDF."""
    one = get_object_or_404(
        CommitteeSession.objects.select_related("office"), pk=pk, office=_need(request, DECIDE, VIEW_OFFICE)
    )
    return _pdf(
        rendering.render("vrs.agenda", documents.agenda_context(one)), f"{one}_{'紀錄' if one.minutes else '議程'}.pdf"
    )


# --- register -------------------------------------------------------------------------------------------------------------


@acting
def certificates(request: HttpRequest) -> HttpResponse:
    """資格證明查詢: by number, name or ID; posted, so that an identifier never stands in an address."""
    _need(request, VIEW_OFFICE)
    asked = request.POST.get("q", "").strip()[:100] if request.method == "POST" else ""
    rows = Certificate.objects.select_related("holder").defer("holder__national_id").order_by("-issued_on", "-pk")
    if asked:
        if identifiers.looks_like_person_id(asked):
            try:
                rows = rows.filter(holder__in=bearing(crypto.index(identifiers.read_person_id(asked))))
            except identifiers.IdentifierError as error:
                messages.warning(request, str(error))
                rows = rows.none()
        elif asked.upper().startswith("VRS-"):
            rows = rows.filter(number=asked.upper())
        else:
            rows = rows.filter(holder__name__spelled=asked)
    return page(request, "certificates", {"rows": rows[:100], "asked": asked, "today": today()}, title="資格證明查詢")


@acting
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate: hours with corrections, being taken on, consent to serve, revocation."""
    one = get_object_or_404(Certificate.objects.select_related("holder", "case"), pk=pk)
    if not can(request.user, VIEW_OFFICE, one.case):
        raise Http404
    act = request.POST.get("act", "")
    forms = {
        "correct": (
            CORRECT_LEDGER,
            "更正時數",
            CorrectForm(request.POST if act == "correct" else None, certificate=one, auto_id="correct_%s"),
        ),
        "hired": (KEEP_REGISTER, "登錄進用日", HiredForm(request.POST if act == "hired" else None, auto_id="hired_%s")),
        "way_back": (
            KEEP_REGISTER,
            "登錄先行提供服務同意",
            WayBackForm(request.POST if act == "way_back" else None, auto_id="back_%s"),
        ),
        "certificate": (
            CORRECT_CERTIFICATE,
            "更正證明記載事項",
            CertificateForm(request.POST if act == "certificate" else None, certificate=one, auto_id="certificate_%s"),
        ),
        "revoke": (REVOKE, "撤銷證明", RevokeForm(request.POST if act == "revoke" else None, auto_id="revoke_%s")),
    }
    status = 200
    if request.method == "POST":
        if act not in forms:
            raise Refused("請選擇要辦理的動作。")
        right, label, form = forms[act]
        if not can(request.user, right, one.case):
            raise NotPermitted("您沒有辦理這個動作的權限。")
        status = 422
        if form.is_valid():
            with into_form(request, form) as tried:
                _do(act, one, form.cleaned_data, request)
            if tried.ok:
                messages.success(request, f"「{label}」已完成。")
                return redirect("admin:vrs_certificate", pk)
    found = standing(one, on=today(), law=law_in_force())
    shown = [found.window, found.count, found.period, *filter(None, (found.follow_up, found.way_back))]
    context = {
        "one": one, "found": found, "state": found.label, "table": ledger_table(one, since=found.since), "findings": [words.finding(o) for o in shown],
        "acts": [{"code": c, "label": label, "form": f} for c, (right, label, f) in forms.items() if can(request.user, right, one.case)],
        "documents": found.documents, "ended": "已逾效期" if found.lapsed and not found.revoked else "",
    }  # fmt: skip
    return page(request, "certificate", context, title=f"{one.number} {one.kind_label}", status=status)


def _do(act: str, one: Certificate, data: dict[str, Any], request: HttpRequest) -> None:
    given = {"by": request.user, "at": now()}
    if act == "correct":
        ledger.correct(one, **data, **given)
    elif act == "hired":
        data = {
            **data,
            "before_hours": data["before_hours"] or Decimal(0),
            "case_manager_years": data["case_manager_years"] or 0,
        }
        if certifying.record_hired(one, **data, **given) is None:
            raise Refused("這個條款沒有進用後應完成的專業訓練。")
    elif act == "way_back":
        renewing.record_way_back(one, **data, **given)
    elif act == "certificate":
        certifying.correct_identity(one, **data, **given)
    else:
        certifying.revoke(one, **data, **given)


# --- news and questions ---------------------------------------------------------------------------------------------------


@acting
def news(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    _need(request, WRITE_NEWS)
    one = get_object_or_404(News, pk=pk, removed_at=None) if pk else None
    if request.method == "POST" and "remove" in request.POST and one:
        site.remove_news(one, by=request.user, at=now())
        messages.success(request, "已下架訊息。")
        return redirect("admin:vrs_news")
    names = ("title", "body", "pinned", "published_on")
    form = NewsForm(
        request.POST or None, row=one, initial={n: getattr(one, n) for n in names} if one else {"published_on": today()}
    )
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            site.save_news(data=form.answers, news=one, seen=form.posted_seen, by=request.user, at=now())
        if tried.ok:
            messages.success(request, "已發布訊息。")
            return redirect("admin:vrs_news")
    context = {"form": form, "one": one, "rows": News.objects.filter(removed_at=None)[:50]}
    return page(request, "news", context, title="訊息專區", status=422 if form.is_bound and form.errors else 200)


@acting
def questions(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    _need(request, WRITE_NEWS)
    one = get_object_or_404(Question, pk=pk) if pk else None
    form = AnswerForm(request.POST or None, initial={"answer": one.answer, "is_public": one.is_public} if one else None)
    if request.method == "POST" and one and form.is_valid():
        site.answer(one, **form.cleaned_data, by=request.user, at=now())
        messages.success(request, "已回復留言。")
        return redirect("admin:vrs_questions")
    rows = Question.objects.select_related("asked_by").defer("asked_by__national_id")[:100]
    return page(
        request,
        "questions",
        {"form": form, "one": one, "rows": rows},
        title="留言回復",
        status=422 if form.is_bound and form.errors else 200,
    )
