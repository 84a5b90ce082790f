"""Sign-off chains 簽核, read: which step has signed and which is next, each signature over the content as it was.

A chain runs in rounds. A round ends when somebody returns it, or when what was signed has changed since (another digest):
then the first step signs again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casework.models import Case, SignOff
from kernel.jsonable import jsonable


@dataclass(frozen=True, slots=True)
class Step:
    """One place in a chain: what it is called on the form, and the right it takes."""

    label: str
    right: str


@dataclass(frozen=True, slots=True)
class StepState:
    number: int
    step: Step
    signoff: SignOff | None


def content_digest(content: Any) -> str:
    """The digest of what is signed."""
    return hashlib.sha256(json.dumps(jsonable(content), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def running_round(rows: Sequence[SignOff], digest: str) -> tuple[int, list[SignOff]]:
    """The running round and its signatures."""
    if not rows:
        return 1, []
    last = max(row.round for row in rows)
    current = [row for row in rows if row.round == last]
    over = any(row.decision == SignOff.Decision.RETURN or row.digest != digest for row in current)
    return (last + 1, []) if over else (last, current)


def chain_state(
    case: Case, form: str, chain: Sequence[Step], digest: str, rows: Sequence[SignOff] | None = None
) -> list[StepState]:
    """Every step with its signature in the running round. `rows` saves the query when the caller has them."""
    found = [r for r in (case.signoffs.select_related("person") if rows is None else rows) if r.form == form]
    _, current = running_round(found, digest)
    by_step = {row.step: row for row in current}
    return [StepState(n, step, by_step.get(n)) for n, step in enumerate(chain, 1)]


def next_step(states: Sequence[StepState]) -> StepState | None:
    return next((one for one in states if one.signoff is None), None)


def complete(states: Sequence[StepState]) -> bool:
    return next_step(states) is None
