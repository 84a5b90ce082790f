"""Parts of shared pages that the parts of the site bring: blocks of the start page, rows of its lists. Each is a template and what it needs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from kernel.registry import Registry, address


@dataclass(frozen=True, slots=True)
class Block:
    """`context(request)` returns None where the block has nothing to say to this visitor."""

    code: str
    template: str
    context: Callable[[HttpRequest], Mapping[str, Any] | None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Shown:
    code: str
    template: str
    context: Mapping[str, Any]


#: 登入後的首頁
DASHBOARD: Registry[Block] = Registry("block of the start page")
#: 未登入的首頁
LANDING: Registry[Block] = Registry("block of the visitors' page")
#: 我的資料: the person looking is the person shown.
PROFILE: Registry[Block] = Registry("block of one's own page")


def shown(blocks: Iterable[Block], request: HttpRequest) -> list[Shown]:
    found = []
    for block in sorted(blocks, key=lambda one: (one.order, one.code)):
        context = block.context(request)
        if context is not None:
            found.append(Shown(block.code, block.template, context))
    return found


#: Rows for a list of the start page. Each is a mapping with title, url, number, state_label, tone and due, as
#: components/worklist.html prints it.
Rows = Callable[[HttpRequest], Sequence[Mapping[str, Any]]]
#: 等我處理
WAITING: Registry[Rows] = Registry("list of what waits", address)
#: 即將到期
EXPIRING: Registry[Rows] = Registry("list of what ends soon", address)
#: 最近通知
RECENT: Registry[Rows] = Registry("list of what was told", address)


def start_lists(request: HttpRequest) -> dict[str, list[Mapping[str, Any]]]:
    lists = {"waiting": WAITING, "expiring": EXPIRING, "recent": RECENT}
    return {name: [row for rows in sources for row in rows(request)] for name, sources in lists.items()}


@dataclass(frozen=True, slots=True)
class Entrance:
    """A scheme's door on the pages that show them all: start page, site map, footer, the summary in English."""

    url_name: str
    title: str
    audience: str
    text: str
    foot: str
    #: What the footer calls the scheme's business, and the visitors' page what can be applied for.
    business: str
    applied: str = ""
    #: Name and description in English.
    english: tuple[str, str] = ("", "")
    #: Its lines of the site map as (URL name, label), where it is not this one.
    site_map: tuple[tuple[str, str], ...] = ()
    order: int = 100

    @property
    def lines(self) -> list[tuple[str, str]]:
        return [(reverse(name), label) for name, label in self.site_map or ((self.url_name, self.title),)]


ENTRANCES: Registry[Entrance] = Registry("entrance", attrgetter("url_name"))


def entrances() -> list[Entrance]:
    return sorted(ENTRANCES, key=attrgetter("order"))
