"""Figures by date in force, amendments as another law, and the citation that reaches the outcome."""

from __future__ import annotations

from datetime import date

import pytest

from kernel.law import FIGURES, Figure, Law, UnknownFigure, Value, declared_law

FIRST, SECOND = date(2012, 1, 1), date(2026, 3, 1)
CAP = Figure("t.cap", "上限", "元", (Value(70000, "第1版", FIRST), Value(100000, "第2版", SECOND, confirmed=False)))
LAW = Law({"t.cap": CAP})


@pytest.mark.parametrize(
    ("on", "value"),
    [(FIRST, 70000), (date(2026, 2, 28), 70000), (SECOND, 100000), (date(2026, 3, 2), 100000)],
)
def test_the_version_of_the_day(on: date, value: int) -> None:
    assert LAW.at("t.cap", on).value == value


def test_before_the_first_version_there_is_no_law() -> None:
    with pytest.raises(UnknownFigure):
        LAW.at("t.cap", date(2011, 12, 31))
    with pytest.raises(UnknownFigure):
        LAW.at("t.floor", FIRST)


def test_a_value_without_a_day_holds_since_ever() -> None:
    assert Figure("t.a", "", "", (Value(1, "x"),)).on(date.min).value == 1


@pytest.mark.parametrize(
    "values", [(), (Value(1, "x", SECOND), Value(2, "x", FIRST)), (Value(1, "x", FIRST), Value(2, "x", FIRST))]
)
def test_values_are_dated_and_in_order(values: tuple[Value, ...]) -> None:
    with pytest.raises(ValueError, match=r"t\.a"):
        Figure("t.a", "", "", values)


def test_an_amendment_is_another_law_and_leaves_the_first_alone() -> None:
    between = Value(80000, "修正", date(2020, 1, 1))
    draft = LAW.amended([("t.cap", between)])
    assert draft.at("t.cap", date(2021, 1, 1)) == between
    assert draft.at("t.cap", date(2019, 12, 31)).value == 70000
    assert draft.at("t.cap", SECOND).value == 100000
    assert LAW.at("t.cap", date(2021, 1, 1)).value == 70000


def test_a_correction_takes_the_place_of_the_version_of_the_same_day() -> None:
    corrected = LAW.amended([("t.cap", Value(99000, "更正", SECOND))])
    assert [v.value for v in corrected["t.cap"].values] == [70000, 99000]
    with pytest.raises(UnknownFigure):
        LAW.amended([("t.floor", Value(1, "x"))])


def test_the_declared_law_is_a_copy() -> None:
    FIGURES.clear()
    before = declared_law()
    FIGURES.add(CAP)
    assert len(before) == 0
    assert list(declared_law()) == ["t.cap"]


def test_a_value_is_spelled_in_the_words_of_its_figure() -> None:
    kinds = Figure("x.kinds", "類別", "", (Value(["a", ["b", 3]], "第1條"),), {"a": "甲", "b": "乙"})
    assert kinds.spelled(kinds.on(date(2024, 1, 1)).value) == ["甲", ["乙", 3]]
    assert kinds.spelled("c") == "c" and kinds.spelled({"a": "b"}) == {"甲": "乙"}
