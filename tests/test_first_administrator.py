"""From an empty, migrated database to people at work, by what docs/operations.md says and nothing else."""

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from accounts.clock import now
from accounts.models import AccessLog, Organisation, User
from accounts.reach import central_administrators
from accounts.services.appointing import appoint
from casework.models import Notice
from tests.accounts.test_second_factor import ACTIVATE, code_of

pytestmark = pytest.mark.django_db
PASSWORD = "Harbor+Lamp77"


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR, settings.DEMO = True, False


def begun(capsys: pytest.CaptureFixture[str], **changes: str) -> str:
    given = {"name": "紀維安", "account": "jiwa001", "email": "jiwa@wda.example", **changes}
    call_command("first_administrator", **given)
    return capsys.readouterr().out


def inside(text: str, account: str) -> Client:
    """By the link in the text: password, sign-in, second factor, as a person does it."""
    found = re.search(r"/set-password/[^/\s]+/", text)
    assert found, text
    client = Client()
    assert client.post(found.group(), {"password1": PASSWORD, "password2": PASSWORD}).status_code in (200, 302)
    client = Client()
    client.post("/accounts/login/", {"login": account, "password": PASSWORD})
    assert client.get("/admin/").url == ACTIVATE
    if (asked := client.get(ACTIVATE)).status_code == 302:
        client.post(asked.url, {"password": PASSWORD})
    secret = client.get(ACTIVATE).context["form"].secret
    assert client.post(ACTIVATE, {"code": code_of(secret)}).status_code == 302
    return client


def test_an_empty_site_begins(capsys: pytest.CaptureFixture[str]) -> None:
    assert not Organisation.objects.exists() and not User.objects.exists()
    printed = begun(capsys)
    assert "系統管理者" in printed
    line = AccessLog.objects.get(action="role_granted")
    assert line.subject.startswith("jiwa001") and "first_administrator" in line.reason
    chief = inside(printed, "jiwa001")
    call_command("load_site_offices")
    assert chief.get("/admin/people/").status_code == 200
    for account, role, office in (("opener01", "s45_opener", "WDA-SP"), ("officer01", "branch_officer", "雲嘉南分署")):
        given = {"name": "新人", "email": f"{account}@wda.example", "account_name": account, "reason": "開站任用"}
        assert chief.post("/admin/people/add/", {**given, "role": role, "office": office}).status_code == 302
        letter = Notice.objects.get(user__account_name=account)
        at_work = inside(letter.body, account)
        assert at_work.get("/admin/").status_code == at_work.get("/admin/work/").status_code == 200
    opener = User.objects.get(account_name="opener01")
    assert opener.site_accounts.get().rights.get().right == "opener"


def test_it_works_once(capsys: pytest.CaptureFixture[str]) -> None:
    begun(capsys)
    with pytest.raises(CommandError, match="本站已有系統管理者"):
        begun(capsys, account="second01", email="second@wda.example")
    assert not User.objects.filter(account_name="second01").exists()


def test_it_works_again_where_nobody_active_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    begun(capsys)
    User.objects.update(is_active=False)
    begun(capsys, account="second01", email="second@wda.example")
    assert central_administrators().get().account_name == "second01"


def test_an_administrator_of_a_branch_is_none_of_the_agency(capsys: pytest.CaptureFixture[str]) -> None:
    begun(capsys)
    first = User.objects.get()
    local = User.objects.create_user("local01", email="local@wda.example", name="分署管理")
    branch = Organisation.objects.get(code="WDA-YCT")
    appoint(user=local, role_code="casework.administrator", organisation=branch, reason="分署", by=first, at=now())
    User.objects.filter(pk=first.pk).update(is_active=False)
    begun(capsys, account="second01", email="second@wda.example")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "nonsense"}, "電子郵件格式不正確"),
        ({"account": "1a"}, "第 1 碼為英文"),
        ({"name": "紀@維安"}, "姓名裡有不能使用的字元"),
    ],
)
def test_nonsense_is_refused(changes: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=said):
        begun(capsys, **changes)
    assert not User.objects.exists() and not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("command", "given"),
    [
        ("first_administrator", ["--name=紀維安", "--account=jiwa001", "--email=jiwa@wda.example"]),
        ("grant_role", ["--list"]),
        ("load_offices", []),
        ("load_site_offices", []),
    ],
)
def test_before_migrate_it_is_said_what_to_do_first(command: str, given: list[str]) -> None:
    MigrationRecorder.Migration.objects.filter(app="accounts").delete()
    with pytest.raises(CommandError, match=r"請先執行 manage\.py migrate"):
        call_command(command, *given)


def test_what_was_not_given_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers = {"姓名：": "紀維安", "帳號：": "jiwa001", "電子郵件：": "jiwa@wda.example"}
    monkeypatch.setattr("builtins.input", lambda asked: answers[asked])
    call_command("first_administrator")
    assert "jiwa001" in capsys.readouterr().out
