"""Two schedulers and two workers at once, as after a failover that was none 重複排程: each effect once."""

import time
from typing import Any

from tests.drills import _thousand
from tests.drills._site import Site, until


def run(site: Site) -> dict[str, Any]:
    _thousand.make()
    app = "tests.drills._worker"
    for name in ("beat", "another-beat"):
        site.worker(app)
        site.beat(app, name)
    began = time.monotonic()
    until(lambda: _thousand.letters() == _thousand.COUNT, "all letters", 120)
    seconds = time.monotonic() - began
    time.sleep(3)  # several more rounds of both
    return {"schedulers": 2, "workers": 2, **_thousand.judged(site, in_flight=0), "done_s": round(seconds, 1)}
