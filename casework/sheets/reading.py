"""Any sheet in: CSV (UTF-8 with or without BOM, UTF-16, Big5), XLSX, ODS → rows of text, the row's number kept.

What a file is, its content says and not its name. Cells come as a person reads them in the file: whole numbers without
`.0`, days as 2024-12-12, a day typed with the year of the Republic as it was typed, 是／否; a row's trailing empty cells and
the table's trailing empty rows are left off. The file is opened in a confined process (`intake.read_sheet`), never here.
"""

import json

from casework.intake import read_sheet
from casework.intake.judge import MB, Limits, confined
from casework.intake.sheet_table import Sheet, SheetError
from casework.sheets.writing import GUARDED

__all__ = ["Sheet", "SheetError", "read"]

MOST_BYTES = 10 * MB
LIMITS = Limits(max_bytes=MOST_BYTES, memory_bytes=512 * MB, cpu_seconds=40, wall_seconds=55.0)
_TOO_HEAVY = "檔案的內容過於龐大複雜，無法在時限內讀取；請只保留要匯入的資料，另存為 CSV 後再上傳。"


def read(data: bytes, *, sheet: str | None = None, heading: str = "") -> Sheet:
    """Every row of a table as text; row n of the file is item n−1. Of a workbook the named sheet, the only one with rows, or
    the only one with `heading`; what was left out is told.

    Raises SheetError.
    """
    if len(data) > MOST_BYTES:
        raise SheetError(f"檔案超過 {MOST_BYTES // MB} MB，請分批匯入。")
    if not data.strip():
        raise SheetError("檔案是空的。")
    words = [f"--heading={heading}"] + ([] if sheet is None else [f"--sheet={sheet}"])
    printed, died_of = confined("casework.intake.read_sheet", [*words, "--", "-"], limits=LIMITS, given=data)
    try:
        said = json.loads(printed)
    except ValueError:
        raise SheetError(read_sheet.DAMAGED if died_of == "unreadable" else _TOO_HEAVY) from None
    if "rows" not in said:
        raise SheetError(said["sentence"])
    dated = {(row, column) for row, column in said["dated"]}
    return Sheet(_unguarded(data, said["rows"]), name=said["name"], told=said["told"], dated=dated)


def _unguarded(data: bytes, rows: list[list[str]]) -> list[list[str]]:
    """Our own CSV has an apostrophe before what a spreadsheet would run."""
    if data.startswith(b"PK\x03\x04"):
        return rows
    return [[cell[1:] if GUARDED.match(cell) else cell for cell in row] for row in rows]
