"""肆、二、(二) 紀錄匯入: reading the attendance CSV of a course (VRS-08).

The layout is fixed: row 1 the heading, row 2 the example, data from row 3; both stay in the file and neither is data.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from kernel import dates, identifiers
from kernel.facts import Impossible
from kernel.law import Law
from kernel.lines import cell_errors
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import plain

COLUMNS = ("上課日期", "學員姓名", "學員身分證字號(或居留證號)", "時數", "離島地區", "國際性質", "授課者")
EXAMPLE = ("2015/1/1", "王小明", "A100000001", "2", "是", "是", "否")
FIRST_DATA_ROW = 3
_SPELLED = re.compile(r"\d{1,4}(\.\d)?\Z")
_YES_NO = {"是": True, "否": False, "": False}


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One data row as typed, with what it is held against: the course's days and the approved hours of its field."""

    cells: tuple[str, ...]
    starts_on: date
    ends_on: date
    approved_hours: Decimal

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on or self.approved_hours <= 0:
            raise Impossible("課程期間或核定時數不正確。")


@rule("VRS-08", facts=RowFacts)
def attendance_row(facts: RowFacts, *, on: date, law: Law) -> Outcome:
    """說明書肆、二、(二)：上課紀錄每列填上課日期、學員姓名、身分證字號、核定時數、離島地區、國際性質及授課者，資料內容不得斷行。

    The hours are approved hours without weights: the ledger applies those (時數請填寫【核定時數】，系統會自動加成).
    """
    why = Reasoning("VRS-08", on=on, law=law)
    cells = [*(c.strip() for c in facts.cells), *[""] * (len(COLUMNS) - len(facts.cells))]
    held_on, name, number, hours, island, international, lecturer = cells[: len(COLUMNS)]
    extra = [c for c in cells[len(COLUMNS) :] if c]
    why.judge(not extra, "欄位數相符", otherwise=f"多出欄位「{''.join(extra)[:20]}」，每列應為 {len(COLUMNS)} 欄")
    unreadable = cell_errors(dict(zip(COLUMNS, cells, strict=False)))
    why.judge(
        not unreadable,
        "資料內容未斷行",
        otherwise=f"資料內容請勿斷行：{'、'.join(unreadable)}",
        citation="說明書肆、二（上傳格式範例）",
    )
    read: dict[str, Any] = {"held_on": None, "name": None, "person_id": None, "hours": None}
    try:
        day = dates.parse_day(held_on)
        why.judge(
            facts.starts_on <= day <= facts.ends_on,
            f"上課日期 {dates.roc(day)}",
            otherwise=f"上課日期 {dates.roc(day)} 不在開課期間 {dates.roc(facts.starts_on)} 至 {dates.roc(facts.ends_on)} 內",
        )
        read["held_on"] = day
    except dates.DateError as error:
        why.judge(False, f"上課日期：{error}")
    for key, reader, text in (
        ("name", identifiers.read_name, name),
        ("person_id", identifiers.read_person_id, number),
    ):
        try:
            read[key] = reader(text)
        except identifiers.IdentifierError as error:
            why.judge(False, str(error).rstrip("。"))
    read["hours"] = _hours(hours, facts.approved_hours, why)
    for key, label, text in (
        ("island", COLUMNS[4], island),
        ("international", COLUMNS[5], international),
        ("lecturer", COLUMNS[6], lecturer),
    ):
        why.judge(text in _YES_NO, f"{label}：{text or '否'}", otherwise=f"{label}請填「是」或「否」")
        read[key] = _YES_NO.get(text)
    return why.outcome(judged=True, errors=[line.text for line in why.lines if line.met is False], **read)


def _hours(text: str, approved: Decimal, why: Reasoning) -> Decimal | None:
    try:
        value = Decimal(identifiers.plain(text))
    except InvalidOperation:
        why.judge(False, f"時數「{text}」不是數字" if text else "時數未填")
        return None
    if not _SPELLED.match(identifiers.plain(text)):
        # 1e0, nan and hours the ledger would round: what was typed is what is kept
        why.judge(False, f"時數「{text}」不是數字，或小數超過一位")
        return None
    why.judge(
        Decimal(0) < value <= approved,
        f"時數 {plain(value)} 小時",
        otherwise=f"時數 {plain(value)} 應大於 0 且不超過核定時數 {plain(approved)}（請填核定時數，加成由系統計算）",
        comparison=f"0 < {plain(value)} ≤ {plain(approved)}",
    )
    return value


def decode(content: bytes) -> str:
    """UTF-8 with or without BOM, else Big5 (cp950, the code page spreadsheets of this country save). Raises UnreadableFile."""
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFile("檔案不是 CSV 文字檔，請以「CSV（逗號分隔）」格式另存後再上傳。")


def _heading(text: str) -> str:
    return "".join(text.split()).replace("（", "(").replace("）", ")").lstrip("\ufeff")


def data_rows(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    """Data rows with their row number in the sheet. Refuses a file whose heading or example row was removed.

    Remarks to the right of the seventh column of the first two rows belong to the form; empty rows are passed over.
    """
    try:
        rows = list(csv.reader(io.StringIO(decode(content), newline=""), strict=True))
    except csv.Error:
        raise UnreadableFile("檔案的引號或分隔不完整，無法讀取，請以範例檔重新填寫。") from None
    return rows_of(rows)


def rows_of(rows: Sequence[Sequence[str]]) -> list[tuple[int, tuple[str, ...]]]:
    """The same of a table already read (a spreadsheet of another format)."""
    if not rows or tuple(_heading(c) for c in rows[0][: len(COLUMNS)]) != COLUMNS:
        raise UnreadableFile("第 1 列應為表頭：" + "、".join(COLUMNS) + "，請勿刪除或調換欄位。")
    if len(rows) < FIRST_DATA_ROW - 1 or not _is_example(rows[1]):
        raise UnreadableFile("第 2 列應為範例（王小明），請勿刪除；資料自第 3 列起填寫。")
    return [
        (number, tuple(row))
        for number, row in enumerate(rows[FIRST_DATA_ROW - 1 :], start=FIRST_DATA_ROW)
        if any(cell.strip() for cell in row)
    ]


def _is_example(row: Sequence[str]) -> bool:
    """By name and number: spreadsheets rewrite the example's date (2015/1/1, 2015-01-01, 104/1/1)."""
    return len(row) >= 3 and row[1].strip() == EXAMPLE[1] and identifiers.plain(row[2]) == EXAMPLE[2]


@dataclass(frozen=True, slots=True)
class ReadRow:
    number: int
    outcome: Outcome

    @property
    def errors(self) -> list[str]:
        return list(self.outcome.result["errors"])


def read_attendance(
    content: bytes, *, starts_on: date, ends_on: date, approved_hours: Decimal, on: date, law: Law
) -> list[ReadRow]:
    """The preview of a CSV file."""
    return list(
        read_rows(
            data_rows(content), starts_on=starts_on, ends_on=ends_on, approved_hours=approved_hours, on=on, law=law
        )
    )


def read_rows(
    rows: Sequence[tuple[int, tuple[str, ...]]],
    *,
    starts_on: date,
    ends_on: date,
    approved_hours: Decimal,
    on: date,
    law: Law,
) -> Iterator[ReadRow]:
    """Every data row with its own errors; a person twice on the same day is an error of the later row."""
    seen: dict[tuple[object, object], int] = {}
    for number, cells in rows:
        outcome = attendance_row(RowFacts(cells, starts_on, ends_on, approved_hours), on=on, law=law)
        key = (outcome.result["person_id"], outcome.result["held_on"])
        if None not in key and key in seen:
            outcome = _repeated(outcome, f"與第 {seen[key]} 列為同一人同一日，請勿重複", on=on, law=law)
        elif None not in key:
            seen[key] = number
        yield ReadRow(number, outcome)


def _repeated(outcome: Outcome, sentence: str, *, on: date, law: Law) -> Outcome:
    why = Reasoning(outcome.rule, on=on, law=law)
    why.judge(False, sentence)
    result = {**outcome.result, "met": False, "errors": [*outcome.result["errors"], sentence]}
    return replace(outcome, met=False, result=result, lines=(*outcome.lines, *why.lines))
