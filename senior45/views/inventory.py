"""清查: the window answers line by line."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.clock import now
from accounts.errors import Refused
from accounts.rights import holds
from casework.views.acting import acting
from kernel.asked import whole_number
from kernel.dates import roc
from senior45.models import InventoryLine
from senior45.permissions import ANSWER
from senior45.selectors import campaigns, line_counts, lines_of, my_offices
from senior45.services import inventory

PER_PAGE = 50


@acting
def answers(request: HttpRequest) -> HttpResponse:
    """The newest campaign's lines of my offices; a page of them is answered at once."""
    if not my_offices(request.user, ANSWER).exists():
        raise Http404
    campaign = campaigns().first()
    if campaign is None:
        return render(request, "senior45/inventory.html", {"campaign": None})
    problem, typed = "", {}
    if request.method == "POST":
        # Of the lines drawn, those with a choice; a line of another office is refused by the service.
        given = [
            (line, value, request.POST.get(f"reason_{name[4:]}", ""))
            for name, value in request.POST.items()
            if name.startswith("act_") and value and (line := whole_number(name[4:])) is not None
        ]
        typed = {pk: (act, reason) for pk, act, reason in given}
        try:
            done = inventory.answer(campaign, given, by=request.user, at=now()) if given else 0
        except Refused as error:
            problem = error.message
        else:
            messages.success(request, f"已回覆 {done} 筆。" if done else "沒有變更。")
            page = request.GET.get("page")
            return redirect(reverse("senior45:inventory") + (f"?page={page}" if page else ""))
    return _page(request, campaign, problem, typed)


def to_answer(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """等我處理 of a window: the lines of its offices that are not answered yet."""
    if not holds(request, ANSWER):
        return []
    campaign = campaigns().filter(closed_at=None).first()
    if campaign is None or not (open_ := line_counts(lines_of(request.user, campaign))["open"]):
        return []
    title, url = f"{campaign}：{open_} 筆帳號待回覆", reverse("senior45:inventory")
    due = roc(campaign.answer_by)
    return [{"title": title, "url": url, "number": "", "state_label": "待回覆", "tone": "warn", "due": due}]


def _page(request: HttpRequest, campaign: Any, problem: str, typed: dict[int, tuple[str, str]]) -> HttpResponse:
    mine = lines_of(request.user, campaign)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    rows = [_row(line, typed) for line in page]
    context = {
        "campaign": campaign,
        "counts": line_counts(mine),
        "rows": rows,
        "page": page,
        "problem": problem,
        "open": campaign.closed_at is None,
    }
    return render(request, "senior45/inventory.html", context, status=422 if problem else 200)


def _row(line: InventoryLine, typed: dict[int, tuple[str, str]]) -> dict[str, Any]:
    act, reason = typed.get(line.pk, (line.state if line.state in ("keep", "stop") else "", line.reason))
    return {"line": line, "act": act, "reason": reason, "locked": line.state in ("kept", "stopped")}
