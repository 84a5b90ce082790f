"""What a rule answers: a verdict with the ordered lines that lead to it.

The same lines go to the screen, the paper and the export, and are stored with what they decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.jsonable import jsonable

Json = Any


@dataclass(frozen=True, slots=True)
class Line:
    """One step: which rule and clause, the version of the law, what went in, the comparison, and what came out."""

    rule: str
    citation: str
    text: str
    #: None: this line computes or informs, it does not judge.
    met: bool | None = None
    inputs: Mapping[str, Json] = field(default_factory=dict)
    comparison: str = ""
    figure: Json = None
    unit: str = ""
    in_force_from: str | None = None
    confirmed: bool = True

    def as_json(self) -> dict[str, Json]:
        return {name: jsonable(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule's answer. `met` None means the rule computes (a date, an amount) rather than judges."""

    rule: str
    on: date
    met: bool | None
    result: Mapping[str, Json]
    lines: tuple[Line, ...]
    facts: Mapping[str, Json] = field(default_factory=dict)

    @property
    def refusals(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.met is False)

    @property
    def sentence(self) -> str:
        """What to tell the person: the failing lines, or all lines when nothing failed."""
        return "；".join(line.text.rstrip("。") for line in (self.refusals or self.lines)) + "。"

    def as_json(self) -> dict[str, Json]:
        return {
            "rule": self.rule,
            "on": self.on.isoformat(),
            "met": self.met,
            "result": jsonable(self.result),
            "lines": [line.as_json() for line in self.lines],
            "facts": jsonable(self.facts),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Outcome:
        lines = tuple(Line(**line) for line in data["lines"])
        return cls(data["rule"], date.fromisoformat(data["on"]), data["met"], data["result"], lines, data["facts"])
