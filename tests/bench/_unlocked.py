"""The portal without the queue of a course: what `rush` is compared with.

Between taking a place and committing there is a moment on every machine; here it is ten milliseconds, so that what the queue
prevents does not hang on how fast this one is.
"""

import time
from typing import Any

from accounts.clock import now
from config.wsgi import application
from ojt_subsidy.services import places

__all__ = ["application"]

take_place = places.take_place


def slowly(*given: Any, **named: Any) -> places.Place:
    taken = take_place(*given, **named)
    time.sleep(0.01)
    return taken


places.lock_course = lambda key: now()
places.take_place = slowly
