"""Nine in the morning: 120 people sign in from tablets against gunicorn with two workers; signatures a second and p95."""

import base64
import json
import statistics
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from django.utils import timezone

from casework.models import Case
from kernel.dates import taipei_day
from ohs_training.models import SignRecord, TimetableRow, TrainingClass
from tests.bench._scratch import gunicorn, scratch_database
from tests.bench.filing import _signed_in
from tests.ohs_training import world as w

TABLETS = 6
IMAGE = "data:image/png;base64," + base64.b64encode(w.SIGNATURE).decode()


def run(quick: bool) -> dict[str, Any]:
    people = 15 if quick else 120
    with scratch_database() as env:
        here = w.world()
        case = w.running(here, training="in_service", people=people)
        _today(case)
        cookie, token = _signed_in(here.tutor)
        waiting = [one.pk for one in w.people(case)]
        with gunicorn(env, workers=2) as address:
            _sign(address, case, -1, cookie, token)  # a worker's first request loads what it needs
            seconds, took = _all(address, case, waiting, cookie, token)
        if SignRecord.objects.count() != people:
            raise AssertionError(f"{SignRecord.objects.count()} of {people} signed")
    took.sort()
    return {
        "people": people,
        "tablets": TABLETS,
        "per_second": round(people / seconds, 1),
        "p50_ms": round(statistics.median(took) * 1000),
        "p95_ms": round(took[int(len(took) * 0.95) - 1] * 1000),
    }


def _today(case: Case) -> None:
    """The class's days moved so that a period is about to begin now: the server has no clock to travel with."""
    made = TrainingClass.objects.get(case=case)
    moment = timezone.now()
    TimetableRow.objects.filter(training_class=made).exclude(pk=made.rows.order_by("starts_at").first().pk).delete()
    row = made.rows.get()
    TimetableRow.objects.filter(pk=row.pk).update(
        starts_at=moment + timedelta(minutes=2), ends_at=moment + timedelta(minutes=4)
    )
    TrainingClass.objects.filter(pk=made.pk).update(starts_on=taipei_day(moment), ends_on=taipei_day(moment))


def _half(case: Case) -> str:
    row = TimetableRow.objects.get(training_class__case=case)
    return "morning" if row.starts_at.astimezone(w.TAIPEI).hour < 12 else "afternoon"


def _sign(address: str, case: Case, trainee: int, cookie: str, token: str, half: str = "morning") -> float:
    wall = datetime.now(UTC).timestamp() * 1000
    item = {
        "key": str(uuid4()),
        "trainee": trainee,
        "half": half,
        "leaving": False,
        "wall": wall,
        "offset": 0,
        "image": IMAGE,
    }
    body = json.dumps({"wall": wall, "items": [item]}).encode()
    headers = {"Cookie": cookie, "Referer": address, "X-CSRFToken": token, "Content-Type": "application/json"}
    request = Request(f"{address}/ohs/classes/{case.number}/tablet/sign/", body, headers)
    started = time.perf_counter()
    with urlopen(request, timeout=60) as answer:
        said = json.load(answer)
    if trainee > 0 and not said["answers"][0]["kept"]:
        raise AssertionError(said)
    return time.perf_counter() - started


def _all(address: str, case: Case, waiting: list[int], cookie: str, token: str) -> tuple[float, list[float]]:
    took: list[float] = []
    guard, half = threading.Lock(), _half(case)

    def tablet() -> None:
        while True:
            with guard:
                if not waiting:
                    return
                trainee = waiting.pop()
            seconds = _sign(address, case, trainee, cookie, token, half)
            with guard:
                took.append(seconds)

    threads = [threading.Thread(target=tablet) for _ in range(TABLETS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, took
