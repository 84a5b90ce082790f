"""What must agree and might not: rows with rows, rows with files, and jobs with the clock. Reads only.

Every function yields sentences that name the offender; memory stays flat however many rows there are.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

from casework.cases.casetypes import all_casetypes, casetype
from casework.deadlines import handlers
from casework.deadlines.keeping import owed
from casework.models import Attachment, Case, Deadline, Document, ExportJob, Notice, Reminder
from kernel.dates import roc, taipei_day

CHUNK = 500
#: Jobs run every day or oftener; what is this late is not late but forgotten.
FORGOTTEN = timedelta(days=2)
STUCK = timedelta(hours=12)


def contradictions(*, at: datetime) -> Iterator[str]:
    yield from cases_in_their_states()
    yield from cases_with_their_days()
    yield from deadlines_with_their_owners()
    yield from deadlines_forgotten(at=at)
    yield from documents_with_their_files()
    yield from attachments_with_their_files()
    yield from notices_stuck(at=at)
    yield from exports_stuck(at=at)
    for about in all_casetypes():
        yield from about.consistency()


# --- cases -----------------------------------------------------------------------------------------------------------


def cases_in_their_states() -> Iterator[str]:
    """The state is one of the kind's table, and whose turn it is follows from it."""
    kinds = {about.kind for about in all_casetypes()}
    for case in Case.objects.exclude(kind__in=kinds).only("number", "kind").iterator(CHUNK):
        yield f"案件 {case.number} 的種類「{case.kind}」不存在"
    for kind in sorted(kinds):
        states = {state.code: state for state in casetype(kind).table.states}
        for case in Case.objects.filter(kind=kind).exclude(state__in=states).only("number", "state").iterator(CHUNK):
            yield f"案件 {case.number} 的狀態「{case.state}」不存在"
        for state in states.values():
            wrong = Case.objects.filter(kind=kind, state=state.code).exclude(turn=state.turn.value)
            for case in wrong.only("number", "turn").iterator(CHUNK):
                yield f"案件 {case.number} 狀態為「{state.label}」，應由 {state.turn.value} 辦理，記為 {case.turn}"


def cases_with_their_days() -> Iterator[str]:
    """`Case.due_on` is the earliest day still owed."""
    earliest = (
        Deadline.objects.filter(owed(), case=OuterRef("pk"))
        .order_by()
        .values("case")
        .annotate(day=Min("due_on"))
        .values("day")
    )
    # Written out, because a comparison with a missing day is neither true nor false.
    differs = (
        Q(due_on__lt=F("owed_on"))
        | Q(due_on__gt=F("owed_on"))
        | Q(due_on=None, owed_on__isnull=False)
        | Q(due_on__isnull=False, owed_on=None)
    )
    wrong = Case.objects.annotate(owed_on=Subquery(earliest)).filter(differs)
    for case in wrong.only("number", "due_on").iterator(CHUNK):
        yield f"案件 {case.number} 的期限記為 {_day(case.due_on)}，應為 {_day(case.owed_on)}"


def _day(day: object) -> str:
    return roc(day) if day else "無"  # type: ignore[arg-type]


# --- deadlines -------------------------------------------------------------------------------------------------------


def deadlines_with_their_owners() -> Iterator[str]:
    """A deadline of a thing needs the thing; every code in use needs a handler."""
    open_ = Deadline.objects.filter(met_at=None, lapsed_at=None, withdrawn_at=None)
    for kind in open_.exclude(thing_id=None).order_by("thing_kind").values_list("thing_kind", flat=True).distinct():
        rows: QuerySet[Deadline] = open_.filter(thing_kind=kind)
        with suppress(LookupError):  # the table may be gone, with every thing in it
            rows = rows.exclude(thing_id__in=apps.get_model(kind)._base_manager.values("pk"))
        for one in rows.only("pk", "thing_kind", "thing_id", "label").iterator(CHUNK):
            yield f"期限 {one.pk}「{one.label}」所屬的 {one.thing_kind} {one.thing_id} 不存在"
    for code in open_.order_by("code").values_list("code", flat=True).distinct():
        if code not in handlers.HANDLERS:
            yield f"期限種類「{code}」沒有處理程式"
    # Closing a deadline takes its unsent reminders along.
    left = Reminder.objects.filter(done_at=None).exclude(deadline__in=open_.values("pk"))
    for reminder in left.select_related("deadline").iterator(CHUNK):
        yield f"期限 {reminder.deadline_id}「{reminder.deadline.label}」已結束，仍有 {roc(reminder.on)} 的提醒"


def deadlines_forgotten(*, at: datetime) -> Iterator[str]:
    """The sweep has not come by, or its handler keeps failing."""
    since = taipei_day(at - FORGOTTEN)
    late = Deadline.objects.filter(met_at=None, lapsed_at=None, withdrawn_at=None, due_on__lt=since)
    for one in late.order_by("due_on", "pk").iterator(CHUNK):
        yield f"期限 {one.pk}「{one.label}」{roc(one.due_on)} 已過，排程尚未處理"


# --- files -----------------------------------------------------------------------------------------------------------


def _digest(name: str) -> str | None:
    """sha256 of a stored file, read in pieces; None where there is no such file."""
    digest = hashlib.sha256()
    try:
        with default_storage.open(name, "rb") as file:
            for chunk in file.chunks():
                digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def documents_with_their_files() -> Iterator[str]:
    """An issued paper is the bytes that were issued. One never opened yet has no bytes: they are made from its context."""
    for one in Document.objects.exclude(file="").only("number", "file", "sha256").order_by("pk").iterator(CHUNK):
        digest = _digest(str(one.file.name))
        if digest is None:
            yield f"文件 {one.number} 的檔案不存在"
        elif digest != one.sha256:
            yield f"文件 {one.number} 的檔案內容與製發時不符"


def attachments_with_their_files() -> Iterator[str]:
    """A paper somebody handed in is there, unchanged; one that was removed or refused may be gone."""
    kept = Attachment.objects.exclude(file="").filter(removed_at=None).select_related("case")
    for one in kept.order_by("pk").iterator(CHUNK):
        digest = _digest(str(one.file.name))
        if digest is None:
            yield f"案件 {one.case.number} 的附件「{one.label}」（{one.pk}）檔案不存在"
        elif digest != one.sha256:
            yield f"案件 {one.case.number} 的附件「{one.label}」（{one.pk}）檔案內容與上傳時不符"


# --- jobs ------------------------------------------------------------------------------------------------------------


def notices_stuck(*, at: datetime) -> Iterator[str]:
    """Mail that should have been tried long ago: nobody delivers."""
    stuck = Notice.objects.filter(mail_state=Notice.Mail.QUEUED, next_try_at__lte=at - STUCK)
    for one in stuck.order_by("pk").only("pk", "subject", "next_try_at").iterator(CHUNK):
        yield f"通知 {one.pk}「{one.subject}」應於 {roc(taipei_day(one.next_try_at))} 寄送，仍在待寄清單"


def exports_stuck(*, at: datetime) -> Iterator[str]:
    waiting = (ExportJob.State.QUEUED, ExportJob.State.RUNNING)
    for one in ExportJob.objects.filter(state__in=waiting, created_at__lte=at - STUCK).iterator(CHUNK):
        yield f"匯出 {one.pk}「{one.title}」自 {roc(taipei_day(one.created_at))} 起未完成"
