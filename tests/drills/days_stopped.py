"""Three days without any job 排程停擺三日: afterwards every date and every effect is as if nothing had stopped.

The demonstration lives through forty nights twice, once with every job of every night, once with three nights left out around
the busiest of them. Moments differ (the effect came later) and so do the digests over them; nothing else may. Reminders are
the exception the sweep makes on purpose: of several that have become due only the newest is sent.
"""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.db import connection

from accounts.clock import now
from config.celery import BY_THE_DAY, app
from tests.drills._site import Site, check

DEMO = True
NIGHTS, STOPPED = 40, 3
#: What is written down about the running of jobs and sign-ins themselves.
LEFT_OUT = {"casework_jobrun", "casework_finding", "django_session", "casework_reminder", "django_migrations"}
#: Keys in order of writing, moments, and digests over moments.
NOT_COMPARED = "id|history_id|digest|before|.*_at|at|history_date|key|changed_at|outcome|outcomes"


def run(site: Site) -> dict[str, Any]:
    start = (now() + timedelta(days=1)).replace(hour=17, minute=0)  # one in the morning in Taipei
    app.loader.import_default_modules()
    site.disconnect()
    through = _live(start, set())
    busiest = max(range(NIGHTS - STOPPED - 2), key=lambda n: sum(through["lapsed"][n : n + STOPPED]))
    check(sum(through["lapsed"][busiest : busiest + STOPPED]), "no deadline fell due: nothing was shown")
    whole = _rows()
    site.fresh(demo=True)
    stopped = _live(start, set(range(busiest, busiest + STOPPED)))
    rows = _rows()
    differ = {name: (whole[name] ^ rows[name]) for name in whole if whole[name] != rows[name]}
    shown = {name: sorted(found)[:4] for name, found in differ.items()}
    check(not differ, f"differs: {shown}")
    return {
        "nights": NIGHTS,
        "stopped": STOPPED,
        "lapsed": sum(through["lapsed"]),
        "lapsed_in_the_stop": sum(through["lapsed"][busiest : busiest + STOPPED]),
        "lapsed_all_the_same": sum(stopped["lapsed"]),
        "tables_compared": len(whole),
        "rows_compared": sum(len(found) for found in whole.values()),
        "rows_differing": 0,
    }


def _live(start: datetime, left_out: set[int]) -> dict[str, list[int]]:
    from casework.models import Deadline

    lapsed, before = [], Deadline.objects.exclude(lapsed_at=None).count()
    for night in range(NIGHTS):
        if night not in left_out:
            with time_machine.travel(start + timedelta(days=night), tick=False):
                for name in sorted(BY_THE_DAY):
                    app.tasks[name].run()
        after = Deadline.objects.exclude(lapsed_at=None).count()
        lapsed.append(after - before)
        before = after
    return {"lapsed": lapsed}


def _rows() -> dict[str, set[str]]:
    """Every row of every table without what may differ; moments become whether there is one."""
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
            found[name] = {f"{row} ×{count}" for row, count in cursor.fetchall()}
    return found
