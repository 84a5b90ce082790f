"""The daily sweep among 200,000 deadlines of which 2 % are due, beside one bare UPDATE … RETURNING that writes the same rows.

The same rows: the due deadlines marked and their cases' days set anew, committed. Each is measured three times, the rows put
back and the tables vacuumed between, the best of each. Memory is the whole process, with Django in it.
"""

import resource
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from casework.deadlines import handlers
from casework.deadlines.handlers import Handler
from casework.deadlines.sweeping import sweep

ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
CODES = ("bench.answer", "bench.report")
ROUNDS = 3

BARE = """
WITH lapsed AS (
    UPDATE casework_deadline SET lapsed_at = %(at)s
    WHERE met_at IS NULL AND lapsed_at IS NULL AND withdrawn_at IS NULL AND due_on < %(on)s
    RETURNING id, case_id
), days AS (
    UPDATE casework_case c SET due_on = (
        SELECT min(d.due_on) FROM casework_deadline d
        WHERE d.case_id = c.id AND d.met_at IS NULL AND d.lapsed_at IS NULL AND d.withdrawn_at IS NULL
          AND d.due_on >= %(on)s
    ) FROM lapsed WHERE c.id = lapsed.case_id
)
SELECT id, case_id FROM lapsed
"""


def run(quick: bool) -> dict[str, Any]:
    deadlines = 2_000 if quick else 200_000
    handled: list[int] = []
    with _handlers(lambda rows, at: handled.append(len(rows))), _rows(deadlines):
        bare, due = min(_timed(_bare) for _ in range(ROUNDS))
        ours, lapsed = min(_timed(_sweep) for _ in range(ROUNDS))
        tracemalloc.start()
        _timed(_sweep)
        python_peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        idle, nothing = min(_timed(lambda: sweep(on=date(2026, 1, 1), at=AT).lapsed.total()) for _ in range(ROUNDS))
    if not lapsed == due == sum(handled) // (ROUNDS + 1) or nothing:
        raise AssertionError(f"{due} due, {lapsed} lapsed, {handled} handled: the two do not do the same")
    return {
        "deadlines": deadlines,
        "due": due,
        "ms": round(ours * 1000, 1),
        "bare_ms": round(bare * 1000, 1),
        "ratio": round(ours / bare, 2),
        "ratio_at_most": 5,
        "nothing_due_ms": round(idle * 1000, 1),
        "python_peak_mb": round(python_peak / 2**20, 1),
        "process_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "process_peak_mb_at_most": 250,
    }


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    """Seconds and result of `work`, its rows put back first."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_deadline SET lapsed_at = NULL WHERE code = ANY(%s)", [list(CODES)])
        cursor.execute(
            "UPDATE casework_case c SET due_on = (SELECT min(due_on) FROM casework_deadline WHERE case_id = c.id) "
            "WHERE kind = 'bench' AND due_on IS DISTINCT FROM "
            "(SELECT min(due_on) FROM casework_deadline WHERE case_id = c.id)"
        )
        cursor.execute("VACUUM ANALYZE casework_case, casework_deadline")
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


def _sweep() -> int:
    return sweep(on=ON, at=AT).lapsed.total()


def _bare() -> int:
    with connection.cursor() as cursor:
        cursor.execute(BARE, {"at": AT, "on": ON})
        return len(cursor.fetchall())


@contextmanager
def _handlers(on_lapse: handlers.Lapse) -> Iterator[None]:
    with handlers.HANDLERS.kept():
        handlers.HANDLERS.add(*(Handler(code, on_lapse) for code in CODES))
        yield


@contextmanager
def _rows(deadlines: int) -> Iterator[None]:
    """Two deadlines to a case; two in a hundred are past, of either code. Gone at the end, for the other figures' sake."""
    try:
        with connection.cursor() as cursor:
            _fill(cursor, deadlines)
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM casework_deadline WHERE code = ANY(%s)", [list(CODES)])
            cursor.execute("DELETE FROM casework_case WHERE kind = 'bench'")
            cursor.execute("DELETE FROM accounts_organisation WHERE code = 'bench'")


def _fill(cursor: Any, deadlines: int) -> None:
    cursor.execute(
        "INSERT INTO accounts_organisation (name, short_name, kind, code, unified_number, unified_number_override, "
        "postal_code, address, phone, fax, email, is_active) "
        "VALUES ('測試分署', '', 'branch', 'bench', '', '', '', '', '', '', '', true) RETURNING id"
    )
    (office,) = cursor.fetchone()
    cursor.execute(
        "INSERT INTO casework_case (number, kind, state, turn, title, office_id, created_at, version, events_count, "
        "digest, changed_at) SELECT 'BENCH-' || n, 'bench', 'filed', 'office', '測試案件', %s, %s, 1, 0, '', %s "
        "FROM generate_series(1, %s) n",
        [office, AT, AT, deadlines // 2],
    )
    cursor.execute(
        "INSERT INTO casework_deadline (case_id, thing_kind, code, rule, label, citation, counted_from, due_on, outcome, "
        "set_at) SELECT c.id, '', code, 'OA-01', '答復', '第三點', %s, "
        "%s::date + CASE WHEN (row_number() OVER (ORDER BY c.id, code)) %% 100 IN (0, 51) THEN -1 ELSE 30 END, '{}', %s "
        "FROM casework_case c CROSS JOIN unnest(%s::text[]) code WHERE c.kind = 'bench'",
        [ON, ON, AT, list(CODES)],
    )
