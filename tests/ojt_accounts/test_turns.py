"""Whose turn it is: on the list of the one who signs next, and told."""

import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.clock import now, today
from accounts.models import User
from casework.cases.doing import perform
from casework.desk.desk import desk_of
from casework.desk.worklist import Criteria, Tab, work_page
from casework.models import Case, Notice
from casework.views.blocks import waiting
from kernel.dates import roc
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import envelope, signed_in

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


def _pressed(user: User, case: Case, act: str, **fields: object) -> list[HttpResponse]:
    """One page of an act, sent twice as it is."""
    client, address = signed_in(user), reverse("admin:case_act", args=[case.number, act])
    page = client.get(address).content.decode()
    codes = re.findall(r'name="codes" value="([^"]*)"', page)
    return [client.post(address, {**envelope(page), "codes": codes, **fields}) for _ in range(2)]


def test_signing_and_setting_pressed_twice_answer_with_what_the_first_press_came_to(here: w.World) -> None:
    """After the first press nothing is left to sign or set, so that the page drawn anew would offer no such choice."""
    case = w.filed(here)
    w.checked(here, case)
    case.refresh_from_db()
    first, second = _pressed(here.officer, case, "sign_officer", decision="approve")
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.headers["Location"] == first.headers["Location"]
    assert case.signoffs.filter(person=here.officer).count() == len(w.codes(case))
    case = w.signed(here, case, here.chief, here.approver)
    first, second = _pressed(here.admin, case, "set", set_on=roc(today()))
    assert (first.status_code, second.status_code) == (302, 302)


def test_a_stale_signature_is_told_so_before_its_choices_are_judged_and_in_words(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    client, address = signed_in(here.officer), reverse("admin:case_act", args=[case.number, "sign_officer"])
    drawn = envelope(client.get(address))
    sent = {**drawn, "codes": w.codes(case)[:1], "decision": "return", "comment": "請再核對"}
    w.signed(here, case, here.officer)
    answer = client.post(address, sent)
    text = answer.content.decode()
    assert answer.status_code == 409 and "請再核對" in text
    assert ">退回</textarea>" in text and ">return</textarea>" not in text
