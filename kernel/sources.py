"""The documents each scheme stands on, and where they disagree: what each says, which one the portal follows, and why.

Each app's sources.py declares its scheme; the public page of the rules is written from it.
"""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Scheme:
    """One app: its name in the code, the prefix of its figures, its name for people, its documents and what they disagree on."""

    app: str
    prefix: str
    label: str
    documents: tuple[str, ...]
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def slug(self) -> str:
        return self.app.replace("_", "-")


_schemes: dict[str, Scheme] = {}


def declare_scheme(scheme: Scheme) -> None:
    """Called by each app's sources.py at import. Raises ValueError when the prefix is another's."""
    for known in _schemes.values():
        if known.app != scheme.app and known.prefix == scheme.prefix:
            raise ValueError(f"{scheme.prefix} belongs to {known.app}")
    _schemes[scheme.app] = scheme


def all_schemes() -> Sequence[Scheme]:
    """In the order the apps are installed."""
    return list(_schemes.values())


def scheme_of_figure(code: str) -> Scheme | None:
    prefix = code.partition(".")[0]
    return next((one for one in _schemes.values() if one.prefix == prefix), None)
