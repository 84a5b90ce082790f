"""kill −9 the worker and the scheduler during a sweep of a thousand deadlines and while its letters go out 排程中斷.

The batch of the killed sweep is undone as a whole; the next run does it once. A letter is repeated only where the sender was
killed between handing it over and marking it.
"""

import time
from typing import Any

from tests.drills import _thousand
from tests.drills._site import Site, until

PROCESSES = 2


def run(site: Site) -> dict[str, Any]:
    _thousand.make()
    app, kills = "tests.drills._worker", 0
    worker, beat = site.worker(app), site.beat(app)
    # in the middle of the sweep: a transaction of the worker has been writing for a while
    writing = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'portal' AND state <> 'idle' "
        "AND xact_start < now() - interval '0.7 seconds' AND backend_xid IS NOT NULL"
    )
    until(lambda: site.sql(writing) != "0", "a sweep is at work", 60)
    site.kill(worker)
    site.kill(beat)
    kills += 1
    time.sleep(0.5)
    swept_by_killed = _thousand.lapsed()
    began = time.monotonic()
    worker, beat = site.worker(app), site.beat(app)
    for goal in (200, 600):
        until(lambda goal=goal: _thousand.letters() >= goal, f"{goal} letters", 120)
        site.kill(worker)
        kills += 1
        worker = site.worker(app)
    site.kill(beat)
    beat = site.beat(app)
    until(lambda: _thousand.letters() == _thousand.COUNT, "all letters", 120)
    caught_up = time.monotonic() - began
    time.sleep(2)  # another sweep and another sender find nothing to do
    return {
        "kills_of_worker": kills,
        "kills_of_scheduler": 2,
        "left_by_killed_sweep": swept_by_killed,
        **_thousand.judged(site, in_flight=2 * PROCESSES),
        "caught_up_s": round(caught_up, 1),
    }
