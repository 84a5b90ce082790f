"""Doing an act 辦理: what is alike for every act of every kind. What is an act's own stands in the function that its row names.

In this order: slow work before anything is held, the locks in the portal's order, the version the page was drawn from, the right,
迴避, another person's step, the state, the reason, what the act asks, its own part, then the state and the event.
A press's receipt and a second try after a deadlock are around it (casework.cases.receipts.once).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.locks import take
from accounts.models import User
from casework.cases.casetypes import casetype
from casework.cases.moving import go, lock, require
from casework.errors import NotAllowed, Refused, Stale
from casework.models import Case, Event
from kernel.acts import Act
from kernel.asking import asking
from kernel.dates import taipei_day
from kernel.outcome import Outcome


@dataclass
class Doing:
    """An act on its way: to what, by whom, when, and what its own part adds to the event."""

    act: Act
    case: Case
    #: None where the portal itself acts.
    by: User | None
    at: datetime
    reason: str = ""
    #: Kept with the event: what the rules said, and what was written.
    outcomes: list[Outcome] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    #: Who stands in the event where the case must not say who acted (保密陳情).
    as_name: str = ""
    internal: bool = False
    #: What the own part returned: an address to go to, a row that was made.
    answer: Any = None
    event: Event | None = None

    @property
    def day(self) -> date:
        return taipei_day(self.at)

    def move(self) -> Event:
        """Go on to the act's state now, where the rest of the own part needs the event or the new state; else it happens at the end."""
        if self.event is not None:
            raise AssertionError(f"{self.act.code} has moved already")
        by = None if self.as_name else self.by
        self.event = go(
            self.case, self.act, by=by, at=self.at, reason=self.reason, changes=self.changes, outcomes=self.outcomes,
            as_name=self.as_name, internal=self.internal,
        )  # fmt: skip
        return self.event

    def then(self, code: str, *, reason: str = "", **given: Any) -> Doing:
        """Another act of the same case within this one."""
        act = casetype(self.case.kind).table.act(code)
        with asking(f"act:{self.case.kind}.{code}"):
            return _do(Doing(act, self.case, self.by, self.at, reason), given)


def only_the_step(doing: Doing) -> None:
    """The state and the event are all there is to it."""


def perform(
    case: Case | int,
    code: str,
    *,
    by: User | None,
    at: datetime,
    version: int | None = None,
    reason: str = "",
    **given: Any,
) -> Doing:
    """Do one act of the case's table, whole or not at all. Returns what was done: the case as it is now, the act's answer.

    Raises NotPermitted, Refused, NotAllowed, and Stale where `version` has passed.
    """
    known = case if isinstance(case, Case) else Case.objects.get(pk=case)
    act = casetype(known.kind).table.act(code)
    with asking(f"act:{known.kind}.{code}"):
        return _perform(act, known, by=by, at=at, version=version, reason=reason, given=given)


def _perform(
    act: Act, known: Case, *, by: User | None, at: datetime, version: int | None, reason: str, given: Mapping[str, Any]
) -> Doing:
    with transaction.atomic():
        if act.before is not None:
            require(by, act.right, known)
            _stands(act, known)
            given = dict(act.before(known, by, **given))
        held = take(*act.holds(known), known)[-1] if act.holds is not None else lock(known)
        if version is not None and held.version != version:
            raise Stale(held, version)
        return _do(Doing(act, held, by, at, reason), given)


def _do(doing: Doing, given: Mapping[str, Any]) -> Doing:
    act, case, by = doing.act, doing.case, doing.by
    require(by, act.right, case)
    _stands(act, case)
    _another_person(act, case, by)
    if act.reason and not doing.reason.strip():
        raise Refused(f"「{act.label}」請填寫理由。", field="reason")
    for ask in act.asks:
        doing.outcomes += _asked(ask(case, by, doing.at))
    before = case.events_count
    if act.perform is not None:
        doing.answer = act.perform(doing, **given)
    if doing.event is None and (act.target or not _said(doing, before)):
        doing.move()
    return doing


def _said(doing: Doing, before: int) -> bool:
    """Whether an act that stays in its state left its event itself, or has nothing to say."""
    return doing.case.events_count != before or (doing.act.quiet and not doing.changes)


def _stands(act: Act, case: Case) -> None:
    if why := casetype(case.kind).table.why_not(case.state, act):
        raise NotAllowed(why)


def _another_person(act: Act, case: Case, by: User | None) -> None:
    """同一人不得辦理兩個步驟: who proposed does not decide."""
    if why := why_same_person(act, case, by):
        raise Refused(why)


def why_same_person(act: Act, case: Case, by: User | None) -> str:
    if by is None or not act.apart:
        return ""
    done = case.events.filter(code__in=act.apart, by=by).order_by("-seq").values_list("label", flat=True).first()
    return f"您已辦理本案「{done}」，同一人不得再辦理「{act.label}」，請由其他同仁辦理。" if done else ""


def _asked(said: Outcome | Iterable[Outcome] | None) -> list[Outcome]:
    """What a rule said: refused where it is not met."""
    outcomes = [] if said is None else [said] if isinstance(said, Outcome) else list(said)
    for outcome in outcomes:
        if outcome.met is False:
            raise Refused(f"{outcome.sentence}（{outcome.refusals[0].citation}）", outcomes=[outcome])
    return outcomes


def why_not(act: Act, case: Case, user: User, at: datetime) -> str:
    """Why the act is off for this person now, in the words it would refuse with; empty when it is on. 迴避 is asked beside it."""
    table = casetype(case.kind).table
    if case.state not in act.sources:
        return f"案件目前為「{table.state(case.state).label}」。"
    if why := why_same_person(act, case, user):
        return why
    try:
        for ask in act.asks:
            _asked(ask(case, user, at))
    except Refused as error:
        return error.message
    return ""
