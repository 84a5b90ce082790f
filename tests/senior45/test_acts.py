"""Every state × every act × every role: who may what, and when."""

import pytest
from django.db import transaction

from accounts.clock import now
from casework.cases.moving import lock, move
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.models import Case
from kernel.machine import Machine
from senior45.services import inventory
from senior45.states import ARTICLE, CAMPAIGN, REQUEST
from tests.senior45 import world as w
from tests.tables import is_asked

pytestmark = pytest.mark.django_db

#: Act → who of the world may press it on the case of the scene.
MAY = {
    "senior45.request": {
        "submit": {"newcomer", "window"},
        "withdraw": {"newcomer", "window"},
        "approve": {"head"},
        "decline": {"head"},
        "file": {"window"},
        "send_back": {"opener"},
        "complete": {"opener"},
        "refuse": {"opener"},
    },
    "senior45.article": {
        "submit": {"editor"},
        "revise": {"editor"},
        "discard": {"editor"},
        "send_back": {"reviewer"},
        "publish": {"reviewer"},
        "withdraw": {"reviewer"},
        "expire": set(),  # the system's alone
    },
    "senior45.campaign": {"finish": {"inventory"}},
}


def _case(here: w.World, machine: Machine) -> Case:
    if machine is REQUEST:
        return w.drafted(here).case
    w.with_editor(here)
    if machine is ARTICLE:
        return w.written(here).case
    campaign = inventory.open_due(at=now())
    assert campaign is not None
    return campaign.case


def _press(case: Case, act: str, who: object) -> str:
    """What came of it: done, refused (by a guard), not_permitted, not_allowed. Nothing of it stays."""
    try:
        with transaction.atomic():
            move(lock(case), act, by=who, at=now(), reason="測試")  # type: ignore[arg-type]
            transaction.set_rollback(True)
    except NotPermitted:
        return "not_permitted"
    except NotAllowed:
        return "not_allowed"
    except Refused:
        return "refused"
    return "done"


@pytest.mark.parametrize("machine", [REQUEST, ARTICLE, CAMPAIGN], ids=lambda one: one.kind)
def test_every_state_by_every_act_by_every_role(here: w.World, machine: Machine, whole: bool) -> None:
    case = _case(here, machine)
    assert set(MAY[machine.kind]) == {one.name for one in machine.transitions}
    wrong, codes = [], [one.code for one in machine.states]
    for state in machine.states:
        Case.objects.filter(pk=case.pk).update(state=state.code, turn=state.turn.value)
        for act in machine.transitions:
            for name, user in here.people.items():
                may = name in MAY[machine.kind][act.name]
                if not is_asked(state.code, codes, act.sources, may=may, whole=whole):
                    continue
                got = _press(case, act.name, user)
                if not may:
                    fits = got == "not_permitted"
                elif state.code not in act.sources:
                    fits = got == "not_allowed"
                else:
                    fits = got in ("done", "refused") if act.guard else got == "done"
                if not fits:
                    wrong.append((state.code, act.name, name, got))
    assert wrong == []
