"""身分證字號 at rest: sealed in the database, readable only with the right key and column."""

import base64
import os

import pytest
from django import forms
from django.core.exceptions import FieldError
from django.db import connection

from accounts import crypto
from accounts.identity import bearing
from accounts.models import User

NUMBER = "A123456789"


@pytest.fixture
def person(user) -> User:
    user.set_national_id(NUMBER)
    user.save()
    return User.objects.get(pk=user.pk)


def stored(table: str, key: int, column: str = "national_id") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s ORDER BY 1", [key])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_database_holds_no_number(person):
    sealed = stored("accounts_user", person.pk)
    assert sealed.startswith("v1:")
    assert NUMBER not in sealed
    assert NUMBER[1:] not in base64.b64decode(sealed.split(":")[2]).decode("latin-1")
    assert NUMBER not in stored("accounts_user", person.pk, "national_id_index")
    assert person.national_id == NUMBER
    assert person.masked_national_id == "A12****789"


@pytest.mark.django_db
def test_history_rows_can_be_read(person):
    row = person.history.latest()
    assert row.national_id == NUMBER
    with connection.cursor() as cursor:
        cursor.execute("SELECT national_id FROM accounts_historicaluser WHERE history_id = %s", [row.pk])
        assert NUMBER not in cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_same_number_is_sealed_differently_each_time(person):
    first = stored("accounts_user", person.pk)
    person.save()
    assert stored("accounts_user", person.pk) != first


@pytest.mark.django_db
def test_look_up_goes_by_the_index(person):
    assert bearing(crypto.index(NUMBER)).get() == person
    assert not bearing(crypto.index("A223456781")).exists()
    with pytest.raises(FieldError):
        User.objects.filter(national_id=NUMBER).exists()


@pytest.mark.django_db
def test_clearing_takes_the_index_away(person):
    person.set_national_id(None)
    person.save()
    assert not bearing(crypto.index(NUMBER)).exists()
    assert stored("accounts_user", person.pk) is None


@pytest.mark.django_db
def test_another_key_fails_closed(person, settings):
    settings.FIELD_KEYS = {"k1": os.urandom(32)}
    with pytest.raises(crypto.Undecipherable):
        User.objects.get(pk=person.pk)
    settings.FIELD_KEYS = {"other": os.urandom(32)}
    with pytest.raises(crypto.Undecipherable):
        User.objects.get(pk=person.pk)


@pytest.mark.django_db
def test_a_value_moved_from_another_column_fails_closed(person):
    sealed = crypto.encrypt(NUMBER, column="accounts_other.national_id")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET national_id = %s WHERE id = %s", [sealed, person.pk])
    with pytest.raises(crypto.Undecipherable):
        User.objects.get(pk=person.pk)


@pytest.mark.parametrize("broken", ["", "x", "v1:k1", "v1:k1:%%%", "v1:k1:AAAA", "v2:k1:AAAA", NUMBER])
def test_anything_else_is_undecipherable(broken):
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(broken, column="accounts_user.national_id")


def test_one_changed_bit_is_noticed():
    sealed = crypto.encrypt(NUMBER, column="t.c")
    head, _, body = sealed.rpartition(":")
    raw = bytearray(base64.b64decode(body))
    raw[-1] ^= 1
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(f"{head}:{base64.b64encode(bytes(raw)).decode()}", column="t.c")


def test_keys_are_rotated_by_putting_a_new_one_first(settings):
    old = settings.FIELD_KEYS
    sealed = crypto.encrypt(NUMBER, column="t.c")
    settings.FIELD_KEYS = {"k9": os.urandom(32), **old}
    assert crypto.decrypt(sealed, column="t.c") == NUMBER
    assert crypto.encrypt(NUMBER, column="t.c").startswith("v1:k9:")


@pytest.mark.django_db
def test_a_form_never_shows_ciphertext(person):
    """The failure of packaged encrypted fields: after one invalid form the field holds what the database holds."""

    class NumberForm(forms.ModelForm):
        number = forms.CharField(max_length=5)

        class Meta:
            model = User
            fields = ["name"]

    form = NumberForm({"name": "", "number": "too long for it"}, instance=person)
    assert not form.is_valid()
    assert "v1:" not in str(form)
    assert form.instance.national_id == NUMBER
    again = User.objects.get(pk=person.pk)
    assert again.national_id == NUMBER
    assert "national_id" not in forms.modelform_factory(User, fields="__all__").base_fields
