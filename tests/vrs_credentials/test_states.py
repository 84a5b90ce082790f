"""The state tables: who has the case, what each act needs, and paths from draft to the end."""

import re

import pytest

import vrs_credentials.rules  # noqa: F401 - enters the rules
from casework.errors import NotAllowed
from casework.forms import CorrectionForm
from kernel import rulebook
from kernel.law import declared_law
from tests.machines import walk
from vrs_credentials.acts import COURSE, EDUCATION, EXTENSION, HOURS, QUALIFICATION, RENEWAL, TABLES

REVIEWED = (QUALIFICATION, EDUCATION, COURSE)
CHECKED = (HOURS, RENEWAL, EXTENSION)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_every_act_names_its_clause(table):
    for act in table:
        assert re.fullmatch(r"vrs_credentials\.[a-z]+_[a-z_]+", act.right)
        assert act.clause


@pytest.mark.parametrize("table", REVIEWED, ids=lambda table: table.kind)
def test_reviewed_path(table):
    assert walk(table, "file", "assign", "pass_review", "approve") == "approved"
    assert walk(table, "file", "ask_supplement", "supply", "assign", "refer", "committee_pass", "approve") == "approved"
    # the committee resolves, the ministry decides
    assert walk(table, "file", "assign", "refer", "committee_reject", "reject") == "rejected"
    assert {act.right for act in table.moves if act.target == "rejected"} == {
        f"vrs_credentials.approve_{table.kind.partition('.')[2]}"
    }
    # nothing is decided that two reviewers or the committee did not see
    decided = {"pass_review", "committee_pass", "committee_reject"}
    assert {act.code for act in table.moves if act.target == "to_approve"} == decided


@pytest.mark.parametrize("table", CHECKED, ids=lambda table: table.kind)
def test_checked_path(table):
    assert walk(table, "file", "report", "approve") == "approved"
    assert walk(table, "file", "ask_supplement", "supply", "report", "reject") == "rejected"
    assert walk(table, "file", "withdraw") == "withdrawn"
    assert walk(table, "file", "report", "end") == "ended"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_who_brought_a_case_to_the_ministry_does_not_decide_on_it(table):
    brought = {act.code for act in table.moves if act.target == "to_approve"}
    for code in ("approve", "reject"):
        assert brought <= set(table.act(code).apart)


def test_course_goes_on_to_attendance_until_hours_are_approved():
    approved = ("file", "assign", "pass_review", "approve")
    assert walk(COURSE, *approved, "import_attendance", "clear_attendance") == "approved"
    assert walk(COURSE, *approved, "import_attendance", "credit") == "credited"
    with pytest.raises(NotAllowed, match="時數已核"):
        COURSE.move("credited", "clear_attendance")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_asking_and_refusing_need_a_reason(table):
    """A supplement is asked for item by item, and each item says why."""
    for act in table.moves:
        if act.target == "rejected":
            assert act.reason
        if act.target == "supplement":
            assert issubclass(act.form, CorrectionForm)


def test_every_clause_names_the_text_it_stands_in() -> None:
    """貳 or 參 alone tells no reader of which text it is the chapter: 說明書貳, 準則第10條."""
    ours = [rule for rule in rulebook.all_rules() if rule.id.startswith("VRS-")]
    cited = [rule.clause for rule in ours] + [act.clause for table in TABLES for act in table]
    figures = [one for code, one in declared_law().figures.items() if code.startswith("vrs.")]
    cited += [value.citation for one in figures for value in one.values]
    assert len(ours) == 17
    bare = [one for one in cited if any(part[:1] in "壹貳參肆伍陸柒捌" for part in one.split("；") if part)]
    assert not bare, bare
