"""Reads a sheet (XLSX, ODS, CSV) into rows of text; meant to run alone: `python -m casework.intake.read_sheet - < FILE`.

Everything is read piece by piece and counted before it is kept: what a small file claims (two cells a million rows apart, a
row repeated a million times, a zip that inflates without end) is refused before memory is taken for it. Cells come as the
person who sees the sheet reads them, and what is left out is told. Prints one JSON object, {"rows": [[…]], "name": …,
"told": […], "dated": […]} or {"sentence": …}. A module for each format: sheet_xlsx, sheet_ods, sheet_csv; what they share:
sheet_table, sheet_parts. The standard library and the kernel's characters only.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile

from casework.intake.confine import arguments, confine
from casework.intake.sheet_csv import decode, read_csv
from casework.intake.sheet_ods import read_ods
from casework.intake.sheet_table import TOO_MUCH, Sheet, SheetError, Table, heading_keys
from casework.intake.sheet_xlsx import read_xlsx

DAMAGED = "檔案已損壞，無法讀取；請以 XLSX、ODS 或 CSV 重新存檔後再上傳。"
_SAVE_AS = "請開啟後選擇「另存新檔」，存成 XLSX、ODS 或 CSV 再上傳。"
LOCKED = "這個檔案設有開啟密碼，無法讀取；請開啟後取消密碼，另存新檔再上傳。"

#: What a file that is no sheet of ours begins with, and what is told. Text is looked at in small letters.
_HEADS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "這是 PDF，不是試算表；請上傳原來的 XLSX、ODS 或 CSV 檔。"),
    (b"\x89PNG", "這是圖片，不是試算表；請上傳 XLSX、ODS 或 CSV 檔。"),
    (b"\xff\xd8\xff", "這是圖片，不是試算表；請上傳 XLSX、ODS 或 CSV 檔。"),
    (b"{\\rtf", f"這是 RTF 文件，不是試算表；請把表格貼到試算表。{_SAVE_AS}"),
    (b"Rar!", "這是壓縮檔，不是試算表；請解壓縮後上傳其中的 XLSX、ODS 或 CSV 檔。"),
    (b"7z\xbc\xaf", "這是壓縮檔，不是試算表；請解壓縮後上傳其中的 XLSX、ODS 或 CSV 檔。"),
)
_TEXTS: tuple[tuple[str, str], ...] = (
    (r"<\?xml[^>]*>.{0,300}urn:schemas-microsoft-com:office:spreadsheet", f"這是 2003 年版的 XML 試算表，不是 XLSX。{_SAVE_AS}"),
    (r"<(?:!doctype\s+html|html|head|meta|body|table|style|div|script)\b", f"這是網頁（副檔名寫成 .xls 的網頁表格），不是試算表。{_SAVE_AS}"),
    (r"mime-version:|content-type:\s*multipart/related", f"這是單一檔案網頁（MHTML），不是試算表。{_SAVE_AS}"),
    (r"<\?xml\b", f"這是 XML 檔，不是試算表。{_SAVE_AS}"),
    (r"id;p", f"這是 SYLK 檔，不是 XLSX。{_SAVE_AS}"),
)  # fmt: skip
_PARTS: tuple[tuple[str, str], ...] = (
    (r"xl/workbook\.bin", f"這是二進位活頁簿（.xlsb），無法讀取。{_SAVE_AS}"),
    (r"word/", f"這是 Word 文件，不是試算表；請把表格貼到試算表。{_SAVE_AS}"),
    (r"ppt/", f"這是 PowerPoint 簡報，不是試算表；請把表格貼到試算表。{_SAVE_AS}"),
    (r"Index/.*|.*\.iwa|Index\.zip", "這是 Apple Numbers 檔，無法讀取；請在 Numbers 選擇「檔案」→「輸出至」→「Excel」或「CSV」再上傳。"),
)  # fmt: skip


def read(data: bytes, sheet: str | None = None, heading: str = "") -> Sheet:
    """Every row of a table as text; row n of the file is item n−1.

    Of a workbook the named sheet; else, of those a person sees and that have rows, the only one, or the only one with
    `heading` in it. Raises SheetError.
    """
    if data.startswith(b"PK\x03\x04"):
        return _chosen(_tables(data), sheet, heading)
    if sentence := _another_kind(data):
        raise SheetError(sentence)
    return read_csv(decode(data)).checked()


def _another_kind(data: bytes) -> str:
    """What is told of a file that is something else; empty for what may be text."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return LOCKED
        return f"這是舊版 Excel 檔（.xls），無法讀取。{_SAVE_AS}"
    if sentence := next((said for head, said in _HEADS if data.startswith(head)), ""):
        return sentence
    text = data[:2000].decode("latin-1").removeprefix("\xef\xbb\xbf").lstrip().lower()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data[:2000].decode("utf-16", errors="ignore").lstrip().lower()
    return next((said for pattern, said in _TEXTS if re.match(pattern, text, re.DOTALL)), "")


def _tables(data: bytes) -> list[Table]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if sentence := next((said for part, said in _PARTS if any(re.match(part, name) for name in names)), ""):
                raise SheetError(sentence)
            if "content.xml" in names:
                if _is_locked(archive):
                    raise SheetError(LOCKED)
                return read_ods(archive)
            if "[Content_Types].xml" in names:
                return read_xlsx(archive)
            raise SheetError("這是壓縮檔，不是試算表；請解壓縮後上傳其中的 XLSX、ODS 或 CSV 檔。")
    except SheetError:
        raise
    except MemoryError:
        raise SheetError(TOO_MUCH) from None
    except Exception as error:  # a damaged file can bring whatever the parts of the library raise
        raise SheetError(DAMAGED) from error


def _is_locked(archive: zipfile.ZipFile) -> bool:
    """OpenDocument keeps its parts encrypted one by one and says so in the manifest."""
    if "META-INF/manifest.xml" not in archive.namelist():
        return False
    with archive.open("META-INF/manifest.xml") as manifest:
        return b"encryption-data" in manifest.read(1 << 20)


def _chosen(tables: list[Table], sheet: str | None, heading: str) -> Sheet:
    """One sheet, and a word about each of the others that has rows."""
    if not tables:
        raise SheetError("檔案裡沒有工作表。")
    if sheet is not None:
        named = next((table for table in tables if table.name == sheet), None)
        if named is None:
            raise SheetError(f"檔案裡沒有「{sheet}」工作表，只有：{'、'.join(table.name for table in tables)}。")
        return _told(named, tables)
    filled = [table for table in tables if table.seen and table.rows]
    if len(filled) > 1 and heading:
        filled = [table for table in filled if _has_heading(table, heading)] or filled
    if len(filled) > 1:
        told = "、".join(f"「{table.name}」" for table in filled[:5])
        raise SheetError(
            f"檔案裡有 {len(filled)} 張工作表有資料（{told}），請刪除其他工作表，只留要匯入的一張後再上傳。"
        )
    if not filled:
        if any(table.rows for table in tables):
            raise SheetError("檔案裡有資料的工作表都是隱藏的；請取消隱藏要匯入的工作表後再上傳。")
        return Sheet([])
    return _told(filled[0], tables)


def _has_heading(table: Table, heading: str) -> bool:
    wanted = set(heading_keys(heading))
    return any(wanted & set(heading_keys(cell)) for row in table.rows for cell in row if cell)


def _told(chosen: Table, tables: list[Table]) -> Sheet:
    found = chosen.checked()
    others = [table for table in tables if table is not chosen and table.rows]
    if others:
        named = "、".join(
            f"{'' if one.seen else '隱藏的'}「{one.name}」（{sum(map(bool, one.rows))} 列）" for one in others[:5]
        )
        found.told.insert(0, f"讀取的是工作表「{chosen.name}」；{named}沒有讀取。")
    return found


# --- alone -------------------------------------------------------------------------------------------------------------


def main(argv: list[str] | None = None) -> int:
    parser = arguments("Read a sheet from standard input; one JSON object.")
    parser.add_argument("--sheet", default=None, metavar="NAME")
    parser.add_argument("--heading", default="", metavar="TEXT")
    options = parser.parse_args(argv)
    data = sys.stdin.buffer.read()
    confine(memory=options.max_memory, cpu=options.max_cpu)
    try:
        found = read(data, options.sheet, options.heading)
        said: dict[str, object] = {
            "rows": list(found), "name": found.name, "told": found.told, "dated": sorted(found.dated),
        }  # fmt: skip
    except SheetError as error:
        said = {"sentence": str(error)}
    except MemoryError:
        said = {"sentence": TOO_MUCH}
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode(errors="replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
