"""The rules of the account pack as tables, and what every rule must carry."""

from datetime import date
from pathlib import Path

import pytest

from kernel import cases, rulebook
from kernel.law import declared_law
from ojt_accounts import params, rules
from ojt_accounts.rules.papers import papers_needed

LAW = declared_law()
TODAY = date(2026, 11, 20)
CASES = cases.load((Path(__file__).parent / "cases" / "rules.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_case(case: dict[str, object]) -> None:
    (result,) = cases.run([case], LAW, today=TODAY)
    assert result.passed, result


@pytest.mark.parametrize("rule_id", rules.RULES)
def test_every_rule_names_its_clause_and_says_itself(rule_id: str) -> None:
    rule = rulebook.get(rule_id)
    assert rule.clause and rule.sentence.endswith("。")


def test_every_line_of_a_computed_rule_cites_a_source() -> None:
    for case in CASES:
        if "refused" in case["expect"]:
            continue
        outcome = rulebook.ask(case["rule"], case["facts"], on=case.get("on", TODAY), law=LAW)
        assert outcome.lines, case["name"]
        assert all(line.citation and line.text and line.rule == case["rule"] for line in outcome.lines), case["name"]


def test_a_refusal_names_what_failed() -> None:
    outcome = rulebook.ask("OA-10", {"value": "abc"}, on=TODAY, law=LAW)
    assert (
        outcome.sentence
        == "密碼須為 12 至 16 碼；密碼須包含英文大寫字母；密碼須包含數字；密碼須包含符號，例：!、@、#。"
    )


def test_categories_have_no_j() -> None:
    """OA-19."""
    assert "".join(params.CATEGORIES) == "ABCDEFGHIKLMNOPQ"


@pytest.mark.parametrize(
    ("kind", "unit_kind", "expected"),
    [
        ("new_unit", "foundation", ("letter", "licence", "registration", "charter", "ttqs", "ttqs_letter")),
        (
            "new_unit",
            "public_interest_association",
            ("letter", "licence", "registration", "charter", "ttqs", "ttqs_letter"),
        ),
        ("new_unit", "union", ("letter", "licence", "charter", "ttqs", "ttqs_letter")),
        ("renewal", "foundation", ("letter", "registration", "ttqs", "ttqs_letter")),
        ("renewal", "university", ("letter", "ttqs", "ttqs_letter")),
        ("cancellation", "foundation", ("letter",)),
    ],
)
def test_papers_by_kind(kind: str, unit_kind: str, expected: tuple[str, ...]) -> None:
    """OA-01, in the order of the pack."""
    assert papers_needed(kind, unit_kind) == expected  # type: ignore[arg-type]


def test_a_window_and_a_certificate_overlap_or_do_not() -> None:
    facts = {
        "plan": "industry_talent", "edition": "training_institution", "grade": "pass",
        "valid_from": date(2025, 1, 1), "valid_until": date(2026, 12, 31), "closing_on": date(2027, 1, 1),
    }  # fmt: skip
    met = rulebook.ask("OA-03", facts, on=date(2026, 11, 22), law=LAW).lines[-1]
    assert met.text == "證書有效期間 114/01/01 至 115/12/31 與所定期間 115/09/04 至 116/01/01 至少有一日重疊"
    gone = rulebook.ask("OA-03", facts | {"valid_until": date(2026, 9, 3)}, on=date(2026, 11, 22), law=LAW)
    assert gone.sentence == "證書有效期間 114/01/01 至 115/09/03 與所定期間 115/09/04 至 116/01/01 均無重疊。"


def test_what_does_not_hold_is_printed_with_the_sign_that_holds() -> None:
    facts = {
        "plan": "industry_talent",
        "kind": "foundation",
        "founded_on": date(2026, 1, 5),
        "closing_on": date(2027, 1, 1),
    }
    young = rulebook.ask("OA-04", facts, on=date(2026, 11, 22), law=LAW)
    assert young.refusals[0].comparison == "117/01/05 > 116/01/01"
    assert rulebook.ask("OA-05", {"latest_grade": "D"}, on=TODAY, law=LAW).refusals[0].comparison == "D = D"
    assert rulebook.ask("OA-07", {"taken": 6, "asked": 1}, on=TODAY, law=LAW).refusals[0].comparison == "6 + 1 > 6"
