"""What one case page reads, each part in one query."""

from django.db.models import Prefetch, Q, QuerySet

from casework.cases.access import CaseRights
from casework.models import (
    Attachment,
    Case,
    CorrectionItem,
    CorrectionRequest,
    Deadline,
    Document,
    Event,
    Message,
    Notice,
)


def events(case: Case, *, internal: bool) -> QuerySet[Event]:
    """The timeline, newest first; `internal=False` is the applicant's."""
    rows = case.events.order_by("-seq")
    return rows if internal else rows.filter(internal=False)


def office_events(rights: CaseRights) -> QuerySet[Event]:
    """The timeline of the office's side. A guest of the office reads in it neither notes nor messages, unless their own."""
    rows = events(rights.case, internal=True)
    if rights.of_office():
        return rows
    return rows.filter(Q(internal=False) & ~Q(code__startswith="message.") | Q(by=rights.user))


def events_since(rows: QuerySet[Event], case: Case, version: int) -> QuerySet[Event]:
    """Of these, what happened after a page was drawn from `version`: each event makes the next version."""
    return rows.filter(seq__gt=case.events_count - (case.version - version))


def papers(case: Case) -> QuerySet[Attachment]:
    """The papers that stand, in the order of the checklist."""
    rows = case.attachments.filter(removed_at=None).select_related("uploaded_by", "confirmed_by")
    return rows.defer("uploaded_by__national_id", "confirmed_by__national_id").order_by(
        "field", "subject", "uploaded_at"
    )


def corrections(case: Case) -> QuerySet[CorrectionRequest]:
    items = CorrectionItem.objects.select_related("answered_by").defer("answered_by__national_id")
    rows = case.correction_requests.select_related("opened_by").defer("opened_by__national_id")
    return rows.prefetch_related(Prefetch("items", items)).order_by("-opened_at")


def messages(case: Case, *, internal: bool) -> QuerySet[Message]:
    rows = case.messages.select_related("by").defer("by__national_id")
    return rows if internal else rows.exclude(kind=Message.Kind.NOTE)


def deadlines(case: Case) -> QuerySet[Deadline]:
    """Open ones first, by day; withdrawn ones are history and stay in the timeline."""
    return case.deadlines.filter(withdrawn_at=None).order_by("due_on", "pk")


def notices(case: Case) -> QuerySet[Notice]:
    return case.notices.select_related("user").defer("user__national_id").order_by("-created_at", "-pk")[:50]


def documents(case: Case) -> QuerySet[Document]:
    return case.documents.defer("context").order_by("-issued_at", "-pk")


def document(number: str) -> Document:
    return Document.objects.select_related("case").defer("context").get(number=number)


def checked_document(number: str, code: str) -> Document | None:
    """The paper behind a number and its check code; None alike for a wrong number and a wrong code."""
    return Document.objects.defer("context").filter(number=number, check_code=code).first()


def unread(user_id: int) -> int:
    return Notice.objects.filter(user_id=user_id, read_at=None).count()


def inbox(user_id: int) -> QuerySet[Notice]:
    """The daily letter repeats what stands here."""
    rows = Notice.objects.filter(user_id=user_id).exclude(code="casework.digest")
    return rows.select_related("case").order_by("-created_at", "-pk")
