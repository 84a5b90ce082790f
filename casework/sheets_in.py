"""Any sheet in: CSV (UTF-8 with or without BOM, UTF-16, Big5), XLSX, ODS → rows of text, the row's number kept.

What a file is, its content says and not its name. Cells come as a person reads them in the file: whole numbers without
`.0`, days as 2024-12-12, 是／否; a row's trailing empty cells and the table's trailing empty rows are left off.
"""

import csv
import io
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from casework.sheets import GUARDED

MOST_BYTES = 10 * 2**20
#: Inflated, over all parts of the file: a small zip can hold gigabytes.
MOST_INFLATED = 200 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 500


class SheetError(ValueError):
    """The file cannot be read as a table; the message is a Chinese sentence for the person who gave it."""


def read(data: bytes, *, sheet: str | None = None) -> list[list[str]]:
    """Every row of a table as text; row n of the file is item n−1. Of a workbook the named sheet, or the first.

    Raises SheetError.
    """
    if len(data) > MOST_BYTES:
        raise SheetError(f"檔案超過 {MOST_BYTES // 2**20} MB，請分批匯入。")
    if not data.strip():
        raise SheetError("檔案是空的。")
    if data.startswith(b"PK\x03\x04"):
        rows = _read_workbook(data, sheet)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError("這是舊版 Excel 檔（.xls）或加密的檔案，請另存為未加密的 XLSX、ODS 或 CSV 後再上傳。")
    elif data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise SheetError("這不是試算表，請上傳 XLSX、ODS 或 CSV 檔。")
    else:
        rows = _read_csv(decode(data))
    if max(map(len, rows), default=0) > MOST_COLUMNS:
        raise SheetError(f"欄位超過 {MOST_COLUMNS} 欄，請檢查檔案內容。")
    rows = [_without_tail(row) for row in rows]
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise SheetError(f"資料超過 {MOST_ROWS:,} 列，請分批匯入。")
    return rows


def _without_tail(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]


# --- text ------------------------------------------------------------------------------------------------------------


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
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append([_unguarded(cell.replace("\r\n", "\n").replace("\r", "\n")) for cell in row])
            if len(rows) > MOST_ROWS:
                break
    except csv.Error:
        raise SheetError(f"第 {reader.line_num} 行的引號沒有成對，或不是以逗號分隔的格式。") from None
    return rows


def _unguarded(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell


# --- workbooks -------------------------------------------------------------------------------------------------------


def _read_workbook(data: bytes, sheet: str | None) -> list[list[str]]:
    _refuse_bombs(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if not names:
            raise SheetError("檔案裡沒有工作表。")
        if sheet is not None and sheet not in names:
            raise SheetError(f"檔案裡沒有「{sheet}」工作表，只有：{'、'.join(names)}。")
        table = book.get_sheet_by_name(sheet or names[0])
        if table.total_height > MOST_ROWS or table.total_width > MOST_COLUMNS:
            raise SheetError(f"工作表超過 {MOST_ROWS:,} 列或 {MOST_COLUMNS} 欄，請檢查檔案內容或分批匯入。")
        return [[_text(value) for value in row] for row in table.to_python(skip_empty_area=False)]
    except SheetError:
        raise
    except Exception as error:
        # Besides CalamineError a damaged file can bring what the library's own parts raise.
        kind = "檔案已加密" if isinstance(error, CalamineError) and "password" in str(error).lower() else "檔案已損壞"
        raise SheetError(f"{kind}，無法讀取；請以 XLSX、ODS 或 CSV 重新存檔後再上傳。") from error


def _refuse_bombs(data: bytes) -> None:
    """Inflate once and count: the sizes a zip declares may be lies."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            left = MOST_INFLATED
            for part in archive.infolist():
                with archive.open(part) as content:
                    while chunk := content.read(2**20):
                        left -= len(chunk)
                        if left < 0:
                            raise SheetError("檔案解壓縮後過大，不予讀取；請分批匯入。")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("檔案已損壞或加密，無法讀取；請以 XLSX、ODS 或 CSV 重新存檔後再上傳。") from None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value).replace("\r\n", "\n").replace("\r", "\n")
