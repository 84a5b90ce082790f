"""Whose turn it is within an institution."""

from collections.abc import Callable

from accounts.models import User
from accounts.rights import can
from accounts.roles import Side, right
from casework.models import Case
from kernel.acts import Acts


def waits_for(table: Acts) -> Callable[[Case, User], str]:
    """Not every member of an institution may take its next step: a tutor neither files nor answers an order."""

    def who(case: Case, user: User) -> str:
        steps = {one.right for one in table.from_state(case.state) if right(one.right).side is Side.APPLICANT}
        return "" if any(can(user, code, case) for code in sorted(steps)) else "訓練機構承辦人"

    return who
