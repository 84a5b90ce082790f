"""The impact sheet of a draft over 10,000 open accounts of which nearly every one changes, beside one loop that asks the same.

The loop reads the same rows, asks the same rule under both laws and keeps what differs in memory: no progress, nothing
written. The sheet runs as the worker runs it; a third run is of a draft that touches none of the rows' figures (others of the
same scheme), where each is asked once. Memory is the whole process, with Django in it. Progress is what somebody reads who asks
the page's question on a connection of their own, again and again while it runs.
"""

import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, User
from accounts.services.roles import grant_role
from casework.law import amending, impact_sheets
from casework.law import impact as sources
from casework.law.impact import differences
from casework.law.in_force import law_in_force, law_with
from casework.models import Amendment, ImpactSheet
from casework.rights import LAW_OFFICER

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
SOURCE = "senior45.account"


def run(quick: bool) -> dict[str, Any]:
    from tests.bench import _senior45 as many
    from tests.bench._scratch import scratch_database

    count = 200 if quick else 10_000
    with scratch_database():
        many.lead()
        many.accounts(count, many.centres(20), idle_from=date(2026, 11, 1))
        many.analysed()
        office = Organisation.objects.create(name="勞動部", kind=Organisation.Kind.MINISTRY)
        by = User.objects.create_user("benchlaw", name="沈法規", email="benchlaw@example.com")
        grant_role(user=by, role_code=LAW_OFFICER, organisation=office, by=None, at=AT)
        moved, still = _draft("s45.idle_days", 120, by), _draft("s45.answer_working_days", 9, by)
        memory_before = _peak_mb()
        bare, kept = _bare(moved)
        with _watched(sheet := impact_sheets.ask_sheet(moved, by=by, at=AT)) as seen:
            ours = _timed(lambda: impact_sheets.run_sheet(sheet.pk, clock=lambda: AT))
        again = impact_sheets.ask_sheet(still, by=by, at=AT)
        with CaptureQueriesContext(connection) as asked:
            untouched = _timed(lambda: impact_sheets.run_sheet(again.pk, clock=lambda: AT))
        sheet.refresh_from_db()
        again.refresh_from_db()
        lines = sheet.lines.count()
    if not (sheet.state == again.state == ImpactSheet.State.DONE and lines == kept == count == sheet.changed):
        raise AssertionError(f"{count} accounts: {lines} lines, {kept} by the loop, {sheet.state}, {again.state}")
    return {
        "open_things": sheet.checked,
        "changed": sheet.changed,
        "ms": round(ours * 1000),
        "per_second": round(sheet.checked / ours),
        "bare_ms": round(bare * 1000),
        "ratio": round(ours / bare, 2),
        "ratio_at_most": 3,
        "nothing_changed_ms": round(untouched * 1000),
        "queries_per_chunk": round(len(asked) / (again.checked / sources.CHUNK), 1),
        "progress_seen": len(seen),
        "progress_seen_at_least": 3,
        "memory_added_mb": round(_peak_mb() - memory_before, 1),
        "peak_mb": _peak_mb(),
        "peak_mb_at_most": 250,
    }


def _draft(code: str, value: int, by: User) -> Amendment:
    draft = amending.draft(title="修正", citation="修正依據", in_force_from=DAY, by=by, at=AT)
    amending.set_value(draft, code=code, value=value, by=by, at=AT)
    draft.refresh_from_db()
    return draft


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _bare(draft: Amendment) -> tuple[float, int]:
    """Seconds, and how many things change: the least work that answers the same question."""
    started = time.perf_counter()
    now, then, found = law_in_force(), law_with(draft), []
    for chunk in sources.SOURCES[SOURCE].things(DAY):
        for thing in chunk:
            if changed := differences(thing.answers(now), thing.answers(then)):
                found.append([line.outcome.as_json() for line in changed if line.outcome])
    return time.perf_counter() - started, len(found)


@contextmanager
def _watched(sheet: ImpactSheet) -> Iterator[set[int]]:
    """What the page would have shown while it ran."""
    seen: set[int] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            seen.add(ImpactSheet.objects.values_list("checked", flat=True).get(pk=sheet.pk))
        connection.close()

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
        seen.discard(0)


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
