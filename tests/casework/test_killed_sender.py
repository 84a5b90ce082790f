"""A sender in a process of its own, a mail server on a socket, and kill −9 between the two."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.clock import now
from casework.models import Notice
from casework.notices import delivery, outbox
from tests.casework.jobs import person
from tests.mail_server import MailServer

SENDER = (
    "import django; django.setup(); from accounts.clock import now; from casework.notices.delivery import deliver_due; "
    "deliver_due(at=now())"
)


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    with MailServer() as one:
        thread = threading.Thread(target=one.serve_forever, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = one.server_address
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield one
        one.go_on.set()
        one.shutdown()
        thread.join(10)


def _database_url() -> str:
    it = connection.settings_dict
    who = quote(it["USER"] or "", safe="") + (f":{quote(it['PASSWORD'], safe='')}" if it["PASSWORD"] else "")
    host = it["HOST"] or "localhost"
    if host.startswith("/"):
        return f"postgres://{who}@{quote(host, safe='')}:{it['PORT'] or 5432}/{it['NAME']}"
    return f"postgres://{who}@{host}:{it['PORT'] or 5432}/{it['NAME']}"


def _tell(*addresses: str) -> None:
    for n, address in enumerate(addresses):
        outbox.notify(
            users=[person(email=address)],
            code="filed",
            subject="已收到申請",
            body="您的申請已送達。",
            key=f"filed:{n}",
            at=now() - timedelta(minutes=len(addresses) - n),
        )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_with_a_letter_in_its_hands_loses_none_and_repeats_that_one(server: MailServer) -> None:
    addresses = [f"unit{n}@example.org" for n in range(5)]
    _tell(*addresses)
    server.silent_after = 3
    host, port = server.server_address
    environ = {**os.environ, "DATABASE_URL": _database_url(), "EMAIL_URL": f"smtp://{host}:{port}"}
    sender = subprocess.Popen([sys.executable, "-c", SENDER], cwd=django_settings.BASE_DIR, env=environ)
    try:
        late = time.monotonic() + 180  # a cold process on a busy machine
        while not server.reached.wait(0.5):
            assert sender.poll() is None and time.monotonic() < late, "the sender never came to the third letter"
    finally:
        sender.send_signal(signal.SIGKILL)
        sender.wait(10)
    server.go_on.set()
    states = list(Notice.objects.order_by("created_at").values_list("mail_state", flat=True))
    assert states == ["sent", "sent", "queued", "queued", "queued"]
    for _ in range(100):  # until the database has noticed that the sender is gone
        if delivery.deliver_due(at=now()) == 3:
            break
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"sent"}
    assert [address for address, _ in server.taken] == [addresses[n] for n in (0, 1, 2, 2, 3, 4)]
    first, again = (identity for address, identity in server.taken if address == addresses[2])
    assert first == again, "known again by its Message-ID"
    assert len({identity for _, identity in server.taken}) == 5


@pytest.mark.django_db
def test_the_servers_own_words_stand_in_the_mail_log(server: MailServer) -> None:
    _tell("nobody@example.org", "unit@example.org")
    assert delivery.deliver_due(at=now()) == 1
    refused, sent = Notice.objects.order_by("created_at")
    assert (refused.mail_state, refused.error) == (Notice.Mail.REFUSED, "550 5.1.1 No such user")
    assert sent.mail_state == Notice.Mail.SENT
