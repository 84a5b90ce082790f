"""Two hundred workbooks as people leave them: what was read and what was told of is what was there, each in the confined process."""

from typing import Any

from tests.drills._site import Site, check

WORKBOOKS = 200


def run(site: Site) -> dict[str, Any]:
    from ohs_training.services.roster import COLUMNS
    from tests.casework.workbooks import unaccounted

    lost = {seed: texts for seed in range(WORKBOOKS) if (texts := unaccounted(seed, COLUMNS))}
    check(not lost, f"{len(lost)} workbooks lost cells: {list(lost.items())[:3]}")
    return {"workbooks": WORKBOOKS, "cells lost": 0}
