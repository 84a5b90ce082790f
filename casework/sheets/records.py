"""Rows of a sheet by their headings: what was read, what is wrong in each row, and a word about everything that was left out.

Headings are recognised however people write them; titles above, sums and remarks below, and the example of our template are no
rows; a cell that holds an error, a damaged number or a user-made character is an error of its row. `read + told = there`.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casework.intake.sheet_table import Sheet, SheetError, heading_keys, letters, trouble
from casework.sheets.reading import read
from casework.sheets.writing import CONTENT_TYPES, XLSX, write
from kernel.lines import cell_errors

__all__ = ["CONTENT_TYPES", "XLSX", "Column", "Record", "Records", "read_records", "template"]

_FOOTER = re.compile(
    r"[※*＊•●]|(?:合計|總計|小計|共計|總人數|人數|製表|填表|承辦|主管|負責人|覆核|審核|備註|註|附註|說明|注意事項|以下空白|以上|本頁)(?:[:：、0-9０-９共\s]|$)|共\s*[0-9０-９]+\s*[人筆位列]"
)
_NAMED = 5
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an import: the field it fills, its heading, other headings people write for it, and an example."""

    name: str
    label: str
    also: tuple[str, ...] = ()
    example: str = ""


@dataclass
class Record:
    """A row of the file as read; `dated`: fields that were real days, whose year a program may have taken for another."""

    number: int
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)
    dated: frozenset[str] = frozenset()


@dataclass
class Records:
    rows: list[Record]
    #: Fields that have a column in the file.
    found: frozenset[str]
    #: What was left out or added, a sentence each.
    told: list[str]


def read_records(data: bytes, columns: Sequence[Column], *, key: str) -> Records:
    """The rows of the sheet that has a heading `key` (a field's name). Raises SheetError."""
    by_name = {column.name: column for column in columns}
    sheet = read(data, heading=by_name[key].label)
    names = {
        name: column for column in columns for label in (column.label, *column.also) for name in heading_keys(label)
    }
    wanted = {name for name, column in names.items() if column.name == key}
    head = next((n for n, row in enumerate(sheet) if any(wanted & set(heading_keys(cell)) for cell in row)), None)
    if head is None:
        labels = "".join(f"「{column.label}」" for column in columns[:3])
        raise SheetError(f"找不到欄名列，應有{labels}等欄名。")
    first, told = head, list(sheet.told)
    if above := sum(map(bool, sheet[:head])):
        told.append(f"欄名列（第 {head + 1} 列）之前的 {above} 列沒有讀取。")
    while head + 1 < len(sheet) and any(wanted & set(heading_keys(cell)) for cell in sheet[head + 1]):
        head += 1  # a heading over several rows, merged
    places = _places(sheet[first : head + 1], names, told)
    rows = _rows(sheet, head, places, by_name, told)
    return Records(rows, frozenset(column.name for column in places.values()), told)


def _places(heads: Sequence[Sequence[str]], names: Mapping[str, Column], told: list[str]) -> dict[int, Column]:
    """Column of the sheet → column of the import; headings nobody knows are told."""
    places: dict[int, Column] = {}
    unknown: list[str] = []
    for place in range(max(map(len, heads))):
        cells = [row[place] for row in heads if place < len(row) and row[place].strip()]
        column = next((names[key] for cell in reversed(cells) for key in heading_keys(cell) if key in names), None)
        if column is None:
            unknown += [f"{letters(place)} 欄「{cells[-1].strip()[:_SHOWN]}」"] if cells else []
        elif column in places.values():
            told.append(f"欄名「{column.label}」重複，{letters(place)} 欄沒有讀取。")
        else:
            places[place] = column
    if unknown:
        told.append(f"不認得的欄名，沒有讀取：{_listed(unknown)}。")
    return places


def _rows(
    sheet: Sheet, head: int, places: Mapping[int, Column], by_name: Mapping[str, Column], told: list[str]
) -> list[Record]:
    example = {name: column.example for name, column in by_name.items() if column.example}
    found, outside = [], []
    headed = max(map(len, sheet[: head + 1]), default=0)
    for number, cells in enumerate(sheet[head + 1 :], start=head + 2):
        values = {
            column.name: " ".join(cells[place].split()) if place < len(cells) else ""
            for place, column in places.items()
        }
        beside = [
            f"{letters(n)}{number}「{cell.strip()[:_SHOWN]}」"
            for n, cell in enumerate(cells)
            if n >= headed and cell.strip()
        ]
        if not any(values.values()) and not any(cell.strip() for cell in cells):
            continue
        if example and {name: value for name, value in values.items() if name in example and value} == {
            name: value for name, value in example.items() if name in values
        }:
            told.append(f"第 {number} 列是範例，沒有讀取。")
            continue
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) <= 2 and _FOOTER.match(filled[0]) and len(places) > 2:
            told.append(f"第 {number} 列「{''.join(filled)[:_SHOWN]}」不是資料列，沒有讀取。")
            continue
        outside += beside
        errors = [f"{by_name[name].label}{said}" for name, value in values.items() if (said := trouble(value))]
        errors += cell_errors({by_name[name].label: value for name, value in values.items()})
        dated = frozenset(column.name for place, column in places.items() if (number, place) in sheet.dated)
        if any(values.values()):
            found.append(Record(number, values, errors, dated))
    if outside:
        told.append(f"欄名以外的儲存格沒有讀取：{_listed(outside)}。")
    return found


def _listed(named: Sequence[str]) -> str:
    return "、".join(named[:_NAMED]) + (f" 等 {len(named)} 格" if len(named) > _NAMED else "")


def template(columns: Sequence[Column], title: str) -> bytes:
    """An XLSX to fill in: the headings and an example, which may stay."""
    file = io.BytesIO()
    rows = [[column.example for column in columns]]
    write(XLSX, file, title=title, header=[column.label for column in columns], rows=rows)
    return file.getvalue()
