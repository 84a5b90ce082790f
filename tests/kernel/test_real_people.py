"""Names, numbers, days and times as people really bring them: typed in any way, pasted from anywhere."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.characters import DOTS, HYPHENS, QUOTES, UNSEEN, VARIANTS, fold, same_name, visible
from kernel.dates import DateError, parse_clock, parse_day, wrong_birthday
from kernel.identifiers import (
    IdentifierError,
    read_account_holder,
    read_bank_account,
    read_bank_code,
    read_name,
    read_person_id,
    read_phone,
    read_postal_code,
    read_unified_number,
    replaced_in_name,
)

# --- names ---------------------------------------------------------------------------------------------------------------

TAKEN_AS_TYPED = [
    *(f"谷辣斯{dot}尤達卡" for dot in DOTS),
    *(f"Li{hyphen}Hua" for hyphen in HYPHENS),
    *(f"{quote}Atolan" for quote in QUOTES),
    "NGUYEN, THI ANH",
    "NGUYEN，THI ANH",
    "Nguyễn Thị Ánh",
    "O’Brien",
    "Ma^ay Lifok",
    "D'Souza-Pérez",
    "王小明（阿明）",
    "瓦歷斯 諾幹",
    "王" * 50 + " " + "A" * 50,
    "王" * 50 + "（" + "A" * 50 + "）",
    "佐々木",
    "ñ",
    "𠮷田",
]
SEEN_TOGETHER = [
    *(pytest.param(f"王{char}小明", id=f"U+{ord(char):04X}") for char in sorted(UNSEEN) if ord(char) < 0x10000),
    "\u202d王小明\u202c",
    "王小明\ufeff",
    "\u2067王小明\u2069",
    "王\U000e0100小明",
]
REPLACED = {
    "王小⼀": "王小一",
    "⽥中": "田中",
    "⻄門": "西門",
    "⻑谷川": "長谷川",
    "⾦城武": "金城武",
    "\uf900有": "豈有",
    "⻩小明": "黄小明",
}
NOT_A_NAME = {
    "王\ue000明": "自造字（U+E000）",
    "王\uf8ff": "自造字",
    "王\ufffd明": "轉檔時遺失",
    "王⺀": "部首符號",
    "王\x07": "看不見的控制字元（U+0007）",
    "王\x00": "看不見的控制字元（U+0000）",
    "王1": "「1」",
    "王😀": "「😀」",
    "王<b>": "「<」",
    "=王": "「=」",
    "王;明": "「;」",
    "‧": "請填寫姓名",
    " \u200b ": "請填寫姓名",
    "王" * 101: "最多 100 字",
    "王" + " ·" * 100: "最多 100 字",
}


@pytest.mark.parametrize("name", TAKEN_AS_TYPED)
def test_a_name_is_kept_as_it_was_typed(name: str) -> None:
    assert read_name(f" {name}　") == name


@pytest.mark.parametrize("name", SEEN_TOGETHER)
def test_what_nobody_sees_is_taken_off(name: str) -> None:
    assert read_name(name) == "王小明"
    assert same_name(name, "王小明")


@pytest.mark.parametrize(("typed", "kept"), REPLACED.items())
def test_a_radical_is_put_back_and_said(typed: str, kept: str) -> None:
    assert read_name(typed) == kept
    assert same_name(typed, kept)
    assert f"改為「{next(c for c in kept if c not in typed)}」" in replaced_in_name(typed)
    assert replaced_in_name(kept) == ""


@pytest.mark.parametrize(("typed", "word"), NOT_A_NAME.items())
def test_what_is_no_name_is_refused_with_what_to_do(typed: str, word: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        read_name(typed)
    assert word in str(refused.value)
    assert str(refused.value).isprintable()
    assert str(refused.value).endswith("。")


ONE_PERSON = [
    ("王小明", "王 小 明"),
    ("王小明", "王　小明"),
    ("王小明", "王\u00a0小明"),
    ("台小明", "臺小明"),
    ("吳溫黃", "吴温黄"),
    ("NGUYEN, THI ANH", "Nguyen Thi Anh"),
    ("ＮＧＵＹＥＮ ＴＨＩ", "nguyen thi"),
    ("NGUYỄN THỊ ÁNH", "Nguyễn Thị Ánh"),
    ("Toma\u0301s\u030c", "Tomáš"),
    *(("谷辣斯‧尤達卡", f"谷辣斯{dot}尤達卡") for dot in (*DOTS, " ", "")),
    *((variants[0], other) for variants in VARIANTS for other in variants[1:]),
]
TWO_PEOPLE = [
    ("王小明", "王小名"),
    ("凃", "涂"),
    ("邱", "丘"),
    ("游", "遊"),
    ("余", "餘"),
    ("傑", "杰"),
    ("Anh", "Ánh"),
    ("", "王"),
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert not same_name(one, other)


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert visible(visible(text)) == visible(text)


# --- numbers ---------------------------------------------------------------------------------------------------------------

BETWEEN_DIGITS = ["", " ", "-", "－", "‑", "–", "　", "\u200b", "\ufeff", " - ", "\t"]


@pytest.mark.parametrize("between", BETWEEN_DIGITS)
def test_numbers_are_normalised_before_they_are_judged(between: str) -> None:
    assert read_person_id(between.join(("A123", "456", "789"))) == "A123456789"
    assert read_unified_number(between.join(("0459", "5257"))) == "04595257"
    assert read_postal_code(between.join(("720", "201"))) == "720201"
    assert read_bank_account(between.join(("0041234", "0123456"))) == "00412340123456"


@pytest.mark.parametrize("digits", ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"])
def test_digits_are_kept_as_ascii(digits: str) -> None:
    table = str.maketrans("0123456789", digits)
    assert read_person_id("A123456789".translate(table)) == "A123456789"
    assert read_unified_number("04595257".translate(table)) == "04595257"
    assert read_postal_code("72001".translate(table)) == "72001"
    assert read_bank_code("700".translate(table)) == "700"
    assert read_bank_account("00012345678901".translate(table)) == "00012345678901"
    assert read_phone("0912345678#123".translate(table)) == "0912-345-678#123"
    assert parse_day("75/3/4".translate(table)) == date(1986, 3, 4)
    assert parse_clock("09:30".translate(table)) == time(9, 30)


def test_the_holder_of_an_account_goes_into_a_line_divided_by_commas() -> None:
    assert read_account_holder("NGUYEN, THI ANH") == "NGUYEN THI ANH"
    assert read_account_holder("王\u200b小明") == "王小明"
    for wrong in ("王\n小明", "王\u2028小明", "'=1", "王`", "", "-王", "‧王", "王\ue000"):
        with pytest.raises(IdentifierError, match="戶名"):
            read_account_holder(wrong)


PHONES = {
    "0800-777-888": "0800-777-888",
    "0800777888": "0800-777-888",
    "0809000123": "0809-000-123",
    "+886-800-777-888": "0800-777-888",
    "1955": "1955",
    "１９５５": "1955",
    "1966": "1966",
    "165": "165",
    "110": "110",
    "412-8185": "412-8185",
    "4128185": "412-8185",
    "(02)412-8185": "412-8185",
    "412-8185#2": "412-8185#2",
    "+84 912 345 678": "+84-912-345-678",
    "002-84-912345678": "+84-912-345-678",
    "+81 3-1234-5678 分機 5": "+81-3-1234-5678#5",
    "+886 912 345 678": "0912-345-678",
    "+886 0912 345 678": "0912-345-678",
    "886-2-2345-6789": "02-2345-6789",
    "0912–345–678": "0912-345-678",
    "0912\u200b345678": "0912-345-678",
    "912345678": "0912-345-678",
    "手機：0912345678": "0912-345-678",
    "TEL: 02-2345-6789": "02-2345-6789",
    "02-2345-6789 分機：123": "02-2345-6789#123",
    "02-2345-6789（分機 12）": "02-2345-6789#12",
    "02-2345-6789 轉 12": "02-2345-6789#12",
    "02-2345-6789 內線12": "02-2345-6789#12",
    "02-2345-6789 Ext.12": "02-2345-6789#12",
    "02-2345-6789x12": "02-2345-6789#12",
    "02-2345-6789＃１２": "02-2345-6789#12",
    "02-2345-6789#12、13": "02-2345-6789#12、13",
    "02-2345-6789#": "02-2345-6789",
    "02.2345.6789": "02-2345-6789",
    "(04)2345-6789": "04-2345-6789",
    "08-765-4321": "08-765-4321",
}
NO_PHONES = [
    "",
    "#",
    "無",
    "12",
    "1234",
    "0912-345-67",
    "0912-345-6789",
    "02-23456789、0912345678",
    "0912345678/02-23456789",
    "0800-FLOWERS",
    "A123456789",
    "+84 12",
    "+999 12345678",
    "02-2345-6789#總機",
]


@pytest.mark.parametrize(("typed", "kept"), PHONES.items())
def test_a_telephone_number_is_kept_as_people_know_it(typed: str, kept: str) -> None:
    assert read_phone(typed) == kept
    assert read_phone(kept) == kept


@pytest.mark.parametrize("typed", NO_PHONES)
def test_what_is_no_telephone_number(typed: str) -> None:
    with pytest.raises(IdentifierError, match="電話|分機"):
        read_phone(typed)


@pytest.mark.parametrize("typed", ["+84 912 345 678", "0800-777-888", "1955", "412-8185", "02-2345-6789"])
def test_a_mobile_is_a_mobile_of_taiwan(typed: str) -> None:
    with pytest.raises(IdentifierError, match="09 開頭"):
        read_phone(typed, mobile=True)


# --- days and times ----------------------------------------------------------------------------------------------------------

DAYS = [
    "75/3/4",
    "75.3.4",
    "75-3-4",
    "75–3–4",
    "75／03／04",
    "75、3、4",
    "0750304",
    "民國75年3月4日",
    "民國 75 年 03 月 04 日",
    "中華民國75年3月4日（星期二）",
    "75/3/4(二)",
    "75/3/4 星期二",
    "75年3月4日生",
    "75/3/4\u200b",
    "\u202a75/3/4\u202c",
    "1986/3/4",
    "西元1986年3月4日",
    "西元19860304",
    "民國0750304",
    "1986-03-04T00:00:00",
]


@pytest.mark.parametrize("typed", DAYS)
def test_a_day_as_people_write_it(typed: str) -> None:
    assert parse_day(typed) == date(1986, 3, 4)


@pytest.mark.parametrize(
    "typed", ["西元75年3月4日", "民國1986年3月4日", "75/3", "七十五年三月四日", "75/3/4/5", "75/13/4", "75/2/30"]
)
def test_a_day_nobody_can_know(typed: str) -> None:
    with pytest.raises(DateError, match="例："):
        parse_day(typed)


TODAY = date(2026, 12, 1)
BIRTHDAYS = {
    date(1986, 3, 4): "",
    date(1900, 1, 1): "",
    date(1899, 12, 31): "1899 年",
    date(1870, 1, 1): "1870 年",
    date(2026, 12, 1): "未滿 15 歲",
    date(2026, 12, 2): "晚於今天",
    date(2027, 1, 1): "晚於今天",
    date(2021, 1, 1): "未滿 15 歲",
    date(2011, 12, 2): "未滿 15 歲",
    date(2011, 12, 1): "",
}


@pytest.mark.parametrize(("day", "word"), BIRTHDAYS.items())
def test_a_birthday_that_can_be(day: date, word: str) -> None:
    said = wrong_birthday(day, TODAY)
    assert (word in said) if word else said == ""


def test_a_child_may_be_young() -> None:
    assert wrong_birthday(date(2026, 12, 1), TODAY, least=0) == ""
    assert "晚於今天" in wrong_birthday(date(2026, 12, 2), TODAY, least=0)


CLOCKS = {
    "9:00": time(9),
    "09:00": time(9),
    "０９：００": time(9),
    "0900": time(9),
    "900": time(9),
    "09:00:00": time(9),
    "上午 9:00": time(9),
    "上午9時": time(9),
    "9:00 AM": time(9),
    "9點": time(9),
    "9點半": time(9, 30),
    "13時05分": time(13, 5),
    "下午1:30": time(13, 30),
    "下午 01:30:00": time(13, 30),
    "1:30 PM": time(13, 30),
    "1:30 p.m.": time(13, 30),
    "中午12:00": time(12),
    "上午12:00": time(0),
    "12.30": time(12, 30),
    "00:00": time(0),
    "23:59": time(23, 59),
    "09:00\u200b": time(9),
}


@pytest.mark.parametrize(("typed", "clock"), CLOCKS.items())
def test_a_time_as_people_and_sheets_write_it(typed: str, clock: time) -> None:
    assert parse_clock(typed) == clock


@pytest.mark.parametrize(
    "typed", ["", "9", "12345", "24:00", "9:60", "25:00", "早上", "九點", "下午13:99", "9:00-10:00"]
)
def test_a_time_nobody_can_know(typed: str) -> None:
    with pytest.raises(DateError, match="例：09:00"):
        parse_clock(typed)
