"""Every state × transition × role of the three kinds of case: who may take it, from where, and nobody else."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from casework.cases.casetypes import all_casetypes, casetype
from casework.cases.doing import perform
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.models import Case
from kernel.acts import Act, Acts, Turn
from ohs_training.acts import ACCREDITATION_ACTS, CLASS_ACTS, ORDER_ACTS
from ohs_training.models import ClassVersion
from ohs_training.selectors.classes import class_of, content_of
from ohs_training.services import inspecting
from tests.ohs_training import world as w
from tests.tables import do_barely, is_asked

STAFF, TUTOR, COUNTY, MINISTRY, CHIEF, SYSTEM = "staff", "tutor", "authority", "officer", "chief", "system"
#: Strangers hold the same roles in another institution and in another county.
EVERYBODY = (STAFF, TUTOR, COUNTY, MINISTRY, CHIEF, "stranger", "other_authority")
Table = Mapping[str, tuple[set[str], set[str], str]]
#: Transition → the states it leaves, who may take it besides the system, and where it leads. Written out, not derived.
ACCREDITATION: Table = {
    "file": ({"draft"}, {STAFF}, "filed"),
    "ask_supplement": ({"filed"}, {MINISTRY}, "supplement"),
    "supply": ({"supplement"}, {STAFF}, "filed"),
    "accredit": ({"filed"}, {CHIEF}, "accredited"),
    "reject": ({"filed"}, {CHIEF}, "rejected"),
    "announce": ({"accredited"}, {MINISTRY}, "announced"),
    "expire": ({"accredited", "announced"}, set(), "expired"),
    "revoke": ({"accredited", "announced"}, {CHIEF}, "revoked"),
    "abolish": ({"accredited", "announced"}, {CHIEF}, "abolished"),
    "bar": ({"filed", "supplement"}, {CHIEF}, "rejected"),
    "withdraw": ({"draft", "filed", "supplement"}, {STAFF}, "withdrawn_by_applicant"),
}
CLASS: Table = {
    "file": ({"draft", "returned"}, {STAFF}, "filed"),
    "return": ({"filed"}, {COUNTY}, "returned"),
    "acknowledge": ({"filed"}, {COUNTY}, "acknowledged"),
    "start": ({"acknowledged"}, {STAFF, TUTOR}, "running"),
    "end": ({"running"}, {STAFF, TUTOR}, "ended"),
    "examine": ({"ended"}, {COUNTY}, "examined"),
    "issue": ({"examined"}, {STAFF}, "issued"),
    "issue_proofs": ({"ended"}, {STAFF}, "issued"),
    "issue_none": ({"examined", "ended"}, {STAFF}, "issued"),
    "report": ({"issued"}, {STAFF}, "reported"),
    "return_report": ({"reported"}, {COUNTY}, "issued"),
    "close": ({"reported"}, {COUNTY}, "closed"),
    "cancel": ({"draft", "filed", "returned", "acknowledged"}, {STAFF}, "cancelled"),
}
ORDER: Table = {
    "order": ({"drafted"}, {COUNTY}, "ordered"),
    "drop": ({"drafted"}, {COUNTY}, "dropped"),
    "answer": ({"ordered"}, {STAFF}, "answered"),
    "answer_late": ({"overdue"}, {STAFF}, "answered"),
    "miss": ({"ordered"}, set(), "overdue"),
    "reorder": ({"answered", "overdue"}, {COUNTY}, "ordered"),
    "accept": ({"answered"}, {COUNTY}, "improved"),
    "refer": ({"answered", "overdue"}, {COUNTY}, "referred"),
}
MACHINES = (ACCREDITATION_ACTS, CLASS_ACTS, ORDER_ACTS)
TABLES: tuple[tuple[Acts, Table], ...] = (
    (ACCREDITATION_ACTS, ACCREDITATION),
    (CLASS_ACTS, CLASS),
    (ORDER_ACTS, ORDER),
)


@pytest.mark.parametrize(("machine", "table"), TABLES, ids=lambda one: getattr(one, "kind", ""))
def test_the_tables_are_those_written_here(machine: Acts, table: Table) -> None:
    found = {t.code: (set(t.sources), t.target) for t in machine.moves}
    assert found == {name: (sources, target) for name, (sources, _, target) in table.items()}
    for transition in machine.moves:
        assert re.fullmatch(r"ohs_training\.[a-z]+_[a-z_]+", transition.right)
        assert transition.label and transition.clause
    for state in machine.states:
        assert state.final == (not machine.from_state(state.code))
        assert not state.final or state.turn is Turn.NOBODY


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.kind)
def test_what_goes_against_somebody_needs_a_reason(machine: Acts) -> None:
    against = {"supplement", "rejected", "revoked", "abolished", "returned", "referred", "ordered"}
    without = {one.code for one in machine.moves if one.target in against and not one.reason}
    assert without <= {"ask_supplement"}, "its items are the reason"


# --- against the database ---------------------------------------------------------------------------------------------------------


def case_of(here: w.World, kind: str) -> Case:
    """A case of this kind, at the office whose people are in the table."""
    if kind == ACCREDITATION_ACTS.kind:
        return w.applied(here, file=False)
    case = w.planned(here, people=1)
    if kind == CLASS_ACTS.kind:
        # filed once, as a class is wherever the county has anything to answer
        ClassVersion.objects.create(
            training_class=class_of(case), number=1, filed_at=w.PLANNED, filed_by=here.staff, content=content_of(class_of(case))
        )  # fmt: skip
        return case
    _, order = inspecting.inspect(
        office=case.office, accreditation=case.ohs_class.accreditation, training_class=case.ohs_class, inspected_on=w.APPLIED.date(),
        papers_asked="", findings="未點名", breach="未點名", clause="附表八附註四", by=here.authority, at=w.PLANNED,
    )  # fmt: skip
    assert order is not None
    return order.case


class _Undo(Exception):
    """Carries the state out of the transaction, which is undone."""


def _taken(case: Case, name: str, by: User | None) -> type[Exception] | str:
    try:
        with transaction.atomic():
            raise _Undo(do_barely(case, name, by=by, at=w.PLANNED).state)
    except _Undo as done:
        return str(done)
    except (NotPermitted, NotAllowed) as error:
        return type(error)


@pytest.mark.django_db
@pytest.mark.parametrize(("machine", "table"), TABLES, ids=lambda one: getattr(one, "kind", ""))
def test_each_transition_from_every_state_by_every_role(machine: Acts, table: Table, whole: bool) -> None:
    here = w.world(accredited=machine is not ACCREDITATION_ACTS)
    case = case_of(here, machine.kind)
    codes = [one.code for one in machine.states]
    for name, (sources, allowed, target) in table.items():
        for state in machine.states:
            Case.objects.filter(pk=case.pk).update(state=state.code)
            for who in (*EVERYBODY, SYSTEM):
                may = who == SYSTEM or who in allowed
                if not is_asked(state.code, codes, sources, may=may, whole=whole):
                    continue
                taken = _taken(case, name, None if who == SYSTEM else getattr(here, who))
                if not may:
                    assert taken is NotPermitted, (state.code, name, who)
                elif state.code not in sources:
                    assert taken is NotAllowed, (state.code, name, who)
                else:
                    assert taken == target, (state.code, name, who)


#: Act of a button → who may press it. What it is given is enough to come past its form.
PRESSED: Mapping[str, Mapping[str, set[str]]] = {
    ACCREDITATION_ACTS.kind: {
        "file": {STAFF}, "supply": {STAFF}, "enter": {STAFF}, "withdraw": {STAFF}, "ask_supplement": {MINISTRY}, "accredit": {CHIEF},
        "reject": {CHIEF}, "announce": {MINISTRY}, "revoke_or_abolish": {CHIEF},
    },
    CLASS_ACTS.kind: {
        "file": {STAFF}, "change": {STAFF}, "start": {STAFF, TUTOR}, "end": {STAFF, TUTOR}, "tell_absent": {STAFF, TUTOR}, "issue": {STAFF},
        "issue_proofs": {STAFF}, "issue_more": {STAFF}, "issue_none": {STAFF}, "enter": {STAFF}, "report": {STAFF}, "cancel": {STAFF}, "acknowledge": {COUNTY}, "return": {COUNTY},
        "close": {COUNTY}, "return_report": {COUNTY}, "acknowledge_change": {COUNTY}, "return_change": {COUNTY},
        "examine": {COUNTY},
    },
    ORDER_ACTS.kind: {"order": {COUNTY}, "reorder": {COUNTY}, "accept": {COUNTY}, "refer": {COUNTY}, "drop": {COUNTY}, "answer": {STAFF}, "answer_late": {STAFF}},
}  # fmt: skip
#: The class is over by then, so that nothing is refused for its day alone.
WHEN = w.at(w.SECOND + timedelta(days=2), "10:00")
_DAY = WHEN.date()
DONE = {
    ACCREDITATION_ACTS.kind: {"withdraw", "ask_supplement", "accredit", "reject", "announce", "revoke_or_abolish"},
    CLASS_ACTS.kind: {"cancel", "acknowledge", "return", "end", "enter", "return_report"},
    ORDER_ACTS.kind: {"order", "reorder", "accept", "refer", "drop", "answer", "answer_late"},
}
GIVEN = {
    ("accredit",): {"starts_on": _DAY, "ends_on": _DAY, "letter_number": "甲"},
    ("ask_supplement",): {"items": [{"target": "plan.aim", "label": "目的", "problem": "請補充"}], "message": "", "due_on": _DAY},
    ("revoke_or_abolish",): {
        "decision": "revoked", "grounds": ["other_serious"], "happened_on": _DAY, "letter_number": "甲", "heard_on": _DAY, "hearing": "甲",
        "reason": "甲",
    },
    ("reject", "change", "issue_none", "cancel", "return", "return_report", "return_change", "refer", "drop"): {"reason": "測試"},
    ("acknowledge", "close", "acknowledge_change"): {"acknowledgement": "甲"},
    ("report",): {"report_number": "甲"},
    ("order", "reorder"): {"letter_number": "甲", "answer_by": _DAY, "reason": "測試"},
    ("answer", "answer_late"): {"report": "已改善"},
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.kind)
def test_each_act_by_every_role(machine: Acts) -> None:
    """The services behind the buttons, not only the table: who holds the right is asked in every state, nobody else gets anywhere."""
    here = w.world()
    case, about = case_of(here, machine.kind), casetype(machine.kind)
    assert {act.code for act in about.table.buttons} == set(PRESSED[machine.kind])
    assert here.accreditation is not None
    done = set()
    for act in about.table.buttons:
        standing = machine is ACCREDITATION_ACTS and act.code in ("revoke_or_abolish", "announce", "enter")
        subject = here.accreditation.case if standing else case
        given = next((dict(values) for codes, values in GIVEN.items() if act.code in codes), {})
        if act.code in ("answer", "answer_late"):
            given["paper"] = w.pdf()
        allowed = PRESSED[machine.kind][act.code]
        for state in machine.states:
            Case.objects.filter(pk=subject.pk).update(state=state.code)
            for who in allowed:
                result = _press(act, subject, getattr(here, who), given)
                assert result is not NotPermitted, (act.code, state.code, who)
                if result is None:
                    done.add(act.code)
            assert Case.objects.get(pk=subject.pk).state == state.code
        for who in set(EVERYBODY) - allowed:
            leaves = {s for t in machine.moves if t.code == act.code for s in t.sources}
            for code in leaves or {state.code for state in machine.states[-2:]}:
                Case.objects.filter(pk=subject.pk).update(state=code)
                assert _press(act, subject, getattr(here, who), given) is NotPermitted, (act.code, code, who)
    # what was really done from some state; the rest is refused for what the class or the order has not got yet
    assert done >= DONE[machine.kind]


def _press(act: Act, case: Case, by: User, given: dict) -> type[Exception] | None:
    """None where the act was done (and undone); the kind of refusal otherwise."""
    try:
        with transaction.atomic():
            perform(Case.objects.get(pk=case.pk), act.code, by=by, at=WHEN, **given)
            raise _Undo
    except _Undo:
        return None
    except (NotPermitted, NotAllowed, Refused) as error:
        return type(error)


def test_kinds_are_entered_once() -> None:
    kinds = [one.kind for one in all_casetypes() if one.kind.startswith("ohs_training.")]
    assert sorted(kinds) == sorted(m.kind for m in MACHINES)
