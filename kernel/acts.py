"""The table of what may be done to a case: its states, and a row an act. Everything that shows, asks or does an act reads this table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Turn(StrEnum):
    """Who has the case now 目前在誰手上."""

    APPLICANT = "applicant"
    OFFICE = "office"
    NOBODY = "nobody"


class NotAllowed(Exception):
    """This act does not exist from this state; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class State:
    """A state: code, Chinese label, whose turn, tone of its badge (info, warn, good, bad, calm).

    `awaits` is the office's right the state waits for where that is another person than who handles the case (核定): the case
    stands on the list of those who hold it.
    """

    code: str
    label: str
    turn: Turn
    tone: str = "info"
    final: bool = False
    awaits: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One row: what is done, from which states to which, by whom, what it asks, and the function that does its own part.

    `way` reads "draft | returned → filed"; without an arrow the case stays in its state. casework.cases.doing.perform does what
    is alike for all acts (lock, version, right, recusal, state, reason, `asks`, state and event) and calls `perform(doing, **given)`
    for what is not. An act without a `form` and without a `confirm` is one press; `button` is what stands on the button where
    that says more than `label`. An act that is not `offered` has no button: a page of its own or a job does it.
    """

    code: str
    label: str
    way: str
    right: str
    perform: Callable[..., Any] | None = None
    clause: str = ""
    #: Each `ask(case, by, at)` raises Refused, or returns outcomes: what is not met refuses, what is met is kept with the event.
    asks: tuple[Callable[..., Any], ...] = ()
    #: A reason must be given and is shown to the applicant.
    reason: bool = False
    #: Slow work before anything is held: `before(case, by, **given)` judges a file and returns what is given on to `perform`.
    before: Callable[..., Mapping[str, Any]] | None = None
    #: What is held together with the case: `holds(case)` names rows of the office, the unit, the account.
    holds: Callable[..., Iterable[Any]] | None = None
    #: Codes of acts of which nobody does this one as well on the same case.
    apart: tuple[str, ...] = ()
    #: Leaves an event only where it changed something (saving a draft).
    quiet: bool = False
    button: str = ""
    form: Callable[..., Any] | None = None
    tone: str = "primary"
    confirm: str = ""
    offered: bool = True
    sources: tuple[str, ...] = field(init=False, repr=False)
    target: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        sources, arrow, target = self.way.partition("→")
        object.__setattr__(self, "sources", tuple(one.strip() for one in sources.split("|")))
        object.__setattr__(self, "target", target.strip())
        if arrow and not self.target:
            raise ValueError(f"{self.code}: leads nowhere")

    @property
    def pressed(self) -> str:
        """The words on its button."""
        return self.button or self.label


@dataclass(frozen=True)
class Acts:
    """All states and acts of one kind of case (or of a thing with a life of its own); it begins in the first state."""

    kind: str
    states: tuple[State, ...]
    acts: tuple[Act, ...]
    _by_state: Mapping[str, State] = field(init=False, repr=False, default_factory=dict)
    _by_act: Mapping[str, Act] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_state", {s.code: s for s in self.states})
        object.__setattr__(self, "_by_act", {a.code: a for a in self.acts})
        if len(self._by_state) != len(self.states) or len(self._by_act) != len(self.acts):
            raise ValueError(f"{self.kind}: a state or an act is listed twice")
        for act in self.acts:
            if missing := {*act.sources, act.target or self.initial} - set(self._by_state):
                raise ValueError(f"{self.kind}.{act.code}: unknown state {missing}")
            if act.target and (ends := [s for s in act.sources if self._by_state[s].final]):
                raise ValueError(f"{self.kind}.{act.code}: leaves final state {ends}")
            if missing := set(act.apart) - set(self._by_act):
                raise ValueError(f"{self.kind}.{act.code}: apart from unknown {missing}")
        for s in self.states:
            if s.awaits and s.awaits not in {a.right for a in self.acts if s.code in a.sources}:
                raise ValueError(f"{self.kind}.{s.code}: waits for {s.awaits}, which moves nothing from there")
        if unreachable := set(self._by_state) - self._reached():
            raise ValueError(f"{self.kind}: unreachable {unreachable}")

    def __iter__(self) -> Iterator[Act]:
        return iter(self.acts)

    @property
    def initial(self) -> str:
        return self.states[0].code

    def _reached(self) -> set[str]:
        seen, todo = set(), [self.initial]
        while todo:
            code = todo.pop()
            if code not in seen:
                seen.add(code)
                todo += [act.target for act in self.moves if code in act.sources]
        return seen

    @property
    def moves(self) -> tuple[Act, ...]:
        """The acts that lead to a state."""
        return tuple(act for act in self.acts if act.target)

    @property
    def buttons(self) -> tuple[Act, ...]:
        return tuple(act for act in self.acts if act.perform is not None and act.offered)

    def state(self, code: str) -> State:
        return self._by_state[code]

    def act(self, code: str) -> Act:
        return self._by_act[code]

    def from_state(self, code: str) -> list[Act]:
        """The acts that lead on from a state."""
        return [act for act in self.moves if code in act.sources]

    def why_not(self, code: str, act: Act) -> str:
        """Why the act does not exist from this state; empty when it does."""
        if code in act.sources:
            return ""
        return f"案件目前為「{self._by_state[code].label}」，不能「{act.label}」。"

    def move(self, code: str, name: str) -> State:
        """The state after the act `name` from the state `code`. Raises NotAllowed."""
        act = self._by_act[name]
        if why := self.why_not(code, act):
            raise NotAllowed(why)
        return self._by_state[act.target or code]

    def diagram(self) -> str:
        """Mermaid text; docs/states/ holds the generated file and a test compares."""
        rows = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        rows += [f'    state "{s.label} {s.code}" as {s.code}' for s in self.states]
        rows += [f"    {source} --> {act.target}: {act.label}" for act in self.moves for source in act.sources]
        rows += [f"    {s.code} --> [*]" for s in self.states if s.final]
        return "\n".join(rows) + "\n"
