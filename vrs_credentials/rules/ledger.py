"""The hours ledger 時數帳: entries per certificate, weights, balance. Pure: rows in, sums out.

Append-only: a correction is an entry with a negative base, made by the commissioned body 委託單位, never a change of a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kernel.law import Law

Group = Literal["professional", "law", "ethics", "quality"]
GROUPS: tuple[Group, ...] = ("professional", "law", "ethics", "quality")


@dataclass(frozen=True, slots=True)
class Entry:
    """Approved hours. `held_on`: the day of the course; `approved_on`: since when they are in the balance."""

    group: Group
    base: Decimal
    weight: Decimal
    held_on: date
    approved_on: date
    source: Literal["course", "own", "online", "correction"] = "course"
    #: 第7條第3項 (36 hours after being taken on): recorded, never counted for renewal.
    initial_training: bool = False

    @property
    def hours(self) -> Decimal:
        return self.base * self.weight


def weight(*, island: bool, international: bool, lecturer: bool, held_on: date, law: Law) -> Decimal:
    """加成倍數 of an attendance on the day it was held. Where the agency set nothing it is 1."""
    marks = {"island": island, "international": international, "lecturer": lecturer}
    weights = [Decimal(law.at(f"vrs.weight_{name}", held_on).value) for name, marked in marks.items() if marked]
    if not weights:
        return Decimal(1)
    if law.at("vrs.weight_combination", held_on).value == "product":
        product = Decimal(1)
        for one in weights:
            product *= one
        return product
    return max(weights)


def balance(
    entries: Iterable[Entry], *, until: date, held_from: date | None = None, held_until: date | None = None
) -> dict[Group, Decimal]:
    """Hours per group approved up to and on `until`, for courses held within the closed span. Without the initial training.

    A group whose corrections outweigh it shows as what it is: below zero, for a person to see and put right.
    """
    sums: dict[Group, Decimal] = dict.fromkeys(GROUPS, Decimal(0))
    for entry in entries:
        in_span = (held_from is None or entry.held_on >= held_from) and (
            held_until is None or entry.held_on <= held_until
        )
        if in_span and entry.approved_on <= until and not entry.initial_training:
            sums[entry.group] += entry.hours
    return sums
