"""Five failures lock fifteen minutes, exactly five however many come at once, with or without Redis."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.errors import Refused
from accounts.models import AccessLog, FailedSignIns, User
from accounts.services import lockout
from tests.accounts.conftest import AT, PASSWORD, sign_in

LOCKED = "暫停登入 15 分鐘"
WRONG = "帳號或密碼不正確"


@pytest.fixture(autouse=True)
def _only_the_database_counts(settings):
    """The limiter in the cache would stop guesses too; these tests are about the lock that holds without it."""
    settings.ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": ""}


def guess(login: str, times: int = 1, password: str = "wrong") -> str:
    for _ in range(times):
        answer = sign_in(Client(), login, password)
    return answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("staff", [True, False])
def test_the_fifth_failure_locks(make_user, staff):
    user = make_user("lina88", is_staff=staff)
    with time_machine.travel(AT, tick=False) as clock:
        assert WRONG in guess("lina88", 4)
        assert lockout.locked_until(user, at=AT) is None
        assert WRONG in guess("lina88")
        assert lockout.locked_until(user, at=AT) == AT + timedelta(minutes=15)
        page = sign_in(Client(), "lina88")
        assert LOCKED in page.content.decode(), "the right password does not open a locked name"
        clock.shift(timedelta(minutes=15, seconds=-1))
        assert LOCKED in sign_in(Client(), "lina88").content.decode()
        clock.shift(timedelta(seconds=1))
        assert sign_in(Client(), "lina88").status_code == 302


@pytest.mark.django_db
def test_four_failures_and_a_success_start_anew(user):
    with time_machine.travel(AT, tick=False):
        guess("lina88", 4)
        assert sign_in(Client(), "lina88").status_code == 302
        guess("lina88", 4)
        assert sign_in(Client(), "lina88").status_code == 302


@pytest.mark.django_db
def test_failures_long_apart_do_not_add_up(user):
    with time_machine.travel(AT, tick=False) as clock:
        for _ in range(8):
            assert WRONG in guess("lina88")
            clock.shift(timedelta(minutes=15, seconds=1))
        assert sign_in(Client(), "lina88").status_code == 302


@pytest.mark.django_db
def test_one_count_whichever_name_is_typed(user):
    for name in ("lina88", "LINA88", "lina88@example.test", " Lina88@Example.TEST ", "lInA88"):
        assert WRONG in guess(name)
    assert LOCKED in guess("lina88@example.test", password=PASSWORD)
    assert FailedSignIns.objects.count() == 1


@pytest.mark.django_db
def test_a_name_nobody_has_locks_in_the_same_words(user):
    known, unknown = ([guess(name) for _ in range(6)] for name in ("lina88", "nobody77"))
    for ours, theirs in zip(known, unknown, strict=True):
        assert (LOCKED in ours, WRONG in ours) == (LOCKED in theirs, WRONG in theirs)
    assert LOCKED in unknown[5]


@pytest.mark.django_db
def test_other_people_are_not_locked(user, make_user):
    make_user("other22")
    guess("lina88", 6)
    assert sign_in(Client(), "other22").status_code == 302


@pytest.mark.django_db
def test_an_administrator_lifts_the_lock_with_a_reason(user, make_user, at):
    boss = make_user("boss11")
    guess("lina88", 5)
    with pytest.raises(Refused, match="請填寫解除鎖定的理由"):
        lockout.lift_lock(user=user, reason=" ", by=boss, at=at)
    lockout.lift_lock(user=user, reason="本人來電確認", by=boss, at=at)
    assert sign_in(Client(), "lina88").status_code == 302
    line = AccessLog.objects.get(action="override")
    assert (line.user, line.reason) == (boss, "本人來電確認")


@pytest.mark.django_db
def test_old_rows_are_forgotten_but_no_lock(user, at):
    with time_machine.travel(AT, tick=False):
        guess("lina88", 5)
        guess("nobody77")
    assert lockout.forget_old(at=AT + timedelta(minutes=15)) == 0
    assert lockout.forget_old(at=AT + timedelta(minutes=15, seconds=1)) == 2


@pytest.mark.django_db
def test_holds_with_the_cache_away(user, monkeypatch, settings):
    """A cache that forgets everything: the lock does not lean on it."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key"}
    guess("lina88", 5)
    assert LOCKED in guess("lina88", password=PASSWORD)


def _parallel(count: int) -> list[str]:
    """`count` guesses at the same moment, each on its own connection; how many had their password looked at."""
    looked_at: list[str] = []
    start = threading.Barrier(count)

    def one(number: int) -> None:
        try:
            start.wait()
            lockout.take_attempt(user=User.objects.get(account_name="lina88"), typed="", at=AT)
        except lockout.Locked:
            return
        finally:
            connection.close()
        looked_at.append(str(number))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return looked_at


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_thirty_guesses_at_once_five_are_judged(make_user):
    make_user("lina88")
    assert len(_parallel(30)) == 5


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_row_lock_more_get_through(make_user, monkeypatch):
    """The race is real: the same thirty, reading the row without a lock."""
    make_user("lina88")
    meet = threading.Barrier(10, timeout=5)

    def unlocked(key: str, user: User | None, at):
        FailedSignIns.objects.bulk_create([FailedSignIns(key=key, user=user, last_at=at)], ignore_conflicts=True)
        row = FailedSignIns.objects.get(key=key)
        meet.wait()
        return row

    FailedSignIns.objects.create(key=lockout.key_of(User.objects.get()), last_at=AT)
    monkeypatch.setattr(lockout, "_locked_row", unlocked)
    assert len(_parallel(10)) > 5


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_parallel_sign_ins_over_http(make_user, monkeypatch):
    """The whole path: of twenty wrong guesses posted at once, five passwords are compared."""
    make_user("lina88")
    compared = []
    plain = User.check_password

    def counting(self: User, raw: str) -> bool:
        compared.append(raw)
        return plain(self, raw)

    monkeypatch.setattr(User, "check_password", counting)
    start = threading.Barrier(20)

    def one() -> None:
        try:
            client = Client()
            start.wait()
            sign_in(client, "lina88", "wrong")
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(compared) == 5
    assert AccessLog.objects.filter(action="sign_in_refused").count() == 20


@pytest.mark.django_db
def test_the_limiter_counts_floods_from_one_address(user, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/15m/ip"}
    for number in range(3):
        assert WRONG in guess(f"nobody{number}")
    assert "嘗試次數太多" in guess("lina88", password=PASSWORD)
    cache.clear()
    assert sign_in(Client(), "lina88").status_code == 302


@pytest.mark.django_db
def test_setting_a_password_by_link_ends_the_lock(user, at):
    from accounts.services.passwords import issue_password_link, set_password_by_link

    guess("lina88", 5)
    _, token = issue_password_link(user=user, by=None, at=at)
    set_password_by_link(token=token, password="Other-Word-9137", at=at)
    user.refresh_from_db()
    assert check_password("Other-Word-9137", user.password)
    assert sign_in(Client(), "lina88", "Other-Word-9137").status_code == 302
