"""Telling people 通知. The rows are the outbox: written with the act, mailed afterwards, kept in the inbox for good.

`notify` runs in the act's transaction. Its unique key makes the same cause tell once, whoever asks how often. The message to
the worker sent on commit is a nudge only: with the broker stopped the next beat finds the rows.
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from celery import current_app
from django.db import connection, transaction

from accounts.locks import locking
from accounts.models import User
from accounts.rights import can, can_anywhere
from accounts.roles import Side, right
from casework.cases.casetypes import casetype
from casework.cases.events import record
from casework.cases.moving import lock
from casework.errors import NotPermitted, Refused
from casework.models import Case, MailChoice, Notice
from casework.notices.kinds import How, kind_of_notice
from casework.rights import WATCH

log = structlog.get_logger(__name__)

#: After the broker did not answer it is left alone for so long, so that no page waits for it again.
REST_SECONDS = 10.0
_rest_until = 0.0
KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One notice to be: to whom, about what, under which key."""

    user: User
    subject: str
    body: str
    key: str
    case: Case | None = None
    link: str = ""
    #: No log of mails names the person. Words, key and link must not lead to them either.
    confidential: bool = False


def notify(
    *,
    users: Iterable[User],
    code: str,
    subject: str,
    body: str,
    key: str,
    case: Case | None = None,
    link: str = "",
    at: datetime,
    mail: bool = True,
    confidential: bool = False,
) -> list[Notice]:
    """Tell each user once per `key` (`return:OA-115-000123:4`). Returns the notices written now; those already told are not
    among them. Closed users are told too: that their account is closed, for one.
    """
    told = [Told(user, subject, body, key, case, link, confidential) for user in users]
    return notify_each(told, code=code, at=at, mail=mail)


@transaction.atomic
def notify_each(told: Sequence[Told], *, code: str, at: datetime, mail: bool = True) -> list[Notice]:
    """Different words for different people in one statement: what a deadline handler calls with its list."""
    if not told:
        return []
    chosen = choices_of((one.user.pk for one in told), code) if mail else {}
    rows = {
        notice.key: notice
        for notice in (
            _notice(one, code, at, chosen.get(one.user.pk, How.AT_ONCE) if mail else How.NONE) for one in told
        )
    }
    columns = [field for field in Notice._meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    arrays = ", ".join(f"%s::{str(field.db_type(connection)).split('(')[0]}[]" for field in columns)
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows.values()] for field in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO casework_notice ({names}) SELECT * FROM unnest({arrays}) "  # noqa: S608 - names of columns
            "ON CONFLICT (key) DO NOTHING RETURNING key, id",
            values,
        )
        written = dict(cursor.fetchall())
    fresh = []
    for key, notice in rows.items():
        if key in written:
            notice.pk, notice._state.adding = written[key], False
            fresh.append(notice)
    if any(notice.mail_state == Notice.Mail.QUEUED for notice in fresh):
        nudge_on_commit()
    return fresh


_STATES = {How.AT_ONCE: Notice.Mail.QUEUED, How.DAILY: Notice.Mail.DAILY, How.NONE: Notice.Mail.NONE}


def choices_of(users: Iterable[int], code: str) -> dict[int, How]:
    """Those of `users` who chose for notices of `code`; one query, and none where there is nothing to choose."""
    kind = kind_of_notice(code)
    if len(kind.choices) < 2:
        return {}
    rows = MailChoice.objects.filter(user__in=set(users), kind=kind.code)
    return {one.user_id: How(one.how) for one in rows if one.how in kind.choices}


def _notice(told: Told, code: str, at: datetime, how: How) -> Notice:
    key = f"{told.key}:{told.user.pk}"
    if len(key) > KEY_LENGTH:
        key = f"{key[:120]}:{hashlib.sha256(key.encode()).hexdigest()}"
    state, error = _STATES[how], ""
    if how is not How.NONE and not told.user.email:
        state, error = Notice.Mail.REFUSED, "收件人沒有電子郵件信箱"
    return Notice(
        key=key,
        user=told.user,
        case=told.case,
        code=code,
        subject=" ".join(told.subject.split())[:200],
        body=told.body,
        link=told.link,
        confidential=told.confidential,
        created_at=at,
        mail_state=state,
        mail_to="" if how is How.NONE else told.user.email,
        next_try_at=at,
        error=error,
    )


# --- nudging the sender ----------------------------------------------------------------------------------------------


def nudge_on_commit() -> None:
    """Wake the sender once this transaction is committed; asked several times in one transaction it wakes once."""
    if not any(function is _nudge for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    send_task("casework.tasks.deliver_notices")


def send_task(name: str, *args: object) -> bool:
    """Hand a task to the broker if it answers at once. What it is about is in the database, so False loses nothing."""
    global _rest_until
    if time.monotonic() < _rest_until:
        return False
    try:
        current_app.send_task(name, args=args, retry=False, ignore_result=True)
    except Exception as error:  # the broker's and its transport's own exceptions are many, and none may reach the page
        _rest_until = time.monotonic() + REST_SECONDS
        log.warning("broker_away", task=name, error=type(error).__name__)
        return False
    return True


# --- what a person does with a notice --------------------------------------------------------------------------------


@transaction.atomic
def mark_read(notice: Notice, *, by: User, at: datetime) -> None:
    """The addressee opened it; the first time counts."""
    Notice.objects.filter(pk=notice.pk, user=by, read_at=None).update(read_at=at)


@transaction.atomic
def mark_all_read(*, by: User, at: datetime) -> int:
    return Notice.objects.filter(user=by, read_at=None).update(read_at=at)


@transaction.atomic
def resend(notice: Notice, *, by: User, at: datetime) -> Notice:
    """Mail once more, to the address the person has now. Leaves an internal event on the case.

    For who watches the mail, and for the office that handles the case. Raises NotPermitted, Refused.
    """
    # The case before the notice, as acts lock.
    case = lock(notice.case_id) if notice.case_id is not None else None
    if not (can_anywhere(by, WATCH) or (case is not None and _handles(by, case))):
        raise NotPermitted("您沒有重寄通知的權限。")
    row = locking(Notice.objects).select_related("user").get(pk=notice.pk)
    if row.mail_state == Notice.Mail.NONE:
        raise Refused("這則通知僅在站內顯示，不寄送電子郵件。")
    if row.mail_state == Notice.Mail.QUEUED:
        raise Refused("這封郵件已在待寄清單中，不必重寄。")
    if not row.user.email:
        raise Refused("收件人沒有電子郵件信箱，請先補登信箱。")
    row.mail_state, row.mail_to = Notice.Mail.QUEUED, row.user.email
    row.tries, row.error, row.next_try_at = 0, "", at
    row.save(update_fields=["mail_state", "mail_to", "tries", "error", "next_try_at"])
    if case is not None:
        label = f"重寄通知「{row.subject}」"
        record(case, "notice_resent", label[:200], by=by, at=at, internal=True)
    nudge_on_commit()
    return row


def _handles(user: User, case: Case) -> bool:
    office_rights = (code for code in casetype(case.kind).view_rights if right(code).side is Side.OFFICE)
    return any(can(user, code, case) for code in office_rights)
