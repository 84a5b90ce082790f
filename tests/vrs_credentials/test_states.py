"""The state tables: who has the case, what each act needs, and paths from draft to the end."""

import re

import pytest

import vrs_credentials.rules  # noqa: F401 - enters the rules
from casework.errors import NotAllowed
from kernel import rulebook
from kernel.law import declared_law
from tests.machines import walk
from vrs_credentials import states
from vrs_credentials.services import reviewing

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
    # the committee resolves, the ministry decides
    assert walk(machine, "file", "assign", "refer", "committee_reject", "reject") == "rejected"
    assert {t.permission for t in machine.transitions if t.target == "rejected"} == {
        f"vrs_credentials.approve_{machine.kind.partition('.')[2]}"
    }
    # nothing is decided that two reviewers or the committee did not see
    decided = {"pass_review", "committee_pass", "committee_reject"}
    assert {t.name for t in machine.transitions if t.target == "to_approve"} == decided


@pytest.mark.parametrize("machine", CHECKED, ids=lambda m: m.kind)
def test_checked_path(machine):
    assert walk(machine, "file", "report", "approve") == "approved"
    assert walk(machine, "file", "ask_supplement", "supply", "report", "reject") == "rejected"
    assert walk(machine, "file", "withdraw") == "withdrawn"
    assert walk(machine, "file", "report", "end") == "ended"


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


def test_every_clause_names_the_text_it_stands_in() -> None:
    """貳 or 參 alone tells no reader of which text it is the chapter: 說明書貳, 準則第10條."""
    ours = [rule for rule in rulebook.all_rules() if rule.id.startswith("VRS-")]
    cited = [rule.clause for rule in ours] + [t.clause for machine in states.MACHINES for t in machine.transitions]
    figures = [one for code, one in declared_law().figures.items() if code.startswith("vrs.")]
    cited += [value.citation for one in figures for value in one.values]
    cited += [reviewing.CLAUSE_REVIEW, reviewing.CLAUSE_COMMITTEE]
    assert len(ours) == 17
    bare = [one for one in cited if any(part[:1] in "壹貳參肆伍陸柒捌" for part in one.split("；") if part)]
    assert not bare, bare
