"""A walk over the site as one person: every link on every page, a few of each kind."""

import io
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pikepdf
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

from tests.security.demonstration import BACKEND

_LINK = re.compile(rb"""\s(?:href|src|data-href)=["']([^"'#]+)""")
_FORM = re.compile(rb"""<form\b[^>]*>""", re.IGNORECASE)
_ACTION = re.compile(rb"""\saction=["']([^"']+)""")
#: Pages that show everybody something else: every person opens them. Others are opened by so many people.
OWN = {
    "portal:home",
    "portal:me",
    "casework:case",
    "casework:mine",
    "casework:inbox",
    "admin:case",
    "admin:index",
    "admin:work",
}
PEOPLE = 2


@dataclass(frozen=True)
class Visit:
    who: str
    name: str
    address: str
    status: int
    media: str
    headers: Any
    body: bytes
    templates: frozenset[str] = frozenset()  # names of those it was made of

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def client_of(user: Any) -> Client:
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


def words_of(body: bytes) -> bytes:
    """What stands in a file, unpacked: sheets and texts are archives, streams of a PDF are deflated."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"\n".join(words_of(archive.read(name)) for name in archive.namelist())
    if body.startswith(b"%PDF-"):
        with pikepdf.open(io.BytesIO(body)) as pdf:
            return b"\n".join(
                one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream) and _is_text(one)
            )
    return body


def _is_text(stream: pikepdf.Stream) -> bool:
    return stream.get("/Subtype") != "/Image" and "/Length1" not in stream


def body_of(response: HttpResponseBase) -> bytes:
    return response.getvalue() if response.streaming else response.content


def kind_of(address: str) -> tuple[str, str] | None:
    """View and kind of thing behind an address; None for what is no address of ours."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    words = [str(value) for value in match.kwargs.values()]
    # numbers and codes of figures (`oa.account_cap`) name one thing among many alike
    kinds = [re.sub(r"\d[\d-]*$", "", word.split(".")[0]) for word in words]
    return match.view_name, "/".join(kinds)


@dataclass
class Walker:
    """Opens every kind of page the links of a person's pages lead to, once per person; what all see alike, for the first few."""

    opened: Counter[tuple[str, str]]
    forms: set[str]

    def walk(self, who: str, user: Any) -> Iterator[Visit]:
        client = client_of(user)
        seen, mine = {"/", "/me/", "/sitemap/"}, set[tuple[str, str]]()
        waiting = deque(sorted(seen))
        while waiting:
            address = waiting.popleft()
            kind = kind_of(address)
            if kind is None or kind[0] == "account_logout" or kind in mine:
                continue
            if kind[0] not in OWN and self.opened[kind] >= PEOPLE:
                continue
            mine.add(kind)
            response = client.get(address)
            self.opened[kind] += response.status_code == 200  # who is refused uses nothing up
            body = body_of(response)
            media = response.headers.get("Content-Type", "").split(";")[0]
            made_of = frozenset(str(one.name) for one in response.templates if one.name)
            yield Visit(who, kind[0], address, response.status_code, media, response.headers, body, made_of)
            if response.status_code in (301, 302):
                links = [response.headers["Location"]]
            elif media in ("text/html", "application/xml", "application/rss+xml"):
                links = [unescape(link.decode(errors="replace")) for link in _LINK.findall(body)]
                self._note_forms(address, body)
            else:
                links = []
            for goal in _within(address, links):
                if goal not in seen:
                    seen.add(goal)
                    waiting.append(goal)

    def _note_forms(self, address: str, body: bytes) -> None:
        """Where the page's forms are posted to: addresses no link leads to."""
        for form in _FORM.findall(body):
            if b"post" in form.lower():
                action = _ACTION.search(form)
                self.forms.update(_within(address, [unescape(action[1].decode()) if action else address]))


def _within(address: str, links: list[str]) -> Iterator[str]:
    for link in links:
        parts = urlsplit(urljoin(f"http://testserver{address}", link))
        if parts.netloc == "testserver" and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")
