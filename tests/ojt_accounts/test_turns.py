"""Whose turn it is: on the list of the one who signs next, and told."""

import pytest
from django.test import RequestFactory

from accounts.clock import now, today
from accounts.models import User
from casework.cases.doing import perform
from casework.desk.desk import desk_of
from casework.desk.worklist import Criteria, Tab, work_page
from casework.models import Case, Notice
from casework.views.blocks import waiting
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db


def listed(user: User) -> list[Case]:
    return list(work_page(Criteria(tab=Tab.MY_TURN, today=today()), desk_of(user)).rows)


def on_start_page(user: User) -> list[str]:
    request = RequestFactory().get("/")
    request.user = user
    return [str(row["number"]) for row in waiting(request)]


def test_the_case_stands_with_whoever_signs_next(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    assert not any(listed(one) for one in (here.officer, here.chief, here.approver, here.admin))
    w.signed(here, case, here.officer)
    assert listed(here.chief) == [case] and on_start_page(here.chief) == [case.number]
    assert (
        not listed(here.approver) and Notice.objects.filter(user=here.chief, code="ojt_accounts.to_sign").count() == 1
    )
    w.signed(here, case, here.chief)
    assert listed(here.approver) == [case] and not listed(here.chief)
    w.signed(here, case, here.approver)
    assert listed(here.admin) == [case] and not listed(here.approver)
    perform(case, "set", codes=["account.1"], set_on=today(), by=here.admin, at=now())
    assert not listed(here.admin)


def test_a_return_brings_it_back_to_the_desk(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    w.signed(here, case, here.officer)
    perform(case, "sign_chief", codes=w.codes(case), by=here.chief, at=now(), decision="return", comment="電話不符")
    assert not listed(here.chief) and Case.objects.get().awaiting == ""


def test_the_same_role_elsewhere_sees_nothing(here: w.World) -> None:
    _, elsewhere = w.branch("高屏澎東分署", "BR-KP", now())
    case = w.filed(here)
    w.checked(here, case)
    w.signed(here, case, here.officer)
    assert listed(elsewhere["chief"]) == []
