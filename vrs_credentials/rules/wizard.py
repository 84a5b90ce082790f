"""From plain answers to a proposed 遴用條款, with why; the applicant may choose another. The papers then follow from VRS-01."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel.law import Law
from vrs_credentials.rules.qualification import clauses_of


@dataclass(frozen=True, slots=True)
class Background:
    """`degree`: institute 復健諮商研究所, related, other, high, less. `skill`: none, b_placement, ab, c. `training` in hours."""

    kind: str
    degree: str = "less"
    licence: bool = False
    skill: str = "none"
    programme: bool = False
    training: int = 0
    years: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    clause: str
    citation: str
    text: str
    fits: bool
    #: What speaks for it, and what is still missing.
    why: tuple[str, ...]
    missing: tuple[str, ...]
    #: Of two papers the clause offers, the one there is; the applicant may choose the other.
    chosen: str | None = None


def _has(given: Background, row: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """(what is there, what is missing) of a clause's conditions; papers stand for conditions."""
    there: list[str] = []
    missing: list[str] = []

    def ask(met: bool, label: str) -> None:
        (there if met else missing).append(label)

    code, papers = row["code"], set(row["documents"]) | set(row["either"])
    if "licence" in papers:
        ask(given.licence, "專業證照")
    if "placement_certificate" in row["documents"]:
        ask(given.skill == "b_placement", "就業服務乙級技術士證")
    if "skill_certificate" in papers:
        ask(given.skill in (("ab", "b_placement") if code == "5-1" else ("c", "ab", "b_placement")), "技術士證")
    if "degree" in row["documents"]:
        ask(*_degree(given, row))
    if "programme" in row["documents"]:
        ask(given.programme, "學分學程證明")
    if row["either"]:
        ask(
            bool(held_of_either(given, row)),
            "或".join(_LABELS[code].format(hours=row["before"]) for code in row["either"]),
        )
    elif row["before"] and "training" in row["documents"]:
        ask(given.training >= row["before"], f"進用前專業訓練 {row['before']} 小時")
    if row["years"]:
        ask(given.years >= row["years"], f"{row['years']} 年以上工作經驗")
    return there, missing


def _degree(given: Background, row: Mapping[str, Any]) -> tuple[bool, str]:
    text = row["text"]
    if "復健諮商研究所" in text:
        return given.degree == "institute", "復健諮商研究所畢業"
    if "高級中等" in text:
        return given.degree in ("high", "other", "related", "institute"), "高級中等學校畢業"
    if row["related"]:
        return given.degree in ("related", "institute"), "相關科系、所畢業"
    return given.degree in ("other", "related", "institute"), "大專校院畢業"


_LABELS = {
    "training": "專業訓練 {hours} 小時",
    "programme": "學分學程證明",
    "degree": "相關科系畢業",
    "placement_certificate": "就業服務乙級技術士證",
}


def held_of_either(given: Background, row: Mapping[str, Any]) -> list[str]:
    """Of the papers a clause offers, those the answers say are there, in the clause's order."""
    holds = {
        "training": given.training >= row["before"],
        "programme": given.programme,
        "degree": given.degree in ("related", "institute"),
        "placement_certificate": given.skill == "b_placement",
    }
    return [code for code in row["either"] if holds[code]]


def propose(given: Background, *, on: date, law: Law) -> list[Proposal]:
    """Every clause of the kind: those that fit first, in the order of the regulation, then those of which most is met, and of
    these the one that misses least.
    """
    found = []
    for row in clauses_of(given.kind, on=on, law=law):
        there, missing = _has(given, row)
        held = held_of_either(given, row)
        found.append(
            Proposal(
                row["code"],
                row["citation"],
                row["text"],
                not missing,
                tuple(there),
                tuple(missing),
                held[0] if held else None,
            )
        )
    return sorted(found, key=lambda one: (not one.fits, 0 if one.fits else -len(one.why), len(one.missing)))
