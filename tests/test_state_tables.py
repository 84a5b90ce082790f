"""Every table of every scheme: each state by each act, no dead ends, rights of its own scheme."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.roles import right
from casework.cases.casetypes import CaseType, all_casetypes
from casework.errors import NotAllowed
from casework.models import Case
from casework.views import words
from kernel.machine import Machine, State, Transition, Turn
from tests.machines import EVERY

PRESSES = [
    pytest.param(m, s, t, id=f"{m.kind} {s.code} {t.name}") for m in EVERY for s in m.states for t in m.transitions
]


@pytest.mark.parametrize(("machine", "state", "act"), PRESSES)
def test_only_the_listed_acts_exist(machine: Machine, state: State, act: Transition) -> None:
    if state.code in act.sources:
        assert machine.move(state.code, act.name).code == act.target
    else:
        with pytest.raises(NotAllowed, match=state.label.split("（")[0]):
            machine.move(state.code, act.name)


@pytest.mark.parametrize("machine", EVERY, ids=lambda m: m.kind)
def test_no_state_is_a_dead_end_and_rights_are_of_the_scheme(machine: Machine) -> None:
    for state in machine.states:
        assert state.final == (not machine.from_state(state.code)), state
        assert not state.final or state.turn is Turn.NOBODY, state
    for act in machine.transitions:
        assert act.permission.partition(".")[0] == machine.kind.partition(".")[0] and act.label, act
        assert right(act.permission).label, act


@pytest.mark.parametrize("kind", all_casetypes(), ids=lambda one: one.kind)
def test_what_is_not_the_end_is_not_said_to_be_closed(kind: CaseType) -> None:
    for state in kind.machine.states:
        case = Case(kind=kind.kind, state=state.code, turn=state.turn)
        if state.turn is not Turn.NOBODY or state.final:
            assert words.ongoing(case, AnonymousUser()) is None, state
        else:
            assert words.ongoing(case, AnonymousUser())["said"], state
            assert words.in_hands(case) == state.label, state


def test_every_table_has_a_name_of_its_own() -> None:
    assert len({machine.kind for machine in EVERY}) == len(EVERY)
