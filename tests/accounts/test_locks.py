"""Locks on rows: asked for in one place, taken in one order, in nobody's way who only refers to a row."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from accounts.errors import is_busy
from accounts.locks import held_of, locking, rank, take
from accounts.models import Membership, Organisation, User
from casework.models import Case, Document, Receipt
from tests import lock_order
from tests.factories import UserFactory
from tests.parallel import together

ROOT = Path(__file__).resolve().parents[2]
CODE = ("accounts", "casework", "config", "ojt_accounts", "senior45", "ohs_training", "ojt_subsidy", "vrs_credentials")


def _office(name: str = "測試分署") -> Organisation:
    return Organisation.objects.create(name=name, kind=Organisation.Kind.BRANCH)


def test_nothing_else_asks_for_a_row() -> None:
    asking = re.compile(r"select_for_update|nowait|FOR (NO KEY )?UPDATE", re.IGNORECASE)
    found = {
        str(path.relative_to(ROOT))
        for folder in CODE
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and asking.search(path.read_text())
    }
    # the turn of keys walks tables by name, the idle accounts are closed in one statement
    assert found == {"accounts/locks.py", "config/rotation.py", "senior45/services/idling.py"}


def test_a_row_comes_after_what_it_refers_to() -> None:
    order = sorted([User, Document, Membership, Case, Organisation, Receipt], key=rank)
    assert order == [Receipt, Organisation, Case, Membership, User, Document]


@pytest.mark.django_db
def test_rows_are_given_as_they_are_now_in_the_order_asked_for() -> None:
    user, office = UserFactory(), _office()
    User.objects.filter(pk=user.pk).update(name="改名")
    with transaction.atomic():
        held_user, held_office = take(user, office)
    assert (held_user.name, held_office) == ("改名", office)
    assert [one.asked_by.split()[0].split(":")[0] for one in lock_order._order(connection).held] == []
    gone = _office()
    Organisation.objects.filter(pk=gone.pk).delete()
    with pytest.raises(Organisation.DoesNotExist), transaction.atomic():
        take(user, gone)


@pytest.mark.django_db
def test_control_going_back_in_the_order_is_seen() -> None:
    people, office = [UserFactory(), UserFactory()], _office()
    with transaction.atomic():
        take(*people, office)  # whatever the order they are named in
        held_of(User, [one.pk for one in people])  # held already
    assert lock_order.inversions == []
    with transaction.atomic():
        locking(User.objects).get(pk=people[0].pk)
        locking(Organisation.objects).get(pk=office.pk)
    assert [re.sub(r"\d+", "n", one) for one in lock_order.inversions] == [
        "accounts.User n (tests/accounts/test_locks.py:n test_control_going_back_in_the_order_is_seen), "
        "then accounts.Organisation n (tests/accounts/test_locks.py:n test_control_going_back_in_the_order_is_seen)"
    ]
    lock_order.inversions.clear()
    with transaction.atomic():  # of one table by its key
        locking(User.objects).get(pk=people[1].pk)
        locking(User.objects).get(pk=people[0].pk)
    assert len(lock_order.inversions) == 1


@pytest.mark.django_db
def test_control_what_a_savepoint_let_go_of_or_skips_is_not_gone_back_to() -> None:
    user, office = UserFactory(), _office()
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            locking(User.objects).get(pk=user.pk)
            raise ZeroDivisionError
        locking(Organisation.objects).get(pk=office.pk)
        locking(User.objects).get(pk=user.pk)
        list(locking(Organisation.objects.all(), skip=True))  # waits for nobody
        made = _office("自己的")
        locking(Organisation.objects).get(pk=made.pk)  # nobody else's
    assert lock_order.inversions == []


def _refers(user: User, office: Organisation) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    return Membership.objects.create(user=user, organisation=office, starts_on=date(2026, 1, 1))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_who_holds_a_row_keeps_nobody_from_referring_to_it() -> None:
    user, office = UserFactory(), _office()
    with transaction.atomic():
        take(user, office)
        (answer,) = together([lambda: _refers(user, office)])
    assert isinstance(answer, Membership), answer


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_with_the_whole_row_whoever_refers_to_it_waits() -> None:
    user, office = UserFactory(), _office()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        (answer,) = together([lambda: _refers(user, office)])
    assert isinstance(answer, OperationalError)
    assert is_busy(answer)
