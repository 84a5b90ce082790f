"""Editable forms: what stands in them, that an office program's reader finds it, and that our own door lets them in."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree as tree

import pytest

from casework.intake import judge
from casework.papers.odt import MEDIA_TYPE, Cell, Line, Table, odt

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
BLOCKS = [
    Line("切結書 <一> & 「二」", "title"),
    Line("一、本人……", "article"),
    Table(
        (1, 3), [[Cell("姓名", label=True), Cell("王𠮷明")], [Cell("全列", span=2)]], headed=True, tall=frozenset({1})
    ),
]


def content(made: bytes) -> tree.Element:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return tree.fromstring(archive.read("content.xml"))


def test_a_document_says_what_its_blocks_say() -> None:
    root = content(odt("切結書", BLOCKS))
    assert ["".join(one.itertext()) for one in root.iter(f"{TEXT}h")] == ["切結書 <一> & 「二」"]
    assert ["".join(one.itertext()) for one in root.iter(f"{TEXT}p")] == ["一、本人……", "姓名", "王𠮷明", "全列"]
    (table,) = root.iter(f"{TABLE}table")
    assert len(table.findall(f"{TABLE}table-column")) == 2
    assert len(table.findall(f"{TABLE}table-header-rows/{TABLE}table-row")) == 1
    (spanning,) = (one for one in table.iter() if one.get(f"{TABLE}number-columns-spanned"))
    assert spanning.get(f"{TABLE}number-columns-spanned") == "2"
    assert len(list(table.iter(f"{TABLE}covered-table-cell"))) == 1


def test_columns_share_the_width_of_the_page() -> None:
    made = odt("表", [Table((2, 4, 2, 4), [[Cell()] * 4])])
    widths = [
        value for one in content(made).iter() for name, value in one.attrib.items() if name.endswith("column-width")
    ]
    assert [float(one.removesuffix("cm")) for one in widths] == pytest.approx([2.67, 5.33, 2.67, 5.33])


def test_every_part_is_well_formed_and_the_kind_stands_first_unpacked() -> None:
    made = odt("表", BLOCKS)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        first, *rest = archive.infolist()
        assert (first.filename, first.compress_type, archive.read(first)) == ("mimetype", 0, MEDIA_TYPE.encode())
        assert [tree.fromstring(archive.read(one)).tag != "" for one in rest] == [True] * 4
    assert made == odt("表", BLOCKS)


def test_our_own_door_lets_it_in(tmp_path: Path) -> None:
    path = tmp_path / "form.odt"
    path.write_bytes(odt("表", BLOCKS))
    verdict = judge(path, kind="odf")
    assert (verdict.code, verdict.media_type) == ("ok", MEDIA_TYPE)
