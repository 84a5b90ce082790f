"""Sheets as people save them: days typed in LibreOffice, hidden rows, several sheets, wrong formulas; and small files that
claim to be enormous."""

import io
import time
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from casework.intake import read_sheet
from casework.intake.read_sheet import DAMAGED
from casework.intake.sheet_table import MOST_CHARACTERS, TOO_LARGE, TOO_MUCH, SheetError, julian
from casework.intake.sheet_xlsx import kind_of_format
from casework.law import calendar
from casework.sheets import reading
from casework.sheets.reading import read
from kernel.dates import parse_day
from tests.casework.files.sheets import saved

BOTH = pytest.mark.parametrize("ending", ["ods", "xlsx"])

# --- days ----------------------------------------------------------------------------------------------------------------


@BOTH
def test_a_day_of_the_republic_typed_in_libreoffice_is_the_day_that_was_typed(ending: str) -> None:
    """It takes 115/11/30 for the year 115 and keeps a day of another calendar: two days earlier, or a number below zero."""
    rows = read(saved(f"days.{ending}"))[1:]
    republic = [(typed, cell) for typed, cell in rows if len(typed.split("/")[0]) == 3]
    assert len(republic) == 6
    for typed, cell in republic:
        assert cell == typed
    # two digits it takes for a western year, and shows that
    assert dict(rows)["99/12/31"] == "1999-12-31"
    assert dict(rows)["75/3/4"] == "1975-03-04"
    assert dict(rows)["2026/11/30"] == "2026-11-30"


@BOTH
def test_control_another_reader_gives_another_day(ending: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(saved(f"days.{ending}")))
    cell = book.get_sheet_by_index(0).to_python()[2][1]
    assert not isinstance(cell, date) or (cell.month, cell.day) != (11, 30)


def test_the_same_days_saved_as_csv() -> None:
    rows = read(saved("days.csv"))[1:]
    for typed, cell in rows:
        if len(typed) <= 9 and typed[:3].isdecimal():
            assert parse_day(cell) == parse_day(typed)


@pytest.mark.parametrize(
    ("gregorian", "old"),
    [
        (date(115, 11, 29), (115, 11, 30)),
        (date(99, 12, 30), (100, 1, 1)),
        (date(1582, 10, 15), (1582, 10, 5)),
        (date(200, 2, 28), (200, 2, 29)),
        (date(200, 3, 1), (200, 3, 1)),
    ],
)
def test_the_old_calendar(gregorian: date, old: tuple[int, int, int]) -> None:
    assert julian(gregorian) == old


def _replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.infolist():
            content = before.read(one)
            if one.filename == part:
                assert old in content
                content = content.replace(old, new)
            after.writestr(one.filename, content)
    return out.getvalue()


def test_a_day_that_cannot_be_known_is_refused_with_its_cell() -> None:
    # another program's count of the days before 1900
    other = _replaced(saved("days.xlsx"), "docProps/app.xml", b"LibreOffice/", b"Another/")
    with pytest.raises(
        SheetError,
        match="第 2 列 B 欄「儲存格」的日期無法判讀（這樣的儲存格共 6 格）。請把整欄的儲存格格式改為「文字」",
    ):
        read(other)
    # what is shown is neither of the two days it may be
    other = _replaced(saved("days.ods"), "content.xml", b"0115/11/30", b"0115/11/25")
    with pytest.raises(SheetError, match="第 3 列 B 欄「儲存格」的日期無法判讀。"):
        read(other)


@BOTH
def test_a_year_shown_with_two_digits_is_asked_about(ending: str) -> None:
    with pytest.raises(SheetError, match="「出生日期」.*75.*看不出是民國年或西元 1975 年"):
        read(saved(f"short-year.{ending}"))


@BOTH
def test_the_office_calendar_takes_western_days_and_no_others(ending: str) -> None:
    days, errors = calendar.parse(saved(f"calendar.{ending}"))
    assert ([one.day for one in days], errors) == ([date(2027, 1, 1)], [])
    days, errors = calendar.parse(saved(f"calendar-roc.{ending}"))
    assert days == []
    assert "「116/1/1」不是西元日期" in errors[0].message


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""),
        ("0.00E+00", ""),
        ('#,##0"元"', ""),
        ("[$NT$-404]#,##0.00", ""),
        ("@", ""),
        ("yyyy/m/d", "day"),
        ("[$-404]e/mm/dd", "roc"),
        ('[$-404]gge"年"m"月"d"日"', "roc"),
        ('m"月"d"日"', "day"),
        ("yy/m/d", "short"),
        ("d-mmm-yy", "short"),
        ("h:mm AM/PM", "time"),
        ("上午/下午h:mm", "time"),
        ("mm:ss", "time"),
        ("[h]:mm", "length"),
    ],
)
def test_what_a_format_shows(code: str, kind: str) -> None:
    assert kind_of_format(code) == kind


# --- what the person does not see --------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("name", ["hidden-row", "filtered"])
def test_a_hidden_row_is_told_and_not_taken_over(name: str, ending: str) -> None:
    with pytest.raises(SheetError, match="第 3 列是隱藏或經篩選的列"):
        read(saved(f"{name}.{ending}"))


@BOTH
def test_of_two_filled_sheets_none_is_dropped_without_a_word(ending: str) -> None:
    with pytest.raises(SheetError, match="2 張工作表有資料（「Sheet1」、「另一張」）"):
        read(saved(f"two-sheets.{ending}"))
    assert read(saved(f"two-sheets.{ending}"), sheet="另一張") == [["姓名"], ["李小華"]]
    assert read(saved(f"hidden-sheet.{ending}")) == [["姓名"], ["王小明"]]


@BOTH
def test_a_formula_that_failed_is_no_empty_cell_and_a_remark_no_text(ending: str) -> None:
    assert read(saved(f"formula-error.{ending}"))[1:] == [["王小明", "#DIV/0!"], ["李小華", "#N/A"]]
    assert read(saved(f"notes.{ending}"))[1:] == [["王小明", "兩  個 空格"]]


# --- small files that claim to be enormous -------------------------------------------------------------------------------------


def _packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


_RELATED = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%b</Relationships>'
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def _related(**targets: str) -> bytes:
    each = (
        f'<Relationship Id="r{n}" Type="{_KIND}{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(targets.items())
    )
    return _RELATED % "".join(each).encode()


def xlsx(cells: bytes, strings: bytes = b"<sst/>") -> bytes:
    return _packed(**{
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": _related(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns:r="{_KIND[:-1]}"><sheets><sheet name="A" sheetId="1" r:id="r0"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": _related(worksheet="sheet.xml", sharedStrings="strings.xml"),
        "xl/sheet.xml": b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>",
        "xl/strings.xml": strings,
    })  # fmt: skip


_ODS_NAMES = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))


def ods(rows: str, before: str = "") -> bytes:
    table = f'<table:table table:name="A">{rows}</table:table>'
    return _packed(
        **{"content.xml": f"{before}<office:document-content {_ODS_NAMES}>{table}</office:document-content>".encode()}
    )


def _ods_cell(repeated: int, rows: int, text: str = "x") -> str:
    cell = f'<table:table-cell table:number-columns-repeated="{repeated}"><text:p>{text}</text:p></table:table-cell>'
    return f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'


_FAR = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
_ENTITIES = '<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
BOMBS = {
    "two cells far apart": (lambda: xlsx(_FAR), TOO_LARGE),
    "a cell far right": (lambda: xlsx(b'<row r="1"><c r="XFD1"><v>1</v></c></row>'), TOO_LARGE),
    "one string in every cell": (
        lambda: xlsx(
            b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(400)),
            b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>",
        ),
        TOO_MUCH,
    ),
    "strings without end": (lambda: xlsx(b"", b"<sst><si><t>" + b"x" * (MOST_CHARACTERS + 1) + b"</t></si></sst>"), TOO_MUCH),
    "strings that inflate": (lambda: xlsx(b"", b"<sst>" + b" " * (201 * 2**20)), "解壓縮後過大"),
    "a row repeated": (lambda: ods(_ods_cell(500, 100_000)), TOO_MUCH),
    "a cell repeated": (lambda: ods(_ods_cell(16_384, 1)), TOO_LARGE),
    "rows repeated": (lambda: ods(_ods_cell(1, 1_048_576)), TOO_LARGE),
    "a long text repeated": (lambda: ods(_ods_cell(400, 1, "x" * 32_000)), TOO_MUCH),
    "spaces": (lambda: ods(_ods_cell(1, 1, '<text:s text:c="999999999"/>')), TOO_MUCH),
    "entities": (lambda: ods(_ods_cell(1, 1, "&c;"), _ENTITIES), DAMAGED),
    "a string that is not there": (lambda: xlsx(b'<row><c t="s"><v>-1</v></c></row>', b"<sst><si><t>x</t></si></sst>"), DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_that_claims_to_be_enormous_gets_a_sentence_and_no_memory(name: str) -> None:
    make, word = BOMBS[name]
    data = make()
    with pytest.raises(SheetError, match=word.replace("（", "[（]")):
        read(data)
    tracemalloc.start()
    with pytest.raises(SheetError):
        read_sheet.read(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 64 * 2**20


def test_what_is_empty_however_far_costs_nothing() -> None:
    """Spreadsheets write formats down to their last row."""
    empty = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert read(ods(_ods_cell(1, 1) + empty)) == [["x"]]
    assert read(
        xlsx(b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="3"/></row><row r="1048576"><c r="A1048576"/></row>')
    ) == [["1"]]


@pytest.mark.parametrize(
    ("limits", "word"),
    [({"memory_bytes": 24 * 2**20}, "過多|龐大"), ({"wall_seconds": 0.01}, "龐大複雜")],
)
def test_the_process_that_reads_dies_alone(monkeypatch: pytest.MonkeyPatch, limits: dict, word: str) -> None:
    monkeypatch.setattr(reading, "LIMITS", replace(reading.LIMITS, **limits))
    with pytest.raises(SheetError, match=word) as caught:
        read(b"a,b\n" * 500_000)
    assert str(caught.value).endswith("。")


def test_ten_thousand_rows_are_read_in_a_moment() -> None:
    row = b'<row><c t="inlineStr"><is><t>\xe7\x8e\x8b</t></is></c>' + b"<c><v>1</v></c>" * 10 + b"</row>"
    began = time.process_time()
    assert len(read(xlsx(row * 10_000))) == 10_000
    assert time.process_time() - began < 3  # here: the confined process counts for itself
