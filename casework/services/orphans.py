"""Files no row names 無紀錄檔案: what a process killed between writing a file and committing its row leaves behind."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, islice

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import FileField

#: A younger file may belong to an upload that is not committed yet.
YOUNG = timedelta(days=1)
BATCH = 5000


def stored_files(folder: str = "") -> Iterator[str]:
    """Names of all files in the private store, wherever it is."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    yield from (f"{folder}/{name}" if folder else name for name in sorted(names))
    for one in sorted(folders):
        yield from stored_files(f"{folder}/{one}" if folder else one)


def _file_columns() -> list[FileField]:
    fields = chain.from_iterable(model._meta.local_concrete_fields for model in apps.get_models())
    return [field for field in fields if isinstance(field, FileField)]


def files_without_rows(*, at: datetime) -> list[str]:
    """Compared inside the database, so that memory stays flat however many files there are."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE stored (name text PRIMARY KEY)")
        files = stored_files()
        while names := list(islice(files, BATCH)):
            cursor.execute("INSERT INTO stored SELECT unnest(%s::text[])", [names])
        for field in _file_columns():
            table, column = quote(field.model._meta.db_table), quote(field.column)
            cursor.execute(f"DELETE FROM stored s USING {table} t WHERE s.name = t.{column}")  # noqa: S608
        cursor.execute("SELECT name FROM stored ORDER BY name")
        left = [name for (name,) in cursor.fetchall()]
        cursor.execute("DROP TABLE stored")
    return [name for name in left if default_storage.get_modified_time(name) < at - YOUNG]


def clear(*, at: datetime) -> list[str]:
    """Remove them; says which."""
    names = files_without_rows(at=at)
    for name in names:
        default_storage.delete(name)
    return names
