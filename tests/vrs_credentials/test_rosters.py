"""紀錄匯入 outside the page: checked, confirmed, imported; lost, doubled and hopeless jobs; nothing half-imported."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.errors import NotAllowed, NotPermitted, Refused, Stale
from casework.models import Case, Notice
from tests.vrs_credentials import world as w
from vrs_credentials import tasks
from vrs_credentials.models import Attendance, AttendanceImport, Course, RosterJob
from vrs_credentials.services import attending, rosters

pytestmark = pytest.mark.django_db
State = RosterJob.State


def course_over(here: w.World, **given: Any) -> Course:
    """Approved, over for two days, with its sign-in sheet."""
    course = w.course_approved(here, starts_on=today() - timedelta(days=3), **given)
    attending.keep_sheet(course.case, upload=w.pdf("簽到表"), by=here.clerk, at=now())
    return course


def sent(here: w.World, course: Course, *contents: bytes, **given: Any) -> RosterJob:
    files = [
        (field, SimpleUploadedFile(f"名冊{field.position}.csv", content))
        for field, content in zip(course.fields.all(), contents, strict=False)
    ]
    return perform(course.case, "upload_rosters", files=files, by=here.clerk, at=now(), **given).answer


def confirmed(here: w.World, course: Course) -> RosterJob:
    return perform(course.case, "confirm_rosters", by=here.clerk, at=now()).answer


def findings(job: RosterJob) -> list[str]:
    with job.findings.open() as file:
        return file.read().decode("utf-8-sig").splitlines()


def work(job: RosterJob) -> RosterJob:
    rosters.run(job.pk, at=now())
    job.refresh_from_db()
    return job


def good(here: w.World, course: Course, hours: str = "6") -> bytes:
    return w.roster([(course.starts_on.isoformat(), "王小明", here.applicant.national_id or "", hours)])


def test_checked_then_confirmed_then_imported(here: w.World) -> None:
    w.older(w.certified(here), today() - timedelta(days=30))
    course = course_over(here)
    job = sent(here, course, good(here, course))
    assert (job.state, job.done) == (State.QUEUED, 0)
    with pytest.raises(Refused, match="還在檢查"):
        confirmed(here, course)
    assert tasks.run_roster_job(job.pk) is True
    job.refresh_from_db()
    assert (job.state, job.done, job.report["files"][0]["rows"]) == (State.READY, 100, 1)
    assert not AttendanceImport.objects.exists() and rosters.run(job.pk, at=now()) is False
    assert confirmed(here, course).state == State.CONFIRMED and confirmed(here, course).pk == job.pk
    with pytest.raises(Refused, match="正在匯入"):
        sent(here, course, good(here, course))
    job = work(job)
    assert (job.state, job.added, job.done) == (State.DONE, 1, 100)
    assert Case.objects.get(pk=course.case_id).state == "attendance"
    assert Notice.objects.filter(user=here.clerk, subject__startswith="上課紀錄已匯入").count() == 1
    with pytest.raises(NotAllowed, match="上課紀錄審核中"):
        sent(here, course, good(here, course))
    with pytest.raises(NotAllowed, match="上課紀錄審核中"):
        confirmed(here, course)


def test_the_rosters_themselves_are_not_kept(here: w.World, django_capture_on_commit_callbacks: Any) -> None:
    """The store holds them no longer than the job needs them: they are full of numbers of people."""
    course = course_over(here)
    job = sent(here, course, good(here, course))
    path = job.files.get().file.name
    assert default_storage.exists(path)
    with django_capture_on_commit_callbacks(execute=True):
        work(job)  # nobody holds a certificate yet
    assert job.state == State.REFUSED and not default_storage.exists(path) and not job.files.get().file
    assert len(findings(job)) == 2 and "王小明" not in findings(job)[1]


def test_another_upload_takes_the_place_of_the_first(here: w.World) -> None:
    w.certified(here)
    course = course_over(here)
    first = work(sent(here, course, good(here, course)))
    second = sent(here, course, good(here, course, "5"))
    first.refresh_from_db()
    assert (first.state, second.state) == (State.DROPPED, State.QUEUED)
    assert RosterJob.objects.filter(case=course.case, state__in=RosterJob.OPEN).count() == 1


def test_a_job_that_changed_hands_while_it_was_checked_stays_dropped(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = course_over(here)
    job, judge = sent(here, course, good(here, course)), attending.judge

    def meanwhile(*given: Any, **more: Any) -> Any:
        RosterJob.objects.filter(pk=job.pk).update(state=State.DROPPED)
        return judge(*given, **more)

    monkeypatch.setattr(attending, "judge", meanwhile)
    assert work(job).state == State.DROPPED and job.report is None


def test_what_happens_to_the_case_in_between_makes_the_job_void(here: w.World) -> None:
    w.certified(here)
    course = course_over(here)
    job = work(sent(here, course, good(here, course)))
    with pytest.raises(Stale):
        perform(course.case, "confirm_rosters", by=here.clerk, at=now(), version=0)
    confirmed(here, course)
    attending.keep_sheet(course.case, upload=w.pdf("新的簽到表"), by=here.clerk, at=now())
    job = work(job)
    assert job.state == State.REFUSED and "已有變動" in job.problem
    assert not AttendanceImport.objects.exists() and not Attendance.objects.exists()


def test_who_may(here: w.World) -> None:
    """The clerk of another institution holds the same right elsewhere."""
    course = course_over(here)
    _, elsewhere = w.institution("別的機構", "22099131")
    upload = [(course.fields.get(), SimpleUploadedFile("名冊.csv", good(here, course)))]
    for user in (elsewhere, here.applicant, here.handler):
        with pytest.raises(NotPermitted):
            perform(course.case, "upload_rosters", files=upload, by=user, at=now())
        with pytest.raises(NotPermitted):
            perform(course.case, "confirm_rosters", by=user, at=now())
        with pytest.raises(NotPermitted):
            attending.keep_sheet(course.case, upload=w.pdf("簽到"), by=user, at=now())


def test_a_course_that_is_not_over_can_be_checked_and_not_imported(here: w.World) -> None:
    w.certified(here)
    course = w.course_approved(here, starts_on=today() + timedelta(days=3))
    assert work(sent(here, course, good(here, course))).state == State.READY
    with pytest.raises(Refused, match="課程結束後"):
        confirmed(here, course)


def test_two_files_one_wrong_and_nothing_enters(here: w.World) -> None:
    w.certified(here)
    course = course_over(here, sets=[w.a_set("6"), {**w.a_set("3", "ethics"), "area": "倫理"}])
    job = work(sent(here, course, good(here, course), good(here, course)))
    first, second = job.report["files"]
    assert (job.state, first["wrong"], second["wrong"]) == (State.REFUSED, 0, 1)
    assert "不超過核定時數 3" in second["wrong_rows"][0][2]
    with pytest.raises(Refused, match="已不在"):
        confirmed(here, course)


def test_an_import_that_fails_midway_leaves_nothing(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    w.certified(here)
    course = course_over(here)
    job = work(sent(here, course, good(here, course)))
    confirmed(here, course)

    def broken(*given: Any, **more: Any) -> None:
        raise RuntimeError("the table is full")

    monkeypatch.setattr(attending, "tell_office", broken)
    job = work(job)
    assert job.state == State.REFUSED and "處理失敗" in job.problem
    assert not AttendanceImport.objects.exists() and not Attendance.objects.exists()
    assert Case.objects.get(pk=course.case_id).state == "approved"


def test_a_long_sheet_of_wrong_rows_is_reported_with_their_numbers(here: w.World, whole: bool) -> None:
    course, rows = course_over(here), 50_000 if whole else 2_000
    content = w.roster([(course.starts_on.isoformat(), "無此人", "A123456789", "3")] * rows)
    job = work(sent(here, course, content))
    found = job.report["files"][0]
    assert (job.state, found["wrong"], len(found["wrong_rows"])) == (State.REFUSED, rows, rosters.SHOWN)
    lines = findings(job)
    assert len(lines) == rows + 1 and lines[-1].split(",")[1] == str(rows + 2)
    assert not AttendanceImport.objects.exists()


def test_progress_is_seen_while_it_runs(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    w.certified(here)
    course = course_over(here)
    job, seen, told = sent(here, course, good(here, course)), [], rosters._progress

    def watched(one: RosterJob) -> Any:
        write = told(one)

        def tell(done: int) -> None:
            write(done)
            seen.append(tuple(RosterJob.objects.values_list("state", "done").get(pk=one.pk)))

        return tell

    monkeypatch.setattr(rosters, "_progress", watched)
    work(job)
    assert seen[0] == (State.CHECKING, 0) and seen[-1] == (State.CHECKING, 90)


def test_a_file_that_kills_its_worker_is_given_up(here: w.World) -> None:
    course = course_over(here)
    job = sent(here, course, good(here, course))
    RosterJob.objects.filter(pk=job.pk).update(state=State.CHECKING, tries=rosters.MOST_TRIES)
    assert "多次處理未能完成" in work(job).problem and job.state == State.REFUSED


def test_uploads_nobody_confirmed_end_after_a_week(here: w.World) -> None:
    w.certified(here)
    course = course_over(here)
    job = work(sent(here, course, good(here, course)))
    assert rosters.drop_old(at=now() + rosters.KEPT - timedelta(seconds=1)) == 0
    with time_machine.travel(now() + rosters.KEPT):
        assert tasks.drop_old_rosters() == 1
    job.refresh_from_db()
    assert job.state == State.DROPPED and job.report is not None
    assert rosters.drop_old(at=now() + 2 * rosters.KEPT) == 1
    job.refresh_from_db()
    assert job.report is None


@pytest.mark.django_db(transaction=True)
def test_the_beat_finds_what_no_worker_holds(transactional_db: None) -> None:
    """A broker that is away: the rows are the to-do list. A job in the hands of a worker is left to it."""
    here = w.world()
    course = course_over(here)
    job = sent(here, course, good(here, course))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [rosters.LOCK, job.pk])
        assert tasks.run_waiting_rosters() == 0 and work(job).state == State.QUEUED
    finally:
        other.close()  # as when the worker is killed
    assert tasks.run_waiting_rosters() == 1 and work(job).state == State.REFUSED


def test_a_second_open_job_of_a_case_is_refused_by_the_database(here: w.World) -> None:
    from django.db import IntegrityError

    course = course_over(here)
    sent(here, course, good(here, course))
    with pytest.raises(IntegrityError, match="vrs_roster_job_open_once"), transaction.atomic():
        RosterJob.objects.create(case=course.case, created_at=now(), created_by=here.clerk)
