"""One link of the chain: what it says, by which clause, and where it is mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.outcome import Line, Outcome

GOOD, BAD, DUE, INFO = "good", "bad", "todo", "info"


@dataclass(frozen=True, slots=True)
class Link:
    """`page`: the URL name where it is mended; `lines`: what the rules said."""

    code: str
    label: str
    state: str
    text: str
    clause: str
    figure: str = ""
    due: date | None = None
    page: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def word(self) -> str:
        return {GOOD: "符合", BAD: "不符合", DUE: "待辦", INFO: "說明"}[self.state]


def figure_of(lines: Sequence[Line]) -> str:
    for line in lines:
        if line.comparison:
            return line.comparison
    return ""


def judged(
    code: str, label: str, outcome: Outcome, *, page: str, due: date | None = None, good: str = "", later: bool = False
) -> Link:
    state = GOOD if outcome.met else (DUE if later else BAD)
    lines = outcome.refusals or outcome.lines
    text = good if outcome.met and good else outcome.sentence
    clause = lines[0].citation if lines else ""
    return Link(code, label, state, text, clause, figure_of(lines), due, page, tuple(outcome.lines))
