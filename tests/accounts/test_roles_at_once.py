"""Roles of one person changed at one instant: `is_staff` is what the roles say; and one administrator always remains."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.errors import NotPermitted
from accounts.models import Organisation, RoleGroup, User
from accounts.reach import administrator_role, central_administrators
from accounts.roles import ROLES
from accounts.services import appointing, roles
from accounts.services.appointing import dismiss
from accounts.services.roles import grant_role, revoke_role
from tests.accounts.conftest import AT
from tests.parallel import meet, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def offices(transactional_db: None) -> list[Organisation]:
    return [Organisation.objects.create(name=name, kind="branch") for name in ("甲分署", "乙分署")]


@pytest.fixture
def officer(offices: list[Organisation]) -> User:
    return User.objects.create_user("officer11", email="o@example.test", name="王小明")


def _grant(user: User, code: str, office: Organisation) -> None:
    grant_role(user=user, role_code=code, organisation=office, by=None, at=AT)


def _staff_and_roles(user: User) -> tuple[bool, int]:
    user.refresh_from_db()
    return user.is_staff, user.groups.count()


@pytest.fixture
def in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have changed the roles before either judges them, where nothing holds them apart: a second is enough."""
    logged = roles.record_access

    class Judged(list):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            meet(1)
            return iter(ROLES)

    def written(action: Any, **given: Any) -> Any:
        meet(1)
        if action == "role_granted":
            meet(1)
        return logged(action, **given)

    monkeypatch.setattr(roles, "ROLES", Judged())
    monkeypatch.setattr(roles, "record_access", written)


@pytest.fixture
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_locked", lambda user: User.objects.get(pk=user.pk))


def _revoke_both(officer: User, offices: list[Organisation]) -> list[Any]:
    return together(
        [
            lambda one=one: revoke_role(user=officer, role_code="branch_officer", organisation=one, by=None, at=AT)
            for one in offices
        ]
    )


def _change_office(officer: User, offices: list[Organisation]) -> list[Any]:
    return together(
        [
            lambda: revoke_role(user=officer, role_code="branch_officer", organisation=offices[0], by=None, at=AT),
            lambda: _grant(User.objects.get(pk=officer.pk), "branch_officer", offices[1]),
        ]
    )


@pytest.fixture
def in_both(officer: User, offices: list[Organisation]) -> None:
    for one in offices:
        _grant(officer, "branch_officer", one)


@pytest.fixture
def in_the_first(officer: User, offices: list[Organisation]) -> None:
    _grant(officer, "branch_officer", offices[0])
    roles.role_group(role_code="branch_officer", organisation=offices[1])


def test_both_roles_taken_back_at_once_end_the_desk(
    officer: User, offices: list[Organisation], in_both: None, in_between: None
) -> None:
    assert _revoke_both(officer, offices) == [None, None]
    assert _staff_and_roles(officer) == (False, 0)


def test_control_without_the_lock_the_desk_stays_open(
    officer: User, offices: list[Organisation], in_both: None, in_between: None, without_the_lock: None
) -> None:
    assert _revoke_both(officer, offices) == [None, None]
    assert _staff_and_roles(officer) == (True, 0)


def test_one_office_for_another_at_once_keeps_the_desk(
    officer: User, offices: list[Organisation], in_the_first: None, in_between: None
) -> None:
    assert _change_office(officer, offices) == [None, None]
    assert _staff_and_roles(officer) == (True, 1)


def test_control_without_the_lock_the_desk_is_shut(
    officer: User, offices: list[Organisation], in_the_first: None, in_between: None, without_the_lock: None
) -> None:
    assert _change_office(officer, offices) == [None, None]
    assert _staff_and_roles(officer) == (False, 1)


# --- the last administrator ----------------------------------------------------------------------------------------------


@pytest.fixture
def administrators(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[User]]:
    agency = Organisation.objects.create(name="本署", kind="agency", code="T-WDA")
    both = [User.objects.create_user(f"admin{n}1", email=f"a{n}@example.test", name=f"管理{n}") for n in (1, 2)]
    for one in both:
        _grant(one, administrator_role().code, agency)

    def slowly(**given: Any) -> None:
        revoke_role(**given)
        meet(1)

    monkeypatch.setattr(appointing, "revoke_role", slowly)
    return both


def _each_other(both: list[User]) -> list[Any]:
    agency = RoleGroup.objects.get(role=administrator_role().code).organisation
    given = {"role_code": administrator_role().code, "organisation": agency, "reason": "改由他人擔任", "at": AT}
    first, second = both
    return together([lambda: dismiss(user=second, by=first, **given), lambda: dismiss(user=first, by=second, **given)])


def test_two_who_take_each_other_away_leave_one(administrators: list[User]) -> None:
    answers = _each_other(administrators)
    assert sorted(type(one).__name__ for one in answers) == ["NoneType", NotPermitted.__name__], answers
    assert central_administrators().count() == 1


def test_control_without_the_lock_nobody_is_left(administrators: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appointing, "_hold_administrators", lambda: None)
    assert _each_other(administrators) == [None, None]
    assert not central_administrators().exists()
