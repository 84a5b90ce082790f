"""憑證登入 in the browser: the sign-in page, the window of the card component, and what a person is told."""

import pytest
from playwright.sync_api import Page, expect

from accounts import demo
from accounts.models import User
from tests.browser.conftest import Opens
from tests.browser.harness import axe, judge_page, no_sideways


@pytest.fixture
def person(site: str, monkeypatch: pytest.MonkeyPatch, settings) -> User:
    settings.CERTIFICATE_FOLDER = settings.CERTIFICATE_COMPONENT_URL = ""
    demo.DEMO_ROLES.clear()
    demo.DEMO_ROLES.add(demo.DemoRole("專業人員", "lina88", "展示"))
    user = User.objects.create_user("lina88", email="lina88@example.test", name="王小明")
    user.set_national_id("A123456789")
    user.save()
    return user


def reader(page: Page, login: str = "") -> Page:
    """The component's window, opened by the button."""
    page.goto("/accounts/login/")
    page.locator("#card-login").fill(login)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="以憑證登入").click()
    window = opened.value
    window.wait_for_load_state()  # its buttons work from then on
    expect(window.get_by_role("heading", level=1)).to_have_text("展示用讀卡機")
    return window


def test_with_the_demonstration_card(person: User, visit: Page) -> None:
    window = reader(visit, "lina88")
    axe(window)
    no_sideways(window)
    window.get_by_role("button", name="簽章").click()
    visit.wait_for_url(lambda url: "/accounts/login/" not in url)
    visit.goto("/me/")
    expect(visit.locator("main").get_by_text("lina88", exact=True)).to_be_visible()


def test_a_refused_card_is_told_why_and_may_try_again(person: User, visit: Page) -> None:
    window = reader(visit)
    window.get_by_role("button", name="簽章").click()
    expect(visit.get_by_text("這張憑證第一次在本網站使用")).to_be_visible()
    window = reader(visit, "lina88")
    window.get_by_label("卡片狀況").select_option("revoked")
    window.get_by_role("button", name="簽章").click()
    expect(visit.get_by_text("您的憑證已經廢止或停用")).to_be_visible()
    judge_page(visit)
    reader(visit, "lina88").get_by_role("button", name="簽章").click()
    visit.wait_for_url(lambda url: "/accounts/login/" not in url)


def test_a_closed_window_and_a_missing_component_are_told(person: User, visit: Page, settings) -> None:
    window = reader(visit, "lina88")
    with window.expect_event(
        "close"
    ):  # pressed from within: a press from outside may not end before the window is gone
        window.get_by_role("button", name="取消").evaluate("(button) => { setTimeout(() => button.click()) }")
    expect(visit.get_by_text("沒有完成簽章")).to_be_visible()
    settings.CERTIFICATE_COMPONENT_URL = "http://localhost:61161/popupForm"  # nothing listens there
    visit.clock.install()
    visit.goto("/accounts/login/")
    with visit.expect_popup():
        visit.get_by_role("button", name="以憑證登入").click()
    expect(visit.get_by_text("等待憑證元件簽章")).to_be_visible()
    visit.clock.fast_forward(10_000)
    expect(visit.get_by_text("找不到憑證元件")).to_be_visible()


def test_the_pin_goes_to_the_component_and_nowhere_else(person: User, visit: Page) -> None:
    bodies: list[str] = []
    visit.context.on("request", lambda one: bodies.append(one.post_data or ""))
    visit.context.add_init_script(
        "window.heard = new Promise((told) => addEventListener('message', (e) => told(e.data)))"
    )
    visit.goto("/accounts/login/")
    visit.locator("#card-pin").fill("86420975")
    visit.locator("#card-login").fill("lina88")
    with visit.expect_popup() as opened:
        visit.get_by_role("button", name="以憑證登入").click()
    window = opened.value
    window.wait_for_load_state()
    assert "86420975" in window.evaluate("window.heard")
    window.get_by_role("button", name="簽章").click()
    visit.wait_for_url(lambda url: "/accounts/login/" not in url)
    assert bodies
    assert not any("86420975" in body for body in bodies)


def test_without_javascript_the_roles_unfold(person: User, opens: Opens) -> None:
    page = opens(javascript=False)
    page.goto("/accounts/login/")
    button = page.get_by_role("button", name="專業人員 展示")
    expect(button).to_be_hidden()
    page.get_by_text("（1 個角色）").click()
    button.click()
    page.goto("/me/")
    expect(page.locator("main").get_by_text("lina88", exact=True)).to_be_visible()


def test_where_certificates_are_required_they_come_first(person: User, visit: Page, settings) -> None:
    settings.CERTIFICATE_SIGN_IN = True
    visit.goto("/accounts/login/")
    assert visit.get_by_role("heading", level=2).all_text_contents()[:2] == ["憑證登入", "帳號密碼登入"]
    judge_page(visit)
