"""The documents each scheme stands on, and where they disagree: what each says, which one the portal follows, and why.

Each scheme's sources.py holds them; the public page of the rules is written from it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Says:
    """One side of a contradiction: a place in a source and what stands there, in our words."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`says` are the two (or more) sides; `rules` the ids it bears on, `figures` the values."""

    subject: str
    says: tuple[Says, ...]
    choice: str
    why: str
    rules: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.says) < 2:
            raise ValueError(f"{self.subject}: a contradiction has two sides")
