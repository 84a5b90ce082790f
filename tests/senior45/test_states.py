"""The three tables of the scheme: every state by every act."""

from __future__ import annotations

import pytest

from casework.kernel.machine import Machine, NotAllowed, State, Transition, Turn
from senior45.states import ARTICLE, INVENTORY_LINE, MACHINES, REQUEST

EVERY = [
    pytest.param(m, s, t, id=f"{m.kind} {s.code} {t.name}") for m in MACHINES for s in m.states for t in m.transitions
]


@pytest.mark.parametrize(("machine", "state", "act"), EVERY)
def test_only_the_listed_acts_exist(machine: Machine, state: State, act: Transition) -> None:
    if state.code in act.sources:
        assert machine.move(state.code, act.name).code == act.target
    else:
        with pytest.raises(NotAllowed):
            machine.move(state.code, act.name)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.kind)
def test_no_state_is_a_dead_end_and_permissions_are_of_the_scheme(machine: Machine) -> None:
    for state in machine.states:
        assert bool(list(machine.from_state(state.code))) != state.final
        assert not state.final or state.turn is Turn.NOBODY
    for act in machine.transitions:
        app, _, verb = act.permission.partition(".")
        assert app == "senior45"
        assert "_" in verb


def walk(machine: Machine, *acts: str) -> str:
    state = machine.initial
    for act in acts:
        state = machine.move(state, act).code
    return state


def test_a_request_passes_the_head_the_window_and_the_opener() -> None:
    assert walk(REQUEST, "submit", "decline", "submit", "approve", "file", "complete") == "done"
    assert len({REQUEST.transition(act).permission for act in ("submit", "approve", "file", "complete")}) == 4


def test_nothing_is_filed_without_the_head() -> None:
    for state in ("draft", "at_head", "returned"):
        with pytest.raises(NotAllowed):
            REQUEST.move(state, "file")


def test_an_article_is_written_and_reviewed_under_different_permissions() -> None:
    assert (
        walk(ARTICLE, "submit", "send_back", "submit", "publish", "revise", "submit", "publish", "expire") == "expired"
    )
    assert ARTICLE.transition("submit").permission != ARTICLE.transition("publish").permission


def test_an_unanswered_line_can_still_be_answered_or_closed() -> None:
    assert walk(INVENTORY_LINE, "escalate", "keep", "correct", "stop", "close") == "stopped"
    assert walk(INVENTORY_LINE, "escalate", "close") == "stopped"
