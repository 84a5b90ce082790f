"""Redis gone 佇列停止: people sign, file and read as before; what waits in the database is caught up when it is back."""

import statistics
import time
from typing import Any

from casework.models import Case, Notice
from tests.drills import _postings
from tests.drills._site import Site, check, consistent, until

FILINGS = 20


def run(site: Site) -> dict[str, Any]:
    desk = _postings.drafts(FILINGS)
    site.web()
    worker, beat = site.worker("tests.drills._worker"), site.beat("tests.drills._worker")
    before = _press(site, desk, desk.cases[: FILINGS // 2])
    until(_all_sent, "the letters of the first half", 90)
    site.stop_redis()
    time.sleep(6)
    during = _press(site, desk, desk.cases[FILINGS // 2 :])
    check(site.answers("/health/ready"), "not ready without Redis")
    waiting = Notice.objects.filter(mail_state=Notice.Mail.QUEUED).count()
    check(waiting, "nothing waits: nothing was shown")
    time.sleep(10)
    check(worker.poll() is None and beat.poll() is None, "worker or scheduler gave up without Redis")
    site.redis.start()
    caught_up = until(_all_sent, "the letters after Redis came back", 90)
    check(Case.objects.filter(state="filed").count() == FILINGS, "not all filed")
    consistent()
    return {
        "filings_without_redis": len(during),
        "p50_ms_with": round(statistics.median(before) * 1000),
        "p50_ms_without": round(statistics.median(during) * 1000),
        "slowest_ms_without": round(max(during) * 1000),
        "letters_that_waited": waiting,
        "caught_up_s": round(caught_up, 1),
    }


def _press(site: Site, desk: _postings.Desk, cases: list[Case]) -> list[float]:
    took = []
    for case in cases:
        began = time.perf_counter()
        status, _ = _postings.press(site.port, desk, case)
        took.append(time.perf_counter() - began)
        check(status == 302, f"{case.number} answered {status}")
    return took


def _all_sent() -> bool:
    letters = Notice.objects.exclude(mail_state=Notice.Mail.NONE)
    return letters.exists() and not letters.filter(mail_state=Notice.Mail.QUEUED).exists()
