"""主選單: each part of the site brings its entries; a person sees those their rights open."""

from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.roles import right as declared_right
from kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class NavItem:
    """`right`: shown to whoever holds it somewhere (None: to everybody). `staff`: True only for staff, False only for others.
    `public`: shown without sign-in too; `visitors`: only without."""

    label: str
    url_name: str
    right: str | None = None
    staff: bool | None = None
    order: int = 100
    public: bool = False
    visitors: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    url: str
    current: bool


MENU: Registry[NavItem] = Registry("menu entry", attrgetter("url_name"))


def all_items() -> list[NavItem]:
    return sorted(MENU, key=lambda item: (item.order, item.label))


def _shown(item: NavItem, request: HttpRequest, rights: Collection[str]) -> bool:
    user = request.user
    if not user.is_authenticated:
        return item.public or item.visitors
    if item.visitors:
        return False
    if item.staff is not None and item.staff != user.is_staff:
        return False
    return item.right is None or declared_right(item.right).codename in rights


def entries(request: HttpRequest, rights: Collection[str]) -> list[Entry]:
    """The menu of this visitor; `rights` are the codenames they hold. The longest address that fits is the current one."""
    found: list[tuple[str, str]] = []
    for item in all_items():
        if _shown(item, request, rights):
            try:
                found.append((item.label, reverse(item.url_name)))
            except (
                NoReverseMatch
            ):  # checks.navigation_leads_somewhere reports it; one wrong entry must not stop every page
                continue
    fitting = [url for _, url in found if request.path == url or (url != "/" and request.path.startswith(url))]
    current = max(fitting, key=len, default=None)
    return [Entry(label, url, url == current) for label, url in found]
