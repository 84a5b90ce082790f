"""VRS-08: reading whole files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.law import declared_law
from vrs_credentials.rules import attendance

DAY = date(2022, 12, 6)
HEAD = ",".join(attendance.COLUMNS)
EXAMPLE = "2015/1/1,王小明,A100000001,2,是,是,否"


def read(text: str | bytes, *, encoding: str = "utf-8"):
    content = text.encode(encoding) if isinstance(text, str) else text
    return attendance.read_attendance(
        content, starts_on=DAY, ends_on=DAY, approved_hours=Decimal(3), on=date(2026, 11, 20), law=declared_law()
    )


def sheet(*rows: str) -> str:
    return "\r\n".join([HEAD, EXAMPLE, *rows]) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_encodings_in_use(encoding):
    (row,) = read(sheet("2022/12/6,趙一,A100000001,3,否,否,否"), encoding=encoding)
    assert (row.number, row.errors, row.outcome.result["name"]) == (3, [], "趙一")


def test_heading_and_example_are_not_data_and_remarks_beside_them_stay():
    rows = read(
        f"{HEAD},,,※表頭以及範例部分請勿刪除\n{EXAMPLE},,,第一筆不能刪\n2022/12/6,趙一,A100000001,3,否,否,否,,\n,,,,,,\n"
    )
    assert [r.number for r in rows] == [3]
    assert rows[0].errors == []


def test_full_width_brackets_and_spaces_in_the_heading_are_the_same_heading():
    head = HEAD.replace("(", "（").replace(")", "）").replace("學員姓名", " 學員姓名 ")
    assert read(f"{head}\n{EXAMPLE}\n") == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "第 1 列應為表頭"),
        (EXAMPLE + "\n", "第 1 列應為表頭"),
        (HEAD + "\n", "第 2 列應為範例"),
        (HEAD + "\n2022/12/6,趙一,A100000001,3,否,否,否\n", "第 2 列應為範例"),
        (sheet('2022/12/6,"趙一,A100000001,3,否,否,否'), "引號"),
    ],
)
def test_files_that_were_cut_are_refused_with_a_sentence(text, part):
    with pytest.raises(attendance.UnreadableFile, match=part):
        read(text)


def test_a_spreadsheet_with_the_wrong_name_is_refused():
    with pytest.raises(attendance.UnreadableFile, match="CSV"):
        read(b"PK\x03\x04\x00\x00")


def test_each_row_has_its_own_errors():
    rows = read(
        sheet(
            "2022/12/6,趙一,A100000001,3,否,否,否",
            "2022/12/6,,A100000002,4,否,否,?",
            '2022/12/6,"王\n二",A200000003,3,否,否,否',
        )
    )
    assert [len(r.errors) for r in rows] == [0, 4, 1]
    assert rows[1].outcome.met is False


def test_the_same_person_on_the_same_day_is_named_on_the_later_row():
    rows = read(sheet("2022/12/6,趙一,A100000001,2,否,否,否", "111/12/06,趙一,a100000001,1,否,否,否"))
    assert rows[0].errors == []
    assert rows[1].errors == ["與第 3 列為同一人同一日，請勿重複"]
    assert rows[1].outcome.met is False
    assert rows[1].outcome.refusals[-1].text == rows[1].errors[0]


@given(st.binary(max_size=300))
def test_any_bytes_without_heading_are_refused_with_a_sentence(content):
    with pytest.raises(attendance.UnreadableFile, match=r"。$"):
        read(content)


@given(st.text(max_size=300))
def test_any_text_below_the_example_ends_in_rows_or_a_sentence(text):
    try:
        rows = read(sheet(text))
    except attendance.UnreadableFile:
        rows = []
    assert all(row.number >= attendance.FIRST_DATA_ROW for row in rows)
    assert all((row.outcome.met is False) == bool(row.errors) for row in rows)


@given(st.lists(st.text(max_size=12), max_size=9))
def test_any_cells_end_in_a_judged_row(cells):
    facts = attendance.RowFacts(tuple(cells), DAY, DAY, Decimal(3))
    outcome = attendance.attendance_row(facts, on=DAY, law=declared_law())
    assert outcome.met is (not outcome.result["errors"])
