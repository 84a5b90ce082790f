"""Every state × every act × every role: who may what, and when; and what one person does not do twice on a case."""

from datetime import datetime

import pytest
from django.db import transaction

from accounts.clock import now
from accounts.models import User
from accounts.services.roles import grant_role
from casework.cases.doing import perform, why_not
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.models import Case
from kernel.acts import Acts
from senior45.acts import ARTICLE_ACTS, CAMPAIGN_ACTS, REQUEST_ACTS
from senior45.services import inventory, requests
from tests.senior45 import world as w
from tests.tables import do_barely, is_asked

pytestmark = pytest.mark.django_db

#: Act → who of the world may do it on the case of the scene.
MAY = {
    "senior45.request": {
        "edited": {"newcomer", "window"},
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
        "edited": {"editor"},
        "picture.added": {"editor"},
        "picture.removed": {"editor"},
        "file.added": {"editor"},
        "file.removed": {"editor"},
        "submit": {"editor"},
        "revise": {"editor"},
        "discard": {"editor"},
        "send_back": {"reviewer"},
        "publish": {"reviewer"},
        "withdraw": {"reviewer"},
        "expire": set(),  # the system's alone
        "expired": set(),
    },
    "senior45.campaign": {"finish": {"inventory"}, "inventory.escalated": {"inventory"}},
}


def _case(here: w.World, table: Acts) -> Case:
    if table is REQUEST_ACTS:
        return w.drafted(here).case
    w.with_editor(here)
    if table is ARTICLE_ACTS:
        return w.written(here).case
    campaign = inventory.open_due(at=now())
    assert campaign is not None
    return campaign.case


def _do(case: Case, act: str, who: User, at: datetime) -> str:
    """What came of it. Nothing of it stays."""
    try:
        with transaction.atomic():
            do_barely(case, act, by=who, at=at)
            transaction.set_rollback(True)
    except NotPermitted:
        return "not_permitted"
    except NotAllowed:
        return "not_allowed"
    return "done"


@pytest.mark.parametrize("table", [REQUEST_ACTS, ARTICLE_ACTS, CAMPAIGN_ACTS], ids=lambda one: one.kind)
def test_every_state_by_every_act_by_every_role(here: w.World, table: Acts, whole: bool) -> None:
    case, at = _case(here, table), now()
    assert set(MAY[table.kind]) == {one.code for one in table}
    wrong, codes = [], [one.code for one in table.states]
    for state in table.states:
        Case.objects.filter(pk=case.pk).update(state=state.code, turn=state.turn.value)
        for act in table:
            for name, user in here.people.items():
                may = name in MAY[table.kind][act.code]
                if not is_asked(state.code, codes, act.sources, may=may, whole=whole):
                    continue
                due = "not_permitted" if not may else "done" if state.code in act.sources else "not_allowed"
                if (got := _do(case, act.code, user, at)) != due:
                    wrong.append((state.code, act.code, name, got))
    assert wrong == []


def test_who_sent_the_form_does_not_approve_it(here: w.World) -> None:
    """A window that is its own head: the head of the office above is asked, on this case."""
    both, place = here.window, here.point
    here.head.groups.clear()
    grant_role(user=both, role_code="s45_head", organisation=place.organisation, by=None, at=now())
    account = w.account(here.newcomer, place, "editor")
    data = {**w.FORM, "change": "stop", "stop_reason": "業務調整"}
    case = requests.start(office=place, change="stop", account=account, data=data, by=both, at=now()).case
    case = perform(case, "submit", by=both, at=now()).case
    said = "您已辦理本案「送單位主管」，同一人不得再辦理「單位主管核定」，請由其他同仁辦理。"
    assert why_not(REQUEST_ACTS.act("approve"), case, both, now()) == said
    with pytest.raises(Refused, match=said):
        perform(case, "approve", by=both, at=now())
    assert perform(case, "approve", by=here.bureau_head, at=now()).case.state == "at_window"
