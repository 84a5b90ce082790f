"""等我處理 on the start page: each sees the case exactly while it is theirs to do something."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from casework.cases.doing import perform
from casework.models import Notice
from tests.vrs_credentials import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def waits(user: User) -> list[str]:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return [row["number"] for row in client.get("/").context["waiting"]]


def test_a_case_waits_for_the_one_whose_turn_it_is(here: w.World) -> None:
    case = w.filed(here)
    first, second = here.reviewers[:2]
    assert waits(here.handler) == [case.number], "nobody has taken it, and the handler could go on"
    assert waits(here.approver) == waits(first) == []
    case = w.assigned(here, case)
    assert waits(first) == waits(second) == [case.number]
    perform(case, "opinion", verdict="pass", comment="說明", by=first, at=w.now())
    assert (waits(first), waits(second)) == ([], [case.number])
    perform(case, "opinion", verdict="pass", comment="說明", by=second, at=w.now())
    assert (waits(second), waits(here.handler), waits(here.approver)) == ([], [case.number], [])
    case = perform(case, "pass_review", by=here.handler, at=w.now()).case
    assert (waits(here.handler), waits(here.approver)) == ([], [case.number])
    told = Notice.objects.filter(case=case, code="vrs_credentials.to_approve")
    assert [one.user for one in told] == [here.approver]
    w.approve(here, case)
    assert waits(here.approver) == []
