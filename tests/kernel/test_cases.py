"""The runner of rule cases: what passes, what fails, and that nothing passes by not being understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel import rulebook
from kernel.cases import CasesError, load, run, summary
from kernel.facts import Impossible
from kernel.law import Figure, Law, Value
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning

TODAY = date(2026, 11, 21)
LAW = Law({"test.cap": Figure("test.cap", "上限", "時", (Value(20, "測試第1點", date(2020, 1, 1)),))})


@dataclass(frozen=True, slots=True)
class Hours:
    total: int
    absent: int = 0

    def __post_init__(self) -> None:
        if self.absent > self.total:
            raise Impossible("缺課時數不可能多於總時數。")


@pytest.fixture(autouse=True)
def _try_rule() -> None:
    @rulebook.rule("TRY-1", facts=Hours)
    def hours(facts: Hours, *, on: date, law: Law) -> Outcome:
        """測試第1點：總時數不得超過上限。"""
        why = Reasoning("TRY-1", on=on, law=law)
        why.judge(facts.total <= why.figure("test.cap"), "時數符合", otherwise="時數超過上限")
        if facts.total == 13:
            raise RuntimeError("unlucky")
        noon = datetime(2024, 2, 1, 12, tzinfo=ZoneInfo("Asia/Taipei"))
        return why.outcome(left=20 - facts.total, day=on, opens_at=noon, parts=[1, 2], unit={"a": 1})

    rulebook.promise(__name__, "TRY-2", "測試第2點：由畫面遵守。")


def one(text: str) -> tuple[bool, str]:
    (result,) = run(load(text), LAW, today=TODAY)
    return result.passed, result.message


@pytest.mark.parametrize(
    "expect",
    [
        "{met: true}",
        "{met: true, left: 10}",
        "{left: 10.0}",
        "{day: 2026-11-21}",
        '{day: "2026-11-21"}',
        "{opens_at: 2024-02-01T12:00:00+08:00}",
        '{opens_at: "2024-02-01T12:00:00+08:00"}',
        "{opens_at: 2024-02-01T04:00:00Z}",
        "{parts: [1, 2]}",
        "{unit: {a: 1}}",
        "{refused: false, met: true}",
    ],
)
def test_passes_when_everything_expected_is_in_the_result(expect: str) -> None:
    assert one(f"- {{name: ten, rule: TRY-1, facts: {{total: 10}}, expect: {expect}}}") == (True, "")


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ("{met: false}", "met: expected false, got true"),
        ("{left: 11}", "left: expected 11, got 10"),
        ("{met: 1}", "met: expected 1, got true"),
        ("{parts: [1, true]}", "parts: expected"),
        ("{day: 2026-11-22}", "day: expected 2026-11-22"),
        ("{opens_at: 2024-02-01T12:00:01+08:00}", "opens_at: expected"),
        ("{opens_at: 2024-02-01}", "opens_at: expected"),
        ("{right: 10}", "right: not in the result"),
        ("{refused: true}", "expected the facts to be refused"),
        ("{refused: true, met: true}", "refused facts have no result"),
        ("{refused: maybe}", "refused is true or false"),
        ("{}", "nothing to compare"),
        ("[met]", "nothing to compare"),
    ],
)
def test_fails_on_a_difference(expect: str, message: str) -> None:
    passed, said = one(f"- {{name: ten, rule: TRY-1, facts: {{total: 10}}, expect: {expect}}}")
    assert not passed
    assert message in said


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("{name: a, rule: TRY-9, facts: {total: 1}, expect: {met: true}}", "unknown rule TRY-9"),
        ("{name: a, rule: TRY-2, facts: {}, expect: {met: true}}", "TRY-2 is not asked with facts"),
        ("{name: a, rule: TRY-1, facts: {}, expect: {met: true}}", "missing fact: total"),
        ("{name: a, rule: TRY-1, facts: {total: 1, sum: 2}, expect: {met: true}}", "unknown fact: sum"),
        ("{name: a, rule: TRY-1, facts: {total: many}, expect: {met: true}}", "total: 'many' is not a int"),
        ("{name: a, rule: TRY-1, facts: [1], expect: {met: true}}", "facts: expected names"),
        ("{name: a, rule: TRY-1, expect: {met: true}}", "missing key: facts"),
        ("{name: a, rule: TRY-1, facts: {total: 1}, expect: {met: true}, note: x}", "unknown key: note"),
        ("{name: a, rule: TRY-1, on: soon, facts: {total: 1}, expect: {met: true}}", "on: 'soon' is not a day"),
        ("{name: a, rule: TRY-1, on: 2019-12-31, facts: {total: 1}, expect: {met: true}}", "test.cap"),
        ("{name: a, rule: TRY-1, facts: {total: 13}, expect: {met: true}}", "the rule broke: RuntimeError: unlucky"),
        ("just words", "a case has name"),
    ],
)
def test_what_is_written_wrongly_fails(case: str, message: str) -> None:
    passed, said = one(f"- {case}")
    assert not passed
    assert message in said


@pytest.mark.parametrize("facts", ["{}", "{total: 1, sum: 2}", "{total: many}"])
def test_badly_written_facts_are_not_refused_facts(facts: str) -> None:
    assert one(f"- {{name: a, rule: TRY-1, facts: {facts}, expect: {{refused: true}}}}")[0] is False


def test_impossible_facts_are_refused_and_only_where_that_is_expected() -> None:
    assert one("- {name: a, rule: TRY-1, facts: {total: 1, absent: 2}, expect: {refused: true}}") == (True, "")
    passed, said = one("- {name: a, rule: TRY-1, facts: {total: 1, absent: 2}, expect: {met: false}}")
    assert (passed, said) == (False, "the facts were refused: 缺課時數不可能多於總時數。")


def test_on_is_a_name_and_not_yes() -> None:
    assert load("- {on: 2026-11-20}") == [{"on": date(2026, 11, 20)}]
    assert one("- {name: a, rule: TRY-1, on: 2026-01-02, facts: {total: 1}, expect: {day: 2026-01-02}}") == (True, "")


def test_numbers_with_leading_zeros_and_times_stay_text() -> None:
    assert load("[00501508, 01234567, 12:30, 12, -3, 0, 1.5]") == ["00501508", "01234567", "12:30", 12, -3, 0, 1.5]
    assert one("- {name: unquoted, rule: ID-3, facts: {value: 04595257}, expect: {met: true}}") == (True, "")
    assert one("- {name: unquoted, rule: ID-3, facts: {value: 22099131}, expect: {met: true}}") == (True, "")


@pytest.mark.parametrize("text", ["a: 1", "- {name: a, name: b}", "- [", "- {a: 2024-02-30}", "- {[1]: 2}", "words"])
def test_a_file_that_is_no_list_of_cases_is_refused(text: str) -> None:
    with pytest.raises(CasesError):
        load(text)


def test_merged_mappings_work_and_an_empty_file_has_no_cases() -> None:
    base, case = load("- &base {total: 1}\n- facts: {<<: *base, absent: 1}\n")
    assert case == {"facts": {**base, "absent": 1}}
    assert load("") == []


def test_summary_counts() -> None:
    cases = load(
        "- {name: a, rule: TRY-1, facts: {total: 1}, expect: {met: true}}\n"
        "- {name: b, rule: TRY-1, facts: {total: 21}, expect: {met: true}}\n"
        "- {name: c, rule: TRY-1, facts: {total: 21}, expect: {met: false}}\n"
    )
    assert summary(run(cases, LAW, today=TODAY)) == "2 passed, 1 failed"
    assert summary([]) == "0 passed, 0 failed"
