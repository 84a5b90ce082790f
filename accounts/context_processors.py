"""`portal` in every template. Each value is worked out only where a page asks for it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import clock, navigation, panels, rights
from accounts.guide import help_for
from accounts.idle import idle_seconds, since_seen
from kernel.dates import roc
from kernel.registry import Registry

#: At most one: how many notices a user has not read, in one query.
UNREAD: Registry[Callable[[Any], int]] = Registry("count of", lambda one: "unread notices")


class Portal:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def rights(self) -> dict[str, set[int]]:
        return rights.rights_of(self._request)

    @cached_property
    def navigation(self) -> list[navigation.Entry]:
        return navigation.entries(self._request, self.rights)

    @cached_property
    def entrances(self) -> list[panels.Entrance]:
        """The schemes this site offers."""
        return panels.entrances()

    @property
    def applied(self) -> list[str]:
        return [one.applied for one in self.entrances if one.applied]

    @property
    def businesses(self) -> list[str]:
        return [one.business for one in panels.ENTRANCES]

    @property
    def help_url(self) -> str:
        return help_for(self._request)

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @cached_property
    def unread(self) -> int:
        count = UNREAD.get("unread notices")
        return count(self._request.user) if count and self._request.user.is_authenticated else 0

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
