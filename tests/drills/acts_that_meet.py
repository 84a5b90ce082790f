"""Eight people at a handful of cases, for ten minutes a scheme 同時辦理: nothing broken, nobody reads an error page."""

import time
from collections import Counter
from typing import Any

from tests.drills._site import Site
from tests.meeting import walk

DEMO = True
#: A walk brings its cases to their end; after so long the demonstration is put back as it was.
ROUND = 45


def run(site: Site) -> dict[str, Any]:
    from django.conf import settings

    said: dict[str, Any] = {}
    for scheme in settings.SCHEMES:
        began, rounds, total = time.monotonic(), 0, Counter[str]()
        while (left := site.asked.seconds - (time.monotonic() - began)) > 0:
            site.fresh(demo=True)
            walked = walk(scheme, seconds=min(left, ROUND), seed=rounds)
            assert not walked.unexpected, walked.said()
            assert not walked.broken, walked.said()
            rounds += 1
            total.update({**walked.outcomes, "deadlocks": walked.deadlocks})
        said[scheme] = {"rounds": rounds, **total}
    return {"threads": 8, "unexpected": 0, "broken": 0, **said}
