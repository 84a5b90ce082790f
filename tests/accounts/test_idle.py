"""閒置登出: the day before, of and after, in seconds; what counts as activity; where it leads."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import AccessLog
from tests.accounts.conftest import AT, sign_in

pytestmark = pytest.mark.django_db
LIMIT = 1800


@pytest.fixture(autouse=True)
def _half_an_hour(settings) -> None:
    settings.IDLE_SECONDS = {"staff": 900, "applicant": LIMIT}
    settings.STAFF_SECOND_FACTOR = False


@pytest.mark.parametrize(("seconds", "stays"), [(LIMIT - 1, True), (LIMIT, True), (LIMIT + 1, False)])
def test_the_limit(user, client, seconds, stays):
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "lina88")
        client.get("/me/")
        clock.shift(timedelta(seconds=seconds))
        assert (client.get("/me/").status_code == 200) is stays


def test_staff_have_their_own_limit(make_user, client):
    make_user("staff11", is_staff=True)
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "staff11")
        client.get("/me/")
        clock.shift(timedelta(seconds=901))
        assert client.get("/me/").status_code == 302


def test_it_says_so_returns_to_the_page_and_is_written_down(user, client):
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "lina88")
        client.get("/me/")
        clock.shift(timedelta(seconds=LIMIT + 1))
        answer = client.get("/me/log/?page=2")
        assert answer.url == "/accounts/login/?next=%2Fme%2Flog%2F%3Fpage%3D2"
        assert "已超過 30 分鐘沒有操作" in client.get(answer.url).content.decode()
    line = AccessLog.objects.get(action="sign_out")
    assert (line.user, line.reason) == (user, "閒置逾時自動登出")


def test_a_public_page_is_shown_all_the_same(user, client):
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "lina88")
        client.get("/me/")
        clock.shift(timedelta(seconds=LIMIT + 1))
        answer = client.get("/")
        assert answer.status_code == 200
        assert not answer.wsgi_request.user.is_authenticated


def test_using_it_keeps_it(user, client):
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "lina88")
        for _ in range(5):
            assert client.get("/me/").status_code == 200
            clock.shift(timedelta(seconds=LIMIT - 1))
        assert client.post("/session/keep/").status_code == 204
        clock.shift(timedelta(seconds=LIMIT - 1))
        assert client.get("/me/").status_code == 200


def test_what_the_page_asks_by_itself_is_no_activity(user, client):
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "lina88")
        client.get("/me/")
        for _ in range(2):
            clock.shift(timedelta(seconds=LIMIT // 2))
            assert client.get("/me/", headers={"X-Background": "1"}).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert client.get("/me/", headers={"X-Background": "1"}).status_code == 302


def test_keep_alive_after_the_end_leads_to_sign_in(user, client):
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "lina88")
        client.get("/me/")
        clock.shift(timedelta(seconds=LIMIT + 1))
        assert client.post("/session/keep/").status_code == 302


def test_the_pages_own_clock_signs_out_and_returns(user, client):
    with time_machine.travel(AT, tick=False):
        sign_in(client, "lina88")
        answer = client.post("/session/idle/", headers={"Referer": "http://testserver/me/log/"})
        assert answer.url == "/accounts/login/?next=%2Fme%2Flog%2F"
        assert client.get("/me/").status_code == 302
    assert AccessLog.objects.get(action="sign_out").reason == "閒置逾時自動登出"
    again = client.post("/session/idle/", headers={"Referer": "http://testserver/me/log/"})
    assert again.url == "/accounts/login/?next=%2Fme%2Flog%2F", "once signed out it only leads on"


def test_the_page_knows_its_limit(user, client):
    sign_in(client, "lina88")
    body = client.get("/me/").content.decode()
    assert f'data-idle-seconds="{LIMIT}"' in body
    assert 'data-keepalive-url="/session/keep/"' in body
    assert "data-idle-seconds" not in Client().get("/").content.decode()


def test_the_pages_clock_runs_with_the_servers(user, client):
    """The moment last seen is not written at every request: the page is told how old it is."""
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "lina88")
        assert 'data-idle-since="0"' in client.get("/me/").content.decode()
        clock.shift(timedelta(seconds=59))
        assert 'data-idle-since="59"' in client.get("/me/").content.decode()
        clock.shift(timedelta(seconds=1))
        assert 'data-idle-since="0"' in client.get("/me/").content.decode()


def test_the_back_office_is_warned_too(make_user, client):
    make_user("staff11", is_staff=True)
    sign_in(client, "staff11")
    body = client.get("/admin/").content.decode()
    assert 'data-idle-seconds="900"' in body and "portal.js" in body


def test_the_moment_is_written_once_a_minute(user, client, django_assert_max_num_queries):
    with time_machine.travel(AT, tick=False) as clock:
        sign_in(client, "lina88")
        client.get("/me/")
        clock.shift(timedelta(seconds=59))
        with django_assert_max_num_queries(2):  # session, user
            client.post("/session/keep/")
        clock.shift(timedelta(seconds=1))
        client.post("/session/keep/")
        session = user.usersession_set.get()
        assert session.last_seen_at == AT + timedelta(seconds=60)
