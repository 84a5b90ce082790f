"""異動紀錄: what a user's or an office's row was, read in Chinese by whoever keeps the portal, and never a form."""

import re

import pytest
from django.urls import reverse

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.services.roles import grant_role
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> User:
    user = UserFactory(is_staff=True)
    office = OrganisationFactory(kind=Organisation.Kind.BRANCH)
    grant_role(user=user, role_code="casework.administrator", organisation=office, by=None, at=now())
    return user


def test_a_thing_whose_fields_nobody_chose_is_read_too(client, keeper, settings):
    settings.STAFF_SECOND_FACTOR = False
    one = OrganisationFactory(name="某某分署")
    client.force_login(keeper)
    address = reverse("admin:accounts_organisation_simple_history", args=[one.pk, one.history.get().pk])
    page = client.get(address).content.decode()
    assert "當時的資料：" in page and "某某分署" in page and not re.search(r'<input[^>]+name="name"', page)


def test_changes_and_former_states_are_read_and_not_edited(client, keeper, settings):
    settings.STAFF_SECOND_FACTOR = False
    one = UserFactory(name="王小明")
    one.is_staff = True
    one.save()
    client.force_login(keeper)
    page = client.get(reverse("admin:accounts_user_history", args=[one.pk])).content.decode()
    assert "異動紀錄：" in page and "機關人員：否 → 是" in page and "建立" in page
    first = one.history.earliest("history_date", "pk")
    former = client.get(reverse("admin:accounts_user_simple_history", args=[one.pk, first.pk])).content.decode()
    main = former[former.index('id="content"') :]
    assert "當時的資料：" in main and "王小明" in main
    assert not re.search(r'<input[^>]+name="(account_name|name|email|is_staff)"', main)
    for words in ("View", "Created", "Changed", "historical", "False"):
        assert words not in re.sub(r"<[^>]+>", "", page + main), words
