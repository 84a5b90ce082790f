"""Whose things deadlines hang on: an account, a certificate, an accreditation outlives its case and has days of its own.

Each scheme says for its tables which rows are a person's and where they are shown; the start page and the calendar ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.apps import apps

from kernel.registry import Registry

if TYPE_CHECKING:
    from django.db.models import Model

    from casework.models import Deadline


@dataclass(frozen=True, slots=True)
class Things:
    """`kind` as a deadline names it (`ojt_accounts.trainingaccount`); `of(user)` the keys of the person's own rows."""

    kind: str
    of: Callable[[Any], Iterable[int]]
    url_name: str
    #: Days that stand in the row itself, as deadlines that are not saved.
    terms: Callable[[Any], Iterable[Deadline]] = lambda user: ()


def kind_of(thing: Model | type[Model]) -> str:
    """How a deadline names a thing's table: `ojt_accounts.grant`."""
    return thing._meta.label_lower


def case_path(kind: str) -> str:
    """How rows of a table lead to the case that whoever changes them holds first; empty where there is none.

    A table with a case of its own says so by the field; one below such a table by `case_path`.
    """
    model = apps.get_model(kind)
    named: str = getattr(model, "case_path", "")
    return named or ("case" if any(field.name == "case" for field in model._meta.concrete_fields) else "")


THINGS: Registry[Things] = Registry("kind of thing", attrgetter("kind"))
