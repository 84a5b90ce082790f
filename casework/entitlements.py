"""What one scheme asks of another without knowing it: a question by name, and whoever can answer it.

A site that runs without the scheme that would answer gets the open answer, because then nobody keeps such a register here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any

from accounts.models import Organisation, User
from kernel.registry import Registry

#: Whether a unit stands as an organiser of a plan on a day. `facts`: unit_kind where the register knows it.
UNIT_STANDING = "unit_standing"
#: Whether a person may work on a plan for a unit on a day.
PLAN_RIGHT = "plan_right"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """`sentence` says why not, in Chinese, for the person asking."""

    open: bool = True
    sentence: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers a question: `answer(organisation=, user=, about=, on=)`."""

    question: str
    answer: Callable[..., Entitlement]


ANSWERERS: Registry[Answerer] = Registry("answer to", attrgetter("question"))


def entitled(
    question: str, *, organisation: Organisation, about: str, on: date, user: User | None = None
) -> Entitlement:
    found = ANSWERERS.get(question)
    return found.answer(organisation=organisation, user=user, about=about, on=on) if found else Entitlement()
