"""Numbers, phones and names: every vector of the requirements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kernel import rulebook
from kernel.dates import DateError, parse_clock, parse_day
from kernel.identifiers import (
    IdentifierError,
    is_national_id,
    is_residence_number,
    is_unified_number,
    looks_like_person_id,
    mask_name,
    mask_person_id,
    odd_letter_number,
    plain,
    read_bank_account,
    read_name,
    read_person_id,
    read_phone,
    read_postal_code,
    read_unified_number,
)
from kernel.law import Law

NATIONAL = [
    "A123456789",
    "A223456781",
    "A100000001",
    "A200000003",
    "F131104093",
    "O158238845",
    "N116247806",
    "L122544270",
    "C180661564",
    "Y123456788",
    "I100000003",
    "O200000006",
    "W100000001",
    "Z200000004",
]
NOT_NATIONAL = [
    "A123456788",
    "A100000002",
    "F131104091",
    "A323456789",
    "S000000000",
    "a123456789",
    "A12345678",
    "A1234567890",
    "Ａ123456789",
]
RESIDENCE = [
    "A800000014",
    "A870000015",
    "A880000018",
    "A890000011",
    "A900207177",
    "B801300667",
    "F800000000",
    "F900000002",
    "AB23456789",
    "AA00000009",
    "AD30196818",
    "HD02717288",
    "FC00000008",
]
NOT_RESIDENCE = ["A800000009", "AA00000000", "AE23456785", "A123456789", "AB2345678"]
UNIFIED = [
    "04595257",
    "22099131",
    "84149961",
    "04595252",
    "12345671",
    "00501508",
    "62140097",
    "12345675",
    "12345676",
    "10458574",
    "12345670",
]
NOT_UNIFIED = ["12345672", "00501502", "25317520", "12345678", "1234567", "123456755", "1234567A"]


@pytest.mark.parametrize("number", NATIONAL)
def test_national_ids(number: str) -> None:
    assert is_national_id(number)
    assert not is_residence_number(number)
    assert read_person_id(number) == number


@pytest.mark.parametrize("number", NOT_NATIONAL)
def test_not_national_ids(number: str) -> None:
    assert not is_national_id(number)


@pytest.mark.parametrize("number", RESIDENCE)
def test_residence_numbers(number: str) -> None:
    assert is_residence_number(number)
    assert not is_national_id(number)
    assert read_person_id(number) == number


@pytest.mark.parametrize("number", NOT_RESIDENCE)
def test_not_residence_numbers(number: str) -> None:
    assert not is_residence_number(number)


@pytest.mark.parametrize("number", UNIFIED)
def test_unified_numbers(number: str) -> None:
    assert is_unified_number(number)
    assert read_unified_number(f" {number}　") == number


@pytest.mark.parametrize("number", NOT_UNIFIED)
def test_not_unified_numbers(number: str) -> None:
    assert not is_unified_number(number)
    with pytest.raises(IdentifierError, match=r"統一編號.*04595257"):
        read_unified_number(number)


@pytest.mark.parametrize("text", [" a123456789 ", "Ａ１２３４５６７８９", "　ａ123456789\t"])
def test_spaces_full_width_and_lower_case_are_understood(text: str) -> None:
    assert plain(text) == "A123456789"
    assert read_person_id(text) == "A123456789"


@pytest.mark.parametrize("text", ["", "A12345678", "A123456788", "A323456789", "Ⅷ123456789"])
def test_person_ids_that_cannot_be_are_refused_in_chinese(text: str) -> None:
    with pytest.raises(IdentifierError, match="身分證字號"):
        read_person_id(text)


def test_an_old_residence_number_ends_as_an_entry_and_stays_on_record() -> None:
    """facts.md §1: until 2030-12-31; whoever has one on record is still found by it."""
    last, after = date(2030, 12, 31), date(2031, 1, 1)
    assert read_person_id("AB23456789", entered_on=last) == read_person_id("AB23456789") == "AB23456789"
    with pytest.raises(IdentifierError, match="舊式統一證號.*A800000014"):
        read_person_id("AB23456789", entered_on=after)
    for number in ("A123456789", "A800000014"):
        assert read_person_id(number, entered_on=after) == number
    asked = {day: rulebook.ask("ID-2", {"value": "ab23456789"}, on=day, law=Law()) for day in (last, after)}
    assert [one.met for one in asked.values()] == [True, False]
    assert asked[after].sentence == "舊式統一證號自 120/01/01 起停用。"


def test_digits_of_other_scripts_are_no_digits() -> None:
    assert not is_national_id("A١٢٣٤٥٦٧٨٩")
    assert not is_unified_number("٠٤٥٩٥٢٥٧")


@pytest.mark.parametrize("sign", "²①½⑴")
def test_signs_that_are_no_digits_are_never_read_as_one(sign: str) -> None:
    """Half-width spelling would make 2, 1, 1⁄2 and (1) of them: a line, an amount or a telephone nobody typed."""
    readers: list[tuple[Callable[[str], object], str]] = [
        (read_phone, "0912-345-67{}"),
        (read_bank_account, "0004123{}"),
        (read_unified_number, "0459525{}"),
        (read_person_id, "A12345678{}"),
        (read_postal_code, "7202{}1"),
        (parse_day, "113/12/1{}"),
        (parse_clock, "9:0{}"),
    ]
    for read, text in readers:
        with pytest.raises((IdentifierError, DateError)):
            read(text.format(sign))
    assert plain(f"ａ1{sign}２") == f"A1{sign}2"


def test_shape_without_check_digit() -> None:
    assert looks_like_person_id("a123456788")
    assert looks_like_person_id("AB00000000")
    assert not looks_like_person_id("yct2024a")


def test_masks() -> None:
    assert mask_person_id("A123456789") == "A12****789"
    assert mask_person_id("04595257") == "＊" * 8
    assert [mask_name(n) for n in ("王小明", "王明", "歐陽小明", "𠮷", "")] == ["王○明", "王○", "歐○○明", "○", ""]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0912345678", "0912-345-678"),
        ("０９１２－３４５－６７８", "0912-345-678"),
        ("+886 912 345 678", "0912-345-678"),
        ("06-6985945", "06-698-5945"),
        ("(06)6985945 分機 1422", "06-698-5945#1422"),
        ("06-6985945轉1422", "06-698-5945#1422"),
        ("02-89956399#1365", "02-8995-6399#1365"),
    ],
)
def test_phones(text: str, canonical: str) -> None:
    assert read_phone(text) == canonical
    assert read_phone(canonical) == canonical


@pytest.mark.parametrize("text", ["", "電話", "091234567", "6985945", "0000000000", "06-6985945#總機"])
def test_phones_that_cannot_be(text: str) -> None:
    with pytest.raises(IdentifierError):
        read_phone(text)


def test_a_desk_phone_is_no_mobile() -> None:
    assert read_phone("0912345678", mobile=True) == "0912-345-678"
    with pytest.raises(IdentifierError, match="09 開頭"):
        read_phone("06-6985945", mobile=True)


@pytest.mark.parametrize(
    ("text", "code"), [("720", "720"), ("72001", "72001"), ("720-201", "720201"), ("７２０", "720")]
)
def test_postal_codes(text: str, code: str) -> None:
    assert read_postal_code(text) == code


@pytest.mark.parametrize("text", ["", "72", "7200", "7202011", "abc"])
def test_not_postal_codes(text: str) -> None:
    with pytest.raises(IdentifierError):
        read_postal_code(text)


def test_letter_numbers_only_warn() -> None:
    assert odd_letter_number("勞職能字第1130501234號") == ""
    assert odd_letter_number("發訓字第 1132500123 號") == ""
    assert "公文" in odd_letter_number("1130501234")


@pytest.mark.parametrize(
    "name",
    [
        "王小明",
        "𠮷田𤧛",  # plane 2
        "王\U00030edd",  # plane 3, extension G
        "王\U000323a0",  # plane 3, extension H: newer than some Python's tables
        "王\U000f0001",  # plane 15: characters of CNS 11643 without a code
        "王〇明",
        "吉娃斯‧阿麗",
        "Tomáš Novák",
        "O'Brien",
        "谷辣斯·尤達卡 Kulas Yotaka",
        "王" * 100,
    ],
)
def test_names(name: str) -> None:
    assert read_name(f"  {name} ") == name


def test_names_are_composed_but_never_folded() -> None:
    assert read_name("Toma\u0301s\u030c") == "Tomáš"
    assert read_name("ＡＢ") == "ＡＢ"


@pytest.mark.parametrize("name", ["", "　 ", "王" * 101, "王小明1", "王<b>", "王\u0000明", "王😀"])
def test_not_names(name: str) -> None:
    with pytest.raises(IdentifierError, match="姓名"):
        read_name(name)


def test_one_function_says_that_two_spellings_are_one_name() -> None:
    """Another comparison (the holder of an account, a name on a card) is called what it compares."""
    root = Path(__file__).resolve().parents[2]
    apps = (path.parent for path in root.glob("*/__init__.py") if path.parent.name != "tests")
    sources = (path for app in apps for path in app.rglob("*.py"))
    assert [path.parent.name for path in sources if "\ndef same_name(" in path.read_text()] == ["kernel"]
