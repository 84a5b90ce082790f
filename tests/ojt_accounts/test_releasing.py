"""A number somebody else typed in first goes back to its holder; a verified unit keeps its own."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.clock import now
from accounts.models import AccessLog, Organisation, User
from casework.cases.doing import perform
from casework.errors import NotPermitted, Refused
from casework.models import Notice
from ojt_accounts.services.registering import register_unit
from ojt_accounts.services.releasing import release_unit, unverified_units
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db
NUMBER = "22099131"
NEW = {"unified_number": NUMBER, "phone": "06-698-5945", "at": now()}


def squat() -> Organisation:
    made = register_unit(unit_name="搶先登錄社", name="別人", email="squat@example.com", account="squat01", **NEW)
    assert made
    return made


def test_the_true_holder_registers_after_the_branch_released_the_number(settings) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False
    here, unit = w.world(), squat()
    true = {"unit_name": "真正的工業會", "name": "本人", "email": "true@example.com", "account": "holder01", **NEW}
    with pytest.raises(Refused, match="已在本入口網登錄"):
        register_unit(**true)
    officer = Client()
    officer.force_login(here.officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "搶先登錄社" in officer.get(reverse("admin:ojt_unverified"), {"q": NUMBER}).text
    page = reverse("admin:ojt_unverified_release", args=[unit.pk])
    assert officer.post(page, {"reason": ""}).status_code == 422
    assert officer.post(page, {"reason": "單位出示立案證書"}).url == reverse("admin:ojt_unverified")
    unit.refresh_from_db()
    squatter = User.objects.get(account_name="squat01")
    assert (unit.unified_number, unit.is_active, squatter.is_active) == ("", False, False)
    assert not squatter.groups.exists()
    assert "單位出示立案證書" in Notice.objects.get(code__endswith="ojt_accounts.released").body
    assert AccessLog.objects.filter(action="override", user=here.officer, subject__contains=NUMBER).count() == 1
    assert register_unit(**true).name == "真正的工業會"
    assert mail.outbox == []  # told through the outbox, not past it


def test_only_an_officer_and_only_what_was_never_filed() -> None:
    here, unit = w.world(), squat()
    for user in (here.chief, here.admin, here.contact):
        with pytest.raises(NotPermitted):
            release_unit(unit, reason="試試", by=user, at=now())
    assert list(unverified_units().filter(pk=here.unit.pk)) == [here.unit]
    w.approved(here)
    with pytest.raises(Refused, match="不能釋出"):
        release_unit(here.unit, reason="試試", by=here.officer, at=now())
    with pytest.raises(Refused, match="理由"):
        release_unit(unit, reason=" ", by=here.officer, at=now())
    unit.refresh_from_db()
    assert unit.unified_number == NUMBER


def test_an_account_is_not_set_before_it_was_approved() -> None:
    """The form's day lies between the decision and today."""
    here = w.world()
    case = w.approved(here)
    assert case.decided_on
    day_before = case.decided_on - timedelta(days=1)
    with pytest.raises(Refused, match="不得早於核定日"):
        perform(case, "set", codes=["account.1"], set_on=day_before, by=here.admin, at=now())
    done = perform(case, "set", codes=["account.1"], set_on=case.decided_on, by=here.admin, at=now()).case
    assert done.state == "done"
