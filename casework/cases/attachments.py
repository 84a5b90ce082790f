"""Uploaded papers: judged by content before they are kept."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import transaction

from accounts.errors import out_of_room
from accounts.models import User
from casework.cases.events import record
from casework.cases.moving import lock
from casework.errors import Refused
from casework.intake import Kind, Limits, Verdict, judge
from casework.models import Attachment, Case

log = structlog.get_logger(__name__)

NO_ROOM_LEFT = (
    "系統檔案儲存空間不足，這份文件沒有存入；您已填寫的資料不受影響。請稍後再上傳，若仍無法上傳，請洽承辦機關。"
)
EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}


@contextmanager
def _on_disk(upload: UploadedFile) -> Iterator[Path]:
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(upload.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(suffix=".upload") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def judged(upload: UploadedFile, limits: Limits, kind: Kind = "pdf", field: str = "file") -> Verdict:
    """The verdict on a file. Raises Refused at `field` with the reason when it is not acceptable."""
    with _on_disk(upload) as path:
        verdict = judge(path, kind=kind, limits=limits, clamd=settings.CLAMD_ADDRESS)
    if not verdict.ok:
        raise Refused(verdict.sentence, field=field)
    return verdict


def add_attachment(
    *,
    case: Case,
    field: str,
    label: str,
    upload: UploadedFile,
    by: User,
    at: datetime,
    limits: Limits | None = None,
    subject: str = "",
    attested: bool = False,
    details: Mapping[str, Any] | None = None,
    several: bool = False,
    form_field: str = "file",
    kind: Kind = "pdf",
) -> Attachment:
    """Judge and keep a paper. Unless `several`, an earlier paper of the same field and subject steps aside (it is kept).
    `kind` is what the field takes: pdf, image (JPEG, PNG), gif or odf.

    Who may is the caller's question. Raises Refused.
    """
    verdict = judged(upload, limits or Limits(), kind, field=form_field)
    with transaction.atomic():
        return keep_attachment(
            verdict,
            case=lock(case),
            field=field,
            label=label,
            upload=upload,
            by=by,
            at=at,
            subject=subject,
            attested=attested,
            details=details,
            several=several,
            form_field=form_field,
        )


@transaction.atomic
def keep_attachment(
    verdict: Verdict,
    *,
    case: Case,
    field: str,
    label: str,
    upload: UploadedFile,
    by: User,
    at: datetime,
    subject: str = "",
    attested: bool = False,
    details: Mapping[str, Any] | None = None,
    several: bool = False,
    form_field: str = "file",
) -> Attachment:
    """Keep a paper `judged` before, in a case this transaction holds: judging takes seconds, and the case may have been filed
    meanwhile.
    """
    if not several:
        case.attachments.filter(field=field, subject=subject, removed_at=None).update(removed_at=at)
    attachment = Attachment(
        case=case,
        field=field,
        subject=subject,
        label=label,
        original_name=Path(upload.name or "").name[-200:],
        media_type=verdict.media_type,
        size=verdict.size,
        sha256=verdict.sha256,
        pages=verdict.pages or 0,
        extension=EXTENSIONS.get(verdict.media_type, "pdf"),
        state=Attachment.State.CLEAN,
        verdict=verdict.sentence,
        uploaded_at=at,
        uploaded_by=by,
        attested_at=at if attested else None,
        details=dict(details or {}),
    )
    upload.seek(0)
    kept = ContentFile(upload.read(verdict.size)) if verdict.size < (upload.size or 0) else upload
    try:
        attachment.file.save(attachment.original_name, kept, save=False)
    except OSError as error:
        if not out_of_room(error):
            raise
        log.error("store_full", error=str(error))
        raise Refused(NO_ROOM_LEFT, field=form_field) from error
    attachment.save()
    record(
        case,
        "attachment.added",
        f"上傳文件：{label}",
        by=by,
        at=at,
        changes=[{"label": label, "before": "", "after": f"{attachment.original_name}（{attachment.pages} 頁）"}],
    )
    return attachment


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: User, at: datetime, case: Case | None = None) -> None:
    """Take a paper out of the filing; row and bytes stay. `case`: as this transaction holds it."""
    case = case or lock(attachment.case)
    if case.attachments.filter(pk=attachment.pk, removed_at=None).update(removed_at=at):
        record(case, "attachment.removed", f"移除文件：{attachment.label}", by=by, at=at)


@transaction.atomic
def confirm_copy(
    attachment: Attachment, *, by: User, at: datetime, version: int | None = None, clause: str = ""
) -> None:
    """The officer confirms 「與正本相符」 on one paper. Who may is the caller's question."""
    case = lock(attachment.case, version=version)
    rows = case.attachments.filter(pk=attachment.pk, removed_at=None, confirmed_at=None)
    if not attachment.attested_at:
        raise Refused(f"「{attachment.label}」申請單位尚未聲明與正本相符。")
    if rows.update(confirmed_at=at, confirmed_by=by):
        record(
            case,
            "attachment.confirmed",
            f"確認與正本相符：{attachment.label}",
            by=by,
            at=at,
            clause=clause,
            internal=True,
        )


def current(case: Case) -> list[Attachment]:
    """The papers that stand."""
    return list(case.attachments.filter(removed_at=None).select_related("uploaded_by", "confirmed_by"))
