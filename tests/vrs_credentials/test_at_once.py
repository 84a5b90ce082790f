"""What must hold when people press at the same instant, with controls that fail once the promise is taken away."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.clock import now, today
from casework.errors import NotAllowed, Refused, Stale
from casework.models import Case
from tests.parallel import together
from tests.vrs_credentials import world as w
from vrs_credentials.models import AttendanceImport, Certificate, LedgerEntry, Opinion, Renewal
from vrs_credentials.services import attending, renewing, reviewing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def test_two_reviewers_at_once_are_both_heard_and_opened_once(here: w.World) -> None:
    case = w.assigned(here)
    answers = together(
        [lambda one=one: reviewing.give_opinion(case, verdict="pass", by=one, at=now()) for one in here.reviewers[:2]]
    )
    assert all(isinstance(a, Case) for a in answers), answers
    assert Opinion.objects.count() == 2 and case.events.filter(code="opinions.opened").count() == 1
    assert reviewing.next_step(Case.objects.get(pk=case.pk), on=today()).result["next"] == "approve"


def test_control_without_the_lock_reviewers_collide(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = w.assigned(here)
    monkeypatch.setattr(reviewing, "lock", _unlocked)
    answers = together(
        [lambda one=one: reviewing.give_opinion(case, verdict="pass", by=one, at=now()) for one in here.reviewers[:2]]
    )
    assert any(isinstance(a, IntegrityError) for a in answers), answers


def _unlocked(case: Case, *, version: int | None = None) -> Case:
    found = Case.objects.get(pk=case.pk)
    connection.cursor().execute("SELECT pg_sleep(0.2)")
    return found


def _roster(here: w.World, day: Any) -> bytes:
    return w.roster([(day.isoformat(), "王小明", here.applicant.national_id or "", "6")])


def test_two_imports_of_one_file_add_it_once(here: w.World) -> None:
    w.certified(here)
    course = w.course_approved(here, starts_on=today() - timedelta(days=3))
    attending.keep_sheet(course.case, upload=w.pdf("簽到"), by=here.clerk, at=now())
    content, field = _roster(here, course.starts_on), course.fields.get()

    def press():
        return attending.import_attendance(course.case, files=[(field, "名冊.csv", content)], by=here.clerk, at=now())

    answers = together([press] * 3)
    assert sorted(answers) == [(0, 1), (0, 1), (1, 0)], answers
    assert AttendanceImport.objects.get().attendances.count() == 1


def test_renewal_pressed_twice_is_one_application(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 - 40))
    w.give_hours(one, {"professional": "54", "ethics": "6"}, held_on=today(), by=here.handler)
    answers = together([lambda: renewing.start_renewal(one, person=here.applicant, at=now())] * 4)
    assert len({a.pk for a in answers}) == 1 and Renewal.objects.count() == 1, answers


def test_approval_against_clearing_leaves_one_of_them(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=30))
    course = w.course_approved(here, starts_on=today() - timedelta(days=3))
    w.attended(here, course, [here.applicant])
    case = Case.objects.get(pk=course.case_id)
    answers = together(
        [
            lambda: attending.credit_attendance(case, by=here.handler, at=now(), version=case.version),
            lambda: attending.clear_attendance(case, by=here.clerk, at=now(), version=case.version),
        ]
    )
    assert (
        sum(isinstance(a, Case) for a in answers) == 1 and sum(isinstance(a, Stale | NotAllowed) for a in answers) == 1
    ), answers
    case.refresh_from_db()
    standing = AttendanceImport.objects.filter(cleared_at=None).exists()
    assert (case.state, LedgerEntry.objects.filter(certificate=one).count(), standing) in {
        ("credited", 1, True),
        ("approved", 0, False),
    }


def test_two_certificates_at_one_instant_and_only_one_stands(here: w.World) -> None:
    """The trigger's lock: two transactions that do not see each other."""
    one = w.certified(here)
    given = {
        f.name: getattr(one, f.name)
        for f in Certificate._meta.concrete_fields
        if f.name not in ("id", "case", "number", "previous")
    }
    cases = [w.filed(here, w.professional(f"人{n}")) for n in range(2)]
    Certificate.objects.filter(pk=one.pk).update(state="revoked")
    answers = together(
        [
            lambda n=n: Certificate.objects.create(**{**given, "state": "valid"}, number=f"X-{n}", case=cases[n])
            for n in range(2)
        ]
    )
    assert sum(isinstance(a, Certificate) for a in answers) == 1, answers
    assert sum(isinstance(a, IntegrityError) for a in answers) == 1


def test_control_without_the_trigger_both_stand(here: w.World) -> None:
    one = w.certified(here)
    given = {
        f.name: getattr(one, f.name)
        for f in Certificate._meta.concrete_fields
        if f.name not in ("id", "case", "number", "previous")
    }
    case = w.filed(here, w.professional("另"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_credentials_certificate DISABLE TRIGGER vrs_certificate_alone")
    try:
        assert Certificate.objects.create(**given, number="X-9", case=case).pk
    finally:
        Certificate.objects.filter(number="X-9").delete()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE vrs_credentials_certificate ENABLE TRIGGER vrs_certificate_alone")


def test_approval_pressed_twice_issues_one_certificate(here: w.World) -> None:
    case = w.to_approve(here)
    answers = together([lambda: w.approve(here, case)] * 2)
    assert sum(isinstance(a, Case) for a in answers) == 1, answers
    assert sum(isinstance(a, NotAllowed | Refused | Stale) for a in answers) == 1
    assert Certificate.objects.count() == 1
