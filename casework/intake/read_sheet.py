"""Reads a sheet (XLSX, ODS, CSV) into rows of text; meant to run alone: `python -m casework.intake.read_sheet - < FILE`.

Everything is read piece by piece and counted before it is kept: what a small file claims (two cells a million rows apart, a
row repeated a million times, a zip that inflates without end) is refused before memory is taken for it. Cells come as the
person who sees the sheet reads them. Prints one JSON object, {"rows": [[…]]} or {"sentence": …}. Standard library only.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import math
import posixpath
import re
import sys
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NoReturn
from xml.parsers import expat

from casework.intake.confine import arguments, confine
from kernel.asked import whole_number

#: Inflated, over all parts that are read: a small zip can hold gigabytes.
MOST_INFLATED = 200 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 500
#: Over all sheets of a file: cells up to the last filled one of a row, and their characters together.
MOST_CELLS = 2_000_000
MOST_CHARACTERS = 10 * 2**20
_PIECE = 64 * 1024

TOO_LARGE = f"工作表超過 {MOST_ROWS:,} 列或 {MOST_COLUMNS} 欄，請檢查檔案內容或分批匯入。"
TOO_MUCH = "檔案的內容過多，不予讀取；請只保留要匯入的資料，或分批匯入。"
DAMAGED = "檔案已損壞或已加密，無法讀取；請取消密碼，以 XLSX、ODS 或 CSV 重新存檔後再上傳。"
_AS_TEXT = "請把整欄的儲存格格式改為「文字」，重新輸入日期（例：115/11/30）後存檔再上傳。"


class SheetError(ValueError):
    """The file cannot be read as a table; the message is a Chinese sentence for the person who gave it."""


def read(data: bytes, sheet: str | None = None) -> list[list[str]]:
    """Every row of a table as text; row n of the file is item n−1. Of a workbook the named sheet, or the only one with rows.

    Raises SheetError.
    """
    if data.startswith(b"PK\x03\x04"):
        return _read_workbook(data, sheet)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError("這是舊版 Excel 檔（.xls）或加密的檔案，請另存為未加密的 XLSX、ODS 或 CSV 後再上傳。")
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise SheetError("這不是試算表，請上傳 XLSX、ODS 或 CSV 檔。")
    return _read_csv(decode(data))


# --- rows, counted -----------------------------------------------------------------------------------------------------


class _Budget:
    """What all sheets of a file may take together."""

    def __init__(self) -> None:
        self.inflated, self.cells, self.characters = MOST_INFLATED, MOST_CELLS, MOST_CHARACTERS

    def take(self, cells: int, characters: int) -> None:
        self.cells -= cells
        self.characters -= characters
        if self.cells < 0 or self.characters < 0:
            raise SheetError(TOO_MUCH)


class _Table:
    """The rows of one sheet. Empty cells and rows at the end are never kept, so they cost nothing however many there are."""

    def __init__(self, name: str, budget: _Budget) -> None:
        self.name, self.budget = name, budget
        self.rows: list[list[str]] = []
        self.row: list[str] = []
        self.hidden: list[int] = []
        #: Cells whose day cannot be known: how many, and what is told of the first.
        self.doubts, self.told = 0, ""

    def cell(self, column: int, text: str, times: int = 1) -> None:
        """A filled cell of the row at hand; columns count from 0 and only grow."""
        if not text:
            return
        if column < len(self.row):
            raise ValueError("columns out of order")
        if column + times > MOST_COLUMNS:
            raise SheetError(TOO_LARGE)
        self.row += [""] * (column - len(self.row)) + [text] * times

    def end_row(self, number: int, times: int = 1, *, hidden: bool = False) -> None:
        """The row at hand is row `number` (from 1) and the `times` − 1 rows after it."""
        row, self.row = self.row, []
        if not row:
            return
        if number <= len(self.rows):
            raise ValueError("rows out of order")
        if number + times - 1 > MOST_ROWS:
            raise SheetError(TOO_LARGE)
        self.budget.take(len(row) * times + number - len(self.rows), sum(map(len, row)) * times)
        self.rows += [[] for _ in range(number - len(self.rows) - 1)]
        self.rows += [row] * times
        if hidden:
            self.hidden.append(number)

    def doubt(self, row: int, column: int, why: str) -> None:
        """The day in a cell cannot be known."""
        self.doubts += 1
        if self.doubts == 1:
            above = (cells[column] for cells in self.rows if column < len(cells) and cells[column])
            heading = next(above, "")
            self.told = f"第 {row} 列 {_letters(column)} 欄{f'「{heading[:20]}」' if heading else ''}{why}"

    def checked(self) -> list[list[str]]:
        """The rows. Raises SheetError where they are not what the person sees."""
        if self.doubts:
            more = f"（這樣的儲存格共 {self.doubts} 格）" if self.doubts > 1 else ""
            raise SheetError(f"{self.told}{more}。{_AS_TEXT}")
        if self.hidden:
            told = "、".join(map(str, self.hidden[:5])) + (f" 等 {len(self.hidden)}" if len(self.hidden) > 5 else "")
            raise SheetError(
                f"第 {told} 列是隱藏或經篩選的列，無法判斷是否要匯入；請取消篩選與隱藏，刪除不要的列後再上傳。"
            )
        return self.rows


def _letters(column: int) -> str:
    """0 → A, 27 → AB."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


# --- values ------------------------------------------------------------------------------------------------------------


class _Doubtful(Exception):
    """A day nobody can know for sure; the message is a Chinese clause."""


_SHOWN = re.compile(r"(-?\d{1,4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?!\d)")
_UNKNOWN = "的日期無法判讀"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)


def _clock(seconds: int) -> str:
    """Seconds since midnight; more than a day is a length of time."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours:02d}:{minutes:02d}" if hours < 24 else f"{hours}:{minutes:02d}"


def _day(day: date, seconds: int) -> str:
    return f"{day.isoformat()} {_clock(seconds)}" if seconds else day.isoformat()


def _old_day(year: int, month: int, day: int, seconds: int) -> str:
    """A day typed with the year of the Republic, which the program took for the year 115 of the western calendar."""
    return f"{year}/{month}/{day}" + (f" {_clock(seconds)}" if seconds else "")


def julian(day: date) -> tuple[int, int, int]:
    """Year, month, day by the old calendar (儒略曆), in which LibreOffice shows and reads every day before 1582/10/15."""
    n = day.toordinal() + 1721425 + 32082
    year, rest = divmod(4 * n + 3, 1461)
    rest //= 4
    month = (5 * rest + 2) // 153
    return year - 4800 + month // 10, month + 3 - 12 * (month // 10), rest - (153 * month + 2) // 5 + 1


def _shown_day(day: date, seconds: int, shown: str) -> str:
    """A day beside the text that the person saw: by that text where the year is not a western one. Raises _Doubtful."""
    found = _SHOWN.search(shown)
    year, month, number = map(int, found.groups()) if found else (0, 0, 0)
    if day.year < 1000:
        if (year, month, number) not in ((day.year, day.month, day.day), julian(day)):
            raise _Doubtful(_UNKNOWN)
        return _old_day(year, month, number, seconds)
    if (month, number) == (day.month, day.day) and year < 1000 and year + 1911 != day.year:
        raise _Doubtful(f"顯示為「{shown[:20]}」，看不出是民國年或西元 {day.year} 年")
    return _day(day, seconds)


# --- text --------------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """Text of a file whose encoding nobody declared. Raises SheetError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = ["utf-16"]
    else:
        # cp950 is Big5 as Windows writes it; the Hong Kong set reads the characters offices added.
        tries = ["utf-8-sig", "cp950", "big5hkscs"]
    for encoding in tries:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise SheetError("看不懂檔案的文字編碼，請以 UTF-8 或 Big5 存檔後再上傳。")


def _read_csv(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table = _Table("", _Budget())
    try:
        for number, row in enumerate(reader, start=1):
            for column, cell in enumerate(row):
                table.cell(column, _lines(cell))
            table.end_row(number)
    except csv.Error as error:
        if "field larger" in str(error):
            reason = f"有一格超過 {csv.field_size_limit():,} 字，可能是引號沒有成對。"
        else:
            reason = "的引號沒有成對，或不是以逗號分隔的格式。"
        raise SheetError(f"第 {reader.line_num} 行{reason}") from None
    return table.checked()


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- workbooks ---------------------------------------------------------------------------------------------------------


def _read_workbook(data: bytes, sheet: str | None) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "content.xml" in names:
                found = _Ods(archive, sheet).tables
            elif "[Content_Types].xml" in names:
                found = _Xlsx(archive, sheet).tables
            else:
                raise SheetError("檔案已損壞，或不是試算表；請上傳 XLSX、ODS 或 CSV 檔。")
    except SheetError:
        raise
    except MemoryError:
        raise SheetError(TOO_MUCH) from None
    except Exception as error:  # a damaged file can bring whatever the parts of the library raise
        raise SheetError(DAMAGED) from error
    filled = [table for table in found if table.rows]
    if len(filled) > 1:
        told = "、".join(f"「{table.name}」" for table in filled[:5])
        raise SheetError(
            f"檔案裡有 {len(filled)} 張工作表有資料（{told}），請刪除其他工作表，只留要匯入的一張後再上傳。"
        )
    return filled[0].checked() if filled else []


def _only(names: list[str], visible: list[str], sheet: str | None) -> list[str]:
    """Names of the sheets to read: the named one, or all a person sees."""
    if not names:
        raise SheetError("檔案裡沒有工作表。")
    if sheet is not None and sheet not in names:
        raise SheetError(f"檔案裡沒有「{sheet}」工作表，只有：{'、'.join(names)}。")
    return [sheet] if sheet is not None else visible


def _refuse(*given: Any) -> NoReturn:
    raise ValueError("a document type: with it come entities, which inflate and fetch")


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    budget: _Budget,
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """One part of the file through its handlers, inflated piece by piece: the sizes a zip declares may be lies."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _refuse
    with archive.open(part) as content:
        while piece := content.read(_PIECE):
            budget.inflated -= len(piece)
            if budget.inflated < 0:
                raise SheetError("檔案解壓縮後過大，不予讀取；請分批匯入。")
            parser.Parse(piece, False)
    parser.Parse(b"", True)


@functools.lru_cache(maxsize=1024)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]


# --- OpenDocument ------------------------------------------------------------------------------------------------------

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT, _STYLE = (f"{_NS}{name}:1.0 " for name in ("office", "table", "text", "style"))
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_CELL, _ROW, _SHEET = f"{_TABLE}table-cell", f"{_TABLE}table-row", f"{_TABLE}table"
_CELLS = {_CELL, f"{_TABLE}covered-table-cell"}
_LINE, _SPACES, _TAB_STOP, _LINE_BREAK = f"{_TEXT}p", f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"
#: Elements inside a table or a cell that are not its text: remarks, deleted rows, drawings, data of other files.
_ASIDE = {
    f"{_OFFICE}annotation",
    f"{_TABLE}tracked-changes",
    f"{_TABLE}shapes",
    f"{_TABLE}dde-link",
    f"{_TEXT}ruby-text",
}
#: Spaces written as elements; no text of an XML file holds these characters.
_SPACE, _TAB, _BREAK = "\x00", "\x01", "\x02"
_SPELLED = str.maketrans({_SPACE: " ", _TAB: "\t", _BREAK: "\n"})
_TIME = re.compile(r"(-?)PT?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")


class _Ods:
    """content.xml in one pass."""

    def __init__(self, archive: zipfile.ZipFile, sheet: str | None) -> None:
        self.sheet = sheet
        self.budget = _Budget()
        self.tables: list[_Table] = []
        self.names: list[str] = []
        self.visible: list[str] = []
        self.style = ""
        self.invisible: set[str] = set()
        self.table: _Table | None = None
        self.aside = self.depth = 0
        self.row = self.row_times = self.column = self.typed = 0
        self.hidden = False
        self.cell: dict[str, str] | None = None
        self.lines: list[str] = []
        self.line: list[str] | None = None
        _parse(archive, "content.xml", self.budget, self.begin, self.end, self.text)
        wanted = _only(self.names, self.visible, sheet)
        self.tables = [table for table in self.tables if table.name in wanted]

    def begin(self, element: str, given: dict[str, str]) -> None:
        if self.aside or element in _ASIDE or (self.cell is not None and ":drawing:" in element):
            self.aside += 1
        elif self.line is not None:
            if element == _SPACES:
                self.put(_SPACE * min(int(given.get(f"{_TEXT}c", 1)), MOST_CHARACTERS + 1))
            elif element == _TAB_STOP:
                self.put(_TAB)
            elif element == _LINE_BREAK:
                self.put(_BREAK)
        elif element == _LINE and self.cell is not None:
            self.line = []
        elif element in _CELLS:
            self.cell, self.lines = given, []
        elif element == _ROW:
            self.row_times, self.column = int(given.get(f"{_TABLE}number-rows-repeated", 1)), 0
            self.hidden = given.get(f"{_TABLE}visibility", "visible") != "visible"
        elif element == _SHEET:
            self.begin_table(given)
        elif element == f"{_STYLE}style":
            self.style = given.get(f"{_STYLE}name", "") if given.get(f"{_STYLE}family") == "table" else ""
        elif element == f"{_STYLE}table-properties" and self.style and given.get(f"{_TABLE}display") == "false":
            self.invisible.add(self.style)

    def begin_table(self, given: dict[str, str]) -> None:
        name = given.get(f"{_TABLE}name", "")
        seen = given.get(f"{_TABLE}style-name", "") not in self.invisible
        self.names.append(name)
        if seen:
            self.visible.append(name)
        self.table, self.row = _Table(name, self.budget), 0
        if name == self.sheet or (self.sheet is None and seen):
            self.tables.append(self.table)
        else:
            self.table = None

    def text(self, text: str) -> None:
        if self.line is not None and not self.aside:
            self.put(text)

    def put(self, text: str) -> None:
        if self.line is not None:
            self.budget.take(0, len(text))
            self.typed += len(text)
            self.line.append(text)

    def end(self, element: str) -> None:
        if self.aside:
            self.aside -= 1
        elif element == _LINE and self.line is not None:
            # white space is one space, as in HTML
            plain = re.sub(r"[ \t\r\n]+", " ", "".join(self.line)).strip(" ")
            self.lines.append(plain.translate(_SPELLED))
            self.line = None
        elif element in _CELLS and self.cell is not None:
            self.end_cell(element, self.cell)
            self.cell = None
        elif element == _ROW and self.table is not None:
            self.table.end_row(self.row + 1, self.row_times, hidden=self.hidden)
            self.row += self.row_times
        elif element == _SHEET:
            self.table = None

    def end_cell(self, element: str, given: dict[str, str]) -> None:
        times = int(given.get(f"{_TABLE}number-columns-repeated", 1))
        shown = "\n".join(self.lines)
        self.budget.take(0, -self.typed)  # counted again with the row that keeps it
        self.typed = 0
        if self.table is not None and element == _CELL:
            try:
                value = self.value(given, shown)
            except _Doubtful as doubt:
                self.table.doubt(self.row + 1, self.column, str(doubt))
                value = shown
            self.table.cell(self.column, value, times)
        self.column += times

    @staticmethod
    def value(given: dict[str, str], shown: str) -> str:
        kind = given.get(f"{_OFFICE}value-type", "")
        if given.get(_CALC_TYPE) == "error" or kind in ("", "string"):
            return given.get(f"{_OFFICE}string-value", shown) if kind == "string" and not shown else shown
        if kind == "boolean":
            return "是" if given.get(f"{_OFFICE}boolean-value") == "true" else "否"
        if kind == "time":
            found = _TIME.fullmatch(given.get(f"{_OFFICE}time-value", ""))
            hours, minutes, seconds = (int(one or 0) for one in found.groups()[1:]) if found else (0, 0, 0)
            return _clock(hours * 3600 + minutes * 60 + seconds) if found and not found[1] else shown
        if kind == "date":
            day, _, moment = given.get(f"{_OFFICE}date-value", "").partition("T")
            hours, minutes, seconds = (int(float(one)) for one in (moment or "0:0:0").rstrip("Z").split(":"))
            try:
                return _shown_day(date.fromisoformat(day), hours * 3600 + minutes * 60 + seconds, shown)
            except ValueError:
                raise _Doubtful(_UNKNOWN) from None
        return _number(float(given[f"{_OFFICE}value"]))


# --- Office Open XML ---------------------------------------------------------------------------------------------------

#: Formats that stand in no file: days (14 shows the year in four digits under the locale of Taiwan), times, lengths of time.
_BUILT_IN = dict.fromkeys((14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)), "day")
_BUILT_IN |= {18: "time", 19: "time", 20: "time", 21: "time", 45: "time", 46: "length", 47: "time"}
_LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].|am/pm|a/p|上午/下午|e[+-]|general', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def _kind_of_format(code: str) -> str:
    """day, short (a day whose year shows two digits), time, length, or nothing: a number."""
    plain = _LITERAL.sub("", code.split(";")[0]).lower()
    if re.search(r"\[(?:h+|m+|s+)\]", plain):
        return "length"
    plain = re.sub(r"\[[^\]]*\]", "", plain)
    if "y" in plain or "e" in plain or "d" in plain or ("m" in plain and not re.search("[hs]", plain)):
        return "short" if re.search(r"(?<!y)y{1,2}(?!y)", plain) else "day"
    return "time" if re.search("[hs]", plain) else ""


class _Xlsx:
    """The parts of a workbook, each in one pass."""

    def __init__(self, archive: zipfile.ZipFile, sheet: str | None) -> None:
        self.archive, self.budget = archive, _Budget()
        book = next(
            (target for kind, target in self.related("").values() if kind == "officeDocument"), "xl/workbook.xml"
        )
        parts = self.related(book)
        sheets = self.workbook(book, parts)
        of_kind = dict(parts.values())
        self.strings = self.shared(of_kind["sharedStrings"]) if "sharedStrings" in of_kind else []
        self.kinds = self.formats(of_kind["styles"]) if "styles" in of_kind else []
        self.libreoffice = self.made_by().startswith("LibreOffice")
        wanted = _only([name for name, _, _ in sheets], [name for name, seen, _ in sheets if seen], sheet)
        self.tables = [self.sheet(name, part) for name, _, part in sheets if name in wanted]

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → (kind, part) of what a part names."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def begin(element: str, given: dict[str, str]) -> None:
            if _local(element) == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, given["Target"])).lstrip("/")
                found[given["Id"]] = (given["Type"].rpartition("/")[2], target)

        _parse(self.archive, posixpath.join(folder, "_rels", f"{name}.rels"), self.budget, begin)
        return found

    def workbook(self, part: str, parts: dict[str, tuple[str, str]]) -> list[tuple[str, bool, str]]:
        """(name, seen, part) of the sheets that hold cells."""
        found: list[tuple[str, bool, str]] = []
        self.since_1904 = False

        def begin(element: str, given: dict[str, str]) -> None:
            if _local(element) == "workbookPr":
                self.since_1904 = given.get("date1904", "0") in ("1", "true")
            elif _local(element) == "sheet":
                id_ = next(value for name, value in given.items() if name.endswith("elationships id"))
                kind, target = parts[id_]
                if kind == "worksheet":
                    found.append((given["name"], given.get("state", "visible") == "visible", target))

        _parse(self.archive, part, self.budget, begin)
        return found

    def made_by(self) -> str:
        """The program that saved the file, where it says so."""
        inside, said = False, ""

        def begin(element: str, given: dict[str, str]) -> None:
            nonlocal inside
            inside = _local(element) == "Application"

        def text(piece: str) -> None:
            nonlocal said
            said += piece if inside and len(said) < 100 else ""

        if "docProps/app.xml" in self.archive.namelist():
            _parse(self.archive, "docProps/app.xml", self.budget, begin, None, text)
        return said

    def formats(self, part: str) -> list[str]:
        """Kind of format of each cell style."""
        own, kinds, inside = {}, [], False

        def begin(element: str, given: dict[str, str]) -> None:
            nonlocal inside
            name = _local(element)
            if name == "numFmt":
                own[given["numFmtId"]] = _kind_of_format(given["formatCode"])
            elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                inside = name == "cellXfs"
            elif name == "xf" and inside:
                number = given.get("numFmtId", "0")
                kinds.append(own[number] if number in own else _BUILT_IN.get(int(number), ""))
                if len(kinds) > MOST_ROWS:
                    raise SheetError(TOO_MUCH)

        _parse(self.archive, part, self.budget, begin)
        return kinds

    def shared(self, part: str) -> list[str]:
        found: list[str] = []
        text = _Words(self.budget)

        def end(element: str) -> None:
            name = _local(element)
            text.end(name)
            if name == "si":
                found.append(text.taken())
                self.budget.take(1, len(found[-1]))

        _parse(self.archive, part, self.budget, lambda element, given: text.begin(_local(element)), end, text.put)
        self.budget.cells, self.budget.characters = MOST_CELLS, MOST_CHARACTERS
        return found

    def sheet(self, name: str, part: str) -> _Table:
        table, words = _Table(name, self.budget), _Words(self.budget)
        row = column = 0
        hidden = False
        kind = style = ""

        def begin(element: str, given: dict[str, str]) -> None:
            nonlocal row, column, hidden, kind, style
            local = _local(element)
            if local == "c":
                kind, style = given.get("t", "n"), given.get("s", "")
                if place := given.get("r"):
                    column, at = _place(place)
                    if at != row:
                        raise ValueError("a cell of another row")
            elif local == "row":
                row, column = int(given.get("r", row + 1)), 0
                hidden = given.get("hidden", "0") in ("1", "true")
            else:
                words.begin(local)

        def end(element: str) -> None:
            nonlocal column
            local = _local(element)
            words.end(local)
            if local == "c":
                try:
                    value = self.value(words.taken(), kind, style)
                except _Doubtful as doubt:
                    table.doubt(row, column, str(doubt))
                    value = "?"
                table.cell(column, value)
                column += 1
            elif local == "row":
                table.end_row(row, hidden=hidden)

        _parse(self.archive, part, self.budget, begin, end, words.put)
        return table

    def value(self, text: str, kind: str, style: str) -> str:
        if not text:
            return ""
        if kind == "s":
            number = whole_number(text)
            if number is None:
                raise ValueError("no such string")
            return self.strings[number]
        if kind in ("str", "inlineStr", "e"):
            return text
        if kind == "b":
            return "是" if text in ("1", "true") else "否"
        if kind == "d":
            return self.iso(text)
        number = float(text)
        if not math.isfinite(number):
            return text
        kind_of = whole_number(style)
        shows = self.kinds[kind_of] if kind_of is not None and kind_of < len(self.kinds) else ""
        return self.moment(number, shows) if shows else _number(number)

    @staticmethod
    def iso(text: str) -> str:
        """A day spelled as ISO 8601; nobody knows what the sheet shows for years of the Republic."""
        found = re.match(r"(\d{4}-\d\d-\d\d)(?:T(\d\d):(\d\d))?", text)
        if not found or found[1] < "1000":
            raise _Doubtful(_UNKNOWN)
        return _day(date.fromisoformat(found[1]), int(found[2] or 0) * 3600 + int(found[3] or 0) * 60)

    def moment(self, number: float, shows: str) -> str:
        """A number of days that the sheet shows as a day or a time."""
        whole = math.floor(number)
        seconds = round((number - whole) * 86400)
        if seconds == 86400:
            whole, seconds = whole + 1, 0
        if shows == "length" and number >= 0:
            return _clock(whole * 86400 + seconds)
        if shows == "time" or 0 <= number < 1:
            return _clock(seconds)
        if self.since_1904:
            first = date(1904, 1, 1)
        else:  # Excel counts a 29 February 1900 that never was
            first = date(1899, 12, 31) if 0 < whole < 60 and not self.libreoffice else date(1899, 12, 30)
        try:
            day = first + timedelta(whole)
        except OverflowError:
            raise _Doubtful(_UNKNOWN) from None
        if whole < 0:
            # only LibreOffice's own count of the days before 1900 is known
            year, month, number_ = julian(day)
            if not self.libreoffice or year >= 1000:
                raise _Doubtful(_UNKNOWN)
            return _old_day(year, month, number_, seconds)
        if shows == "short" and day.year % 100 + 1911 != day.year:
            raise _Doubtful(f"的年份只顯示兩位數「{day.year % 100:02d}」，看不出是民國年或西元 {day.year} 年")
        return _day(day, seconds)


@functools.lru_cache(maxsize=4096)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _place(reference: str) -> tuple[int, int]:
    """B3 → column 1, row 3."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError("no cell reference")
    return _column(found[1]), int(found[2])


class _Words:
    """The text of a cell or a shared string: its <t> and <v>, without how a word is read aloud (<rPh>)."""

    def __init__(self, budget: _Budget) -> None:
        self.budget = budget
        self.pieces: list[str] = []
        self.open = self.aloud = False

    def begin(self, name: str) -> None:
        if name in ("t", "v"):
            self.open = not self.aloud
        elif name == "rPh":
            self.aloud = True

    def put(self, text: str) -> None:
        if self.open:
            self.budget.take(0, len(text))
            self.pieces.append(text)

    def end(self, name: str) -> None:
        if name in ("t", "v"):
            self.open = False
        elif name == "rPh":
            self.aloud = False

    def taken(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        self.budget.take(0, -len(text))  # counted again by what keeps it
        return _lines(_ESCAPED.sub(_unescaped, text)) if "_x" in text or "\r" in text else text


def _unescaped(found: re.Match[str]) -> str:
    """_x000D_ is a character that XML cannot hold; what no text may hold stays as it is spelled."""
    number = int(found[1], 16)
    return found[0] if number == 0 or 0xD800 <= number <= 0xDFFF else chr(number)


# --- alone -------------------------------------------------------------------------------------------------------------


def main(argv: list[str] | None = None) -> int:
    parser = arguments("Read a sheet from standard input; one JSON object.")
    parser.add_argument("--sheet", default=None, metavar="NAME")
    options = parser.parse_args(argv)
    data = sys.stdin.buffer.read()
    confine(memory=options.max_memory, cpu=options.max_cpu)
    try:
        said: dict[str, object] = {"rows": read(data, options.sheet)}
    except SheetError as error:
        said = {"sentence": str(error)}
    except MemoryError:
        said = {"sentence": TOO_MUCH}
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
