"""Notes of the office and messages between office and applicant."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from casework.casetypes import casetype
from casework.errors import Refused
from casework.models import Case, Message
from casework.services.cases import lock
from casework.services.events import record


@transaction.atomic
def write(case: Case, *, kind: Message.Kind, body: str, by: User, at: datetime) -> Message:
    """Who may write which kind is the view's question (the side on which the person sees the case)."""
    if not body.strip():
        raise Refused("請填寫內容。", field="body")
    case = lock(case)
    if kind == Message.Kind.TO_OFFICE and not casetype(case.kind).open_messages(case):
        raise Refused("本案陳情人身分保密，訊息會顯示姓名，請改用案件頁所列的動作補充說明。", field="body")
    message = Message.objects.create(case=case, kind=kind, body=body.strip(), at=at, by=by)
    record(
        case,
        f"message.{kind}",
        Message.Kind(kind).label,
        by=by,
        at=at,
        internal=kind == Message.Kind.NOTE,
        reason=body.strip(),
    )
    return message
