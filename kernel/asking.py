"""Who asks a rule 誰在問: an act, a page or a job on its way. While tests run somebody listens; the running site has no listener.

What was heard is what `manage.py clauses` prints: where each rule is asked, as found by running and not as declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: `act:<kind>.<code>`, `page:<URL name>`, `job:<task>`; empty where only a test or a command asks.
ASKER: ContextVar[str] = ContextVar("asker", default="")
#: Called with the rule, who asks it, and whether it was refused.
LISTENERS: list[Callable[[str, str, bool], None]] = []


@contextmanager
def asking(who: str) -> Iterator[None]:
    """Whatever rule is asked inside is asked by `who`; the innermost counts."""
    token = ASKER.set(who)
    try:
        yield
    finally:
        ASKER.reset(token)


def tell(rule_id: str, *, refused: bool) -> None:
    """A rule says that it was asked."""
    for listen in LISTENERS:
        listen(rule_id, ASKER.get(), refused)
