"""What many tests begin with is made once in a process and then put back as rows.

`@kept` stands on a function that builds a world or brings it further. The first time it runs; what it wrote (rows, files) and what
it returned is remembered. Whoever asks for the same again, from the same point, gets the rows put in by a few statements: a world
costs some milliseconds and not the hundred statements of its services.

The same point means: nothing but kept functions wrote since the test began, in the same order and with the same values, and the
clock stands on the same day (at the same moment, where a test stops it). Anything else written makes the next call run for real.
"""

import functools
import itertools
import pickle
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from accounts.clock import now
from kernel.dates import taipei_day

P = ParamSpec("P")
T = TypeVar("T")
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK TO", "SET CONSTRAINTS")
#: What a function may be given for its result to be kept: plain values, rows of the world, the world itself.
PLAIN = (str, int, bool, date, datetime, Decimal, type(None))


@dataclass(frozen=True)
class Kept:
    """One result: the statement that writes its rows, its files, and what the function returned."""

    statement: str
    files: dict[str, bytes]
    answer: bytes
    made_at: datetime


class _Point:
    """Where the test's database stands: the keys of the kept functions that made it, or None after any other writing."""

    def __init__(self) -> None:
        self.reached: tuple[Any, ...] | None = None
        self.own = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not self.own and self.reached is not None and not str(sql).lstrip().upper().startswith(READS):
            self.reached = None
        return execute(sql, params, many, context)

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.own += 1
        try:
            yield
        finally:
            self.own -= 1


point = _Point()
_known: dict[tuple[Any, ...], Kept] = {}


@contextmanager
def a_test() -> Iterator[None]:
    """One test from its empty database on."""
    point.reached, point.own = (), 0
    with connection.execute_wrapper(point):
        yield


def kept(build: Callable[P, T]) -> Callable[P, T]:
    @functools.wraps(build)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        start = point.reached
        key = _key(build, args, kwargs)
        if start is None or key is None or not connection.in_atomic_block:
            return build(*args, **kwargs)
        whole = (*start, _moment(), key)
        known = _known.get(whole)
        if known is None:
            answer = _build(whole, functools.partial(build, *args, **kwargs))
        elif known.made_at > now():
            return build(*args, **kwargs)
        else:
            answer = _put_back(known)
        point.reached = whole
        return answer

    return made


def _moment() -> date | datetime:
    """The day; where the clock stands still, the moment."""
    stands_still = time.time_ns() == time.time_ns()
    return now() if stands_still else taipei_day(now())


def _key(build: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...] | None:
    parts: list[Any] = [build.__module__, build.__qualname__]
    for name, given in itertools.chain(enumerate(args), sorted(kwargs.items())):
        value = _plain(given)
        if value is None:
            return None
        parts.append((name, value))
    return tuple(parts)


def _plain(given: Any) -> Any:
    if isinstance(given, PLAIN):
        return (type(given).__name__, given)
    if isinstance(given, models.Model):
        return (given._meta.label, given.pk)
    if is_dataclass(given) or isinstance(given, dict):
        given = sorted((given if isinstance(given, dict) else vars(given)).items())
    if isinstance(given, tuple | list):
        parts = tuple(map(_plain, given))
        return None if None in parts else parts
    return None


# ── making and putting back ────────────────────────────────────────────────────────────────────────────────────────────


def _build(whole: tuple[Any, ...], build: Callable[[], T]) -> T:
    before, files = _places(), _files()
    answer = build()
    statement = _statement(before, _places())
    added = {name: data for name, data in _files().items() if files.get(name) != data}
    _known[whole] = Kept(statement, added, pickle.dumps(answer), now())
    return answer


def _put_back(known: Kept) -> Any:
    if known.statement:
        with point.writing(), connection.cursor() as cursor:
            cursor.execute(known.statement)
    for name, data in known.files.items():
        path = Path(settings.MEDIA_ROOT, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return pickle.loads(known.answer)


def _files() -> dict[str, bytes]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@dataclass(frozen=True)
class Table:
    name: str
    key: str
    columns: tuple[str, ...]

    @property
    def places(self) -> str:
        return f"""SELECT '{self.name}', "{self.key}"::text, ctid::text FROM "{self.name}" """

    def rows(self, places: list[str]) -> str:
        at = ", ".join(f"'{one}'" for one in places)
        return f"""SELECT '{self.name}', "{self.key}"::text, to_json(t)::text FROM "{self.name}" t
            WHERE ctid = ANY (ARRAY[{at}]::tid[])"""

    def deleted(self, keys: list[str]) -> str:
        return f'DELETE FROM "{self.name}" WHERE "{self.key}"::text = ANY (ARRAY[{", ".join(map(_text, keys))}])'

    def others(self, keys: Iterable[str]) -> str:
        """The rows but those of these keys."""
        return f"""FROM "{self.name}" WHERE "{self.key}"::text <> ALL (ARRAY[{", ".join(map(_text, keys))}]::text[])"""

    def _from(self, rows: list[str]) -> str:
        return f"""json_populate_recordset(NULL::"{self.name}", {_text("[" + ",".join(rows) + "]")})"""

    def changed(self, rows: list[str]) -> str:
        values = ", ".join(f'"{one}" = r."{one}"' for one in self.columns if one != self.key)
        return f'UPDATE "{self.name}" t SET {values} FROM {self._from(rows)} r WHERE t."{self.key}" = r."{self.key}"'

    def added(self, rows: list[str]) -> str:
        columns = ", ".join(f'"{one}"' for one in self.columns)
        return f'INSERT INTO "{self.name}" ({columns}) SELECT {columns} FROM {self._from(rows)}'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@functools.cache
def tables() -> tuple[Table, ...]:
    """Ours, those that others refer to first."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        about = model._meta
        if about.managed and not about.proxy and about.pk is not None:
            own = tuple(one.column for one in about.local_concrete_fields if not one.generated)
            found.append(Table(about.db_table, about.pk.column, own))
    return tuple({one.name: one for one in found}.values())


def _asked(queries: list[str]) -> dict[str, dict[str, str]]:
    """Table → key → what was asked of the row."""
    found: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries))
        for name, key, value in cursor.fetchall():
            found.setdefault(name, {})[key] = value
    return found


def _places() -> dict[str, dict[str, str]]:
    """Where every row lies: one that was written again lies elsewhere."""
    return _asked([one.places for one in tables()])


def _statement(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> str:
    """Puts in what was written between: what went away, what changed, what came."""
    moved = {
        name: [place for key, place in places.items() if before.get(name, {}).get(key) != place]
        for name, places in after.items()
    }
    asked = [table.rows(moved[table.name]) for table in tables() if moved.get(table.name)]
    written = _asked(asked) if asked else {}
    gone, changed, added = list[str](), list[str](), list[str]()
    for table in tables():
        known = before.get(table.name, {})
        if keys := sorted(known.keys() - after.get(table.name, {}).keys()):
            gone.append(table.deleted(keys))
        rows = sorted(written.get(table.name, {}).items(), key=lambda one: (len(one[0]), one[0]))
        if old := [row for key, row in rows if key in known]:
            changed.append(table.changed(old))
        if new := [row for key, row in rows if key not in known]:
            added.append(table.added(new))
    return ";\n".join([*gone, *changed, *added])


# ── between tests that commit ──────────────────────────────────────────────────────────────────────────────────────────


def rows_at_first() -> dict[str, set[str]]:
    """The keys of what migrations left: every test begins with these."""
    return {name: set(keys) for name, keys in _places().items()}


def flush_to(first: dict[str, set[str]]) -> Callable[..., list[str]]:
    """Django's flush, but for what was there at first: under new keys a kept world would lead nowhere. To truncate two hundred tables
    takes longer than most tests: only those with more rows are emptied. As with TRUNCATE, the triggers that keep events and history
    from being deleted are not asked.
    """
    others = {table.name: table.others(first.get(table.name, ())) for table in tables()}

    def sql_flush(self: Any, style: Any, names: list[str], **given: Any) -> list[str]:
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT {others[name]})" for name in names)
        with self.connection.cursor() as cursor:
            cursor.execute(asked)
            more = [name for (name,) in cursor.fetchall()]
        return [
            *(f'ALTER TABLE "{name}" DISABLE TRIGGER USER' for name in more),
            *(f"DELETE {others[name]}" for name in more),
            "SET CONSTRAINTS ALL IMMEDIATE",
            *(f'ALTER TABLE "{name}" ENABLE TRIGGER USER' for name in more),
        ]

    return sql_flush
