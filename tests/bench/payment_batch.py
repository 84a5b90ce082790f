"""撥款清冊 of 5,000 trainees: made, frozen for the bank, settled by its answer."""

import time
from typing import Any

from accounts.clock import now
from accounts.models import User
from casework.models import Case
from ojt_subsidy.models import Closing, Course, CourseLedger, Enrolment, PaymentLine, Trainee
from ojt_subsidy.services import batching, closing
from tests.bench._crowd import course_for, crowd
from tests.bench._scratch import scratch_database
from tests.ojt_subsidy.test_path import answered


def run(quick: bool) -> dict[str, Any]:
    count = 40 if quick else 5_000
    with scratch_database():
        course = course_for(30, now())
        cashier, at = User.objects.get(name="雲嘉南分署cashier"), now()
        people = [one.person for one in crowd(count)]
        for one in (trainees := list(Trainee.objects.filter(user__in=people).select_related("user"))):
            one.bank_code, one.bank_account, one.bank_holder = "700", f"0001{one.pk:010d}", one.user.name
        Trainee.objects.bulk_update(trainees, ["bank_code", "bank_account", "bank_holder"], batch_size=1000)
        _approved(course, people, at)
        started = time.perf_counter()
        batch, left = batching.make_batch(office=course.case.office, by=cashier, at=at)
        made = time.perf_counter() - started
        started = time.perf_counter()
        batch = batching.send_batch(batch, by=cashier, at=at)
        sent = time.perf_counter() - started
        data = answered(batch)
        started = time.perf_counter()
        batching.apply_result(batch, data=data, by=cashier, at=at)
        settled = time.perf_counter() - started
        if (
            left
            or (batch.count, batch.total) != (count, count * 8000)
            or PaymentLine.objects.exclude(state="paid").exists()
        ):
            raise AssertionError("the batch does not agree with its lines")
    total = made + sent + settled
    return {
        "trainees": count, "make_seconds": round(made, 2), "send_seconds": round(sent, 2), "settle_seconds": round(settled, 2),
        "per_second": round(count / total),
    }  # fmt: skip


def _approved(course: Course, people: list[User], at: Any) -> None:
    """A class that large does not exist; the batch does not ask."""
    Case.objects.filter(pk=course.case_id).update(state="ended")
    clerk = User.objects.get(name="財團法人南瀛職業訓練基金會承辦")
    course = Course.objects.select_related("case__office", "case__organisation").get(pk=course.pk)
    one: Closing = closing.start_closing(course, by=clerk, at=at)
    CourseLedger.objects.filter(pk=course.pk).update(seats=len(people), held=len(people), last_number=len(people))
    rows = Enrolment.objects.bulk_create(
        [
            Enrolment(course=course, person=p, number=n, arrived_at=at, filed_at=at, state="completed", seat=n, name=p.name, employer="", changed_at=at)
            for n, p in enumerate(people, 1)
        ],
        batch_size=1000,
    )  # fmt: skip
    lines = [PaymentLine(closing=one, enrolment=row, state="approved", amount=8000, changed_at=at) for row in rows]
    PaymentLine.objects.bulk_create(lines, batch_size=1000)
