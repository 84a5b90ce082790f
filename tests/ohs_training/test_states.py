"""The state tables: who has the case, what each act needs, and paths from draft to the end."""

from __future__ import annotations

import re

import pytest

from casework.kernel.machine import Machine, NotAllowed, Turn
from ohs_training import states


def walk(machine: Machine, *names: str) -> str:
    code = machine.initial
    for name in names:
        code = machine.move(code, name).code
    return code


@pytest.mark.parametrize("machine", states.MACHINES, ids=lambda m: m.kind)
def test_table_is_whole(machine):
    assert machine.kind.startswith("ohs_training.")
    for transition in machine.transitions:
        assert re.fullmatch(r"ohs_training\.[a-z]+_[a-z_]+", transition.permission)
        assert transition.label
        assert transition.clause
    for state in machine.states:
        assert state.final == (not machine.from_state(state.code))
        assert not state.final or state.turn is Turn.NOBODY


@pytest.mark.parametrize("machine", states.MACHINES, ids=lambda m: m.kind)
def test_every_state_times_every_transition(machine):
    for state in machine.states:
        for transition in machine.transitions:
            if state.code in transition.sources:
                assert machine.move(state.code, transition.name).code == transition.target
            else:
                with pytest.raises(NotAllowed, match=state.label.split("（")[0]):
                    machine.move(state.code, transition.name)


def test_kinds_are_distinct():
    assert len({m.kind for m in states.MACHINES}) == len(states.MACHINES) == 3


def test_accreditation():
    assert walk(states.ACCREDITATION, "file", "ask_supplement", "supply", "accredit", "announce", "expire") == "expired"
    assert walk(states.ACCREDITATION, "file", "accredit", "revoke") == "revoked"
    assert walk(states.ACCREDITATION, "file", "accredit", "announce", "abolish") == "abolished"
    assert walk(states.ACCREDITATION, "file", "reject") == "rejected"


def test_professional_class():
    path = ("file", "return", "file", "acknowledge", "change", "acknowledge", "start", "end", "examine", "issue")
    assert walk(states.CLASS, *path, "report", "return_report", "report", "close") == "closed"


def test_in_service_class_has_no_exam():
    assert walk(states.CLASS, "file", "acknowledge", "start", "end", "issue_proofs", "report", "close") == "closed"


def test_a_class_that_began_is_not_cancelled():
    assert walk(states.CLASS, "file", "acknowledge", "cancel") == "cancelled"
    with pytest.raises(NotAllowed, match="訓練中"):
        states.CLASS.move("running", "cancel")


def test_a_class_where_nobody_passed_still_reports():
    assert (
        walk(states.CLASS, "file", "acknowledge", "start", "end", "examine", "issue_none", "report", "close")
        == "closed"
    )


def test_order():
    assert walk(states.ORDER, "order", "answer", "accept") == "improved"
    assert walk(states.ORDER, "order", "miss", "refer") == "referred"
    assert walk(states.ORDER, "order", "miss", "answer_late", "reorder", "answer", "accept") == "improved"
    assert walk(states.ORDER, "drop") == "dropped"


@pytest.mark.parametrize("machine", states.MACHINES, ids=lambda m: m.kind)
def test_what_goes_against_somebody_needs_a_reason(machine):
    against = {"supplement", "rejected", "revoked", "abolished", "returned", "referred", "ordered"}
    for transition in machine.transitions:
        if transition.target in against:
            assert transition.reason
