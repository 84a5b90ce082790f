"""Lists written to a sheet in the background 匯出. The request is logged; the file is private to who asked.

A scheme says what the rows of a list are; the exporter asks again who may see what, as of the moment it runs. A job lost with its
worker stays in the table: its row is not locked any more, and `run_waiting` takes it up.
"""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

import structlog
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet

from accounts.locks import locking
from accounts.models import AccessLog, User
from accounts.services.access import record_access
from casework.errors import Refused
from casework.models import ExportJob
from casework.models.notice import page
from casework.notices.outbox import notify, send_task
from casework.sheets.writing import LABELS, write
from kernel.registry import Registry

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Exporter:
    """A list by its name in links and logs. `rows(user, query string)`: the header, and the rows that user may see, best read
    from the database by `iterator()`.
    """

    page: str
    rows: Callable[[User, str], tuple[list[str], Iterable[list[object]]]]


KEPT = timedelta(days=settings.RETENTION_DAYS["exports"])
AT_ONCE = 5
EXPORTERS: Registry[Exporter] = Registry("exporter", attrgetter("page"))


@transaction.atomic
def request_export(
    *, user: User, page: str, title: str, query: str, format: str, at: datetime, reason: str = ""
) -> ExportJob:
    """Queue a list; the file follows with a notice. `reason` is asked where identifiers may be in it. Raises Refused."""
    if page not in EXPORTERS:
        raise Refused("這個清單不提供匯出。")
    if format not in LABELS:
        raise Refused("請選擇匯出格式：ODS、XLSX 或 CSV。", field="format")
    if len(query) > (ExportJob._meta.get_field("query").max_length or 0):
        raise Refused("篩選條件太長，請減少條件後再匯出。")
    locking(User.objects).only("pk").get(pk=user.pk)
    if user.exports.filter(state__in=(ExportJob.State.QUEUED, ExportJob.State.RUNNING)).count() >= AT_ONCE:
        raise Refused(f"您已有 {AT_ONCE} 份清單正在產製，請等候完成後再匯出。")
    job = ExportJob.objects.create(user=user, page=page, title=title[:120], query=query, format=format, created_at=at)
    record_access(AccessLog.Action.EXPORT, at=at, user=user, subject=f"{title}（{format.upper()}）", reason=reason)
    transaction.on_commit(lambda: send_task("casework.tasks.run_export", job.pk), robust=True)
    return job


def run_export(job_id: int, *, at: datetime) -> bool:
    """Write the list. False where it is done already or another worker holds it.

    First 「產製中」 for the page to show, then the work under the row's lock: the lock, not the state, says that somebody is
    at it, and goes with the worker.
    """
    waiting = (ExportJob.State.QUEUED, ExportJob.State.RUNNING)
    ExportJob.objects.filter(pk=job_id, state=ExportJob.State.QUEUED).update(state=ExportJob.State.RUNNING)
    with transaction.atomic():
        rows = locking(ExportJob.objects, skip=True).select_related("user")
        job = rows.filter(pk=job_id, state__in=waiting).first()
        if job is None:
            return False
        try:
            with transaction.atomic():
                _write(job)
        except Exception as error:  # the person waiting is told, whatever it was
            log.exception("export_failed", job=job.pk, page=job.page)
            job.state = ExportJob.State.FAILED
            job.error = (
                error.message if isinstance(error, Refused) else "清單產製失敗，請稍後再試；若仍失敗請洽系統管理者。"
            )
        else:
            job.state = ExportJob.State.DONE
        job.finished_at = at
        job.save()
        _tell(job, at)
    return True


def _write(job: ExportJob) -> None:
    if not job.user.is_active:
        raise Refused("帳號已停用，不予匯出。")
    if job.page not in EXPORTERS:
        raise Refused("這個清單不提供匯出。")
    header, rows = EXPORTERS[job.page].rows(job.user, job.query)
    with tempfile.TemporaryFile() as file:
        job.rows = write(job.format, file, title=job.title, header=header, rows=rows)
        file.seek(0)
        job.file.save(f"{job.pk}.{job.format}", File(file), save=False)


def _tell(job: ExportJob, at: datetime) -> None:
    if job.state == ExportJob.State.DONE:
        subject, body = f"清單已完成：{job.title}", f"「{job.title}」共 {job.rows:,} 筆，請於 {KEPT.days} 日內下載。"
    else:
        subject, body = f"清單未能完成：{job.title}", job.error
    notify(
        users=[job.user],
        code="export",
        subject=subject,
        body=body,
        key=f"export:{job.pk}",
        link=page("casework:exports"),
        at=at,
        mail=False,
    )


def run_waiting(*, at: datetime, limit: int = 10) -> int:
    """Take up jobs nobody is working on; says how many were written."""
    waiting = ExportJob.objects.filter(state__in=(ExportJob.State.QUEUED, ExportJob.State.RUNNING))
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(run_export(key, at=at) for key in keys)


def drop_files(jobs: QuerySet[ExportJob]) -> int:
    """Delete the files of lists; the rows stay as the record. Says how many."""
    dropped = 0
    for job in jobs.iterator():
        job.file.delete(save=True)
        dropped += 1
    return dropped
