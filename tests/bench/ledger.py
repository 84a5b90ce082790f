"""Balances of 20,000 people at a date by group, beside the bare SQL of the same sums."""

from datetime import date
from typing import Any

from django.db import connection

from tests.bench import _vrs
from tests.bench._timing import timed
from vrs_credentials.selectors.register import all_balances

ON = date(2026, 11, 20)
ROUNDS = 3
BARE = """
SELECT certificate_id, "group", sum(hours) FROM vrs_credentials_ledgerentry
WHERE approved_on <= %s AND NOT initial_training GROUP BY certificate_id, "group"
"""


def run(quick: bool) -> dict[str, Any]:
    number = 300 if quick else 20_000
    with _vrs.scene():
        certificates = _vrs.people(number)
        _vrs.hours(certificates, 12)
        _vrs.analyse()
        ours, found = min((timed(lambda: all_balances(until=ON)) for _ in range(ROUNDS)), key=lambda one: one[0])
        bare, rows = min((timed(_bare) for _ in range(ROUNDS)), key=lambda one: one[0])
    if len(found) < number or any(found[certificate][group] != total for certificate, group, total in rows):
        raise AssertionError("the two do not give the same sums")
    return {
        "people": number,
        "ms": round(ours * 1000, 1),
        "bare_ms": round(bare * 1000, 1),
        "ratio": round(ours / bare, 2),
        "ratio_at_most": 3,
    }


def _bare() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(BARE, [ON])
        return list(cursor.fetchall())
