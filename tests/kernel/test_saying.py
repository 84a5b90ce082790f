"""Numbers and shares as a clause writes them."""

from decimal import Decimal

import pytest

from kernel.saying import plain, share, size


@pytest.mark.parametrize(
    ("number", "words"),
    [(3, "3"), (3.0, "3"), (Decimal("3.00"), "3"), (59.5, "59.5"), (Decimal("60"), "60"), (100, "100")],
)
def test_a_number_without_its_noughts(number, words):
    assert plain(number) == words


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (20, "五分之一"),
        (25, "四分之一"),
        (50, "二分之一"),
        (10, "十分之一"),
        (5, "百分之5"),
        (30, "百分之30"),
        (100, "百分之100"),
        (Decimal("12.5"), "八分之一"),
    ],
)
def test_a_share_as_a_clause_writes_it(percent, words):
    assert share(percent) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(584, "1 KB"), (12_000, "12 KB"), (2**20, "1 MB"), (1_258_291, "1.2 MB"), (10 * 2**20, "10 MB")],
)
def test_how_large_a_file_is(count: int, words: str) -> None:
    assert size(count) == words
