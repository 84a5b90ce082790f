"""A submit's key: the first press does the work and its answer is kept; every further press gets that answer."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError, transaction

from accounts.errors import is_busy
from accounts.locks import locking
from accounts.models import User
from casework.errors import Busy, Refused
from casework.models import Receipt

log = structlog.get_logger(__name__)


def once(
    *, user: User, key: UUID, act: str, thing: str, at: datetime, do: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """Run `do` unless this user has already pressed with this key. Returns (answer, whether this press was the first).

    `thing` names what the act is done to (a page: all that was sent to it, casework.views.acting.once_here). A key that was used for another
    act or another thing is refused, never answered with what that one came to.

    The unique row makes a parallel second press wait for the first to commit; when `do` fails, the row goes with it and the
    person may press again. For the same reason an act that met another one in the database (a deadlock, a lock held too long)
    is begun again from the start, one time: nothing of the first try is left. Met again, it raises Busy.
    """
    about = sha256(thing.encode()).hexdigest()
    try:
        return _once(user, key, act, about, at, do)
    except OperationalError as error:
        if not is_busy(error):
            raise
        log.warning("act_met_another", act=act, error=str(error)[:120])
    try:
        return _once(user, key, act, about, at, do)
    except OperationalError as error:
        if is_busy(error):
            raise Busy from error
        raise


def answered(*, user: User, key: UUID, act: str, thing: str) -> dict[str, Any] | None:
    """What the first press came to, where this is a further one of the same: asked before a form is judged, which after the first
    press may have nothing left to choose from."""
    about = sha256(thing.encode()).hexdigest()
    return Receipt.objects.filter(user=user, key=key, act=act, thing=about).values_list("answer", flat=True).first()


@transaction.atomic
def _once(
    user: User, key: UUID, act: str, about: str, at: datetime, do: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    Receipt.objects.bulk_create([Receipt(user=user, key=key, act=act, thing=about, at=at)], ignore_conflicts=True)
    receipt = locking(Receipt.objects).get(user=user, key=key)
    if (receipt.act, receipt.thing) != (act, about):
        raise Refused("這個畫面已經送出過，內容與這次不同；請重新開啟本頁，確認已辦理的內容後再送出。")
    if receipt.answer is not None:
        return receipt.answer, False
    receipt.answer = do()
    receipt.save(update_fields=["answer"])
    return receipt.answer, True
