"""The one rule."""

from dataclasses import dataclass
from datetime import date

from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule

RULES = ("SX-01",)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    people: int


@rule("SX-01", facts=GroupFacts)
def group(facts: GroupFacts, *, on: date, law: Law) -> Outcome:
    """職場見學試辦要點第2點：每次見學不得超過 20 人。"""
    why = Reasoning("SX-01", on=on, law=law)
    most = why.figure("sx.group_size", on)
    why.judge(
        facts.people <= most,
        f"見學 {facts.people} 人，未超過 {most} 人",
        otherwise=f"見學 {facts.people} 人，超過 {most} 人",
        comparison=f"{facts.people} ≤ {most}",
    )
    return why.outcome()
