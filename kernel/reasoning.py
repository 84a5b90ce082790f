"""How a rule reaches its outcome: each figure it asks for and each thing it compares becomes a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kernel.comparing import failed
from kernel.jsonable import jsonable
from kernel.law import Law, Value
from kernel.outcome import Json, Line, Outcome
from kernel.rulebook import clause_of


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
