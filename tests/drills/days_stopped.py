"""Three days without any job 排程停擺三日: afterwards every date and every effect is as if nothing had stopped.

The demonstration lives through forty nights twice, once with every job of every night, once with three nights left out around
the busiest of them. Moments differ (the effect came later) and so do the digests over them; nothing else may. Reminders are
the exception the sweep makes on purpose: of several that have become due only the newest is sent, so of letters that remind
it is compared what they say and to whom, not how often.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.db import connection

from accounts.clock import now
from casework.deadlines import handlers
from casework.deadlines.handlers import Remind
from casework.models import Deadline, Notice
from config.celery import app
from kernel.jobs import JOBS, At
from tests.drills._site import Site, check

DEMO = True
NIGHTS, STOPPED = 40, 3
#: What is written down about the running of jobs and sign-ins themselves, and the mark made by chance.
LEFT_OUT = {
    "casework_jobrun",
    "casework_finding",
    "casework_storemark",
    "django_session",
    "casework_reminder",
    "django_migrations",
}
#: Keys in order of writing, moments, and digests over moments.
NOT_COMPARED = "id|history_id|digest|before|.*_at|at|history_date|key|changed_at|outcome|outcomes"


def run(site: Site) -> dict[str, Any]:
    start = (now() + timedelta(days=1)).replace(hour=17, minute=0)  # one in the morning in Taipei
    app.loader.import_default_modules()
    site.disconnect()
    with _reminding() as reminding:
        through = _live(start, set())
        busiest = max(range(NIGHTS - STOPPED - 2), key=lambda n: sum(through[n : n + STOPPED]))
        check(sum(through[busiest : busiest + STOPPED]), "no deadline fell due: nothing was shown")
        whole, letters = _rows(reminding), _letters(reminding)
        site.fresh(demo=True)
        stopped = _live(start, set(range(busiest, busiest + STOPPED)))
        rows, spared = _rows(reminding), letters - _letters(reminding)
    differ = {name: (whole[name] ^ rows[name]) for name in whole if whole[name] != rows[name]}
    shown = {name: sorted(found)[:4] for name, found in differ.items()}
    check(not differ, f"differs: {shown}")
    return {
        "nights": NIGHTS,
        "stopped": STOPPED,
        "lapsed": sum(through),
        "lapsed_in_the_stop": sum(through[busiest : busiest + STOPPED]),
        "lapsed_all_the_same": sum(stopped),
        "reminders": letters,
        "reminders_spared": spared,
        "tables_compared": len(whole),
        "rows_compared": sum(len(found) for found in whole.values()),
        "rows_differing": 0,
    }


@contextmanager
def _reminding() -> Iterator[set[str]]:
    """The codes of the letters that reminders send in the block."""
    codes: set[str] = set()

    def watched(act: Remind) -> Remind:
        def remind(pairs: Any, at: datetime) -> None:
            last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            act(pairs, at)
            codes.update(Notice.objects.filter(pk__gt=last).values_list("code", flat=True))

        return remind

    with handlers.HANDLERS.kept():
        handlers.HANDLERS.put(
            *(replace(one, on_remind=watched(one.on_remind)) for one in handlers.HANDLERS if one.on_remind)
        )
        yield codes


def _letters(codes: set[str]) -> int:
    return Notice.objects.filter(code__in=codes).count()


def _live(start: datetime, left_out: set[int]) -> list[int]:
    """How many deadlines lapsed in each night."""
    lapsed, before = [], Deadline.objects.exclude(lapsed_at=None).count()
    for night in range(NIGHTS):
        if night not in left_out:
            with time_machine.travel(start + timedelta(days=night), tick=False):
                for name in sorted(one.task for one in JOBS if isinstance(one.when, At)):
                    app.tasks[name].run()
        after = Deadline.objects.exclude(lapsed_at=None).count()
        lapsed.append(after - before)
        before = after
    return lapsed


def _rows(reminding: set[str]) -> dict[str, set[str]]:
    """Every row of every table without what may differ; moments become whether there is one."""

    def times(table: str, row: str, count: int) -> str:
        once = table == "casework_notice" and json.JSONDecoder().raw_decode(row)[0]["code"] in reminding
        return "" if once else f" ×{count}"

    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (name,) in cursor.fetchall():
            if name in LEFT_OUT:
                continue
            cursor.execute(
                f"SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(t)) WHERE key !~ %s)::text "
                f"|| coalesce((SELECT string_agg(key, ',') FROM jsonb_each(to_jsonb(t)) WHERE key ~ '_at$' AND value <> 'null'), ''), "
                f'count(*) FROM "{name}" t GROUP BY 1',
                [f"^({NOT_COMPARED})$"],
            )
            found[name] = {row + times(name, row, count) for row, count in cursor.fetchall()}
    return found
