"""正午報名: a crowd presses at the opening moment, over HTTP on gunicorn with all processors; then the same without the lock.

What must hold raises AssertionError: exactly as many seats as there are, numbers 1…n without a gap, a double press is one filing
with one receipt, an early press is told the server's time, nobody gets a 5xx, order is order of arrival at the database.
"""

import asyncio
import itertools
import os
import statistics
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, connections, transaction

from accounts.clock import now
from casework.models import Case
from ojt_subsidy.models import Course, Enrolment
from ojt_subsidy.services import places
from tests.bench._crowd import Press, Visitor, course_for, crowd, press
from tests.bench._scratch import gunicorn, scratch_database

SEATS = 30
AT_ONCE = 256


def run(quick: bool) -> dict[str, Any]:
    people, doubled, early = (100, 15, 5) if quick else (2000, 300, 100)
    cores = os.cpu_count() or 1
    with scratch_database() as env:
        course = course_for(SEATS, now() + timedelta(hours=1))
        visitors = crowd(people)
        with gunicorn(env, workers=cores, threads=8) as address:
            told_early, presses, seconds = asyncio.run(_rush(address, course, visitors, doubled, early))
        figures = _judged(course, visitors, doubled, told_early, presses)
        filings_per_second = people / seconds
        raw = _raw(people, cores * 8)
        oversold = _control(env, cores, min(people, 400))
    if oversold <= SEATS:
        raise AssertionError(f"the control sold {oversold} of {SEATS}: nothing was measured")
    return {
        "people": people,
        "double_presses": doubled,
        "early_presses": early,
        "seats": SEATS,
        "workers": cores,
        **figures,
        "filings_per_second": round(filings_per_second, 1),
        "raw_sql_per_second": round(raw, 1),
        "ratio_to_raw_sql": round(filings_per_second / raw, 3),
        "sold_without_lock": oversold,
    }


async def _rush(
    address: str, course: Course, visitors: list[Visitor], doubled: int, early: int
) -> tuple[list[Press], dict[int, list[Press]], float]:
    path, gate = f"/courses/{course.code}/enrol/", asyncio.Semaphore(AT_ONCE)
    fields = [{"key": str(uuid4()), "person": v.person.pk} for v in visitors]
    told = await asyncio.gather(
        *(
            press(address, path, v, {**f, "key": str(uuid4())}, gate)
            for v, f in zip(visitors[:early], fields, strict=False)
        )
    )
    await asyncio.to_thread(_open, course)
    started = time.perf_counter()
    todo = [(n, press(address, path, visitors[n], fields[n], gate)) for n in range(len(visitors))]
    todo += [(n, press(address, path, visitors[n], fields[n], gate)) for n in range(doubled)]
    # A double press follows its first by a moment: the two are sent beside each other.
    todo.sort(key=lambda one: one[0])
    answers = await asyncio.gather(*(one for _, one in todo))
    seconds = time.perf_counter() - started
    found: dict[int, list[Press]] = {}
    for (n, _), answer in zip(todo, answers, strict=True):
        found.setdefault(n, []).append(answer)
    return list(told), found, seconds


def _open(course: Course) -> None:
    Course.objects.filter(pk=course.pk).update(opens_at=now())
    connections.close_all()


def _judged(
    course: Course, visitors: list[Visitor], doubled: int, told: list[Press], presses: dict[int, list[Press]]
) -> dict[str, Any]:
    everything = [*told, *itertools.chain.from_iterable(presses.values())]
    broken = [p for p in everything if p.status >= 500]
    if broken:
        raise AssertionError(f"{len(broken)} answers of 5xx: {broken[0].body[:200]}")
    if any(p.status != 422 or "伺服器時間" not in p.body for p in told):
        raise AssertionError(f"an early press was not told the server's time: {[p.status for p in told][:5]}")
    for n, answers in presses.items():
        if {p.status for p in answers} != {302} or len({p.location for p in answers}) != 1:
            raise AssertionError(f"person {n}: {[(p.status, p.location, p.body[:200]) for p in answers]}")
    rows = list(Enrolment.objects.filter(course=course).order_by("number").values_list("number", "seat", "arrived_at"))
    if [row[0] for row in rows] != list(range(1, len(visitors) + 1)):
        raise AssertionError("numbers have gaps or twins")
    sold = sum(row[1] is not None for row in rows)
    if sold != SEATS or any(row[1] is None for row in rows[:SEATS]):
        raise AssertionError(f"{sold} of {SEATS} seats")
    worst, inversions, latest = timedelta(0), 0, rows[0][2]
    for _, _, arrived in rows[1:]:
        if arrived < latest:
            inversions, worst = inversions + 1, max(worst, latest - arrived)
        latest = max(latest, arrived)
    if inversions > len(rows) / 100 or worst >= timedelta(milliseconds=50):
        raise AssertionError(f"{inversions} out of order, the worst by {worst}")
    took = sorted(p.seconds for answers in presses.values() for p in answers)
    return {
        "sold": sold,
        "answers_5xx": 0,
        "out_of_order": inversions,
        "worst_ms": round(worst.total_seconds() * 1000, 1),
        "p50_ms": round(statistics.median(took) * 1000),
        "p95_ms": round(took[int(len(took) * 0.95)] * 1000),
        "p99_ms": round(took[int(len(took) * 0.99)] * 1000),
    }


# --- the same transaction without anything around it -----------------------------------------------------------------------

_RECEIPT = "INSERT INTO casework_receipt (user_id, key, act, at) VALUES (%s, %s, 'bench', %s)"


def _together(people: list[Visitor], threads: int, file: Any) -> float:
    """Seconds for everybody to file, by so many connections."""
    waiting, guard, start = list(people), threading.Lock(), threading.Event()

    def work() -> None:
        connection.ensure_connection()
        start.wait()
        while True:
            with guard:
                if not waiting:
                    break
                one = waiting.pop()
            file(one)
        connection.close()

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for one in crew:
        one.start()
    time.sleep(0.5)
    started = time.perf_counter()
    start.set()
    for one in crew:
        one.join()
    return time.perf_counter() - started


def _another(seats: int) -> Course:
    """A second course beside the first."""
    course = Course.objects.order_by("pk")[0]
    course.pk, course.code = None, f"{course.code}-{uuid4().hex[:4]}"
    case = Case.objects.get(pk=course.case_id)
    case.pk, case.number = None, f"SC-999-{uuid4().int % 10**6:06d}"
    case.save()
    course.case = case
    course.save()
    places.CourseLedger.objects.create(course=course, seats=seats)
    return course


def _given(course: Course, one: Visitor) -> dict[str, Any]:
    at = now()
    return {
        "course": course.pk, "person": one.person.pk, "arrived": at, "at": at, "name": one.person.name, "employer": "",
        "employer_number": "",
    }  # fmt: skip


def _raw(count: int, threads: int) -> float:
    course, people = _another(SEATS), crowd(count, first=500_000)

    def file(one: Visitor) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_RECEIPT, [one.person.pk, uuid4(), now()])
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [places.COURSE_LOCK, course.pk])
            cursor.execute(places._TAKE, _given(course, one))
            cursor.fetchone()

    return count / _together(people, threads, file)


def _control(env: dict[str, str], cores: int, count: int) -> int:
    """The same crowd over the same HTTP without the lock and the keys below it: how many seats are sold."""
    course, people = _another(SEATS), crowd(count, first=800_000)
    Course.objects.filter(pk=course.pk).update(opens_at=now())
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX enrolment_seat_once")
        cursor.execute("ALTER TABLE ojt_subsidy_enrolment DROP CONSTRAINT enrolment_number_once")
        cursor.execute("ALTER TABLE ojt_subsidy_courseledger DROP CONSTRAINT ledger_never_oversold")
    connections.close_all()

    async def all_press(address: str) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        path = f"/courses/{course.code}/enrol/"
        await asyncio.gather(
            *(press(address, path, one, {"key": str(uuid4()), "person": one.person.pk}, gate) for one in people)
        )

    with gunicorn(env, workers=cores, threads=8, app="tests.bench._unlocked") as address:
        asyncio.run(all_press(address))
    return Enrolment.objects.filter(course=course, seat__isnull=False).count()
