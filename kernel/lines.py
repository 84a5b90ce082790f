"""Text of one line, typed into a field or read from a cell: what breaks it would be a second line in whatever file or letter prints
it, and other control characters are seen by nobody who types them."""

from collections.abc import Mapping
from unicodedata import category

_BREAKS = "\r\n\v\f\x85\u2028\u2029"
_OF_SEVERAL = "\r\n\t\0"  # a zero byte is refused in front of every form


def broken(text: str) -> bool:
    """Whether the text has more than one line."""
    return any(sign in text for sign in _BREAKS)


def hidden(text: str) -> str:
    """The first control character that not even a text of several lines may hold, as U+001B; empty where there is none."""
    found = next((sign for sign in text if category(sign) == "Cc" and sign not in _OF_SEVERAL), None)
    return f"U+{ord(found):04X}" if found else ""


def cell_errors(cells: Mapping[str, str]) -> list[str]:
    """What is wrong with the cells of one row of a sheet, by heading: every import asks it of every row."""
    said = []
    for heading, cell in cells.items():
        text = cell.strip()
        if broken(text):
            said.append(f"{heading}只能有一行，請刪除儲存格裡的換行")
        elif code := hidden(text) or ("U+0000" if "\0" in text else ""):
            said.append(f"{heading}含有看不見的控制字元（{code}），請刪除後重新輸入")
    return said
