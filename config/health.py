"""What a load balancer or container asks: does this process live, and may it be given work?"""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.clock import FARTHEST, difference
from accounts.tables import tables_are_there

_migrated = False


def _answer(sentence: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200: the process answers. Asks nobody, so that a stopped database restarts no web process."""
    return _answer("ok")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200, else 503 and why: the database away, tables older than the code, a clock that lies. Redis is not asked: pages,
    filing and signing work without it.
    """
    try:
        ahead = difference()
        if not _tables_are_there():
            return _answer("migrations are not applied", 503)
    except DatabaseError:
        return _answer("database unavailable", 503)
    if abs(ahead) > FARTHEST:
        return _answer(f"clock differs from the database's by {ahead.total_seconds():.0f} s", 503)
    return _answer("ok")


def _tables_are_there() -> bool:
    """Asked until it is so."""
    global _migrated
    if not _migrated:
        _migrated = tables_are_there()
    return _migrated
