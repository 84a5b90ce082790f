"""The public front's cache: whole pages, gone the moment anything is published or taken down.

A page's key carries the generation, which every change renews, and the day, because articles begin and end with days. Where
the cache is a process's own memory the generation reaches only that process: `SECONDS` then bounds how old a page can be.
With what a browser may keep (`BROWSER_SECONDS`) it stays under a minute.
"""

import uuid
from datetime import date

from django.core.cache import cache
from django.db import transaction

SECONDS = 30
BROWSER_SECONDS = 20
_GENERATION = "s45front:generation"


def changed_on_commit() -> None:
    """Called by every act that changes what the public reads."""
    transaction.on_commit(renew, robust=True)


def renew() -> None:
    cache.set(_GENERATION, uuid.uuid4().hex, None)


def kept(path: str, *, on: date) -> tuple[str, bytes | None]:
    """The key of a page now, and its bytes where they are kept. Two look-ups."""
    generation = cache.get(_GENERATION)
    if generation is None:
        generation = uuid.uuid4().hex
        cache.add(_GENERATION, generation, None)
        generation = cache.get(_GENERATION, generation)
    key = f"s45front:{generation}:{on}:{path}"
    return key, cache.get(key)


def keep(key: str, content: bytes) -> None:
    cache.set(key, content, SECONDS)
