"""Every page somebody of the demonstration can reach by following links, once: address, name and who reached it.

Links are followed with the test client, which is quick; the browser then opens what was found. A page is known by its URL
name; a case page by its kind too, since each scheme fills it with parts of its own.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import User
from tests.browser.harness import BACKEND

_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"#][^"]*)"')
_SERIES = re.compile(r"/([A-Z]{2,3})-\d{3}-\d{6}/")
#: Kept apart by what stands in the address too: the same view, another page.
_BY_SERIES = {"casework:case", "admin:case", "casework:act", "admin:case_act"}
#: A page is opened so often before its links count as known: another state of a case leads to other pages.
TRIES = 2
#: Leads away from the person, or changes what is shown to all.
_NEVER = ("/accounts/logout", "/accounts/demo", "/static/", "/media/")


@dataclass(frozen=True)
class Found:
    key: str
    address: str
    user: User | None


def key_of(address: str) -> str:
    """Raises Resolver404 for what is not ours."""
    path = urlsplit(address).path
    name = resolve(path).view_name
    series = _SERIES.search(path)
    if name in _BY_SERIES and series:
        act = path.rstrip("/").rpartition("/")[2] if name.endswith("act") else ""
        return " ".join(part for part in (name, series[1], act) if part)
    return name


def _links(address: str, html: str) -> Iterator[str]:
    for link in _LINK.findall(html):
        whole = urldefrag(urljoin(address, link.replace("&amp;", "&")))[0]
        parts = urlsplit(whole)
        if not parts.scheme and not parts.netloc and not parts.path.startswith(_NEVER):
            yield whole


def crawl(people: Iterable[User | None], starts: Iterable[str]) -> Iterator[Found]:
    """Pages of HTML that answered 200, each once; `starts` are opened by everybody, so that every role's way in is followed."""
    starts, opened, shown = list(starts), Counter[str](), set[str]()
    for user in people:
        client = Client(headers={"host": "localhost"})
        if user is not None:
            client.force_login(user, backend=BACKEND)
        waiting, asked = list(starts), set[str]()
        while waiting:
            address = waiting.pop(0)
            try:
                key = key_of(address)
            except Resolver404:
                continue
            if address in asked or (opened[key] >= TRIES and address not in starts):
                continue
            asked.add(address)
            answer = client.get(address)
            if answer.status_code in (301, 302):
                waiting.append(urldefrag(urljoin(address, answer.url))[0])
                continue
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                answer.close()  # a file's stream, unread
                continue
            opened[key] += 1
            if key not in shown:
                shown.add(key)
                yield Found(key, address, user)
            waiting += _links(address, answer.content.decode())
