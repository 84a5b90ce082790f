"""Days and periods against the vectors of the requirements, and properties that hold for any day."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.dates import (
    DateError,
    WorkingCalendar,
    add_months,
    days_after,
    days_before,
    end_of_day,
    months_after,
    months_before_window,
    overlap,
    parse_day,
    roc,
    roc_long,
    taipei_day,
    validity_end,
    years_since,
)

CALENDAR = WorkingCalendar()
days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
months = st.integers(0, 240)


def day(text: str) -> date:
    return parse_day(text)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [("113/12/12", "116/12/11"), ("113/02/29", "116/02/28"), ("110/02/28", "113/02/27"), ("115/01/01", "117/12/31")],
)
def test_three_year_validity(starts: str, ends: str) -> None:
    assert roc(validity_end(day(starts), years=3)) == ends


def test_renewal_window_and_counting_back() -> None:
    assert roc(months_before_window(day("116/12/11"), 3)) == "116/09/12"
    assert roc(days_before(day("117/12/31"), 90)) == "117/10/02"
    filed_by = days_before(day("115/12/07"), 15)
    assert roc(filed_by) == "115/11/22"
    assert not CALENDAR.works(filed_by)
    assert roc(CALENDAR.previous_working(filed_by)) == "115/11/20"


@pytest.mark.parametrize(("term", "last"), [(15, "116/01/04"), (20, "116/01/11"), (21, "116/01/11"), (30, "116/01/19")])
def test_terms_of_days_move_past_holidays(term: int, last: str) -> None:
    assert roc(CALENDAR.act_by(days_after(day("115/12/20"), term))) == last


def test_terms_of_months() -> None:
    assert roc(months_after(day("115/11/20"), 12)) == "116/11/20"
    assert roc(CALENDAR.act_by(months_after(day("115/11/20"), 12))) == "116/11/22"
    assert roc(months_after(day("116/08/31"), 6)) == "117/02/29"


@pytest.mark.parametrize(
    ("received", "answer"), [("115/11/20", "115/11/27"), ("116/02/02", "116/02/16"), ("114/01/24", "114/02/07")]
)
def test_five_working_days(received: str, answer: str) -> None:
    assert roc(CALENDAR.working_days_after(day(received), 5)) == answer


@pytest.mark.parametrize(("left", "file"), [("114/02/06", "114/02/10"), ("114/09/26", "114/10/02")])
def test_three_working_days(left: str, file: str) -> None:
    assert roc(CALENDAR.working_days_after(day(left), 3)) == file


@pytest.mark.parametrize(
    ("starts", "opens"), [("2024-03-01", "2024-02-01"), ("2024-03-31", "2024-02-29"), ("2025-03-31", "2025-02-28")]
)
def test_one_month_before(starts: str, opens: str) -> None:
    assert add_months(day(starts), -1).isoformat() == opens


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("113/12/12", "2024-12-12"),
        ("1131212", "2024-12-12"),
        ("991231", "2010-12-31"),
        ("中華民國113年12月12日", "2024-12-12"),
        ("民國 113 年 2 月 29 日", "2024-02-29"),
        ("2024-12-12", "2024-12-12"),
        ("20241212", "2024-12-12"),
        (" １１３／１２／１２ ", "2024-12-12"),
        ("113.1.2", "2024-01-02"),
        ("2024/12/12 00:00:00", "2024-12-12"),
        ("2024-12-12T00:00:00", "2024-12-12"),
        ("2024/12/12 上午 12:00:00", "2024-12-12"),
        ("113年12月12日 9:30", "2024-12-12"),
    ],
)
def test_reads_days_of_both_calendars(text: str, iso: str) -> None:
    assert parse_day(text).isoformat() == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "114/02/29",
        "113/13/01",
        "民國2024年1月1日",
        "113/12",
        "1131",
        "113/12/12 24:00",
        "113/12/12 9:60",
        "113/12 12:00",
    ],
)
def test_refuses_with_an_example(text: str) -> None:
    with pytest.raises(DateError) as refused:
        parse_day(text)
    assert "113/" in str(refused.value) or "民國113年" in str(refused.value)


def test_writes_the_calendar_of_the_republic() -> None:
    assert roc(date(2024, 12, 2)) == "113/12/02"
    assert roc_long(date(2024, 12, 2)) == "中華民國113年12月2日"


def test_today_is_the_taipei_day() -> None:
    assert taipei_day(datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2024, 12, 31)
    assert taipei_day(datetime(2024, 12, 31, 16, tzinfo=UTC)) == date(2025, 1, 1)
    assert end_of_day(date(2024, 12, 31)) == datetime(2024, 12, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2009-03-01", "2024-02-29", 14),
        ("2009-03-01", "2024-03-01", 15),
        ("2008-02-29", "2023-02-28", 14),
        ("2008-02-29", "2023-03-01", 15),
        ("2008-02-29", "2024-02-29", 16),
    ],
)
def test_age(born: str, on: str, age: int) -> None:
    assert years_since(day(born), day(on)) == age


def test_the_calendar_set_by_hand_is_stronger_than_the_package() -> None:
    friday = date(2026, 11, 20)
    typhoon = WorkingCalendar({friday: False, date(2026, 11, 21): True})
    assert CALENDAR.works(friday)
    assert not typhoon.works(friday)
    assert typhoon.next_working(friday) == date(2026, 11, 21)
    assert CALENDAR.works(date(2025, 2, 8)), "a make-up workday on a Saturday"


@given(days, months)
def test_validity_ends_the_day_before_the_next_begins(start: date, count: int) -> None:
    end = validity_end(start, months=count + 1)
    assert end >= start
    following = end + timedelta(days=1)
    last_of_month = calendar.monthrange(end.year, end.month)[1]
    assert following.day == start.day or end.day == last_of_month


@given(days, st.integers(0, 20))
def test_age_counts_up_by_one_a_year(born: date, years: int) -> None:
    reached = validity_end(born, years=years) + timedelta(days=1) if years else born
    assert years_since(born, reached) == years
    assert years_since(born, reached - timedelta(days=1)) == years - 1


@given(days, months)
def test_months_forth_and_back_lose_only_missing_days(start: date, count: int) -> None:
    there = add_months(start, count)
    assert (there.year * 12 + there.month) - (start.year * 12 + start.month) == count
    back = add_months(there, -count)
    assert back == start or (back < start and back.day < start.day)


@given(days, months, months)
def test_longer_terms_end_later(start: date, shorter: int, longer: int) -> None:
    if shorter < longer:
        assert months_after(start, shorter) < months_after(start, longer)
        assert validity_end(start, months=shorter) < validity_end(start, months=longer)


@given(st.dates(date(2018, 1, 1), date(2027, 12, 31)), st.integers(1, 15))
def test_working_days_are_counted_the_same_both_ways(start: date, count: int) -> None:
    until = CALENDAR.working_days_after(start, count)
    assert CALENDAR.works(until)
    assert CALENDAR.working_days_between(start, until) == count
    assert CALENDAR.working_days_between(until, start) == -count
    assert CALENDAR.next_working(until) == until == CALENDAR.previous_working(until)


@given(days, days, days, days)
def test_overlap_is_mutual(a: date, b: date, c: date, d: date) -> None:
    (a, b), (c, d) = sorted((a, b)), sorted((c, d))
    assert overlap(a, b, c, d) == overlap(c, d, a, b)
    assert overlap(a, b, c, d) == (max(a, c) <= min(b, d))
