"""The state tables: who has the case, what each act needs, and paths from draft to the end."""

import re

import pytest

from casework.errors import NotAllowed
from tests.machines import walk
from vrs_credentials import states

REVIEWED = (states.QUALIFICATION, states.OWN_EDUCATION, states.COURSE)
CHECKED = (states.HOURS, states.RENEWAL, states.EXTENSION)


@pytest.mark.parametrize("machine", states.MACHINES, ids=lambda m: m.kind)
def test_every_act_names_its_clause(machine):
    for transition in machine.transitions:
        assert re.fullmatch(r"vrs_credentials\.[a-z]+_[a-z_]+", transition.permission)
        assert transition.clause


@pytest.mark.parametrize("machine", REVIEWED, ids=lambda m: m.kind)
def test_reviewed_path(machine):
    assert walk(machine, "file", "assign", "pass_review", "approve") == "approved"
    assert (
        walk(machine, "file", "ask_supplement", "supply", "assign", "refer", "committee_pass", "approve") == "approved"
    )
    assert walk(machine, "file", "assign", "refer", "committee_reject") == "rejected"
    # nothing is approved that two reviewers or the committee did not see
    assert {t.name for t in machine.transitions if t.target == "to_approve"} == {"pass_review", "committee_pass"}


@pytest.mark.parametrize("machine", CHECKED, ids=lambda m: m.kind)
def test_checked_path(machine):
    assert walk(machine, "file", "report", "approve") == "approved"
    assert walk(machine, "file", "ask_supplement", "supply", "report", "reject") == "rejected"
    assert walk(machine, "file", "withdraw") == "withdrawn"


def test_course_goes_on_to_attendance_until_hours_are_approved():
    approved = ("file", "assign", "pass_review", "approve")
    assert walk(states.COURSE, *approved, "import_attendance", "clear_attendance") == "approved"
    assert walk(states.COURSE, *approved, "import_attendance", "credit") == "credited"
    with pytest.raises(NotAllowed, match="時數已核"):
        states.COURSE.move("credited", "clear_attendance")


@pytest.mark.parametrize("machine", states.MACHINES, ids=lambda m: m.kind)
def test_asking_and_refusing_need_a_reason(machine):
    for transition in machine.transitions:
        if transition.target in {"supplement", "rejected"}:
            assert transition.reason
