"""Workbooks for tests: small XLSX and ODS files with whatever a person's sheet may hold."""

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

from casework.intake.sheet_table import heading_keys
from casework.sheets.records import Column, read_records

NAMES = ("王小明", "林雅婷", "陳𠮷", "谷辣斯‧尤達卡", "NGUYEN, THI ANH", "歐陽 小華", "張　三")
WORDS = (
    "甲公司",
    "護理師",
    "大學",
    "臺南市",
    "0912345678",
    "註,一",
    "第一行\n第二行",
    "=1+1",
    "a@example.com",
    "１２３",
)


def workbook(build: Callable[[Any], None]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    build(book)
    book.close()
    return file.getvalue()


def sheet(rows: list[list[Any]], *, name: str = "名冊", day_format: str = "yyyy/m/d") -> bytes:
    """One sheet; dates are real days, None is empty."""

    def build(book: Any) -> None:
        page, day = book.add_worksheet(name), book.add_format({"num_format": day_format})
        for n, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, dt.date):
                    page.write_datetime(n, column, dt.datetime(value.year, value.month, value.day), day)
                elif value is not None:
                    page.write(n, column, value)

    return workbook(build)


def repacked(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The file with bytes of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.infolist():
            content = before.read(one)
            if one.filename == part:
                assert old in content
                content = content.replace(old, new)
            after.writestr(one.filename, content)
    return out.getvalue()


def generated(seed: int, headings: list[str]) -> tuple[bytes, list[tuple[str, str]]]:
    """A workbook as people leave it, and every text that stands in one of its cells, with the heading above it: titles above the headings, columns nobody
    asked for, merged and empty cells, errors, sums and remarks below, a second sheet, cells far to the right."""
    chance = random.Random(seed)
    there: list[tuple[str, str]] = []

    def build(book: Any) -> None:
        page = book.add_worksheet("名冊")

        def put(row: int, column: int, text: str, label: str = "") -> None:
            page.write_string(row, column, text)
            there.append((text, label))

        row = 0
        for n in range(chance.choice((0, 0, 1, 2))):
            put(row, 0, f"標題{n} 第{seed}期")
            row += 1
        labels = list(headings)
        chance.shuffle(labels)
        for n in range(chance.choice((0, 0, 1, 2))):
            labels.insert(chance.randrange(len(labels)), f"其他欄{n}")
        dressed = chance.choice(("{}", "*{}", "{}：", " {} ", "{}（必填）"))
        for column, label in enumerate(labels):
            put(row, column, dressed.format(label))
        for person in range(chance.randrange(1, 8)):
            row += chance.choice((1, 1, 1, 2))
            for column, label in enumerate(labels):
                said = chance.choice((*WORDS, "#N/A", "王" + chr(0xE000), "1.23457E+11"))
                if label == headings[0]:
                    put(row, column, f"{chance.choice(NAMES)}{'甲乙丙丁戊己庚辛'[person]}", label)
                elif chance.random() < 0.7:
                    put(row, column, f"{said} {person}{column}", label)
        if chance.random() < 0.3:
            put(row, len(labels) + chance.randrange(0, 6), f"旁註{seed}")
        if chance.random() < 0.5:
            put(row + 2, 0, f"合計 {seed} 人")
        if chance.random() < 0.3:
            put(row + 3, 0, f"※ 附註{seed}")
        if chance.random() < 0.3:
            other = book.add_worksheet("填寫說明")
            other.write_string(0, 0, f"說明{seed}")
            if chance.random() < 0.5:
                other.hide()

    return workbook(build), there


def unaccounted(seed: int, columns: Sequence[Column]) -> list[str]:
    """Texts of a generated workbook that were neither read nor told of."""
    heads = [column.label for column in columns]
    data, there = generated(seed, heads)
    found = read_records(data, columns, key=columns[0].name)
    read_in = [value for row in found.rows for value in row.values.values() if value]
    told = " ".join(found.told)
    labels = {key for column in columns for label in (column.label, *column.also) for key in heading_keys(label)}
    lost = []
    for text, label in there:
        plain = " ".join(text.split())
        if label and label not in heads and label in told:
            continue  # the whole column was told of
        if plain in read_in:
            read_in.remove(plain)
        elif (
            not set(heading_keys(text)) & labels
            and plain[:20] not in told
            and not ("標題" in text and "之前的" in told)
        ):
            lost.append(text)
    return lost + read_in
