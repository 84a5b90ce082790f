"""Where the sources disagree: what each says, which one the portal follows, and why. Shown on the public page of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Says:
    """One source and what it says, in our words."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`code` is permanent (`oa.x1`); `says` are the two (or more) sides; `rules` the ids it bears on, `figures` the values."""

    code: str
    subject: str
    says: tuple[Says, ...]
    choice: str
    why: str
    rules: tuple[str, ...] = field(default=())
    figures: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.says) < 2:
            raise ValueError(f"{self.code}: a contradiction has two sides")


_entered: dict[str, Contradiction] = {}


def enter(*found: Contradiction) -> None:
    """Called by each app's contradictions.py at import. A code belongs to one entry."""
    for one in found:
        if _entered.setdefault(one.code, one) != one:
            raise ValueError(f"{one.code} is entered twice")


def all_contradictions() -> Sequence[Contradiction]:
    return [_entered[code] for code in sorted(_entered)]
