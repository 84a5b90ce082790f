"""Counts visits against accounts.limits; who comes too often gets the 429 page and is told how long to wait."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from accounts import clock
from accounts.limits import EVERYWHERE, Limit
from accounts.services.access import client_address
from accounts.views.errors import too_many


def _who(request: HttpRequest) -> str:
    return f"user:{request.user.pk}" if request.user.is_authenticated else f"address:{client_address(request)}"


def wait(limit: Limit, request: HttpRequest) -> int:
    """Counts this visit. Seconds until the next window where it was one too many, else 0."""
    moment = int(clock.now().timestamp())
    key = f"limit:{limit.code}:{_who(request)}:{moment // limit.seconds}"
    cache.add(key, 0, timeout=limit.seconds + 60)
    try:
        often = cache.incr(key) > limit.most
    except ValueError:  # the entry went between the two calls
        often = False
    return limit.seconds - moment % limit.seconds if often else 0


class RateLimits:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        for limit in (*getattr(view_func, "limits", ()), *EVERYWHERE):
            if limit.when(request) and (seconds := wait(limit, request)):
                return too_many(request, seconds=seconds)
        return None
