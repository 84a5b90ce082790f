"""The last three passwords are barred; a first password is changed before anything else; Argon2."""

import subprocess
import sys

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import AccessLog
from accounts.services.passwords import set_password
from tests.accounts.conftest import AT, PASSWORD, sign_in

WORDS = ["Kite-River-4821", "Harbor+Lamp77", "Meadow*Brick9", "Copper=Field3", "Window%Chair6"]
CHANGE = "/accounts/password/change/"


def refused(user, password: str) -> bool:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return any("最近 3 次" in message for message in error.messages)
    return False


@pytest.mark.django_db
def test_the_last_three_are_barred_and_the_fourth_is_not(user, at):
    for word in WORDS[1:4]:
        set_password(user=user, password=word, at=at)
    assert [refused(user, word) for word in WORDS] == [False, True, True, True, False]
    assert user.password_history.count() == 3, "no more is kept than is needed"


@pytest.mark.django_db
def test_one_loaded_without_history_is_barred_too(user):
    user.password_history.all().delete()
    assert refused(user, PASSWORD)
    assert not refused(user, WORDS[1])


@pytest.mark.django_db
def test_only_hashes_are_remembered(user):
    assert PASSWORD not in str(list(user.password_history.values()))
    assert "password" not in {field.name for field in user.history.model._meta.fields}


@pytest.mark.django_db
def test_a_new_person_has_no_former_passwords(make_user):
    validate_password("Harbor+Lamp77", make_user(password=None))


def test_argon2_is_the_first_hasher():
    code = "import config.settings as s; print(s.PASSWORD_HASHERS[0])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip().endswith("Argon2PasswordHasher")


@pytest.mark.django_db
def test_change_keeps_this_session_and_ends_the_others(user):
    here, elsewhere = Client(), Client()
    sign_in(here, "lina88")
    sign_in(elsewhere, "lina88")
    answer = here.post(CHANGE, {"oldpassword": PASSWORD, "password1": WORDS[1], "password2": WORDS[1]})
    assert answer.url == "/me/"
    assert "密碼已變更" in here.get("/me/").content.decode()
    assert elsewhere.get("/me/").status_code == 302
    assert AccessLog.objects.filter(action="password_set", user=user).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"oldpassword": "wrong"}, "目前密碼不正確"),
        ({"password2": "another"}, "兩次輸入的新密碼不同"),
        ({"password1": PASSWORD, "password2": PASSWORD}, "最近 3 次"),
        ({"oldpassword": ""}, "請輸入目前密碼"),
    ],
)
def test_what_a_change_refuses(user, client, posted, sentence):
    sign_in(client, "lina88")
    answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": WORDS[1], "password2": WORDS[1], **posted})
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.django_db
def test_guessing_the_present_password_locks(user, client):
    with time_machine.travel(AT, tick=False):
        sign_in(client, "lina88")
        body = {"oldpassword": "wrong", "password1": WORDS[1], "password2": WORDS[1]}
        pages = [client.post(CHANGE, body).content.decode() for _ in range(6)]
    assert "目前密碼不正確" in pages[4]
    assert "15 分鐘" in pages[5]


@pytest.mark.django_db
def test_a_first_password_is_changed_before_anything_else(make_user, client):
    make_user("first11", must_change_password=True)
    answer = sign_in(client, "first11", next="/me/log/")
    for address in ("/", "/me/", "/me/log/", "/accounts/sessions/", "/accounts/2fa/"):
        answer = client.get(address)
        if address == "/":  # public: shows no data, but leads on
            continue
        assert (answer.status_code, answer.url) == (302, CHANGE), address
    assert "請先變更密碼" in client.get(CHANGE).content.decode()
    client.post(CHANGE, {"oldpassword": PASSWORD, "password1": WORDS[1], "password2": WORDS[1]})
    assert client.get("/me/").status_code == 200


@pytest.mark.django_db
def test_somebody_without_password_is_led_to_a_link(make_user, client):
    client.force_login(
        make_user("card11", password=None), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert client.get(CHANGE).url == "/accounts/password/reset/"
