"""The full table: state × transition × role of every kind of case."""

from typing import Any

import pytest
from django.db import transaction

from accounts.clock import now
from casework.cases.moving import move
from casework.errors import NotAllowed, NotPermitted
from tests.tables import is_asked
from tests.vrs_credentials import world as w
from vrs_credentials.casetype import MACHINES

pytestmark = pytest.mark.django_db


def _people(here: w.World) -> dict[str, Any]:
    return {
        "applicant": here.applicant, "handler": here.handler, "secretary": here.secretary, "reviewer": here.reviewers[2],
        "approver": here.approver, "clerk": here.clerk, "stranger": w.professional("外人"),
    }  # fmt: skip


_MAY = {
    "file": "applicant", "supply": "applicant", "withdraw": "applicant", "ask_supplement": "handler", "assign": "handler",
    "pass_review": "handler", "refer": "handler", "committee_pass": "secretary", "committee_reject": "secretary", "approve": "approver",
    "return_to_review": "approver", "report": "handler", "reject": "approver", "end": "approver", "import_attendance": "applicant",
    "clear_attendance": "applicant", "return_attendance": "handler", "credit": "handler",
}  # fmt: skip


@pytest.mark.parametrize("thing", list(MACHINES))
def test_every_state_transition_and_role(
    here: w.World, thing: str, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    """Guards aside (they have tests of their own): who may not is refused in every state, and who may goes where the table says."""
    from casework.cases.casetypes import casetype
    from casework.cases.moving import open_case

    machine, people = MACHINES[thing], _people(here)
    about = casetype(machine.kind)
    monkeypatch.setattr(
        type(about), "guards", property(lambda self: dict.fromkeys(filing_guards, lambda *given: None)), raising=False
    )
    owner = {"organisation": here.institution} if thing == "course" else {"person": here.applicant}
    case = open_case(kind=machine.kind, title="表", office=here.office, by=None, at=now(), **owner)
    codes = [one.code for one in machine.states]
    for state in machine.states:
        for transition in machine.transitions:
            allowed = _MAY[transition.name]
            if thing == "course" and allowed == "applicant":
                allowed = "clerk"
            for role, user in people.items():
                if not is_asked(state.code, codes, transition.sources, may=role == allowed, whole=whole):
                    continue
                case.refresh_from_db()
                case.state = state.code
                with transaction.atomic():
                    if role != allowed:
                        with pytest.raises(NotPermitted):
                            move(case, transition.name, by=user, at=now(), reason="理由")
                    elif state.code not in transition.sources:
                        with pytest.raises(NotAllowed):
                            move(case, transition.name, by=user, at=now(), reason="理由")
                    else:
                        move(case, transition.name, by=user, at=now(), reason="理由")
                        assert (case.state, case.turn) == (
                            transition.target,
                            machine.state(transition.target).turn.value,
                        )
                    transaction.set_rollback(True)


filing_guards = (
    "papers_complete", "records_complete", "window_open_and_hours_done", "away_long_enough", "items_named", "two_reviewers",
    "both_passed", "in_doubt", "minutes_kept", "letter_entered", "review_passed", "review_refused", "csv_and_sheet", "rows_without_errors",
)  # fmt: skip
