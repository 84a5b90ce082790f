"""kill −9 PostgreSQL while people file 送件: whatever a browser was told is there afterwards; what was not told may be pressed
again with the same key and is filed once."""

import threading
import time
from typing import Any
from uuid import uuid4

from casework.models import Case, Event, Receipt
from tests.drills import _postings
from tests.drills._site import Site, check, consistent

FILINGS, AT_ONCE, KILLS = 30, 8, 2


def run(site: Site) -> dict[str, Any]:
    desk = _postings.drafts(FILINGS)
    site.web()
    keys = {case.pk: uuid4() for case in desk.cases}
    waiting, told, unanswered, guard = list(desk.cases), {}, 0, threading.Lock()

    def work() -> None:
        nonlocal unanswered
        while True:
            with guard:
                if not waiting:
                    return
                case = waiting.pop(0)
            status, location = _postings.press(site.port, desk, case, keys[case.pk])
            with guard:
                if status == 302:
                    told[case.pk] = location
                else:
                    unanswered += 1
                    waiting.append(case)  # the person presses again
            if status != 302:
                time.sleep(0.3)

    crew = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for one in crew:
        one.start()
    away = []
    for kill in range(KILLS):
        goal = (kill + 1) * FILINGS // (KILLS + 1)
        while len(told) < goal:
            time.sleep(0.01)
        site.kill_postgres()
        with guard:
            acknowledged = dict(told)
        began = time.monotonic()
        site.start_postgres()
        away.append(time.monotonic() - began)
        site.disconnect()
        there = set(Case.objects.filter(state="filed").values_list("pk", flat=True))
        lost = set(acknowledged) - there
        check(not lost, f"{len(lost)} acknowledged filings are not in the restarted database")
    for one in crew:
        one.join(120)
    check(not any(one.is_alive() for one in crew), "the filings never ended")
    check(len(told) == FILINGS, f"{len(told)} of {FILINGS} filed")
    check(unanswered, "no press was interrupted: nothing was shown")
    filings = Event.objects.filter(to_state="filed").values_list("case", flat=True)
    check(sorted(filings) == sorted(keys), "a case was filed twice or never")
    kept = set(Receipt.objects.exclude(answer=None).values_list("key", flat=True))
    check(set(keys.values()) <= kept, "a receipt is missing")
    consistent()
    return {
        "filings": FILINGS,
        "kills": KILLS,
        "presses_without_answer": unanswered,
        "acknowledged_and_lost": 0,
        "filed_twice": 0,
        "restart_ms": round(max(away) * 1000),
    }
