"""Health, figures for monitoring, marks of jobs, terms of keeping, files no row names."""

import io
import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import clock
from accounts.certificates import authorities
from accounts.models import AccessLog
from accounts.services.access import record_access
from casework import tasks
from casework.jobs import findings, orphans, retention, watch
from casework.models import Deadline, Draft, ExportJob, Finding, JobRun, StoreMark
from casework.papers import signing
from casework.stores import WholeFiles, folder_of
from config.celery import app
from kernel.jobs import JOBS, At
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
    by_the_day = {one.task for one in JOBS if isinstance(one.when, At)}
    for name in by_the_day | {"casework.tasks.deliver_notices"}:
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


# --- files no row names --------------------------------------------------------------------------------------------------


def _stored(name: str = "attachments/1/aa/left.pdf", days: int = 2) -> str:
    kept = default_storage.save(name, ContentFile(b"x"))
    os.utime(default_storage.path(kept), (clock.now().timestamp() - days * 86401,) * 2)
    return kept


def _named(name: str) -> ExportJob:
    return ExportJob.objects.create(user=person(), page="x", title="x", format="ods", created_at=AT, file=name)


def _quarantined() -> set[str]:
    return {name.split("/", 2)[2] for name in orphans.stored_files(orphans.QUARANTINE)}


@pytest.mark.django_db
def test_a_file_without_a_row_is_put_aside_after_a_day_and_a_file_with_one_never() -> None:
    at = clock.now()
    young = _stored(days=0)  # by the clock of the test: the disk has one of its own, see ./dev test --on
    assert orphans.files_without_rows(at=at) == []
    default_storage.delete(young)
    kept = _stored()
    assert orphans.files_without_rows(at=at) == [kept]
    row = _named(kept)
    assert orphans.clear(at=at) == []
    row.delete()
    assert orphans.clear(at=at) == [kept]
    assert not default_storage.exists(kept)
    assert _quarantined() == {kept}, "moved, not deleted"


@pytest.mark.django_db
def test_the_quarantine_is_emptied_after_thirty_days_and_gives_back_what_is_named_again() -> None:
    at = clock.now()
    gone, named = _stored(), _stored("exports/2026/11/list.ods")
    assert orphans.clear(at=at) == [gone, named]
    _named(named)
    orphans.clear(at=at + 30 * DAY)
    assert default_storage.exists(named), "an older backup was put back: its rows have their files again"
    assert _quarantined() == {gone}
    orphans.clear(at=at + 31 * DAY)
    assert _quarantined() == set()
    assert default_storage.exists(named)


@pytest.mark.django_db
def test_what_is_named_and_lies_in_the_quarantine_is_never_deleted() -> None:
    at = clock.now()
    name = _stored()
    orphans.clear(at=at)
    _named(_stored(name))  # the place is taken: there is another file of this name by now
    orphans.clear(at=at + 40 * DAY)
    assert _quarantined() == {name}


@pytest.mark.django_db
def test_more_at_once_than_a_killed_process_leaves_is_another_database_and_nothing_is_moved() -> None:
    """The night job with an empty database deleted every file of the store."""
    at = clock.now()
    names = [_stored(f"attachments/1/aa/{n}.pdf") for n in range(21)]
    with pytest.raises(orphans.NotOurs, match="有 21 個檔案沒有任何紀錄（有紀錄者 0 個），超過一次可清理的 20 個"):
        findings.look(at=at)
    assert all(default_storage.exists(name) for name in names)
    assert not default_storage.exists(orphans.MARK), "and the store is not taken for this database's"
    assert "未移動任何檔案" in Finding.objects.get().sentence
    _named(names[0])
    assert len(orphans.clear(at=at)) == 20
    assert (orphans.ceiling(1999), orphans.ceiling(2000), orphans.ceiling(50_000)) == (20, 20, 500)


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["a database without a mark", "a store without a mark", "another store"])
def test_with_another_ones_store_nothing_is_moved_and_the_job_fails(other: str, settings) -> None:
    at = clock.now()
    orphans.clear(at=at)
    name = _stored()
    match other:
        case "a database without a mark":
            StoreMark.objects.all().delete()
        case "a store without a mark":
            default_storage.delete(orphans.MARK)
        case _:
            StoreMark.objects.update(mark=uuid.uuid4())
    with pytest.raises(orphans.NotOurs, match="不是同一站"):
        _run("casework.tasks.check_consistency")
    assert default_storage.exists(name)
    assert "不是同一站" in JobRun.objects.get(name="casework.tasks.check_consistency").error
    assert "一致性檢查" in [one.name for one in watch.jobs(clock.now()) if one.late]
    with pytest.raises(CommandError, match="--sure"):
        call_command("claim_store", stdout=io.StringIO())
    assert default_storage.exists(name)
    call_command("claim_store", sure=True, stdout=io.StringIO())
    assert orphans.clear(at=at) == [name]


@pytest.mark.django_db
def test_only_folders_of_uploads_and_papers_are_looked_at() -> None:
    strange = _stored("keys/signing-test.p12"), _stored("somebody/elses.txt"), _stored("loose.txt")
    assert orphans.clear(at=clock.now()) == []
    assert all(default_storage.exists(name) for name in strange)


def test_every_file_column_says_in_which_folder_its_files_lie() -> None:
    folders = {folder_of(field) for field in orphans._file_columns()}
    assert {
        "attachments",
        "documents",
        "exports",
        "rosters",
        "identity",
        "ohs/photos",
        "senior45/pictures",
        "senior45/files",
    } == folders


# --- keys ------------------------------------------------------------------------------------------------------------------


def test_the_key_of_the_test_signature_lies_outside_the_uploads(settings) -> None:
    path = signing.key_file()
    assert path.is_file()
    assert not path.is_relative_to(settings.MEDIA_ROOT)
    assert list(orphans.stored_files()) == []
    assert path.stat().st_mode & 0o077 == 0


def test_a_key_kept_where_keys_were_before_is_moved_once_and_stays_the_same(settings) -> None:
    before = Path(settings.MEDIA_ROOT) / "keys"
    (before / "test-authority" / "anchors").mkdir(parents=True)
    (before / "test-authority" / "anchors" / "root.pem").write_bytes(b"root")
    (before / "signing-test.p12").write_bytes(b"the old key")
    assert signing.key_file().read_bytes() == b"the old key"
    settings.CERTIFICATE_FOLDER, settings.DEMO = "", True
    place = authorities.folder()
    assert place is not None
    assert (place / "anchors" / "root.pem").read_bytes() == b"root"
    assert list(before.iterdir()) == []
    assert signing.key_file().read_bytes() == b"the old key"


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
