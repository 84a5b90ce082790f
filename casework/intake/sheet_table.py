"""Rows of one sheet, counted before they are kept, and what a cell says: shared by the readers of XLSX, ODS and CSV.

Part of the process that reads alone; the standard library and the kernel's characters only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from kernel.characters import visible

#: Inflated, over all parts that are read: a small zip can hold gigabytes.
MOST_INFLATED = 200 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 500
#: Over all sheets of a file: cells up to the last filled one of a row, and their characters together.
MOST_CELLS = 2_000_000
MOST_CHARACTERS = 10 * 2**20

TOO_LARGE = f"工作表超過 {MOST_ROWS:,} 列或 {MOST_COLUMNS} 欄，請檢查檔案內容或分批匯入。"
TOO_MUCH = "檔案的內容過多，不予讀取；請只保留要匯入的資料，或分批匯入。"
_AS_TEXT = "請把整欄的儲存格格式改為「文字」，重新輸入日期（例：115/11/30）後存檔再上傳。"
#: How many of a kind are named one by one.
_NAMED = 5


class SheetError(ValueError):
    """The file cannot be read as a table; the message is a Chinese sentence for the person who gave it."""


class Sheet(list[list[str]]):
    """Rows of text; row n of the file is item n−1. With the name of the sheet they stand in, what of the file was left out or
    added (`told`, sentences), and which cells are real days (`dated`, row from 1 and column from 0): what was typed into those
    the program may have taken for another year.
    """

    def __init__(
        self,
        rows: list[list[str]],
        *,
        name: str = "",
        told: list[str] | None = None,
        dated: set[tuple[int, int]] | None = None,
    ) -> None:
        super().__init__(rows)
        self.name, self.told, self.dated = name, told or [], dated or set()


# --- headings and what a cell may not say --------------------------------------------------------------------------------

_IN_BRACKETS = re.compile(r"\([^()]*\)$")


def heading_key(text: str) -> str:
    """A heading as it is recognised, however it was written: *姓　名：, 身份證字號, 1.姓名, line breaks inside."""
    key = "".join(unicodedata.normalize("NFKC", visible(text)).split()).upper()
    key = re.sub(r"^(?:\(?[0-9一二三四五六七八九十]{1,2}[).、])?[*※#●]*", "", key)
    return re.sub(r"[*※:]+$", "", key).replace("身份證", "身分證").replace("証", "證")


def heading_keys(text: str) -> tuple[str, ...]:
    """The heading, and without the remark in brackets behind it: 身分證字號（居留證號）."""
    key = heading_key(text)
    bare = re.sub(r"[*※:]+$", "", _IN_BRACKETS.sub("", key))
    return (key,) if bare in ("", key) else (key, bare)


#: A formula that no program has computed yet: files of other software, never opened in a spreadsheet.
NOT_COMPUTED = "#公式沒有結果"
_ERROR = re.compile(rf"#(?:[A-Z][A-Z0-9/_]*[!?]|N/A|DIV/0!|GETTING_DATA)|Err:[0-9]{{3}}|{NOT_COMPUTED}")
_SCIENTIFIC = re.compile(r"-?[0-9](?:\.[0-9]+)?E\+[0-9]{1,3}", re.IGNORECASE)


def trouble(text: str) -> str:
    """Why what stands in a cell is not what somebody typed there; empty where it is. Told for its row."""
    if _ERROR.fullmatch(text):
        return f"是公式的錯誤值「{text}」，請改為正確內容"
    if _SCIENTIFIC.fullmatch(text):
        return f"被試算表改成科學記號「{text}」，原來的數字已不完整；請把該欄改為「文字」格式後重新輸入"
    if found := next((char for char in text if "\ue000" <= char <= "\uf8ff"), ""):
        return f"有自造字（U+{ord(found):04X}），無法判斷是哪一個字，請改用標準字"
    if "\N{REPLACEMENT CHARACTER}" in text:
        return "有轉檔時遺失的字（顯示為「�」），請重新輸入"
    return ""


# --- rows, counted -----------------------------------------------------------------------------------------------------


class Budget:
    """What all sheets of a file may take together."""

    def __init__(self) -> None:
        self.inflated, self.cells, self.characters = MOST_INFLATED, MOST_CELLS, MOST_CHARACTERS

    def take(self, cells: int, characters: int) -> None:
        self.cells -= cells
        self.characters -= characters
        if self.cells < 0 or self.characters < 0:
            raise SheetError(TOO_MUCH)


@dataclass(frozen=True, slots=True)
class Merged:
    """Merged cells: rows from 1, columns from 0, both ends counted."""

    top: int
    left: int
    bottom: int
    right: int


class Table:
    """The rows of one sheet. Empty cells and rows at the end are never kept, so they cost nothing however many there are; a
    cell that holds blanks alone is empty."""

    def __init__(self, name: str, budget: Budget, *, seen: bool = True) -> None:
        self.name, self.budget, self.seen = name, budget, seen
        self.rows: list[list[str]] = []
        self.row: list[str] = []
        self.hidden: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[Merged] = []
        self.dated: set[tuple[int, int]] = set()
        #: Cells whose day cannot be known: how many, and what is told of the first.
        self.doubts, self.first_doubt = 0, ""

    def cell(self, column: int, text: str, times: int = 1) -> None:
        """A filled cell of the row at hand; columns count from 0 and only grow."""
        if not text or not visible(text).strip():
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
        self.rows += [row] if times == 1 else [list(row) for _ in range(times)]
        if hidden:
            self.hidden.append(number)

    def merge(self, merged: Merged) -> None:
        self.merged.append(merged)
        self.budget.take(1, 0)

    def doubt(self, row: int, column: int, why: str) -> None:
        """The day in a cell cannot be known."""
        self.doubts += 1
        if self.doubts == 1:
            above = (cells[column] for cells in self.rows if column < len(cells) and cells[column])
            heading = next(above, "")
            self.first_doubt = f"第 {row} 列 {letters(column)} 欄{f'「{heading[:20]}」' if heading else ''}{why}"

    def checked(self) -> Sheet:
        """The rows. Raises SheetError where they are not what the person sees."""
        if self.doubts:
            more = f"（這樣的儲存格共 {self.doubts} 格）" if self.doubts > 1 else ""
            raise SheetError(f"{self.first_doubt}{more}。{_AS_TEXT}")
        if self.hidden:
            rows = _listed([str(number) for number in self.hidden])
            raise SheetError(
                f"第 {rows} 列是隱藏或經篩選的列，無法判斷是否要匯入；請取消篩選與隱藏，刪除不要的列後再上傳。"
            )
        told = [*self._carried(), *self._hidden_columns()]
        return Sheet(self.rows, name=self.name, told=told, dated=self.dated)

    def _carried(self) -> list[str]:
        """The value of merged cells goes to each of their rows: 服務單位 over three people is that of all three."""
        carried = []
        for one in sorted(self.merged, key=lambda one: (one.top, one.left)):
            above = self.rows[one.top - 1] if one.top <= len(self.rows) else []
            value = above[one.left] if one.left < len(above) else ""
            below = range(one.top, min(one.bottom, len(self.rows)))
            if not value or one.left >= MOST_COLUMNS:
                continue
            for row in (self.rows[n] for n in below):
                self.budget.take(max(1, one.left + 1 - len(row)), len(value))
                row += [""] * (one.left + 1 - len(row))
                row[one.left] = row[one.left] or value
            if below:
                carried.append(f"{letters(one.left)}{one.top}:{letters(one.left)}{below[-1] + 1}「{value[:20]}」")
        return [f"合併儲存格的內容已帶入各列：{_listed(carried)}，請核對。"] if carried else []

    def _hidden_columns(self) -> list[str]:
        filled = {column for row in self.rows for column, cell in enumerate(row) if cell}
        found = [letters(c) for c in sorted(filled) if any(first <= c <= last for first, last in self.hidden_columns)]
        return [f"隱藏的 {_listed(found)} 欄有內容，也讀取了。"] if found else []


def _listed(named: list[str]) -> str:
    return "、".join(named[:_NAMED]) + (f" 等 {len(named)}" if len(named) > _NAMED else "")


def letters(column: int) -> str:
    """0 → A, 27 → AB."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- values ------------------------------------------------------------------------------------------------------------


class Doubtful(Exception):
    """A day nobody can know for sure; the message is a Chinese clause."""


_SHOWN = re.compile(r"(-?\d{1,4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?!\d)")
UNKNOWN = "的日期無法判讀"


def number(value: float) -> str:
    """A number as text; of more than fifteen digits a spreadsheet has lost the rest, and `trouble` says so."""
    if abs(value) >= 10**15:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)


def clock(seconds: int) -> str:
    """Seconds since midnight; more than a day is a length of time."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours:02d}:{minutes:02d}" if hours < 24 else f"{hours}:{minutes:02d}"


def day_text(day: date, seconds: int) -> str:
    return f"{day.isoformat()} {clock(seconds)}" if seconds else day.isoformat()


def old_day_text(year: int, month: int, day: int, seconds: int) -> str:
    """A day typed with the year of the Republic, which the program took for the year 115 of the western calendar."""
    return f"{year}/{month}/{day}" + (f" {clock(seconds)}" if seconds else "")


def julian(day: date) -> tuple[int, int, int]:
    """Year, month, day by the old calendar (儒略曆), in which LibreOffice shows and reads every day before 1582/10/15."""
    n = day.toordinal() + 1721425 + 32082
    year, rest = divmod(4 * n + 3, 1461)
    rest //= 4
    month = (5 * rest + 2) // 153
    return year - 4800 + month // 10, month + 3 - 12 * (month // 10), rest - (153 * month + 2) // 5 + 1


def shown_day(day: date, seconds: int, shown: str) -> str:
    """A day beside the text that the person saw: by that text where the year is not a western one. Raises Doubtful."""
    found = _SHOWN.search(shown)
    year, month, number = map(int, found.groups()) if found else (0, 0, 0)
    if day.year < 1000:
        if (year, month, number) not in ((day.year, day.month, day.day), julian(day)):
            raise Doubtful(UNKNOWN)
        return old_day_text(year, month, number, seconds)
    if (month, number) == (day.month, day.day) and year < 1000 and year + 1911 != day.year:
        raise Doubtful(f"顯示為「{shown[:20]}」，看不出是民國年或西元 {day.year} 年")
    return day_text(day, seconds)
