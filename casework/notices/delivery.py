"""Mailing the outbox. One notice, one short transaction: a sender killed at work repeats at most the mail in its hands.

The row stays locked (SKIP LOCKED for the others) from before the mail is handed over until it is marked, so two senders never
take the same one. A repeated mail carries the same Message-ID, by which mail systems know it again.
"""

import smtplib
from datetime import datetime, timedelta
from email.errors import MessageError

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from accounts.locks import locking
from accounts.models import Organisation
from casework.models import Notice

log = structlog.get_logger(__name__)

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
#: With the waits above this is about two days and a half; then the mail counts as refused.
MOST_TRIES = 18

FOOTER = "本郵件由系統自動寄出，請勿直接回覆。"


class _Permanent(Exception):
    """The mail system said no for good; the message is what the mail log shows."""


class _Temporary(Exception):
    """The mail system said not now to this one mail."""


class _ServerAway(Exception):
    """The mail server does not answer or does not let us in: no use to go on with the next one."""


def deliver_due(*, at: datetime, limit: int = 100) -> int:
    """Mail up to `limit` notices whose time has come; says how many were sent. Temporary errors are tried again later."""
    sent = 0
    mailer = get_connection()
    try:
        for _ in range(limit):
            outcome = _deliver_one(mailer, at)
            if outcome is None:
                break
            sent += outcome
    except _ServerAway as error:
        log.warning("mail_server_away", error=str(error))
    finally:
        try:
            mailer.close()
        except (OSError, smtplib.SMTPException) as error:
            log.info("mail_connection_lost", error=str(error))
    return sent


def _deliver_one(mailer: BaseEmailBackend, at: datetime) -> bool | None:
    """True: sent; False: not; None: nothing left to do. Raises _ServerAway with the row's next try already committed."""
    away: _ServerAway | None = None
    with transaction.atomic():
        notice = (
            locking(Notice.objects, skip=True)
            .filter(mail_state=Notice.Mail.QUEUED, next_try_at__lte=at)
            .order_by("next_try_at", "pk")
            .first()
        )
        if notice is None:
            return None
        try:
            _send(mailer, notice)
        except _Permanent as error:
            notice.mail_state, notice.error = Notice.Mail.REFUSED, str(error)[:300]
        except _ServerAway as error:
            away = error
            _later(notice, str(error), at)
        except _Temporary as error:
            _later(notice, str(error), at)
        except Exception as error:  # whatever it was, one mail that cannot be sent keeps no other from being sent
            _later(notice, f"{type(error).__name__}: {error}", at)
            log.exception("mail_failed", notice=notice.pk)
        else:
            notice.mail_state, notice.sent_at, notice.error = Notice.Mail.SENT, at, ""
        notice.tries += 1
        notice.save(update_fields=["mail_state", "sent_at", "error", "tries", "next_try_at"])
    if away is not None:
        raise away
    return notice.mail_state == Notice.Mail.SENT


def _later(notice: Notice, error: str, at: datetime) -> None:
    notice.error = error[:300]
    if notice.tries + 1 >= MOST_TRIES:
        notice.mail_state = Notice.Mail.REFUSED
        return
    notice.next_try_at = at + min(FIRST_WAIT * 2 ** min(notice.tries, 20), LONGEST_WAIT)


def _send(mailer: BaseEmailBackend, notice: Notice) -> None:
    try:
        if not message(notice, mailer).send():
            raise _Permanent("沒有收件人")
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()), (550, b""))
        raise _by_code(code, text) from error
    except smtplib.SMTPDataError as error:
        raise _by_code(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _Permanent(f"{type(error).__name__}: {error}") from error
    except OSError as error:
        # No connection, no TLS, no sign-in, our own sender refused (SMTPException is an OSError, and so is an expired
        # certificate, which is a ValueError too): nothing of this is the addressee's doing.
        raise _ServerAway(f"{type(error).__name__}: {error}") from error
    except (MessageError, ValueError) as error:
        # An address or a subject no mail can be made of.
        raise _Permanent(f"{type(error).__name__}: {error}") from error


def _by_code(code: int, text: bytes | str) -> Exception:
    said = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}".strip()
    return _Permanent(said) if code >= 500 else _Temporary(said)


def _office_lines(office: Organisation) -> str:
    """Who handles it and how they are reached: the letter is often all that a person has at hand."""
    return f"承辦機關：{office.name}" + (f"　電話：{office.phone}" if office.phone else "")


def message(notice: Notice, mailer: BaseEmailBackend | None = None) -> EmailMessage:
    """The mail as it goes out: plain text, the link absolute."""
    parts = [notice.body.strip()]
    if url := notice.url:
        parts.append(f"請由此前往：{settings.SITE_URL.rstrip('/')}{url}")
    if notice.case is not None:
        parts.append(_office_lines(notice.case.office))
    parts.append(FOOTER)
    # Sent again on request after it had been sent: another letter, so another identity.
    round_ = int(notice.sent_at.timestamp()) if notice.sent_at else 0
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return EmailMessage(
        subject=notice.subject,
        body="\n\n".join(parts) + "\n",
        to=[notice.mail_to],
        headers={"Message-ID": f"<notice-{notice.pk}-{round_}@{domain}>", "Auto-Submitted": "auto-generated"},
        connection=mailer,
    )
