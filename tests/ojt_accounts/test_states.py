"""Every state × transition × role of an account application: who may take it, from where, and nobody else."""

import pytest
from django.db import transaction

from accounts.clock import now
from accounts.models import User
from casework.cases.casetypes import casetype
from casework.cases.moving import lock, move
from casework.errors import NotAllowed, NotPermitted
from casework.models import Case
from ojt_accounts.states import APPLICATION, KIND
from tests.ojt_accounts import world as w
from tests.tables import is_asked

ROLES = ("contact", "officer", "chief", "approver", "admin", "stranger", "other_officer", "account_holder")
#: transition → the states it leaves and the one role that may take it. Written out, not derived from the table under test.
ALLOWED = {
    "file": ({"draft"}, "contact", "filed"),
    "ask_correction": ({"filed"}, "officer", "correction"),
    "refile": ({"correction"}, "contact", "filed"),
    "resume": ({"correction"}, "officer", "filed"),
    "approve": ({"filed"}, "approver", "setting"),
    "refuse": ({"filed"}, "approver", "refused"),
    "complete": ({"setting"}, "admin", "done"),
    "withdraw": ({"draft", "filed", "correction"}, "contact", "withdrawn"),
}
STATES = {"draft", "filed", "correction", "setting", "done", "refused", "withdrawn"}


@pytest.fixture
def people(here: w.World) -> dict[str, User]:
    """Everybody; strangers hold the same roles elsewhere."""
    _, stranger = w.unit("別的單位", "22099131", now())
    _, elsewhere = w.branch("中彰投分署", "BR-TC", now())
    holder = w.person("帳號使用者")
    w.grant_role(user=holder, role_code="unit_user", organisation=here.unit, by=None, at=now())
    return {
        "contact": here.contact,
        "officer": here.officer,
        "chief": here.chief,
        "approver": here.approver,
        "admin": here.admin,
        "stranger": stranger,
        "other_officer": elsewhere["officer"],
        "account_holder": holder,
    }


def test_the_table_is_the_one_written_here() -> None:
    assert {s.code for s in APPLICATION.states} == STATES
    found = {t.name: (set(t.sources), t.target) for t in APPLICATION.transitions}
    assert found == {name: (sources, target) for name, (sources, _, target) in ALLOWED.items()}


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_each_transition_from_every_state_by_every_role(
    name: str, here: w.World, people: dict[str, User], monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    case = w.preparing.start(
        unit=here.unit, kind="new_unit", program_year=here.intake.program_year, county=here.county, intake=here.intake,
        by=here.contact, at=now(),
    ).case  # fmt: skip
    about = casetype(KIND)  # what guards ask has its own tests; here they say yes
    for guard in about.guards:
        monkeypatch.setitem(about.guards, guard, lambda case, by, at: None)  # type: ignore[arg-type]
    sources, role, target = ALLOWED[name]
    for state in sorted(STATES):
        for who in ROLES:
            if not is_asked(state, sorted(STATES), sources, may=who == role, whole=whole):
                continue
            Case.objects.filter(pk=case.pk).update(state=state)
            taken = _try(case, name, people[who])
            if who != role:
                assert taken is NotPermitted, (state, name, who)
            elif state not in sources:
                assert taken is NotAllowed, (state, name, who)
            else:
                assert taken == target, (state, name, who)


def _try(case: Case, name: str, by: User) -> type[Exception] | str:
    """The state it went to, or the kind of refusal; whatever was done is undone."""
    try:
        with transaction.atomic():
            locked = lock(case)
            move(locked, name, by=by, at=now(), reason="測試")
            raise _Undo(locked.state)
    except _Undo as done:
        return str(done)
    except (NotPermitted, NotAllowed) as error:
        return type(error)


class _Undo(Exception):
    """Carries the state out of the transaction."""
