"""Exports: asked for, logged, written in the background under the asker's eyes, private, and never lost with a worker."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import current_app
from django.db import transaction

from accounts.models import AccessLog
from casework.errors import Refused
from casework.jobs import exports, retention
from casework.jobs.exports import EXPORTERS, Exporter
from casework.models import ExportJob, Notice
from casework.notices import outbox
from casework.sheets.reading import read
from tests.casework.jobs import AT, at_once, person


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> None:
    EXPORTERS.clear()
    monkeypatch.setattr(outbox, "_rest_until", 0.0)


def names(user, query: str) -> tuple[list[str], Iterator[list[object]]]:
    return ["姓名", "條件"], ([one.name, query] for one in [user])


def ask(user, **more) -> ExportJob:
    return exports.request_export(
        **{"user": user, "page": "test", "title": "案件清單", "query": "state=filed", "format": "ods", "at": AT, **more}
    )


@pytest.mark.django_db
def test_asked_written_and_told(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks) -> None:
    nudged: list[tuple] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **more: nudged.append((name, *args)))
    EXPORTERS.add(Exporter("test", names))
    user = person()
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(user, reason="業務統計")
    assert nudged == [("casework.tasks.run_export", job.pk)]
    line = AccessLog.objects.get(action=AccessLog.Action.EXPORT)
    assert (line.user, line.subject, line.reason) == (user, "案件清單（ODS）", "業務統計")
    assert exports.run_export(job.pk, at=AT)
    job.refresh_from_db()
    assert (job.state, job.rows, job.finished_at) == (ExportJob.State.DONE, 1, AT)
    with job.file.open("rb") as file:
        assert read(file.read()) == [["姓名", "條件"], [user.name, "state=filed"]]
    notice = Notice.objects.get(user=user)
    assert (notice.url, notice.mail_state) == ("/cases/exports/", Notice.Mail.NONE)
    assert "1 筆" in notice.body


@pytest.mark.django_db
def test_written_once_however_often_the_task_comes() -> None:
    calls: list[int] = []
    EXPORTERS.add(Exporter("test", lambda user, query: calls.append(1) or names(user, query)))
    job = ask(person())
    assert [exports.run_export(job.pk, at=AT) for _ in range(3)] == [True, False, False]
    assert len(calls) == 1
    assert Notice.objects.count() == 1
    assert not exports.run_export(0, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "word"),
    [({"page": "other"}, "不提供"), ({"format": "pdf"}, "格式"), ({"query": "q" * 1001}, "條件")],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(more: dict, word: str) -> None:
    EXPORTERS.add(Exporter("test", names))
    with pytest.raises(Refused, match=word):
        ask(person(), **more)
    assert not ExportJob.objects.exists()
    assert not AccessLog.objects.filter(action=AccessLog.Action.EXPORT).exists()


@pytest.mark.django_db
def test_five_at_a_time() -> None:
    EXPORTERS.add(Exporter("test", names))
    user, other = person(), person()
    jobs = [ask(user) for _ in range(exports.AT_ONCE)]
    with pytest.raises(Refused, match="5 份"):
        ask(user)
    ask(other)
    exports.run_export(jobs[0].pk, at=AT)
    ask(user)


@pytest.mark.django_db
def test_a_failure_is_told_in_a_sentence_and_not_in_a_traceback() -> None:
    def breaks(user, query):
        return ["姓名"], (1 / 0 for _ in range(3))

    EXPORTERS.add(Exporter("test", breaks))
    job = ask(person())
    exports.run_export(job.pk, at=AT)
    job.refresh_from_db()
    assert job.state == ExportJob.State.FAILED
    assert "稍後再試" in job.error
    assert "division" not in job.error
    assert not job.file
    assert "未能完成" in Notice.objects.get().subject


@pytest.mark.django_db
def test_who_lost_the_account_gets_no_list() -> None:
    EXPORTERS.add(Exporter("test", names))
    user = person()
    job = ask(user)
    user.is_active = False
    user.save()
    exports.run_export(job.pk, at=AT)
    job.refresh_from_db()
    assert (job.state, job.error, bool(job.file)) == (ExportJob.State.FAILED, "帳號已停用，不予匯出。", False)


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_was_killed_is_taken_up_again() -> None:
    class Killed(BaseException):
        pass

    def dies(user, query):
        raise Killed

    EXPORTERS.add(Exporter("test", dies))
    job = ask(person())
    with pytest.raises(Killed):
        exports.run_export(job.pk, at=AT)
    job.refresh_from_db()
    assert job.state == ExportJob.State.RUNNING
    EXPORTERS.put(Exporter("test", names))
    assert exports.run_waiting(at=AT) == 1
    job.refresh_from_db()
    assert job.state == ExportJob.State.DONE
    assert exports.run_waiting(at=AT) == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_write_it_once() -> None:
    calls: list[int] = []
    started, go_on = threading.Event(), threading.Event()

    def slow(user, query):
        calls.append(1)
        started.set()
        assert go_on.wait(10)
        return names(user, query)

    EXPORTERS.add(Exporter("test", slow))
    job = ask(person())

    def second() -> bool:
        assert started.wait(10)
        try:
            assert ExportJob.objects.get(pk=job.pk).state == ExportJob.State.RUNNING, "the page shows it being written"
            return exports.run_export(job.pk, at=AT)
        finally:
            go_on.set()

    assert at_once(lambda: exports.run_export(job.pk, at=AT), second) == [True, False]
    assert len(calls) == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_by_its_state_alone_two_workers_would_write_it() -> None:
    EXPORTERS.add(Exporter("test", names))
    job = ask(person())
    both_read = threading.Barrier(2)

    def naive() -> bool:
        with transaction.atomic():
            waiting = ExportJob.objects.filter(pk=job.pk, state=ExportJob.State.QUEUED).exists()
            both_read.wait(10)
            ExportJob.objects.filter(pk=job.pk).update(state=ExportJob.State.RUNNING)
            return waiting

    assert at_once(naive, naive) == [True, True]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "kept"),
    [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False), (timedelta(days=8), False)],
)
def test_files_go_after_a_week_and_the_record_stays(age: timedelta, kept: bool) -> None:
    EXPORTERS.add(Exporter("test", names))
    job = ask(person())
    exports.run_export(job.pk, at=AT)
    job.refresh_from_db()
    path = job.file.path
    assert retention.clear(at=AT + age)["exports"] == (0 if kept else 1)
    job.refresh_from_db()
    assert bool(job.file) == job.file.storage.exists(path) == kept
    assert job.rows == 1
