"""The state tables of all schemes, and a walk through one."""

from kernel.machine import Machine
from ohs_training.states import MACHINES as OHS
from ojt_accounts.states import APPLICATION
from ojt_subsidy.states import MACHINES as SUBSIDY
from senior45.states import MACHINES as SENIOR45
from vrs_credentials.states import MACHINES as VRS

EVERY: tuple[Machine, ...] = (APPLICATION, *OHS, *SUBSIDY, *SENIOR45, *VRS)


def walk(machine: Machine, *acts: str) -> str:
    """The state the acts lead to from the first one, in this order."""
    state = machine.initial
    for act in acts:
        state = machine.move(state, act).code
    return state
