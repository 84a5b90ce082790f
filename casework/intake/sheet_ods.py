"""Reads the sheets of an OpenDocument file: content.xml in one pass. Part of the process that reads alone."""

from __future__ import annotations

import re
import zipfile
from datetime import date

from casework.intake.sheet_parts import parse_part
from casework.intake.sheet_table import (
    MOST_CHARACTERS,
    NOT_COMPUTED,
    UNKNOWN,
    Budget,
    Doubtful,
    Merged,
    Table,
    clock,
    number,
    shown_day,
    trouble,
)

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT, _STYLE = (f"{_NS}{name}:1.0 " for name in ("office", "table", "text", "style"))
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_CELL, _ROW, _SHEET = f"{_TABLE}table-cell", f"{_TABLE}table-row", f"{_TABLE}table"
_COLUMN = f"{_TABLE}table-column"
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
_PADDED = re.compile(r"0[0-9]+|[0-9()]+(?:[- ][0-9()]+)+")
_TIME = re.compile(r"(-?)PT?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")


def read_ods(archive: zipfile.ZipFile) -> list[Table]:
    """Every sheet, hidden ones marked so."""
    return _Ods(archive).tables


class _Ods:
    """content.xml in one pass."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.budget = Budget()
        self.tables: list[Table] = []
        self.style = ""
        self.invisible: set[str] = set()
        self.table: Table | None = None
        self.aside = self.depth = 0
        self.row = self.row_times = self.column = self.columns = self.typed = 0
        self.hidden = False
        self.cell: dict[str, str] | None = None
        self.lines: list[str] = []
        self.line: list[str] | None = None
        parse_part(archive, "content.xml", self.budget, self.begin, self.end, self.text)

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
        elif element == _COLUMN and self.table is not None:
            times = int(given.get(f"{_TABLE}number-columns-repeated", 1))
            if given.get(f"{_TABLE}visibility", "visible") != "visible":
                self.table.hidden_columns.append((self.columns, self.columns + times - 1))
            self.columns += times
        elif element == f"{_STYLE}style":
            self.style = given.get(f"{_STYLE}name", "") if given.get(f"{_STYLE}family") == "table" else ""
        elif element == f"{_STYLE}table-properties" and self.style and given.get(f"{_TABLE}display") == "false":
            self.invisible.add(self.style)

    def begin_table(self, given: dict[str, str]) -> None:
        seen = given.get(f"{_TABLE}style-name", "") not in self.invisible
        self.table, self.row, self.columns = Table(given.get(f"{_TABLE}name", ""), self.budget, seen=seen), 0, 0
        self.tables.append(self.table)

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
            except Doubtful as doubt:
                self.table.doubt(self.row + 1, self.column, str(doubt))
                value = shown
            self.table.cell(self.column, value, times)
            western = given.get(f"{_OFFICE}date-value", "")[:4]
            if western and western in shown and self.row_times == times == 1:
                self.table.dated.add((self.row + 1, self.column))
            if (down := int(given.get(f"{_TABLE}number-rows-spanned", 1))) > 1:
                right = self.column + int(given.get(f"{_TABLE}number-columns-spanned", 1)) - 1
                self.table.merge(Merged(self.row + 1, self.column, self.row + down, right))
        self.column += times

    @staticmethod
    def value(given: dict[str, str], shown: str) -> str:
        kind = given.get(f"{_OFFICE}value-type", "")
        if given.get(_CALC_TYPE) == "error":
            return shown if trouble(shown) else "#VALUE!"
        if kind in ("", "string"):
            if given.get(f"{_TABLE}formula") and not kind and not shown:
                return NOT_COMPUTED
            return given.get(f"{_OFFICE}string-value", shown) if kind == "string" and not shown else shown
        if kind == "boolean":
            return "是" if given.get(f"{_OFFICE}boolean-value") == "true" else "否"
        if kind == "time":
            found = _TIME.fullmatch(given.get(f"{_OFFICE}time-value", ""))
            hours, minutes, seconds = (int(one or 0) for one in found.groups()[1:]) if found else (0, 0, 0)
            return clock(hours * 3600 + minutes * 60 + seconds) if found and not found[1] else shown
        if kind == "date":
            day, _, moment = given.get(f"{_OFFICE}date-value", "").partition("T")
            hours, minutes, seconds = (int(float(one)) for one in (moment or "0:0:0").rstrip("Z").split(":"))
            try:
                return shown_day(date.fromisoformat(day), hours * 3600 + minutes * 60 + seconds, shown)
            except ValueError:
                raise Doubtful(UNKNOWN) from None
        value = number(float(given[f"{_OFFICE}value"]))
        # a format that puts zeros or hyphens into a number: what is seen is what is meant
        return (
            shown if _PADDED.fullmatch(shown) and re.sub(r"\D", "", shown).lstrip("0") == value.lstrip("0") else value
        )
