"""Numbers and seats of a course: order of filing is order of arrival at the database, and nothing is oversold.

The course's advisory lock is the queue. Tried before: without a lock 48 were admitted to 30 seats; a row lock keeps the number
but lets those who wait go in any order; this one lets them in as they came. Inside it there is one statement, so that the
queue moves fast. Below it the unique keys (number, seat, person) and the check of the ledger refuse what a mistake would do.

Locks are taken in this order: persons (by key), then the course, then rows in the order of accounts.locks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F

from accounts.locks import locking
from accounts.models import User
from casework.errors import NotAllowed, Refused
from casework.law.in_force import law_in_force
from kernel.dates import taipei_day
from kernel.outcome import Outcome
from ojt_subsidy.models import Course, CourseLedger, Enrolment, EnrolmentStep, Trainee
from ojt_subsidy.selectors.courses import state_label
from ojt_subsidy.services import reserving
from ojt_subsidy.states import ENROLMENT, HOLDS_SEAT, RECRUITING

COURSE_LOCK, PERSON_LOCK = 0x5C01, 0x5C02

_TAKE = """
WITH place AS (
    SELECT l.course_id, l.last_number + 1 AS number,
        CASE WHEN l.held < l.seats AND NOT EXISTS (
            SELECT 1 FROM ojt_subsidy_enrolment w WHERE w.course_id = l.course_id AND w.state = 'waiting'
        ) THEN (
            SELECT min(n) FROM generate_series(1, l.seats) n
            WHERE NOT EXISTS (SELECT 1 FROM ojt_subsidy_enrolment e WHERE e.course_id = l.course_id AND e.seat = n)
        ) END AS seat
    FROM ojt_subsidy_courseledger l
    JOIN ojt_subsidy_course c ON c.id = l.course_id JOIN casework_case k ON k.id = c.case_id
    WHERE l.course_id = %(course)s AND k.state = 'published'
), filed AS (
    INSERT INTO ojt_subsidy_enrolment (course_id, person_id, number, arrived_at, filed_at, state, seat, name, employer,
        employer_number, self_paid, missed_before, certificate, changed_at)
    SELECT course_id, %(person)s, number, %(arrived)s, %(at)s, CASE WHEN seat IS NULL THEN 'waiting' ELSE 'filed' END, seat,
        %(name)s, %(employer)s, %(employer_number)s, false, 0, '', %(at)s
    FROM place RETURNING id, number, seat, state
), counted AS (
    UPDATE ojt_subsidy_courseledger l SET last_number = place.number, held = l.held + (place.seat IS NOT NULL)::int
    FROM place WHERE l.course_id = place.course_id
), stepped AS (
    INSERT INTO ojt_subsidy_enrolmentstep (enrolment_id, at, by_id, code, label, from_state, to_state, reason, outcomes)
    SELECT id, %(at)s, %(person)s, 'file', '報名收件成功', '', state, '', '[]' FROM filed
)
SELECT id, number, seat, state FROM filed
"""


@dataclass(frozen=True, slots=True)
class Place:
    """What a filing got. `seat` None: on the waiting list."""

    pk: int
    number: int
    seat: int | None
    state: str


def lock_person(*keys: int) -> None:
    """One at a time per person, until the transaction ends: hours that overlap, and the cap."""
    with connection.cursor() as cursor:
        for key in sorted(set(keys)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PERSON_LOCK, key])


def lock_course(key: int) -> datetime:
    """The course's queue, until the transaction ends. Returns when this transaction came to it, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), pg_advisory_xact_lock(%s, %s)", [COURSE_LOCK, key])
        arrived: datetime = cursor.fetchone()[0]
    return arrived


def take_place(course: Course, person: User, trainee: Trainee, *, at: datetime) -> Place:
    """The next number, and a seat where one is free. What can be judged before was judged before; whether the course still
    takes filings is asked again here: it may have been cancelled while this one waited in the queue. Raises Refused.
    """
    arrived = lock_course(course.pk)
    given = {
        "course": course.pk,
        "person": person.pk,
        "arrived": arrived,
        "at": at,
        "name": person.name,
        "employer": trainee.employer,
        "employer_number": trainee.employer_number,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, given)
        placed = cursor.fetchone()
    if placed is None:
        raise Refused("這門課程已停辦或停止報名，沒有收件，不必繳費。")
    return Place(*placed)


def why_closed(course: Course) -> str:
    """Why nobody can be asked, accept or be admitted any more; empty while the class recruits or runs."""
    if course.case.state in RECRUITING:
        return ""
    return f"課程目前為「{state_label(course)}」，不能再通知繳費、確認參訓或錄訓。"


# --- steps after filing ------------------------------------------------------------------------------------------------


def locked(enrolment: Enrolment | int) -> Enrolment:
    """The filing with person and course locked, as it stands now, and what its person's money may touch."""
    pk = enrolment.pk if isinstance(enrolment, Enrolment) else enrolment
    person, course, case = Enrolment.objects.values_list("person_id", "course_id", "course__case_id").get(pk=pk)
    lock_person(person)
    lock_course(course)
    reserving.hold(person, cases=[case], filing=pk)
    return (
        locking(Enrolment.objects)
        .select_related(
            "course__case__office", "course__case__organisation", "course__county", "course__ledger", "person"
        )
        .get(pk=pk)
    )


def step(
    enrolment: Enrolment,
    name: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    outcomes: Iterable[Outcome] = (),
) -> EnrolmentStep:
    """Take a step of the table on a locked filing. The seat goes with the state. Raises NotAllowed, Refused."""
    act = ENROLMENT.act(name)
    try:
        target = ENROLMENT.move(enrolment.state, name)
    except NotAllowed as error:
        label = ENROLMENT.state(enrolment.state).label
        raise NotAllowed(f"第 {enrolment.number} 號目前為「{label}」，不能「{act.label}」。") from error
    if act.reason and not reason.strip():
        raise Refused(f"「{act.label}」請填寫理由。", field="reason")
    before, enrolment.state = enrolment.state, target.code
    had_seat = enrolment.seat is not None
    if target.code not in HOLDS_SEAT:
        enrolment.seat = None
    enrolment.changed_at = at
    enrolment.save()
    if had_seat and enrolment.seat is None:
        _count(enrolment.course_id, -1)
    return EnrolmentStep.objects.create(
        enrolment=enrolment,
        at=at,
        by=by,
        code=name,
        label=act.label,
        from_state=before,
        to_state=target.code,
        reason=reason.strip(),
        outcomes=[one.as_json() for one in outcomes],
    )


def _count(course: int, change: int) -> None:
    CourseLedger.objects.filter(pk=course).update(held=F("held") + change)  # under the course's lock


def free_seat(course: Course) -> int | None:
    """The lowest seat nobody holds; None where the class is full. Under the course's lock."""
    ledger = CourseLedger.objects.get(pk=course.pk)
    taken = set(course.enrolments.filter(seat__isnull=False).values_list("seat", flat=True))
    return next((n for n in range(1, ledger.seats + 1) if n not in taken), None)


def give_seat(enrolment: Enrolment, seat: int) -> None:
    if enrolment.seat is None and not enrolment.self_paid:
        enrolment.seat = seat
        _count(enrolment.course_id, 1)


def answer_by(at: datetime) -> date:
    """The last day for paying and handing in papers (學員問答第19題)."""
    law, on = law_in_force(), taipei_day(at)
    return law.calendar.working_days_after(on, law.at("sub.paying_days", on).value)


@transaction.atomic
def move_up(course: Course, *, at: datetime) -> Sequence[Enrolment]:
    """遞補: free seats go to the waiting list in order of number, each with a term to accept. Under the course's lock."""
    moved: list[Enrolment] = []
    if why_closed(course):
        return moved
    waiting = course.enrolments.filter(state="waiting").order_by("number").select_related("person", "course__case")
    for enrolment in sorted(locking(waiting), key=lambda one: one.number):
        seat = free_seat(course)
        if seat is None:
            break
        enrolment.course = course
        give_seat(enrolment, seat)
        enrolment.respond_by = answer_by(at)
        step(enrolment, "ask", by=None, at=at, reason="名額釋出，依報名序號遞補")
        moved.append(enrolment)
    return moved
