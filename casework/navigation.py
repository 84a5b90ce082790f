"""What casework adds to the shared pages: menu entries, the count of unread notices, the start page's lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.clock import today
from accounts.context_processors import register_unread
from accounts.mailer import register_deliverer
from accounts.models import User
from accounts.navigation import NavItem, register_nav
from accounts.panels import register_expiring, register_waiting
from casework.kernel.machine import Turn
from casework.models import Case
from casework.selectors import applicant_cases, casepage, desk_of, work_page
from casework.selectors.access import as_lines
from casework.selectors.worklist import Criteria, Sort, Tab
from casework.services.notices import notify
from casework.views import words

SHOWN = 8


def _row(case: Case, url_name: str) -> Mapping[str, Any]:
    row = words.row(case, today())
    return {
        "title": case.title,
        "url": reverse(url_name, args=[case.number]),
        "number": case.number,
        "state_label": row.state.label,
        "tone": row.state.tone,
        "due": row.due,
    }


def waiting(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """等我處理: staff have what is theirs to sign and their own desk, the latest due first; applicants what is in their hands."""
    if request.user.is_staff:
        desk, day = desk_of(request.user), today()
        turn = work_page(Criteria(tab=Tab.MY_TURN, today=day), desk, size=SHOWN).rows
        due = work_page(Criteria(tab=Tab.MINE, today=day, sort=Sort.DUE), desk, size=SHOWN).rows
        newest = work_page(Criteria(tab=Tab.MINE, today=day), desk, size=SHOWN).rows
        mine = [case for case in (*due, *newest) if not case.awaiting]
        return [_row(case, "admin:case") for case in {case.pk: case for case in (*turn, *mine)}.values()][:SHOWN]
    mine = as_lines(applicant_cases(request.user)).filter(turn=Turn.APPLICANT).order_by("-changed_at")[:SHOWN]
    return [_row(case, "casework:case") for case in mine]


def expiring(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """即將到期: by the day owed."""
    if request.user.is_staff:
        desk, criteria = desk_of(request.user), Criteria(tab=Tab.MINE, today=today(), sort=Sort.DUE)
        return [_row(case, "admin:case") for case in work_page(criteria, desk, size=SHOWN).rows]
    rows = as_lines(applicant_cases(request.user)).filter(due_on__isnull=False, turn=Turn.APPLICANT)
    return [_row(case, "casework:case") for case in rows.order_by("due_on", "pk")[:SHOWN]]


def letter(*, user: User, code: str, subject: str, body: str, key: str, at: datetime) -> None:
    """Letters of the sign-in pages go the way of every notice: outbox, retries, mail log."""
    notify(users=[user], code=f"accounts.{code}", subject=subject, body=body, key=key, at=at)


def enter() -> None:
    register_deliverer(letter)
    register_nav(
        NavItem("我的申請", "casework:mine", staff=False, order=10),
        NavItem("案件清單", "admin:work", staff=True, order=10),
        NavItem("通知", "casework:inbox", order=80),
        NavItem("查驗文件", "casework:check", order=90, public=True),
    )
    register_unread(lambda user: casepage.unread(user.pk))
    register_waiting(waiting)
    register_expiring(expiring)
