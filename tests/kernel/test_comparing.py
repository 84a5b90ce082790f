"""Where a limit falls and what a term's days are: both can be amended, and both move the answer by exactly one."""

from datetime import date

import pytest

from casework.kernel import rulebook
from casework.kernel.comparing import beyond
from casework.kernel.dates import WorkingCalendar
from casework.kernel.law import Value, declared_law
from casework.schemes import load_rules

load_rules()
LAW, ON = declared_law(), date(2026, 11, 20)


@pytest.mark.parametrize(("value", "ge", "gt"), [(19, False, False), (20, True, False), (21, True, True)])
def test_at_the_limit_the_word_decides(value, ge, gt):
    assert (beyond(value, "ge", 20), beyond(value, "gt", 20)) == (ge, gt)


@pytest.mark.parametrize(("absent", "met"), [(9, True), (10, False), (11, False)])
def test_one_fifth_of_a_subsidised_course_may_be_amended_to_count(absent, met):
    facts = {"completed": True, "surveyed": True, "total_hours": 50, "absent_hours": absent}
    reached = LAW.amended([("sub.absence_comparator", Value("ge", "修正", ON))])
    assert rulebook.ask("SUB-11", facts, on=ON, law=LAW).met is (absent <= 10)
    assert rulebook.ask("SUB-11", facts, on=ON, law=reached).met is met


@pytest.mark.parametrize(("absent", "withdraw"), [(19, False), (20, False), (21, True)])
def test_one_fifth_of_a_professional_class_may_be_amended_not_to_count(absent, withdraw):
    facts = {
        "total_hours": 100, "leave_hours": absent, "truant_hours": 0, "training": "professional", "ends_on": ON,
    }  # fmt: skip
    past = LAW.amended([("ohs.absence_comparator", Value("gt", "修正", ON))])
    assert rulebook.ask("OHS-09", facts, on=ON, law=LAW).result["withdraw"] is (absent >= 20)
    assert rulebook.ask("OHS-09", facts, on=ON, law=past).result["withdraw"] is withdraw


@pytest.mark.parametrize(("kind", "answer_by"), [("working", "2026-11-27"), ("calendar", "2026-11-25")])
def test_a_term_may_be_amended_to_calendar_days(kind, answer_by):
    law = LAW.amended([("s45.answer_day_kind", Value(kind, "修正", ON))])
    outcome = rulebook.ask("S45-03", {"received_on": ON}, on=ON, law=law)
    assert outcome.result["answer_by"] == answer_by
    assert ("工作天" in outcome.lines[0].comparison) is (kind == "working")


def test_kinds_of_days():
    calendar = WorkingCalendar()
    assert calendar.term(ON, 5, "working") == date(2026, 11, 27)
    assert calendar.term(ON, 5, "calendar") == date(2026, 11, 25)
