"""The sweep: each passed day has its effect once, late rather than lost, and by two sweepers as by one."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from casework.cases.moving import lock
from casework.deadlines import keeping, sweeping
from casework.models import Case, Deadline, Notice, Reminder
from casework.notices import outbox
from tests.casework.jobs import AT, ON, at_once, case, handlers, kind_of_case, office, owe, person

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    with kind_of_case():
        yield


@pytest.fixture
def register() -> Iterator:
    with handlers() as register:
        yield register


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "lapses"), [pytest.param(-1, False, id="day before"), (0, False), pytest.param(1, True, id="day after")]
)
def test_the_last_day_is_in_time_and_the_day_after_is_not(register, days: int, lapses: bool) -> None:
    seen: list[Deadline] = []
    register("test.answer", lambda rows, at: seen.extend(rows))
    one = case()
    due = owe(one, due=ON)
    report = sweeping.sweep(on=ON + days * DAY, at=AT + days * DAY)
    due.refresh_from_db()
    assert (due.lapsed_at is not None) == lapses
    assert seen == ([due] if lapses else [])
    assert report.lapsed == ({"test.answer": 1} if lapses else {})


@pytest.mark.django_db
def test_a_second_sweep_does_nothing(register) -> None:
    seen: list[int] = []
    register("test.answer", lambda rows, at: seen.append(len(rows)), lambda pairs, at: seen.append(-len(pairs)))
    for _ in range(3):
        owe(case())
    owe(case(), due=ON + 9 * DAY, remind_days=(8,))
    sweeping.sweep(on=ON + DAY, at=AT)
    assert seen == [3, -1]
    again = sweeping.sweep(on=ON + DAY, at=AT)
    assert seen == [3, -1]
    assert not again.lapsed
    assert not again.reminded


@pytest.mark.django_db
def test_what_is_over_with_its_day_leaves_the_work_list_and_what_is_owed_stays(register) -> None:
    register("test.right", lambda rows, at: None)
    register("test.office", owed_after=True)
    ends, owed, unknown = case(), case(), case()
    owe(ends, code="test.right")
    owe(ends, code="test.other", due=ON + 9 * DAY)
    owe(owed, code="test.office")
    owe(unknown, code="test.unregistered")
    sweeping.sweep(on=ON + DAY, at=AT)
    days = {one.pk: one.due_on for one in Case.objects.all()}
    assert days == {ends.pk: ON + 9 * DAY, owed.pk: ON, unknown.pk: ON}
    assert keeping.meet_deadline(code="test.office", case=owed, at=AT + 2 * DAY) == 1, "late, but done"
    assert keeping.meet_deadline(code="test.right", case=ends, at=AT + 2 * DAY) == 0
    assert Case.objects.get(pk=owed.pk).due_on is None


@pytest.mark.django_db
def test_a_met_or_withdrawn_deadline_neither_lapses_nor_reminds(register) -> None:
    seen: list[object] = []
    register("test.answer", lambda rows, at: seen.extend(rows), lambda pairs, at: seen.extend(pairs))
    met, withdrawn = case(), case()
    for one in (met, withdrawn):
        owe(one, due=ON + 3 * DAY, remind_days=(2,))
    keeping.meet_deadline(code="test.answer", case=met, at=AT)
    keeping.withdraw_deadline(code="test.answer", case=withdrawn, at=AT)
    for days in range(6):
        sweeping.sweep(on=ON + days * DAY, at=AT)
    assert seen == []


@pytest.mark.django_db
def test_a_lapse_that_closes_the_case_takes_its_other_deadlines_along(register) -> None:
    """Both days have passed in the same batch; what the first withdraws must not lapse."""
    seen: list[str] = []

    def closes(rows: list[Deadline], at: datetime) -> None:
        for row in rows:
            seen.append(row.code)
            keeping.withdraw_all(case=row.case, at=at)

    register("test.first", closes)
    register("test.second", lambda rows, at: seen.extend(row.code for row in rows))
    one = case()
    owe(one, code="test.second", due=ON + DAY)
    owe(one, code="test.first", due=ON)
    sweeping.sweep(on=ON + 5 * DAY, at=AT)
    assert seen == ["test.first"]
    assert one.deadlines.get(code="test.second").lapsed_at is None


@pytest.mark.django_db
def test_only_the_newest_of_several_missed_reminders_is_sent(register) -> None:
    sent: list[int] = []
    register("test.answer", on_remind=lambda pairs, at: sent.extend(reminder.days_before for _, reminder in pairs))
    owe(case(), due=ON + 60 * DAY, remind_days=(59, 30, 7))
    sweeping.sweep(on=ON + 40 * DAY, at=AT)
    assert sent == [30]
    sweeping.sweep(on=ON + 41 * DAY, at=AT)
    assert sent == [30]
    sweeping.sweep(on=ON + 53 * DAY, at=AT)
    assert sent == [30, 7]
    assert not Reminder.objects.filter(done_at=None).exists()


@pytest.mark.django_db
def test_on_its_last_day_it_reminds_and_the_day_after_it_lapses(register) -> None:
    told: list[str] = []
    register("test.answer", lambda rows, at: told.append("lapsed"), lambda pairs, at: told.append("reminded"))
    owe(case(), due=ON + DAY, remind_days=(0,))
    late = case()
    owe(late, due=ON + DAY, remind_days=(0,))
    sweeping.sweep(on=ON + DAY, at=AT)
    assert told == ["reminded"]
    sweeping.sweep(on=ON + 2 * DAY, at=AT)
    assert told == ["reminded", "lapsed"]


@pytest.mark.django_db
def test_nobody_is_reminded_of_what_lapses_in_the_same_sweep(register) -> None:
    told: list[str] = []
    register("test.answer", lambda rows, at: told.append("lapsed"), lambda pairs, at: told.append("reminded"))
    owe(case(), due=ON + 3 * DAY, remind_days=(2, 1))
    sweeping.sweep(on=ON + 4 * DAY, at=AT)
    assert told == ["lapsed"]
    assert not Reminder.objects.exists()


def _timeline(sweeps: list[int], register) -> dict[str, set]:
    """What ten cases have come to by day 12 when the sweep ran on those days."""
    told: Counter[tuple[int, str]] = Counter()
    numbers: dict[int, int] = {}

    def lapsed(rows: list[Deadline], at: datetime) -> None:
        for row in rows:
            told[numbers[row.case_id], "lapsed"] += 1

    def reminded(pairs: list[tuple[Deadline, Reminder]], at: datetime) -> None:
        for row, reminder in pairs:
            told[numbers[row.case_id], f"{reminder.days_before} days before"] += 1

    register("test.answer", lapsed, reminded)
    branch = office()
    for n in range(10):
        one = case(office=branch)
        numbers[one.pk] = n
        owe(one, due=ON + n * DAY, remind_days=(7, 3))
    for day in sweeps:
        sweeping.sweep(on=ON + day * DAY, at=AT + day * DAY)
    rows = Deadline.objects.filter(case__in=numbers)
    return {
        "told": set(told.items()),
        "open": {numbers[row.case_id] for row in rows.filter(lapsed_at=None)},
        "due": {(numbers[one.pk], one.due_on) for one in Case.objects.filter(pk__in=numbers)},
        "left": {numbers[one.deadline.case_id] for one in Reminder.objects.filter(done_at=None, deadline__in=rows)},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("missed", [{4, 5, 6}, {0, 1, 2}, {8, 9, 10}])
def test_three_days_of_stopped_jobs_come_to_the_same(missed: set[int]) -> None:
    every = list(range(12))
    with handlers() as register:
        without = _timeline(every, register)
    with handlers() as register:
        stopped = _timeline([day for day in every if day not in missed], register)
    assert without["due"] == stopped["due"]
    assert without["open"] == stopped["open"]
    assert without["left"] == stopped["left"]
    lapses = {one for one in without["told"] if one[0][1] == "lapsed"}
    assert lapses == {one for one in stopped["told"] if one[0][1] == "lapsed"}
    # A reminder may have been overtaken by its own deadline while the jobs stood; no other is lost and none comes twice.
    assert stopped["told"] <= without["told"]
    lost = {n for (n, what), _ in without["told"] - stopped["told"]}
    assert all((ON + n * DAY) < ON + (max(missed) + 1) * DAY for n in lost)


@pytest.mark.django_db
def test_batches_reach_everything_whatever_their_size(register) -> None:
    seen: list[int] = []
    register(
        "test.answer",
        lambda rows, at: seen.extend(row.pk for row in rows),
        lambda p, at: seen.extend(d.pk for d, _ in p),
    )
    branch = office()
    wanted = [owe(case(office=branch), due=ON + (n % 3) * DAY).pk for n in range(25)]
    wanted += [owe(case(office=branch), due=ON + 30 * DAY, remind_days=(28, 27, 26)).pk for _ in range(11)]
    report = sweeping.sweep(on=ON + 4 * DAY, at=AT, batch=4)
    assert sorted(seen) == sorted(wanted)
    assert (report.lapsed.total(), report.reminded.total(), report.left) == (25, 11, 0)


@pytest.mark.django_db
def test_queries_grow_with_batches_and_not_with_rows(register) -> None:
    register("test.answer", lambda rows, at: None)
    branch = office()

    def queries(rows: int) -> int:
        for _ in range(rows):
            owe(case(office=branch))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            sweeping.sweep(on=ON + DAY, at=AT)
        return len(seen)

    assert queries(3) == queries(30)


@pytest.mark.django_db
def test_rehearsing_says_the_same_and_changes_nothing(register) -> None:
    told: list[str] = []
    register("test.answer", lambda rows, at: told.append("!"), lambda pairs, at: told.append("!"))
    for n in range(4):
        owe(case(), due=ON + n * DAY)
    owe(case(), due=ON + 30 * DAY, remind_days=(29, 28))
    before = (
        list(Deadline.objects.order_by("pk").values()),
        list(Reminder.objects.values()),
        list(Case.objects.values()),
    )
    heard: list[tuple[int, int | None]] = []
    would = sweeping.sweep(
        on=ON + 3 * DAY, at=AT, rehearse=True, listen=lambda d, r: heard.append((d.pk, r and r.days_before))
    )
    assert before == (
        list(Deadline.objects.order_by("pk").values()),
        list(Reminder.objects.values()),
        list(Case.objects.values()),
    )
    assert told == []
    did_hear: list[tuple[int, int | None]] = []
    did = sweeping.sweep(on=ON + 3 * DAY, at=AT, listen=lambda d, r: did_hear.append((d.pk, r and r.days_before)))
    assert (would.lapsed, would.reminded) == (did.lapsed, did.reminded) == ({"test.answer": 3}, {"test.answer": 1})
    assert heard == did_hear


@pytest.mark.django_db
def test_one_bad_row_keeps_nobody_elses_day_from_its_effect(register) -> None:
    branch = office()
    rows = [owe(case(office=branch)) for _ in range(5)]
    done: list[int] = []

    def acts(found: list[Deadline], at: datetime) -> None:
        for row in found:
            Notice.objects.filter(pk=row.pk).update(subject="x")
            if row.pk == rows[2].pk:
                raise ValueError("broken")
        done.extend(row.pk for row in found)

    register("test.answer", acts)
    report = sweeping.sweep(on=ON + DAY, at=AT)
    good = [row.pk for row in rows if row.pk != rows[2].pk]
    assert done == good
    assert report.lapsed == {"test.answer": 4}
    assert len(report.failed) == 1
    assert "broken" in report.failed[0]
    assert set(Deadline.objects.exclude(lapsed_at=None).values_list("pk", flat=True)) == set(good)
    rows[2].refresh_from_db()
    assert rows[2].open, "it comes again tomorrow"


@pytest.mark.django_db
def test_a_lost_connection_is_not_taken_for_a_bad_row(register) -> None:
    def breaks(rows: list[Deadline], at: datetime) -> None:
        raise OperationalError("server closed the connection")

    register("test.answer", breaks)
    row = owe(case())
    with pytest.raises(OperationalError):
        sweeping.sweep(on=ON + DAY, at=AT)
    row.refresh_from_db()
    assert row.open


# --- two at once -----------------------------------------------------------------------------------------------------


def _telling(user):
    def tell(rows: list[Deadline], at: datetime) -> None:
        told = [outbox.Told(user, "逾期", "已逾期", f"lapse:{row.pk}", row.case) for row in rows]
        outbox.notify_each(told, code="lapse", at=at, mail=False)

    return tell


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_have_one_effect(register) -> None:
    user, branch = person(), office()
    counted: list[int] = []
    tell = _telling(user)

    def act(rows: list[Deadline], at: datetime) -> None:
        counted.append(len(rows))
        tell(rows, at)

    register("test.answer", act)
    for _ in range(60):
        owe(case(office=branch))
    works = [lambda: sweeping.sweep(on=ON + DAY, at=AT, batch=7)] * 4
    reports = at_once(*works)
    assert sum(counted) == sum(one.lapsed.total() for one in reports) == 60
    assert Notice.objects.count() == 60
    assert not Deadline.objects.filter(lapsed_at=None).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_and_the_second_look_a_day_has_its_effect_twice(register) -> None:
    """The sweep as one would first write it: read what is due, act, mark."""
    counted: list[int] = []
    both_read = threading.Barrier(2)
    for _ in range(5):
        owe(case())

    def naive() -> None:
        with transaction.atomic():
            rows = list(Deadline.objects.filter(sweeping.OPEN, due_on__lt=ON + DAY))
            both_read.wait(10)
            counted.append(len(rows))
            for row in rows:
                row.lapsed_at = AT
                row.save(update_fields=["lapsed_at"])

    at_once(naive, naive)
    assert sum(counted) == 10


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_case_in_somebodys_hands_is_left_for_the_next_run_and_not_waited_for(register) -> None:
    seen: list[int] = []
    register("test.answer", lambda rows, at: seen.extend(row.case_id for row in rows))
    busy, free = case(), case()
    owe(busy)
    owe(free)
    holding, done = threading.Event(), threading.Event()

    def act() -> None:
        with transaction.atomic():
            held = lock(busy)
            holding.set()
            assert done.wait(10)
            # The act that was going on when the sweep came: it is in time for it, and no deadlock.
            keeping.meet_deadline(code="test.answer", case=held, at=AT)

    def swept() -> sweeping.SweepReport:
        assert holding.wait(10)
        try:
            return sweeping.sweep(on=ON + DAY, at=AT)
        finally:
            done.set()

    _, report = at_once(act, swept)
    assert seen == [free.pk]
    assert report.left == 1
    assert sweeping.sweep(on=ON + DAY, at=AT).left == 0
    assert seen == [free.pk]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_each_batch_is_a_transaction_of_its_own(register) -> None:
    """A sweep killed in its second batch keeps the first."""
    branch = office()
    for _ in range(6):
        owe(case(office=branch))
    batches: list[int] = []

    def dies(rows: list[Deadline], at: datetime) -> None:
        if batches:
            raise KeyboardInterrupt
        batches.append(len(rows))

    register("test.answer", dies)
    with pytest.raises(KeyboardInterrupt):
        sweeping.sweep(on=ON + DAY, at=AT, batch=3)
    assert Deadline.objects.exclude(lapsed_at=None).count() == 3
