"""Why a button is off, in the words the act itself would refuse with; and whose turn it is within an institution."""

from collections.abc import Callable, Sequence
from datetime import datetime

from accounts.clock import now
from accounts.models import User
from accounts.rights import can
from accounts.roles import Side, right
from casework.errors import Refused
from casework.models import Case
from kernel.acts import Acts


def in_state(machine: Acts, *states: str) -> Callable[[Case, User], str]:
    def why(case: Case, user: User) -> str:
        return "" if case.state in states else f"案件目前為「{machine.state(case.state).label}」。"

    return why


def guarded(
    machine: Acts, states: Sequence[str], *guards: Callable[[Case, User | None, datetime], None]
) -> Callable[[Case, User], str]:
    """Off, with the sentence the act itself would refuse with: state first, then what guards ask."""

    def why(case: Case, user: User) -> str:
        return in_state(machine, *states)(case, user) or asked(*guards)(case, user)

    return why


def asked(*guards: Callable[[Case, User | None, datetime], None]) -> Callable[[Case, User], str]:
    """Off, with the sentence of the first guard that refuses."""

    def why(case: Case, user: User) -> str:
        for guard in guards:
            try:
                guard(case, user, now())
            except Refused as error:
                return error.message
        return ""

    return why


def waits_for(machine: Acts) -> Callable[[Case, User], str]:
    """Not every member of an institution may take its next step: a tutor neither files nor answers an order."""

    def who(case: Case, user: User) -> str:
        steps = {one.right for one in machine.from_state(case.state) if right(one.right).side is Side.APPLICANT}
        return "" if any(can(user, code, case) for code in sorted(steps)) else "訓練機構承辦人"

    return who
