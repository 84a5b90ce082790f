"""What must hold when people press at the same instant, with controls that fail once the promise is taken away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, connection
from django.db.models import Model

from accounts.clock import now, today
from casework.cases import doing
from casework.cases.casetypes import casetype
from casework.cases.doing import perform
from casework.errors import NotAllowed, Refused, Stale
from casework.law.in_force import law_in_force
from casework.models import Case
from tests.parallel import judge_before_writing, meet, together
from tests.vrs_credentials import world as w
from tests.vrs_credentials.test_hours import _away as away
from vrs_credentials.models import (
    AttendanceImport,
    Certificate,
    Course,
    FollowUp,
    LedgerEntry,
    Opinion,
    Renewal,
    RosterJob,
)
from vrs_credentials.selectors import outcomes
from vrs_credentials.services import attending, certifying, renewing, rosters, training

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def test_two_reviewers_at_once_are_both_heard_and_opened_once(here: w.World) -> None:
    case = w.assigned(here)
    answers = together(
        [lambda one=one: perform(case, "opinion", verdict="pass", by=one, at=now()).case for one in here.reviewers[:2]]
    )
    assert all(isinstance(a, Case) for a in answers), answers
    assert Opinion.objects.count() == 2 and case.events.filter(code="opinions.opened").count() == 1
    assert outcomes.next_step(Case.objects.get(pk=case.pk), on=today(), law=law_in_force()).result["next"] == "approve"


def test_control_without_the_lock_reviewers_collide(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = w.assigned(here)
    monkeypatch.setattr(doing, "lock", _unlocked)
    answers = together(
        [lambda one=one: perform(case, "opinion", verdict="pass", by=one, at=now()).case for one in here.reviewers[:2]]
    )
    assert any(isinstance(a, IntegrityError) for a in answers), answers


def _unlocked(case: Case, *, version: int | None = None) -> Case:
    """The case read as `lock` reads it, and nobody kept out: both have read before either writes."""
    found = Case.objects.get(pk=case.pk)
    meet()
    return found


def _roster(here: w.World, day: Any) -> bytes:
    return w.roster([(day.isoformat(), "王小明", here.applicant.national_id or "", "6")])


def _import_at_once(here: w.World, times: int) -> list[Any]:
    w.certified(here)
    course = w.course_approved(here, starts_on=today() - timedelta(days=3))
    attending.keep_sheet(course.case, upload=w.pdf("簽到"), by=here.clerk, at=now())
    files = [(course.fields.get(), "名冊.csv", _roster(here, course.starts_on))]
    press = partial(attending.import_attendance, course.case, files=files, by=here.clerk)
    return together([lambda: press(at=now())] * times)


def test_two_imports_of_one_file_add_it_once(here: w.World) -> None:
    answers = _import_at_once(here, 3)
    assert sorted(answers) == [(0, 1), (0, 1), (1, 0)], answers
    assert AttendanceImport.objects.get().attendances.count() == 1


def test_control_without_the_lock_the_second_import_does_not_find_the_first(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find none standing and write, and only the database's constraint is left."""
    write = attending._write

    def at_once(*given: Any, **named: Any) -> AttendanceImport:
        meet()  # here every look at what stands is over, for both
        return write(*given, **named)

    monkeypatch.setattr(doing, "lock", _unlocked)
    monkeypatch.setattr(attending, "_write", at_once)
    answers = _import_at_once(here, 2)
    assert (1, 0) in answers and any("vrs_import_standing_once" in str(a) for a in answers), answers


@contextmanager
def without(model: type[Model], name: str) -> Iterator[None]:
    """A unique constraint of the table off; the rows made meanwhile go."""
    constraint = next(one for one in model._meta.constraints if one.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)


def _uploads(course: Course, content: bytes) -> list[Any]:
    return [(course.fields.get(), SimpleUploadedFile("名冊.csv", content))]


def test_two_uploads_at_once_leave_one_job_and_two_presses_import_once(here: w.World) -> None:
    w.older(w.certified(here), today() - timedelta(days=30))
    course = w.course_approved(here, starts_on=today() - timedelta(days=3))
    attending.keep_sheet(course.case, upload=w.pdf("簽到"), by=here.clerk, at=now())
    content = _roster(here, course.starts_on)
    send = partial(perform, course.case, "upload_rosters", by=here.clerk)
    answers = together([lambda: send(files=_uploads(course, content), at=now()).answer] * 3)
    assert all(isinstance(a, RosterJob) for a in answers), answers
    job = RosterJob.objects.get(state=RosterJob.State.QUEUED)
    assert sorted(together([lambda: rosters.run(job.pk, at=now())] * 3)) == [False, False, True]
    pressed = together([lambda: perform(course.case, "confirm_rosters", by=here.clerk, at=now()).answer] * 3)
    assert {a.pk for a in pressed} == {job.pk}, pressed
    assert sorted(together([lambda: rosters.run(job.pk, at=now())] * 3)) == [False, False, True]
    assert AttendanceImport.objects.get().attendances.count() == 1


def _renew_at_once(here: w.World, times: int) -> list[Any]:
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 - 40))
    w.give_hours(one, {"professional": "54", "ethics": "6"}, held_on=today(), by=here.handler)
    return together([lambda: renewing.start_renewal(one, person=here.applicant, at=now())] * times)


def test_renewal_pressed_twice_is_one_application(here: w.World) -> None:
    answers = _renew_at_once(here, 4)
    assert len({a.pk for a in answers}) == 1 and Renewal.objects.count() == 1, answers


def _own_unlocked(certificate: Certificate, person: Any) -> Certificate:
    found = Certificate.objects.get(pk=certificate.pk)
    meet()
    return found


def test_control_without_the_lock_renewal_pressed_twice_collides(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "_own", _own_unlocked)
    monkeypatch.setattr(renewing, "judge_renewal", _slowly)
    answers = _renew_at_once(here, 2)
    assert any("vrs_renewal_open_once" in str(a) for a in answers), answers


def test_control_without_lock_and_constraint_there_are_two_applications(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "_own", _own_unlocked)
    monkeypatch.setattr(renewing, "judge_renewal", _slowly)
    with without(Renewal, "vrs_renewal_open_once"):
        _renew_at_once(here, 2)
        assert Renewal.objects.filter(closed_at=None).count() == 2


def _slowly(*given: Any, **more: Any) -> None:
    """The check that comes between looking for a running application and opening one takes its time."""
    meet()


def _credit_and_clear(here: w.World) -> tuple[Certificate, Case, list[Any]]:
    one = w.older(w.certified(here), today() - timedelta(days=30))
    course = w.course_approved(here, starts_on=today() - timedelta(days=3))
    w.attended(here, course, [here.applicant])
    case = Case.objects.get(pk=course.case_id)
    answers = together(
        [
            lambda: perform(case, "credit", by=here.handler, at=now(), version=case.version).case,
            lambda: perform(case, "clear_attendance", by=here.clerk, at=now(), version=case.version).case,
        ]
    )
    return one, case, answers


def test_control_without_the_lock_both_approval_and_clearing_go_ahead(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is told that the other was first: both write, until the record's own numbering stops the later."""
    monkeypatch.setattr(doing, "lock", _unlocked)
    judge_before_writing(monkeypatch)
    _, _, answers = _credit_and_clear(here)
    assert not any(isinstance(a, Stale | NotAllowed) for a in answers), answers
    assert any("event_seq_once" in str(a) for a in answers), answers


def test_approval_against_clearing_leaves_one_of_them(here: w.World) -> None:
    one, case, answers = _credit_and_clear(here)
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


# --- revocation against what rests on the certificate (R01, R06), hours that add up (R09) --------------------------------------


def _ready(here: w.World) -> Certificate:
    one = w.older(w.certified(here), today() - timedelta(days=1060))
    w.give_hours(one, {"professional": "60", "ethics": "12"}, held_on=today() - timedelta(days=100), by=here.handler)
    return one


def _extension(here: w.World, one: Certificate) -> Case:
    first = today() + timedelta(days=2)
    return w.reported(here, away(here, one, first, first + timedelta(days=120)))


def _renewal(here: w.World, one: Certificate) -> Case:
    return w.reported(here, w.renewal_filed(here, one))


def _revoke_and_approve(
    here: w.World, brought: Callable[[w.World, Certificate], Case]
) -> tuple[Certificate, list[Any]]:
    one = _ready(here)
    case = brought(here, one)
    return one, together([lambda: w.revoke(here, one), lambda: w.approve(here, case)])


@pytest.mark.parametrize("brought", [_renewal, _extension], ids=["renewal", "extension"])
def test_revocation_against_an_approval_leaves_no_valid_certificate_after_a_revoked_one(
    here: w.World, brought: Any
) -> None:
    one, (revoked, approved) = _revoke_and_approve(here, brought)
    one.refresh_from_db()
    assert not isinstance(approved, IntegrityError | OperationalError), approved
    if isinstance(revoked, Refused):  # the renewal came first: its certificate is the one to revoke
        assert "請先撤銷" in revoked.message and isinstance(approved, Case) and one.state == "valid"
        return
    assert isinstance(revoked, Certificate) and one.state == "revoked", revoked
    assert not Certificate.objects.filter(state="valid").exists()
    if brought is _renewal:
        assert isinstance(approved, NotAllowed), approved


def test_control_without_the_locks_the_trigger_alone_holds_the_line(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both judge what stood before either wrote. Without the trigger a valid certificate would follow a revoked one."""
    one, case = _control(here, monkeypatch)
    answers = _both(here, one, case)
    assert any(
        isinstance(a, IntegrityError) and "vrs_certificate_line" in str(a.__cause__.diag.constraint_name)
        for a in answers
    ), answers
    assert not Certificate.objects.filter(state="valid", previous__state="revoked").exists()


def test_control_without_locks_and_trigger_a_valid_certificate_follows_a_revoked_one(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, case = _control(here, monkeypatch)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_credentials_certificate DISABLE TRIGGER vrs_certificate_line")
    try:
        answers = _both(here, one, case)
        assert Certificate.objects.filter(state="valid", previous__state="revoked").exists(), answers
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE vrs_credentials_certificate ENABLE TRIGGER vrs_certificate_line")


def _control(here: w.World, monkeypatch: pytest.MonkeyPatch) -> tuple[Certificate, Case]:
    """A renewal with the ministry; revocation neither looks for it nor for what followed, approval has looked already."""
    one = _ready(here)
    case = _renewal(here, one)
    monkeypatch.setattr(certifying, "_applications_on", lambda certificate: [])
    _holding_nothing(monkeypatch, case.kind)
    monkeypatch.setattr(certifying, "stands", lambda certificate: None)
    monkeypatch.setattr(renewing, "latest", lambda certificate: meet())
    return one, case


def _holding_nothing(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """The approval holds its own case and not its certificate's."""
    table = casetype(kind).table
    monkeypatch.setitem(table._by_act, "approve", replace(table.act("approve"), holds=None))  # type: ignore[arg-type]


def _both(here: w.World, one: Certificate, case: Case) -> list[Any]:
    """The approval holds the certificate while it looks; the revocation begins only when it has looked."""

    def revoke() -> Any:
        meet()
        return Certificate.objects.filter(pk=one.pk).update(state="revoked", revoked_at=now())

    return together([lambda: w.approve(here, case), revoke])


def test_acts_on_one_certificate_never_wait_in_a_circle(here: w.World) -> None:
    """R06: the certificate's own case before the application's, for every act; four at once, none is a deadlock."""
    one = _ready(here)
    case, hours = _extension(here, one), w.reported(here, w.hours_filed(here, one))
    works = [
        lambda: w.approve(here, case),
        lambda: w.approve(here, hours),
        lambda: certifying.reissue(one, reason="遺失", by=here.applicant, at=now()),
        lambda: certifying.record_hired(one, hired_on=today(), consent=False, by=here.handler, at=now()),
    ]
    answers = together(works)
    assert not any(isinstance(a, Exception) for a in answers), answers


def test_an_approval_locks_the_certificates_own_case_before_its_own(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both in one taking, which goes by their keys: the certificate's own is the older one."""
    one = _ready(here)
    case, real, taken = _extension(here, one), doing.take, []

    def noted(*things: Any) -> Any:
        taken.append(things)
        return real(*things)

    monkeypatch.setattr(doing, "take", noted)
    w.approve(here, case)
    assert taken == [(one.case, case)] and one.case_id < case.pk


def _two_halves(here: w.World) -> tuple[Certificate, list[Any]]:
    one = w.certified(here, hired_on=today() - timedelta(days=30))
    both = [w.reported(here, w.hours_filed(here, one, hours="18")) for _ in range(2)]
    return one, together([lambda case=case: w.approve(here, case) for case in both])


def test_two_halves_of_the_training_approved_at_once_are_the_whole(here: w.World) -> None:
    one, answers = _two_halves(here)
    assert all(isinstance(a, Case) for a in answers), answers
    assert FollowUp.objects.get(certificate=one).done_at is not None


def test_control_without_the_lock_each_half_counts_alone(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    count = training.set_follow_up

    def counted(*given: Any, **named: Any) -> None:
        count(*given, **named)
        meet()

    _holding_nothing(monkeypatch, "vrs_credentials.hours")
    monkeypatch.setattr(training, "set_follow_up", counted)
    one, answers = _two_halves(here)
    assert all(isinstance(a, Case) for a in answers), answers
    assert FollowUp.objects.get(certificate=one).done_at is None
