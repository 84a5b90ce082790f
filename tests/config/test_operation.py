"""Health, figures for monitoring, marks of jobs, terms of keeping, files no row names."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import clock
from accounts.models import AccessLog
from accounts.services.access import record_access
from casework import tasks
from casework.models import Deadline, Draft, Finding, JobRun
from casework.selectors import watch
from casework.services import findings, orphans, retention
from casework.stores import WholeFiles
from config.celery import BY_THE_DAY, app
from tests.casework.jobs import AT, administrator, case, kind_of_case, person

DAY = timedelta(days=1)


@pytest.fixture
def visitor(settings) -> Client:
    settings.SECURE_SSL_REDIRECT = False
    return Client()


# --- health --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_live_asks_nobody_and_ready_asks_the_database(visitor: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert visitor.get("/health/live").status_code == 200
    assert visitor.get("/health/ready").content == b"ok\n"


@pytest.mark.django_db
@pytest.mark.parametrize(("off", "status"), [(4, 200), (6, 503), (-6, 503), (24 * 60, 503)])
def test_a_machine_whose_clock_is_off_is_given_no_work(visitor: Client, off: int, status: int) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=off)):
        answer = visitor.get("/health/ready")
    assert answer.status_code == status
    assert (b"clock" in answer.content) == (status == 503)


# --- figures -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_figures_are_for_who_brings_the_token(visitor: Client, settings) -> None:
    assert visitor.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-long-token"
    assert visitor.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    visitor.get("/health/live")
    text = visitor.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).content.decode()
    assert 'portal_requests_total{method="GET",status="200",view="health_live"}' in text
    assert 'portal_request_seconds_bucket{le="0.15",view="health_live"}' in text
    for what in ("stuck", "refused", "deadlines", "overdue", "findings", "jobs"):
        assert f'portal_waiting{{what="{what}"}} 0.0' in text


@pytest.mark.django_db
def test_no_case_number_becomes_a_label(visitor: Client, settings) -> None:
    settings.METRICS_TOKEN = "t"
    visitor.get("/check/D-115-000001/ABCDEFGHJKLM/")
    text = visitor.get("/metrics", headers={"Authorization": "Bearer t"}).content.decode()
    assert "D-115-000001" not in text


# --- jobs ----------------------------------------------------------------------------------------------------------------


def _run(name: str) -> None:
    """As a worker runs it."""
    app.tasks[name].apply(throw=True)


@pytest.mark.django_db
def test_a_scheduled_job_leaves_its_mark() -> None:
    _run("casework.tasks.keep_no_longer")
    run = JobRun.objects.get(name="casework.tasks.keep_no_longer")
    assert run.ended_at is not None
    assert run.error == ""


@pytest.mark.django_db
def test_a_job_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "clear", lambda at: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _run("casework.tasks.keep_no_longer")
    assert "ZeroDivisionError" in JobRun.objects.get().error
    assert [one.name for one in watch.jobs(clock.now()) if one.late] == ["刪除逾保存期限資料"]


@pytest.mark.django_db
def test_a_job_missed_is_late_and_one_not_yet_due_is_not() -> None:
    now = clock.now()
    for name in BY_THE_DAY | {"casework.tasks.deliver_notices"}:
        JobRun.objects.create(name=name, began_at=now, ended_at=now)
    by_name = {one.name: one.late for one in watch.jobs(now + timedelta(minutes=14))}
    assert not by_name["寄送通知"]
    assert {one.name for one in watch.jobs(now + timedelta(minutes=17)) if one.late} >= {"寄送通知"}
    assert all(one.late for one in watch.jobs(now + 3 * DAY))


@pytest.mark.django_db
@pytest.mark.parametrize("days", [-1, 1])
def test_by_a_clock_a_day_off_no_day_passes(days: int) -> None:
    """Without the second witness the deadline of today would lapse today (the control)."""
    with kind_of_case():
        one = case()
        today = clock.today()
        Deadline.objects.create(
            case=one, code="test.x", rule="X", label="答復", citation="", counted_from=today - DAY, due_on=today, set_at=AT
        )  # fmt: skip
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
            _run("casework.tasks.sweep_daily")
        assert Deadline.objects.filter(lapsed_at=None).count() == 1
        assert "時鐘" in JobRun.objects.get(name="casework.tasks.sweep_daily").error
        if days > 0:
            with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
                tasks.sweep_daily.run()
            assert Deadline.objects.filter(lapsed_at=None).count() == 0


# --- the nightly check ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_contradicts_what_stands_on_the_desk_with_its_case(visitor: Client, settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    with kind_of_case():
        one = case()
        type(one).objects.filter(pk=one.pk).update(turn="nobody")
        assert findings.look(at=AT) == 1
        assert Finding.objects.get().case_id == one.pk
        visitor.force_login(administrator())
        assert "一致性檢查" in visitor.get("/admin/").content.decode()
        page = visitor.get("/admin/jobs/").content.decode()
        assert f"/admin/case/{one.number}/" in page
        type(one).objects.filter(pk=one.pk).update(turn="office")
        assert findings.look(at=AT) == 0
        assert not Finding.objects.exists()


@pytest.mark.django_db
def test_a_file_without_a_row_is_cleared_after_a_day_and_a_file_with_one_never() -> None:
    kept = default_storage.save("attachments/1/aa/left.pdf", ContentFile(b"x"))
    path = Path(default_storage.path(kept))
    at = clock.now()
    os.utime(path, (time.time(),) * 2)  # the disk has a clock of its own, see ./dev test --on
    assert orphans.files_without_rows(at=at) == []
    os.utime(path, (time.time() - 86401,) * 2)
    assert orphans.files_without_rows(at=at) == [kept]
    from casework.models import ExportJob

    row = ExportJob.objects.create(user=person(), page="x", title="x", format="ods", created_at=AT, file=kept)
    assert orphans.clear(at=at) == []
    row.delete()
    assert orphans.clear(at=at) == [kept]
    assert not path.exists()


def test_a_file_that_could_not_be_written_to_its_end_leaves_nothing(tmp_path: Path) -> None:
    class Torn(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half of it"
            raise OSError(28, "No space left on device")

    store = WholeFiles(location=tmp_path)
    with pytest.raises(OSError, match="No space"):
        store.save("a/b.pdf", Torn(b"whole"))
    assert list(tmp_path.rglob("*.pdf")) == []


# --- terms of keeping ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_over_its_term_goes_and_what_is_not_stays(settings) -> None:
    user = person()
    at = clock.now()
    for key, days in (("day before", 179), ("day of", 180), ("day after", 181)):
        Draft.objects.create(user=user, key=key, saved_at=at - timedelta(days=days))
    assert retention.clear(at=at, rehearse=True)["drafts"] == 1
    assert Draft.objects.count() == 3
    assert retention.clear(at=at)["drafts"] == 1
    assert set(Draft.objects.values_list("key", flat=True)) == {"day before", "day of"}


@pytest.mark.django_db
def test_the_access_log_is_shortened_at_its_old_end_only(settings) -> None:
    at = clock.now()
    for days in (1, settings.RETENTION_DAYS["access_log"] + 1):
        record_access(AccessLog.Action.EXPORT, at=at - timedelta(days=days))
    assert retention.clear(at=at)["access_log"] == 1
    assert AccessLog.objects.count() == 1
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AccessLog.objects.all().delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_accesslog SET reason = 'x'")


def test_every_term_has_its_days() -> None:
    assert {one.code for one in retention.KEPT} == set(django_settings.RETENTION_DAYS)
    assert all(one.why for one in retention.KEPT)
