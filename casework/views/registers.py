"""Pages of the back office that belong to no case: law in force, jobs, mail, people's identifiers."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.catalogue import REVEAL
from accounts.clock import now, today
from accounts.http import SignedIn
from accounts.limits import REVEALING, limited
from accounts.models import User
from accounts.rights import holds
from accounts.services.identifiers import reveal_national_id
from casework.errors import NotPermitted
from casework.jobs import watch
from casework.law.in_force import law_in_force
from casework.models import ExportJob, Notice
from casework.notices.outbox import resend
from casework.rights import PEOPLE, WATCH
from casework.schemes.rulepages import plain, scheme_label
from casework.views import words
from casework.views.acting import acting
from casework.views.agency import page
from casework.views.parts import revealing
from kernel.law import Figure, Value

PER_PAGE = 50


def require(request: SignedIn, code: str) -> None:
    if not holds(request, code):
        raise NotPermitted("您沒有使用這個頁面的權限。")


# --- law in force ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Version:
    value: Value
    shown: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Shown:
    figure: Figure
    versions: list[Version]


def _versions(figure: Figure) -> list[Version]:
    day = today()
    begun = [value for value in figure.values if value.in_force_from is None or value.in_force_from <= day]
    current = begun[-1] if begun else None
    return [Version(value, plain(figure, value.value), value is current) for value in reversed(figure.values)]


@require_GET
def law(request: SignedIn) -> HttpResponse:
    """法規數值: every figure with its versions, sources, and what the sources do not confirm."""
    figures = sorted(law_in_force().values(), key=lambda one: one.code)
    unconfirmed = sum(not value.confirmed for one in figures for value in one.values)
    groups: list[dict[str, Any]] = [
        {
            "code": code,
            "label": scheme_label(f"{code}."),
            "figures": [Shown(one, _versions(one)) for one in found],
        }
        for code, found in groupby(figures, key=lambda one: one.code.split(".")[0])
    ]
    context = {"groups": groups, "count": len(figures), "unconfirmed": unconfirmed, "today": today()}
    return page(request, "law", context, title="法規數值")


# --- jobs, mail --------------------------------------------------------------------------------------------------------------


@require_GET
@acting
def jobs(request: SignedIn) -> HttpResponse:
    """排程: what should have happened and has not."""
    require(request, WATCH)
    at, day = now(), today()
    context = {
        "watch": watch.troubles(at, day),
        "deadlines": watch.late_deadlines(day)[:PER_PAGE],
        "stuck": watch.stuck_notices(at)
        .select_related("user")
        .defer("user__national_id")
        .order_by("next_try_at")[:PER_PAGE],
        "exports": ExportJob.objects.select_related("user").defer("user__national_id")[:20],
        "cap": watch.CAP,
        "jobs": watch.jobs(at),
        "deadlocks": watch.deadlocks(),
        "overdue": watch.overdue_by_office(day),
        "findings": watch.findings()[:PER_PAGE],
    }
    return page(request, "jobs", context, title="排程")


@require_GET
@acting
def mail_log(request: SignedIn) -> HttpResponse:
    """郵件紀錄, newest first; refused ones can be sent again."""
    require(request, WATCH)
    state = request.GET.get("state", "")
    rows = (
        Notice.objects.select_related("user", "case").defer("user__national_id", "body").order_by("-created_at", "-pk")
    )
    if state in Notice.Mail.values:
        rows = rows.filter(mail_state=state)
    # Older mail than this is found on its case.
    found = Paginator(rows[:5000], PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": found,
        "rows": [words.mail(one) for one in found],
        "tabs": _mail_tabs(state),
        "query": f"state={state}&" if state else "",
        "state": state,
    }
    return page(request, "mail_log", context, title="郵件紀錄")


def _mail_tabs(state: str) -> Iterable[dict[str, Any]]:
    base = reverse("admin:mail_log")
    kinds = [("", "全部"), *((one.value, one.label) for one in Notice.Mail)]
    return [
        {"label": label, "url": f"{base}?state={code}" if code else base, "current": code == state, "count": ""}
        for code, label in kinds
    ]


@require_POST
@acting
def resend_mail(request: SignedIn, pk: int) -> HttpResponse:
    require(request, WATCH)
    resend(get_object_or_404(Notice, pk=pk), by=request.user, at=now())
    messages.success(request, "已排入寄送。")
    return redirect(f"{reverse('admin:mail_log')}?state={Notice.Mail.QUEUED}")


# --- a person's identifier -------------------------------------------------------------------------------------------------


@acting
@limited(REVEALING)
def reveal_person(request: SignedIn, pk: int) -> HttpResponse:
    """The full national ID of a person in the register, with a reason that is logged."""
    require(request, PEOPLE)
    require(request, REVEAL)
    person = get_object_or_404(User, pk=pk)
    return revealing(
        request,
        label=person.name,
        masked=person.masked_national_id,
        back=reverse("admin:accounts_user_change", args=[pk]),
        read=lambda reason: reveal_national_id(
            user=person, reader=request.user, reason=reason, at=now(), request=request
        ),
    )
