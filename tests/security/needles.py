"""Identifiers planted in the demonstration, and markup planted in every text a person can type."""

import re
from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from accounts.fields import EncryptedJSONField, EncryptedTextField

#: What stands in every free text; a page that shows it as it is runs what visitors type.
MARK = "<script>planted</script>"
OURS = ("accounts", "casework", *settings.SCHEMES)
#: Text that programs read: codes, keys, digests, addresses, file names of the store. And `html`: what senior45's writers write is
#: printed as markup, after it was cleaned (tests/senior45/test_refusals.py: test_code_in_the_text).
_READ_BY_PROGRAMS = re.compile(
    r"^html$|code|key|digest|hash|state|kind|link|path|file$|version|paper|field$|target|email|mail|password|token|index|number"
    r"|sha|media|format|query|page|account_name|series|step|role|chain|form$|subject$|category|county|error|right|place|slug|note_id"
)


def _models() -> Iterable[type[models.Model]]:
    return (model for model in apps.get_models() if model._meta.app_label in OURS)


def identifiers() -> dict[str, str]:
    """Every national ID, residence number and bank account in the database, with the column it stands in."""
    found: dict[str, str] = {}
    for model in _models():
        for field in model._meta.local_concrete_fields:
            sealed = isinstance(field, EncryptedTextField) and not isinstance(field, EncryptedJSONField)
            if sealed and ("national_id" in field.name or "bank_account" in field.name):
                for value in model._base_manager.values_list(field.name, flat=True):
                    if value and len(value) >= 7:
                        found[value] = f"{model._meta.label}.{field.name}"
    return found


def _typed(field: models.Field) -> bool:
    return (
        type(field) in (models.CharField, models.TextField)
        and not field.choices
        and not field.unique
        and (field.max_length or 1000) >= 60
        and not _READ_BY_PROGRAMS.search(field.name)
    )


def plant_markup() -> int:
    """MARK behind every free text of every table; how many. The triggers that keep the record as it is are off meanwhile."""
    count, quote = 0, connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in _models():
            fields = [one for one in model._meta.local_concrete_fields if _typed(one)]
            if not fields or model.__name__.startswith("Historical"):
                continue
            table = quote(model._meta.db_table)
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for field in fields:
                column = quote(field.column)
                text = f"left({column} || %s, {field.max_length})" if field.max_length else f"{column} || %s"
                cursor.execute(f"UPDATE {table} SET {column} = {text} WHERE {column} <> ''", [MARK])
                count += cursor.rowcount
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return count


def tables_with(values: Iterable[str]) -> dict[str, int]:
    """Tables with a row in which one of the values stands in clear, whatever the column; history tables among them."""
    pattern = "|".join(re.escape(value) for value in values)
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(table)} row WHERE row::text ~ %s", [pattern]
            )
            (number,) = cursor.fetchone()
            if number:
                found[table] = number
    return found
