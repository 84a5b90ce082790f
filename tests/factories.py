"""Rows for tests: people, organisations, and who works where."""

from datetime import UTC, datetime
from typing import Any

import factory

from accounts.models import Organisation, User
from accounts.services.proving import prove_by_card
from accounts.services.roles import grant_role

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


class OrganisationFactory(factory.django.DjangoModelFactory):
    """A branch unless said otherwise."""

    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"第{n}分署")
    kind = Organisation.Kind.BRANCH


class UnitFactory(OrganisationFactory):
    name = factory.Sequence(lambda n: f"測試訓練單位{n}")
    kind = Organisation.Kind.UNIT


class UserFactory(factory.django.DjangoModelFactory):
    """A person; `roles=((code, organisation), …)` are granted as the service grants them."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    account_name = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda one: f"{one.account_name}@example.org")
    name = factory.Sequence(lambda n: f"王小明{n}")

    @factory.post_generation
    def roles(self: User, create: bool, given: Any, **kwargs: Any) -> None:
        for code, organisation in given or ():
            grant_role(user=self, role_code=code, organisation=organisation, by=None, at=AT)

    @factory.post_generation
    def national_number(self: User, create: bool, given: Any, **kwargs: Any) -> None:
        if given:
            self.set_national_id(given)
            self.save()


def proven(user: User, number: str | None = None) -> User:
    """The person's number, shown by a card."""
    if number:
        user.set_national_id(number)
        user.save()
    assert prove_by_card(user, at=AT)
    user.refresh_from_db()
    return user
