"""The rule cases of the scheme, and what cases cannot say: lines, citations, dated figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ohs_training.rules  # noqa: F401 - enters the rules
from kernel import cases, rulebook
from kernel.facts import FactsError
from kernel.law import Value, declared_law
from ohs_training.params import AMENDED_ON

LAW = declared_law()
TODAY = date(2026, 11, 20)
CASES = [
    (path.stem, case)
    for path in sorted(Path(__file__).parent.glob("cases/*.yaml"))
    for case in cases.load(path.read_text(encoding="utf-8"))
]
IDS = [f"OHS-{n:02d}" for n in range(1, 23)]


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{stem}: {c['rule']} {c['name']}") for stem, c in CASES])
def test_case(case):
    (result,) = cases.run([case], LAW, today=TODAY)
    assert result.passed, result.message


def test_every_rule_is_entered_computed_and_has_cases():
    rules = [r for r in rulebook.all_rules() if r.id.startswith("OHS-")]
    assert [r.id for r in rules] == IDS
    assert {r.id for r in rules if r.function} == {c["rule"] for _, c in CASES} == set(IDS)


@pytest.mark.parametrize("case", [c for _, c in CASES if c["expect"] != {"refused": True}])
def test_outcomes_run_again_on_their_stored_facts_and_say_something(case):
    outcome = rulebook.ask(case["rule"], case["facts"], on=case.get("on", TODAY), law=LAW)
    assert rulebook.again(outcome, law=LAW).as_json() == outcome.as_json()
    assert outcome.lines
    assert all(line.text and line.citation for line in outcome.lines)


@pytest.mark.parametrize(
    ("rule_id", "facts"),
    [
        ("OHS-05", {}),
        ("OHS-05", {"valid_until": "soon"}),
        ("OHS-06", {"starts_on": None}),
        ("OHS-07", {"training": "evening", "enrolled": 20}),
        ("OHS-07", {"training": "professional", "enrolled": 20.5}),
        ("OHS-07", {"training": "professional", "enrolled": True}),
        ("OHS-09", {"total_hours": 50, "leave_hours": 3}),
        ("OHS-09", {"total_hours": "many", "leave_hours": 3, "truant_hours": 0}),
        ("OHS-09", {"total_hours": 50, "leave_hours": 3, "truant_hours": 0, "sick_hours": 1}),
    ],
)
def test_facts_written_wrongly_are_errors_not_answers(rule_id, facts):
    with pytest.raises(FactsError):
        rulebook.ask(rule_id, facts, on=TODAY, law=LAW)


@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 400))
def test_withdrawal_is_one_fifth_of_anything(total, leave, truant):
    # in quarters of an hour
    total, leave = total * 4, min(leave, total * 4)
    truant = min(truant, total - leave)
    facts = {"total_hours": Decimal(total) / 4, "leave_hours": Decimal(leave) / 4, "truant_hours": Decimal(truant) / 4}
    result = rulebook.ask("OHS-09", facts, on=TODAY, law=LAW).result
    assert result["withdraw"] == (5 * (leave + truant) >= total)
    assert result["make_up_due"] == (leave > 12 or truant > 0)
    assert result["may_sit"] == (not result["withdraw"] and not result["make_up_due"])


@pytest.mark.parametrize(("percent", "words"), [(20, "五分之一"), (25, "四分之一"), (30, "百分之30")])
def test_what_is_said_of_absence_follows_the_figure(percent, words):
    law = LAW.amended([("ohs.withdrawal_percent", Value(percent, "修正", TODAY))])
    facts = {"total_hours": 10, "leave_hours": 0, "truant_hours": 9}
    assert f"達課程總時數{words}以上，應通知退訓" in rulebook.ask("OHS-09", facts, on=TODAY, law=law).sentence


@settings(deadline=None)  # the holidays of a year are worked out when first asked for
@given(st.dates(date(2018, 1, 1), date(2090, 1, 1)))
def test_terms_before_a_day_count_days_and_nothing_else(day):
    filing = rulebook.ask("OHS-06", {"starts_on": day}, on=TODAY, law=LAW).result
    assert day - date.fromisoformat(filing["file_by"]) == timedelta(days=15)
    assert day - date.fromisoformat(filing["change_by"]) == timedelta(days=1)
    assert date.fromisoformat(filing["remind_on"]) <= date.fromisoformat(filing["file_by"])
    again = rulebook.ask("OHS-05", {"valid_until": day}, on=TODAY, law=LAW).result
    assert day - date.fromisoformat(again["reapply_by"]) == timedelta(days=90)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("ohs.certificate_days", 30, 20),
        ("ohs.register_days", 30, 20),
        ("ohs.entry_after_days", None, 15),
        ("ohs.withdrawal_percent", None, 20),
        ("ohs.in_service_cap", 80, 120),
    ],
)
def test_both_columns_of_the_table_are_kept(code, before, after):
    day_before = AMENDED_ON - timedelta(days=1)
    assert (LAW.at(code, day_before).value, LAW.at(code, AMENDED_ON).value) == (before, after)
    assert LAW.at(code, day_before).citation != LAW.at(code, AMENDED_ON).citation


def test_eleven_grounds_of_which_the_sixth_is_new():
    old = list(LAW.at("ohs.revocation_grounds", AMENDED_ON - timedelta(days=1)).value)
    new = list(LAW.at("ohs.revocation_grounds", AMENDED_ON).value)
    assert (len(old), len(new), new[5]) == (10, 11, "against_directive")
    assert [g for g in new if g != new[5]] == old


def test_what_the_source_does_not_give_is_marked():
    unconfirmed = {code for code in LAW if code.startswith("ohs.") and not LAW.at(code, TODAY).confirmed}
    assert {"ohs.amended_on", "ohs.pass_mark", "ohs.class_hour_minutes", "ohs.in_service_categories"} <= unconfirmed
    assert {"ohs.certificate_days", "ohs.late_minutes", "ohs.professional_cap"}.isdisjoint(unconfirmed)


def test_a_line_cites_figure_and_version():
    outcome = rulebook.ask("OHS-07", {"training": "in_service", "enrolled": 121}, on=TODAY, law=LAW)
    (line,) = outcome.refusals
    assert (line.figure, line.unit, line.in_force_from) == (120, "人", AMENDED_ON.isoformat())
    assert line.citation == "要點附表二附註2"
    assert "為原則" in line.text


def test_the_limit_for_discussion_is_a_limit():
    outcome = rulebook.ask("OHS-07", {"training": "in_service_discussion", "enrolled": 61}, on=TODAY, law=LAW)
    assert "60 人為限" in outcome.sentence


def test_a_draft_amendment_moves_a_deadline():
    draft = LAW.amended([("ohs.filing_days", Value(20, "草案", date(2027, 1, 1)))])
    facts = {"starts_on": "2027-03-31"}
    assert rulebook.ask("OHS-06", facts, on=date(2027, 1, 1), law=draft).result["file_by"] == "2027-03-11"
    assert rulebook.ask("OHS-06", facts, on=date(2026, 12, 31), law=draft).result["file_by"] == "2027-03-16"
