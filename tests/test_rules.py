"""The written cases of every scheme, and what each of its rules must carry: clause, sentence, cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casework.schemes import Scheme, schemes
from kernel import cases, rulebook
from kernel.law import declared_law

LAW = declared_law()
TODAY = date(2026, 11, 21)
SCHEMES = [pytest.param(scheme, id=scheme.name) for scheme in schemes()]


def cases_of(scheme: Scheme) -> list[dict[str, Any]]:
    files = sorted((Path(__file__).parent / scheme.name / "cases").glob("*.yaml"))
    return [case for path in files for case in cases.load(path.read_text(encoding="utf-8"))]


CASES = [pytest.param(case, id=f"{case['rule']} {case['name']}") for scheme in schemes() for case in cases_of(scheme)]
ANSWERED = [param for param in CASES if "refused" not in param.values[0]["expect"]]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    (result,) = cases.run([case], LAW, today=TODAY)
    assert result.passed, result.message


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_rule_says_itself_and_every_computed_one_has_cases(scheme: Scheme) -> None:
    prefix = scheme.rules[0].partition("-")[0]
    rules = [one for one in rulebook.all_rules() if one.id.startswith(f"{prefix}-")]
    assert [one.id for one in rules] == list(scheme.rules)
    for one in rules:
        assert one.clause and one.sentence.endswith("。"), one.id
    assert {one.id for one in rules if one.function} == {case["rule"] for case in cases_of(scheme)}


@pytest.mark.parametrize("case", ANSWERED)
def test_every_outcome_is_cited_and_comes_out_the_same_when_asked_again(case: dict[str, Any]) -> None:
    outcome = rulebook.ask(case["rule"], case["facts"], on=case.get("on", TODAY), law=LAW)
    assert outcome.lines
    for line in outcome.lines:
        assert line.citation and line.text and not line.text.endswith("。") and line.rule == case["rule"], line
    assert rulebook.again(outcome, law=LAW).as_json() == outcome.as_json()
