"""Papers of an application (VRS-02): several files for one field become one PDF; a pledge signed electronically is refused."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from accounts.models import User
from casework.cases import attachments
from casework.cases.doing import Doing, perform
from casework.errors import Refused
from casework.intake import Kind, Limits, Verdict
from casework.law.in_force import law_in_force
from casework.models import Attachment, Case
from kernel.dates import taipei_day
from kernel.law import Law
from vrs_credentials.rules import papers


def merged(uploads: Sequence[UploadedFile], limits: Limits, form_field: str = "files") -> UploadedFile:
    """One PDF in the order given. Each is judged before it is opened."""
    if len(uploads) == 1:
        return uploads[0]
    whole = pikepdf.new()
    for upload in uploads:
        attachments.judged(upload, limits, field=form_field)
        upload.seek(0)
        with pikepdf.open(io.BytesIO(upload.read()), attempt_recovery=False) as part:
            whole.pages.extend(part.pages)
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    name = f"{Path(uploads[0].name or '文件').stem[:80]}等{len(uploads)}件.pdf"
    return SimpleUploadedFile(name, out.getvalue(), content_type="application/pdf")


def signed_electronically(upload: UploadedFile) -> bool:
    """Whether the PDF carries a filled signature field (電子簽章)."""
    upload.seek(0)
    try:
        with pikepdf.open(io.BytesIO(upload.read()), attempt_recovery=False) as opened:
            form = opened.Root.get("/AcroForm")
            fields = list(form.get("/Fields", [])) if form is not None else []
            return any(one.get("/FT") == "/Sig" and "/V" in one for one in fields)
    except pikepdf.PdfError:
        return False  # the intake's judgement says what is wrong with it
    finally:
        upload.seek(0)


def add_paper(
    case: Case,
    *,
    code: str,
    label: str,
    uploads: Sequence[UploadedFile],
    by: User,
    at: datetime,
    field: papers.Field = "document",
    subject: str = "",
    by_hand: bool = False,
    version: int | None = None,
    form_field: str = "files",
) -> Attachment:
    """Judge the paper of one field, then keep it. Raises Refused at the field with the rule's sentence."""
    if not uploads:
        raise Refused("請選擇檔案。", field=form_field)
    law, on = law_in_force(), taipei_day(at)
    try:
        upload = merged(uploads, Limits(max_bytes=law.at(papers.FIGURES[field][1], on).value), form_field)
    except pikepdf.PdfError as error:
        raise Refused("這些檔案無法合併，請先自行合併成一份 PDF 再上傳。", field=form_field) from error
    verdict = judged_for(field, upload, on=on, law=law, form_field=form_field, by_hand=by_hand)
    kept: Attachment = perform(
        case, "add_paper", by=by, at=at, version=version, verdict=verdict, upload=upload, field=code, label=label,
        subject=subject, form_field=form_field,
    ).answer  # fmt: skip
    return kept


def keep_paper(
    doing: Doing, *, verdict: Verdict, upload: UploadedFile, field: str, label: str, form_field: str, subject: str = ""
) -> Attachment:
    """Keep a paper that was judged; whether the case may still be changed is asked only now."""
    return attachments.keep_attachment(
        verdict, case=doing.case, field=field, subject=subject, label=label, upload=upload, by=doing.by, at=doing.at,
        attested=True, form_field=form_field,
    )  # fmt: skip


#: First bytes → what a field calls such a file, and who judges it.
_HEADS: tuple[tuple[bytes, str, Kind], ...] = (
    (b"\xff\xd8\xff", "jpg", "image"),
    (b"GIF8", "gif", "gif"),
    (b"PK\x03\x04", "odt", "odf"),
)


def judged_for(
    field: papers.Field, upload: UploadedFile, *, on: date, law: Law, form_field: str, by_hand: bool = False
) -> Verdict:
    """The verdict on a file of a field, by what its content is (VRS-02). Raises Refused at `form_field`.

    Nothing of the file is opened here before the confined judge has passed it.
    """
    kinds, limit = (law.at(code, on).value for code in papers.FIGURES[field])
    upload.seek(0)
    head = upload.read(8)
    upload.seek(0)
    judge = next((one for start, kind, one in _HEADS if head.startswith(start) and kind in kinds), "pdf")
    verdict = attachments.judged(upload, Limits(max_bytes=limit), judge, field=form_field)
    facts = papers.FileFacts(
        field=field,
        kind=attachments.EXTENSIONS[verdict.media_type],
        size=verdict.size,
        signed_by_hand=by_hand and not signed_electronically(upload) if field == "pledge" else None,
    )
    outcome = papers.file_accepted(facts, on=on, law=law)
    if not outcome.met:
        raise Refused(outcome.sentence, field=form_field, outcomes=[outcome])
    return verdict


def remove_paper(doing: Doing, *, attachment: Attachment) -> None:
    """Take a paper out of the application."""
    if attachment.case_id != doing.case.pk:
        raise Refused("這份文件不屬於本案。")
    attachments.remove_attachment(attachment, case=doing.case, by=doing.by, at=doing.at)
