"""Where a limit itself falls: 「達」 and 「超過」 are words a regulation chooses, so they are figures too."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

#: The words of a figure that an amendment may choose between.
COMPARATORS = {"ge": "達（≥）", "gt": "超過（>）"}
WORD = {"ge": "達", "gt": "超過"}
#: How it is written where the limit is kept.
BELOW = {"ge": "<", "gt": "≤"}
_OPPOSITE = {"≥": "<", "≤": ">", "<": "≥", ">": "≤", "≠": "="}
_SIGN = re.compile("|".join(_OPPOSITE))


def failed(comparison: str) -> str:
    """What a line that is not met compared, with the sign that holds: 「12 ≥ 15」 asked, 「12 < 15」 found. Of two signs in one
    line nobody can say which failed: it stays the condition."""
    signs = _SIGN.findall(comparison)
    if len(signs) == 1:
        return comparison.replace(signs[0], _OPPOSITE[signs[0]])
    return re.sub(r"^(\S+) = (\S+)$", r"\1 ≠ \2", comparison) if not signs else comparison


def folded(text: str) -> str:
    """Words two people typed apart, for comparing: width, blanks, case and 台／臺 make no difference. Never for names of persons."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold().replace("台", "臺")


_DASHES = re.compile("[-‐‑‒–—―−﹣]")


def same_place(one: str, other: str) -> bool:
    """Whether two texts are one address: 「100-1 號」 is 「１００之1號」."""
    return _DASHES.sub("之", folded(one)) == _DASHES.sub("之", folded(other))


def beyond(value: Any, comparator: str, limit: Any) -> bool:
    """Whether the value is beyond the limit, or at it where the word says so."""
    return bool(value >= limit if comparator == "ge" else value > limit)
