"""The fast halves of the drills: keys turned, a backup put back. The whole demonstration goes through both in `./dev drill`."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction

from accounts import crypto
from accounts.adapter import SecondFactorAdapter
from accounts.clock import now
from accounts.crypto import Undecipherable
from accounts.identity import bearing
from accounts.models import User
from casework.models import CasePerson, SavedFilter
from config import backup, rotation
from devtools.services import PG_PROGRAMS
from ojt_subsidy.models import Trainee
from ojt_subsidy.models.enrolment import account_index
from tests.casework.jobs import case, kind_of_case, person

NUMBER, ANOTHER = "A123456789", "B123456780"


@pytest.fixture
def turned(settings) -> Iterator[dict[str, bytes]]:
    """The first key written with, and a second one to turn to."""
    settings.FIELD_KEYS = {"old": bytes(range(32))}
    return {"new": bytes(32), "old": bytes(range(32))}


def _person(number: str = NUMBER) -> User:
    user = person()
    user.set_national_id(number)
    user.save()
    return user


# --- field keys ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_everything_is_sealed_anew_and_the_old_key_opens_nothing(settings, turned: dict[str, bytes]) -> None:
    user = _person()
    Authenticator.objects.create(
        user=user, type="totp", data={"secret": SecondFactorAdapter().encrypt("JBSWY3DP"), "plain": "v2"}
    )
    settings.FIELD_KEYS = turned
    # the row, what the row was (once without, once with the number), the second factor
    assert rotation.left_under_other_keys().total() == 3
    assert rotation.turn_field_keys().total() == 3
    assert rotation.left_under_other_keys().total() == 0
    assert rotation.turn_field_keys().total() == 0
    settings.FIELD_KEYS = {"new": turned["new"]}
    assert User.objects.get(pk=user.pk).national_id == NUMBER
    assert user.history.latest().national_id == NUMBER
    data = Authenticator.objects.get().data
    assert (SecondFactorAdapter().decrypt(data["secret"]), data["plain"]) == ("JBSWY3DP", "v2")
    settings.FIELD_KEYS = {"old": turned["old"]}
    with pytest.raises(Undecipherable):
        User.objects.get(pk=user.pk)
    # the guard of the history stands again
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_historicaluser SET name = 'x'")


@pytest.mark.django_db(transaction=True)
def test_a_value_under_no_key_listed_stops_it(settings, turned: dict[str, bytes]) -> None:
    _person()
    settings.FIELD_KEYS = {"new": turned["new"]}
    with pytest.raises(CommandError, match="under none of the keys"):
        call_command("rotate_keys", stdout=io.StringIO())


# --- the index key ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_who_was_found_is_found_and_a_digest_nobody_can_explain_is_named(settings) -> None:
    old = settings.INDEX_KEY
    user = _person()
    with kind_of_case():
        one = case()
        CasePerson.objects.create(case=one, id_index=crypto.index(NUMBER), name=user.name)
        CasePerson.objects.create(case=one, id_index=crypto.index(ANOTHER), name="無人")
        SavedFilter.objects.create(user=user, page="work", name="我的", query=f"who={crypto.index(NUMBER)}&tab=all")
        payee = Trainee(
            user=user, born_on=now().date(), saved_at=now(), bank_code="7000021", bank_account="00012345678901"
        )
        payee.save()
        settings.INDEX_KEY = bytes(32)
        assert not bearing(crypto.index(NUMBER)).exists()
        done, left = rotation.turn_index_key(old)
        assert bearing(crypto.index(NUMBER)).get() == user
        assert Trainee.objects.get().bank_index == account_index("700", "00012345678901") != payee.bank_index
        assert CasePerson.objects.get(id_index=crypto.index(NUMBER)).name == user.name
        assert crypto.index(NUMBER) in SavedFilter.objects.get().query
        assert done["casework_caseperson.id_index"] == 1
        assert left == {"casework_caseperson.id_index": 1}


def test_every_keyed_digest_is_among_the_columns_turned() -> None:
    """A column filled by crypto.index is named …id_index or stands among the model's `own_digests`; whoever names one otherwise is
    found by its name."""
    from django.apps import apps

    turned = {*rotation.digest_columns(), *(field for field, _ in rotation.own_digests())}
    suspicious = {
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField) and "index" in field.name
    }
    assert suspicious <= turned
    assert len(turned) >= 8


# --- backup ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def programs(settings) -> None:
    """pg_dump as new as the server, as `./dev` brings it."""
    settings.PG_BIN = str(next(Path(sys.prefix).glob(PG_PROGRAMS), ""))


@pytest.fixture
def elsewhere(tmp_path: Path, settings) -> Iterator[None]:
    """Call it to go to an empty database and an empty store; back at the end."""
    here, empty = connection.settings_dict["NAME"], f"{connection.settings_dict['NAME']}_empty"

    def go(name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name

    def leave() -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{empty}"')
            cursor.execute(f'CREATE DATABASE "{empty}"')
        go(empty)
        settings.MEDIA_ROOT = str(tmp_path / "restored")

    yield leave
    go(here)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{empty}"')


def _bytes(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", [b"", bytes(32)], ids=["open", "sealed"])
def test_what_is_put_back_is_equal(tmp_path: Path, settings, programs: None, elsewhere, key: bytes) -> None:
    settings.BACKUP_KEY = key
    user = _person()
    name = default_storage.save("attachments/1/aa/a.pdf", ContentFile(os.urandom(3 * backup.PIECE)))
    default_storage.save("exports/empty.csv", ContentFile(b""))
    content = _bytes(name)
    folder = tmp_path / "backup"
    manifest = backup.backup(folder, at=now())
    assert len(manifest["files"]) == 2
    assert ((folder / "files" / name).read_bytes() == content) == (not key)
    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore(folder)
    assert backup.differences(manifest) == []
    user.name = "改名"
    user.save()
    assert backup.differences(manifest) == ["table accounts_historicaluser", "table accounts_user"]

    elsewhere()
    backup.restore(folder)
    assert backup.differences(manifest) == []
    assert _bytes(name) == content
    assert User.objects.get(pk=user.pk).national_id == NUMBER


@pytest.mark.django_db(transaction=True)
def test_a_damaged_or_unfinished_backup_is_not_put_back(tmp_path: Path, settings, programs: None) -> None:
    default_storage.save("attachments/1/aa/a.pdf", ContentFile(b"paper"))
    folder = tmp_path / "backup"
    backup.backup(folder, at=now())
    with pytest.raises(CommandError, match="of its own"):
        call_command("backup", str(folder))
    (folder / "files/attachments/1/aa/a.pdf").write_bytes(b"papar")
    with pytest.raises(CommandError, match="a.pdf is missing from the backup or damaged"):
        call_command("backup", str(folder), check=True)
    (folder / "manifest.json").unlink()
    with pytest.raises(CommandError, match="no manifest"):
        call_command("restore", str(folder))


@pytest.mark.parametrize("size", [0, 1, backup.PIECE - 1, backup.PIECE, backup.PIECE + 1, 2 * backup.PIECE])
def test_sealed_pieces_open_and_a_shortened_file_does_not(settings, size: int) -> None:
    settings.BACKUP_KEY = bytes(32)
    plain, sealed, back = os.urandom(size), io.BytesIO(), io.BytesIO()
    backup._seal(io.BytesIO(plain), sealed)
    backup._unseal(io.BytesIO(sealed.getvalue()), back)
    assert back.getvalue() == plain
    whole = sealed.getvalue()
    shorter = whole[: len(whole) - (size % backup.PIECE or min(size, backup.PIECE)) - 16]
    if shorter != whole and len(shorter) > len(backup.SEALED) + 7:
        with pytest.raises(backup.BackupError):
            backup._unseal(io.BytesIO(shorter), io.BytesIO())


def test_another_key_opens_nothing(settings) -> None:
    settings.BACKUP_KEY = bytes(32)
    sealed = io.BytesIO()
    backup._seal(io.BytesIO(b"x" * 100), sealed)
    settings.BACKUP_KEY = bytes(range(32))
    with pytest.raises(backup.BackupError, match="another BACKUP_KEY"):
        backup._unseal(io.BytesIO(sealed.getvalue()), io.BytesIO())
    settings.BACKUP_KEY = b""
    with pytest.raises(backup.BackupError, match="is not set"):
        backup._unseal(io.BytesIO(sealed.getvalue()), io.BytesIO())
