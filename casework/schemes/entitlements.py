"""What one scheme asks of another without knowing it: a question by name, and whoever can answer registers.

A site that runs without the scheme that would answer gets the open answer, because then nobody keeps such a register here.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import Organisation, User

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


Provider = Callable[..., Entitlement]
_providers: dict[str, Provider] = {}


def register_entitlement(question: str, provider: Provider) -> None:
    """`provider(organisation=, user=, about=, on=)`; one per question."""
    if _providers.setdefault(question, provider) is not provider:
        raise ValueError(f"{question} is answered twice")


@contextmanager
def nobody_asked() -> Iterator[None]:
    """Every question is open inside: the demonstration tells stories of days before its registers begin."""
    kept = dict(_providers)
    _providers.clear()
    try:
        yield
    finally:
        _providers.update(kept)


def entitled(
    question: str, *, organisation: Organisation, about: str, on: date, user: User | None = None
) -> Entitlement:
    provider = _providers.get(question)
    return provider(organisation=organisation, user=user, about=about, on=on) if provider else Entitlement()
