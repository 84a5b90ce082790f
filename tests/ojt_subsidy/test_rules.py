"""What holds for any order of courses, and what a written case cannot say."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import rulebook
from kernel.law import Value, declared_law
from ojt_subsidy.params import Identity
from ojt_subsidy.rules.balance import PastCourse, SubsidyFacts, subsidy, windows
from ojt_subsidy.rules.courses import branch_of

LAW = declared_law()
TODAY = date(2026, 11, 21)


# --- the cap ---------------------------------------------------------------------------------------------------------

first_days = st.dates(date(2012, 1, 1), date(2022, 12, 31))
courses = st.lists(st.tuples(first_days, st.integers(0, 120_000), st.sampled_from(["none", "aged_65"])), max_size=8)


def pay(fee: int, identity: str, day: date, history: list[PastCourse]) -> int:
    outcome = subsidy(SubsidyFacts(fee, Identity(identity), day, tuple(history)), on=TODAY, law=LAW)
    assert outcome.result["payable"] + outcome.result["trainee_bears"] == fee
    assert 0 <= outcome.result["payable"] <= fee
    return int(outcome.result["payable"])


@given(courses, st.randoms())
def test_the_cap_holds_in_whatever_order_courses_are_paid(taken: list[tuple[date, int, str]], random: Any) -> None:
    """All courses are known from their first day; their amounts are decided one after another in any order."""
    amounts = [0] * len(taken)
    order = list(range(len(taken)))
    random.shuffle(order)
    for i in order:
        day, fee, identity = taken[i]
        others = [PastCourse(taken[j][0], amounts[j]) for j in range(len(taken)) if j != i]
        amounts[i] = pay(fee, identity, day, others)
    for start, end in windows([day for day, _, _ in taken], LAW):
        assert sum(a for a, (day, _, _) in zip(amounts, taken, strict=True) if start <= day <= end) <= 70_000


@given(courses)
def test_the_cap_holds_where_each_course_knows_only_those_before(taken: list[tuple[date, int, str]]) -> None:
    history: list[PastCourse] = []
    for day, fee, identity in sorted(taken):
        history.append(PastCourse(day, pay(fee, identity, day, history)))
    for start, end in windows([c.starts_on for c in history], LAW):
        assert sum(c.amount for c in history if start <= c.starts_on <= end) <= 70_000


@given(st.lists(first_days, min_size=1, max_size=12))
def test_windows_cover_every_course_once_and_begin_with_one(days: list[date]) -> None:
    chain = windows(days, LAW)
    assert all(start in days for start, _ in chain)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(chain))
    assert all(sum(start <= day <= end for start, end in chain) == 1 for day in days)
    assert all((end - start) in (timedelta(1094), timedelta(1095)) for start, end in chain)


@given(courses, st.randoms())
def test_the_order_of_the_history_does_not_matter(taken: list[tuple[date, int, str]], random: Any) -> None:
    history = [PastCourse(day, min(fee, 9_000)) for day, fee, _ in taken]
    shuffled = history[:]
    random.shuffle(shuffled)
    assert pay(10_000, "none", date(2020, 1, 1), history) == pay(10_000, "none", date(2020, 1, 1), shuffled)


@pytest.mark.parametrize(("starts_on", "payable"), [(date(2026, 2, 28), 5000), (date(2026, 3, 1), 8000)])
def test_an_amended_cap_serves_courses_begun_from_its_day(starts_on: date, payable: int) -> None:
    draft = LAW.amended([("sub.cap", Value(100_000, "草案", date(2026, 3, 1)))])
    facts = {
        "fee": 10_000,
        "identity": "none",
        "starts_on": starts_on,
        "history": [{"starts_on": "2025-01-01", "amount": 65_000}],
    }
    assert rulebook.ask("SUB-10", facts, on=TODAY, law=draft).result["payable"] == payable
    assert rulebook.ask("SUB-10", facts, on=TODAY, law=LAW).result["payable"] == 5000


def test_rounding_is_a_dated_figure_shown_as_unconfirmed() -> None:
    facts = {"fee": 9_999, "identity": "none", "starts_on": "2026-03-01", "history": []}
    half_up = LAW.amended([("sub.rounding", Value("half_up", "函釋", date(2026, 3, 1)))])
    assert rulebook.ask("SUB-10", facts, on=TODAY, law=LAW).result["payable"] == 7999
    assert rulebook.ask("SUB-10", facts, on=TODAY, law=half_up).result["payable"] == 7999
    facts["fee"] = 9_997  # 7,997.6
    assert rulebook.ask("SUB-10", facts, on=TODAY, law=LAW).result["payable"] == 7997
    assert rulebook.ask("SUB-10", facts, on=TODAY, law=half_up).result["payable"] == 7998
    lines = rulebook.ask("SUB-10", facts, on=TODAY, law=LAW).lines
    assert [line.confirmed for line in lines if line.figure == "down"] == [False]


def test_later_rules_may_count_another_insurance() -> None:
    facts = {
        "born_on": "1990-05-05",
        "starts_on": "2026-03-01",
        "insurance": [{"kind": "occupational_accident", "from": "2020-01-01"}],
    }
    assert rulebook.ask("SUB-05", facts, on=TODAY, law=LAW).met is False
    kinds = Value(["employment", "labour", "farmers", "occupational_accident"], "修正", date(2026, 3, 1))
    assert rulebook.ask("SUB-05", facts, on=TODAY, law=LAW.amended([("sub.insurance_kinds", kinds)])).met is True


def test_each_of_the_22_counties_has_one_branch() -> None:
    branches = LAW.at("sub.branch_counties", TODAY).value
    counties = [county for group in branches.values() for county in group]
    assert (len(branches), len(counties), len(set(counties))) == (5, 22, 22)
    assert all(branch_of(county, LAW, TODAY) in branches for county in counties)


def test_refusals_are_sentences_with_the_figure() -> None:
    facts = {"total_hours": 25, "absent_hours": 6, "completed": True, "surveyed": False}
    outcome = rulebook.ask("SUB-11", facts, on=TODAY, law=LAW)
    assert outcome.sentence == "缺課6小時，超過總時數五分之一（5小時）；尚未填寫參訓學員意見調查表。"
    assert [line.citation for line in outcome.refusals] == ["學員問答第12題", "學員問答第10題"]
