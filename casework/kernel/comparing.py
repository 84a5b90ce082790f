"""Where a limit itself falls: 「達」 and 「超過」 are words a regulation chooses, so they are figures too."""

from __future__ import annotations

from typing import Any

#: The words of a figure that an amendment may choose between.
COMPARATORS = {"ge": "達（≥）", "gt": "超過（>）"}
WORD = {"ge": "達", "gt": "超過"}
#: How it is written where the limit is kept.
BELOW = {"ge": "<", "gt": "≤"}
ABOVE = {"ge": "≥", "gt": ">"}


def beyond(value: Any, comparator: str, limit: Any) -> bool:
    """Whether the value is beyond the limit, or at it where the word says so."""
    return bool(value >= limit if comparator == "ge" else value > limit)
