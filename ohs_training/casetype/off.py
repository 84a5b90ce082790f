"""Why a button is off, in the words the act itself would refuse with."""

from collections.abc import Callable, Sequence
from datetime import datetime

from accounts.clock import now
from accounts.models import User
from casework.errors import Refused
from casework.kernel.machine import Machine
from casework.models import Case


def in_state(machine: Machine, *states: str) -> Callable[[Case, User], str]:
    def why(case: Case, user: User) -> str:
        return "" if case.state in states else f"案件目前為「{machine.state(case.state).label}」。"

    return why


def guarded(
    machine: Machine, states: Sequence[str], *guards: Callable[[Case, User | None, datetime], None]
) -> Callable[[Case, User], str]:
    """Off, with the sentence the act itself would refuse with: state first, then what guards ask."""

    def why(case: Case, user: User) -> str:
        if said := in_state(machine, *states)(case, user):
            return said
        for guard in guards:
            try:
                guard(case, user, now())
            except Refused as error:
                return error.message
        return ""

    return why
