"""People and offices. Rights and roles of these tests are declared for one test and taken back."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts import roles
from accounts.models import Organisation, User
from accounts.roles import Right, Role, Side
from accounts.services.roles import grant_role, sync_rights

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PASSWORD = "Kite-River-4821"


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def declared(db: None) -> None:
    """Two rights (one per side) and three roles."""
    for right in (
        Right("probe.decide", "核定", Side.OFFICE),
        Right("probe.read", "檢視", Side.OFFICE),
        Right("probe.file", "送件", Side.APPLICANT),
    ):
        roles.RIGHTS.add(right)
    for role in (
        Role("probe.officer", "承辦人", ("probe.read",), ("branch",), staff=True),
        Role(
            "probe.chief",
            "主管",
            ("probe.read", "probe.decide", "accounts.reveal_national_id"),
            ("branch",),
            staff=True,
        ),
        Role("probe.contact", "聯絡人", ("probe.file",), ("unit",)),
    ):
        roles.ROLES.add(role)
    sync_rights()


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    made = 0

    def make(name: str = "", **fields: object) -> User:
        nonlocal made
        made += 1
        account_name = name or f"person{made}"
        fields = {"password": PASSWORD, "email": f"{account_name}@example.test", "name": "王小明", **fields}
        return User.objects.create_user(account_name, **fields)

    return make


@pytest.fixture
def user(make_user: Callable[..., User]) -> User:
    return make_user("lina88")


@pytest.fixture
def branch(db: None) -> Organisation:
    return Organisation.objects.create(name="雲嘉南分署", kind="branch")


@pytest.fixture
def other_branch(db: None) -> Organisation:
    return Organisation.objects.create(name="高屏澎東分署", kind="branch")


@pytest.fixture
def unit(db: None) -> Organisation:
    return Organisation.objects.create(name="某某職業訓練中心", kind="unit")


@pytest.fixture
def grant(declared: None, at: datetime) -> Callable[[User, str, Organisation], None]:
    def give(user: User, role_code: str, organisation: Organisation) -> None:
        grant_role(user=user, role_code=role_code, organisation=organisation, by=None, at=at)

    return give


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str):
    return client.post("/accounts/login/", {"login": login, "password": password, **more})
