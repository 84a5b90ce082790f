"""What must hold when people press at the same instant, each with a control that fails once the lock is taken away."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.locks import locking
from casework.errors import NotAllowed, Refused
from kernel.dates import taipei_day
from ojt_subsidy.models import Enrolment, MoneyEntry, PaymentBatch, PaymentLine
from ojt_subsidy.services import batching, enrolling, places, reserving, screening
from ojt_subsidy.services.outside import enter_outside
from tests.ojt_subsidy import world as w
from tests.parallel import meet, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
SEATS, PEOPLE = 3, 12


@pytest.fixture
def here(transactional_db):
    return w.world()


def _all_file(course, people):
    return together([lambda p=p: enrolling.enrol(code=course.code, person=p, key=uuid4(), at=w.now()) for p in people])


def test_seats_are_sold_once_and_numbers_have_no_gaps(here):
    """SUB-03."""
    course = w.published(here, seats=SEATS)
    answers = _all_file(course, [w.trainee() for _ in range(PEOPLE)])
    assert not [a for a in answers if isinstance(a, Exception)], answers
    rows = list(Enrolment.objects.order_by("number"))
    assert [row.number for row in rows] == list(range(1, PEOPLE + 1))
    assert [row.number for row in rows if row.seat] == [1, 2, 3]
    assert all(a.arrived_at <= b.arrived_at + timedelta(milliseconds=50) for a, b in itertools.pairwise(rows))


def test_control_without_the_lock_and_its_keys_more_is_sold(here, monkeypatch):
    course = w.published(here, seats=SEATS)
    people = [w.trainee() for _ in range(PEOPLE)]
    dropped = (
        ("DROP INDEX enrolment_seat_once", "CREATE UNIQUE INDEX enrolment_seat_once ON ojt_subsidy_enrolment (course_id, seat) WHERE seat IS NOT NULL"),
        ("ALTER TABLE ojt_subsidy_enrolment DROP CONSTRAINT enrolment_number_once", "ALTER TABLE ojt_subsidy_enrolment ADD CONSTRAINT enrolment_number_once UNIQUE (course_id, number)"),
        ("ALTER TABLE ojt_subsidy_courseledger DROP CONSTRAINT ledger_never_oversold", "ALTER TABLE ojt_subsidy_courseledger ADD CONSTRAINT ledger_never_oversold CHECK (held <= seats)"),
    )  # fmt: skip

    def unlocked(key):
        meet()
        return datetime.now(UTC)

    monkeypatch.setattr(places, "lock_course", unlocked)
    with connection.cursor() as cursor:
        for drop, _ in dropped:
            cursor.execute(drop)
    try:
        _all_file(course, people)
        sold = Enrolment.objects.filter(seat__isnull=False).count()
        assert sold > SEATS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ojt_subsidy_enrolment, ojt_subsidy_courseledger CASCADE")
            for _, restore in dropped:
                cursor.execute(restore)


def test_the_same_press_twice_at_once_is_one_filing(here):
    course, who, key = w.published(here), w.trainee(), uuid4()
    answers = together([lambda: enrolling.enrol(code=course.code, person=who, key=key, at=w.now())] * 6)
    assert sorted(first for _, first in answers) == [False] * 5 + [True]
    assert len({answer["number"] for answer, _ in answers}) == 1
    assert Enrolment.objects.count() == 1


def _clashing(here):
    """Two courses at the same hours."""
    day = taipei_day(w.now()) + timedelta(days=20)
    return w.published(here, day), w.published(here, day, title="同時段課程")


def test_of_two_courses_at_the_same_hours_one_is_filed(here):
    courses, who = _clashing(here), w.trainee()
    answers = together([lambda c=c: enrolling.enrol(code=c.code, person=who, key=uuid4(), at=w.now()) for c in courses])
    assert sum(isinstance(a, Refused) for a in answers) == 1, answers
    assert Enrolment.objects.count() == 1


def test_control_without_the_persons_lock_both_are_filed(here, monkeypatch):
    courses, who = _clashing(here), w.trainee()
    judge = enrolling._judge_hours
    monkeypatch.setattr(places, "lock_person", lambda *keys: None)

    def slowly(*given):
        judge(*given)
        meet()

    monkeypatch.setattr(enrolling, "_judge_hours", slowly)
    together([lambda c=c: enrolling.enrol(code=c.code, person=who, key=uuid4(), at=w.now()) for c in courses])
    assert Enrolment.objects.count() == 2


def _nearly_used(here):
    who = w.trainee()
    enter_outside(
        national_id=who.national_id, scheme="care_service", title="照顧服務", starts_on=taipei_day(w.now()) - timedelta(days=10),
        amount=62_000, employed=True, by=here.officer, at=w.now(),
    )  # fmt: skip
    rows = []
    for n in range(2):
        course = w.published(here, taipei_day(w.now()) + timedelta(days=20 + n))
        row = w.enrolled(course, who)
        screening.ask(row, by=here.clerk, at=w.now())
        rows.append(row)
    return who, rows


def _admit(here, row):
    day = taipei_day(w.now())
    return screening.admit(row, fee_paid_on=day, papers_on=day, by=here.clerk, at=w.now())


def test_two_classes_admitting_at_once_stay_within_the_cap(here):
    who, rows = _nearly_used(here)
    answers = together([lambda r=row: _admit(here, r) for row in rows])
    assert not [a for a in answers if isinstance(a, Exception)], answers
    assert sum(e.amount for e in MoneyEntry.objects.filter(person=who)) == 8000


def test_control_without_the_persons_lock_the_cap_is_passed(here, monkeypatch):
    who, rows = _nearly_used(here)
    standing = reserving.cap_of
    monkeypatch.setattr(places, "lock_person", lambda *keys: None)

    def slowly(person):
        found = standing(person)
        meet()
        return found

    monkeypatch.setattr(reserving, "cap_of", slowly)
    together([lambda r=row: _admit(here, r) for row in rows])
    assert sum(e.amount for e in MoneyEntry.objects.filter(person=who)) == 16_000


def test_a_place_given_up_and_a_filing_at_once_sell_it_once(here):
    course = w.published(here, seats=1)
    holder = w.enrolled(course, w.trainee())
    w.enrolled(course, w.trainee())
    newcomer = w.trainee()
    together([
        lambda: enrolling.withdraw(holder, by=holder.person, at=w.now()),
        lambda: enrolling.enrol(code=course.code, person=newcomer, key=uuid4(), at=w.now()),
    ])  # fmt: skip
    assert list(Enrolment.objects.filter(seat__isnull=False).values_list("number", "state")) == [(2, "asked")]
    assert course.ledger.__class__.objects.get(pk=course.pk).held == 1


def test_a_bank_file_imported_twice_at_once_pays_once(here):
    from tests.ojt_subsidy.test_path import answered

    *_, after = w.approved(here, w.trainee())
    made = together([lambda: batching.make_batch(office=here.branch, by=here.cashier, at=after)] * 2)
    assert sum(isinstance(a, Refused) for a in made) == 1
    batch = batching.send_batch(PaymentBatch.objects.get(), by=here.cashier, at=after)
    data = answered(batch)
    answers = together([lambda: batching.apply_result(batch, data=data, by=here.cashier, at=after)] * 3)
    assert sorted(first for _, first in answers) == [False, False, True]
    with pytest.raises(NotAllowed):
        batching.apply_result(batch, data=b"x", by=here.cashier, at=after)


def test_a_line_put_into_a_batch_while_its_amount_is_taken_back_leaves_it_again(here, monkeypatch):
    """Between looking for the line's batch and holding the line, the cashier makes one."""
    *_, after = w.approved(here, w.trainee())
    looked = []

    def lines_held(rows):
        if not looked:
            looked.append(PaymentBatch.objects.filter(lines=PaymentLine.objects.get().pk).first())
            together([lambda: batching.make_batch(office=here.branch, by=here.cashier, at=after)])
        return locking(rows)

    monkeypatch.setattr(reserving, "locking", lines_held)
    with transaction.atomic():
        reserving.hold(PaymentLine.objects.get().enrolment.person_id)
        reserving._reopen(PaymentLine.objects.get().pk, [], by=here.officer, at=after, reason="更正")
    monkeypatch.undo()
    assert looked == [None]
    line = PaymentLine.objects.get()
    assert (line.state, line.batch, line.reference) == ("pending", None, "")
    assert list(PaymentBatch.objects.values_list("count", "total")) == [(0, 0)]


def test_with_the_broker_down_people_still_enrol(here, settings, monkeypatch):
    from casework.notices import outbox

    def down(*given, **more):
        raise OSError("no broker")

    monkeypatch.setattr(outbox.current_app, "send_task", down)
    course, who = w.published(here), w.trainee()
    assert enrolling.enrol(code=course.code, person=who, key=uuid4(), at=w.now())[1]
    assert Enrolment.objects.filter(told_at=None).count() == 1
