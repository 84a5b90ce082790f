"""How many questions a page asks of the database: a pinned number, the same for one row and for many."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.law.in_force import law_in_force
from casework.papers.wordings import sync_wordings
from kernel.dates import taipei_day
from ojt_subsidy.documents.contexts import subsidy_list
from ojt_subsidy.models import PaymentBatch
from ojt_subsidy.services import batching, complaining
from ojt_subsidy.services.outside import enter_outside
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db

#: As counted; what grows must say why.
PUBLIC = {"catalogue": 6, "ledger": 4}
TRAINEE = {
    "mine": 7,
    "balance": 11,
    "payments": 11,
    "complaints": 6,
    "identity": 9,
}  # the rate follows from the birth date too
UNIT = {"classes": 10, "enrolments": 14, "attendance": 8, "results": 7, "closing": 12}
OFFICE = {"closings": 8, "payments": 15, "batches": 9, "batch": 9, "outside": 6, "statistics": 8}


def _client(user=None):
    one = Client(headers={"host": "localhost"})
    if user is not None:
        one.force_login(user)
    return one


def asked(visitor, name, *args):
    """Questions of the second look: what is remembered per process is remembered by then. The clock stands: on a slow machine
    a minute may pass, and then the session is written."""
    address = reverse(name, args=args)
    with time_machine.travel(w.now(), tick=False):
        visitor.get(address)
        with CaptureQueriesContext(connection) as found:
            assert visitor.get(address).status_code == 200, name
    return len(found)


def _held(here, people, day):
    course = w.published(here, taipei_day(w.now()) + timedelta(days=day))
    rows = [w.admitted(here, course, one) for one in people]
    for row in rows:
        w.insured(here, row)
    after = w.held(here, course, rows)
    return course, w.closed(here, course, after), after


def _judge(found, pinned):
    (few, many) = found
    assert few == many, {name: (few[name], many[name]) for name in few if few[name] != many[name]}
    beyond = {name: count for name, count in many.items() if count > pinned[name]}
    assert not beyond, (beyond, pinned)


def test_lists_ask_the_same_for_one_and_for_many(here):
    sync_wordings(at=w.now())
    one, many = w.trainee(), w.trainee()
    public, clerk = _client(), _client(here.clerk)
    officer, cashier = _client(here.officer), _client(here.cashier)

    def filed(person, course):
        complaining.file_complaint(
            person=person, county=here.county, course=course, about="fee", body="收費", confidential=False, at=w.now()
        )

    def look(course, dossier, person, batch):
        mine = _client(person)
        return (
            {
                name: asked(public, f"ojt_subsidy:{name}", *([course.code] if name == "ledger" else []))
                for name in PUBLIC
            },
            {name: asked(mine, f"ojt_subsidy:{name}") for name in TRAINEE},
            {name: asked(clerk, f"ojt_subsidy:{name}", *([] if name == "classes" else [course.code])) for name in UNIT},
            {
                name: asked(
                    cashier if name.startswith("batch") else officer,
                    f"admin:subsidy_{name}",
                    *{"payments": [dossier.case.number], "batch": [batch.pk]}.get(name, []),
                )
                for name in OFFICE
            },
        )

    def entered(person, n):
        enter_outside(
            national_id=person.national_id, scheme="recharge", title=f"充電{n}", starts_on=taipei_day(w.now()), amount=1, employed=True,
            by=here.officer, at=w.now(),
        )  # fmt: skip

    course, dossier, after = _held(here, [one], 1)
    w.published(here, taipei_day(w.now()) + timedelta(days=26))
    filed(one, course)
    entered(one, 0)
    pending = asked(officer, "admin:subsidy_payments", dossier.case.number)
    w.approved_lines(here, dossier, after)
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    few = look(course, dossier, one, batch)

    people = [many, *(w.trainee() for _ in range(3))]
    course, dossier, after = _held(here, people, 2)
    more, second, _ = _held(here, [many], 3)
    w.approved_lines(here, second, after)
    for n in range(3):
        w.published(here, taipei_day(w.now()) + timedelta(days=27 + n))
        filed(many, more)
        entered(many, n)
    assert asked(officer, "admin:subsidy_payments", dossier.case.number) == pending
    w.approved_lines(here, dossier, after)
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    assert PaymentBatch.objects.count() == 2
    found = look(course, dossier, many, batch)
    for number, pinned in enumerate((PUBLIC, TRAINEE, UNIT, OFFICE)):
        _judge((few[number], found[number]), pinned)


def test_the_list_of_subsidies_is_made_in_as_many_questions_for_a_class_as_for_one(here):
    counts = []
    for day, size in ((1, 1), (2, 4)):
        _, dossier, after = _held(here, [w.trainee() for _ in range(size)], day)
        with CaptureQueriesContext(connection) as found:
            subsidy_list(dossier, today=taipei_day(after), law=law_in_force())
        counts.append(len(found))
    assert counts[0] == counts[1]
