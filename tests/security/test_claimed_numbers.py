"""A stranger who knows somebody's national ID types it wherever a number may be typed: nothing of that person opens."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.models import Notice
from casework.rights import ADMINISTRATOR
from tests.accounts.conftest import PASSWORD
from tests.factories import AT, UserFactory
from tests.ohs_training import world as ohs

pytestmark = pytest.mark.django_db
MY_RECORDS = reverse("ohs_training:my_records")


def joined(account: str, name: str) -> Client:
    """Through the public page and the mailed link, to a session."""
    client = Client()
    data = {"name": name, "email": f"{account}@example.test", "account": account, "agreed": "on"}
    assert client.post(reverse("ojt_subsidy:join"), data).status_code == 302
    letter = Notice.objects.get(user__account_name=account)
    link = re.search(r"/set-password/\S+", letter.body)
    assert link
    client.get(link[0])
    answer = client.post(link[0], {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    client.force_login(User.objects.get(account_name=account))
    return client


def typed(client: Client, number: str, born_on: str = "60/02/03"):
    data = {"key": uuid4(), "national_id": number, "born_on": born_on, "mobile": "0912345678", "employer": "某公司"}
    return client.post(reverse("ojt_subsidy:profile"), data)


def test_a_typed_number_opens_no_record_and_keeps_nobody_out(settings) -> None:
    """F1: the whole attack, then the true holder's way."""
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False
    here = ohs.world()
    case = ohs.ended(here, training="in_service")
    perform(case, "issue_proofs", by=here.staff, at=ohs.at(ohs.SECOND, "16:30"))
    trainee = ohs.people(case)[0]
    pages = [
        reverse("ohs_training:my_certificate", args=[trainee.certificates.get().pk]),
        reverse("ohs_training:confirm", args=[trainee.pk]),
    ]
    with time_machine.travel(ohs.at(ohs.SECOND + timedelta(days=10), "10:00"), tick=False):
        stranger = joined("mallory", "馬洛里")
        assert typed(stranger, trainee.national_id).status_code == 302
        _sees_nothing(stranger, trainee, pages)

        owner = joined("meihui", trainee.name)
        assert typed(owner, trainee.national_id, "79/05/06").status_code == 302, (
            "the claim of a stranger keeps nobody out"
        )
        _sees_nothing(owner, trainee, pages)  # the right name is typed too

        desk = Client()
        office = Organisation.objects.create(name="本署", kind="agency")
        officer = UserFactory(is_staff=True)
        grant_role(user=officer, role_code=ADMINISTRATOR, organisation=office, by=None, at=AT)
        desk.force_login(officer)
        person = User.objects.get(account_name="meihui")
        seen = {
            "confirm-name": trainee.name, "confirm-national_id": trainee.national_id, "confirm-document": "國民身分證", "confirm-seen_on": "115/12/10",
            "confirm-note": "本人臨櫃",
        }  # fmt: skip
        page = reverse("admin:sign_in_help_act", args=[person.pk, "confirm"])
        assert desk.post(page, seen).status_code == 302

        text = owner.get(MY_RECORDS).content.decode()
        assert str(trainee.training_class) in text
        assert owner.get(pages[0])["Content-Type"] == "application/pdf"
        assert owner.post(pages[1], {"answer": "confirmed"}).status_code == 302
        _sees_nothing(stranger, trainee, pages)
        assert stranger.post(pages[1], {"answer": "confirmed"}).status_code == 404


def _sees_nothing(client: Client, trainee: ohs.Trainee, pages: list[str]) -> None:
    text = client.get(MY_RECORDS).content.decode()
    assert str(trainee.training_class) not in text
    assert "身分尚未確認" in text and "證件正本" in text
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert trainee.certificates.get().number not in client.get("/me/").content.decode()
    assert "尚未確認" in client.get("/me/").content.decode()
