"""試算: which open courses close the gap before the window shuts, and what if I am away from March to August. Nothing is saved."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.clock import today
from casework.law.in_force import law_in_force
from casework.models import Deadline, Event
from tests.vrs_credentials import world as w
from vrs_credentials.models import Certificate, Course, Extension
from vrs_credentials.selectors.register import standing
from vrs_credentials.selectors.site import Plan, plan

pytestmark = pytest.mark.django_db
NOW = "2026-11-21T02:00:00+00:00"


@pytest.fixture
def one(here: w.World) -> Any:
    """Valid 2025-01-06 to 2028-01-05, with 36 and 6 hours."""
    with time_machine.travel(NOW, tick=False):
        held = w.older(w.certified(here), date(2025, 1, 6))
        w.give_hours(held, {"professional": "36", "ethics": "6"}, held_on=date(2025, 6, 1), by=here.handler)
        yield held


def asked(one: Certificate, **given: Any) -> Plan:
    law, on = law_in_force(), today()
    return plan(standing(one, on=on, law=law), on=on, law=law, **given)


def offered(here: w.World, *days: date) -> list[Course]:
    teacher, found = None, []
    for n, day in enumerate(days):
        course = w.course_approved(here, starts_on=day, title=f"課程{n}", teacher=teacher)
        teacher = teacher or course.lecturers.get()
        found.append(course)
    return found


def titles(found: Plan) -> list[str]:
    return [course.title for course in found.courses]


def test_open_courses_close_the_gap_in_order_of_their_days_and_no_more_than_needed(
    here: w.World, one: Certificate
) -> None:
    """VRS-16: 18 hours are missing, three courses of six close them; the fourth is not named, nor one after the end."""
    days = [today() + timedelta(days=30 * n) for n in (2, 1, 3, 4)]
    offered(here, *days, one.valid_until + timedelta(days=1))
    found = asked(one)
    assert (found.count.result["missing_professional_law"], found.closes) == (18, True)
    assert titles(found) == ["課程1", "課程0", "課程2"]
    with time_machine.travel("2027-12-30T02:00:00+00:00", tick=False):
        later = asked(one)
    assert (titles(later), later.closes) == ([], False)


def test_away_from_march_to_august(here: w.World, one: Certificate) -> None:
    """VRS-13: 184 days push the end out; courses while away do not help; nothing is written."""
    during, after = offered(here, date(2027, 5, 10), date(2027, 9, 10))
    before = Event.objects.count(), Deadline.objects.count()
    found = asked(one, away_from=date(2027, 3, 1), away_until=date(2027, 8, 31))
    assert found.away is not None and found.away.met
    assert found.valid_until == one.valid_until + timedelta(days=184) == date(2028, 7, 7)
    assert (found.window.result["opens_on"], titles(found)) == ("2028-04-08", [after.title])
    assert during.title in titles(asked(one))
    assert not Extension.objects.exists() and (Event.objects.count(), Deadline.objects.count()) == before
    one.refresh_from_db()
    assert one.valid_until == date(2028, 1, 5)


def test_two_months_away_push_nothing_out(one: Certificate) -> None:
    found = asked(one, away_from=date(2027, 3, 1), away_until=date(2027, 5, 30))
    assert found.away is not None and not found.away.met and found.valid_until == one.valid_until


def test_hours_supposed_count_by_the_same_rule(one: Certificate) -> None:
    """More than six of ethics are supposed in vain."""
    found = asked(one, more_professional=Decimal("17.5"), more_ethics=Decimal(20))
    assert (found.count.result["missing_professional_law"], found.count.met) == (Decimal("0.5"), False)
    assert asked(one, more_professional=Decimal(18)).count.met
