"""機關人員的兩步驟驗證."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client

from accounts.models import AccessLog
from tests.accounts.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
ACTIVATE = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def _asked_of_staff(settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def staff(make_user):
    return make_user("staff11", is_staff=True)


def code_of(secret: str) -> str:
    return auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))


def set_up(client: Client) -> str:
    """Through the pages: sign in, confirm the password, read the secret, type the code."""
    sign_in(client, "staff11")
    asked = client.get(ACTIVATE)
    if asked.status_code == 302:
        client.post(asked.url, {"password": PASSWORD})
    secret = client.get(ACTIVATE).context["form"].secret
    answer = client.post(ACTIVATE, {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def test_nothing_opens_before_it_is_set_up(staff, client):
    sign_in(client, "staff11")
    for address in ("/me/", "/me/log/", "/accounts/sessions/"):
        assert client.get(address).url == ACTIVATE, address
    assert "機關人員須先設定兩步驟驗證" in client.get("/accounts/2fa/").content.decode()
    assert client.get("/accounts/password/change/").status_code == 200


def test_set_up_then_asked_at_the_next_sign_in(staff, client):
    secret = set_up(client)
    assert client.get("/me/").status_code == 200
    again = Client()
    assert sign_in(again, "staff11").url == "/accounts/2fa/authenticate/"
    assert again.get("/me/").status_code == 302, "the password alone opens nothing"
    assert "驗證碼不正確" in again.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert AccessLog.objects.filter(action="sign_in_refused", user=staff, reason="驗證碼不正確").count() == 1
    assert again.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert again.get("/me/").status_code == 200
    assert AccessLog.objects.filter(action="sign_in").latest("pk").subject == "帳號密碼、驗證碼"


def test_the_secret_is_sealed_in_the_database(staff, client):
    secret = set_up(client)
    row = Authenticator.objects.get(type="totp")
    assert row.data["secret"].startswith("v1:")
    assert secret not in str(row.data)


def test_staff_cannot_switch_it_off(staff, client):
    set_up(client)
    client.post("/accounts/2fa/totp/deactivate/", {})
    assert Authenticator.objects.filter(type="totp").exists()


def test_others_are_not_asked(user, client):
    sign_in(client, "lina88")
    assert client.get("/me/").status_code == 200


def test_it_can_be_switched_off_for_the_demonstration(staff, client, settings):
    settings.STAFF_SECOND_FACTOR = False
    sign_in(client, "staff11")
    assert client.get("/me/").status_code == 200


def test_a_first_password_comes_first(make_user, client):
    make_user("both11", is_staff=True, must_change_password=True)
    sign_in(client, "both11")
    assert client.get("/me/").url == "/accounts/password/change/"


def test_guessing_codes_is_limited(staff, client):
    set_up(client)
    again = Client()
    sign_in(again, "staff11")
    pages = [again.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode() for _ in range(6)]
    assert "驗證碼不正確" in pages[4]
    assert "15 分鐘" in pages[5]
