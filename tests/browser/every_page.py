"""Pages that a walk brought home, shown by a browser that asks no site: no violation of axe-core, and nothing runs over the window at
320 px, which is 1280 px at 400 % (WCAG 2.2, 1.4.10)."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Route, sync_playwright

from tests.browser.conftest import ARGS
from tests.browser.harness import HIGH, WIDE, Watch, axe, no_sideways
from tests.security.walk import Visit, body_of, kind_of

NARROW = 320
#: What a browser takes for safe without a certificate, as it takes the site's own.
BASE = "http://localhost"
_IMPORT = re.compile(r"""@import url\(["']?(?!/)""")


def each_once(visits: Iterable[Visit]) -> list[Visit]:
    """Of every page of HTML that answered the first one met: the same view of another kind of thing is another page."""
    found: dict[tuple[str, str] | None, Visit] = {}
    for one in visits:
        if one.status == 200 and one.media == "text/html":
            found.setdefault(kind_of(one.address), one)
    return list(found.values())


def sample(pages: Sequence[Visit]) -> list[Visit]:
    """The fewest pages on which whatever pages share is seen: every layout, component, panel and widget that two of them are made of."""
    used = Counter(template for one in pages for template in one.templates)
    left = {template for template, number in used.items() if number > 1}
    chosen = []
    while left:
        best = max(pages, key=lambda one: len(one.templates & left))
        chosen.append(best)
        left -= best.templates
    return chosen


def judged(chromium_path: str, pages: Iterable[Visit], client_of: Callable[[str], Client]) -> list[str]:
    """What is wrong with them. Parts that a page loads come from the static folders, or are asked for as the one who saw it.

    The browser has a thread of its own: in the thread of its loop Django opens another connection, which sees nothing of what a
    test holds uncommitted. Whatever it asks for is answered in this one.
    """
    asked, clients = SimpleQueue[_Asked | None](), dict[str, Client]()
    with ThreadPoolExecutor(1) as apart:
        wrong = apart.submit(_all, chromium_path, list(pages), asked)
        wrong.add_done_callback(lambda done: asked.put(None))
        while one := asked.get():
            try:
                if one.who not in clients:
                    clients[one.who] = client_of(one.who)
                response = clients[one.who].get(one.address)
                one.answer.set_result((response.status_code, dict(response.headers), body_of(response)))
            except Exception as error:
                one.answer.set_exception(error)
        return wrong.result()


@dataclass(frozen=True)
class _Asked:
    who: str
    address: str
    answer: Future[tuple[int, dict[str, str], bytes]] = field(default_factory=Future)


def _all(chromium_path: str, pages: list[Visit], asked: SimpleQueue[_Asked | None]) -> list[str]:
    wrong = []
    pages.sort(key=attrgetter("who"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGS)
        for who, theirs in groupby(pages, key=attrgetter("who")):
            context = browser.new_context(
                base_url=BASE, locale="zh-TW", timezone_id="Asia/Taipei", reduced_motion="reduce"
            )
            watch, page, shelf = Watch(), context.new_page(), _Shelf(who, asked)
            watch.over(context)
            context.route("**/*", shelf.answer)
            for one in theirs:
                shelf.pages[one.address] = one
                wrong += _judge(page, one)
            context.close()
            wrong += watch.problems
        browser.close()
    return wrong


@dataclass
class _Shelf:
    """What stands behind the browser of one person."""

    who: str
    asked: SimpleQueue[_Asked | None]
    pages: dict[str, Visit] = field(default_factory=dict)

    def answer(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        if one := self.pages.get(address):
            route.fulfill(status=one.status, headers=dict(one.headers), body=one.body)
        elif parts.path.startswith(settings.STATIC_URL):
            _fulfil_static(route, unquote(parts.path))
        else:
            question = _Asked(self.who, address)
            self.asked.put(question)
            status, headers, body = question.answer.result()
            route.fulfill(status=status, headers=headers, body=body)


def _fulfil_static(route: Route, path: str) -> None:
    found = finders.find(path.removeprefix(settings.STATIC_URL))
    if found is None:
        route.fulfill(status=404)
    elif path.endswith(".css"):
        # of a sheet that comes from here Chromium does not know the address: what it imports is named in full
        whole = _IMPORT.sub(rf"\g<0>{path.rpartition('/')[0]}/", Path(found).read_text())
        route.fulfill(body=whole, content_type="text/css; charset=utf-8")
    else:
        route.fulfill(path=found)


def _judge(page: Page, one: Visit) -> list[str]:
    page.goto(one.address)
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true })")
    wrong = []
    for width, look in ((NARROW, no_sideways), (WIDE, axe)):
        page.set_viewport_size({"width": width, "height": HIGH})
        try:
            look(page)
        except AssertionError as error:
            wrong.append(f"{one.name} as {one.who or 'anybody'}: {error}")
    return wrong
