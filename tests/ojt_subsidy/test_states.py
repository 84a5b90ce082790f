"""The five tables of the scheme: every state by every act."""

from __future__ import annotations

import pytest

from casework.kernel.machine import Machine, NotAllowed, State, Transition, Turn
from ojt_subsidy.states import CLOSING, COURSE, ENROLMENT, MACHINES, PAYMENT

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
        assert app == "ojt_subsidy"
        assert "_" in verb


def walk(machine: Machine, *acts: str) -> str:
    state = machine.initial
    for act in acts:
        state = machine.move(state, act).code
    return state


def test_a_course_from_draft_to_end() -> None:
    acts = ("file", "send_back", "file", "forward", "reconsider", "forward", "approve", "publish", "start", "end")
    assert walk(COURSE, *acts) == "ended"


def test_the_next_one_moves_up_when_a_term_lapses() -> None:
    assert walk(ENROLMENT, "ask", "lapse") == "lapsed"
    assert walk(ENROLMENT, "hold", "ask", "admit", "begin", "complete") == "completed"


def test_a_filing_alone_admits_nobody() -> None:
    with pytest.raises(NotAllowed, match=r"收件成功.*錄訓"):
        ENROLMENT.move("filed", "admit")


def test_officer_and_chief_hold_different_permissions() -> None:
    for machine in (COURSE, CLOSING):
        assert machine.transition("forward").permission != machine.transition("approve").permission


def test_a_bounced_payment_is_paid_again_and_half_fees_go_through_the_unit() -> None:
    assert walk(PAYMENT, "approve", "batch", "send", "bounce", "correct", "batch", "send", "pay") == "paid"
    assert walk(PAYMENT, "ask", "supply", "approve", "batch", "send", "pay_unit", "pass_on") == "paid"
