"""Reads the sheets of an Office Open XML workbook, part by part. Part of the process that reads alone."""

from __future__ import annotations

import functools
import math
import posixpath
import re
import zipfile
from datetime import date, timedelta

from casework.intake.sheet_parts import local_name, parse_part
from casework.intake.sheet_table import (
    MOST_CELLS,
    MOST_CHARACTERS,
    MOST_ROWS,
    NOT_COMPUTED,
    TOO_MUCH,
    UNKNOWN,
    Budget,
    Doubtful,
    Merged,
    SheetError,
    Table,
    clock,
    day_text,
    julian,
    lines,
    number,
    old_day_text,
)
from kernel.asked import whole_number

#: Formats that stand in no file: days (14 shows the year in four digits under the locale of Taiwan), times, lengths of time.
_BUILT_IN = dict.fromkeys((14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)), "day")
_BUILT_IN |= {18: "time", 19: "time", 20: "time", 21: "time", 45: "time", 46: "length", 47: "time"}
_LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].|am/pm|a/p|上午/下午|e[+-]|general', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def kind_of_format(code: str) -> str:
    """day, roc (of the Republic), short (a day whose year shows two digits), time, length, zeros (00000000, 0000-000-000), or nothing: a number."""
    if _PADS.fullmatch(code):
        return code
    plain = _LITERAL.sub("", code.split(";")[0]).lower()
    if re.search(r"\[(?:h+|m+|s+)\]", plain):
        return "length"
    plain = re.sub(r"\[[^\]]*\]", "", plain)
    if "e" in plain and "y" not in plain:
        return "roc"  # a year of the Republic is seen, and nothing is to be asked
    if "y" in plain or "d" in plain or ("m" in plain and not re.search("[hs]", plain)):
        return "short" if re.search(r"(?<!y)y{1,2}(?!y)", plain) else "day"
    return "time" if re.search("[hs]", plain) else ""


_PADS = re.compile(r"(?=.*00)[0()\- ]+")


def read_xlsx(archive: zipfile.ZipFile) -> list[Table]:
    """Every sheet, hidden ones marked so."""
    return _Xlsx(archive).tables


class _Xlsx:
    """The parts of a workbook, each in one pass."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.budget = archive, Budget()
        book = next(
            (target for kind, target in self.related("").values() if kind == "officeDocument"), "xl/workbook.xml"
        )
        parts = self.related(book)
        sheets = self.workbook(book, parts)
        of_kind = dict(parts.values())
        self.strings = self.shared(of_kind["sharedStrings"]) if "sharedStrings" in of_kind else []
        self.kinds = self.formats(of_kind["styles"]) if "styles" in of_kind else []
        self.libreoffice = self.made_by().startswith("LibreOffice")
        self.tables = [self.sheet(name, seen, part) for name, seen, part in sheets]

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → (kind, part) of what a part names."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def begin(element: str, given: dict[str, str]) -> None:
            if local_name(element) == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, given["Target"])).lstrip("/")
                found[given["Id"]] = (given["Type"].rpartition("/")[2], target)

        parse_part(self.archive, posixpath.join(folder, "_rels", f"{name}.rels"), self.budget, begin)
        return found

    def workbook(self, part: str, parts: dict[str, tuple[str, str]]) -> list[tuple[str, bool, str]]:
        """(name, seen, part) of the sheets that hold cells."""
        found: list[tuple[str, bool, str]] = []
        self.since_1904 = False

        def begin(element: str, given: dict[str, str]) -> None:
            if local_name(element) == "workbookPr":
                self.since_1904 = given.get("date1904", "0") in ("1", "true")
            elif local_name(element) == "sheet":
                id_ = next(value for name, value in given.items() if name.endswith("elationships id"))
                kind, target = parts[id_]
                if kind == "worksheet":
                    found.append((given["name"], given.get("state", "visible") == "visible", target))

        parse_part(self.archive, part, self.budget, begin)
        return found

    def made_by(self) -> str:
        """The program that saved the file, where it says so."""
        inside, said = False, ""

        def begin(element: str, given: dict[str, str]) -> None:
            nonlocal inside
            inside = local_name(element) == "Application"

        def text(piece: str) -> None:
            nonlocal said
            said += piece if inside and len(said) < 100 else ""

        if "docProps/app.xml" in self.archive.namelist():
            parse_part(self.archive, "docProps/app.xml", self.budget, begin, None, text)
        return said

    def formats(self, part: str) -> list[str]:
        """Kind of format of each cell style."""
        own, kinds, inside = {}, [], False

        def begin(element: str, given: dict[str, str]) -> None:
            nonlocal inside
            name = local_name(element)
            if name == "numFmt":
                own[given["numFmtId"]] = kind_of_format(given["formatCode"])
            elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                inside = name == "cellXfs"
            elif name == "xf" and inside:
                number = given.get("numFmtId", "0")
                kinds.append(own[number] if number in own else _BUILT_IN.get(int(number), ""))
                if len(kinds) > MOST_ROWS:
                    raise SheetError(TOO_MUCH)

        parse_part(self.archive, part, self.budget, begin)
        return kinds

    def shared(self, part: str) -> list[str]:
        found: list[str] = []
        text = _Words(self.budget)

        def end(element: str) -> None:
            name = local_name(element)
            text.end(name)
            if name == "si":
                found.append(text.taken())
                self.budget.take(1, len(found[-1]))

        parse_part(
            self.archive, part, self.budget, lambda element, given: text.begin(local_name(element)), end, text.put
        )
        self.budget.cells, self.budget.characters = MOST_CELLS, MOST_CHARACTERS
        return found

    def sheet(self, name: str, seen: bool, part: str) -> Table:
        table, words = Table(name, self.budget, seen=seen), _Words(self.budget)
        row = column = 0
        hidden = formula = False
        kind = style = ""

        def begin(element: str, given: dict[str, str]) -> None:
            nonlocal row, column, hidden, kind, style, formula
            local = local_name(element)
            if local == "c":
                kind, style, formula = given.get("t", "n"), given.get("s", ""), False
                if place := given.get("r"):
                    column, at = _place(place)
                    if at != row:
                        raise ValueError("a cell of another row")
            elif local == "row":
                row, column = int(given.get("r", row + 1)), 0
                hidden = given.get("hidden", "0") in ("1", "true")
            elif local == "f":
                formula = True
            elif local == "mergeCell":
                first, _, last = given["ref"].partition(":")
                (left, top), (right, bottom) = _place(first), _place(last or first)
                if bottom > top:
                    table.merge(Merged(top, left, bottom, right))
            elif local == "col" and given.get("hidden", "0") in ("1", "true"):
                table.hidden_columns.append((int(given["min"]) - 1, int(given["max"]) - 1))
            else:
                words.begin(local)

        def end(element: str) -> None:
            nonlocal column
            local = local_name(element)
            words.end(local)
            if local == "c":
                try:
                    text = words.taken()
                    value = self.value(text, kind, style) if text or not formula or kind == "str" else NOT_COMPUTED
                    if text and self.is_day(kind, style):
                        table.dated.add((row, column))
                except Doubtful as doubt:
                    table.doubt(row, column, str(doubt))
                    value = "?"
                table.cell(column, value)
                column += 1
            elif local == "row":
                table.end_row(row, hidden=hidden)

        parse_part(self.archive, part, self.budget, begin, end, words.put)
        return table

    def value(self, text: str, kind: str, style: str) -> str:
        if not text:
            return ""
        if kind == "s":
            if (place := whole_number(text)) is None:
                raise ValueError("no such string")
            return self.strings[place]
        if kind in ("str", "inlineStr", "e"):
            return text
        if kind == "b":
            return "是" if text in ("1", "true") else "否"
        if kind == "d":
            return self.iso(text)
        value = float(text)
        if not math.isfinite(value):
            return text
        shows = self.shows(style)
        if _PADS.fullmatch(shows):
            return _padded(value, shows)
        return self.moment(value, shows) if shows else number(value)

    def shows(self, style: str) -> str:
        place = whole_number(style)
        return self.kinds[place] if place is not None and place < len(self.kinds) else ""

    def is_day(self, kind: str, style: str) -> bool:
        return kind == "d" or (kind == "n" and self.shows(style) in ("day", "short"))

    @staticmethod
    def iso(text: str) -> str:
        """A day spelled as ISO 8601; nobody knows what the sheet shows for years of the Republic."""
        found = re.match(r"(\d{4}-\d\d-\d\d)(?:T(\d\d):(\d\d))?", text)
        if not found or found[1] < "1000":
            raise Doubtful(UNKNOWN)
        return day_text(date.fromisoformat(found[1]), int(found[2] or 0) * 3600 + int(found[3] or 0) * 60)

    def moment(self, number: float, shows: str) -> str:
        """A number of days that the sheet shows as a day or a time."""
        whole = math.floor(number)
        seconds = round((number - whole) * 86400)
        if seconds == 86400:
            whole, seconds = whole + 1, 0
        if shows == "length" and number >= 0:
            return clock(whole * 86400 + seconds)
        if shows == "time" or 0 <= number < 1:
            return clock(seconds)
        if self.since_1904:
            first = date(1904, 1, 1)
        else:  # Excel counts a 29 February 1900 that never was
            first = date(1899, 12, 31) if 0 < whole < 60 and not self.libreoffice else date(1899, 12, 30)
        try:
            day = first + timedelta(whole)
        except OverflowError:
            raise Doubtful(UNKNOWN) from None
        if whole < 0:
            # only LibreOffice's own count of the days before 1900 is known
            year, month, number_ = julian(day)
            if not self.libreoffice or year >= 1000:
                raise Doubtful(UNKNOWN)
            return old_day_text(year, month, number_, seconds)
        if shows == "short" and day.year % 100 + 1911 != day.year:
            raise Doubtful(f"的年份只顯示兩位數「{day.year % 100:02d}」，看不出是民國年或西元 {day.year} 年")
        return day_text(day, seconds)


def _padded(value: float, shows: str) -> str:
    """4595257 by 00000000 is 04595257, 912345678 by 0000-000-000 is 0912-345-678."""
    digits = number(value)
    if not digits.isdecimal():
        return digits
    digits = digits.zfill(shows.count("0"))
    more, rest = digits[: len(digits) - shows.count("0")], iter(digits[len(digits) - shows.count("0") :])
    return more + "".join(next(rest) if sign == "0" else sign for sign in shows)


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

    def __init__(self, budget: Budget) -> None:
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
        return lines(_ESCAPED.sub(_unescaped, text)) if "_x" in text or "\r" in text else text


def _unescaped(found: re.Match[str]) -> str:
    """_x000D_ is a character that XML cannot hold; what no text may hold stays as it is spelled."""
    number = int(found[1], 16)
    return found[0] if number == 0 or 0xD800 <= number <= 0xDFFF else chr(number)
