"""What grows when the cases grow from 10,000 to 1,000,000: work list, search, the nightly sweep, filing, and what waits.

Each case has an event, a person of its own and, one in three, a deadline. As many deadlines are due as before (a thousand):
a sweep that walked the others would show it.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from accounts import crypto
from accounts.clock import now
from casework.cases.doing import perform
from casework.deadlines import handlers
from casework.deadlines.handlers import Handler
from casework.deadlines.sweeping import sweep
from casework.desk.desk import desk_of
from casework.desk.search import read_search
from casework.desk.worklist import Criteria, Tab, tab_counts, work_page
from casework.jobs import watch
from casework.models import Deadline
from tests.bench import inbox
from tests.bench._scratch import scratch_database
from tests.bench._timing import median_ms
from tests.bench.filing import _drafts
from tests.ojt_accounts import world as w

CODE, DUE, FILINGS, ROUNDS = "bench.growth", 1000, 5, 5


def run(quick: bool) -> dict[str, Any]:
    sizes = (1_000, 5_000) if quick else (10_000, 1_000_000)
    few, many = (_measured(size, 1 if quick else FILINGS) for size in sizes)
    slopes = {name: round(many[name] / few[name], 2) for name in few if name.endswith("_ms") and few[name]}
    steepest = max(slopes, key=lambda name: slopes[name])
    return {
        "sizes": list(sizes),
        "few": few,
        "many": many,
        "slopes": slopes,
        "steepest": steepest.removesuffix("_ms"),
        "steepest_slope": slopes[steepest],
        "steepest_slope_at_most": 3,
    }


def _measured(size: int, filings: int) -> dict[str, Any]:
    with scratch_database(), override_settings(STAFF_SECOND_FACTOR=False, SECURE_SSL_REDIRECT=False):
        officer = inbox._people()
        began = time.perf_counter()
        inbox._fill(size)
        _hang_on(size)
        filled = time.perf_counter() - began
        client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0].replace("*", "localhost"))
        client.force_login(officer)
        desk = desk_of(officer)
        number = w.national_id(size // 2)

        def found(typed: str) -> Callable[[], int]:
            return lambda: len(
                work_page(Criteria(tab=Tab.ALL, today=inbox.TODAY, search=read_search(typed)), desk).rows
            )

        # an even one is of the office asked
        if not found(number)():
            raise AssertionError("the search found nobody")
        return {
            "cases": size,
            "list_page_ms": _ms(lambda: client.get("/admin/work/?tab=team").status_code),
            "overdue_page_ms": _ms(lambda: client.get("/admin/work/?tab=overdue").status_code),
            "all_page_ms": _ms(lambda: client.get("/admin/work/?tab=all").status_code),
            "tab_counts_ms": _ms(lambda: tab_counts(desk, inbox.TODAY)),
            "search_by_id_ms": _ms(found(number)),
            "search_by_name_ms": _ms(found("學員5")),
            "search_by_number_ms": _ms(found(f"BN-115-{size // 2:06d}")),
            "watch_ms": _ms(lambda: watch.troubles(inbox.AT, inbox.TODAY)),
            "sweep_ms": _sweep(),
            "filing_ms": _filing(filings),
            "fill_s": round(filled),
            "database_mb": _size(),
        }


def _hang_on(size: int) -> None:
    """People, events and deadlines of the cases that are there."""
    digest = crypto.index(w.national_id(size // 2))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_caseperson (case_id, id_index, name) SELECT id, CASE WHEN number = %s THEN %s "
            "ELSE md5(number) || md5(id::text) END, '學員' || id %% 5000 FROM casework_case",
            [f"BN-115-{size // 2:06d}", digest],
        )
        cursor.execute(
            "INSERT INTO casework_event (case_id, seq, at, by_name, code, label, clause, reason, from_state, to_state, changes, "
            "outcomes, internal, before, digest) SELECT c.id, 1, c.changed_at, '系統', 'bench', '送件', '第三點', '', '', '', "
            "'[]', '[]', false, md5(c.number) || md5(c.number), md5(c.number) || md5(c.number) "
            "FROM casework_case c"
        )
        cursor.execute(
            "INSERT INTO casework_deadline (case_id, thing_kind, code, rule, label, citation, counted_from, due_on, outcome, set_at) "
            "SELECT id, '', %s, 'OA-01', '答復', '第三點', %s, "
            "CASE WHEN id %% %s < 3 THEN %s::date - 1 ELSE %s::date + 30 END, '{}', %s FROM casework_case WHERE id %% 3 = 0",
            [CODE, inbox.TODAY, max(size // DUE, 3), inbox.TODAY, inbox.TODAY, inbox.AT],
        )
        cursor.execute("VACUUM ANALYZE casework_case, casework_caseperson, casework_event, casework_deadline")


def _ms(work: Callable[[], Any]) -> float:
    return median_ms(work, ROUNDS)


def _sweep() -> float:
    """A night with a thousand deadlines due: milliseconds per thousand."""
    with handlers.HANDLERS.kept():
        handlers.HANDLERS.add(Handler(CODE, lambda rows, at: None))
        due = Deadline.objects.filter(code=CODE, due_on__lt=inbox.TODAY).count()
        began = time.perf_counter()
        lapsed = sweep(on=inbox.TODAY, at=inbox.AT).lapsed[CODE]
        spent = time.perf_counter() - began
    if not lapsed == due > DUE / 4:
        raise AssertionError(f"{lapsed} of {due} lapsed")
    return round(spent * 1000 * 1000 / lapsed, 1)


def _filing(count: int) -> float:
    """The act alone, between the other cases."""
    cases, contact = _drafts(count)
    spent = []
    for case in cases:
        began = time.perf_counter()
        perform(case, "file", by=contact, at=now() + timedelta(seconds=1))
        spent.append(time.perf_counter() - began)
    return round(statistics.median(spent) * 1000, 1)


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0]) // 2**20
