"""Tables of state × transition × role, as far as the suite goes through them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from casework.cases.casetypes import casetype
from casework.cases.doing import Doing, _do
from casework.cases.moving import lock
from casework.models import Case


def is_asked(state: str, states: Collection[str], sources: Collection[str], *, may: bool, whole: bool) -> bool:
    """Whoever may take a transition is asked in every state. Whoever may not is refused before anybody looks at the state
    (casework's `move`: right, then state): the suite asks them where the transition leaves from and in the first state where it does not,
    `./dev drill full_size` in every one."""
    elsewhere = next((one for one in states if one not in sources), None)
    return whole or may or state in sources or state == elsewhere


def do_barely(case: Case, code: str, *, by: User | None, at: datetime) -> Case:
    """An act without what is its own: the right, 迴避, the state and the reason alone are asked."""
    act = replace(casetype(case.kind).table.act(code), perform=None, asks=(), before=None, holds=None, apart=())
    with transaction.atomic():
        return _do(Doing(act, lock(case), by, at, "測試"), {}).case
