"""Every page in every role's menu, on the demonstration: server time, and what one visit weighs on the wire.

The weight is the page and every style sheet, script, font and picture it names, compressed as they are served, for somebody
who comes for the first time.
"""

import gzip
import re
import statistics
import time
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.admin import site
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client, RequestFactory, override_settings

from accounts.demo import DEMO_ROLES, DEMONSTRATIONS
from accounts.models import User
from accounts.navigation import entries
from accounts.rights import held
from accounts.services.offices import load_offices
from tests.bench._scratch import scratch_database
from tests.security.demonstration import quick_papers

ASSET = re.compile(r'(?:src|href)="([^"]+\.(?:css|js|woff2|svg|png|webp|ico)(?:\?[^"]*)?)"')
IN_STYLE = re.compile(r"url\([\"']?([^\"')]+)[\"']?\)")


def run(quick: bool) -> dict[str, Any]:
    rounds = 3 if quick else 20
    with (
        scratch_database(),
        override_settings(DEMO=True, STAFF_SECOND_FACTOR=False, SECURE_SSL_REDIRECT=False, DEBUG=False),
    ):
        _load(quick)
        took: dict[str, list[float]] = {}
        weight: dict[str, int] = {}
        for role in DEMO_ROLES:
            user = User.objects.filter(account_name=role.account_name).first()
            if user is None:  # of a scheme that a quick run leaves out
                continue
            client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0].replace("*", "localhost"))
            client.force_login(user)
            for url in _menu(user):
                _measure(client, url, rounds, took, weight)
    every = sorted(one for spent in took.values() for one in spent)
    slowest = max(took, key=lambda url: statistics.median(took[url]))
    heaviest = max(weight, key=lambda url: weight[url])
    return {
        "pages": len(took),
        "p50_ms": round(statistics.median(every), 1),
        "p95_ms": round(every[int(len(every) * 0.95) - 1], 1),
        "p95_ms_at_most": 150,
        "slowest": slowest,
        "slowest_ms": round(statistics.median(took[slowest]), 1),
        "heaviest": heaviest,
        "heaviest_kb": round(weight[heaviest] / 1024, 1),
        "heaviest_kb_at_most": 150,
    }


def _load(quick: bool) -> None:
    """The demonstration; of a quick run one scheme, and papers without laying them out."""
    if not quick:
        call_command("demo", verbosity=0, stdout=StringIO())
        return
    load_offices()
    build = DEMONSTRATIONS["45+就業資源網"].build
    with quick_papers():
        build()


def _menu(user: User) -> list[str]:
    """What the role's menu offers, on both faces."""
    request = RequestFactory().get("/")
    request.user = user
    front = [entry.url for entry in entries(request, held(user).keys())]
    back = [entry["url"] for entry in site.navigation(request)] if user.is_staff else []
    return front + back


def _measure(client: Client, url: str, rounds: int, took: dict[str, list[float]], weight: dict[str, int]) -> None:
    if url in took:
        return
    answer = client.get(url, follow=True)
    if answer.status_code != 200:
        raise AssertionError(f"{url}: {answer.status_code}")
    weight[url] = _weight(b"".join(answer) if answer.streaming else answer.content)
    url = answer.redirect_chain[-1][0] if answer.redirect_chain else url
    for _ in range(rounds):
        started = time.perf_counter()
        client.get(url)
        took.setdefault(url, []).append((time.perf_counter() - started) * 1000)


def _weight(page: bytes) -> int:
    total, seen = len(gzip.compress(page)), set()
    waiting = ASSET.findall(page.decode())
    while waiting:
        name = urlsplit(waiting.pop()).path.removeprefix(settings.STATIC_URL)
        if name in seen or (found := finders.find(name)) is None:
            continue
        seen.add(name)
        with open(found, "rb") as file:
            content = file.read()
        total += len(content if name.endswith(("woff2", "png", "webp")) else gzip.compress(content))
        if name.endswith(".css"):
            folder = name.rsplit("/", 1)[0]
            waiting += [f"{folder}/{part}" for part in IN_STYLE.findall(content.decode()) if ":" not in part]
    return total
