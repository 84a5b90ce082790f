"""Every table of every scheme: each state by each act, no dead ends, rights of its own scheme."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.roles import right
from casework.cases.casetypes import CaseType, all_casetypes
from casework.errors import NotAllowed
from casework.models import Case
from casework.views import words
from kernel.acts import Act, Acts, State, Turn
from tests.machines import EVERY

PRESSES = [pytest.param(m, s, t, id=f"{m.kind} {s.code} {t.code}") for m in EVERY for s in m.states for t in m.moves]


@pytest.mark.parametrize(("table", "state", "act"), PRESSES)
def test_only_the_listed_acts_exist(table: Acts, state: State, act: Act) -> None:
    if state.code in act.sources:
        assert table.move(state.code, act.code).code == act.target
    else:
        with pytest.raises(NotAllowed, match=state.label.split("（")[0]):
            table.move(state.code, act.code)


@pytest.mark.parametrize("table", EVERY, ids=lambda m: m.kind)
def test_no_state_is_a_dead_end_and_rights_are_of_the_scheme(table: Acts) -> None:
    for state in table.states:
        assert state.final == (not table.from_state(state.code)), state
        assert not state.final or state.turn is Turn.NOBODY, state
    for act in table.moves:
        assert act.right.partition(".")[0] == table.kind.partition(".")[0] and act.label, act
        assert right(act.right).label, act


@pytest.mark.parametrize("kind", all_casetypes(), ids=lambda one: one.kind)
def test_what_is_not_the_end_is_not_said_to_be_closed(kind: CaseType) -> None:
    for state in kind.table.states:
        case = Case(kind=kind.kind, state=state.code, turn=state.turn)
        if state.turn is not Turn.NOBODY or state.final:
            assert words.ongoing(case, AnonymousUser()) is None, state
        else:
            assert words.ongoing(case, AnonymousUser())["said"], state
            assert words.in_hands(case) == state.label, state


def test_every_table_has_a_name_of_its_own() -> None:
    assert len({table.kind for table in EVERY}) == len(EVERY)
