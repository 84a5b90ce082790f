"""What the scheme's pages and acts read."""

from ohs_training.selectors.chain import ClassChain, TraineeLine, class_chain, row_facts
from ohs_training.selectors.classes import (
    class_of,
    content_of,
    differences,
    filing_outcomes,
    live_trainees,
    roster_outcome,
    timetable_facts,
)
from ohs_training.selectors.institutions import (
    accreditation_in_force,
    application_of,
    barred_until,
    institutions_listed,
    ministry,
)

__all__ = [
    "ClassChain",
    "TraineeLine",
    "accreditation_in_force",
    "application_of",
    "barred_until",
    "class_chain",
    "class_of",
    "content_of",
    "differences",
    "filing_outcomes",
    "institutions_listed",
    "live_trainees",
    "ministry",
    "roster_outcome",
    "row_facts",
    "timetable_facts",
]
