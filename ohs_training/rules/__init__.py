"""The rules OHS-01 … OHS-22, one module per subject, in the order of the directive (要點)."""

from ohs_training import params
from ohs_training.rules import (
    attendance,
    classes,
    closing,
    derivation,
    examination,
    institutions,
    issue,
    keeping,
    supervision,
    timetable,
)

#: Complete: `manage.py clauses` misses any that is not entered.
RULES = tuple(f"OHS-{n:02d}" for n in range(1, 23))

__all__ = [
    "RULES",
    "attendance",
    "classes",
    "closing",
    "derivation",
    "examination",
    "institutions",
    "issue",
    "keeping",
    "params",
    "supervision",
    "timetable",
]
