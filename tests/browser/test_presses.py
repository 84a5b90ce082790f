"""Two tabs, two presses, no script: one case, nothing lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.clock import today
from casework.models import Case
from kernel.dates import roc
from ojt_accounts.selectors import application_of
from tests.browser import account_walk as a
from tests.browser.conftest import Opens
from tests.browser.harness import judge_page
from tests.ojt_accounts import world as w


@pytest.fixture
def here(site: str) -> w.World:
    return w.world()


def _other_tab(page: Page) -> Page:
    return page.context.new_page()


def test_a_stale_form_shows_both_sides_and_saves_nothing(here: w.World, opens: Opens) -> None:
    case = w.drafted(here)
    first = opens(here.contact)
    second = _other_tab(first)
    for tab in (first, second):
        tab.goto(f"/ojt/{case.number}/unit/")
    a.fill(first, {"專長訓練職類": "第一個分頁：烘焙"})
    a.press(first, "儲存")
    a.said(first, "已儲存機構申請表")
    a.fill(second, {"專長訓練職類": "第二個分頁：照顧服務", "負責人姓名": "林武山"})
    with second.expect_navigation() as answer:
        a.press(second, "儲存")
    assert answer.value.status == 409
    expect(second.get_by_label("專長訓練職類")).to_have_value("第二個分頁：照顧服務")
    expect(second.get_by_label("負責人姓名")).to_have_value("林武山")
    expect(second.locator("section[aria-labelledby=since]")).to_contain_text("第一個分頁：烘焙")
    judge_page(second)
    form = application_of(Case.objects.get(pk=case.pk)).unit_form
    assert (form.specialities, form.in_charge) == ("第一個分頁：烘焙", w.UNIT_FORM["in_charge"])
    a.follow(second, "開啟最新的表單")
    expect(a.field(second, "專長訓練職類")).to_have_value("第一個分頁：烘焙")
    a.fill(second, {"負責人姓名": "林武山"})
    a.press(second, "儲存")
    a.said(second, "已儲存機構申請表")


def test_the_branchs_stale_form(here: w.World, opens: Opens) -> None:
    case = w.filed(here)
    first = opens(here.officer)
    second = _other_tab(first)
    for tab in (first, second):
        tab.goto(f"/admin/case/{case.number}/")
    for tab, done in ((first, True), (second, False)):
        box = a.open_act(tab, "登錄查核結果")
        box.get_by_role("checkbox", name="公文受文者為本分署").check()
        box.get_by_label("最近一次辦訓等級").select_option("B" if done else "C")
        a.fill(box, {"辦訓等級查核日期": roc(today())})
        a.press(box, "確認登錄查核結果")
        if done:
            a.act_done(tab, "登錄查核結果")
    expect(second.get_by_role("alert")).to_contain_text("案件已有新的異動")
    expect(second.get_by_label("辦訓等級查核日期")).to_have_value(roc(today()))
    judge_page(second)
    assert application_of(Case.objects.get(pk=case.pk)).latest_grade == "B"


@pytest.mark.parametrize("javascript", [True, False])
def test_two_presses_start_one_case_and_file_it_once(here: w.World, opens: Opens, javascript: bool) -> None:
    page = opens(here.contact, javascript=javascript)
    page.goto("/ojt/start/")
    page.get_by_role("radio", name="新單位").check()
    page.locator("#id_county").select_option(str(here.county.pk))
    page.locator("#id_intake").select_option(str(here.intake.pk))
    page.get_by_role("button", name="建立申請案").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("訓練機構名稱申請表")
    case = Case.objects.get()
    w.fill_in(here, case)
    page.goto(f"/ojt/{case.number}/")
    a.open_act(page, "送件").get_by_role("button", name="送件").dblclick()
    expect(page).to_have_url(re.compile(f"/cases/{case.number}/$"))
    a.said(page, "目前由")
    case = Case.objects.get()
    assert case.state == "filed" and case.events.filter(code="file").count() == 1
    assert case.notices.filter(user=here.contact).count() == 1


def test_without_script_a_whole_application_is_filled_in_and_filed(here: w.World, opens: Opens) -> None:
    page = opens(here.contact, javascript=False)
    number = a.start(page, county="臺南市", intake="雲嘉南分署")
    page.goto(f"/ojt/{number}/unit/")
    a.choose_of_unit(page)
    a.fill(page, {**a.UNIT_FORM, "統一編號": "1"})
    a.press(page, "儲存並繼續")
    assert "統一編號" in page.locator("#error-summary").inner_text()
    a.fill(page, a.UNIT_FORM)
    a.press(page, "儲存並繼續")
    a.follow(page, "填第一張")
    a.fill(page, a.account())
    a.press(page, "儲存")
    a.follow(page, "繼續", exact=True)
    a.fill(page, a.standing())
    a.field(page, "單位類別").select_option("foundation")
    for code in ("letter", "licence", "charter", "ttqs", "ttqs_letter"):
        a.give(page, code, a.upload(a.GOOD / "weasyprint-letter.pdf"))
    a.press(page, "儲存並繼續")
    a.give(page, "registration", a.upload(a.GOOD / "weasyprint-letter.pdf"))
    a.press(page, "儲存並繼續")
    for n, name in enumerate((a.CONTACT, a.CUSTODIAN, a.APPLICANT)):
        row = page.get_by_role("group", name=name)
        a.fill(row, {"戶籍地址": "臺南市新營區民治路36號", "聯絡電話": "06-698-5945"})
        if name != a.APPLICANT:
            a.fill(row, {"身分證字號": w.national_id(20 + n)})
        row.locator("input[type=file]").set_input_files(a.upload(a.GOOD / "pillow-scan.pdf"))
    a.press(page, "儲存並繼續")
    a.open_act(page, "送件").get_by_role("button", name="送件").click()
    a.act_done(page, "送件")
    assert Case.objects.get(number=number).state == "filed"
