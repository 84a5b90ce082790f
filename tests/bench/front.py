"""The public front on two workers: the list of a category and an article, beside an empty Django view in the same project.

`ratio` is the slower of the two to the empty view. `publish_seconds` and `withdraw_seconds` are how long after the commit the
public saw it where the web processes share no cache at all: the worst there is.
"""

import http.client
import threading
import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from accounts.clock import now, today

CLIENTS = 8


def run(quick: bool) -> dict[str, Any]:
    from tests.bench import _senior45 as many
    from tests.bench._scratch import gunicorn, scratch_database

    seconds = 0.3 if quick else 8.0
    with scratch_database() as env:
        many.lead()
        place = many.centres(1)[0]
        article = _articles(place, 8 if quick else 400)
        with gunicorn(
            {**env, "REDIS_URL": "", "LOG_LEVEL": "WARNING"}, app="tests.bench._empty_view:application"
        ) as site:
            empty = _rate(f"{site}/bench-empty/", seconds)
            listed = _rate(f"{site}/45plus/c/event/", seconds)
            shown = _rate(f"{site}/45plus/a/{article}/", seconds)
            empty = max(empty, _rate(f"{site}/bench-empty/", seconds))
            # what a page keeps for half a minute is waited for in a whole run only
            published, withdrawn = (0.0, 0.0) if quick else _seen(site, place)
    return {
        "workers": 2,
        "list_per_second": round(listed),
        "article_per_second": round(shown),
        "empty_view_per_second": round(empty),
        "ratio": round(min(listed, shown) / empty, 2),
        "ratio_at_least": 0.5,
        "publish_seconds": round(published, 1),
        "publish_seconds_at_most": 60,
        "withdraw_seconds": round(withdrawn, 1),
        "withdraw_seconds_at_most": 60,
    }


def _people(place: Any) -> tuple[Any, Any]:
    from accounts.models import User
    from senior45.models import SiteAccount
    from senior45.services.accounts import give_right, role_from_rights

    found = []
    for name, right in (("bencheditor", "editor"), ("benchreviewer", "reviewer")):
        user, _ = User.objects.get_or_create(account_name=name, defaults={"name": name, "email": f"{name}@example.com"})
        account, fresh = SiteAccount.objects.get_or_create(
            user=user, office=place, defaults={"role": "service_staff", "opened_on": today(), "idle_from": today()}
        )
        if fresh:
            give_right(account, right, starts_on=today(), case=None, by=None, at=now())
            role_from_rights(account, on=today(), by=None, at=now())
        found.append(user)
    return found[0], found[1]


def _published(place: Any, n: int, *, days: int = 0) -> Any:
    from casework.cases.doing import perform
    from senior45.models import Article
    from senior45.services import articles

    editor, reviewer = _people(place)
    body = f"# 活動{n}\n\n" + "\n\n".join(f"第 {k} 段：{'銀髮就業服務說明' * 12}" for k in range(12))
    data = {
        "category": "event",
        "title": f"徵才活動第 {n} 場",
        "summary": "說明",
        "body": body,
        "starts_on": today() - timedelta(days=days),
        "ends_before": None,
    }
    case = articles.start(office=place, data=data, by=editor, at=now()).case
    perform(case, "submit", by=editor, at=now())
    perform(case, "publish", by=reviewer, at=now())
    return Article.objects.get(case=case)


def _articles(place: Any, count: int) -> int:
    return max(_published(place, n, days=n % 200).pk for n in range(count))


def _rate(url: str, seconds: float) -> float:
    """Answers a second to `CLIENTS` visitors who each ask again as soon as they are answered."""
    parts, counts = urlsplit(url), [0] * CLIENTS
    until = time.perf_counter() + seconds

    def visit(number: int) -> None:
        line = http.client.HTTPConnection(parts.netloc.split(":")[0], parts.port, timeout=10)
        while time.perf_counter() < until:
            line.request("GET", parts.path)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise AssertionError(f"{url}: {answer.status}")
            counts[number] += 1
        line.close()

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def _seen(site: str, place: Any) -> tuple[float, float]:
    """Seconds until every worker shows the new text in its list, and until none shows the article withdrawn."""
    from casework.cases.doing import perform

    page = f"{site}/45plus/c/event/"
    _read(page)
    article = _published(place, 9_999)
    published = _until(lambda: "第 9999 場" in _read(page))
    address = f"{site}/45plus/a/{article.pk}/"
    _until(lambda: "第 9999 場" in _read(address))
    _, reviewer = _people(place)
    perform(article.case, "withdraw", reason="測試", by=reviewer, at=now())
    return published, _until(lambda: _read(address) == "410")


def _until(holds: Any, *, times: int = 12, limit: float = 70) -> float:
    """Seconds until it holds for a dozen questions in a row, which both workers answer some of."""
    started = time.perf_counter()
    while time.perf_counter() - started < limit:
        moment = time.perf_counter()
        if all(holds() for _ in range(times)):
            return moment - started
        time.sleep(0.5)
    raise AssertionError("not seen within a minute")


def _read(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.code)
