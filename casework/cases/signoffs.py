"""Signing a step of a chain 簽核: in order, nobody twice. The database keeps both (migration 0002, SignOff.Meta)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights import can
from accounts.roles import Side, right
from casework.cases.chain import Step, StepState, chain_state, next_step, running_round
from casework.cases.events import record
from casework.cases.moving import require
from casework.cases.recusal import why_recused
from casework.errors import Refused
from casework.models import Case, SignOff


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
    number, current = running_round(rows, digest)
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
