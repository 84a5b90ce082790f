"""Rows as the pages show them: labels, tones and days in words. No query is made here but by a kind that names nobody to the applicant."""

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from casework.cases.casetypes import CaseType, casetype
from casework.models import Case, Deadline, Event, Notice
from kernel import rulebook
from kernel.acts import Acts, State, Turn
from kernel.dates import roc_moment
from kernel.facts import FactsError
from kernel.outcome import Line, Outcome
from kernel.rulebook import get as rule_named
from kernel.saying import said

SOON = timedelta(days=7)
_UNKNOWN = State("?", "狀態不明", Turn.NOBODY, tone="calm")


def about(case: Case) -> CaseType | None:
    """None for a kind whose scheme this site no longer offers: its cases stay readable."""
    try:
        return casetype(case.kind)
    except KeyError:
        return None


def state_of(case: Case) -> State:
    kind = about(case)
    try:
        return kind.table.state(case.state) if kind else _UNKNOWN
    except KeyError:
        return _UNKNOWN


@functools.cache
def badge(label: str, tone: str) -> SafeString:
    """components/badge.html, made once per state: a list has fifty of them."""
    return render_to_string("components/badge.html", {"label": label, "tone": tone})


def kind_label(case: Case) -> str:
    kind = about(case)
    return kind.label if kind else case.kind


def applicant(case: Case) -> str:
    if case.organisation:
        return case.organisation.name
    return case.person.name if case.person else "—"


def waits_for(case: Case, user: Any) -> str:
    """Whom of the applicant's side a case waits for, where it is in that side's hands and not in this person's."""
    kind = about(case)
    return kind.waits_for(case, user) if kind and case.turn == Turn.APPLICANT else ""


def goes_on(case: Case) -> bool:
    """Nobody's turn and yet not the end: a course in session, a recognition in force."""
    return case.turn == Turn.NOBODY and state_of(case) is not _UNKNOWN and not state_of(case).final


def ongoing(case: Case, user: Any) -> dict[str, Any] | None:
    """What goes on, as the applicant is told; None while somebody has it, and after the end."""
    kind = about(case)
    if kind is None or not goes_on(case):
        return None
    said, pages = kind.ongoing(case, user)
    return {"said": said or f"本案目前為「{state_of(case).label}」", "pages": pages}


def in_hands(case: Case, user: Any = None) -> str:
    """Who has it now, as the applicant is told."""
    if user is not None and (who := waits_for(case, user)):
        return who
    if goes_on(case):
        return state_of(case).label
    return {Turn.APPLICANT: "申請人（您）", Turn.OFFICE: case.office.name}.get(Turn(case.turn), "已結案")


def due_words(due_on: date | None, today: date) -> tuple[str, str]:
    """(words, tone): 還有 3 日, 今天到期, 逾期 2 日."""
    if due_on is None:
        return "", ""
    days = (due_on - today).days
    if days < 0:
        return f"逾期 {-days} 日", "bad"
    if days == 0:
        return "今天到期", "warn"
    return f"還有 {days} 日", "warn" if due_on - today <= SOON else "calm"


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list."""

    case: Case
    kind: str
    state: State
    applicant: str
    assignee: str
    due: str
    due_tone: str

    @property
    def badge(self) -> SafeString:
        return badge(self.state.label, self.state.tone)


def row(case: Case, today: date) -> Row:
    due, tone = due_words(case.due_on, today) if case.turn != Turn.NOBODY else ("", "")
    assignee = case.assignee.name if case.assignee else ""
    return Row(case, kind_label(case), state_of(case), applicant(case), assignee, due, tone)


# --- timeline ---------------------------------------------------------------------------------------------------------


def changes(event: Event) -> list[dict[str, str]]:
    return [
        {
            "label": str(one.get("label") or one.get("field") or "內容"),
            "before": said(one.get("before")),
            "after": said(one.get("after")),
        }
        for one in event.changes
    ]


def clause_in_words(text: str) -> str:
    """A clause as an event stores it, its rule ids followed by the clause they stand for: OA-21（申請須知第3頁…）."""

    def cited(found: re.Match[str]) -> str:
        clause = rulebook.clause_of(found.group())
        return found.group() if clause == found.group() else f"{clause}（{found.group()}）"

    return rulebook.RULE_ID.sub(cited, text)


def timeline(case: Case, events: Iterable[Event], *, to_applicant: bool = False) -> list[dict[str, Any]]:
    """Items of casework/timeline.html, with the outcomes each event rests on."""
    kind = about(case)
    unnamed = kind.unnamed(case) if kind and to_applicant else ()
    states = {state.code: state for state in kind.table.states} if kind else {}
    items = []
    for event in events:
        target = states.get(event.to_state)
        items.append(
            {
                "when": roc_moment(event.at),
                "who": "承辦機關" if event.by_id in unnamed else event.by_name,
                "what": event.label + ("（內部）" if event.internal else ""),
                "clause": clause_in_words(event.clause),
                "tone": target.tone if target else "calm",
                "comment": event.reason,
                "changes": changes(event),
                "outcomes": [finding(Outcome.from_json(one)) for one in event.outcomes],
            }
        )
    return items


# --- findings ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's answer with its lines, as components/outcome.html prints them."""

    rule: str
    sentence: str
    met: bool | None
    lines: Sequence[Line]

    @property
    def word(self) -> str:
        return {True: "符合", False: "不符合", None: "說明"}[self.met]

    @property
    def tone(self) -> str:
        return {True: "good", False: "bad", None: "info"}[self.met]


def finding(outcome: Outcome) -> Finding:
    try:
        sentence = rule_named(outcome.rule).sentence
    except FactsError:
        sentence = ""
    return Finding(outcome.rule, sentence, outcome.met, outcome.lines)


# --- deadlines, notices ----------------------------------------------------------------------------------------------------


def deadline(one: Deadline, today: date) -> dict[str, Any]:
    if one.met_at:
        words, tone = "已完成", "good"
    elif one.lapsed_at:
        words, tone = "已逾期", "bad"
    else:
        words, tone = due_words(one.due_on, today)
    return {
        "label": one.label,
        "citation": one.citation,
        "counted_from": one.counted_from,
        "due_on": one.due_on,
        "words": words,
        "tone": tone,
    }


MAIL_TONES = {
    Notice.Mail.NONE: "calm",
    Notice.Mail.QUEUED: "info",
    Notice.Mail.SENT: "good",
    Notice.Mail.REFUSED: "bad",
    Notice.Mail.DAILY: "info",
    Notice.Mail.IN_DIGEST: "good",
}


def mail(notice: Notice) -> dict[str, Any]:
    state = Notice.Mail(notice.mail_state)
    resend = state in (Notice.Mail.SENT, Notice.Mail.REFUSED, Notice.Mail.IN_DIGEST)
    return {"notice": notice, "label": state.label, "tone": MAIL_TONES[state], "can_resend": resend}


# --- progress ------------------------------------------------------------------------------------------------------------


def _way_on(table: Acts, start: str) -> list[str]:
    """The shortest way from a state to a good end, for the steps still ahead."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        state = table.state(way[-1])
        if state.final and state.tone == "good":
            return way[1:]
        for act in table.from_state(way[-1]):
            if act.target not in seen:
                seen.add(act.target)
                ways.append([*way, act.target])
    return []


def progress(case: Case, events: Sequence[Event]) -> list[dict[str, str]]:
    """Items of components/stepper.html: the states gone through, where it is, and the way to a good end."""
    kind = about(case)
    if kind is None:
        return []
    table = kind.table
    gone: list[str] = [table.initial]
    for event in sorted(events, key=lambda one: one.seq):
        if event.to_state and event.to_state != gone[-1]:
            if event.to_state in gone:
                gone = gone[: gone.index(event.to_state)]
            gone.append(event.to_state)
    here = table.state(case.state)
    passed = [code for code in gone if code != here.code]
    ahead = [] if here.final else [code for code in _way_on(table, here.code) if code not in passed]
    current = {"good": "done", "bad": "error"}.get(here.tone, "done") if here.final else "current"
    steps = [(code, "done") for code in passed] + [(here.code, current)] + [(code, "todo") for code in ahead]
    return [{"label": table.state(code).label, "state": state, "url": "", "note": ""} for code, state in steps]
