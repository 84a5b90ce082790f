"""Plain data becomes typed facts, strictly: what does not fit is said by name."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import pytest

from kernel.facts import FactsError, Impossible, build, happened


def test_nothing_has_happened_after_the_day_asked() -> None:
    today = date(2026, 12, 1)
    for day in (None, date(2026, 11, 30), today):
        happened("測驗日", day, on=today)
    with pytest.raises(Impossible, match="測驗日 115/12/02 不可能晚於判斷之日 115/12/01"):
        happened("測驗日", date(2026, 12, 2), on=today)


class Kind(enum.StrEnum):
    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True)
class Part:
    since: date = field(metadata={"name": "from"})
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Everything:
    count: int
    hours: Decimal = Decimal(0)
    sure: bool = False
    kind: Kind = Kind.A
    word: Literal["x", "y"] = "x"
    at: datetime | None = None
    parts: tuple[Part, ...] = ()
    by_kind: Mapping[Kind, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.count < 0:
            raise Impossible("人數不可能是負數。")


def test_builds_the_whole() -> None:
    facts = build(
        Everything,
        {
            "count": 3.0,
            "hours": 12.5,
            "sure": True,
            "kind": "b",
            "word": "y",
            "at": "2024-02-01T12:00:00+08:00",
            "parts": [{"from": "2024-01-01"}, {"from": date(2024, 1, 2), "note": None}],
            "by_kind": {"a": 1},
        },
    )
    assert facts.hours == Decimal("12.5")
    assert facts.kind is Kind.B
    assert facts.at == datetime.fromisoformat("2024-02-01T04:00:00+00:00")
    assert facts.parts == (Part(date(2024, 1, 1)), Part(date(2024, 1, 2)))
    assert facts.by_kind == {Kind.A: 1}
    assert isinstance(facts.count, int)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "missing fact: count"),
        ({"count": 1, "total": 2}, "unknown fact: total"),
        ({"count": "1"}, "count"),
        ({"count": True}, "count"),
        ({"count": None}, "count"),
        ({"count": 1.5}, "count"),
        ({"count": 1, "hours": "many"}, "hours"),
        ({"count": 1, "hours": float("nan")}, "hours"),
        ({"count": 1, "hours": True}, "hours"),
        ({"count": 1, "sure": 1}, "sure"),
        ({"count": 1, "kind": "c"}, "not one of a, b"),
        ({"count": 1, "kind": ["a"]}, "not one of a, b"),
        ({"count": 1, "word": "z"}, "not one of x, y"),
        ({"count": 1, "at": datetime(2024, 2, 1, 12)}, "offset"),
        ({"count": 1, "at": "noon"}, "not a moment"),
        ({"count": 1, "at": date(2024, 2, 1)}, "at"),
        ({"count": 1, "parts": {"from": "2024-01-01"}}, "expected a list"),
        ({"count": 1, "parts": [{"since": "2024-01-01"}]}, "unknown fact: since"),
        ({"count": 1, "parts": [{}]}, "missing fact: from"),
        ({"count": 1, "parts": [{"from": "2024-02-30"}]}, "not a day"),
        ({"count": 1, "parts": [{"from": datetime(2024, 1, 1)}]}, "from"),
        ({"count": 1, "by_kind": {"c": 1}}, "by_kind"),
        ([], "expected names"),
    ],
)
def test_says_what_does_not_fit(data: Any, message: str) -> None:
    with pytest.raises(FactsError, match=message):
        build(Everything, data)


def test_impossible_is_another_thing_than_badly_written() -> None:
    with pytest.raises(Impossible):
        build(Everything, {"count": -1})
    assert not issubclass(Impossible, FactsError)
