"""Headers on every kind of answer, cookies, limits and their page, and the public statements."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, include, path, reverse

from accounts import limits
from accounts.limits import CHECK, DOWNLOAD, EXPORT, PUBLIC_DATA, REGISTER, REVEALING, Limit, limited
from tests.casework.conftest import NOW
from tests.factories import UserFactory
from tests.test_urls import walk

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("這件案子不在您的轄區。")


@limited(Limit("few", 3, 60))
def few(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


few.login_required = False  # type: ignore[attr-defined]
urlpatterns = [
    path("broken/", broken),
    path("forbidden/", forbidden),
    path("few/", few),
    path("", include("config.urls")),
]
handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.forbidden"
handler404 = "accounts.views.errors.not_found"
handler500 = "accounts.views.errors.server_error"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": site.PERMISSIONS_POLICY,
}


def _signed_in(**given: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(**given), backend=site.AUTHENTICATION_BACKENDS[0])
    return client


def _stranger() -> Client:
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


ANSWERS: dict[str, tuple[int, Callable[[], Any]]] = {
    "page": (200, lambda: _stranger().get("/")),
    "sign-in": (200, lambda: _stranger().get("/accounts/login/")),
    "led to sign-in": (302, lambda: _stranger().get("/me/")),
    "back office led to sign-in": (302, lambda: _stranger().get("/admin/")),
    "text": (200, lambda: _stranger().get("/.well-known/security.txt")),
    "feed": (200, lambda: _stranger().get("/45plus/rss.xml")),
    "open data": (200, lambda: _stranger().get(reverse("ojt_subsidy:open_data_json"))),
    "static file": (200, lambda: _stranger().get("/static/css/tokens.css")),
    "another host": (400, lambda: _stranger().get("/", headers={"host": "evil.test"})),
    "no form token": (403, lambda: _stranger().post("/accounts/login/", {})),
    "forbidden": (403, lambda: _signed_in().get("/forbidden/")),
    "not there": (404, lambda: _stranger().get("/nothing/here/")),
    "not there, back office": (404, lambda: _signed_in(is_staff=True).get("/admin/jobs/")),
    "wrong method": (405, lambda: _signed_in().get("/session/keep/")),
    "used link": (410, lambda: _stranger().get("/set-password/no-such-token/")),
    "fault": (500, lambda: _signed_in().get("/broken/")),
}


@pytest.mark.parametrize("kind", ANSWERS)
@override_settings(ROOT_URLCONF=__name__, STAFF_SECOND_FACTOR=False)
def test_every_kind_of_answer_carries_the_headers(kind: str) -> None:
    status, ask = ANSWERS[kind]
    answer = ask()
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert "Cross-Origin-Opener-Policy" in answer.headers
    assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers
    if answer.streaming:
        answer.getvalue()


def test_over_tls_the_browser_is_told_to_stay_there() -> None:
    with override_settings(
        SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_HSTS_PRELOAD=True
    ):
        told = Client().get("/", secure=True).headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains; preload"


def test_cookies_are_the_servers_alone() -> None:
    client = _signed_in()
    client.get("/accounts/password/change/")
    for name in (site.SESSION_COOKIE_NAME, site.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"] is True
        assert client.cookies[name]["samesite"] == "Lax"
        assert client.cookies[name]["domain"] == ""


# --- limits -----------------------------------------------------------------------------------------------------------------------


@override_settings(ROOT_URLCONF=__name__)
def test_one_visit_too_many_gets_a_kind_page_until_the_next_window() -> None:
    with time_machine.travel(NOW.replace(second=20), tick=False) as clock:
        assert [Client().get("/few/").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = Client().get("/few/")
        assert refused.headers["Retry-After"] == "40"
        assert "請等" in refused.text and "1</span> 分鐘後再試" in refused.text
        assert "login" in refused.text  # a page of the portal, with its ways out
        clock.shift(timedelta(seconds=40))
        assert Client().get("/few/").status_code == 200


@override_settings(ROOT_URLCONF=__name__)
def test_people_are_counted_by_themselves_and_others_by_their_address() -> None:
    with time_machine.travel(NOW, tick=False):
        for client in (Client(), _signed_in(), _signed_in(), Client(REMOTE_ADDR="192.0.2.7")):
            assert [client.get("/few/").status_code for _ in range(4)][-1] == 429


@override_settings(ROOT_URLCONF=__name__, ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_the_proxy_the_proxys_word_counts_and_the_visitors_does_not() -> None:
    with time_machine.travel(NOW, tick=False):
        told = [
            Client().get("/few/", headers={"X-Forwarded-For": f"10.0.0.{n}, 192.0.2.7"}).status_code for n in range(4)
        ]
        assert told == [200, 200, 200, 429]
        assert Client().get("/few/", headers={"X-Forwarded-For": "192.0.2.8"}).status_code == 200


def test_searching_and_uploading_are_limited_everywhere(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    search, upload = limits.EVERYWHERE
    monkeypatch.setattr(
        "accounts.middleware.limits.EVERYWHERE", (Limit("s", 2, 60, search.when), Limit("u", 2, 60, upload.when))
    )
    with time_machine.travel(NOW, tick=False):
        client = _signed_in()
        assert [client.get("/cases/", {"q": f"案{n}"}).status_code for n in range(3)] == [200, 200, 429]
        assert client.get("/cases/").status_code == 200
        form = {"content_type": "multipart/form-data; boundary=x", "data": b"--x--\r\n"}
        assert [client.post("/cases/autosave/", **form).status_code for _ in range(3)][-1] == 429


#: What is limited, by the view's own mark.
LIMITED = {
    CHECK: {"casework:check"},
    REGISTER: {"ojt_accounts:register", "ojt_subsidy:join", "senior45:join", "vrs_credentials:join", "vrs_credentials:join_institution"},
    EXPORT: {"admin:export", "admin:ojt_export", "vrs_credentials:export", "admin:s45_campaign_sheet"},
    DOWNLOAD: {
        "casework:attachment", "casework:document", "casework:export_file", "ojt_accounts:print", "ojt_accounts:print_one",
        "ohs_training:print", "admin:ohs_print", "vrs_credentials:print",
    },
    REVEALING: {"admin:case_reveal", "admin:reveal_person"},
    PUBLIC_DATA: {"ojt_subsidy:open_data_csv", "ojt_subsidy:open_data_json", "plus45:feed", "plus45:feed_all", "plus45:sitemap"},
}  # fmt: skip


def test_what_must_be_limited_is() -> None:
    """The mark goes through every decorator around the view, the back office's included."""
    found: dict[Limit, set[str]] = {}
    for one in walk(get_resolver("config.urls")):
        for limit in getattr(one.pattern.callback, "limits", ()):
            found.setdefault(limit, set()).add(one.name)
    assert {limit.code: LIMITED[limit] - found.get(limit, set()) for limit in LIMITED} == {
        limit.code: set() for limit in LIMITED
    }


# --- statements --------------------------------------------------------------------------------------------------------------------


def test_security_txt_names_a_contact_and_does_not_run_out(settings: Any) -> None:
    settings.SECURITY_CONTACT, settings.SITE_URL = "mailto:cert@example.gov.tw", "https://portal.example"
    with time_machine.travel(NOW, tick=False):
        lines = dict(line.split(": ", 1) for line in Client().get("/.well-known/security.txt").text.splitlines())
    assert lines["Contact"] == "mailto:cert@example.gov.tw"
    assert NOW < datetime.fromisoformat(lines["Expires"]) < NOW + timedelta(days=366)
    assert lines["Canonical"] == "https://portal.example/.well-known/security.txt"
    assert Client().get(lines["Policy"].removeprefix("https://portal.example").split("#")[0]).status_code == 200


def test_the_notice_says_what_article_8_asks_for() -> None:
    text = Client().get(reverse("portal:privacy")).text
    for said in ("誰蒐集", "為什麼蒐集", "蒐集哪些資料", "期間", "地區", "對象", "方式", "權利", "不提供"):
        assert said in text
    assert reverse("portal:privacy") in Client().get(reverse("portal:terms")).text
    assert reverse("portal:terms") in Client().get("/").text
