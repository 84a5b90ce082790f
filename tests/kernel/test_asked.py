"""What a list was asked for, in the links to its other pages."""

import re
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from kernel.asked import before_page

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("words", ["R&D", "100%", "C#", "a+b", "甲 乙", "x=y", "?page=3&q=z"])
def test_words_come_back_as_they_were_typed(words: str) -> None:
    assert parse_qs(f"{before_page(q=words, kind='')}page=2") == {"q": [words], "page": ["2"]}


def test_nothing_asked_is_nothing() -> None:
    assert before_page(q="", days=None) == ""
    assert before_page(q="", days=0) == "days=0&"


def test_no_view_spells_an_address_by_hand() -> None:
    """`f"q={asked}&"`: words with & # % + are other words on page 2."""
    by_hand = re.compile(r'f"(?:(?:[^"\n]*[?&])?q|[^"\n]*\{[a-z]+\})=\{(?!urlencode)')
    assert (
        by_hand.search('f"q={asked}&"')
        and by_hand.search('f"{name}={value}"')
        and by_hand.search('f"{here}?q={asked}"')
    )
    views = [*ROOT.glob("*/views/*.py"), *ROOT.glob("*/views.py")]
    assert len(views) > 50
    assert [str(one.relative_to(ROOT)) for one in views if by_hand.search(one.read_text())] == []
