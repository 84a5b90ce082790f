"""The state tables of all schemes, and a walk through one."""

from casework.schemes import schemes
from kernel.acts import Acts

EVERY: tuple[Acts, ...] = tuple(table for scheme in schemes() for table in scheme.tables)


def walk(table: Acts, *acts: str) -> str:
    """The state the acts lead to from the first one, in this order."""
    state = table.initial
    for act in acts:
        state = table.move(state, act).code
    return state
