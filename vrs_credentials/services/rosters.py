"""紀錄匯入 outside the page (VRS-08): upload → check with the reasons per row → 確定上傳 → import.

The row says what there is to do, and a worker does it; a job lost with its worker, or a broker that was away, is found by the
beat (`run_waiting`). Nothing is half-imported: `attending.enter` writes all files in one transaction.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.urls import reverse

from accounts.locks import locking
from casework.cases.doing import Doing
from casework.errors import NotAllowed, NotPermitted, Refused, Stale
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.outbox import notify, send_task
from casework.sheets.writing import write
from kernel.dates import taipei_day
from vrs_credentials.models import Course, CourseField, RosterFile, RosterJob
from vrs_credentials.services import attending
from vrs_credentials.services.attending import Judged, Progress

log = structlog.get_logger(__name__)

State = RosterJob.State
TASK = "vrs_credentials.tasks.run_roster_job"
#: Of the lists on the page; the file of findings has every row.
SHOWN, SAMPLE = 200, 20
MOST_TRIES = 3
KEPT = timedelta(days=7)
#: The space of advisory locks of jobs: it, and not the state, says that a worker is at it, and it goes with the worker.
LOCK = 0x0C5E


# --- what the institution does ---------------------------------------------------------------------------------------------


def upload_rosters(doing: Doing, *, files: Sequence[tuple[CourseField, UploadedFile]]) -> RosterJob:
    """Keep the files of one upload and have them checked; an earlier upload that was not confirmed steps aside."""
    if not files:
        raise Refused("請選擇上課紀錄檔。", field="roster_1")
    for before in locking(RosterJob.objects).filter(case=doing.case, state__in=RosterJob.OPEN):
        if before.state in (State.CONFIRMED, State.IMPORTING):
            raise Refused("上一次上傳的紀錄正在匯入，請等候完成。")
        _end(before, State.DROPPED, at=doing.at)
    job = RosterJob.objects.create(case=doing.case, created_at=doing.at, created_by=doing.by)
    for field, content in files:
        content.seek(0)
        one = RosterFile(job=job, field=field, name=(content.name or "")[-200:])
        one.file.save(f"{job.pk}-{field.position}", content, save=False)
        one.save()
    _nudge(job)
    return job


def confirm_rosters(doing: Doing) -> RosterJob:
    """Have what was checked imported, if the case is then as it is now. Pressed twice it is one import."""
    case = doing.case
    job = locking(RosterJob.objects).filter(case=case, state__in=RosterJob.OPEN).first()
    if job is None:
        raise Refused("預覽的檔案已不在，請重新選擇檔案。")
    if job.state in (State.CONFIRMED, State.IMPORTING):
        return job
    if job.state != State.READY:
        raise Refused("檔案還在檢查，請等候檢查完成。")
    if doing.day < Course.objects.get(case=case).ends_on:
        raise Refused("課程結束後才能匯入上課紀錄。")
    job.state, job.done, job.tries = State.CONFIRMED, 0, 0
    job.confirmed_at, job.confirmed_by, job.version = doing.at, doing.by, case.version
    job.save()
    _nudge(job)
    return job


def latest(case: Case) -> RosterJob | None:
    """The upload the page shows."""
    return RosterJob.objects.filter(case=case).order_by("-pk").first()


def _nudge(job: RosterJob) -> None:
    transaction.on_commit(lambda: send_task(TASK, job.pk), robust=True)


# --- what a worker does ------------------------------------------------------------------------------------------------------


def run(job_id: int, *, at: datetime) -> bool:
    """Check or import. False where there is nothing to do or another worker is at it."""
    with _alone(job_id) as mine:
        job = RosterJob.objects.select_related("case", "created_by").filter(pk=job_id).first()
        if not mine or job is None or not job.running:
            return False
        RosterJob.objects.filter(pk=job.pk).update(tries=job.tries + 1)
        if job.tries >= MOST_TRIES:
            _refuse(job, "檔案多次處理未能完成，請分批或重新存檔後再上傳。", at=at)
            return True
        checking = job.state in (State.QUEUED, State.CHECKING)
        try:
            (_check if checking else _import)(job, at)
        except (Refused, NotPermitted, NotAllowed) as error:
            _refuse(job, str(error), at=at)
        except Stale:
            _refuse(job, "案件在等候匯入時已有變動，請確認後重新上傳。", at=at)
        except Exception:  # the person waiting is told, whatever it was
            log.exception("roster_failed", job=job.pk)
            _refuse(job, "檔案處理失敗，請稍後再試；若仍失敗請洽承辦單位。", at=at)
        return True


def run_waiting(*, at: datetime, limit: int = 10) -> int:
    """Take up jobs nobody is working on; says how many."""
    keys = RosterJob.objects.filter(state__in=RosterJob.WORK).order_by("pk").values_list("pk", flat=True)
    return sum(run(key, at=at) for key in list(keys[:limit]))


def drop_old(*, at: datetime) -> int:
    """Uploads nobody confirmed for a week end; files and names of jobs finished as long ago go. Says how many."""
    dropped = 0
    old = RosterJob.objects.filter(state=State.READY, created_at__lte=at - KEPT)
    for key in list(old.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            if job := locking(old, skip=True).filter(pk=key).first():  # confirmed meanwhile, it is no longer among them
                _end(job, State.DROPPED, at=at)
                dropped += 1
    for job in RosterJob.objects.filter(finished_at__lte=at - KEPT, report__isnull=False):
        job.findings.delete(save=False)
        job.report = None
        job.save(update_fields=["report", "findings"])
        dropped += 1
    return dropped


@contextmanager
def _alone(job_id: int) -> Iterator[bool]:
    """Whether this connection is the one at work on the job. Held over several transactions, so that progress can be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, job_id])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, job_id])


def _check(job: RosterJob, at: datetime) -> None:
    judged = _judge(job, State.CHECKING, at)
    report = [report_of(one) for one in judged]
    ready = all(one.found.ok or one.found.again for one in judged)
    with transaction.atomic():
        job = locking(RosterJob.objects).get(pk=job.pk)
        if job.state != State.CHECKING:
            return  # another upload took its place meanwhile
        job.report, job.done, job.tries = {"files": report}, 100, 0
        if ready:
            job.state = State.READY
            job.save()
            return
        _keep_findings(job, judged)
        _end(job, State.REFUSED, at=at)


def _import(job: RosterJob, at: datetime) -> None:
    judged = _judge(job, State.IMPORTING, at)
    with transaction.atomic():
        by = job.confirmed_by or job.created_by
        added, _ = attending.enter(job.case, judged=judged, by=by, at=at, version=job.version)
        job = locking(RosterJob.objects).get(pk=job.pk)
        job.added, job.done = added, 100
        _end(job, State.DONE, at=at)
        text = f"已匯入 {added:,} 筆上課紀錄，等候核定時數。" if added else "這個檔案已經匯入過，沒有新增任何資料。"
        _tell(job, "上課紀錄已匯入", text, at=at)


def _judge(job: RosterJob, state: str, at: datetime) -> list[Judged]:
    RosterJob.objects.filter(pk=job.pk, state__in=RosterJob.WORK).update(state=state, done=0)
    files = []
    for one in job.files.select_related("field__course"):
        with one.file.open("rb") as kept:
            files.append((one.field, one.name, kept.read()))
    return attending.judge(files, on=taipei_day(at), law=law_in_force(), progress=_progress(job))


def _progress(job: RosterJob) -> Progress:
    """Writes how far it is, each step a transaction of its own; writing the rows is the rest."""

    def told(done: int) -> None:
        RosterJob.objects.filter(pk=job.pk).update(done=min(done, 95))

    return told


def _refuse(job: RosterJob, problem: str, *, at: datetime) -> None:
    with transaction.atomic():
        job = locking(RosterJob.objects).get(pk=job.pk)
        if not job.running:
            return
        job.problem = problem[:2000]
        _end(job, State.REFUSED, at=at)
        _tell(job, "上課紀錄未匯入", problem, at=at)


def _end(job: RosterJob, state: str, *, at: datetime) -> None:
    """The rosters themselves go: what entered stands in the register, and what did not is the institution's own file."""
    job.state, job.finished_at = state, at
    job.save()
    names = [one.file for one in job.files.exclude(file="")]
    job.files.update(file="")
    transaction.on_commit(lambda: [name.storage.delete(name.name) for name in names], robust=True)


def _tell(job: RosterJob, subject: str, body: str, *, at: datetime) -> None:
    notify(
        users=[job.created_by], code="vrs_credentials.roster", subject=f"{subject}：{job.case.number}", body=body,
        key=f"roster:{job.pk}:{job.state}", case=job.case, at=at, mail=False,
        link=reverse("vrs_credentials:attendance_import", args=[job.case.number]),
    )  # fmt: skip


# --- what was found ----------------------------------------------------------------------------------------------------------


def report_of(one: Judged) -> dict[str, Any]:
    """What the page shows of a file: the first rows that are wrong or bring no hours, else the first rows."""
    found = one.found
    wrong, noted = found.wrong, found.noted
    return {
        "label": one.target.label,
        "name": one.name,
        "rows": len(found.rows),
        "problem": found.problem,
        "again": found.again,
        "wrong": len(wrong),
        "wrong_rows": [[row.number, row.result["name"] or "", "；".join(row.errors)] for row in wrong[:SHOWN]],
        "noted": len(noted),
        "noted_rows": [[row.number, row.result["name"] or "", row.note] for row in noted[:SHOWN]],
        "sample": [
            [row.number, str(row.result["held_on"]), row.result["name"], str(row.result["hours"])]
            for row in found.rows[:SAMPLE]
            if not wrong
        ],
    }


def _keep_findings(job: RosterJob, judged: Sequence[Judged]) -> None:
    """Every wrong row with its reasons, without names or numbers of people: row numbers find them in the file."""
    rows = [[one.target.label, row.number, "；".join(row.errors)] for one in judged for row in one.found.wrong]
    if not rows:
        return
    with tempfile.TemporaryFile() as file:
        write("csv", file, title="檢查報告", header=["領域", "列", "原因"], rows=rows)
        file.seek(0)
        job.findings.save(f"{job.pk}.csv", File(file), save=False)
