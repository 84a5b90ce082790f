"""Parts of shared pages that apps bring: blocks of the start page, rows of its lists. Each is a template and what it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


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


class Registry:
    def __init__(self) -> None:
        self._blocks: dict[str, Block] = {}

    def register(self, *blocks: Block) -> None:
        for block in blocks:
            self._blocks[block.code] = block

    def shown(self, request: HttpRequest) -> list[Shown]:
        found = []
        for block in sorted(self._blocks.values(), key=lambda one: (one.order, one.code)):
            context = block.context(request)
            if context is not None:
                found.append(Shown(block.code, block.template, context))
        return found


#: 登入後的首頁
dashboard = Registry()
#: 未登入的首頁
landing = Registry()


Rows = Callable[[HttpRequest], Sequence[Mapping[str, Any]]]
#: Lists of the start page of whoever is signed in: 等我處理, 即將到期, 最近通知. Each row is a mapping with title, url, number,
#: state_label, tone and due, as components/worklist.html prints it.
_lists: dict[str, list[Rows]] = {"waiting": [], "expiring": [], "recent": []}


def register_list(name: str, rows: Rows) -> None:
    """`name`: waiting, expiring or recent."""
    _lists[name].append(rows)


def start_lists(request: HttpRequest) -> dict[str, list[Mapping[str, Any]]]:
    return {name: [row for rows in sources for row in rows(request)] for name, sources in _lists.items()}
