"""The state tables of all schemes, and a walk through one."""

from casework.schemes import schemes
from kernel.machine import Machine

EVERY: tuple[Machine, ...] = tuple(machine for scheme in schemes() for machine in scheme.machines)


def walk(machine: Machine, *acts: str) -> str:
    """The state the acts lead to from the first one, in this order."""
    state = machine.initial
    for act in acts:
        state = machine.move(state, act).code
    return state
