"""Sheets: what is written is read back, text never becomes a formula, and a strange file gets a sentence."""

import csv
import io
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from casework.intake import read_sheet
from casework.intake.sheet_table import SheetError
from casework.sheets import reading, writing
from casework.sheets.reading import read
from casework.sheets.writing import CSV, ODS, XLSX, write
from kernel.characters import visible

FORMATS = (XLSX, ODS, CSV)


def written(kind: str, rows: list[list[object]], header: list[str] | None = None, title: str = "清單") -> bytes:
    file = io.BytesIO()
    assert write(kind, file, title=title, header=header or ["欄"], rows=iter(rows)) == len(rows)
    return file.getvalue()


def read_here(data: bytes) -> list[list[str]]:
    """As `read`, without a process of its own: for hundreds of files."""
    return reading._unguarded(data, read_sheet.read(data))


def without_tail(row: list[str]) -> list[str]:
    return row[: next((n for n in range(len(row), 0, -1) if row[n - 1]), 0)]


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    rows = [without_tail([cell if visible(cell).strip() else "" for cell in row]) for row in rows]
    while rows and not rows[-1]:
        rows.pop()
    return rows


# --- round trip ------------------------------------------------------------------------------------------------------

TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@'\" ,\t\n;<>&_x0041＝　𠮷𡘙臺"), st.characters(exclude_categories=["Cs", "Cc", "Cn"])
    ),
    max_size=40,
)
TABLE = st.lists(st.lists(TEXT, min_size=1, max_size=5), max_size=8)


@pytest.mark.parametrize("kind", FORMATS)
@settings(deadline=None, max_examples=150)
@given(rows=TABLE)
@example(rows=[["=1+1", "+886 2", "-5", "@x", "＝1", "\tx", "'=x", "''=x", "'平"]])
@example(rows=[[" 前後 ", "兩  個", "   ", "一\n二\n\n三", "\n", "a\tb"], [""], ["x"]])
@example(rows=[["04595257", "1e5", "TRUE", "113/12/12", "2024-12-12", "", "A123456789"]])
@example(rows=[["<b>&amp;\"'", "_x0041_", "]]>", "𠮷", "e\u0301"]])
def test_text_comes_back_as_it_was(kind: str, rows: list[list[str]]) -> None:
    kept = [[cell.replace("\t", " ") for cell in row] for row in rows] if kind == ODS else rows
    assert trimmed(read_here(written(kind, rows))[1:]) == trimmed(kept)


@pytest.mark.parametrize("kind", FORMATS)
@settings(deadline=None, max_examples=60)
@given(
    number=st.integers(-(10**15) + 1, 10**15 - 1),
    day=st.dates(date(1901, 1, 1), date(2200, 12, 31)),
    amount=st.decimals(-(10**9), 10**9, places=2),
)
def test_numbers_and_days_come_back_as_text(kind: str, number: int, day: date, amount: Decimal) -> None:
    (row,) = read_here(written(kind, [[number, day, amount, None, True, False]]))[1:]
    roc = f"{day.year - 1911}/{day.month:02d}/{day.day:02d}"
    assert row[0] == str(number)
    assert row[1] == (roc if kind == CSV else day.isoformat())
    assert float(row[2]) == pytest.approx(float(amount))
    assert row[3:] == ["", "是", "否"]


@pytest.mark.parametrize("kind", FORMATS)
def test_what_no_sheet_can_hold_is_marked_and_not_lost(kind: str) -> None:
    rows = [["a\x00b", "\ud800", "\uffff", "x" * 40_000, float("inf"), 10**20, date(1900, 1, 1)]]
    (row,) = read(written(kind, rows))[1:]
    assert row[:3] == ["a\N{REPLACEMENT CHARACTER}b", "\N{REPLACEMENT CHARACTER}", "\N{REPLACEMENT CHARACTER}"]
    assert len(row[3]) == writing.CELL_LENGTH
    assert row[3].endswith("…")
    assert row[4:] == ["inf", "100000000000000000000", "-11/01/01"]


@pytest.mark.parametrize("kind", FORMATS)
def test_moments_are_taipei_time(kind: str) -> None:
    moment = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert read(written(kind, [[moment]]))[1] == ["115/11/21 00:30"]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_list_has_its_header(kind: str) -> None:
    assert read(written(kind, [], header=["案號", "單位"])) == [["案號", "單位"]]


@pytest.mark.parametrize("kind", [XLSX, ODS])
def test_a_list_longer_than_a_sheet_goes_on_in_the_next(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROWS_PER_SHEET", 3)
    data = written(kind, [[n] for n in range(7)], title="年度/名冊?")
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["年度 名冊", "年度 名冊 2", "年度 名冊 3"]
    assert [row[0] for name in book.sheet_names for row in read(data, sheet=name)[1:]] == list("0123456")
    assert [read(data, sheet=name)[0] for name in book.sheet_names] == [["欄"]] * 3


# --- no formulas, real files -----------------------------------------------------------------------------------------

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "＝1+1", "'=1"]


def test_csv_cells_do_not_run_and_numbers_stay_numbers() -> None:
    data = written(CSV, [[*HOSTILE, -5, "普通"]])
    assert data.startswith(b"\xef\xbb\xbf")
    (_, row) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row == [*(f"'{one}" for one in HOSTILE), "-5", "普通"]
    assert b"\r\n" in data


def test_nothing_else_writes_csv() -> None:
    """A list that writes its own CSV forgets the apostrophe. The bank's file has the form the bank gives it."""
    root = Path(writing.__file__).parents[2]
    folders = ("accounts", "casework", "config", "kernel", *django_settings.SCHEMES)
    code = (path for folder in folders for path in (root / folder).rglob("*.py"))
    own = {
        str(path.relative_to(root))
        for path in code
        if re.search(r"csv\.(?:writer|DictWriter)|import .*\b(?:DictW|w)riter", path.read_text())
    }
    assert own - {"ojt_subsidy/services/batching.py"} == {"casework/sheets/writing.py"}


def test_control_a_plain_csv_writer_lets_the_formula_through() -> None:
    file = io.StringIO()
    csv.writer(file).writerow(["=1+1"])
    assert file.getvalue().startswith("=1+1")


def test_xlsx_holds_no_formula_and_no_link() -> None:
    with zipfile.ZipFile(io.BytesIO(written(XLSX, [[*HOSTILE, "http://example.org"]]))) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in content
    assert b"hyperlink" not in content


def test_ods_is_the_file_other_programs_expect() -> None:
    data = written(ODS, [HOSTILE, [date(2024, 12, 12), 3]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
        content = archive.read("content.xml")
        manifest = archive.read("META-INF/manifest.xml")
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert data[30:38] == b"mimetype", "a program knows it by the bytes at 38"
    assert data[38:].startswith(b"application/vnd.oasis.opendocument.spreadsheet")
    assert b"formula" not in content
    assert ElementTree.fromstring(content).tag.endswith("document-content")
    assert ElementTree.fromstring(manifest).tag.endswith("manifest")
    assert b"113/12/12" in content


def test_days_show_the_year_of_the_republic_in_xlsx() -> None:
    with zipfile.ZipFile(io.BytesIO(written(XLSX, [[date(2024, 12, 12)]]))) as archive:
        assert b"[$-404]e/mm/dd" in archive.read("xl/styles.xml")


@pytest.mark.parametrize("kind", FORMATS)
def test_memory_does_not_grow_with_the_rows(kind: str) -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        with io.BytesIO() as file:
            write(kind, file, title="清單", header=["a", "b", "c"], rows=([n, f"單位{n}", ON] for n in range(rows)))
            size = len(file.getvalue())
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most - 4 * size

    ON = date(2026, 11, 20)
    peak(100)
    assert peak(20_000) < peak(2_000) + 6 * 2**20


# --- reading what people have ----------------------------------------------------------------------------------------

ROWS = [["姓名", "統一編號"], ["王小明", "04595257"], ["陳𠮷", "註,一"]]
PLAIN = '姓名,統一編號\r\n王小明,04595257\r\n陳𠮷,"註,一"\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_of_every_kind(encoding: str) -> None:
    assert read(PLAIN.encode(encoding)) == ROWS


@pytest.mark.parametrize("encoding", ["cp950", "big5"])
def test_big5(encoding: str) -> None:
    text = "西元日期,備註\r\n20261010,國慶日許功蓋\r\n"
    assert read(text.encode(encoding)) == [["西元日期", "備註"], ["20261010", "國慶日許功蓋"]]


def test_tabs_and_line_ends_and_rows_keep_their_numbers() -> None:
    assert read("甲\t乙\n1\t2\n".encode()) == [["甲", "乙"], ["1", "2"]]
    assert read("甲,乙\r1,2\r".encode()) == [["甲", "乙"], ["1", "2"]]
    assert read("甲\n\n\n丁\n\n".encode()) == [["甲"], [], [], ["丁"]]


@pytest.mark.parametrize("kind", [XLSX, ODS])
def test_workbook_rows_keep_their_numbers_too(kind: str) -> None:
    data = written(kind, [[None, None], [None, "x"], [], ["y"]], header=["", "乙"])
    assert read(data) == [["", "乙"], [], ["", "x"], [], ["y"]]


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


GOOD_XLSX = written(XLSX, [["x"]])
_SHEET = GOOD_XLSX.index(b"xl/worksheets/sheet1.xml") + 60
REFUSED = {
    "empty": (b"", "空的"),
    "only spaces": (b"  \r\n ", "空的"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "XLSX"),
    "pdf": (b"%PDF-1.7\n", "不是試算表"),
    "picture": (b"\x89PNG\r\n\x1a\n", "不是試算表"),
    "no encoding": (b"\xff\xfa\x80\x80\x81", "編碼"),
    "zeros": (b"a\x00b,c", "編碼"),
    "open quote": (b'a,"b\nc,d\n', "引號"),
    "text after quote": (b'a,"b"c\n', "引號"),
    "another zip": (_zip(readme=b"hello"), "壓縮檔"),
    "cut off": (GOOD_XLSX[: len(GOOD_XLSX) // 2], "損壞"),
    "flipped": (GOOD_XLSX[:_SHEET] + bytes(40) + GOOD_XLSX[_SHEET + 40 :], "損壞"),
    "too big": (b"a,b\n" * 3_000_000, "10 MB"),
    "huge cell": (b'a,"' + b"x" * 200_000 + b'"\n', "131,072 字"),
    "too many cells": ((b"," * 499 + b"a\n") * 5_000, "過多"),
    "too many rows": (b"a\n" * 100_001, "分批"),
    "too many columns": (b",".join([b"a"] * 501), "欄"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_table_gets_a_sentence(name: str) -> None:
    _refused(*REFUSED[name])


def _refused(data: bytes, word: str) -> None:
    with pytest.raises(SheetError, match=word) as caught:
        read(data)
    assert str(caught.value).endswith("。")


def test_a_sheet_that_is_not_there_is_named() -> None:
    with pytest.raises(SheetError, match=r"「名冊」.*清單"):
        read(GOOD_XLSX, sheet="名冊")


def _read_or_refused(data: bytes) -> bool:
    try:
        return isinstance(read_here(data), list)
    except SheetError as error:
        return str(error).endswith("。")


@settings(deadline=None, max_examples=150)
@given(place=st.integers(0, len(GOOD_XLSX) - 1), byte=st.integers(0, 255), kind=st.sampled_from([XLSX, ODS]))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(place: int, byte: int, kind: str) -> None:
    data = bytearray(GOOD_XLSX if kind == XLSX else written(ODS, [["x"]]))
    data[place % len(data)] = byte
    assert _read_or_refused(bytes(data))


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert _read_or_refused(data)
