"""The rule cases of the scheme, and what cases cannot say: lines, citations, figures, another law."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vrs_credentials.rules  # noqa: F401 - enters the rules
from casework.templatetags.casework import why
from kernel import cases, rulebook
from kernel.facts import FactsError, Impossible
from kernel.law import Value, declared_law
from vrs_credentials.rules.courses import course_number
from vrs_credentials.rules.hours import ClassRecord, missing_in
from vrs_credentials.rules.ledger import Entry, balance, weight
from vrs_credentials.rules.review import Assignment, may_review

LAW = declared_law()
TODAY = date(2026, 11, 20)
CASES = [
    (path.stem, case)
    for path in sorted(Path(__file__).parent.glob("cases/*.yaml"))
    for case in cases.load(path.read_text(encoding="utf-8"))
]
IDS = [f"VRS-{n:02d}" for n in range(1, 18)]


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{stem}: {c['rule']} {c['name']}") for stem, c in CASES])
def test_case(case):
    (result,) = cases.run([case], LAW, today=TODAY)
    assert result.passed, result.message


def test_every_rule_is_entered_and_every_computed_one_has_cases():
    assert [r.id for r in rulebook.all_rules() if r.id.startswith("VRS-")] == IDS
    computed = {r.id for r in rulebook.all_rules() if r.id.startswith("VRS-") and r.function}
    assert computed == {c["rule"] for _, c in CASES}


@pytest.mark.parametrize("case", [c for _, c in CASES if c["expect"] != {"refused": True}])
def test_outcomes_run_again_on_their_stored_facts(case):
    outcome = rulebook.ask(case["rule"], case["facts"], on=case.get("on", TODAY), law=LAW)
    assert rulebook.again(outcome, law=LAW).as_json() == outcome.as_json()


@pytest.mark.parametrize("case", [c for _, c in CASES if c["expect"] != {"refused": True}])
def test_every_outcome_says_something_in_whole_sentences(case):
    outcome = rulebook.ask(case["rule"], case["facts"], on=case.get("on", TODAY), law=LAW)
    assert outcome.lines
    assert all(line.text and line.citation and not line.text.endswith("。") for line in outcome.lines)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"hours": None},
        {"hours": {"online": 3}},
        {"hours": {"professional": "many"}},
        {"hours": {"professional": True}},
        {"hours": {"professional": float("nan")}},
        {"hours": {}, "kind": "x"},
    ],
)
def test_hours_written_wrongly_are_errors_not_answers(facts):
    with pytest.raises(FactsError):
        rulebook.ask("VRS-10", facts, on=TODAY, law=LAW)


_HOURS = st.decimals(0, 200, places=1)


@given(_HOURS, _HOURS, _HOURS, _HOURS)
def test_counted_hours_and_what_is_missing_agree(professional, law, ethics, quality):
    facts = {"hours": {"professional": professional, "law": law, "ethics": ethics, "quality": quality}}
    outcome = rulebook.ask("VRS-10", facts, on=TODAY, law=LAW)
    missing = (
        Decimal(str(outcome.result["missing_professional_law"])),
        Decimal(str(outcome.result["missing_ethics_quality"])),
    )
    assert outcome.met == (missing == (0, 0))
    assert missing[0] == max(0, 54 - professional - law)
    assert missing[1] == max(0, 6 - ethics - quality)
    assert Decimal(str(outcome.result["counted"])) == professional + law + min(6, ethics + quality)


@given(st.dates(date(2020, 1, 1), date(2099, 1, 1)), st.integers(0, 3000))
def test_extension_moves_the_last_day_by_the_days_away_or_not_at_all(away_from, length):
    away_until = date.fromordinal(away_from.toordinal() + length)
    facts = {"valid_until": date(2099, 12, 31), "away_from": away_from, "away_until": away_until}
    result = rulebook.ask("VRS-13", facts, on=TODAY, law=LAW).result
    assert result["days"] == length + 1
    moved = date.fromisoformat(result["valid_until"]).toordinal() - date(2099, 12, 31).toordinal()
    assert moved == (result["days"] if result["met"] else 0)
    assert result["met"] or length + 1 <= 92
    assert not result["met"] or length + 1 >= 89


def test_the_same_hours_spelled_otherwise_give_the_same_lines():
    one = rulebook.ask("VRS-10", {"hours": {"professional": 50, "law": "4.00"}}, on=TODAY, law=LAW)
    other = rulebook.ask("VRS-10", {"hours": {"professional": 50.0, "law": 4}}, on=TODAY, law=LAW)
    assert one.as_json() == other.as_json()


def test_refusals_name_their_clause():
    outcome = rulebook.ask("VRS-10", {"hours": {}}, on=TODAY, law=LAW)
    assert outcome.sentence.startswith("專業課程+專業相關法規尚缺54小時；專業倫理+專業品質尚缺6小時")
    assert all("準則第10條" in line.citation for line in outcome.refusals)


def test_a_draft_amendment_changes_the_answer_without_changing_the_code():
    draft = LAW.amended([("vrs.education_hours", Value(80, "草案", date(2027, 1, 1)))])
    facts = {"hours": {"professional": 60, "ethics": 6}}
    assert rulebook.ask("VRS-10", facts, on=date(2026, 12, 31), law=draft).met
    assert not rulebook.ask("VRS-10", facts, on=date(2027, 1, 1), law=draft).met
    assert rulebook.ask("VRS-10", facts, on=date(2027, 1, 1), law=LAW).met


def test_what_the_source_does_not_give_is_marked():
    unconfirmed = {code for code in LAW if code.startswith("vrs.") and not LAW.at(code, TODAY).confirmed}
    assert {"vrs.weight_island", "vrs.weight_international", "vrs.weight_lecturer", "vrs.clauses"} <= unconfirmed
    assert {"vrs.education_hours", "vrs.validity_years", "vrs.renewal_window_months"}.isdisjoint(unconfirmed)
    assert all(LAW.at(code, TODAY).citation for code in LAW if code.startswith("vrs."))


def test_every_clause_names_kinds_and_papers_that_exist():
    kinds, papers = LAW.at("vrs.kinds", TODAY).value, LAW.at("vrs.documents", TODAY).value
    rows = LAW.at("vrs.clauses", TODAY).value
    assert len({row["code"] for row in rows}) == len(rows)
    assert {kind for row in rows for kind in row["kinds"]} == set(kinds)
    assert {paper for row in rows for paper in [*row["documents"], *row["either"]]} <= set(papers)


# --- weights and the ledger --------------------------------------------------------------------------------------------


def test_weights_ship_as_one_and_follow_what_the_agency_sets():
    assert weight(island=True, international=True, lecturer=True, held_on=TODAY, law=LAW) == 1
    since = date(2026, 1, 1)
    law = LAW.amended(
        [("vrs.weight_island", Value("2", "公告", since)), ("vrs.weight_lecturer", Value("1.5", "公告", since))]
    )
    assert weight(island=True, international=False, lecturer=True, held_on=since, law=law) == 2
    assert weight(island=False, international=False, lecturer=True, held_on=since, law=law) == Decimal("1.5")
    assert weight(island=False, international=False, lecturer=False, held_on=since, law=law) == 1
    assert weight(island=True, international=False, lecturer=True, held_on=date(2025, 12, 31), law=law) == 1
    product = law.amended([("vrs.weight_combination", Value("product", "公告", since))])
    assert weight(island=True, international=False, lecturer=True, held_on=since, law=product) == 3


def _entry(hours, held_on, **more):
    return Entry("professional", Decimal(hours), Decimal(1), held_on, more.pop("approved_on", held_on), **more)


def test_balance_is_a_sum_of_entries_and_corrections_are_entries():
    day, next_day = date(2026, 5, 1), date(2026, 5, 2)
    entries = [_entry(6, day), _entry(3, next_day), _entry(-2, day, approved_on=next_day, source="correction")]
    assert balance(entries, until=day)["professional"] == 6
    assert balance(entries, until=next_day)["professional"] == 7
    assert balance(entries, until=next_day, held_from=next_day)["professional"] == 3
    assert balance(entries, until=next_day, held_until=day)["professional"] == 4
    assert balance(entries, until=next_day) == {"professional": 7, "law": 0, "ethics": 0, "quality": 0}


def test_initial_training_of_article_7_does_not_count():
    entries = [_entry(36, TODAY, initial_training=True), _entry(2, TODAY)]
    assert balance(entries, until=TODAY)["professional"] == 2


# --- the smaller functions ---------------------------------------------------------------------------------------------


def test_course_numbers_look_like_those_in_use():
    assert course_number(date(2022, 12, 5), 4) == "20221205000004"
    with pytest.raises(ValueError, match="1000000"):
        course_number(date(2022, 12, 5), 1_000_000)


def test_reviewers_stay_away_from_their_own_house():
    assert may_review(Assignment("r", ("x",), "a", ("y",))) == ""
    assert "同一機構" in may_review(Assignment("r", ("x", "z"), "a", ("y", "z")))
    assert "自己" in may_review(Assignment("a", (), "a", ()))


def test_filing_a_class_record_names_every_missing_field():
    empty = ClassRecord("after", "", "", " ", Decimal(0), date(2026, 2, 1), date(2026, 1, 1))
    assert set(missing_in(empty)) == {
        "qualification", "clause", "course", "hours", "ends_on", "disabilities", "certificate", "pledge",
    }  # fmt: skip
    full = ClassRecord(
        "after", "就業服務員", "7-1-4", "課程", Decimal(3), None, date(2026, 1, 1), ("肢體障礙",), True, True
    )
    assert missing_in(full) == {}


def test_unknown_papers_are_impossible_not_missing():
    with pytest.raises(Impossible):
        rulebook.ask("VRS-01", {"kind": "trainer_senior", "clause": "T-4", "given": ["x"]}, on=TODAY, law=LAW)


def test_sizes_are_compared_as_people_read_them() -> None:
    def said(size: int) -> str:
        facts = {"field": "document", "kind": "pdf", "size": size}
        line = rulebook.ask("VRS-02", facts, on=date(2026, 11, 22), law=LAW).lines[1]
        return why(line)

    assert said(584) == "1 KB ≤ 10 MB（規定值 10 MB）"
    assert said(10 * 2**20 + 1) == "10,485,761 位元組 > 10 MB（規定值 10 MB）"
