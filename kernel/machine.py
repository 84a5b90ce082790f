"""The older way to write a table of acts: transitions apart from buttons. Goes when the last scheme has its acts.py."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.acts import Act, Acts, NotAllowed, State, Turn

__all__ = ["Machine", "NotAllowed", "State", "Transition", "Turn"]


@dataclass(frozen=True, slots=True)
class Transition:
    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str
    guard: str = ""
    clause: str = ""
    reason: bool = False


class Machine(Acts):
    def __init__(self, kind: str, initial: str, states: tuple[State, ...], transitions: tuple[Transition, ...]) -> None:
        rows = tuple(
            Act(t.name, t.label, f"{' | '.join(t.sources)} → {t.target}", t.permission, None, t.clause, (), t.reason)
            for t in transitions
        )
        super().__init__(kind, states, rows)
        assert self.initial == initial, kind
        object.__setattr__(self, "guards", {t.name: t.guard.split() for t in transitions})
        object.__setattr__(self, "transitions", transitions)

    guards: dict[str, list[str]]
    transitions: tuple[Transition, ...]

    def transition(self, name: str) -> Act:
        return self.act(name)
