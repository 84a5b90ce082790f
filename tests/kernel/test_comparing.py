"""Where a limit falls and what a term's days are: both can be amended, and both move the answer by exactly one."""

from datetime import date

import pytest

from kernel import rulebook
from kernel.comparing import beyond, folded, same_place
from kernel.dates import WorkingCalendar
from kernel.law import Value, declared_law
from kernel.reasoning import Reasoning

LAW, ON = declared_law(), date(2026, 11, 20)


@pytest.mark.parametrize(("value", "ge", "gt"), [(19, False, False), (20, True, False), (21, True, True)])
def test_at_the_limit_the_word_decides(value, ge, gt):
    assert (beyond(value, "ge", 20), beyond(value, "gt", 20)) == (ge, gt)


def test_the_same_words_however_they_are_typed():
    assert folded(" ＣＮＣ　車床 ") == folded("cnc車床")
    assert same_place("台中市西屯區 工業區一路１００－２號", "臺中市西屯區工業區一路100之2號")
    assert not same_place("臺中市西屯區工業區一路1-1號", "臺中市西屯區工業區一路11號")


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


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("12 ≥ 15", "12 < 15"), ("117/01/05 ≤ 116/01/01", "117/01/05 > 116/01/01"), ("9 < 40 × 20%", "9 ≥ 40 × 20%"),
        ("3 + 4 = 7 > 8", "3 + 4 = 7 ≤ 8"), ("0 = 2", "0 ≠ 2"), ("1 ≤ 4 ≤ 3", "1 ≤ 4 ≤ 3"), ("1 + 1 = 2", "1 + 1 = 2"), ("", ""),
    ],
)  # fmt: skip
def test_a_line_that_is_not_met_shows_the_sign_that_holds(asked, found):
    why = Reasoning("OHS-07", on=ON, law=LAW)
    why.judge(False, "不足", comparison=asked)
    why.judge(True, "足", comparison=asked)
    why.note("說明", comparison=asked)
    assert [line.comparison for line in why.outcome().lines] == [found, asked, asked]


def test_kinds_of_days():
    calendar = WorkingCalendar()
    assert calendar.term(ON, 5, "working") == date(2026, 11, 27)
    assert calendar.term(ON, 5, "calendar") == date(2026, 11, 25)
