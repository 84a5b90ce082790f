"""Turning the keys 換鑰: everything sealed under an older key is sealed anew; look-up digests are made anew.

Field keys: put the new key first in FIELD_KEYS on every machine, run `manage.py rotate_keys`, take the old one out. The site
may stay open: both keys read, rows are taken a thousand at a time.

The index key: a digest cannot be turned without what it was made of. The identifiers themselves stand sealed in other
columns; each is read, and both its digests are known. A digest of which nobody holds the identifier any more is reported and
left: it finds nothing, as before the person's data were deleted it found them. The site is closed meanwhile (one transaction).
"""

import base64
import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from accounts import crypto
from accounts.adapter import SecondFactorAdapter
from accounts.fields import EncryptedTextField
from accounts.locks import locking
from casework.models import SavedFilter

BATCH = 1000
_PERSON_ID = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z][1289A-D]\d{8})(?!\d)")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _tables() -> Iterator[type[models.Model]]:
    return iter(apps.get_models(include_auto_created=True))  # history tables are models too


def sealed_columns() -> list[EncryptedTextField]:
    return [
        field
        for model in _tables()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def digest_columns() -> list[models.Field]:
    """Columns that hold a keyed digest of an identifier; they are named so, and a test looks for others."""
    return [
        field for model in _tables() for field in model._meta.local_concrete_fields if field.name.endswith("id_index")
    ]


def own_digests() -> list[tuple[Any, Callable[[Any], str]]]:
    """Columns whose digest is made of the row itself (`own_digests` of the model), each with how."""
    return [
        (model._meta.get_field(name), made)
        for model in _tables()
        for name, made in getattr(model, "own_digests", {}).items()
    ]


@contextmanager
def _unguarded(table: str) -> Iterator[None]:
    """Append-only tables refuse every UPDATE; their owner may set the guard aside for the length of a transaction.

    The table is locked against other writers meanwhile, so that nothing else passes the guard.
    """
    quoted = connection.ops.quote_name(table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal LIMIT 1", [quoted])
        guarded = cursor.fetchone()
        if guarded:
            cursor.execute(f"ALTER TABLE {quoted} DISABLE TRIGGER USER")
        yield
        if guarded:
            cursor.execute(f"ALTER TABLE {quoted} ENABLE TRIGGER USER")


def _rewrite(field: models.Field, where: str, given: list[Any], change: Callable[[str], str | None]) -> int:
    """Give every value of a column that `where` finds its new form; None leaves it. Says how many were changed."""
    meta = field.model._meta
    quote = connection.ops.quote_name
    table, column, key = quote(meta.db_table), quote(str(field.column)), quote(str(meta.pk.column))
    kind = meta.pk.rel_db_type(connection)
    changed, after = 0, None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1", given)  # noqa: S608
        if not cursor.fetchone():  # most columns of a second run: no guard is touched for nothing
            return 0
    while True:
        with _unguarded(meta.db_table), connection.cursor() as cursor:
            further = f"AND {key} > %s" if after is not None else ""
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {where} {further} ORDER BY {key} LIMIT {BATCH} FOR UPDATE",  # noqa: S608
                [*given, *([after] if after is not None else [])],
            )
            rows = cursor.fetchall()
            new = [(pk, value) for pk, old in rows if (value := change(old)) is not None]
            cursor.execute(
                f"UPDATE {table} SET {column} = v.value FROM unnest(%s::{kind}[], %s::text[]) v (pk, value) "  # noqa: S608
                f"WHERE {key} = v.pk",
                [[pk for pk, _ in new], [value for _, value in new]],
            )
        changed += len(new)
        if len(rows) < BATCH:
            return changed
        after = rows[-1][0]


# --- field keys --------------------------------------------------------------------------------------------------------


def _under(key_id: str) -> str:
    return f"v1:{key_id}:"


def left_under_other_keys() -> Counter[str]:
    """How many values of each column are not under the first key."""
    found: Counter[str] = Counter()
    first = _under(next(iter(settings.FIELD_KEYS)))
    for field in sealed_columns():
        column = connection.ops.quote_name(str(field.column))
        table = connection.ops.quote_name(field.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {table} WHERE {column} <> '' AND NOT starts_with({column}, %s)",  # noqa: S608
                [first],
            )
            found[f"{field.model._meta.db_table}.{field.column}"] = cursor.fetchone()[0]
    secrets = Authenticator.objects.iterator()
    found["mfa_authenticator.data"] = sum(_sealed_anew(one.data, first)[1] for one in secrets)
    return +found


def turn_field_keys() -> Counter[str]:
    """Everything under the first key of FIELD_KEYS. Says how many values were sealed anew, by column.

    Raises Undecipherable (and leaves the rest of that thousand as it was) where a value is under no key listed.
    """
    done: Counter[str] = Counter()
    first = _under(next(iter(settings.FIELD_KEYS)))
    for field in sealed_columns():

        def sealed(old: str, origin: str = field.origin) -> str:
            return crypto.encrypt(crypto.decrypt(old, column=origin), column=origin)

        column = connection.ops.quote_name(str(field.column))
        where = f"{column} <> '' AND NOT starts_with({column}, %s)"
        done[f"{field.model._meta.db_table}.{field.column}"] = _rewrite(field, where, [first], sealed)
    for one in Authenticator.objects.order_by("pk"):
        with transaction.atomic():
            row = locking(Authenticator.objects).get(pk=one.pk)
            row.data, changed = _sealed_anew(row.data, first)
            if changed:
                row.save(update_fields=["data"])
                done["mfa_authenticator.data"] += changed
    return +done


def _sealed_anew(data: Any, first: str) -> tuple[Any, int]:
    """The second factor's secrets stand inside JSON: (the same with each sealed under the first key, how many were not)."""
    if isinstance(data, dict):
        pairs = {name: _sealed_anew(value, first) for name, value in data.items()}
        return {name: value for name, (value, _) in pairs.items()}, sum(n for _, n in pairs.values())
    if isinstance(data, list):
        items = [_sealed_anew(value, first) for value in data]
        return [value for value, _ in items], sum(n for _, n in items)
    if isinstance(data, str) and data.startswith("v1:") and not data.startswith(first):
        adapter = SecondFactorAdapter()
        return adapter.encrypt(adapter.decrypt(data)), 1
    return data, 0


# --- the index key -----------------------------------------------------------------------------------------------------


@transaction.atomic
def turn_index_key(old_key: bytes) -> tuple[Counter[str], Counter[str]]:
    """Digests under `old_key` become digests under INDEX_KEY: (changed by column, left by column)."""
    new_of = dict(_digests(old_key))
    fresh = set(new_of.values())
    done: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for field in digest_columns():
        name = f"{field.model._meta.db_table}.{field.column}"
        done[name] = _rewrite(field, f"{connection.ops.quote_name(str(field.column))} <> ''", [], new_of.get)
        known = field.model._base_manager.exclude(**{f"{field.name}__in": fresh}).exclude(**{field.name: ""})
        left[name] = known.exclude(**{field.name: None}).count()
    for field, made in own_digests():
        for row in field.model._base_manager.exclude(**{field.name: ""}).iterator():
            if (digest := made(row)) != getattr(row, field.name):
                field.model._base_manager.filter(pk=row.pk).update(**{field.name: digest})
                done[f"{field.model._meta.db_table}.{field.column}"] += 1
    for one in SavedFilter.objects.filter(query__regex=_DIGEST.pattern):
        turned = _DIGEST.sub(lambda found: new_of.get(found[0], found[0]), one.query)
        if turned != one.query:
            SavedFilter.objects.filter(pk=one.pk).update(query=turned)
            done["casework_savedfilter.query"] += 1
    return +done, +left


def _digests(old_key: bytes) -> Iterator[tuple[str, str]]:
    """Both digests of every identifier that stands sealed anywhere."""
    seen: set[str] = set()
    for field in sealed_columns():
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {quote(str(field.column))} FROM {quote(field.model._meta.db_table)} WHERE {quote(str(field.column))} <> ''"  # noqa: S608
            )
            while rows := cursor.fetchmany(BATCH):
                for (sealed,) in rows:
                    for number in set(_PERSON_ID.findall(crypto.decrypt(sealed, column=field.origin))) - seen:
                        seen.add(number)
                        old = hmac.new(old_key, number.encode(), hashlib.sha256).hexdigest()
                        yield old, crypto.index(number)


def read_key(text: str) -> bytes:
    """A key as the environment writes it. Raises ValueError."""
    key = base64.b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError("32 bytes in base64")
    return key
