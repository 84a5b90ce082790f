"""Notices: told once, mailed once, refused visibly, late rather than lost – with the broker or the mail server away too."""

import ast
import re
import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as site
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.urls import URLResolver, get_resolver
from guardian.shortcuts import assign_perm

from casework.errors import NotPermitted, Refused
from casework.models import Notice
from casework.models.notice import page
from casework.notices import delivery, outbox
from casework.rights import CALENDAR
from tests.casework.jobs import AT, administrator, at_once, case, kind_of_case, person

ROOT = Path(site.BASE_DIR)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(outbox, "_rest_until", 0.0)
    with kind_of_case():
        yield


@pytest.fixture
def sent_tasks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **more: names.append(name))
    return names


def tell(*users, key: str = "filed:1", **more) -> list[Notice]:
    return outbox.notify(
        **{
            "users": users,
            "code": "filed",
            "subject": "已收到申請",
            "body": "您的申請已送達。",
            "key": key,
            "at": AT,
            **more,
        }
    )


class SmtpServer(EmailBackend):
    """A mail server that answers as it is told to: an exception per address, else the mail lands in `mail.outbox`."""

    says: dict[str, Exception] = {}
    taken: list[str] = []

    def send_messages(self, messages: Any) -> int:
        (one,) = messages
        self.taken.append(one.to[0])
        if error := self.says.get(one.to[0], self.says.get("*")):
            raise error
        return super().send_messages(messages)


@pytest.fixture
def server(settings) -> type[SmtpServer]:
    settings.EMAIL_BACKEND = f"{__name__}.SmtpServer"
    SmtpServer.says, SmtpServer.taken = {}, []
    return SmtpServer


# --- telling ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_everybody_is_told_once_per_cause() -> None:
    a, b, c = person(), person(), person()
    assert {one.user for one in tell(a, b)} == {a, b}
    assert [one.user for one in tell(b, c)] == [c]
    assert tell(a, b, c) == []
    assert len(tell(a, key="filed:2")) == 1
    assert Notice.objects.count() == 4


@pytest.mark.django_db
def test_what_is_returned_is_the_row() -> None:
    one = case()
    (notice,) = tell(person(), case=one, link="/cases/x/", subject="第一行\n第二行")
    stored = Notice.objects.get(pk=notice.pk)
    for field in Notice._meta.concrete_fields:
        assert getattr(stored, field.attname) == getattr(notice, field.attname), field.name
    assert stored.subject == "第一行 第二行", "a subject is one line"
    notice.body = "改"
    notice.save()
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_keys_too_long_for_the_column_stay_apart() -> None:
    user = person()
    assert len(tell(user, key="k" * 300 + "1")) == 1
    assert len(tell(user, key="k" * 300 + "2")) == 1
    assert tell(user, key="k" * 300 + "1") == []


@pytest.mark.django_db
def test_nobody_to_tell_is_nothing_to_do() -> None:
    assert tell() == []


@pytest.mark.django_db
def test_inbox_only_and_people_without_an_address(sent_tasks: list[str], django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        (inbox,) = tell(person(), mail=False)
        (nowhere,) = tell(person(email=""))
    assert inbox.mail_state == Notice.Mail.NONE
    assert (nowhere.mail_state, nowhere.error) == (Notice.Mail.REFUSED, "收件人沒有電子郵件信箱")
    assert sent_tasks == [], "nothing to mail, nobody to wake"
    assert delivery.deliver_due(at=AT) == 0


@pytest.mark.django_db
def test_one_transaction_wakes_the_sender_once(sent_tasks: list[str], django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(5):
            tell(person(), key=f"filed:{n}")
    assert sent_tasks == ["casework.tasks.deliver_notices"]


@transaction.atomic
def _told_and_undone(user) -> None:
    tell(user)
    raise ZeroDivisionError


@pytest.mark.django_db
def test_what_is_rolled_back_wakes_nobody_and_what_follows_does(
    sent_tasks: list[str], django_capture_on_commit_callbacks
) -> None:
    user = person()
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ZeroDivisionError):
            _told_and_undone(user)
        assert len(tell(user)) == 1
    assert sent_tasks == ["casework.tasks.deliver_notices"]


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_the_notice_is_committed_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis address at which nothing listens: what production is when Redis is stopped."""
    from config.celery import app

    user = person()
    tries: list[float] = []
    real = app.send_task

    def counted(*args: Any, **more: Any) -> Any:
        tries.append(time.monotonic())
        with app.connection_for_write("redis://127.0.0.1:1/0") as away:
            return real(*args, connection=away, **more)

    monkeypatch.setattr(app, "send_task", counted)
    begun = time.monotonic()
    for n in range(20):
        with transaction.atomic():
            tell(user, key=f"filed:{n}")
    assert time.monotonic() - begun < 2
    assert len(tries) == 1, "after the first silence the broker is left alone for a while"
    assert Notice.objects.filter(mail_state=Notice.Mail.QUEUED).count() == 20
    assert delivery.deliver_due(at=AT) == 20, "the beat finds them"


# --- mailing ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_mail_says_who_where_and_that_it_is_automatic(settings) -> None:
    settings.SITE_URL = "https://portal.example.org/"
    user = person()
    (notice,) = tell(user, link="/cases/inbox/")
    assert delivery.deliver_due(at=AT + MINUTE) == 1
    (one,) = mail.outbox
    assert (one.to, one.subject) == ([user.email], "已收到申請")
    assert one.body == (
        "您的申請已送達。\n\n請由此前往：https://portal.example.org/cases/inbox/\n\n本郵件由系統自動寄出，請勿直接回覆。\n"
    )
    assert one.message()["Auto-Submitted"] == "auto-generated"
    notice.refresh_from_db()
    assert (notice.mail_state, notice.sent_at, notice.tries) == (Notice.Mail.SENT, AT + MINUTE, 1)
    assert delivery.deliver_due(at=AT + MINUTE) == 0


@pytest.mark.django_db
def test_the_limit_holds_and_the_oldest_go_first() -> None:
    users = [person() for _ in range(5)]
    for n, user in enumerate(users):
        tell(user, at=AT + n * MINUTE)
    assert delivery.deliver_due(at=AT + 9 * MINUTE, limit=2) == 2
    assert [one.to[0] for one in mail.outbox] == [user.email for user in users[:2]]
    assert delivery.deliver_due(at=AT + 2 * MINUTE) == 1, "what is not due waits"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (smtplib.SMTPRecipientsRefused({"x@example.org": (550, b"No such user")}), "550 No such user"),
        (smtplib.SMTPDataError(554, b"Rejected as spam"), "554 Rejected as spam"),
        (ValueError("Header values can't contain newlines"), "Header values"),
    ],
)
def test_a_refusal_for_good_is_shown_and_holds_up_nobody(server, error: Exception, shown: str) -> None:
    bad, good = person(), person()
    tell(bad, good)
    server.says = {bad.email: error}
    assert delivery.deliver_due(at=AT) == 1
    refused = Notice.objects.get(user=bad)
    assert refused.mail_state == Notice.Mail.REFUSED
    assert shown in refused.error
    assert Notice.objects.get(user=good).mail_state == Notice.Mail.SENT
    assert delivery.deliver_due(at=AT + timedelta(days=9)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"x@example.org": (450, b"Try later")}),
        smtplib.SMTPDataError(451, b"Busy"),
        RuntimeError("unforeseen"),
    ],
)
def test_a_refusal_for_now_waits_twice_as_long_each_time(server, error: Exception) -> None:
    slow, good = person(), person()
    tell(slow, good)
    server.says = {slow.email: error}
    assert delivery.deliver_due(at=AT) == 1
    notice, waits, at = Notice.objects.get(user=slow), [], AT
    while notice.mail_state == Notice.Mail.QUEUED:
        waits.append(notice.next_try_at - at)
        at = notice.next_try_at
        assert delivery.deliver_due(at=at - timedelta(seconds=1)) == 0
        assert notice.tries == Notice.objects.get(pk=notice.pk).tries, "not before its time"
        delivery.deliver_due(at=at)
        notice.refresh_from_db()
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert waits == sorted(waits)
    assert waits[-1] == delivery.LONGEST_WAIT
    assert (notice.tries, notice.mail_state) == (delivery.MOST_TRIES, Notice.Mail.REFUSED)
    assert timedelta(days=2) < at - AT < timedelta(days=4)
    assert notice.error


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError("nobody listens"),
        TimeoutError("timed out"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPAuthenticationError(535, b"no"),
        smtplib.SMTPSenderRefused(550, b"no", "portal@localhost"),
        ssl.SSLCertVerificationError("expired"),
    ],
)
def test_with_the_mail_server_away_nothing_is_refused_and_not_everything_tried(server, error: Exception) -> None:
    for _ in range(5):
        tell(person())
    server.says = {"*": error}
    assert delivery.deliver_due(at=AT) == 0
    assert len(server.taken) == 1, "ten seconds of waiting once, not five times"
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {Notice.Mail.QUEUED}
    server.says = {}
    assert delivery.deliver_due(at=AT + MINUTE) == 5
    assert len(mail.outbox) == 5


@pytest.mark.django_db
def test_a_real_mail_server_that_is_not_there(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    (notice,) = tell(person())
    assert delivery.deliver_due(at=AT) == 0
    notice.refresh_from_db()
    assert (notice.mail_state, notice.tries, notice.next_try_at) == (Notice.Mail.QUEUED, 1, AT + MINUTE)
    assert "ConnectionRefusedError" in notice.error


# --- two at once, and killed -----------------------------------------------------------------------------------------


class SlowServer(EmailBackend):
    """The first letter of each sender waits for the others', so that all three are at work together."""

    lock = threading.Lock()
    all_three = threading.Barrier(3)
    got: list[str] = []

    def send_messages(self, messages: Any) -> int:
        if not self.got:
            with suppress(threading.BrokenBarrierError):
                self.all_three.wait(10)
        with self.lock:
            self.got.extend(one.to[0] for one in messages)
        return len(messages)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_senders_mail_each_notice_once(settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    SlowServer.got, SlowServer.all_three = [], threading.Barrier(3)
    tell(*[person() for _ in range(20)])
    sent = at_once(*[lambda: delivery.deliver_due(at=AT)] * 3)
    assert sum(sent) == len(SlowServer.got) == len(set(SlowServer.got)) == 20
    assert all(one > 0 for one in sent), "they worked side by side"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_row_lock_the_mail_goes_out_twice() -> None:
    tell(person())
    got: list[int] = []
    both_read = threading.Barrier(2)

    def naive() -> None:
        with transaction.atomic():
            notice = Notice.objects.filter(mail_state=Notice.Mail.QUEUED).first()
            both_read.wait(10)
            got.append(notice.pk)
            notice.mail_state = Notice.Mail.SENT
            notice.save()

    at_once(naive, naive)
    assert len(got) == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_same_cause_from_two_sides_tells_once() -> None:
    user = person()
    written = at_once(*[lambda: tell(user)] * 4)
    assert sorted(map(len, written)) == [0, 0, 0, 1]
    assert Notice.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_unique_key_both_sides_tell() -> None:
    """Asking first whether it is there, without the key's constraint, is too early: both find nothing."""
    user = person()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'casework_notice'::regclass AND contype = 'u'"
        )
        ((name,),) = cursor.fetchall()
        cursor.execute(f'ALTER TABLE casework_notice DROP CONSTRAINT "{name}"')
    both_asked = threading.Barrier(2)

    def naive() -> None:
        with transaction.atomic():
            there = Notice.objects.filter(key="filed:1").exists()
            both_asked.wait(10)
            if not there:
                Notice.objects.create(
                    key="filed:1", user=user, code="filed", subject="x", body="x", created_at=AT, next_try_at=AT
                )

    try:
        at_once(naive, naive)
        assert Notice.objects.count() == 2
    finally:
        Notice.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE casework_notice ADD CONSTRAINT "{name}" UNIQUE (key)')
    tell(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            key=f"filed:1:{user.pk}", user=user, code="x", subject="x", body="x", created_at=AT, next_try_at=AT
        )


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_at_work_repeats_only_what_was_in_its_hands(server) -> None:
    users = [person() for _ in range(4)]
    for n, user in enumerate(users):
        tell(user, at=AT + n * MINUTE)

    class Killed(BaseException):
        pass

    server.says = {users[2].email: Killed()}
    with pytest.raises(Killed):
        delivery.deliver_due(at=AT + 9 * MINUTE)
    states = list(Notice.objects.order_by("created_at").values_list("mail_state", flat=True))
    assert states == ["sent", "sent", "queued", "queued"]
    server.says = {}
    assert delivery.deliver_due(at=AT + 9 * MINUTE) == 2
    assert server.taken == [users[n].email for n in (0, 1, 2, 2, 3)]


@pytest.mark.django_db
def test_a_repeated_mail_is_known_again_by_its_message_id_and_a_resent_one_is_new() -> None:
    (notice,) = tell(person())
    first = delivery.message(notice).message()["Message-ID"]
    assert delivery.message(notice).message()["Message-ID"] == first
    delivery.deliver_due(at=AT)
    again = outbox.resend(notice, by=administrator(), at=AT + MINUTE)
    assert delivery.message(again).message()["Message-ID"] != first


# --- again, and read -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_resending_goes_to_the_address_of_today_and_leaves_an_event(server) -> None:
    one, user, officer = case(), person(), administrator()
    (notice,) = tell(user, case=one)
    server.says = {user.email: smtplib.SMTPDataError(550, b"No such user")}
    delivery.deliver_due(at=AT)
    user.email = "new@example.org"
    user.save()
    again = outbox.resend(notice, by=officer, at=AT + MINUTE)
    assert (again.mail_state, again.tries, again.error) == (Notice.Mail.QUEUED, 0, "")
    assert delivery.deliver_due(at=AT + MINUTE) == 1
    assert mail.outbox[-1].to == ["new@example.org"]
    event = one.events.get(code="notice_resent")
    assert (event.by, event.internal, event.label) == (officer, True, "重寄通知「已收到申請」")


@pytest.mark.django_db
def test_what_waits_already_or_is_not_mailed_is_not_resent() -> None:
    officer = administrator()
    (queued,), (inbox,), (nowhere,) = (
        tell(person()),
        tell(person(), mail=False),
        tell(person(email="")),
    )
    for notice, word in ((queued, "待寄"), (inbox, "站內"), (nowhere, "信箱")):
        with pytest.raises(Refused, match=word):
            outbox.resend(notice, by=officer, at=AT)


@pytest.mark.django_db
def test_only_the_office_of_the_case_and_who_watches_the_mail_resend() -> None:
    with kind_of_case(kind="test.seen", view_rights=(CALENDAR,)):
        ours, theirs = case(kind="test.seen"), case(kind="test.seen")
        officer, addressee = person(), person()
        assign_perm("accounts.casework__calendar", officer, ours.office)
        (mine,), (other,) = tell(addressee, case=ours), tell(addressee, case=theirs, key="filed:2")
        delivery.deliver_due(at=AT)
        for notice, by in ((other, officer), (mine, addressee)):
            with pytest.raises(NotPermitted):
                outbox.resend(notice, by=by, at=AT)
        assert outbox.resend(mine, by=officer, at=AT).mail_state == Notice.Mail.QUEUED
        assert outbox.resend(other, by=administrator(), at=AT).mail_state == Notice.Mail.QUEUED


@pytest.mark.django_db
def test_only_the_addressee_marks_it_read_and_the_first_time_counts() -> None:
    user = person()
    (notice,) = tell(user)
    tell(user, key="filed:2")
    outbox.mark_read(notice, by=person(), at=AT)
    notice.refresh_from_db()
    assert notice.read_at is None
    outbox.mark_read(notice, by=user, at=AT)
    outbox.mark_read(notice, by=user, at=AT + MINUTE)
    notice.refresh_from_db()
    assert notice.read_at == AT
    assert outbox.mark_all_read(by=user, at=AT + MINUTE) == 1


# --- where a notice leads --------------------------------------------------------------------------------------------------


def _pages_named() -> set[str]:
    """Every name that anything in the tree gives to `page`."""
    found = set()
    for path in ROOT.glob("*/**/*.py"):
        if path.parts[len(ROOT.parts)] in ("tests", "devtools"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="page"), args=[ast.Constant(value=str(name)), *_]) if ":" in name:
                    found.add(name.partition("#")[0])
    return found


def _names(patterns: Any, space: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _names(one.url_patterns, inner)
        elif one.name:
            yield f"{space}{one.name}"


def test_every_page_a_notice_names_is_there() -> None:
    named = _pages_named()
    assert "casework:case" in named and not named - set(_names(get_resolver().url_patterns))


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (page("casework:case", "OA-115-000001"), "/cases/OA-115-000001/"),
        (page("admin:case#messages", "OA-115-000001"), "/admin/case/OA-115-000001/#messages"),
        (page("casework:inbox"), "/cases/inbox/"),
        ("/cases/OA-115-000001/", "/cases/OA-115-000001/"),
        (page("casework:gone", "OA-115-000001"), ""),
        ("", ""),
    ],
)
def test_a_notice_keeps_the_name_of_its_page(link: str, url: str) -> None:
    assert Notice(link=link).url == url


def test_no_notice_types_an_address() -> None:
    """An address written by hand in a letter stays wrong when the page moves."""
    typed = re.compile(r"""link\s*=\s*f?["']/|Told\([^)]*f?["']/""")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.glob("*/**/*.py")
        if path.parts[len(ROOT.parts)] not in ("tests", "devtools") and "migrations" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if typed.search(line)
    ]
    assert found == []
