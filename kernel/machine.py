"""State tables: what may happen to a case, from which state, by whom, when, and whose turn it is then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Turn(StrEnum):
    """Who has the case now 目前在誰手上."""

    APPLICANT = "applicant"
    OFFICE = "office"
    NOBODY = "nobody"


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
class Transition:
    """One row of the table. `guard` names a check services look up; `permission` is asked on the case."""

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str
    guard: str = ""
    clause: str = ""
    #: A reason must be given and is shown to the applicant.
    reason: bool = False


class NotAllowed(Exception):
    """This act does not exist from this state; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Machine:
    kind: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    _by_code: Mapping[str, State] = field(init=False, repr=False, default_factory=dict)
    _by_name: Mapping[str, Transition] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {s.code: s for s in self.states})
        object.__setattr__(self, "_by_name", {t.name: t for t in self.transitions})
        if len(self._by_code) != len(self.states) or len(self._by_name) != len(self.transitions):
            raise ValueError(f"{self.kind}: a state or transition is listed twice")
        for t in self.transitions:
            if missing := {*t.sources, t.target} - set(self._by_code):
                raise ValueError(f"{self.kind}.{t.name}: unknown state {missing}")
            if ends := [s for s in t.sources if self._by_code[s].final]:
                raise ValueError(f"{self.kind}.{t.name}: leaves final state {ends}")
        for s in self.states:
            if s.awaits and s.awaits not in {t.permission for t in self.transitions if s.code in t.sources}:
                raise ValueError(f"{self.kind}.{s.code}: waits for {s.awaits}, which moves nothing from there")
        if unreachable := set(self._by_code) - self._reached():
            raise ValueError(f"{self.kind}: unreachable {unreachable}")

    def _reached(self) -> set[str]:
        seen, todo = set(), [self.initial]
        while todo:
            code = todo.pop()
            if code not in seen:
                seen.add(code)
                todo += [t.target for t in self.transitions if code in t.sources]
        return seen

    def state(self, code: str) -> State:
        return self._by_code[code]

    def transition(self, name: str) -> Transition:
        return self._by_name[name]

    def from_state(self, code: str) -> Iterable[Transition]:
        return [t for t in self.transitions if code in t.sources]

    def move(self, code: str, name: str) -> State:
        """The state after `name` from `code`. Raises NotAllowed."""
        transition = self._by_name[name]
        if code not in transition.sources:
            raise NotAllowed(f"案件目前為「{self._by_code[code].label}」，不能「{transition.label}」。")
        return self._by_code[transition.target]

    def diagram(self) -> str:
        """Mermaid text; docs/states/ holds the generated file and a test compares."""
        rows = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        rows += [f'    state "{s.label} {s.code}" as {s.code}' for s in self.states]
        rows += [f"    {source} --> {t.target}: {t.label}" for t in self.transitions for source in t.sources]
        rows += [f"    {s.code} --> [*]" for s in self.states if s.final]
        return "\n".join(rows) + "\n"
