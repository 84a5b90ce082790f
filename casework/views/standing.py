"""某日之案件: a case as it stood on a day, for the office and for the applicant's own case."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.clock import today
from accounts.http import SignedIn
from accounts.roles import Side
from casework.cases import casepage
from casework.cases.access import case_on_side
from casework.cases.standing import Figured, as_it_stood
from casework.forms import PortalForm, RocDateField
from casework.law.in_force import law_in_force
from casework.models import Case, Event
from casework.schemes.rulepages import plain
from casework.views import words
from casework.views.acting import acting
from casework.views.agency import page
from kernel.outcome import Outcome


class DayForm(PortalForm):
    on = RocDateField(label="日期", help_text="當天結束時的狀況，例：113/10/31")

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > today():
            raise forms.ValidationError("日期不得晚於今日。")
        return day


def _context(request: SignedIn, case: Case, events: QuerySet[Event], *, side: Side, ours: bool) -> dict[str, Any]:
    form = DayForm(request.GET if "on" in request.GET else None, initial={"on": today()})
    day = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    context: dict[str, Any] = {"case": case, "form": form, "on": day, "stood": None}
    if day is None:
        return context
    kind = words.about(case)
    stood = as_it_stood(case, kind, on=day, today=today(), law=law_in_force(), events=events, office=ours)
    known = {one.code: one for one in kind.table.states} if kind else {}
    decided = [Outcome.from_json(found) for event in stood.events for found in event.outcomes]
    return context | {
        "stood": stood,
        "state": known.get(stood.state or ""),
        "state_now": words.state_of(case),
        "timeline": words.timeline(case, stood.events, to_applicant=side is Side.APPLICANT),
        "decided": [words.finding(one) for one in decided],
        "figures": [_figure(one) for one in stood.figures],
    }


#: A table of the law longer than this is not read out within a line: its number of entries is said.
MOST_SAID = 120


def _figure(one: Figured) -> dict[str, Any]:
    def text(value: Any) -> str:
        if value is None or value.value is None:
            return "尚無此規定"
        said = plain(one.figure, value.value)
        if isinstance(value.value, list | tuple | Mapping) and len(said) > MOST_SAID:
            return f"共 {len(value.value)} 項"
        return f"{said} {one.figure.unit}".strip()

    then, now = text(one.then), text(one.now)
    return {
        "label": one.figure.label,
        "code": one.figure.code,
        "then": then,
        "now": f"{now}，內容不同" if one.changed and now == then else now,
        "changed": one.changed,
        "citation": one.then.citation if one.then else one.now.citation,
    }


@require_GET
@acting
def of_office(request: SignedIn, number: str) -> HttpResponse:
    case, rights = case_on_side(request.user, number, Side.OFFICE)
    context = _context(request, case, casepage.office_events(rights), side=Side.OFFICE, ours=rights.of_office())
    return page(request, "standing", context, title=f"{case.number} 某日之狀況")


@require_GET
@acting
def of_applicant(request: SignedIn, number: str) -> HttpResponse:
    case, _ = case_on_side(request.user, number, Side.APPLICANT)
    context = _context(request, case, casepage.events(case, internal=False), side=Side.APPLICANT, ours=False)
    return render(request, "casework/standing.html", context)
