"""Sign-off chains 簽核: step after step, nobody twice, each signature over the content as it was.

A chain runs in rounds. A round ends when somebody returns it, or when what was signed has changed since (another digest):
then the first step signs again. The database keeps order and "nobody twice" (migration 0002, SignOff.Meta).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights import can
from accounts.roles import Side, right
from casework.cases.events import record
from casework.cases.moving import require
from casework.cases.recusal import why_recused
from casework.errors import Refused
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


def _round(rows: Sequence[SignOff], digest: str) -> tuple[int, list[SignOff]]:
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
    _, current = _round(found, digest)
    by_step = {row.step: row for row in current}
    return [StepState(n, step, by_step.get(n)) for n, step in enumerate(chain, 1)]


def next_step(states: Sequence[StepState]) -> StepState | None:
    return next((one for one in states if one.signoff is None), None)


def complete(states: Sequence[StepState]) -> bool:
    return next_step(states) is None


def why_not_sign(case: Case, states: Sequence[StepState], user: User) -> str:
    """Why this person cannot sign now; empty when they can."""
    due = next_step(states)
    if due is None:
        return "已全部核章。"
    if any(one.signoff and one.signoff.person_id == user.pk for one in states):
        return "您已在這份表單核章，同一人不得簽核兩個步驟。"
    if not can(user, due.step.right, case):
        return f"目前輪到「{due.step.label}」核章。"
    return why_recused(user, case) if right(due.step.right).side is Side.OFFICE else ""


@transaction.atomic
def sign(
    case: Case,
    *,
    form: str,
    form_label: str,
    chain: Sequence[Step],
    digest: str,
    by: User,
    at: datetime,
    decision: str = SignOff.Decision.APPROVE,
    comment: str = "",
    clause: str = "",
) -> SignOff:
    """Sign (or return) the step that is due, on a case this transaction holds locked. Raises Refused, NotPermitted."""
    rows = list(case.signoffs.filter(form=form).select_related("person"))
    number, current = _round(rows, digest)
    states = chain_state(case, form, chain, digest, rows)
    due = next_step(states)
    if due is None:
        raise Refused(f"「{form_label}」已全部核章。")
    if any(row.person_id == by.pk for row in current):
        raise Refused("您已在這份表單核章，同一人不得簽核兩個步驟。")
    require(by, due.step.right, case)
    if decision == SignOff.Decision.RETURN and not comment.strip():
        raise Refused("退回請填寫理由。", field="comment")
    try:
        with transaction.atomic():
            signed = SignOff.objects.create(
                case=case,
                form=form,
                round=number,
                step=due.number,
                role=due.step.label,
                person=by,
                decision=decision,
                comment=comment,
                at=at,
                digest=digest,
            )
    except IntegrityError as error:
        raise Refused("這個步驟剛才已由他人核章，或前一步驟尚未核章。") from error
    verb = "核章" if decision == SignOff.Decision.APPROVE else "退回"
    record(
        case,
        f"signoff.{decision}",
        f"{due.step.label}{verb}：{form_label}",
        by=by,
        at=at,
        reason=comment,
        clause=clause,
    )
    return signed
