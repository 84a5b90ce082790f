"""OA-05, OA-06: what the officer looks up elsewhere waits without a verdict, and nobody signs before it is there."""

import pytest
from django.urls import reverse

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.outcome import Outcome
from ojt_accounts.models import Application, UnitForm
from ojt_accounts.selectors import application_of, findings
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import signed_in

pytestmark = pytest.mark.django_db


def asked(case: Case) -> dict[str, Outcome]:
    found = findings(application_of(case), on=today(), law=law_in_force())
    return {one.rule: one for one in found if one.rule in ("OA-05", "OA-06")}


def union(here: w.World) -> Case:
    """A union's application for its own programme, with papers confirmed and nothing looked up."""
    case = w.drafted(here)
    Application.objects.filter(case=case).update(unit_kind="union")
    UnitForm.objects.filter(application__case=case).update(plans=["self_learning"])
    case.ojt_application.account_forms.update(plans=["self_learning"])
    return perform(case, "file", by=here.contact, at=now()).case


def test_nothing_is_judged_before_it_is_looked_up(here: w.World) -> None:
    case = union(here)
    found = asked(case)
    assert [one.met for one in found.values()] == [None, None]
    assert found["OA-05"].sentence == "待查核最近一次辦訓等級。" and found["OA-06"].sentence == "待查核有無積欠勞保費。"
    page = signed_in(here.officer).get(reverse("admin:case", args=[case.number])).content.decode()
    assert "待查核最近一次辦訓等級" in page and "未曾核列辦訓等級" not in page and "承辦人尚未登錄" not in page


def test_nobody_signs_before_both_are_entered(here: w.World) -> None:
    case = union(here)
    papers, pledges = case.attachments.values_list("pk", flat=True), w.live_pledges(application_of(case))
    given = {"papers": list(papers), "pledges": [one.pk for one in pledges]}
    perform(case, "checks", by=here.officer, at=now(), letter_to_us=True)
    perform(case, "confirm", by=here.officer, at=now(), **given)
    with pytest.raises(Refused, match="請先登錄最近一次辦訓等級查核結果"):
        w.signed(here, case, here.officer)
    perform(case, "checks", by=here.officer, at=now(), latest_grade="", grade_checked_on=today())
    with pytest.raises(Refused, match="請先登錄勞保費查核結果"):
        w.signed(here, case, here.officer)
    assert [one.met for one in asked(case).values()] == [True, None]
    perform(case, "checks", by=here.officer, at=now(), owes_premiums=True, premiums_checked_on=today())
    with pytest.raises(Refused, match="積欠勞保費，不得申請"):
        w.signed(here, case, here.officer)
    perform(case, "checks", by=here.officer, at=now(), owes_premiums=False, premiums_checked_on=today())
    assert w.signed(here, case, here.officer, here.chief, here.approver).state == "setting"
