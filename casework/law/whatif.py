"""What-if pages 試算: a question about days or amounts, answered by the rules that decide, with nothing saved.

Each scheme brings its questions (`whatif.py`). The answer is outcomes: the same lines an act would store.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.db import connection, transaction

from accounts.models import User
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Reply:
    """What is shown: named days and amounts first, then the outcomes with their lines; `link` is where one acts on it."""

    facts: Sequence[tuple[str, str]] = ()
    outcomes: Sequence[Outcome] = field(default_factory=tuple)
    link: str = ""
    link_label: str = ""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`rights`: who may ask (any of them, anywhere); none: whoever is signed in and has the matter, by `open_to`.

    `form(data, user=)` asks; `answer(user, asked, on=, law=)` only reads. `page` instead of both names a page an app has already.
    """

    code: str
    label: str
    about: str
    rights: tuple[str, ...]
    form: Callable[..., forms.Form] | None = None
    answer: Callable[..., Reply] | None = None
    page: str = ""
    open_to: Callable[[User], bool] = lambda user: False


QUESTIONS: Registry[WhatIf] = Registry("question")


def questions_for(user: User, held: Mapping[str, set[int]]) -> list[WhatIf]:
    """Those open to a person, asked with what they hold."""
    return [
        one for one in QUESTIONS if any(held.get(code.replace(".", "__")) for code in one.rights) or one.open_to(user)
    ]


def reply_to(question: WhatIf, user: User, asked: Mapping[str, Any], *, on: date, law: Law) -> Reply:
    """In a transaction that cannot write: whatever a question does, nothing is saved."""
    assert question.answer is not None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        reply = question.answer(user, asked, on=on, law=law)
        transaction.set_rollback(True)  # which ends the reading mode too, where an outer transaction goes on
    return reply
