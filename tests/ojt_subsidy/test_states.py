"""The six tables of the scheme: ways through them, ways there are not, and every state × act × role of the four kinds of case."""

from collections.abc import Mapping

import pytest
from django.db import transaction

from accounts.models import User
from casework.cases.casetypes import casetype
from casework.cases.doing import perform
from casework.cases.moving import open_case
from casework.errors import NotAllowed, NotPermitted
from casework.models import Case
from kernel.acts import Acts
from ojt_subsidy.acts import CLOSING, COMPLAINT, COURSE, EVIDENCE
from ojt_subsidy.models import Complaint
from ojt_subsidy.services import complaining
from ojt_subsidy.states import ENROLMENT, PAYMENT
from tests.machines import walk
from tests.ojt_subsidy import world as w
from tests.tables import do_barely, is_asked

CLERK, OFFICER, CHIEF, HANDLER, WRITER, SYSTEM = "clerk", "officer", "chief", "complaints", "writer", "system"
#: The outsider is the officer of another branch, the union's clerk files for another unit.
EVERYBODY = (CLERK, OFFICER, CHIEF, HANDLER, WRITER, "cashier", "outsider", "union_clerk")
Table = Mapping[str, tuple[set[str], str, str]]
#: Act → the states it leaves, who may do it besides the system, and where it leads. Written out, not derived.
TABLES: Mapping[str, Table] = {
    COURSE.kind: {
        "file": ({"draft", "returned"}, CLERK, "filed"),
        "withdraw": ({"draft", "filed", "returned"}, CLERK, "withdrawn"),
        "forward": ({"filed"}, OFFICER, "at_chief"),
        "send_back": ({"filed"}, OFFICER, "returned"),
        "approve": ({"at_chief"}, CHIEF, "approved"),
        "reconsider": ({"at_chief"}, CHIEF, "filed"),
        "refuse": ({"at_chief"}, CHIEF, "refused"),
        "publish": ({"approved"}, OFFICER, "published"),
        "cancel": ({"approved", "published"}, CHIEF, "cancelled"),
        "start": ({"published"}, OFFICER, "running"),
        "end": ({"running"}, OFFICER, "ended"),
        "saved": ({"draft", "returned"}, CLERK, ""),
    },
    CLOSING.kind: {
        "file": ({"draft", "returned"}, CLERK, "filed"),
        "forward": ({"filed"}, OFFICER, "at_chief"),
        "send_back": ({"filed"}, OFFICER, "returned"),
        "approve": ({"at_chief"}, CHIEF, "approved"),
        "reconsider": ({"at_chief"}, CHIEF, "filed"),
        "settle": ({"approved"}, OFFICER, "settled"),
        "add_paper": ({"draft", "returned"}, CLERK, ""),
        "add_proof": ({"approved", "settled"}, CLERK, ""),
    },
    EVIDENCE.kind: {
        "file": ({"draft", "returned"}, WRITER, "filed"),
        "withdraw": ({"draft", "filed", "returned"}, WRITER, "withdrawn"),
        "accept": ({"filed"}, OFFICER, "accepted"),
        "return": ({"filed"}, OFFICER, "returned"),
        "refuse": ({"filed"}, OFFICER, "refused"),
        "add_paper": ({"draft", "returned"}, WRITER, ""),
    },
    COMPLAINT.kind: {
        "take": ({"filed"}, HANDLER, "handling"),
        "answer": ({"handling"}, HANDLER, "answered"),
        "close": ({"answered"}, HANDLER, "closed"),
        "insist": ({"answered"}, WRITER, "handling"),
        "withdraw": ({"filed", "handling"}, WRITER, "withdrawn"),
    },
}


def test_a_course_from_draft_to_end() -> None:
    acts = ("file", "send_back", "file", "forward", "reconsider", "forward", "approve", "publish", "start", "end")
    assert walk(COURSE, *acts) == "ended"


def test_the_next_one_moves_up_when_a_term_lapses() -> None:
    assert walk(ENROLMENT, "ask", "lapse") == "lapsed"
    assert walk(ENROLMENT, "hold", "ask", "admit", "begin", "complete") == "completed"


def test_a_filing_alone_admits_nobody() -> None:
    with pytest.raises(NotAllowed, match=r"收件成功.*錄訓"):
        ENROLMENT.move("filed", "admit")


@pytest.mark.parametrize("table", [COURSE, CLOSING], ids=lambda one: one.kind)
def test_officer_and_chief_hold_different_rights_and_are_two_people(table: Acts) -> None:
    decides = [act for act in table if "at_chief" in act.sources]
    assert decides and all(act.right != table.act("forward").right for act in decides)
    assert all(act.apart == ("forward",) for act in decides)


def test_a_bounced_payment_is_paid_again_and_half_fees_go_through_the_unit() -> None:
    assert walk(PAYMENT, "approve", "batch", "send", "bounce", "correct", "batch", "send", "pay") == "paid"
    assert walk(PAYMENT, "ask", "supply", "approve", "batch", "send", "pay_unit", "pass_on") == "paid"


@pytest.mark.parametrize("kind", TABLES)
def test_the_tables_are_those_written_here(kind: str) -> None:
    found = {act.code: (set(act.sources), act.target) for act in casetype(kind).table}
    assert found == {code: (sources, target) for code, (sources, _, target) in TABLES[kind].items()}


class _Undo(Exception):
    """Carries the state out of the transaction, which is undone."""


def _done(case: Case, code: str, by: User | None) -> type[Exception] | str:
    try:
        with transaction.atomic():
            raise _Undo(do_barely(case, code, by=by, at=w.now()).state)
    except _Undo as done:
        return str(done)
    except (NotPermitted, NotAllowed) as error:
        return type(error)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TABLES)
def test_each_act_from_every_state_by_every_role(here: w.World, kind: str, whole: bool) -> None:
    writer, of_unit = w.trainee(), kind in (COURSE.kind, CLOSING.kind)
    case = open_case(
        kind=kind, title="案件", office=here.branch, organisation=here.unit if of_unit else None,
        person=None if of_unit else writer, by=None, at=w.now(),
    )  # fmt: skip
    people = {WRITER: writer, SYSTEM: None, **{who: getattr(here, who) for who in EVERYBODY if who != WRITER}}
    codes = [state.code for state in casetype(kind).table.states]
    for code, (sources, allowed, target) in TABLES[kind].items():
        for state in codes:
            Case.objects.filter(pk=case.pk).update(state=state)
            for who, user in people.items():
                may = who in (allowed, SYSTEM)
                if not is_asked(state, codes, sources, may=may, whole=whole):
                    continue
                wanted = NotPermitted if not may else NotAllowed if state not in sources else target or state
                assert _done(case, code, user) == wanted, (state, code, who)


@pytest.mark.django_db
@pytest.mark.parametrize("confidential", [True, False])
def test_the_writers_own_steps_name_them_only_where_they_did_not_ask_otherwise(
    here: w.World, confidential: bool
) -> None:
    who, at = w.trainee("黃雅婷"), w.now()

    def complaint() -> Complaint:
        return complaining.file_complaint(
            person=who, county=here.county, course=None, about="fee", body="收費不符", confidential=confidential, at=at
        )

    one, two = complaint().case, complaint().case
    perform(one, "take", by=here.complaints, at=at)
    perform(one, "answer", text="已改善", by=here.complaints, at=at)
    with pytest.raises(NotPermitted):
        perform(one, "insist", reason="未改善", by=w.trainee(), at=at)
    said = [
        perform(one, "insist", reason="未改善", by=who, at=at).event,
        perform(two, "withdraw", by=who, at=at).event,
    ]
    named = (None, complaining.HIDDEN) if confidential else (who.pk, who.name)
    assert [(event.by_id, event.by_name) for event in said if event] == [named, named]
