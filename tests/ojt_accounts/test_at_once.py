"""What must hold when people press at the same instant, each with a control that fails once the promise is taken away."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.clock import now
from casework.cases import doing, moving
from casework.cases.doing import perform
from casework.cases.receipts import once
from casework.errors import NotAllowed, Refused, Stale
from casework.models import Case, NumberSeries, SignOff
from ojt_accounts.models import Intake, Registration, TrainingAccount
from ojt_accounts.services import preparing, reviewing, seating
from tests.ojt_accounts import world as w
from tests.parallel import meet, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def _ready(here: w.World, n: int, kind: str = "new_unit") -> Case:
    """An application for one account, signed by officer and chief: only 決行 is left."""
    if kind != "new_unit":
        w.registered(here)
    case = w.filed(here, numbers=(n,), kind=kind)
    w.checked(here, case)
    return w.signed(here, case, here.officer, here.chief)


def _approve(here: w.World, case: Case) -> Any:
    return perform(case, "sign_approver", codes=w.codes(case), by=here.approver, at=now()).case


def test_eight_approvals_at_one_instant_open_six_accounts(here: w.World) -> None:
    """OA-07."""
    ready = [_ready(here, n, "renewal") for n in range(1, 9)]
    answers = together([lambda c=case: _approve(here, c) for case in ready])
    refused = [a for a in answers if isinstance(a, Refused)]
    assert len(refused) == 2 and all("超過上限 6 組" in r.message for r in refused), answers
    assert sum(isinstance(a, Case) for a in answers) == 6
    accounts = TrainingAccount.objects.filter(registration__organisation=here.unit)
    assert sorted(accounts.values_list("seat", flat=True)) == [1, 2, 3, 4, 5, 6]
    # the two refused approvals left nothing behind: no signature, no event, still under review
    assert sorted(Case.objects.values_list("state", flat=True)) == ["filed"] * 2 + ["setting"] * 6
    assert SignOff.objects.filter(step=3).count() == 6  # the account form of each (OA-02: no unit form)


def _unlocked(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a control: the register's row is read, not held."""
    Registration.objects.get_or_create(organisation=here.unit, branch=here.branch)

    def unlocked(application: Any) -> Registration:
        return Registration.objects.get(organisation=here.unit, branch=here.branch)

    monkeypatch.setattr(seating, "lock_registration", unlocked)


def test_control_without_lock_and_constraint_the_cap_is_passed(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = [_ready(here, n, "renewal") for n in range(1, 9)]
    _unlocked(here, monkeypatch)
    # writing the register's row would queue them just as the lock does
    monkeypatch.setattr(Registration, "save", lambda self, **given: None)
    opening = seating._open

    def slowly(*given: Any) -> TrainingAccount:
        meet()
        return opening(*given)

    monkeypatch.setattr(seating, "_open", slowly)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX training_account_seat_once")
    try:
        answers = together([lambda c=case: _approve(here, c) for case in ready])
        assert sum(isinstance(a, Case) for a in answers) > 6, answers
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ojt_accounts_trainingaccount CASCADE")
            cursor.execute(
                "CREATE UNIQUE INDEX training_account_seat_once ON ojt_accounts_trainingaccount (registration_id, seat) "
                "WHERE NOT (state = 'closed')"
            )


def _two_new(here: w.World) -> list[Case]:
    """Two new-unit applications of one unit, of two program years, with only 決行 left."""
    first = _ready(here, 1)
    here.intake = Intake.objects.create(
        branch=here.branch, program_year=here.intake.program_year + 1, name="次年度",
        opens_on=here.intake.opens_on, closes_on=here.intake.closes_on,
    )  # fmt: skip
    return [first, _ready(here, 2)]


def test_a_unit_is_registered_as_new_once(here: w.World) -> None:
    """OA-01: the second 決行 asks again under the lock of the first."""
    answers = together([lambda c=case: _approve(here, c) for case in _two_new(here)])
    (refused,) = [a for a in answers if isinstance(a, Refused)]
    assert "已在雲嘉南分署登錄，不得再以新單位申請" in refused.message
    assert sorted(Case.objects.values_list("state", flat=True)) == ["filed", "setting"]
    assert TrainingAccount.objects.count() == 1


def test_control_without_the_lock_both_are_registered_as_new(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = _two_new(here)
    _unlocked(here, monkeypatch)
    fits = seating.papers.kind_fits

    def slowly(*given: Any, **named: Any) -> Any:
        found = fits(*given, **named)
        meet()
        return found

    class Held:
        kind_fits = staticmethod(slowly)

    monkeypatch.setattr(seating, "papers", Held)
    answers = together([lambda c=case: _approve(here, c) for case in ready])
    # both were found to be new; the seat taken twice is all that is left to stop one
    assert not any("登錄" in getattr(a, "message", "") for a in answers), answers


def _start(here: w.World) -> str:
    return preparing.start(
        unit=here.unit, kind="new_unit", program_year=here.intake.program_year, county=here.county, intake=here.intake,
        by=here.contact, at=now(),
    ).case.number  # fmt: skip


def test_a_new_unit_is_applied_for_once_however_many_start(here: w.World) -> None:
    """OA-01: one open new-unit application of a unit, branch and year."""
    answers = together([lambda: _start(here)] * 6)
    assert sum(isinstance(a, str) for a in answers) == 1, answers
    assert sum(isinstance(a, Refused) and "已有新單位申請案" in a.message for a in answers) == 5, answers
    assert Case.objects.count() == 1


def test_control_without_the_lock_several_are_opened(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "hold_unit", lambda pk: None)
    opening = preparing.open_case

    def slowly(**given: Any) -> Case:
        meet()
        return opening(**given)

    monkeypatch.setattr(preparing, "open_case", slowly)
    answers = together([lambda: _start(here)] * 2)
    assert all(isinstance(a, str) for a in answers) and Case.objects.count() == 2, answers


def test_the_database_alone_refuses_a_seat_taken_twice(here: w.World) -> None:
    registration = Registration.objects.create(organisation=here.unit, branch=here.branch)
    made = {"registration": registration, "name": "甲", "account_name": "abc12", "state": "open", "seat": 1}
    TrainingAccount.objects.create(**made, national_id_index="a")
    with pytest.raises(IntegrityError, match="training_account_seat_once"), transaction.atomic():
        TrainingAccount.objects.create(**made, national_id_index="b")


def test_twenty_cases_opened_at_one_instant_get_twenty_numbers(here: w.World) -> None:
    w.registered(here)

    def start() -> str:
        return preparing.start(
            unit=here.unit, kind="renewal", program_year=here.intake.program_year, county=here.county, intake=here.intake,
            by=here.contact, at=now(),
        ).case.number  # fmt: skip

    numbers = together([start] * 20)
    assert len(set(numbers)) == 20 and all(isinstance(n, str) for n in numbers), numbers


def test_control_numbers_read_then_written_give_twins(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    NumberSeries.objects.create(series="X", year=115, last=0)

    def read_then_write() -> int:
        with transaction.atomic():
            row = NumberSeries.objects.get(series="X", year=115)
            meet()
            NumberSeries.objects.filter(pk=row.pk).update(last=row.last + 1)
            return row.last + 1

    numbers = together([read_then_write] * 20)
    assert len(set(numbers)) < 20


def test_two_deciders_at_one_instant_leave_one_decision(here: w.World) -> None:
    case = _ready(here, 1)
    other = w.person("另一位決行")
    w.grant_role(user=other, role_code="branch_approver", organisation=here.branch, by=None, at=now())
    version = case.version
    answers = together(
        [
            lambda: (
                perform(case, "sign_approver", codes=w.codes(case), by=here.approver, at=now(), version=version).case
            ),
            lambda: perform(case, "refuse", reason="文件不實", by=other, at=now(), version=version).case,
        ]
    )
    assert sum(isinstance(a, Case) for a in answers) == 1, answers
    assert sum(isinstance(a, (Stale, NotAllowed, Refused)) for a in answers) == 1, answers
    case.refresh_from_db()
    assert case.events.filter(code__in=["approve", "refuse"]).count() == 1
    assert case.state in {"setting", "refused"}


def test_control_without_the_row_lock_both_decide(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _ready(here, 1)
    seen = []

    def unlocked(case: Case | int, *, version: int | None = None) -> Case:
        found = Case.objects.get(pk=case if isinstance(case, int) else case.pk)
        if version is not None and found.version != version:
            raise Stale(found, version)
        seen.append(found.state)
        return found

    judged = reviewing.findings

    def slowly(*given: Any, **named: Any) -> Any:
        meet(1)
        return judged(*given, **named)

    monkeypatch.setattr(doing, "lock", unlocked)
    monkeypatch.setattr(reviewing, "findings", slowly)
    answers = together(
        [
            lambda: (
                perform(
                    case, "sign_approver", codes=w.codes(case), by=here.approver, at=now(), version=case.version
                ).case
            ),
            lambda: perform(case, "refuse", reason="文件不實", by=here.approver, at=now(), version=case.version).case,
        ]
    )
    # both read 審查中 and went on; the second is stopped late, by the unique event number or by a circle of their rows
    assert seen == ["filed", "filed"]
    assert any(isinstance(a, IntegrityError | OperationalError) for a in answers), answers


def test_one_person_at_two_browsers_signs_once(here: w.World) -> None:
    """OA-21."""
    case = w.filed(here)
    w.checked(here, case)
    sign = [lambda: perform(case, "sign_officer", codes=w.codes(case), by=here.officer, at=now()).case] * 2
    answers = together(sign)
    assert sum(isinstance(a, Case) for a in answers) == 1
    assert sum(isinstance(a, Refused) for a in answers) == 1, answers
    assert SignOff.objects.filter(case=case, step=1).count() == len(w.codes(case))


def test_twenty_equal_posts_make_one_case(here: w.World) -> None:
    key = uuid4()

    def press() -> tuple[dict[str, Any], bool]:
        at = now()

        def do() -> dict[str, Any]:
            made = preparing.start(
                unit=here.unit, kind="new_unit", program_year=here.intake.program_year, county=here.county,
                intake=here.intake, by=here.contact, at=at,
            )  # fmt: skip
            return {"number": made.case.number}

        return once(user=here.contact, key=key, act="start", thing="", at=at, do=do)

    answers = together([press] * 20)
    assert len({answer["number"] for answer, _ in answers}) == 1
    assert sum(first for _, first in answers) == 1
    assert Case.objects.count() == 1


def test_filing_pressed_twice_files_once(here: w.World) -> None:
    case = w.drafted(here)
    answers = together([lambda: perform(case, "file", by=here.contact, at=now(), version=case.version).case] * 2)
    assert sum(isinstance(a, Case) for a in answers) == 1
    assert sum(isinstance(a, Stale) for a in answers) == 1, answers
    assert case.events.filter(code="file").count() == 1


def test_a_lock_is_held_until_the_act_ends(here: w.World) -> None:
    case = w.drafted(here)
    with transaction.atomic():
        moving.lock(case)
        waiting = together([lambda: _try_lock(case)])
    assert isinstance(waiting[0], Exception) and "lock" in str(waiting[0])


def _try_lock(case: Case) -> Any:
    with transaction.atomic():
        return Case.objects.select_for_update(nowait=True).get(pk=case.pk)
