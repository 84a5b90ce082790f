"""Rules SUB-01 … SUB-22 by subject, in the order of the source: 學員問答 T1–T24, then 辦訓單位問答 U1–U7."""

from ojt_subsidy.rules import balance, courses, eligibility, enrolment, identity, payment, schedule, service

#: Every id of the requirement page; `manage.py clauses` counts a missing one as a gap.
RULES = tuple(f"SUB-{n:02d}" for n in range(1, 23))

__all__ = ["RULES", "balance", "courses", "eligibility", "enrolment", "identity", "payment", "schedule", "service"]
