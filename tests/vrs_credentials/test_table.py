"""The full table: state × act × role of every kind of case."""

from typing import Any

import pytest
from django.db import transaction

from accounts.clock import now
from casework.cases.moving import open_case
from casework.errors import NotAllowed, NotPermitted
from casework.models import Case
from kernel.acts import Acts
from tests.tables import do_barely, is_asked
from tests.vrs_credentials import world as w
from vrs_credentials.acts import TABLES

pytestmark = pytest.mark.django_db


def _people(here: w.World) -> dict[str, Any]:
    return {
        "applicant": here.applicant, "handler": here.handler, "secretary": here.secretary, "reviewer": here.reviewers[2],
        "approver": here.approver, "clerk": here.clerk, "stranger": w.professional("外人"),
    }  # fmt: skip


#: Who may; nobody where the right is on the one case and not in the office.
_MAY = {
    "file": "applicant", "supply": "applicant", "withdraw": "applicant", "add_paper": "applicant", "remove_paper": "applicant",
    "save_answers": "applicant", "declare_no_bar": "applicant", "save_record": "applicant", "remove_record": "applicant",
    "save_course": "applicant", "save_education": "applicant", "change_extension": "applicant",
    "ask_supplement": "handler", "assign": "handler", "opinion": "", "pass_review": "handler", "refer": "handler",
    "decide": "secretary", "committee_pass": "secretary", "committee_reject": "secretary", "approve": "approver",
    "return_to_review": "approver", "report": "handler", "reject": "approver", "end": "approver",
    "add_sheet": "applicant", "upload_rosters": "applicant", "confirm_rosters": "applicant", "import_attendance": "applicant",
    "clear_attendance": "applicant", "return_attendance": "handler", "credit": "handler",
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_every_state_act_and_role(here: w.World, table: Acts, whole: bool) -> None:
    """What an act asks has tests of its own: who may not is refused in every state, and who may goes where the table says."""
    people, course = _people(here), table.kind == "vrs_credentials.course"
    owner = {"organisation": here.institution} if course else {"person": here.applicant}
    case = open_case(kind=table.kind, title="表", office=here.office, by=None, at=now(), **owner)
    codes = [one.code for one in table.states]
    for state in table.states:
        for act in table:
            allowed = _MAY[act.code]
            if course and allowed == "applicant":
                allowed = "clerk"
            for role, user in people.items():
                if not is_asked(state.code, codes, act.sources, may=role == allowed, whole=whole):
                    continue
                Case.objects.filter(pk=case.pk).update(state=state.code)
                with transaction.atomic():
                    if role != allowed:
                        with pytest.raises(NotPermitted):
                            do_barely(case, act.code, by=user, at=now())
                    elif state.code not in act.sources:
                        with pytest.raises(NotAllowed):
                            do_barely(case, act.code, by=user, at=now())
                    else:
                        done = do_barely(case, act.code, by=user, at=now())
                        after = table.state(act.target or state.code)
                        assert done.state == after.code
                        assert not act.target or done.turn == after.turn.value
                    transaction.set_rollback(True)
