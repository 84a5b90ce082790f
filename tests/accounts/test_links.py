"""設定密碼連結: once, until it expires, one of two at the same moment (OA-11)."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from accounts import mailer
from accounts.errors import Refused
from accounts.models import AccessLog, SetPasswordLink, User
from accounts.services import passwords
from accounts.services.passwords import LinkClosed, issue_password_link, set_password_by_link
from accounts.services.users import close_user
from kernel.links import without_tokens
from tests.accounts.conftest import AT, PASSWORD, sign_in

NEW = "Harbor+Lamp77"


@pytest.fixture
def newcomer(make_user) -> User:
    return make_user("newcomer1", password=None, must_change_password=True)


@pytest.fixture
def token(newcomer, at) -> str:
    return issue_password_link(user=newcomer, by=None, at=at)[1]


@pytest.fixture
def directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an outbox letters go out at once."""
    mailer.DELIVERER.clear()


def page_of(token: str) -> str:
    return f"/set-password/{token}/"


@pytest.mark.django_db
def test_only_a_digest_is_kept(newcomer, at):
    link, token = issue_password_link(user=newcomer, by=newcomer, at=at)
    assert token not in str(SetPasswordLink.objects.values())
    assert link.expires_at == at + timedelta(hours=72)
    assert len(token) >= 40
    assert AccessLog.objects.get().action == "password_link"


@pytest.mark.django_db
def test_the_way_from_link_to_first_sign_in(newcomer, token):
    client = Client()
    with time_machine.travel(AT, tick=False):
        assert client.get(page_of(token)).status_code == 200
        assert client.get(page_of(token)).status_code == 200, "opening it uses nothing up"
        answer = client.post(page_of(token), {"password1": NEW, "password2": NEW})
        assert answer.status_code == 302
        assert "密碼已設定" in client.get(answer.url).content.decode()
        newcomer.refresh_from_db()
        assert not newcomer.must_change_password
        assert sign_in(client, "newcomer1", NEW).url == "/"
        used = Client().get(page_of(token))
        assert used.status_code == 410
        assert "已經使用過" in used.content.decode()
        assert "重新申請連結" in used.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("later", "works"), [(timedelta(hours=72, seconds=-1), True), (timedelta(hours=72), False)])
def test_it_expires(token, at, later, works):
    if works:
        assert passwords.usable_link(token, at=at + later)
    else:
        with pytest.raises(LinkClosed, match="過期"):
            passwords.usable_link(token, at=at + later)
        with pytest.raises(LinkClosed, match="過期"):
            set_password_by_link(token=token, password=NEW, at=at + later)


@pytest.mark.django_db
def test_a_newer_link_closes_the_older(newcomer, token, at):
    later = at + timedelta(minutes=1)
    _, newer = issue_password_link(user=newcomer, by=None, at=later)
    with pytest.raises(LinkClosed, match="較新的連結"):
        passwords.usable_link(token, at=later)
    assert passwords.usable_link(newer, at=later)


@pytest.mark.django_db
def test_a_closed_person_gets_none_and_uses_none(newcomer, token, at):
    close_user(user=newcomer, reason="離職", by=None, at=at)
    with pytest.raises(LinkClosed):
        set_password_by_link(token=token, password=NEW, at=at)
    newcomer.refresh_from_db()
    with pytest.raises(Refused, match="已停用"):
        issue_password_link(user=newcomer, by=None, at=at)


@pytest.mark.django_db
def test_a_bad_password_leaves_the_link_usable(token, newcomer, at, client):
    with pytest.raises(ValidationError):
        set_password_by_link(token=token, password="newcomer1", at=at)
    assert set_password_by_link(token=token, password=NEW, at=at) == newcomer


@pytest.mark.django_db
def test_the_form_names_what_is_wrong_and_keeps_nothing(token, newcomer, client):
    with time_machine.travel(AT, tick=False):
        different = client.post(page_of(token), {"password1": NEW, "password2": "Other-Word-9137"}).content.decode()
        assert "兩次輸入的新密碼不同" in different
        similar = client.post(page_of(token), {"password1": "newcomer1", "password2": "newcomer1"}).content.decode()
        assert "太相近" in similar
        assert "請輸入新密碼。" in client.post(page_of(token), {}).content.decode()
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["x", "a" * 43, "設定"])
def test_a_link_that_never_was(client, wrong):
    answer = client.get(page_of(wrong))
    assert answer.status_code == 410
    assert "無法使用" in answer.content.decode()


def _both(work) -> list[str]:
    results: list[str] = []
    start = threading.Barrier(8)

    def one(number: int) -> None:
        try:
            start.wait()
            work(number)
            results.append("won")
        except LinkClosed:
            results.append("closed")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_sets_the_password(make_user):
    user = make_user("newcomer1", password=None)
    _, token = issue_password_link(user=user, by=None, at=AT)
    results = _both(lambda n: set_password_by_link(token=token, password=f"Harbor+Lamp7{n}", at=AT))
    assert results == ["closed"] * 7 + ["won"]
    assert AccessLog.objects.filter(action="password_set").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_several_win(make_user):
    """Judging the link without locking its row: more than one finds it unused."""
    user = make_user("newcomer1", password=None)
    link, _ = issue_password_link(user=user, by=None, at=AT)
    meet = threading.Barrier(8, timeout=5)

    def unlocked(number: int) -> None:
        found = passwords._judged(SetPasswordLink.objects.select_related("user").get(pk=link.pk), at=AT)
        meet.wait()
        found.used_at = AT
        found.save(update_fields=["used_at"])

    assert _both(unlocked).count("won") > 1


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["lina88", "LINA88@example.test"])
def test_forgotten_password_mails_a_link(directly, user, typed, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/accounts/password/reset/", {"login": typed}, follow=True)
    assert "請查看您的信箱" in answer.content.decode()
    (letter,) = mail.outbox
    assert letter.to == ["lina88@example.test"]
    assert PASSWORD not in letter.body
    (address,) = re.findall(r"https?://\S+/set-password/\S+/", letter.body)
    path = "/" + address.split("/", 3)[3]
    assert client.post(path, {"password1": NEW, "password2": NEW}).status_code == 302
    assert sign_in(client, "lina88", NEW).status_code == 302


@pytest.mark.django_db
def test_nobody_learns_who_exists(directly, user, make_user, client, django_capture_on_commit_callbacks):
    make_user("closed22", is_active=False)
    pages = []
    for typed in ("lina88", "nobody77", "closed22", "nobody@example.test"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post("/accounts/password/reset/", {"login": typed}, follow=True)
        pages.append((answer.status_code, answer.redirect_chain))
    assert len({str(page) for page in pages}) == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_asking_often_is_limited(user, client):
    codes = [client.post("/accounts/password/reset/", {"login": "lina88"}).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429]


@pytest.mark.django_db
def test_an_outbox_takes_the_letter_over(user, at, monkeypatch):
    letters: list[dict[str, object]] = []
    mailer.DELIVERER.put(lambda **letter: letters.append(letter))
    passwords.request_reset(user=user, at=at)
    (letter,) = letters
    assert letter["user"] == user
    assert letter["code"] == "password_reset"
    assert letter["key"] == f"password-link:{SetPasswordLink.objects.get().pk}"
    assert mail.outbox == []


@pytest.mark.django_db
def test_the_portals_outbox_takes_it(user, at):
    """As the project is put together: a notice in the person's inbox, queued for mail."""
    passwords.request_reset(user=user, at=at)
    notice = user.notices.get()
    assert (notice.code, notice.mail_state, notice.mail_to) == ("accounts.password_reset", "queued", user.email)
    assert "/set-password/" in notice.body


def test_who_reads_the_mail_log_does_not_get_the_link():
    letter = "請開啟：\nhttps://portal.example.test/set-password/Abc_-123/\n謝謝"
    assert without_tokens(letter) == "請開啟：\nhttps://portal.example.test/set-password/＊＊＊/\n謝謝"


@pytest.mark.django_db
def test_a_mail_server_that_is_away_stops_nothing(directly, user, at, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(mailer, "send_mail", away)
    with django_capture_on_commit_callbacks(execute=True):
        passwords.request_reset(user=user, at=at)
    assert SetPasswordLink.objects.count() == 1
