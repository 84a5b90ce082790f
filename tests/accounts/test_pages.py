"""Own data, own log, menu, start page, statements, error pages, reveal."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.template import engines
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse

from accounts import context_processors, navigation, panels
from accounts.checks import navigation_leads_somewhere, roles_and_menu_name_declared_rights
from accounts.errors import NotPermitted, Refused
from accounts.models import AccessLog
from accounts.navigation import NavItem
from accounts.panels import Block
from accounts.services.access import record_access
from accounts.services.identifiers import reveal_national_id
from accounts.views import errors
from tests.accounts.conftest import sign_in

pytestmark = pytest.mark.django_db


def broken(request):
    raise ZeroDivisionError("A123456789")


def forbidden(request):
    raise PermissionDenied("這件案子不在您的轄區。")


urlpatterns = [path("broken/", broken), path("forbidden/", forbidden), path("", include("config.urls"))]
handler403 = "accounts.views.errors.forbidden"
handler500 = "accounts.views.errors.server_error"


@pytest.fixture
def menu() -> None:
    navigation.MENU.clear()


def test_own_data_shows_roles_and_the_masked_number(user, unit, grant, client):
    user.set_national_id("A123456789")
    user.save()
    grant(user, "probe.contact", unit)
    sign_in(client, "lina88")
    body = client.get("/me/").content.decode()
    assert "A12****789" in body
    assert "A123456789" not in body
    assert "某某職業訓練中心" in body
    assert "由單位聯絡人提出異動申請" in body


def test_who_belongs_to_no_unit_is_sent_to_no_contact_of_it(user, client):
    sign_in(client, "lina88")
    body = client.get("/me/").content.decode()
    assert "單位聯絡人" not in body and "請攜帶身分證件正本，洽承辦機關的帳號管理人員更正" in body


def test_an_app_adds_a_panel(user, client):
    panels.PROFILE.clear()
    panels.PROFILE.add(
        Block("a", engines["django"].from_string("<h2>{{ block.title }}</h2>"), lambda request: {"title": "年度權限"}),
        Block("b", "no/such/template.html", lambda request: None),
    )
    sign_in(client, "lina88")
    answer = client.get("/me/")
    assert [panel.code for panel in answer.context["panels"]] == ["a"]
    assert "<h2>年度權限</h2>" in answer.content.decode()


def test_own_log_shows_mine_and_who_looked_at_my_number(user, make_user, client, at, branch, grant):
    user.set_national_id("A123456789")
    user.save()
    chief, other = make_user("chief11"), make_user("other22")
    grant(chief, "probe.chief", branch)
    reveal_national_id(user=user, reader=chief, reason="核對領據", at=at)
    record_access(AccessLog.Action.EXPORT, at=at, user=other, subject="別人的匯出")
    sign_in(client, "lina88")
    body = client.get("/me/log/").content.decode()
    assert "核對領據" in body
    assert "檢視完整身分證字號" in body
    assert "登入" in body
    assert "別人的匯出" not in body


def test_reveal_needs_right_reason_and_leaves_a_line(user, make_user, branch, other_branch, grant, at):
    user.set_national_id("A123456789")
    user.save()
    officer, chief = make_user("officer1"), make_user("chief11")
    grant(officer, "probe.officer", branch)
    grant(chief, "probe.chief", branch)
    with pytest.raises(NotPermitted):
        reveal_national_id(user=user, reader=officer, reason="核對領據", at=at)
    for reason in ("", "   ", "看看"):
        with pytest.raises(Refused, match="請填寫檢視理由"):
            reveal_national_id(user=user, reader=chief, reason=reason, at=at)
    assert not AccessLog.objects.filter(action="reveal").exists()
    assert reveal_national_id(user=user, reader=chief, reason="核對領據", at=at) == "A123456789"
    line = AccessLog.objects.get(action="reveal")
    assert (line.user, line.subject, line.reason, line.at) == (chief, "lina88", "核對領據", at)
    with pytest.raises(Refused, match="沒有登錄"):
        reveal_national_id(user=officer, reader=chief, reason="核對領據", at=at)


def test_the_menu_follows_rights_and_marks_where_one_is(menu, user, unit, grant, client):
    navigation.MENU.add(
        NavItem("我的資料", "portal:me", order=3),
        NavItem("存取紀錄", "portal:log", order=4),
        NavItem("送件", "portal:design", right="probe.file", order=1),
        NavItem("核定", "portal:privacy", right="probe.decide", order=2),
        NavItem("後臺", "portal:accessibility", staff=True),
        NavItem("網站導覽", "portal:sitemap", public=True, order=9),
    )

    def labels(body: Client) -> list[tuple[str, bool]]:
        return [(item.label, item.current) for item in body.get("/me/log/", follow=True).context["portal"].navigation]

    assert [label for label, _ in labels(Client())] == ["網站導覽"]
    sign_in(client, "lina88")
    assert labels(client) == [("我的資料", False), ("存取紀錄", True), ("網站導覽", False)]
    grant(user, "probe.contact", unit)
    assert [label for label, _ in labels(client)] == ["送件", "我的資料", "存取紀錄", "網站導覽"]


def test_checks_find_entries_that_lead_nowhere(menu, declared):
    navigation.MENU.add(NavItem("壞的", "nowhere:at_all"), NavItem("沒有的權限", "portal:me", right="probe.none"))
    assert [error.id for error in navigation_leads_somewhere(None)] == ["accounts.E001"]
    assert [error.id for error in roles_and_menu_name_declared_rights(None)] == ["accounts.E003"]
    assert Client().get("/").status_code == 200, "and no page falls for it"


def test_unread_is_asked_only_where_shown(user, rf: RequestFactory):
    context_processors.UNREAD.put(lambda one: 7)
    request = rf.get("/")
    request.user = user
    assert context_processors.portal(request)["portal"].unread == 7


def test_start_page_out_and_in(user, client):
    for lists in (panels.DASHBOARD, panels.WAITING, panels.EXPIRING, panels.RECENT):
        lists.clear()
    assert "登入後申辦" in client.get("/").content.decode()
    panels.WAITING.add(
        lambda request: [
            {"title": "補正", "url": "/me/", "number": "OA-115-000001", "state_label": "待補正", "tone": "warn"}
        ],
    )
    sign_in(client, "lina88")
    body = client.get("/").content.decode()
    assert "OA-115-000001" in body
    assert "登入後申辦" not in body


@pytest.mark.parametrize("address", ["/sitemap/", "/accessibility/", "/privacy/", "/design/"])
def test_statements_are_public(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert 'lang="zh-Hant-TW"' in answer.content.decode()


def test_not_found_has_a_reference_number(client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    number = answer.wsgi_request.request_id
    assert len(number) == 11
    assert number in answer.content.decode()
    assert client.get("/no-such-page/").wsgi_request.request_id != number


def test_a_number_sent_by_the_visitor_is_not_taken(client):
    answer = client.get("/no-such-page/", headers={"X-Request-Id": "MINE"})
    assert "MINE" not in answer.content.decode()
    assert answer.wsgi_request.META["HTTP_X_REQUEST_ID"] == answer.wsgi_request.request_id


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_shows_a_short_page_with_the_number(user):
    client = Client(raise_request_exception=False)
    sign_in(client, "lina88")
    answer = client.get("/broken/")
    assert answer.status_code == 500
    body = answer.content.decode()
    assert answer.wsgi_request.request_id in body
    assert "ZeroDivisionError" not in body
    assert "A123456789" not in body


@override_settings(ROOT_URLCONF=__name__)
def test_a_refusal_says_why_and_is_written_down(user, client):
    sign_in(client, "lina88")
    answer = client.get("/forbidden/")
    assert answer.status_code == 403
    assert "這件案子不在您的轄區。" in answer.content.decode()
    line = AccessLog.objects.get(action="refused")
    assert (line.user, line.path, line.reason) == (user, "/forbidden/", "這件案子不在您的轄區。")


def test_a_form_that_stood_open_too_long(user):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "lina88", "password": "x"})
    assert answer.status_code == 403
    assert "頁面已經過期" in answer.content.decode()


def test_pages_of_somebody_signed_in_stay_in_no_cache(user, client):
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    client.force_login(user)
    assert client.get("/me/").headers["Cache-Control"] == "private, no-store"
    assert "no-store" in client.post(reverse("account_logout")).headers["Cache-Control"]


def test_the_database_away_is_said_with_the_time_to_come_back(rf: RequestFactory) -> None:
    try:
        raise OperationalError("server closed the connection")
    except OperationalError:
        answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "系統暫停服務" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "goal"), [("/", "/guide/"), ("/accounts/login/", "/guide/sign-in/"), ("/ojt/", "/guide/unit/")]
)
def test_help_leads_to_the_page_of_the_guide_that_speaks_of_where_one_is(client, address, goal) -> None:
    assert f'href="{goal}">使用說明</a>' in client.get(address).content.decode()


def test_every_component_is_used_and_stands_on_the_design_page(client) -> None:
    templates = Path(__file__).parents[2] / "templates"
    pages = {path: path.read_text("utf-8") for path in templates.rglob("*.html")}
    design = pages.pop(templates / "portal" / "design.html")
    assert client.get("/design/").status_code == 200
    components = {path.name: pages[path] for path in sorted((templates / "components").glob("*.html"))}

    def included(text: str) -> set[str]:
        return {name for name in components if f'"components/{name}"' in text}

    shown = {"idle.html"}  # comes with every page of somebody signed in
    found = included(design)
    while found:
        shown |= found
        found = {name for one in found for name in included(components[one])} - shown
    assert set(components) - shown == set(), "not on /design/"
    assert set(components) - {name for text in pages.values() for name in included(text)} == set(), "used by no page"
