"""The way of somebody without a mouse: Tab, Enter and Space, and the focus shows at every stop."""

import pytest
from playwright.sync_api import Page, expect

from casework.models import Case
from tests.browser import account_walk as a
from tests.browser.conftest import Opens
from tests.browser.harness import focused, tab_to
from tests.ojt_accounts import world as w


@pytest.fixture
def here(site: str) -> w.World:
    return w.world()


def _type(page: Page, label: str, text: str) -> None:
    tab_to(page, label)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def _go(page: Page, words: str, key: str = "Enter") -> None:
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press(key)


def test_the_first_stop_leads_past_the_menu(visit: Page) -> None:
    for address in ("/", "/ojt/", "/accounts/login/"):
        visit.goto(address)
        visit.keyboard.press("Tab")
        assert focused(visit) == "跳到主要內容"
        expect(visit.get_by_role("link", name="跳到主要內容")).to_be_in_viewport()
        visit.keyboard.press("Enter")
        visit.keyboard.press("Tab")
        assert visit.evaluate("document.getElementById('main').contains(document.activeElement)"), address


def test_from_sign_in_to_a_saved_form(here: w.World, visit: Page) -> None:
    here.contact.set_password(a.PASSWORD)
    here.contact.save()
    visit.goto("/accounts/login/?next=/ojt/unit/")
    _type(visit, "帳號或電子郵件", here.contact.email)
    _type(visit, "密碼", a.PASSWORD)
    visit.keyboard.press("Enter")
    expect(visit).to_have_url("/ojt/unit/")
    _go(visit, "開始新單位申請")
    tab_to(visit, "新單位")
    visit.keyboard.press("Space")
    tab_to(visit, "訓練地縣市")
    visit.keyboard.press("ArrowDown")
    tab_to(visit, "受理期間")
    visit.keyboard.press("ArrowDown")
    _go(visit, "建立申請案")
    number = Case.objects.get().number
    expect(visit.get_by_role("heading", level=1)).to_have_text("訓練機構名稱申請表")
    _go(visit, "帳號申請單")
    expect(visit).to_have_url(f"/ojt/{number}/accounts/")
    _go(visit, "填第一張")
    tab_to(visit, "產業人才投資計畫")
    visit.keyboard.press("Space")
    for label, text in a.account(身分證字號="A1").items():
        _type(visit, label, text)
    _go(visit, "儲存")
    assert "有資料需要修正" in focused(visit)
    visit.keyboard.press("Tab")
    visit.keyboard.press("Enter")
    assert "身分證字號" in focused(visit)
    visit.keyboard.press("ControlOrMeta+a")
    visit.keyboard.insert_text(w.national_id(1))
    _go(visit, "儲存")
    a.said(visit, f"已儲存{a.APPLICANT}的帳號申請單")


def test_filing(here: w.World, opens: Opens) -> None:
    case = w.drafted(here)
    page = opens(here.contact)
    page.goto(f"/ojt/{case.number}/")
    tab_to(page, "送件")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert focused(page) == "確認送件"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    a.act_done(page, "送件")
    assert Case.objects.get().state == "filed"


def test_a_menu_closes_on_escape_and_gives_the_focus_back(here: w.World, opens: Opens) -> None:
    page = opens(here.contact)
    page.goto("/")
    tab_to(page, here.contact.name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="我的資料")).to_be_visible()
    tab_to(page, "我的資料")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="我的資料")).to_be_hidden()
    assert here.contact.name in focused(page)
