"""The office calendar: the official table whole or not at all, days set by hand with a reason, and what both change."""

from datetime import date, timedelta

import pytest

from accounts.models import AccessLog, User
from casework.deadlines.keeping import set_deadline
from casework.errors import NotPermitted, Refused
from casework.law import calendar
from casework.law.in_force import law_in_force
from casework.models import CalendarDay
from kernel.dates import WEEKDAYS, WorkingCalendar
from tests.casework.jobs import AT, administrator, case, kind_of_case, person

HEAD = "西元日期,星期,是否放假,備註"


def line(day: date, off: bool, name: str = "") -> str:
    quoted = f'"{name}"' if "," in name else name
    return f"{day:%Y%m%d},{WEEKDAYS[day.weekday()]},{2 if off else 0},{quoted}"


def table(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join([HEAD, *lines, ""]).encode(encoding)


def whole(*lines: str) -> bytes:
    """These days and every other of their years, as the portal counts them already."""
    given = {date.fromisoformat(one[:8]): one for one in lines}
    counted = WorkingCalendar()
    year = min(given).year
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(date(year, 12, 31).timetuple().tm_yday))
    return table(*(given.get(day) or line(day, not counted.works(day)) for day in days))


NEW_YEAR = [
    line(date(2027, 1, 1), True, "開國紀念日"),
    line(date(2027, 1, 2), True),
    line(date(2027, 1, 3), True),
    line(date(2027, 1, 4), False),
]


@pytest.fixture
def keeper() -> User:
    return administrator()


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "big5"])
def test_the_official_file_in_each_of_its_encodings(encoding: str) -> None:
    days, errors = calendar.parse(table(*NEW_YEAR, encoding=encoding))
    assert errors == []
    assert [(one.day.day, one.works, one.name) for one in days] == [
        (1, False, "開國紀念日"),
        (2, False, ""),
        (3, False, ""),
        (4, True, ""),
    ]


def test_quoted_commas_blank_lines_and_columns_in_another_order() -> None:
    quoted = line(date(2027, 2, 6), True, "除夕,補假")
    days, errors = calendar.parse(table(quoted, "", line(date(2027, 2, 5), False)))
    assert errors == []
    assert [one.name for one in days] == ["", "除夕,補假"]
    turned = "備註,是否放假,星期,西元日期\r\n元旦,2,五,20270101\r\n".encode()
    assert calendar.parse(turned) == ([calendar.Day(date(2027, 1, 1), False, "元旦")], [])


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("20270101,四,2,", "是星期五"),
        ("20270101,五,1,", "0（上班）或 2（放假）"),
        ("20270101,五,,", "0（上班）或 2（放假）"),
        ("20270230,一,0,", "不存在"),
        ("20270101,五,2,元\x07旦", "備註含有看不見的控制字元（U+0007）"),
        ("1160101,五,2,", "不是西元日期"),
        ("明天,五,2,", "看不懂日期"),
        (",五,2,", "沒有日期"),
        ("21500101,四,0,", "合理範圍"),
        ("20270104,一,0,", "出現兩次"),
        ("20270101", "是星期五"),
    ],
)
def test_each_wrong_row_is_named_with_its_number(bad: str, word: str) -> None:
    days, errors = calendar.parse(table(line(date(2027, 1, 4), False), bad))
    assert [(one.row, word in one.message) for one in errors] == [(3, True)], errors
    assert len(days) == 1


def test_all_errors_are_told_at_once() -> None:
    _, errors = calendar.parse(table("x,一,0,", line(date(2027, 1, 4), False), "20270101,五,9,"))
    assert [one.row for one in errors] == [2, 4]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空的"),
        ("日期,星期\r\n".encode(), "找不到欄名列，應有「西元日期」"),
        ("西元日期,星期\r\n".encode(), "缺少「是否放假」"),
        (f"{HEAD}\r\n".encode(), "沒有任何日期"),
        (b"%PDF-1.7", "不是試算表"),
    ],
)
def test_another_file_is_refused_with_a_sentence(data: bytes, word: str) -> None:
    days, errors = calendar.parse(data)
    assert days == []
    assert word in errors[0].message


# --- importing -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_preview_says_what_changes_and_changes_nothing() -> None:
    with kind_of_case():
        set_deadline(
            case=case(),
            code="test",
            rule="OA-01",
            label="x",
            citation="x",
            counted_from=date(2027, 1, 1),
            due_on=date(2027, 1, 6),
            at=AT,
        )
    found = calendar.preview(whole(*NEW_YEAR, line(date(2027, 1, 6), True, "特別放假")))
    assert found.ready
    assert [one.day for one in found.changed] == [date(2027, 1, 6)], "the others the package knew already"
    assert (found.same, found.deadlines, found.years, found.conflicts) == (364, 1, (2027,), ())
    assert not CalendarDay.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "said"),
    [(NEW_YEAR, "應有 365 日，檔案缺 361 日，第一個是 116/01/05"), (NEW_YEAR[1:], "第一個是 116/01/01")],
)
def test_a_table_that_does_not_hold_a_whole_year_is_not_taken_over(keeper: User, days: list[str], said: str) -> None:
    """A control: the same days within their year are."""
    found = calendar.preview(table(*days))
    assert not found.ready and said in found.errors[0].message
    with pytest.raises(Refused, match="完整年度"):
        calendar.import_calendar(table(*days), by=keeper, at=AT)
    assert not CalendarDay.objects.exists()
    assert calendar.preview(whole(*days)).ready


@pytest.mark.parametrize(
    "typed", ["20270101", "2027/1/1", "2027-01-01", "2027年1月1日", "西元2027年1月1日", "２０２７／１／１"]
)
def test_a_western_day_however_it_is_written(typed: str) -> None:
    days, errors = calendar.parse(table(f"{typed},五,2,元旦"))
    assert ([one.day for one in days], errors) == ([date(2027, 1, 1)], [])


@pytest.mark.django_db
def test_an_import_changes_what_is_counted(keeper: User) -> None:
    day = date(2027, 1, 6)
    assert law_in_force().calendar.works(day)
    calendar.import_calendar(whole(*NEW_YEAR, line(day, True, "特別放假")), by=keeper, at=AT)
    assert not law_in_force().calendar.works(day)
    assert CalendarDay.objects.filter(source=CalendarDay.Source.OFFICIAL, set_by=keeper).count() == 365
    assert AccessLog.objects.filter(action=AccessLog.Action.OVERRIDE, user=keeper).count() == 1
    calendar.import_calendar(whole(line(day, False)), by=keeper, at=AT + timedelta(minutes=1))
    assert law_in_force().calendar.works(day), "a corrected table replaces the one before"


@pytest.mark.django_db
def test_nothing_is_half_imported(keeper: User) -> None:
    with pytest.raises(Refused, match="未匯入任何一天。第 6 列") as caught:
        calendar.import_calendar(table(*NEW_YEAR, "20270105,一,0,"), by=keeper, at=AT)
    assert caught.value.field == "file"
    assert not CalendarDay.objects.exists()


@pytest.mark.django_db
def test_a_typhoon_day_outlives_the_official_table(keeper: User) -> None:
    day = date(2027, 1, 4)
    calendar.set_day(day=day, works=False, reason="海葵颱風停止上班", by=keeper, at=AT)
    found = calendar.preview(whole(*NEW_YEAR))
    assert [one.day for one in found.conflicts] == [day]
    assert found.changed == ()
    calendar.import_calendar(whole(*NEW_YEAR), by=keeper, at=AT)
    kept = CalendarDay.objects.get(day=day)
    assert (kept.works, kept.source, kept.reason) == (False, CalendarDay.Source.MANUAL, "海葵颱風停止上班")


# --- by hand ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_day_set_by_hand_counts_at_once_and_is_taken_back(keeper: User) -> None:
    day = date(2027, 3, 3)
    calendar.set_day(day=day, works=False, reason="颱風", by=keeper, at=AT)
    assert law_in_force().calendar.next_working(day) == date(2027, 3, 4)
    calendar.clear_day(day=day, reason="誤設", by=keeper, at=AT + timedelta(minutes=1))
    assert law_in_force().calendar.works(day)
    subjects = (
        AccessLog.objects.filter(action=AccessLog.Action.OVERRIDE).order_by("pk").values_list("subject", "reason")
    )
    assert list(subjects) == [("辦公日曆 116/03/03 放假", "颱風"), ("辦公日曆 116/03/03 取消設定", "誤設")]


@pytest.mark.django_db
def test_what_makes_no_sense_by_hand_is_refused(keeper: User) -> None:
    sunday, monday = date(2027, 3, 7), date(2027, 3, 8)
    with pytest.raises(Refused, match="原因"):
        calendar.set_day(day=monday, works=False, reason="  ", by=keeper, at=AT)
    with pytest.raises(Refused, match="原本就是放假日"):
        calendar.set_day(day=sunday, works=False, reason="颱風", by=keeper, at=AT)
    calendar.set_day(day=sunday, works=True, reason="補班", by=keeper, at=AT)
    with pytest.raises(Refused, match="已設定為上班"):
        calendar.set_day(day=sunday, works=True, reason="補班", by=keeper, at=AT)
    calendar.set_day(day=sunday, works=False, reason="取消補班", by=keeper, at=AT)
    with pytest.raises(Refused, match="沒有人工設定"):
        calendar.clear_day(day=monday, reason="x", by=keeper, at=AT)
    with pytest.raises(Refused, match="取消的原因"):
        calendar.clear_day(day=sunday, reason="", by=keeper, at=AT)


@pytest.mark.django_db
def test_only_who_keeps_the_calendar_changes_it() -> None:
    nobody = person()
    for act in (
        lambda: calendar.import_calendar(whole(*NEW_YEAR), by=nobody, at=AT),
        lambda: calendar.set_day(day=date(2027, 3, 3), works=False, reason="x", by=nobody, at=AT),
        lambda: calendar.clear_day(day=date(2027, 3, 3), reason="x", by=nobody, at=AT),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert not CalendarDay.objects.exists()


@pytest.mark.django_db
def test_a_year_as_it_is_counted(keeper: User) -> None:
    calendar.import_calendar(whole(*NEW_YEAR), by=keeper, at=AT)
    calendar.set_day(day=date(2027, 3, 3), works=False, reason="颱風", by=keeper, at=AT)
    year = {day: (works, name, source) for day, works, name, source in calendar.year_sheet(2027)}
    assert len(year) == 365
    assert year[date(2027, 1, 1)] == (False, "開國紀念日", "行政機關辦公日曆表")
    assert year[date(2027, 3, 3)] == (False, "颱風", "人工設定")
    assert year[date(2027, 3, 4)] == (True, "", "行政機關辦公日曆表")
