"""The two acts."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from casework.cases.moving import lock, move
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.papers import documents
from kernel.dates import taipei_day
from sixth.rules import GroupFacts, group


@transaction.atomic
def file_visit(case: Case, *, people: int, by: User, at: datetime, version: int | None = None) -> Case:
    """送件. Raises Refused where too many come (SX-01)."""
    case = lock(case, version=version)
    outcome = group(GroupFacts(people), on=taipei_day(at), law=law_in_force())
    if not outcome.met:
        raise Refused(outcome.sentence, field="people", outcomes=[outcome])
    move(case, "file", by=by, at=at, outcomes=[outcome])
    case.save()
    return case


@transaction.atomic
def approve_visit(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """核定, with the proof."""
    case = lock(case, version=version)
    move(case, "approve", by=by, at=at)
    case.save()
    documents.issue(
        case=case, paper="sixth.proof", context={"title": case.title}, public=[("案號", case.number)], by=by, at=at
    )
    return case
