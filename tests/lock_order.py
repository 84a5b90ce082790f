"""Every transaction of every test is watched for the order in which it takes rows: accounts.locks says which, and going back
fails the test. Rows a transaction holds already, or wrote itself, are nobody else's to wait for.
"""

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.signals import connection_created

from accounts.locks import rank

ROOT = Path(__file__).resolve().parent.parent
LOCKS = re.compile(r'FOR (?:NO KEY )?UPDATE OF "(?P<table>\w+)"(?P<skip> SKIP LOCKED| NOWAIT)?\s*$')
INSERTS = re.compile(r'INSERT INTO "(?P<table>\w+)"')
SAVEPOINT = re.compile(r'(?P<what>SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) "(?P<name>\w+)"')
#: Where a lock is asked for is said by who asked the helper.
HELPERS = ("accounts/locks.py", "casework/cases/moving.py")


@dataclass(frozen=True)
class Held:
    place: tuple[Any, ...]
    label: str
    asked_by: str

    def __str__(self) -> str:
        return f"{self.label} {self.place[-1]} ({self.asked_by})"


@dataclass
class Order:
    """What one connection's transaction holds, in the order it came."""

    held: list[Held] = field(default_factory=list)
    own: set[tuple[Any, ...]] = field(default_factory=set)
    savepoints: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        text = str(sql)
        if point := SAVEPOINT.match(text):
            self._savepoint(point["what"], point["name"])
        elif not many and context["connection"].in_atomic_block:
            if asks := LOCKS.search(text):
                self._took(asks["table"], bool(asks["skip"]), context["cursor"])
            elif writes := INSERTS.match(text):
                self.own |= {one.place for one in _rows(writes["table"], context["cursor"])}
        return answer

    def _took(self, table: str, skips: bool, cursor: Any) -> None:
        known = {one.place for one in self.held} | self.own
        for new in _rows(table, cursor):
            if new.place in known:
                continue
            later = None if skips else next((one for one in self.held if one.place > new.place), None)
            if later is not None:
                inversions.append(f"{later}, then {new}")
            self.held.append(new)

    def _savepoint(self, what: str, name: str) -> None:
        if what == "SAVEPOINT":
            self.savepoints.append((name, len(self.held)))
            return
        while self.savepoints:
            known, count = self.savepoints.pop()
            if known == name:
                if what.startswith("ROLLBACK"):
                    del self.held[count:]
                    self.savepoints.append((known, count))
                return

    def ended(self) -> None:
        self.held.clear()
        self.own.clear()
        self.savepoints.clear()


inversions: list[str] = []


def _rows(table: str, cursor: Any) -> Iterator[Held]:
    """The rows of one table that a statement returned, if it returned their keys."""
    model = next((one for one in apps.get_models() if one._meta.db_table == table), None)
    result = cursor.cursor.pgresult
    if model is None or result is None:
        return
    oid, number = _key_of(table, model._meta.pk.column)
    for column in range(result.nfields):
        if result.ftable(column) == oid and result.ftablecol(column) == number:
            by = _asked_by()
            for row in range(result.ntuples):
                value = result.get_value(row, column).decode()
                key = (0, int(value), "") if value.isdecimal() else (1, 0, value)
                yield Held((rank(model), key, value), model._meta.label, by)
            return


_keys: dict[tuple[int, str], tuple[int, int]] = {}


def _key_of(table: str, column: str) -> tuple[int, int]:
    """The table as PostgreSQL numbers it, and the number of its key's column."""
    database = connection.settings_dict["NAME"]
    if (database, table) not in _keys:
        with connection.connection.cursor() as cursor:
            asked = "SELECT attrelid::int8, attnum FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s"
            _keys[database, table] = cursor.execute(asked, [table, column]).fetchone()
    return _keys[database, table]


def _asked_by() -> str:
    for frame in reversed(traceback.extract_stack(limit=60)):
        path = Path(frame.filename)
        if path.is_relative_to(ROOT) and (name := str(path.relative_to(ROOT))) not in (*HELPERS, "tests/lock_order.py"):
            return f"{name}:{frame.lineno} {frame.name}"
    return "?"


def _watch(sender: Any = None, connection: Any = connection, **more: Any) -> None:
    if not any(isinstance(one, Order) for one in connection.execute_wrappers):
        connection.execute_wrappers.append(Order())


def _order(of: Any) -> Order | None:
    return next((one for one in of.execute_wrappers if isinstance(one, Order)), None)


def of_the_test() -> transaction.Atomic:
    """A transaction in which a test does many acts, to undo them: each of them lets go at its end, as if it were by itself."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


@contextmanager
def watched() -> Iterator[None]:
    """All connections, of every thread, from now on: a transaction ends where its outermost block does."""
    leave = transaction.Atomic.__exit__

    def left(self: transaction.Atomic, *error: Any) -> None:
        try:
            leave(self, *error)
        finally:
            of = transaction.get_connection(self.using)
            if all(block._from_testcase for block in of.atomic_blocks) and (order := _order(of)):
                order.ended()

    transaction.Atomic.__exit__ = left
    connection_created.connect(_watch)
    _watch()
    try:
        yield
    finally:
        transaction.Atomic.__exit__ = leave
        connection_created.disconnect(_watch)
