"""What casework adds to the shared pages: menu entries, the count of unread notices, the start page's lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.catalogue import HELP_SIGN_IN
from accounts.clock import today
from accounts.models import User
from accounts.rights import holds, rights_of
from casework.cases import casepage
from casework.cases.access import applicant_cases, as_lines
from casework.cases.casetypes import casetype
from casework.desk.agenda import agenda
from casework.desk.desk import Desk, desk_of
from casework.desk.worklist import Criteria, Sort, Tab, work_page
from casework.models import Amendment, Case
from casework.notices.outbox import notify
from casework.rights import ENACT
from casework.views import words
from casework.views.identity import waiting_changes
from kernel.acts import Turn
from kernel.dates import roc, taipei_day

SHOWN = 8
TOLD = 5
#: How far 即將到期 looks ahead: a certificate is renewed within half a year before its end.
SOON = timedelta(days=180)


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


def _desk(request: HttpRequest) -> Desk:
    """Asked once for the lists of one page."""
    if not hasattr(request, "_desk"):
        request._desk = desk_of(request.user, rights_of(request))  # type: ignore[attr-defined]
    return request._desk  # type: ignore[attr-defined]


def _may_take(case: Case, desk: Desk) -> bool:
    """Nobody has it, and the person could do what comes next."""
    if case.awaiting or case.turn != Turn.OFFICE:
        return False
    next_acts = casetype(case.kind).table.from_state(case.state)
    return any(case.office_id in desk.turns.get(act.right, ()) for act in next_acts)


def waiting(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """等我處理: staff have what is theirs to sign, their own desk, the latest due first, and what nobody has taken yet;
    applicants what is in their hands."""
    if request.user.is_staff:
        desk, day = _desk(request), today()
        turn = work_page(Criteria(tab=Tab.MY_TURN, today=day), desk, size=SHOWN).rows
        due = work_page(Criteria(tab=Tab.MINE, today=day, sort=Sort.DUE), desk, size=SHOWN).rows
        newest = work_page(Criteria(tab=Tab.MINE, today=day), desk, size=SHOWN).rows
        free = work_page(Criteria(tab=Tab.UNASSIGNED, today=day), desk, size=SHOWN).rows
        mine = [case for case in (*due, *newest) if not case.awaiting]
        mine += [case for case in free if _may_take(case, desk)]
        return [_row(case, "admin:case") for case in {case.pk: case for case in (*turn, *mine)}.values()][:SHOWN]
    own = as_lines(applicant_cases(request.user)).filter(turn=Turn.APPLICANT).order_by("-changed_at")[:SHOWN]
    return [_row(case, "casework:case") for case in own if not words.waits_for(case, request.user)]


def amendments_to_enact(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """Amendments whose impact is known, for the second person: nobody enacts their own draft."""
    if not holds(request, ENACT):
        return []
    rows = Amendment.objects.filter(state=Amendment.State.ASSESSED).exclude(drafted_by=request.user.pk)[:SHOWN]
    return [
        {
            "title": one.title,
            "url": reverse("admin:amendment", args=[one.pk]),
            "number": "",
            "state_label": "待核定",
            "tone": "info",
            "due": f"{roc(one.in_force_from)} 生效",
        }
        for one in rows
    ]


def identity_changes(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """更名、更正字號 that wait for an officer; nobody confirms what they checked."""
    if not holds(request, HELP_SIGN_IN):
        return []
    rows = [one for one in waiting_changes(request.user) if one.checked_by_id != request.user.pk][:SHOWN]  # type: ignore[arg-type]
    return [
        {
            "title": f"更正{one.said}：{one.user.name}",
            "url": f"{reverse('admin:sign_in_help_person', args=[one.user_id])}#change",
            "number": "",
            "state_label": one.stage,
            "tone": "info",
            "due": f"{roc(taipei_day(one.asked_at))} 申請",
        }
        for one in rows
    ]


def expiring(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """即將到期: the days of the person's cases and things, the next first."""
    day = today()
    desk = _desk(request) if request.user.is_staff else None
    rows = []
    for one in agenda(request.user, today=day, until=day + SOON, most=SHOWN, desk=desk):
        said, tone = words.due_words(one.deadline.due_on, day)
        said = f"已{said}" if one.deadline.due_on < day else said
        title = f"{one.deadline.label}：{one.deadline.case.title}" if one.deadline.case else one.deadline.label
        rows.append(
            {
                "title": title,
                "url": one.url,
                "number": one.number,
                "state_label": said,
                "tone": tone,
                "due": roc(one.deadline.due_on),
            }
        )
    return rows


def recent(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """最近通知, read or not."""
    return [
        {
            "title": one.subject,
            "url": reverse("casework:notice", args=[one.pk]),
            "number": "",
            "state_label": "" if one.read_at else "未讀",
            "tone": "info",
            "due": roc(taipei_day(one.created_at)),
        }
        for one in casepage.inbox(int(request.user.pk or 0))[:TOLD]
    ]


def letter(*, user: User, code: str, subject: str, body: str, key: str, at: datetime) -> None:
    """Letters of the sign-in pages go the way of every notice: outbox, retries, mail log."""
    notify(users=[user], code=f"accounts.{code}", subject=subject, body=body, key=key, at=at)
