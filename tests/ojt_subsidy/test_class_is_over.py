"""A class cancelled or over takes nobody: not who waited in its queue meanwhile, not by the unit's list, not by the database."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from casework.cases.doing import perform
from casework.errors import NotAllowed, Refused
from casework.models import Case, Notice
from kernel.dates import TAIPEI, taipei_day
from ojt_subsidy.models import Course, Enrolment, PaymentLine
from ojt_subsidy.services import closing, enrolling, places, reserving, running, screening
from ojt_subsidy.states import LIVE, PENDING
from tests.ojt_subsidy import world as w
from tests.parallel import Meanwhile

both = pytest.mark.django_db(transaction=True)
GUARDS = {
    "ojt_subsidy_enrolment": ("subsidy_filing_has_a_class_insert", "subsidy_filing_has_a_class_update"),
    "casework_case": ("subsidy_class_leaves_nobody",),
}


@pytest.fixture
def here2(transactional_db):
    return w.world()


@pytest.fixture
def unguarded(transactional_db):
    """The database without its promise, for a control."""

    def turn(how: str) -> None:
        with connection.cursor() as cursor:
            for table, names in GUARDS.items():
                for name in names:
                    cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {name}")

    turn("DISABLE")
    yield
    turn("ENABLE")


def _enrol_while_cancelled(here, monkeypatch):
    """The course takes filings when it is judged; then it is cancelled; then the filing comes to its turn."""
    course, who = w.published(here), w.trainee()
    other = Meanwhile(lambda: perform(course.case, "cancel", reason="報名人數不足", by=here.chief, at=w.now()))
    judge = enrolling._judge_course

    def judged(*given):
        judge(*given)
        other.wait(60)

    monkeypatch.setattr(enrolling, "_judge_course", judged)
    try:
        answer = enrolling.enrol(code=course.code, person=who, key=uuid4(), at=max(w.now(), w.opening(course)))
    except Exception as error:
        answer = error
    assert Case.objects.get(pk=course.case_id).state == "cancelled", other.answer
    return answer, Enrolment.objects.filter(course=course, state__in=LIVE).count()


@both
def test_who_waited_while_the_class_was_cancelled_is_not_taken(here2, monkeypatch):
    answer, live = _enrol_while_cancelled(here2, monkeypatch)
    assert isinstance(answer, Refused) and "停辦" in answer.message
    assert live == 0


def _asked_no_more(monkeypatch):
    monkeypatch.setattr(places, "_TAKE", places._TAKE.replace("AND k.state = 'published'", ""))


@both
def test_the_database_refuses_what_the_queue_would_let_through(here2, monkeypatch):
    _asked_no_more(monkeypatch)
    answer, live = _enrol_while_cancelled(here2, monkeypatch)
    assert isinstance(answer, Exception)
    assert live == 0


@both
def test_control_with_neither_somebody_stands_in_a_cancelled_class(here2, unguarded, monkeypatch):
    _asked_no_more(monkeypatch)
    answer, live = _enrol_while_cancelled(here2, monkeypatch)
    assert not isinstance(answer, Exception)
    assert live == 1


def _last_day(here):
    """A class whose last hour is over: one attended it all, one is still asked. (course, who attended, who is asked, when)"""
    course = w.published(here)
    came, late = w.admitted(here, course, w.trainee()), w.enrolled(course, w.trainee())
    screening.ask(late, by=here.clerk, at=max(w.now(), w.opening(course)))
    running.run_day(at=datetime.combine(course.starts_on, time(8), TAIPEI))
    for session in course.sessions.order_by("number"):
        running.record_attendance(session, missed={came.pk: 0}, by=here.clerk, at=session.ends_at)
    return course, came, late, datetime.combine(course.ends_on + timedelta(days=1), time(9), TAIPEI)


def _admit_while_it_ends(here, monkeypatch, *, seconds):
    """錄訓 has asked whether the class is still on; then it ends, is graded, and its dossier is filed."""
    course, came, late, after = _last_day(here)
    day = taipei_day(after)

    def ends():
        perform(Case.objects.get(pk=course.case_id), "end", by=None, at=after)
        running.grade(came, passed=True, certificate="甲1", by=here.clerk, at=after)
        one = closing.start_closing(Course.objects.get(pk=course.pk), by=here.clerk, at=after)
        return perform(one.case, "file", by=here.clerk, at=after).case

    other, seats = Meanwhile(ends), screening._seats

    def judged(*given, **named):
        other.wait(seconds)
        return seats(*given, **named)

    monkeypatch.setattr(screening, "_seats", judged)
    screening.admit(late, fee_paid_on=day, papers_on=day, by=here.clerk, at=after)
    other.thread.join(60)
    late.refresh_from_db()
    return late, other.answer


@both
def test_whoever_is_admitted_as_the_class_ends_is_known_to_its_dossier(here2, monkeypatch):
    late, filed = _admit_while_it_ends(here2, monkeypatch, seconds=0.5)
    assert late.state == "admitted"
    assert isinstance(filed, Refused) and late.name in filed.message


@both
def test_control_without_the_courses_lock_the_dossier_is_filed_without_them(here2, unguarded, monkeypatch):
    monkeypatch.setattr(places, "lock_course", lambda key: w.now())
    monkeypatch.setattr(reserving, "hold", lambda *people, **given: None)
    monkeypatch.setattr(running, "PENDING", ())
    late, filed = _admit_while_it_ends(here2, monkeypatch, seconds=60)
    assert (late.state, getattr(filed, "state", filed)) == ("admitted", "filed")
    assert not PaymentLine.objects.filter(enrolment=late).exists()


@pytest.mark.django_db
def test_filings_never_admitted_end_with_the_class_and_are_told(here):
    """R08: nothing is left to admit, and the seat they held is given back."""
    course, _, late, after = _last_day(here)
    running.run_day(at=after)
    late.refresh_from_db()
    assert (late.state, late.seat) == ("rejected", None)
    assert not course.enrolments.filter(state__in=PENDING).exists()
    assert Notice.objects.filter(user=late.person, body__contains="課程已結訓").exists()
    clerk = Client(headers={"host": "localhost"})
    clerk.force_login(here.clerk)
    text = clerk.get(f"/subsidy/classes/{course.code}/enrolments/").content.decode()
    assert 'name="fee_paid_on"' not in text and "通知繳費" not in text.split("<table")[1]


@pytest.mark.django_db
def test_asking_accepting_and_admitting_ask_whether_the_class_is_over(here, monkeypatch):
    """Also where a filing was left behind, as in classes that ended before they were closed with it."""
    course, _, late, after = _last_day(here)
    monkeypatch.setattr(running, "PENDING", ())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE casework_case DISABLE TRIGGER subsidy_class_leaves_nobody"
        )  # until the test is rolled back
    perform(Case.objects.get(pk=course.case_id), "end", by=None, at=after)
    day = taipei_day(after)
    Enrolment.objects.filter(pk=late.pk).update(respond_by=day)
    with pytest.raises(NotAllowed, match="已結訓"):
        screening.admit(late, fee_paid_on=day, papers_on=day, by=here.clerk, at=after)
    with pytest.raises(NotAllowed, match="已結訓"):
        enrolling.accept(late, aware=True, by=late.person, at=after)
    clerk = Client(headers={"host": "localhost"})
    clerk.force_login(here.clerk)
    text = clerk.get(f"/subsidy/classes/{course.code}/enrolments/").content.decode()
    assert "不予錄訓" in text and 'name="fee_paid_on"' not in text


@pytest.mark.django_db
def test_a_cancelled_class_tells_everybody_who_stood_in_it(here):
    """Also who only waited 備取, and who was admitted."""
    course = w.published(here, seats=3)
    admitted = w.admitted(here, course, w.trainee())
    asked, filed, waiting = (w.enrolled(course, w.trainee()) for _ in range(3))
    screening.ask(asked, by=here.clerk, at=max(w.now(), w.opening(course)))
    assert waiting.state == "waiting"
    perform(course.case, "cancel", reason="講師請辭", by=here.chief, at=w.now())
    told = Notice.objects.filter(code="ojt_subsidy.cancelled", body__contains="講師請辭").values_list("user", flat=True)
    assert set(told) == {row.person_id for row in (admitted, asked, filed, waiting)}
    assert not course.enrolments.filter(state__in=LIVE).exists()


@pytest.mark.django_db
def test_the_database_keeps_a_class_that_is_over_empty(here):
    course, who = w.published(here), w.trainee()
    row = w.enrolled(course, who)
    perform(course.case, "cancel", reason="停辦", by=here.chief, at=w.now())
    with pytest.raises(IntegrityError, match="class that is over"), transaction.atomic():
        Enrolment.objects.filter(pk=row.pk).update(state="admitted")
    other = w.published(here, title="另一班")
    w.enrolled(other, who, at=w.opening(other))
    with pytest.raises(IntegrityError, match="leaves filings behind"), transaction.atomic():
        Case.objects.filter(pk=other.case_id).update(state="cancelled")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
