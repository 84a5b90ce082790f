"""What a text of one line may hold, in a field and in a cell of a sheet."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from kernel.lines import broken, cell_errors, hidden

ROOT = Path(__file__).resolve().parents[2]
#: Imports whose rows are judged by a rule ask it there.
JUDGED_BY = {"vrs_credentials/services/attending.py": "vrs_credentials/rules/attendance.py"}


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_second_line_is_an_error_of_the_row(sign: str) -> None:
    assert broken(f"甲{sign}乙")
    assert cell_errors({"姓名": f"甲{sign}乙", "備註": "丙"}) == ["姓名只能有一行，請刪除儲存格裡的換行"]
    assert cell_errors({"姓名": f"{sign}甲{sign}"}) == [], "around a text it is taken off"


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b", "\x9f"])
def test_what_nobody_sees_is_named(sign: str) -> None:
    said = cell_errors({"姓名": f"甲{sign}乙"})
    assert said == [f"姓名含有看不見的控制字元（U+{ord(sign):04X}），請刪除後重新輸入"]


def test_a_tab_is_no_second_line() -> None:
    assert cell_errors({"備註": "甲\t乙"}) == [] and hidden("甲\t乙\n") == ""


def _calls(path: Path, name: str) -> bool:
    tree = ast.parse(path.read_text())
    return any(isinstance(one, ast.Call) and ast.unparse(one.func).split(".")[-1] == name for one in ast.walk(tree))


def test_every_import_of_a_sheet_asks_it_of_its_rows() -> None:
    """Whoever takes rows from a file takes no cell into a column of one line that a form would have refused."""
    asked_by_records = "casework/sheets/records.py"
    imports = {
        str(path.relative_to(ROOT)): path
        for tree in ("accounts", "casework", "config", *settings.SCHEMES)
        for path in (ROOT / tree).rglob("*.py")
        if re.search(r"casework\.sheets(\.| import )(reading|records)\b", path.read_text())
    }
    assert len(imports) >= 6 and asked_by_records in imports
    assert {
        name
        for name, path in imports.items()
        if _calls(path, "read")
        and not _calls(path, "read_records")
        and not _calls(ROOT / JUDGED_BY.get(name, name), "cell_errors")
    } == set()
