"""Notes of the office and messages between office and applicant."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import holders
from accounts.roles import Side, right
from casework.cases.casetypes import casetype
from casework.cases.events import record
from casework.cases.moving import lock
from casework.cases.recusal import why_recused
from casework.errors import Refused
from casework.models import Case, Message
from casework.models.notice import page
from casework.notices.telling import tell, tell_applicant

#: What happened, as either side reads it in the history.
_DONE = {
    Message.Kind.NOTE: "內部註記",
    Message.Kind.TO_APPLICANT: "承辦機關傳送訊息",
    Message.Kind.TO_OFFICE: "申請人傳送訊息",
}


@transaction.atomic
def write(case: Case, *, kind: Message.Kind, body: str, by: User, at: datetime) -> Message:
    """Who may write which kind is the view's question (the side on which the person sees the case)."""
    if not body.strip():
        raise Refused("請填寫內容。", field="body")
    case = lock(case)
    if kind != Message.Kind.TO_OFFICE and (why := why_recused(by, case)):
        raise Refused(why, field="body")
    if kind == Message.Kind.TO_OFFICE and not casetype(case.kind).open_messages(case):
        raise Refused("本案陳情人身分保密，訊息會顯示姓名，請改用案件頁所列的動作補充說明。", field="body")
    message = Message.objects.create(case=case, kind=kind, body=body.strip(), at=at, by=by)
    record(
        case,
        f"message.{kind}",
        _DONE[kind],
        by=by,
        at=at,
        internal=kind == Message.Kind.NOTE,
        reason=body.strip(),
    )
    if kind == Message.Kind.TO_APPLICANT:
        tell_applicant(
            case, "casework.message", "承辦機關給您的訊息", message.body, right=_sight(case, Side.APPLICANT), at=at
        )
    elif kind == Message.Kind.TO_OFFICE:
        people = [case.assignee] if case.assignee else holders(_sight(case, Side.OFFICE), case.office)
        link = page("admin:case#messages", case.number)
        tell(
            people, case, "casework.message", f"申請人的訊息：{case.number}", message.body, at=at, link=link, mail=False
        )
    return message


def _sight(case: Case, side: Side) -> str:
    """The right by which this side sees the case; none where a person applies for themselves."""
    return next((code for code in casetype(case.kind).view_rights if right(code).side is side), "")
