"""The matrix of 附件2 cell by cell, and what a written case cannot say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import rulebook
from kernel.dates import WorkingCalendar
from kernel.facts import FactsError
from kernel.law import Value, declared_law
from senior45.params import Category, OfficeKind

LAW = declared_law()
TODAY = date(2026, 11, 21)

TWO = {"hot_news", "event"}
FOUR = TWO | {"press_release", "announcement"}
EIGHT = FOUR | {"success_story", "friendly_employer", "masters_forum", "generations"}
#: Read off 附件2 by hand: office → what it may publish, who reviews, whether 180 days close its accounts.
MATRIX = {
    "hq_lead": (EIGHT, "own", True),
    "hq_other": (FOUR, "own", True),
    "branch": (EIGHT, "own", True),
    "silver_center": (EIGHT, "own", True),
    "job_center": (TWO, "own", True),
    "county": (TWO, "own", False),
    "silver_point": (TWO, "bureau", False),
    "service_desk": (TWO, "bureau", False),
    "outsourced_center": (TWO, "own", False),
    "service_station": (TWO, "own", False),
}


def test_the_matrix_has_ten_columns_and_eight_categories() -> None:
    assert set(MATRIX) == {kind.value for kind in OfficeKind}
    assert {category.value for category in Category} == EIGHT


@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("office", list(OfficeKind))
def test_every_cell_of_what_an_office_may_publish(office: OfficeKind, category: Category) -> None:
    allowed, reviewed_by, _ = MATRIX[office.value]
    outcome = rulebook.ask("S45-11", {"office": office.value, "category": category.value}, on=TODAY, law=LAW)
    assert outcome.result == {"met": category.value in allowed, "reviewed_by": reviewed_by}


@pytest.mark.parametrize("office", list(OfficeKind))
def test_every_cell_of_the_lock(office: OfficeKind) -> None:
    _, _, locks = MATRIX[office.value]
    facts = {"office": office.value, "opened_on": "2026-01-01"}
    assert rulebook.ask("S45-09", facts, on=date(2026, 6, 30), law=LAW).result["closed"] is False
    assert rulebook.ask("S45-09", facts, on=date(2026, 7, 1), law=LAW).result["closed"] is locks
    figure = LAW.at(f"s45.idle_lock.{office}", TODAY)
    assert (figure.value, figure.confirmed) == (locks, locks)
    assert "「帳號申請流程」列" in figure.citation


def test_an_office_or_category_that_does_not_exist_is_written_wrongly() -> None:
    for facts in ({"office": "BRANCH", "category": "event"}, {"office": "branch", "category": "news"}):
        with pytest.raises(FactsError):
            rulebook.ask("S45-11", facts, on=TODAY, law=LAW)


def test_a_county_may_be_locked_by_an_amendment_from_its_day() -> None:
    later = LAW.amended([("s45.idle_lock.county", Value(True, "修正", date(2026, 12, 1)))])
    facts = {"office": "county", "opened_on": "2026-01-01"}
    assert rulebook.ask("S45-09", facts, on=date(2026, 11, 30), law=later).result["closed"] is False
    assert rulebook.ask("S45-09", facts, on=date(2026, 12, 1), law=later).result["closed"] is True


def test_a_typhoon_day_moves_the_terms() -> None:
    facts = {"received_on": "2026-11-20"}
    typhoon = declared_law(WorkingCalendar({date(2026, 11, 24): False}))
    assert rulebook.ask("S45-03", facts, on=TODAY, law=typhoon).result["answer_by"] == "2026-11-30"


def test_the_refusal_of_a_second_opener_names_the_first() -> None:
    facts = {"office": "branch", "right": "opener", "held": 1, "holder": "王○明"}
    outcome = rulebook.ask("S45-08", facts, on=TODAY, law=LAW)
    assert outcome.sentence == "分署（業務科）之帳號開通人員限1人，現由王○明擔任。"


days = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@given(days, st.none() | days, st.none() | days, st.integers(0, 400))
def test_an_account_closes_181_days_after_the_latest_of_three(
    opened: date, resumed: date | None, signed_in: date | None, later: int
) -> None:
    latest = max(d for d in (opened, resumed, signed_in) if d)
    facts = {"office": "branch", "opened_on": opened, "resumed_on": resumed, "last_sign_in_on": signed_in}
    result = rulebook.ask("S45-09", facts, on=latest + timedelta(days=later), law=LAW).result
    assert result["closed"] is (later > 180)
    assert result["closes_on"] == (latest + timedelta(days=181)).isoformat()


@given(days)
def test_a_leaver_is_due_before_an_answer(day: date) -> None:
    file_by = rulebook.ask("S45-05", {"left_on": day}, on=TODAY, law=LAW).result["file_by"]
    answer_by = rulebook.ask("S45-03", {"received_on": day}, on=TODAY, law=LAW).result["answer_by"]
    assert day.isoformat() < file_by < answer_by
    assert LAW.calendar.works(date.fromisoformat(file_by))
    assert LAW.calendar.works(date.fromisoformat(answer_by))
