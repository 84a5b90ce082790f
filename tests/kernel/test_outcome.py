"""Lines, verdicts and storage: an outcome read back and asked again gives the same lines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import rulebook
from kernel.facts import FactsError
from kernel.jsonable import jsonable
from kernel.law import Figure, Law, Value
from kernel.money import dollars, share
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning

ON = date(2024, 3, 1)
LAW = Law({"t.limit": Figure("t.limit", "上限", "%", (Value(20, "第9點", date(2020, 1, 1), confirmed=False),))})


@dataclass(frozen=True, slots=True)
class Absence:
    total: Decimal
    absent: Decimal
    since: date | None = field(default=None, metadata={"name": "from"})


@pytest.fixture
def absence() -> rulebook.Rule:
    @rulebook.rule("TRY-1", facts=Absence)
    def absence(facts: Absence, *, on: date, law: Law) -> Outcome:
        """第9點：缺課不得超過總時數之
        五分之一。

        Exactly one fifth is fine.
        """
        why = Reasoning("TRY-1", on=on, law=law)
        why.note("先計算", total=facts.total)
        limit = why.figure("t.limit")
        why.judge(facts.absent * 100 <= facts.total * limit, "缺課未超過", otherwise="缺課超過", comparison="a ≤ b")
        return why.outcome(left=facts.total * limit / 100 - facts.absent)

    return rulebook.get("TRY-1")


def test_the_docstring_is_clause_and_sentence(absence: rulebook.Rule) -> None:
    assert (absence.clause, absence.sentence) == ("第9點", "缺課不得超過總時數之五分之一。")


def test_lines_carry_the_law_they_rest_on(absence: rulebook.Rule) -> None:
    outcome = rulebook.ask("TRY-1", {"total": 25, "absent": 6}, on=ON, law=LAW)
    first, second = outcome.lines
    assert (first.met, first.citation, first.figure, first.inputs) == (None, "第9點", None, {"total": 25})
    assert (second.met, second.citation, second.figure, second.unit) == (False, "第9點", 20, "%")
    assert (second.in_force_from, second.confirmed, second.text) == ("2020-01-01", False, "缺課超過")
    assert outcome.result == {"met": False, "left": -1}
    assert (outcome.refusals, outcome.sentence) == ((second,), "缺課超過。")
    assert rulebook.ask("TRY-1", {"total": 25, "absent": 5}, on=ON, law=LAW).sentence == "先計算；缺課未超過。"


def test_stored_and_read_back(absence: rulebook.Rule) -> None:
    outcome = rulebook.ask("TRY-1", {"total": 25.5, "absent": 5, "from": "2024-01-01"}, on=ON, law=LAW)
    stored = json.loads(json.dumps(outcome.as_json()))
    assert Outcome.from_json(stored) == outcome
    assert stored["facts"] == {"total": 25.5, "absent": 5, "from": "2024-01-01"}


@given(st.decimals(0, 500, places=2), st.decimals(0, 500, places=2))
def test_asked_again_on_the_stored_facts_gives_the_same_lines(total: Decimal, absent: Decimal) -> None:
    facts = Absence(total, absent)
    why = Reasoning("TRY-1", on=ON, law=LAW)
    why.judge(absent <= total, "ok", a=facts.absent)
    assert jsonable(facts) == json.loads(json.dumps(jsonable(facts)))
    rebuilt = {name: Decimal(str(value)) for name, value in jsonable(facts).items() if value is not None}
    assert rebuilt == {"total": total, "absent": absent}


def test_again(absence: rulebook.Rule) -> None:
    outcome = rulebook.ask("TRY-1", {"total": 12.5, "absent": 2.5}, on=ON, law=LAW)
    assert outcome.met
    assert rulebook.again(Outcome.from_json(outcome.as_json()), law=LAW) == outcome


def test_a_rule_that_computes_has_no_verdict() -> None:
    outcome = Reasoning("TRY-2", on=ON, law=LAW).outcome(judged=False, day=ON)
    assert (outcome.met, outcome.result) == (None, {"day": "2024-03-01"})


def test_including_takes_lines_and_verdict(absence: rulebook.Rule) -> None:
    why = Reasoning("TRY-3", on=ON, law=LAW)
    why.include(rulebook.ask("TRY-1", {"total": 25, "absent": 6}, on=ON, law=LAW))
    assert why.outcome().met is False


@pytest.mark.parametrize("text", ["no clause", "第1點：", "：規定", ""])
def test_a_docstring_without_clause_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="TRY-4"):
        rulebook.promise(__name__, "TRY-4", text)


def test_an_id_belongs_to_one_rule(absence: rulebook.Rule) -> None:
    with pytest.raises(ValueError, match="entered twice"):
        rulebook.promise(__name__, "TRY-1", "第9點：別的規定。")
    rulebook.promise(__name__, "TRY-5", "第5點：由畫面遵守。")
    assert rulebook.clause_of("TRY-5") == "第5點"
    with pytest.raises(FactsError):
        rulebook.ask("TRY-5", {}, on=ON, law=LAW)


def test_plain_values() -> None:
    noon = datetime(2024, 2, 1, 12, tzinfo=ZoneInfo("Asia/Taipei"))
    assert jsonable({"a": noon, "b": {2, 1}, "c": Fraction(1, 4), "d": Decimal("3.00"), "e": (ON,)}) == {
        "a": "2024-02-01T12:00:00+08:00",
        "b": [1, 2],
        "c": 0.25,
        "d": 3,
        "e": ["2024-03-01"],
    }
    with pytest.raises(TypeError):
        jsonable(object())


@pytest.mark.parametrize(("amount", "percent", "paid"), [(10000, 80, 8000), (9999, 80, 7999), (1, 80, 0), (7, 100, 7)])
def test_the_odd_part_of_a_dollar_is_dropped(amount: int, percent: int, paid: int) -> None:
    assert share(amount, percent) == paid
    assert dollars(8000) == "新臺幣8,000元"
