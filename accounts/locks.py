"""Locks on rows, in one order for the whole portal. Nothing else asks for `FOR UPDATE` (a test looks).

Two acts wait for one another for ever only where one holds what the other wants and wants what it holds. Who takes things in
one order never does: organisations, then cases, then the things of a case and their rows (what a row refers to comes before
the row), then people, then papers and notices; several of one kind by their key. A person's row, which says who may sign in
and in which role, comes late: whose roles an act moves is known only once it holds the case and the account.
The tests record what every transaction takes and fail on one that goes back (tests/lock_order.py); docs/decisions/0008 says why so.

All of them are `FOR NO KEY UPDATE`: who holds a row keeps others from changing it, and nobody from writing rows that refer to it.
"""

import functools
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Manager, Model, QuerySet

Row = TypeVar("Row", bound=Model)

#: What comes first and what comes last; the things between stand by what they refer to.
FIRST = ("casework.receipt", "accounts.organisation", "casework.case")
LAST = ("accounts.user", "casework.document", "casework.notice")


def locking(rows: "QuerySet[Row] | Manager[Row]", *, skip: bool = False) -> "QuerySet[Row]":
    """The same rows by their key, held until the transaction ends once they are read. `skip` leaves out what others hold."""
    return rows.order_by("pk").select_for_update(no_key=True, of=("self",), skip_locked=skip)


def take(*things: Any) -> tuple[Any, ...]:
    """Hold rows of whatever tables, in the order of the portal; returned as they are now, in the order given.

    Raises the model's DoesNotExist where one has gone.
    """
    wanted: dict[type[Model], set[Any]] = {}
    for thing in things:
        wanted.setdefault(type(thing), set()).add(thing.pk)
    held = {model: held_of(model, wanted[model]) for model in sorted(wanted, key=rank)}
    try:
        return tuple(held[type(thing)][thing.pk] for thing in things)
    except KeyError as missing:
        gone = next(thing for thing in things if thing.pk not in held[type(thing)])
        raise type(gone).DoesNotExist(gone.pk) from missing


def held_of(model: type[Row], keys: Iterable[Any]) -> dict[Any, Row]:
    """Rows of one table by their keys, held and as they are now."""
    wanted = set(keys)
    return {row.pk: row for row in locking(model._base_manager.filter(pk__in=wanted))} if wanted else {}


@functools.cache
def rank(model: type[Model]) -> tuple[int, int, str]:
    """Where a table stands in the order."""
    label = model._meta.label_lower
    if label in FIRST:
        return (0, FIRST.index(label), label)
    if label in LAST:
        return (2, LAST.index(label), label)
    return (1, _depth(model, ()), label)


def _depth(model: type[Model], above: tuple[type[Model], ...]) -> int:
    """How many tables stand above: a row comes after what it refers to."""
    if model._meta.label_lower in (*FIRST, *LAST):
        return 0
    parents = {
        field.related_model
        for field in model._meta.concrete_fields
        if field.related_model is not None and field.related_model not in (model, *above)
    }
    return 1 + max((_depth(one, (*above, model)) for one in parents), default=0)
