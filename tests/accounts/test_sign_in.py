"""Signing in by account name or e-mail, where it leads, what is written down, and the ways beside the password."""

import pytest
from django.test import Client

from accounts import demo, providers
from accounts.errors import Refused, SignInRefused
from accounts.models import AccessLog, User
from accounts.providers import Provider
from accounts.services import openings
from accounts.services.access import loggable_name, record_access
from accounts.services.openings import open_password, password_is_open, withdraw_opening
from accounts.services.users import close_user, open_user
from tests.accounts.conftest import AT, PASSWORD, sign_in

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.mark.parametrize("typed", ["lina88", "LINA88", " lina88 ", "lina88@example.test", "Lina88@Example.Test"])
def test_either_name_in_any_case(user, client, typed):
    answer = sign_in(client, typed)
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/me/").status_code == 200


def test_an_address_stored_in_capitals(make_user, client):
    make_user("mixed11", email="Mixed.Case@Example.TEST")
    assert sign_in(client, "mixed.case@example.test").status_code == 302


@pytest.mark.parametrize(
    ("typed", "password"),
    [
        ("lina88", "wrong"),
        ("nobody77", PASSWORD),
        ("nobody@example.test", PASSWORD),
        ("'--", "x"),
    ],
)
def test_one_sentence_for_every_wrong_pair(user, client, typed, password):
    page = sign_in(client, typed, password)
    assert page.status_code == 200
    body = page.content.decode()
    assert "帳號或密碼不正確" in body or "字元" in body
    assert client.get("/me/").status_code == 302


def test_empty_fields_are_named(client):
    body = client.post(LOGIN, {}).content.decode()
    assert "請輸入帳號或電子郵件。" in body
    assert "請輸入密碼。" in body


def test_next_leads_back_and_never_away(user):
    assert sign_in(Client(), "lina88", next="/me/log/").url == "/me/log/"
    assert sign_in(Client(), "lina88", next="https://elsewhere.test/").url == "/"
    assert sign_in(Client(), "lina88", next="//elsewhere.test/").url == "/"


def test_a_deep_link_returns_after_sign_in(user, client):
    answer = client.get("/me/log/?page=1")
    assert answer.url == "/accounts/login/?next=%2Fme%2Flog%2F%3Fpage%3D1"
    page = client.get(answer.url).content.decode()
    assert 'value="/me/log/?page=1"' in page


def test_a_part_asked_for_by_htmx_sends_the_whole_page(client):
    answer = client.get("/me/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/me/log/"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fme%2Flog%2F"


def test_a_post_returns_to_the_page_its_form_stood_on(client):
    answer = client.post("/session/keep/", headers={"Referer": "http://testserver/me/?a=1"})
    assert answer.url == "/accounts/login/?next=%2Fme%2F%3Fa%3D1"
    answer = client.post("/session/keep/", headers={"Referer": "https://elsewhere.test/me/"})
    assert answer.url == "/accounts/login/"


def test_sign_in_refusal_and_sign_out_are_written_down(user, client):
    sign_in(client, "lina88", "wrong")
    sign_in(client, "nobody77", "wrong")
    sign_in(client, "lina88")
    client.post("/accounts/logout/")
    lines = list(AccessLog.objects.order_by("pk").values_list("action", "user", "attempted", "subject", "address"))
    assert lines == [
        ("sign_in_refused", user.pk, "lina88", "帳號密碼", "127.0.0.1"),
        ("sign_in_refused", None, "nobody77", "帳號密碼", "127.0.0.1"),
        ("sign_in", user.pk, "", "帳號密碼", "127.0.0.1"),
        ("sign_out", user.pk, "", "", "127.0.0.1"),
    ]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("lina88", "lina88"),
        ("a.b@example.test", "a.b@example.test"),
        ("A123456789", "（不是帳號的格式）"),
        ("a123456789", "（不是帳號的格式）"),
        ("Kite-River-4821", "（不是帳號的格式）"),
        ("王小明", "（不是帳號的格式）"),
        ("", ""),
    ],
)
def test_what_was_typed_is_written_only_where_it_can_be_a_name(typed, written):
    assert loggable_name(typed) == written


def test_behind_the_proxy_the_visitors_address_is_written(user, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = Client(headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    sign_in(client, "lina88")
    assert AccessLog.objects.get().address == "203.0.113.9"


def test_signing_in_writes_no_history_row(user, client):
    before = user.history.count()
    sign_in(client, "lina88")
    user.refresh_from_db()
    assert user.last_login is not None
    assert user.history.count() == before


def test_a_closed_person_is_out_at_once(user, make_user, client, at):
    sign_in(client, "lina88")
    boss = make_user("boss11")
    close_user(user=user, reason="離職", by=boss, at=at)
    assert client.get("/me/").status_code == 302
    body = sign_in(client, "lina88").content.decode()
    assert "此帳號已停用" in body
    assert "帳號或密碼不正確" in sign_in(client, "lina88", "wrong").content.decode(), (
        "only who knows the password is told"
    )
    line = AccessLog.objects.get(action="user_closed")
    assert (line.user, line.subject, line.reason) == (boss, "lina88", "離職")
    open_user(user=user, by=boss, at=at)
    assert sign_in(client, "lina88").status_code == 302


def test_closing_needs_a_reason(user, at):
    with pytest.raises(Refused, match="請填寫停用原因"):
        close_user(user=user, reason="", by=None, at=at)


def test_sessions_are_listed_and_ended(user):
    here, elsewhere = Client(), Client()
    sign_in(here, "lina88")
    sign_in(elsewhere, "lina88")
    assert here.get("/accounts/sessions/").content.decode().count("其他裝置</span>") == 1
    here.post("/accounts/sessions/")
    assert elsewhere.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200


def test_the_log_is_append_only(user, at):
    from django.db import DatabaseError, transaction

    line = record_access(AccessLog.Action.EXPORT, at=at, user=user)
    for act in (line.delete, lambda: AccessLog.objects.filter(pk=line.pk).update(reason="x")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


# --- the certificate: password closed unless opened ---------------------------------------------------------------------


@pytest.fixture
def certificates(settings, user, unit, grant) -> None:
    """Switched on, and `user` works for a training unit."""
    settings.CERTIFICATE_SIGN_IN, settings.DEMO = True, False
    grant(user, "probe.contact", unit)


def test_until_it_is_switched_on_the_password_is_open_to_all(user):
    assert password_is_open(user, on=AT.date())


def test_with_it_on_the_password_is_refused_with_a_sentence(certificates, user, client):
    body = sign_in(client, "lina88").content.decode()
    assert "此帳號未開放以密碼登入，請使用自然人憑證" in body
    assert "帳號或密碼不正確" in sign_in(client, "lina88", "wrong").content.decode()
    assert AccessLog.objects.filter(action="sign_in_refused", user=user, reason__contains="未開放").count() == 1
    assert client.get("/me/").status_code == 302


def test_staff_keep_their_password_and_so_does_who_comes_for_themselves(certificates, make_user, branch, grant):
    trainee, officer = make_user("trainee1"), make_user("officer1")
    grant(officer, "probe.officer", branch)
    assert password_is_open(trainee, on=AT.date())
    assert password_is_open(officer, on=AT.date())


def test_a_scheme_names_further_people_who_sign_in_by_card(certificates, make_user, monkeypatch):
    professional = make_user("expert11")
    openings.CARD_HOLDERS.add(lambda one: one == professional)
    assert not password_is_open(professional, on=AT.date())
    assert password_is_open(make_user("other11"), on=AT.date())


def test_an_opening_holds_through_its_last_day(certificates, user, make_user, at, client):
    import time_machine

    boss = make_user("boss11")
    open_password(user=user, reason="憑證換發中", until=AT.date(), by=boss, at=at)
    with time_machine.travel("2026-11-20 23:59:59+08:00", tick=False):
        assert sign_in(Client(), "lina88").status_code == 302
    with time_machine.travel("2026-11-21 00:00:00+08:00", tick=False):
        assert sign_in(Client(), "lina88").status_code == 200
    line = AccessLog.objects.get(action="password_opened")
    assert (line.user, line.reason, line.subject) == (boss, "憑證換發中", "lina88（至 115/11/20）")


def test_an_opening_can_be_withdrawn(certificates, user, make_user, at):
    boss = make_user("boss11")
    opening = open_password(user=user, reason="憑證換發中", until=AT.date(), by=boss, at=at)
    assert password_is_open(user, on=AT.date())
    withdraw_opening(opening, by=boss, at=at)
    withdraw_opening(opening, by=boss, at=at)
    assert not password_is_open(user, on=AT.date())
    assert AccessLog.objects.filter(action="password_opened").count() == 2


def test_an_opening_needs_reason_future_and_somebody_else(user, make_user, at):
    boss = make_user("boss11")
    day = AT.date()
    for more, sentence in (
        ({"reason": " ", "by": boss, "until": day}, "特殊情形"),
        ({"reason": "x", "by": boss, "until": day.replace(day=19)}, "早於今天"),
        ({"reason": "x", "by": user, "until": day}, "不能為自己"),
    ):
        with pytest.raises(Refused, match=sentence):
            open_password(user=user, at=at, **more)


class CardProvider(Provider):
    """A way that knows people by a word, as the certificate's will by its serial."""

    code = "card"
    label = "自然人憑證"
    template = "components/icon.html"

    def begin(self, request):
        return {"name": "user"}

    def complete(self, request, answer):
        user = User.objects.filter(account_name=answer.get("word", "")).first()
        if user is None:
            raise SignInRefused("憑證與帳號不符。")
        return user


def test_another_way_registers_and_signs_in(certificates, user, client, monkeypatch):
    providers.WAYS.add(CardProvider())
    assert [way["label"] for way in client.get(LOGIN).context["other_ways"]] == ["自然人憑證"]
    refused = client.post("/sign-in/card/", {"word": "nobody77"}, follow=True)
    assert "憑證與帳號不符。" in refused.content.decode()
    answer = client.post("/sign-in/card/", {"word": "lina88", "next": "/me/"})
    assert answer.url == "/me/"
    assert AccessLog.objects.get(action="sign_in").subject == "自然人憑證"


def test_a_closed_person_does_not_come_in_by_another_way(user, client, at, monkeypatch):
    providers.WAYS.add(CardProvider())
    close_user(user=user, reason="離職", by=None, at=at)
    assert "此帳號已停用" in client.post("/sign-in/card/", {"word": "lina88"}, follow=True).content.decode()


@pytest.mark.parametrize("code", ["card", "password", "x"])
def test_ways_that_are_not_there(client, code):
    assert client.post(f"/sign-in/{code}/", {"word": "lina88"}).status_code == 404


# --- the demonstration --------------------------------------------------------------------------------------------------


@pytest.fixture
def demo_people(monkeypatch, make_user) -> User:
    demo.DEMO_ROLES.clear()
    demo.DEMO_ROLES.add(demo.DemoRole("分署承辦人", "officer1", "雲嘉南分署"))
    demo.DEMO_ROLES.add(demo.DemoRole("還沒載入的角色", "absent1"))
    return make_user("officer1", is_staff=True)


def test_a_button_signs_in(demo_people, client, settings):
    settings.DEMO, settings.STAFF_SECOND_FACTOR = True, False
    page = client.get(LOGIN).content.decode()
    assert "分署承辦人" in page
    assert 'value="officer1"' in page
    assert client.post("/accounts/demo/", {"role": "officer1"}).url == "/"
    assert client.get("/me/").context["person"] == demo_people
    assert AccessLog.objects.get(action="sign_in").subject == "展示登入"


def test_from_one_role_to_another(demo_people, user, client, settings):
    settings.DEMO, settings.STAFF_SECOND_FACTOR = True, False
    sign_in(client, "lina88")
    client.post("/accounts/demo/", {"role": "officer1"})
    assert client.get("/me/").context["person"] == demo_people


def test_only_registered_people_and_only_by_post(demo_people, user, client, settings):
    settings.DEMO = True
    assert client.post("/accounts/demo/", {"role": "lina88"}).status_code == 404
    assert client.post("/accounts/demo/").status_code == 404
    assert client.get("/accounts/demo/").status_code == 405
    assert "重新載入展示資料" in client.post("/accounts/demo/", {"role": "absent1"}, follow=True).content.decode()


def test_elsewhere_it_does_not_exist(demo_people, client, settings):
    settings.DEMO = False
    assert client.post("/accounts/demo/", {"role": "officer1"}).status_code == 404
    assert "分署承辦人" not in client.get(LOGIN).content.decode()
