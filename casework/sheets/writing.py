"""Tables out as XLSX, ODS and CSV, row by row in constant memory.

Text stays text whatever it looks like (`=1+1`, `04595257`), days are real days shown in the calendar of the Republic
(113/12/12). In CSV, which knows only text, a cell that a spreadsheet would run as a formula gets an apostrophe before it;
reading takes it off again.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from kernel.dates import TAIPEI, roc

XLSX, ODS, CSV = "xlsx", "ods", "csv"
LABELS = {ODS: "ODS（開放文件格式）", XLSX: "XLSX", CSV: "CSV（UTF-8）"}
CONTENT_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ODS: "application/vnd.oasis.opendocument.spreadsheet",
    CSV: "text/csv; charset=utf-8",
}
#: A spreadsheet ends at 1,048,576 rows; what is longer goes on in the next sheet of the file.
ROWS_PER_SHEET = 1_000_000
CELL_LENGTH = 32_767

Row = Sequence[Any]

# --- values ----------------------------------------------------------------------------------------------------------

#: What neither XML nor a spreadsheet can hold: control characters, lone surrogates, non-characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def _plain(value: Any) -> Any:
    """A cell's value as one of: None, int, float, date, str."""
    if value is None or isinstance(value, bool):
        return {True: "是", False: "否", None: None}[value]
    if isinstance(value, datetime):
        local = value.astimezone(TAIPEI) if value.tzinfo else value
        return f"{roc(local.date())} {local:%H:%M}"
    if isinstance(value, date):
        # Spreadsheets count days from 1900; before it there is only text.
        return value if value.year > 1900 else roc(value)
    if isinstance(value, Decimal):
        value = int(value) if value.is_finite() and value == int(value) else float(value)
    if isinstance(value, int | float):
        # Beyond fifteen digits a spreadsheet would round; infinity and NaN it cannot hold.
        return value if abs(value) < 10**15 else str(value)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    text = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text if len(text) <= CELL_LENGTH else text[: CELL_LENGTH - 1] + "…"


def _sheets(rows: Iterable[Row]) -> Iterator[Iterator[Row]]:
    """The rows cut into sheets, without holding them. There is always one sheet."""
    todo = iter(rows)
    yield islice(todo, ROWS_PER_SHEET)
    for first in todo:
        yield chain([first], islice(todo, ROWS_PER_SHEET - 1))


def _sheet_name(title: str, number: int) -> str:
    name = re.sub(r"[\[\]:*?/\\']", " ", str(_plain(title))).strip()[:25] or "清單"
    return name if number == 1 else f"{name} {number}"


# --- writing ---------------------------------------------------------------------------------------------------------


def write(kind: str, file: IO[bytes], *, title: str, header: Sequence[str], rows: Iterable[Row]) -> int:
    """Write a table in the format `kind`; says how many rows. Raises KeyError for an unknown format."""
    return _WRITERS[kind](file, title, header, rows)


def _write_xlsx(file: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Row]) -> int:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": str(_plain(title))})
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "[$-404]e/mm/dd", "align": "left"})
    count = 0
    for number, some in enumerate(_sheets(rows), start=1):
        sheet = book.add_worksheet(_sheet_name(title, number))
        sheet.freeze_panes(1, 0)
        for column, label in enumerate(header):
            sheet.set_column(column, column, max(10, min(2 * len(label) + 2, 40)))
            sheet.write_string(0, column, str(_plain(label)), bold)
        line = 0
        for line, row in enumerate(some, start=1):
            for column, value in enumerate(map(_plain, row)):
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                elif value is not None:
                    sheet.write_number(line, column, value)
        count += line
    book.close()
    return count


def _write_csv(file: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Row]) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_guarded(_plain(label)) for label in header])
    count = 0
    for row in rows:
        count += 1
        writer.writerow([_guarded(value) for value in map(_plain, row)])
    text.flush()
    text.detach()
    return count


_RUNS = re.compile(r"'*[=+\-@\t\n＝＋－＠]")
GUARDED = re.compile(r"'+[=+\-@\t\n＝＋－＠]")


def _guarded(value: Any) -> str:
    """Text that would run as a formula behind an apostrophe. Numbers are no text: −5 stays −5."""
    if value is None:
        return ""
    if isinstance(value, date):
        return roc(value)
    return f"'{value}" if isinstance(value, str) and _RUNS.match(value) else str(value)


# An OpenDocument sheet is a zip with three small XML files; libraries for it took sixty times as long.
_ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3"'
)
_ODS_HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES}><office:automatic-styles>'
    '<number:date-style style:name="roc" number:language="zh" number:country="TW"><number:year number:calendar="ROC"/><number:text>/'
    '</number:text><number:month number:style="long"/><number:text>/</number:text><number:day number:style="long"/>'
    '</number:date-style><style:style style:name="day" style:family="table-cell" style:data-style-name="roc"/>'
    '<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)
_ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3" '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{CONTENT_TYPES[ODS]}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _write_ods(file: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Row]) -> int:
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and stored: by it a program knows the file without opening it.
        archive.writestr("mimetype", CONTENT_TYPES[ODS], zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _ODS_MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write(_ODS_HEAD.encode())
            for number, some in enumerate(_sheets(rows), start=1):
                content.write(f"<table:table table:name={quoteattr(_sheet_name(title, number))}>".encode())
                labels = "".join(_ods_cell(str(label), "head") for label in map(_plain, header))
                content.write(f"<table:table-row>{labels}</table:table-row>".encode())
                for row in some:
                    count += 1
                    cells = "".join(map(_ods_cell, map(_plain, row))) or "<table:table-cell/>"
                    content.write(f"<table:table-row>{cells}</table:table-row>".encode())
                content.write(b"</table:table>")
            content.write(_ODS_TAIL.encode())
    return count


def _ods_cell(value: Any, style: str = "") -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    named = f' table:style-name="{style}"' if style else ""
    if isinstance(value, date):
        return (
            f'<table:table-cell table:style-name="day" office:value-type="date" office:date-value="{value.isoformat()}">'
            f"<text:p>{roc(value)}</text:p></table:table-cell>"
        )
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"><text:p>{value}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell{named} office:value-type="string">{lines}</table:table-cell>'


_ODS_SPACES = re.compile(r"^ | $| {2,}")


def _ods_text(line: str) -> str:
    """OpenDocument runs spaces together like HTML; those that matter are elements. A tab becomes a space: readers of these
    files drop the element there is for it, and the words on its sides would run together.
    """
    text = escape(line.replace("\t", " "))
    return _ODS_SPACES.sub(lambda found: f'<text:s text:c="{len(found[0])}"/>', text)


_WRITERS: dict[str, Callable[[IO[bytes], str, Sequence[str], Iterable[Row]], int]] = {
    XLSX: _write_xlsx,
    ODS: _write_ods,
    CSV: _write_csv,
}
