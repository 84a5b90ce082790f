"""What the scheme adds to shared pages: the menu, the start page for visitors and trainees, 我的資料."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from accounts.clock import now, today
from accounts.rights import organisations_with, rights_of
from accounts.roles import right
from kernel.dates import roc
from ojt_subsidy.models import Enrolment
from ojt_subsidy.permissions import APPROVE_PAYMENT, BATCH_PAYMENT, FILE_CLOSING, PASS_ON, REVIEW_PAYMENT
from ojt_subsidy.selectors.catalogue import Asked, first_named, listed
from ojt_subsidy.selectors.lines import by_class, lines_to_pay, to_decide, to_mend
from ojt_subsidy.selectors.money import trainee_of
from ojt_subsidy.selectors.terms import to_confirm
from ojt_subsidy.states import DECIDABLE, ENROLMENT, LIVE
from ojt_subsidy.views.catalogue import row_of

SHOWN = 8


def visitors(request: HttpRequest) -> Mapping[str, Any]:
    """The next courses to begin."""
    at = now()
    return {"rows": [row_of(one, at) for one in first_named(listed(Asked(), on=today())[:5])]}


def start_page(request: HttpRequest) -> Mapping[str, Any] | None:
    """My running filings, for whoever has some."""
    if not request.user.is_authenticated or request.user.is_staff:
        return None
    rows = (
        Enrolment.objects.filter(person=request.user, state__in=LIVE)
        .select_related("course")
        .order_by("course__starts_on")[:5]
    )
    found = [{"row": row, "state": ENROLMENT.state(row.state)} for row in rows]
    return {"rows": found} if found else None


def to_answer(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """等我處理: filings the unit asked to confirm and to pay."""
    if request.user.is_staff:
        return []
    return [
        {
            "title": f"確認參訓並繳費：{row.course.title}",
            "url": reverse("ojt_subsidy:enrolled", args=[row.pk]),
            "number": row.course.code,
            "state_label": ENROLMENT.state(row.state).label,
            "tone": "warn",
            "due": roc(row.respond_by) if row.respond_by else "",
        }
        for row in to_confirm(request.user)
    ]


def to_pay(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """等我處理 of the cashier: approved lines that stand in no batch yet."""
    offices = rights_of(request).get(right(BATCH_PAYMENT).codename)
    if not request.user.is_staff or not offices:
        return []
    count, total = lines_to_pay(offices)
    if not count:
        return []
    title, url = f"待列入撥款清冊 {count} 筆", reverse("admin:subsidy_batches")
    return [{"title": title, "url": url, "number": "", "state_label": f"合計 {total:,} 元", "tone": "info", "due": ""}]


def _by_class(which: Q, said: Mapping[str, tuple[str, str, str]], url: Callable[[Mapping[str, Any]], str]) -> list[Any]:
    """A row for each class and state of these lines; `said`: state → title, what is to be done, tone."""
    rows = []
    for one in by_class(which)[:SHOWN]:
        title, label, tone = said[one["state"]]
        named = f"{title} {one['count']} 筆：{one['title']}"
        rows.append(
            {"title": named, "url": url(one), "number": one["number"], "state_label": label, "tone": tone, "due": ""}
        )
    return rows


def to_decide_on(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """等我處理 of the branch: lines of an approved dossier for whoever approves them, and what the bank sent back."""
    if not request.user.is_staff:
        return []
    approve, review, batch = (
        rights_of(request).get(right(code).codename, set()) for code in (APPROVE_PAYMENT, REVIEW_PAYMENT, BATCH_PAYMENT)
    )
    if not (approve or review or batch):
        return []
    which = to_decide(approve=approve, returned=review | batch, dossiers=DECIDABLE)
    said = {
        "pending": ("補助款待核定", "逐筆核定", "info"),
        "bounced": ("補助款退匯", "受款人更正帳戶後，重新撥款", "bad"),
    }
    return _by_class(which, said, lambda one: reverse("admin:subsidy_payments", args=[one["number"]]))


def to_mend_now(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """等我處理 of a payee: an account to correct; of a unit, papers and passing on."""
    user = request.user
    if user.is_staff:
        return []
    closes, passes_on = (organisations_with(user, code) for code in (FILE_CLOSING, PASS_ON))
    said = {
        "bounced": ("補助款退匯", "更正帳戶", "bad"),
        "missing": ("補助款待補件", "補件", "warn"),
        "with_unit": ("補助款待轉撥學員", "轉撥", "warn"),
    }

    def url(one: Mapping[str, Any]) -> str:
        if one["payee"] == "trainee" and one["state"] == "bounced":
            return reverse("ojt_subsidy:profile")
        return reverse(f"ojt_subsidy:{'pass_on' if one['state'] == 'with_unit' else 'closing'}", args=[one["code"]])

    return _by_class(to_mend(user, closes=closes, passes_on=passes_on), said, url)


def mine(request: HttpRequest) -> Mapping[str, Any] | None:
    trainee = trainee_of(request.user)
    return {"trainee": trainee} if trainee else None
