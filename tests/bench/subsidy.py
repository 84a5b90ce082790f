"""補助金額: amounts with their window and cap, per second; beside it one SQL aggregate over as many rows."""

import random
import time
from datetime import date, timedelta
from typing import Any

from django.db import connection

from kernel.law import declared_law
from ojt_subsidy.params import Identity
from ojt_subsidy.rules import balance

_SQL = """
SELECT sum(least(fee * 80 / 100, greatest(0, 70000 - used))) FROM (
    SELECT n, 1000 + n %% 20000 AS fee,
        coalesce(sum(1000 + n %% 20000) OVER (PARTITION BY n %% 20000 ORDER BY n ROWS BETWEEN 6 PRECEDING AND 1 PRECEDING), 0) AS used
    FROM generate_series(1, %s) n
) a
"""


def run(quick: bool) -> dict[str, Any]:
    count = 1_000 if quick else 100_000
    chance, law, first = random.Random(7), declared_law(), date(2024, 1, 1)
    facts = []
    for _ in range(count):
        history = tuple(
            balance.PastCourse(first + timedelta(days=chance.randrange(1500)), chance.randrange(1, 20_000))
            for _ in range(chance.randrange(6))
        )
        who = chance.choice((Identity.NONE, Identity.DISABLED))
        facts.append(
            balance.SubsidyFacts(
                chance.randrange(1_000, 20_000), who, first + timedelta(days=chance.randrange(1500)), history
            )
        )
    started = time.perf_counter()
    paid = 0
    for one in facts:
        result = balance.subsidy(one, on=one.starts_on, law=law).result
        if not 0 <= result["payable"] <= min(result["amount"], result["left"]):
            raise AssertionError(one)
        paid += result["payable"]
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [count])
        cursor.fetchone()
    aggregate = time.perf_counter() - started
    return {
        "amounts": count,
        "per_second": round(count / seconds),
        "paid": paid,
        "aggregate_seconds": round(aggregate, 4),
        "ratio_to_aggregate": round(seconds / aggregate, 1),
    }
