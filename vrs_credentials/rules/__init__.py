"""The rules VRS-01 … VRS-17, one module per part of the manual, in its order."""

from vrs_credentials import params
from vrs_credentials.rules import (
    attendance,
    courses,
    education,
    extension,
    hours,
    ledger,
    pages,
    papers,
    qualification,
    renewal,
    review,
)

__all__ = [
    "RULES",
    "attendance",
    "courses",
    "education",
    "extension",
    "hours",
    "ledger",
    "pages",
    "papers",
    "params",
    "qualification",
    "renewal",
    "review",
]

#: Every id of the requirement page; `manage.py clauses` misses one that is not entered.
RULES = tuple(f"VRS-{n:02d}" for n in range(1, 18))
