"""What a rule answers: a verdict with the ordered lines that lead to it.

The same lines go to the screen, the paper and the export, and are stored with what they decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.kernel.comparing import failed
from casework.kernel.jsonable import jsonable
from casework.kernel.law import Law, Value

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


class Reasoning:
    """Collects the lines of one rule as it reasons, then closes into an Outcome.

    why = Reasoning("OA-07", on=on, law=law)
    cap = why.figure("oa.account_cap")
    why.judge(count + 1 <= cap, "已有 6 組，不得再開", comparison="6 + 1 ≤ 6")
    return why.outcome()
    """

    def __init__(self, rule: str, *, on: date, law: Law) -> None:
        self.rule, self.on, self.law = rule, on, law
        self.lines: list[Line] = []
        self._used: tuple[Value, str] | None = None

    def figure(self, code: str, on: date | None = None) -> Any:
        """The figure's value in force; the next line cites it."""
        value = self.law.at(code, on or self.on)
        self._used = (value, self.law[code].unit)
        return value.value

    def _add(
        self, text: str, met: bool | None, citation: str | None, comparison: str, inputs: Mapping[str, Json]
    ) -> None:
        from casework.kernel.rulebook import clause_of

        value, unit = self._used or (None, "")
        self.lines.append(
            Line(
                rule=self.rule,
                citation=citation or (value.citation if value else clause_of(self.rule)),
                text=text,
                met=met,
                inputs=jsonable(inputs),
                comparison=comparison,
                figure=jsonable(value.value) if value else None,
                unit=unit,
                in_force_from=value.in_force_from.isoformat() if value and value.in_force_from else None,
                confirmed=value.confirmed if value else True,
            )
        )
        self._used = None

    def judge(
        self,
        met: bool,
        text: str,
        *,
        otherwise: str = "",
        citation: str | None = None,
        comparison: str = "",
        **inputs: Json,
    ) -> bool:
        """A line with a verdict. `otherwise` is the sentence when it is not met (default: the same); `comparison` is what must
        hold, and is printed with the opposite sign where it does not.
        """
        self._add(
            text if met else (otherwise or text), met, citation, comparison if met else failed(comparison), inputs
        )
        return met

    def note(self, text: str, *, citation: str | None = None, comparison: str = "", **inputs: Json) -> None:
        """A line that computes or informs."""
        self._add(text, None, citation, comparison, inputs)

    def include(self, outcome: Outcome) -> Outcome:
        """Take over the lines of a rule this one rests on."""
        self.lines.extend(outcome.lines)
        return outcome

    def outcome(self, *, judged: bool = True, **result: Any) -> Outcome:
        """Close. A judging rule is met when no line failed; `judged=False` for rules that only compute."""
        met = all(line.met is not False for line in self.lines) if judged else None
        if judged:
            result = {"met": met, **result}
        return Outcome(self.rule, self.on, met, jsonable(result), tuple(self.lines))
