"""Reads text: comma, tab or semicolon between cells, in UTF-8, UTF-16 or Big5. Part of the process that reads alone."""

from __future__ import annotations

import codecs
import csv
import io
import re

from casework.intake.sheet_table import Budget, SheetError, Table, lines

#: Excel's way to keep a number as text in a CSV: ="0912345678".
_KEPT_TEXT = re.compile(r'="([^"]*)"')
#: User-made characters 自造字 of code page 950: first lead byte, last, the code its first character has in Unicode.
_USER_MADE = ((0xFA, 0xFE, 0xE000), (0x8E, 0xA0, 0xE311), (0x81, 0x8D, 0xEEB8), (0xC6, 0xC8, 0xF672))


def _user_made(error: UnicodeError) -> tuple[str, int]:
    """Two bytes that only one office's computers know, as the private code Windows gives them: never another character."""
    if not isinstance(error, UnicodeDecodeError) or error.start + 1 >= len(error.object):
        raise error
    lead, trail = error.object[error.start], error.object[error.start + 1]
    place = trail - 0x40 if 0x40 <= trail <= 0x7E else trail - 0x62 if 0xA1 <= trail <= 0xFE else None
    for first, last, code in _USER_MADE:
        if first <= lead <= last and place is not None and (lead != 0xC6 or trail >= 0xA1):
            return chr(code + (lead - first) * 157 + place), error.start + 2
    raise error


codecs.register_error("user_made", _user_made)


def _taken_for_others() -> dict[int, str]:
    """Python's table gives characters to some of the user-made codes; Windows, which wrote the file, gives none."""
    found = {}
    for pair in (
        bytes((lead, trail)) for lead in range(0xC6, 0xC9) for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    ):
        try:
            private, _ = _user_made(UnicodeDecodeError("cp950", pair, 0, 2, ""))
            char = pair.decode("cp950")
        except UnicodeError:
            continue
        if char.encode("cp950") == pair:
            found[ord(char)] = private
    return found


_PRIVATE = _taken_for_others()


def decode(data: bytes) -> str:
    """Text of a file whose encoding nobody declared. Raises SheetError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = [("utf-16", "strict")]
    else:
        tries = [("utf-8-sig", "strict"), ("cp950", "user_made")]  # cp950 is Big5 as Windows writes it
    for encoding, errors in tries:
        try:
            text = data.decode(encoding, errors)
        except UnicodeError:
            continue
        if "\x00" in text:
            break
        return text.translate(_PRIVATE) if encoding == "cp950" else text
    raise SheetError("看不懂檔案的文字編碼，請以 UTF-8 或 Big5 存檔後再上傳。")


def read_csv(text: str) -> Table:
    table = Table("", Budget())
    text = text.lstrip("\ufeff")
    first = text.partition("\n")[0].strip()
    skipped = 0
    if declared := re.fullmatch(r"sep=(.)", first, re.IGNORECASE):  # Excel's first line, no row of the table
        delimiter, skipped = declared[1], 1
    else:
        # programs write as many cells in the first row as in any other
        delimiter = next((sign for sign in ",\t;" if sign in re.sub(r'"[^"]*"', "", first)), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            if number > skipped:
                for column, cell in enumerate(row):
                    kept = _KEPT_TEXT.fullmatch(cell)
                    table.cell(column, kept[1] if kept else lines(cell))
            table.end_row(number)
    except csv.Error as error:
        if "field larger" in str(error):
            reason = f"有一格超過 {csv.field_size_limit():,} 字，可能是引號沒有成對。"
        else:
            reason = "的引號沒有成對，或不是以逗號分隔的格式。"
        raise SheetError(f"第 {reader.line_num} 行{reason}") from None
    return table
