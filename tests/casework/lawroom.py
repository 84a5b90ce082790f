"""People, a figure of our own and an amendment of it, for tests of amendments."""

from datetime import date
from typing import Any

from accounts.models import Organisation, User
from casework.law import amending
from casework.models import Amendment
from casework.rights import LAW_APPROVER, LAW_OFFICER
from kernel.law import Figure, Value
from tests.factories import AT, OrganisationFactory, UserFactory

DAYS = "toy.days"
BEGINS = date(2026, 12, 1)


#: `toy.days` is 20 since ever, `toy.kinds` a list of words.
FIGURES_OF_TOY = (
    Figure(DAYS, "測試期限", "日", (Value(20, "測試要點第 1 點"),)),
    Figure("toy.kinds", "測試種類", "", (Value(["a"], "測試要點第 2 點"),), {"a": "甲", "b": "乙"}),
)


def ministry() -> Organisation:
    found = Organisation.objects.filter(kind=Organisation.Kind.MINISTRY, name="測試部").first()
    return found or OrganisationFactory(kind=Organisation.Kind.MINISTRY, name="測試部")


def drafter(**given: Any) -> User:
    return UserFactory(roles=((LAW_OFFICER, ministry()),), is_staff=True, **given)


def approver(**given: Any) -> User:
    return UserFactory(roles=((LAW_APPROVER, ministry()),), is_staff=True, **given)


def drafted(by: User, *, value: Any = 30, code: str = DAYS, day: date = BEGINS) -> Amendment:
    """A draft with one value."""
    amendment = amending.draft(title="延長測試期限", citation="測試要點修正", in_force_from=day, by=by, at=AT)
    amending.set_value(amendment, code=code, value=value, by=by, at=AT)
    amendment.refresh_from_db()
    return amendment
