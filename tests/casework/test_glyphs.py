"""What the papers cannot print is told where it is typed."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from casework.forms import NameField
from casework.papers import glyphs
from casework.papers.glyphs import missing, missing_sentence
from kernel.identifiers import read_name


def test_the_families_are_those_of_the_papers() -> None:
    style = (Path(__file__).resolve().parents[2] / "static/css/paper.css").read_text()
    assert set(re.findall(r'"(TW-Kai[^"]*)"', style)) == set(glyphs.FAMILIES)


@pytest.mark.parametrize(
    "name",
    [
        "王小明",
        "陳𠮷𡘙",
        "吉娃斯‧阿麗",
        "谷辣斯．尤達卡",
        "Nguyễn Thị Ánh",
        "‘Atolan",
        "王〔火华〕明",
        "王\U000f0001",
        "佐々木",
        "Ma^ay",
    ],
)
def test_what_prints(name: str) -> None:
    assert missing(read_name(name)) == []
    assert NameField(label="姓名").clean(name) == name


@pytest.mark.parametrize("char", ["\U0002b740", "\U0002ceb0", "\U00030000", "\U00031350"])
def test_what_does_not_print_is_told_with_the_way_out(char: str) -> None:
    assert missing(f"王{char}明{char}") == [char]
    with pytest.raises(ValidationError, match=f"U\\+{ord(char):04X}.*缺字.*〔火华〕"):
        NameField(label="姓名").clean(f"王{char}明")


def test_a_machine_without_the_fonts_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "_charsets", tuple)
    assert missing_sentence("王\U00030000") == ""
