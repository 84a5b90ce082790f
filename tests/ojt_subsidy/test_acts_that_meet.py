"""Two different acts of a course at one instant, each with a control that fails once the promise is taken away."""

from contextlib import contextmanager
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection

from casework.cases.doing import perform
from casework.errors import NotAllowed, Refused
from casework.intake.sample import paper
from casework.models import Case
from kernel.dates import TAIPEI, taipei_day
from ojt_subsidy.models import Course, CourseIntake, Enrolment, Evidence, LedgerDigest, PaymentLine
from ojt_subsidy.params import Identity
from ojt_subsidy.services import announcing, closing, digests, enrolling, evidence, paying, running
from ojt_subsidy.services.outside import enter_outside
from tests import lock_order
from tests.meeting import walk
from tests.ojt_subsidy import world as w
from tests.parallel import meanwhile, meet, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
STATUS = next(one for one in Identity if one != Identity.SINGLE_SUPPORTER)


@pytest.fixture
def here(transactional_db):
    return w.world()


def _meeting(monkeypatch, module, name):
    real = getattr(module, name)

    def held(*given, **named):
        meet()
        return real(*given, **named)

    monkeypatch.setattr(module, name, held)


def _claim(here, who):
    return evidence.start_identity(person=who, county=here.county, identity=STATUS, at=w.now())


@contextmanager
def _without_trigger():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ojt_subsidy_evidence DISABLE TRIGGER subsidy_one_open_claim")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ojt_subsidy_evidence ENABLE TRIGGER subsidy_one_open_claim")


def test_one_claim_to_a_status_is_open(here):
    who = w.trainee()
    answers = together([lambda: _claim(here, who)] * 3)
    assert Evidence.objects.filter(person=who).count() == 1
    assert sum(isinstance(one, Refused) and "尚在辦理" in one.message for one in answers) == 2, answers


def test_control_without_the_persons_queue_the_trigger_alone_refuses(here, monkeypatch):
    who = w.trainee()
    monkeypatch.setattr(evidence, "lock_person", lambda *keys: None)
    _meeting(monkeypatch, evidence, "open_case")
    answers = together([lambda: _claim(here, who)] * 2)
    assert Evidence.objects.filter(person=who).count() == 1
    assert [type(one) for one in answers if isinstance(one, Exception)] == [IntegrityError], answers


def test_control_without_either_there_are_two(here, monkeypatch):
    who = w.trainee()
    monkeypatch.setattr(evidence, "lock_person", lambda *keys: None)
    _meeting(monkeypatch, evidence, "open_case")
    with _without_trigger():
        together([lambda: _claim(here, who)] * 2)
    assert Evidence.objects.filter(person=who).count() == 2


def test_intakes_beyond_the_usual_number_need_a_reason_also_at_once(here):
    day = taipei_day(w.now())
    year = day.year - 1911
    given = {"program_year": year, "opens_on": day, "closes_on": day, "by": here.officer, "at": w.now()}
    answers = together([lambda n=n: announcing.announce_intake(name=n, **given) for n in "甲乙丙丁"])
    assert CourseIntake.objects.filter(program_year=year, reason="").count() == 2
    assert sum(isinstance(one, Refused) for one in answers) == 3, answers


def test_control_without_their_queue_there_are_too_many(here, monkeypatch):
    class Unlocked:
        def cursor(self):
            return self

        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

        def execute(self, sql, given):
            meet()

    day = taipei_day(w.now())
    year = day.year - 1911
    given = {"program_year": year, "opens_on": day, "closes_on": day, "by": here.officer, "at": w.now()}
    monkeypatch.setattr(announcing, "connection", Unlocked())
    _meeting(monkeypatch, announcing.CourseIntake.objects, "create")
    together([lambda n=n: announcing.announce_intake(name=n, **given) for n in "甲乙"])
    assert CourseIntake.objects.filter(program_year=year, reason="").count() == 3


def _to_begin(here):
    courses = [w.published(here, title=f"班{n}") for n in range(3)]
    return courses, datetime.combine(courses[0].starts_on, time(8), TAIPEI)


def test_a_class_cancelled_meanwhile_keeps_no_other_from_beginning(here, monkeypatch):
    courses, begin = _to_begin(here)
    came_to = meanwhile(
        monkeypatch,
        running,
        "perform",
        lambda: perform(courses[0].case, "cancel", reason="停辦", by=here.chief, at=begin),
    )
    assert running.run_day(at=begin) == (2, 0)
    assert came_to().case.state == "cancelled"
    states = Case.objects.filter(subsidy_course__in=courses).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "running", "running"]


def test_two_beats_at_once_begin_each_class_once(here):
    courses, begin = _to_begin(here)
    answers = together([lambda: running.run_day(at=begin)] * 2)
    assert sum(started for started, _ in answers) == 3, answers
    assert set(Case.objects.filter(subsidy_course__in=courses).values_list("state", flat=True)) == {"running"}


def _moved(here):
    course = w.published(here)
    w.enrolled(course, w.trainee())
    return course, max(w.now(), w.opening(course)) + timedelta(hours=2)


def test_two_beats_at_once_make_one_digest(here, monkeypatch):
    course, at = _moved(here)
    _meeting(monkeypatch, digests, "lock_course")
    assert sorted(together([lambda: digests.digest_due(at=at)] * 2)) == [0, 1]
    assert LedgerDigest.objects.filter(course=course).count() == 1


def test_a_key_of_one_course_files_for_no_other(here):
    one, two, who, key = w.published(here), w.published(here, title="另一班"), w.trainee(), uuid4()
    at = max(w.now(), w.opening(one), w.opening(two))
    enrolling.enrol(code=one.code, person=who, key=key, at=at)
    with pytest.raises(Refused, match="已經送出過"):
        enrolling.enrol(code=two.code, person=who, key=key, at=at)
    assert Enrolment.objects.get().course == one


# --- what was approved in two classes --------------------------------------------------------------------------------


def _two_classes(here):
    """Two people, each with an approved line in both of two classes, approved in opposite order."""
    day = taipei_day(w.now())
    courses = [w.published(here, day + timedelta(days=25 + n), title=f"{n}班") for n in range(2)]
    people = [w.trainee(), w.trainee()]
    at = max(w.now(), *(w.opening(one) for one in courses))
    order = [(courses[0], people[0]), (courses[1], people[0]), (courses[1], people[1]), (courses[0], people[1])]
    rows = {one.pk: [] for one in courses}
    for n, (course, who) in enumerate(order):
        row = w.admitted(here, course, who, at + timedelta(seconds=n))
        w.insured(here, row)
        rows[course.pk].append(row)
    at = max(w.held(here, course, rows[course.pk]) for course in courses)
    dossiers = {course.pk: w.closed(here, course, at) for course in courses}
    for n, (course, who) in enumerate(order):
        line = PaymentLine.objects.get(closing=dossiers[course.pk], enrolment__person=who)
        paying.approve_line(line, by=here.chief, at=at + timedelta(seconds=n))
    return people, at + timedelta(minutes=1)


def _elsewhere(here, who, at):
    return enter_outside(
        national_id=who.national_id, scheme="care_service", title="照顧", starts_on=taipei_day(w.now()) - timedelta(days=10),
        amount=70000, employed=True, by=here.officer, at=at,
    )  # fmt: skip


def test_two_people_lose_what_was_approved_in_two_classes(here):
    people, at = _two_classes(here)
    answers = together([lambda who=who: _elsewhere(here, who, at) for who in people])
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert set(PaymentLine.objects.values_list("state", flat=True)) == {"pending"}


def test_control_dossiers_taken_as_they_come_go_back(here, monkeypatch):
    from ojt_subsidy.services import outside

    people, at = _two_classes(here)
    monkeypatch.setattr(outside.reserving, "hold", lambda *people, **given: None)
    for who in people:
        _elsewhere(here, who, at)
    assert any("casework.Case" in one for one in lock_order.inversions)


def test_a_proof_is_kept_only_while_the_dossier_takes_one(here):
    course = w.published(here)
    row = w.admitted(here, course, w.trainee())
    after = w.held(here, course, [row])
    one = closing.start_closing(Course.objects.select_related("case").get(pk=course.pk), by=here.clerk, at=after)
    upload = SimpleUploadedFile("證明.pdf", paper("轉撥證明", ["x"]), content_type="application/pdf")
    with pytest.raises(NotAllowed, match="不能「上傳轉撥證明」"):
        perform(one.case, "add_proof", upload=upload, by=here.clerk, at=after)
    assert not one.case.attachments.exists()


def test_many_people_at_a_few_cases_break_nothing(here):
    w.drafted(here)
    w.published(here)
    w.published(here, title="另一班")
    _claim(here, w.trainee())
    walked = walk("ojt_subsidy", steps=10)
    assert not walked.unexpected, walked.said()
    assert not walked.broken, walked.said()
    assert walked.outcomes["done"], walked.said()
