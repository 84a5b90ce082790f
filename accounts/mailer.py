"""Mail to one person. Who keeps an outbox (with retries and a mail log) brings a deliverer; without one it goes out directly."""

from datetime import datetime
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from kernel.registry import Registry

log = structlog.get_logger(__name__)


class Deliverer(Protocol):
    """Called inside the act's transaction. `key` is unique per letter: a second call with it sends nothing."""

    def __call__(self, *, user: Any, code: str, subject: str, body: str, key: str, at: datetime) -> object: ...


def _directly(*, user: Any, code: str, subject: str, body: str, key: str, at: datetime) -> None:
    def send() -> None:
        try:
            send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])
        except OSError as error:
            log.warning("mail_not_sent", code=code, error=type(error).__name__)

    transaction.on_commit(send)


#: At most one: who keeps an outbox.
DELIVERER: Registry[Deliverer] = Registry("deliverer of", lambda one: "mail")


def mail(*, user: Any, code: str, subject: str, body: str, key: str, at: datetime) -> None:
    deliver = DELIVERER.get("mail") or _directly
    deliver(user=user, code=code, subject=subject, body=body, key=key, at=at)
