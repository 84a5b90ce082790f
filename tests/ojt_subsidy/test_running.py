"""While a class runs: a place left goes on, who never came leaves no trace in the cap, the dossier wants to know of everybody."""

from datetime import datetime, time

import pytest

from casework.errors import NotAllowed, Refused
from casework.kernel.dates import TAIPEI
from ojt_subsidy.models import Course
from ojt_subsidy.selectors.money import cap_of
from ojt_subsidy.services import closing, running
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db


def test_a_place_left_during_the_class_goes_to_the_next_on_the_list(here):
    course = w.published(here, seats=2, weeks=5)
    row = w.admitted(here, course, w.trainee())
    w.enrolled(course, w.trainee())
    waiting = w.enrolled(course, w.trainee())
    running.run_day(at=datetime.combine(course.starts_on, time(8), TAIPEI))
    session = course.sessions.order_by("number")[0]
    running.record_attendance(session, missed={row.pk: 0}, by=here.clerk, at=session.ends_at)
    running.drop(row, reason="離職", by=here.clerk, at=session.ends_at)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.seat) == ("asked", 1)


def test_who_never_came_gives_seat_cap_and_window_back(here):
    """SUB-09, SUB-13: the dossier waits until it is said, and what was not taken part in begins no window."""
    course = w.published(here, seats=2)
    came, absent = (w.admitted(here, course, w.trainee()) for _ in range(2))
    waiting = w.enrolled(course, w.trainee())
    with pytest.raises(Refused, match="開訓後才能登錄未到訓"):
        running.no_show(absent, by=here.clerk, at=w.now())
    begin = datetime.combine(course.starts_on, time(8), TAIPEI)
    running.run_day(at=begin)
    first = course.sessions.order_by("number")[0]
    running.record_attendance(first, missed={came.pk: 0, absent.pk: first.hours}, by=here.clerk, at=first.ends_at)
    absent.refresh_from_db()
    assert absent.state == "admitted"  # all of the first session was missed: nobody has come yet
    with pytest.raises(NotAllowed):
        running.no_show(came, by=here.clerk, at=first.ends_at)
    running.no_show(absent, by=here.clerk, at=first.ends_at)
    absent.refresh_from_db()
    waiting.refresh_from_db()
    assert (absent.state, absent.seat, waiting.state) == ("withdrawn", None, "asked")
    cap = cap_of(absent.person_id)
    assert (sum(cap.standing.values()), list(cap.rows)) == (0, [])


def test_a_dossier_names_whom_nothing_is_known_of(here):
    course = w.published(here)
    rows = [w.admitted(here, course, w.trainee()) for _ in range(2)]
    after = w.held(here, course, rows[:1])
    one = closing.start_closing(Course.objects.get(pk=course.pk), by=here.clerk, at=after)
    with pytest.raises(Refused, match=f"1 位學員未登錄到訓或未到訓：{rows[1].name}"):
        closing.file_closing(one.case, by=here.clerk, at=after)
    running.no_show(rows[1], by=here.clerk, at=after)
    assert closing.file_closing(one.case, by=here.clerk, at=after).state == "filed"
