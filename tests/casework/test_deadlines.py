"""Deadlines as rows: set, met, withdrawn."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.cases.events import record
from casework.cases.moving import lock
from casework.deadlines import keeping
from casework.models import Case, Deadline, Reminder
from kernel.law import Law
from kernel.reasoning import Reasoning
from tests.casework.jobs import AT, ON, case, kind_of_case, office, owe

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    with kind_of_case():
        yield


@pytest.mark.django_db
def test_setting_keeps_what_it_rests_on_and_the_earliest_day_of_the_case() -> None:
    one = case()
    why = Reasoning("OA-01", on=ON, law=Law())
    why.note("自收件日起 5 個工作日", comparison="11/13 + 5")
    later = owe(one, code="test.later", due=ON + 9 * DAY, outcome=why.outcome(judged=False, due=ON))
    assert one.due_on == ON + 9 * DAY
    owe(one, due=ON + 3 * DAY)
    assert one.due_on == ON + 3 * DAY == Case.objects.get(pk=one.pk).due_on
    assert Deadline.objects.get(pk=later.pk).outcome["lines"][0]["comparison"] == "11/13 + 5"


@pytest.mark.django_db
def test_the_day_survives_the_act_saving_its_case() -> None:
    """Services save the case after setting the deadline; a stale `due_on` in the object would undo it."""
    one = lock(case())
    owe(one, due=ON + DAY)
    record(one, "received", "收件", by=None, at=AT)
    assert Case.objects.get(pk=one.pk).due_on == ON + DAY


@pytest.mark.django_db
def test_setting_again_withdraws_the_one_before() -> None:
    one = case()
    first = owe(one, remind_days=(1,), due=ON + 5 * DAY)
    second = owe(one, due=ON + 9 * DAY)
    first.refresh_from_db()
    assert first.withdrawn_at == AT
    assert not first.reminders.exists()
    assert list(one.deadlines.filter(keeping.owed())) == [second]
    assert one.due_on == ON + 9 * DAY


@pytest.mark.django_db
def test_meeting_and_withdrawing_close_once() -> None:
    one = case()
    owe(one)
    owe(one, code="test.other", due=ON + DAY)
    assert keeping.meet_deadline(code="test.answer", case=one, at=AT) == 1
    assert keeping.meet_deadline(code="test.answer", case=one, at=AT) == 0
    assert one.due_on == ON + DAY
    assert keeping.withdraw_deadline(code="test.other", case=one, at=AT) == 1
    assert one.due_on is None
    assert Case.objects.get(pk=one.pk).due_on is None


@pytest.mark.django_db
def test_withdrawing_all_leaves_nothing_owed() -> None:
    one = case()
    for n in range(3):
        owe(one, code=f"test.{n}", remind_days=(1, 2), due=ON + 9 * DAY)
    assert keeping.withdraw_all(case=one, at=AT) == 3
    assert one.due_on is None
    assert not Reminder.objects.exists()


@pytest.mark.django_db
def test_a_thing_has_deadlines_of_its_own_and_inside_a_case() -> None:
    unit, one = office(), case()
    owe(None, thing=unit)
    assert keeping.thing_of(keeping.of_thing(unit).get()) == unit
    owe(one, thing=unit, due=ON + DAY)
    assert one.due_on == ON + DAY
    assert keeping.of_thing(unit).filter(keeping.owed()).count() == 1
    assert keeping.meet_deadline(code="test.answer", thing=unit, case=one, at=AT) == 1
    assert one.due_on is None


@pytest.mark.django_db
def test_a_deadline_belongs_to_something() -> None:
    with pytest.raises(TypeError):
        owe(None)


@pytest.mark.django_db
def test_the_database_keeps_one_open_deadline_of_a_code() -> None:
    one = owe(case())
    one.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)


@pytest.mark.django_db
def test_reminders_whose_day_has_come_are_not_planned() -> None:
    """The act that sets the deadline tells the person itself."""
    planned = owe(case(), due=ON + 10 * DAY, remind_days=(60, 30, 10, 9, 7, -1, 0))
    assert [(one.days_before, one.on) for one in planned.reminders.order_by("on")] == [
        (9, ON + DAY),
        (7, ON + 3 * DAY),
        (0, ON + 10 * DAY),
    ]
