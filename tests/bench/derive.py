"""The whole chain of a class of eighty people and fifty hours: milliseconds, and queries whatever the number of people."""

import statistics
import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.law.in_force import law_in_force
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import class_of
from tests.bench._scratch import scratch_database
from tests.ohs_training import world as w

HOURS_A_DAY = 6


def run(quick: bool) -> dict[str, Any]:
    people, days, rounds = (15, 2, 2) if quick else (80, 8, 7)
    with scratch_database():
        here = w.world()
        few = w.ended(here, people=15, days=days)
        many = w.ended(
            here, people=people, days=days, start=w.FIRST + timedelta(days=20), when=w.PLANNED + timedelta(days=9)
        )
        on, law = w.FIRST + timedelta(days=60), law_in_force()
        counts = []
        for case in (few, many):
            with CaptureQueriesContext(connection) as caught:
                class_chain(class_of(case), on=on, law=law)
            counts.append(len(caught))
        if counts[0] != counts[1]:
            raise AssertionError(f"queries grow with people: {counts}")
        training_class, took = class_of(many), []
        for _ in range(rounds):
            started = time.perf_counter()
            chain = class_chain(training_class, on=on, law=law)
            took.append(time.perf_counter() - started)
        if len(chain.lines) != people or any(line.chain is None for line in chain.lines):
            raise AssertionError("a chain is missing")
    return {
        "people": people,
        "hours": days * HOURS_A_DAY,
        "periods": len(chain.periods),
        "ms": round(statistics.median(took) * 1000),
        "queries": counts[1],
    }
