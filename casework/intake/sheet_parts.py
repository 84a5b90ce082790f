"""The parts of a zipped workbook, read as XML piece by piece: the sizes a zip declares may be lies."""

from __future__ import annotations

import functools
import zipfile
from collections.abc import Callable
from typing import Any, NoReturn
from xml.parsers import expat

from casework.intake.sheet_table import Budget, SheetError

PIECE = 64 * 1024


def _refuse(*given: Any) -> NoReturn:
    raise ValueError("a document type: with it come entities, which inflate and fetch")


def parse_part(
    archive: zipfile.ZipFile,
    part: str,
    budget: Budget,
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """One part of the file through its handlers, inflated piece by piece: the sizes a zip declares may be lies."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _refuse
    with archive.open(part) as content:
        while piece := content.read(PIECE):
            budget.inflated -= len(piece)
            if budget.inflated < 0:
                raise SheetError("檔案解壓縮後過大，不予讀取；請分批匯入。")
            parser.Parse(piece, False)
    parser.Parse(b"", True)


@functools.lru_cache(maxsize=1024)
def local_name(name: str) -> str:
    return name.rpartition(" ")[2]
