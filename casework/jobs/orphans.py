"""Files no row names 無紀錄檔案: what a process killed between writing a file and committing its row leaves behind.

Nothing is deleted that is not proved our own. Database and store carry the same mark 識別碼, or nothing is touched; only the
folders of our file columns are looked at; a file no row names is first moved into the quarantine 隔離區 of its day, goes back
when a row names it again (an older backup was put back), and is deleted after thirty days; more at once than a killed process
could have left means that the database is another's or an older one, and nothing is moved.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain, islice

import structlog
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import FileField

from casework.models import StoreMark
from casework.stores import folder_of, move
from kernel.dates import taipei_day

log = structlog.get_logger(__name__)
#: A younger file may belong to an upload that is not committed yet.
YOUNG = timedelta(days=1)
BATCH = 5000
MARK = "store.id"
QUARANTINE, QUARANTINED = "quarantine", timedelta(days=30)


class NotOurs(Exception):
    """The store cannot be proved this database's; nothing was touched. The message is a Chinese sentence with figures."""


def ceiling(known: int) -> int:
    """So many files at once may be without a row."""
    return max(20, known // 100)


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


def _in_our_folders() -> Iterator[str]:
    for folder in sorted({folder_of(field) for field in _file_columns()}):
        yield from stored_files(folder)


def _without_rows(names: Iterable[str]) -> tuple[list[str], int]:
    """Those no row names, and how many a row does. Compared inside the database: memory stays flat however many files there are."""
    quote, files, known = connection.ops.quote_name, iter(names), 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE stored (name text PRIMARY KEY)")
        while some := list(islice(files, BATCH)):
            cursor.execute("INSERT INTO stored SELECT unnest(%s::text[])", [some])
        for field in _file_columns():
            table, column = quote(field.model._meta.db_table), quote(str(field.column))
            cursor.execute(f"DELETE FROM stored s USING {table} t WHERE s.name = t.{column}")  # noqa: S608
            known += cursor.rowcount
        cursor.execute("SELECT name FROM stored ORDER BY name")
        left = [name for (name,) in cursor.fetchall()]
        cursor.execute("DROP TABLE stored")
    return left, known


def _old(names: Iterable[str], at: datetime) -> list[str]:
    return [name for name in names if default_storage.get_modified_time(name) < at - YOUNG]


def files_without_rows(*, at: datetime) -> list[str]:
    return _old(_without_rows(_in_our_folders())[0], at)


def clear(*, at: datetime) -> list[str]:
    """The nightly run; says which files were moved into the quarantine. Raises NotOurs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('casework.orphans'))")
        marked = _same_mark()
        _bring_back()
        left, known = _without_rows(_in_our_folders())
        names = _old(left, at)
        if len(names) > ceiling(known):
            raise NotOurs(
                f"檔案區有 {len(names)} 個檔案沒有任何紀錄（有紀錄者 {known} 個），超過一次可清理的 {ceiling(known)} 個；"
                "資料庫可能不是這個檔案區的，或還原自較舊的備份。未移動任何檔案，請先查明。"
            )
        if not marked:
            _write_mark(at)
        today = taipei_day(at)
        for name in names:
            if not default_storage.exists(to := f"{QUARANTINE}/{today:%Y%m%d}/{name}"):
                move(name, to)
        _delete_expired(today)
    return names


# --- the mark ------------------------------------------------------------------------------------------------------------


def marks() -> tuple[str, str]:
    """The mark of the database and that of the store; empty where there is none."""
    row = StoreMark.objects.first()
    ours, theirs = str(row.mark) if row else "", ""
    if default_storage.exists(MARK):
        with default_storage.open(MARK) as file:
            theirs = file.read(100).decode(errors="replace").strip()
    return ours, theirs


def _same_mark() -> bool:
    """Whether database and store have one; False: neither has, and both are given one when all else is well. Raises NotOurs."""
    ours, theirs = marks()
    if ours != theirs:
        why = "檔案區沒有識別碼" if not theirs else "資料庫沒有識別碼" if not ours else "兩者的識別碼不同"
        raise NotOurs(
            f"檔案區與資料庫不是同一站的（{why}：資料庫 {ours or '無'}、檔案區 {theirs[:40] or '無'}）。"
            "未移動任何檔案；請檢查 DATABASE_URL 與 MEDIA_ROOT，確定相符時以 manage.py claim_store 重新認定。"
        )
    return bool(ours)


def _write_mark(at: datetime) -> None:
    mark = uuid.uuid4()
    StoreMark.objects.update_or_create(pk=1, defaults={"mark": mark, "made_at": at})
    default_storage.delete(MARK)
    default_storage.save(MARK, ContentFile(f"{mark}\n".encode()))


@transaction.atomic
def claim(*, at: datetime) -> None:
    """Somebody has made sure that this database and this store belong together: both get a new mark."""
    _write_mark(at)


# --- the quarantine --------------------------------------------------------------------------------------------------------


def _quarantined(day: str) -> dict[str, str]:
    """Where a file came from → where it lies, of one day."""
    folder = f"{QUARANTINE}/{day}"
    return {name.removeprefix(f"{folder}/"): name for name in stored_files(folder)}


def _days() -> list[tuple[date, str]]:
    """Days of the quarantine, the newest first. What is not named like a day is not ours."""
    try:
        names = default_storage.listdir(QUARANTINE)[0]
    except FileNotFoundError:
        return []
    found = [(datetime.strptime(name, "%Y%m%d").date(), name) for name in names if len(name) == 8 and name.isdecimal()]  # noqa: DTZ007
    return sorted(found, reverse=True)


def _bring_back() -> None:
    """A row names it again: a backup from before was put back, or the row was committed late."""
    for _, day in _days():
        lying = _quarantined(day)
        nameless = set(_without_rows(lying)[0])
        for name in lying.keys() - nameless:
            if not default_storage.exists(name):
                move(lying[name], name)
                log.warning("file_brought_back", file=name)


def _delete_expired(today: date) -> None:
    for day, folder in _days():
        if today - day > QUARANTINED:
            lying = _quarantined(folder)
            for name in _without_rows(lying)[0]:
                default_storage.delete(lying[name])
                log.info("file_without_row_deleted", file=name)
