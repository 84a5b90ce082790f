"""What is put back is what was made, and whatever else was written makes it again."""

import pytest
from django.db import transaction

from accounts.models import Organisation, User
from tests.kept import a_test, kept

made: list[str] = []


@kept
def place(name: str) -> Organisation:
    made.append(name)
    return Organisation.objects.create(name=name, kind=Organisation.Kind.BRANCH)


@kept
def renamed(one: Organisation) -> User:
    """Adds a row, changes one and takes one away."""
    made.append("renamed")
    Organisation.objects.filter(pk=one.pk).update(name="改名後")
    Organisation.objects.exclude(pk=one.pk).delete()
    return User.objects.create_user("kept-user", name="王小明", email="kept@example.org")


def rows() -> list[object]:
    return [
        *Organisation.objects.order_by("pk").values_list("pk", "name", "kind"),
        *User.objects.order_by("pk").values(),
        *User.history.order_by("pk").values(),
    ]


def as_a_test(*names: str, between: bool = False) -> list[object]:
    """A test that begins with these; what it leaves is taken back."""
    with a_test(), transaction.atomic():
        places = [place(name) for name in names]
        if between:
            Organisation.objects.create(name="別的", kind=Organisation.Kind.UNIT)
        user = renamed(places[0])
        assert user == User.objects.get(account_name="kept-user")
        found = rows()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_what_is_put_back_is_what_was_made() -> None:
    made.clear()
    first = as_a_test("甲", "乙")
    assert made == ["甲", "乙", "renamed"]
    again = as_a_test("甲", "乙")
    assert made == ["甲", "乙", "renamed"], "nothing ran again"
    assert again == first


@pytest.mark.django_db
def test_from_another_point_it_runs_for_real() -> None:
    as_a_test("丁")
    made.clear()
    as_a_test("丁", between=True)
    assert made == ["renamed"], "something else was written before it"
    as_a_test("丙")
    assert made == ["renamed", "丙", "renamed"], "another world"
