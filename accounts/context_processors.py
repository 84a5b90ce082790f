"""`portal` in every template. Each value is worked out only where a page asks for it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import clock, navigation, rights
from accounts.idle import idle_seconds, since_seen
from kernel.dates import roc

_count_unread: Callable[[Any], int] = lambda user: 0  # noqa: E731  (replaced by register_unread)


def register_unread(count: Callable[[Any], int]) -> None:
    """How many notices a user has not read: one query."""
    global _count_unread
    _count_unread = count


_help_for: Callable[[HttpRequest], str] = lambda request: ""  # noqa: E731  (replaced by register_help)


def register_help(address: Callable[[HttpRequest], str]) -> None:
    """Where the user guide speaks of the page asked for."""
    global _help_for
    _help_for = address


class Portal:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def rights(self) -> dict[str, set[int]]:
        return rights.rights_of(self._request)

    @cached_property
    def navigation(self) -> list[navigation.Entry]:
        return navigation.entries(self._request, self.rights)

    @property
    def help_url(self) -> str:
        return _help_for(self._request)

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @cached_property
    def unread(self) -> int:
        return _count_unread(self._request.user) if self._request.user.is_authenticated else 0

    @property
    def idle_seconds(self) -> int:
        """0: this page signs nobody out."""
        return getattr(self._request, "idle_limit", idle_seconds(self._request.user))

    @property
    def idle_since(self) -> int:
        return since_seen(self._request)

    @property
    def today_roc(self) -> str:
        return roc(clock.today())


def portal(request: HttpRequest) -> dict[str, Any]:
    if not hasattr(request, "_portal"):
        request._portal = Portal(request)  # type: ignore[attr-defined]
    return {"portal": request._portal, "request_id": getattr(request, "request_id", "")}  # type: ignore[attr-defined]
