"""What is the two acts' own."""

from casework.cases.doing import Doing
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.papers import documents
from sixth.rules import GroupFacts, group


def file_visit(doing: Doing, *, people: int) -> None:
    """Refuse where too many come (SX-01)."""
    outcome = group(GroupFacts(people), on=doing.day, law=law_in_force())
    if not outcome.met:
        raise Refused(outcome.sentence, field="people", outcomes=[outcome])
    doing.outcomes.append(outcome)


def approve_visit(doing: Doing) -> None:
    """Issue the proof."""
    case = doing.case
    documents.issue(
        case=case,
        paper="sixth.proof",
        context={"title": case.title},
        public=[("案號", case.number)],
        by=doing.by,
        at=doing.at,
    )
