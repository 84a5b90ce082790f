"""範本文字 in the back office: a new version from a day on; who signed keeps what was shown (OA-20)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.clock import now, today
from casework.models import Wording
from casework.papers.wordings import wording
from kernel.dates import roc
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(here: w.World, client: Client) -> Client:
    person = w.person("系統管理")
    w.grant_role(user=person, role_code="casework.administrator", organisation=here.branch, by=None, at=now())
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_a_new_version_holds_from_its_day(keeper: Client) -> None:
    tomorrow = today() + timedelta(days=1)
    given = {"code": "ojt.pledge", "body": "一、新的約定。", "in_force_from": roc(tomorrow)}
    assert keeper.post(reverse("admin:wordings"), given).status_code == 302
    assert wording("ojt.pledge", on=today()).body != "一、新的約定。"
    assert wording("ojt.pledge", on=tomorrow).body == "一、新的約定。"
    assert "一、新的約定。" in keeper.get(reverse("admin:wordings")).content.decode()


def test_the_past_is_not_reworded_and_what_was_typed_stays(keeper: Client) -> None:
    before = Wording.objects.count()
    given = {"code": "ojt.pledge", "body": "一、改寫過去。", "in_force_from": roc(today() - timedelta(days=1))}
    answer = keeper.post(reverse("admin:wordings"), given)
    assert answer.status_code == 422 and "生效日不得早於今日" in answer.content.decode()
    assert "一、改寫過去。" in answer.content.decode() and Wording.objects.count() == before


def test_others_do_not_find_the_page(here: w.World, client: Client) -> None:
    client.force_login(here.officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get(reverse("admin:wordings")).status_code == 404
