"""A new unit from its first visit to a person at work in the portal, in the browser, by everybody who has a part in it."""

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.clock import today
from accounts.models import User
from casework.intake.sample import paper as written
from casework.models import Case, Document
from kernel.dates import roc
from ojt_accounts.models import TrainingAccount
from tests.browser import account_walk as a
from tests.browser.conftest import Opens
from tests.browser.harness import ink, judge_page, pdf_pages, pdf_text
from tests.casework.files.hostile import KINDS
from tests.ojt_accounts import world as w

PAPERS = {
    "letter": "libreoffice-letter.pdf",
    "licence": "imagemagick-scan-jpeg.pdf",
    "registration": "ghostscript-14.pdf",
    "charter": "weasyprint-letter.pdf",
    "ttqs": "pillow-scan.pdf",
    "ttqs_letter": "qpdf-linearised.pdf",
}


@pytest.fixture
def here(site: str) -> w.World:
    """A branch with people who have names, an open intake, and no unit of ours."""
    made = w.world()
    names = {"officer": "陳承辦", "chief": "黃主管", "approver": "李決行", "admin": "吳設定"}
    for part, name in names.items():
        person: User = getattr(made, part)
        person.name = name
        person.save()
    return made


def test_from_first_visit_to_an_open_account(here: w.World, opens: Opens, tmp_path: Path) -> None:
    unit = opens()
    _register(unit)
    number = a.start(unit, county="臺南市", intake="雲嘉南分署")
    _unit_form(unit, number)
    _account_form(unit, number)
    _papers(unit, number)
    _pledges(unit, number, tmp_path)
    _file(unit, number)

    officer = opens(here.officer)
    _take_up(officer, number)
    _ask_correction(officer, number)
    _mend(unit, number)
    _sign_first(officer, number)
    other = partial(opens, on=opens())
    for person, label in ((here.chief, "科室主管簽核"), (here.approver, "決行")):
        _sign(other(person), number, label)
    _set(other(here.admin), number)

    _first_sign_in(other())
    _download(unit, number, tmp_path)
    _check_by_code(other(), number, tmp_path)
    _who_did_what(officer, unit, number)


# --- the unit ----------------------------------------------------------------------------------------------------------------


def _register(page: Page) -> None:
    page.goto("/ojt/")
    a.follow(page, "單位第一次使用")
    a.fill(page, {**a.REGISTERING, "統一編號": "12345678", "聯絡電話": "123"})
    a.press(page, "送出登錄")
    assert "檢查碼" in a.error_at(page, "統一編號") and "例" in a.error_at(page, "聯絡電話")
    for label in ("機構名稱全銜", "聯絡人姓名", "電子郵件", "帳號"):
        expect(a.field(page, label)).to_have_value(a.REGISTERING[label])
    judge_page(page)
    a.fill(page, a.REGISTERING)
    a.press(page, "送出登錄")
    expect(page).to_have_url(re.compile("/ojt/register/sent/"))
    a.follow_letter(page, "請設定密碼", to=a.REGISTERING["電子郵件"])
    a.said(page, "12～16 碼")
    a.fill(page, {"新密碼": "short", "再輸入一次新密碼": "short"})
    a.press(page, "儲存密碼")
    wrong = a.error_at(page, "新密碼")
    for missing in ("大寫", "數字", "符號", "12"):
        assert missing in wrong
    judge_page(page)
    a.set_password(page)
    a.sign_in(page, a.REGISTERING["帳號"])


def _unit_form(page: Page, number: str) -> None:
    page.goto(f"/ojt/{number}/")
    a.said(page, "尚未填妥訓練機構名稱申請表")
    page.goto(f"/ojt/{number}/unit/")
    a.choose_of_unit(page)
    a.fill(page, {**a.UNIT_FORM, "統一編號": "22099132", "聯絡人電話": "09"})
    a.press(page, "儲存並繼續")
    expect(page.locator("#error-summary")).to_be_focused()
    assert "檢查碼" in a.error_at(page, "統一編號") and "例" in a.error_at(page, "聯絡人電話")
    expect(a.field(page, "專長訓練職類")).to_have_value(a.UNIT_FORM["專長訓練職類"])
    expect(page.get_by_label("產業人才投資計畫")).to_be_checked()
    expect(a.field(page, "機構別代碼")).to_have_value("B")
    judge_page(page)
    page.locator("#error-summary").get_by_role("link").first.click()
    expect(a.field(page, "統一編號")).to_be_focused()
    a.fill(page, a.UNIT_FORM)
    a.press(page, "儲存並繼續")
    expect(page).to_have_url(re.compile("/accounts/$"))


def _account_form(page: Page, number: str) -> None:
    a.follow(page, "填第一張")
    expect(page.get_by_label("產業人才投資計畫")).to_be_checked()
    a.fill(page, a.account(身分證字號="A123456788", 使用者帳號="A123456789"))
    a.press(page, "儲存")
    assert "檢查碼" in a.error_at(page, "身分證字號")
    expect(a.field(page, "申請人姓名")).to_have_value(a.APPLICANT)
    a.fill(page, a.account(使用者帳號="1abc"))
    a.press(page, "儲存")
    assert "英文" in a.error_at(page, "使用者帳號")
    a.fill(page, a.account())
    a.press(page, "儲存")
    a.said(page, f"已儲存{a.APPLICANT}的帳號申請單")
    row = page.get_by_role("row").filter(has_text=a.APPLICANT)
    expect(row).to_contain_text("A1")
    expect(row).not_to_contain_text(w.national_id(1))
    a.follow(page, "繼續", exact=True)


def _papers(page: Page, number: str) -> None:
    expect(page).to_have_url(re.compile("/papers/$"))
    a.fill(page, {**a.standing(), "公文發文日期": "115/02/30"})
    a.field(page, "單位類別").select_option("foundation")
    for code in ("letter", "licence", "ttqs", "ttqs_letter"):
        a.give(page, code, a.upload(a.GOOD / PAPERS[code]))
    a.give(page, "charter", a.upload("章程.pdf", KINDS["script_on_opening"][1]()))
    a.press(page, "儲存並上傳")
    assert "這一天不存在" in a.error_at(page, "公文發文日期")
    for code in ("letter", "licence", "ttqs", "ttqs_letter"):
        expect(a.paper(page, code)).to_contain_text("已上傳")
    expect(a.paper(page, "charter")).to_contain_text("尚缺")
    expect(a.paper(page, "charter").locator(".field--error")).to_contain_text("程式")
    expect(a.field(page, "公文發文字號")).to_have_value(a.standing()["公文發文字號"])
    judge_page(page)
    a.fill(page, a.standing())
    a.give(page, "charter", a.upload(a.GOOD / PAPERS["charter"]))
    a.press(page, "儲存並繼續")
    # the kind of unit is known now: a foundation also shows its registration
    expect(a.paper(page, "charter")).to_contain_text("已上傳")
    a.give(page, "registration", a.upload(a.GOOD / PAPERS["registration"]), attest=False)
    a.press(page, "儲存並繼續")
    expect(a.paper(page, "registration").locator(".field--error")).to_contain_text("與正本相符")
    a.give(page, "registration", a.upload(a.GOOD / PAPERS["registration"]))
    a.press(page, "儲存並繼續")
    expect(page).to_have_url(re.compile("/pledges/$"))


def _pledges(page: Page, number: str, folder: Path) -> None:
    people = {a.CONTACT: 11, a.CUSTODIAN: 12, a.APPLICANT: 1}
    for name, n in people.items():
        row = page.get_by_role("group", name=name)
        a.fill(row, {"戶籍地址": "臺南市新營區民治路36號", "聯絡電話": "06-698-5945"})
        if name != a.APPLICANT:
            a.fill(row, {"身分證字號": w.national_id(n)})
    a.press(page, "儲存並上傳")
    for name in people:
        row = page.get_by_role("group", name=name)
        address = row.get_by_role("link", name="列印切結書").get_attribute("href")
        printed = page.request.get(address).body()
        text = pdf_text(printed)
        assert name in text and "資訊安全保密切結書" in text and number in text
        (picture,) = pdf_pages(printed, folder)
        assert ink(picture) > 0.005
        signed = written("資訊安全保密切結書", [f"立切結書人：{name}（簽名）"])
        row.locator("input[type=file]").set_input_files(a.upload(f"{name}.pdf", signed))
    a.press(page, "儲存並繼續")
    expect(page.get_by_role("heading", level=1)).to_have_text("檢核與送件")


def _file(page: Page, number: str) -> None:
    done, total = re.search(r"已備 (\d+)／(\d+)", page.locator("main").inner_text()).groups()
    assert done == total and int(total) >= 10
    a.open_act(page, "送件").get_by_role("button", name="送件").click()
    a.act_done(page, "送件")
    expect(page).to_have_url(re.compile(f"/cases/{number}/$"))
    a.said(page, number)
    a.said(page, roc(today()))
    page.goto("/demo/mail/")
    a.said(page, f"已收到您的申請：{number}")


# --- the branch --------------------------------------------------------------------------------------------------------------


def _take_up(page: Page, number: str) -> None:
    page.goto("/admin/work/?tab=unassigned")
    page.get_by_role("link", name=number).first.click()
    a.press(page, "認領")
    expect(page.get_by_role("button", name="釋出")).to_be_visible()
    expect(page.locator(".acts__off").filter(has_text="承辦人核章")).to_contain_text("確認")
    assert w.national_id(1) not in page.content()
    box = a.open_act(page, "登錄查核結果")
    box.get_by_role("checkbox", name="公文受文者為本分署").check()
    a.fill(box, {"辦訓等級查核日期": roc(today())})
    a.press(box, "確認登錄查核結果")
    a.act_done(page, "登錄查核結果")


def _confirm(page: Page) -> int:
    box = a.open_act(page, "確認文件與簽章")
    boxes = box.get_by_role("checkbox").all()
    for one in boxes:
        one.check()
    a.press(box, "確認文件與簽章")
    a.act_done(page, "確認文件與簽章")
    return len(boxes)


def _ask_correction(page: Page, number: str) -> None:
    assert _confirm(page) == 8
    box = a.open_act(page, "通知補正")
    box.locator("summary").get_by_text("組織章程", exact=True).click()
    box.get_by_label("組織章程", exact=True).fill("第 3 條缺頁，請重新掃描全份章程。")
    a.press(box, "確認通知補正")
    a.act_done(page, "通知補正")


def _mend(page: Page, number: str) -> None:
    page.goto("/cases/")
    page.get_by_role("listitem").filter(has_text=number).get_by_role("heading").get_by_role("link").click()
    a.said(page, "第 3 條缺頁")
    page.locator("#corrections").get_by_role("link", name="前往修改").first.click()
    a.give(page, "charter", a.upload("章程全份.pdf", written("組織章程", ["第三條　本會宗旨。"], pages=3)))
    a.press(page, "儲存並上傳")
    expect(a.paper(page, "charter")).to_contain_text("章程全份.pdf")
    page.goto(f"/cases/{number}/")
    box = page.locator("#corrections")
    box.get_by_role("textbox").fill("已重新掃描全份，共 3 頁。")
    a.press(box, "回復這一項")
    expect(page.locator("#corrections")).to_contain_text("已回復")
    page.goto(f"/ojt/{number}/")
    a.press(page, "補正完成，重新送件")
    a.act_done(page, "補正完成，重新送件")


def _sign_first(page: Page, number: str) -> None:
    page.goto(f"/admin/case/{number}/")
    assert _confirm(page) == 1
    _sign(page, number, "承辦人核章")


def _sign(page: Page, number: str, label: str) -> None:
    page.goto(f"/admin/case/{number}/")
    box = a.open_act(page, label)
    box.get_by_role("radio").first.check()
    a.press(box, f"確認{label}")
    a.act_done(page, label)


def _set(page: Page, number: str) -> None:
    page.goto(f"/admin/case/{number}/")
    box = a.open_act(page, "設定帳號")
    a.press(box, "確認設定帳號")
    a.act_done(page, "設定帳號")
    assert Case.objects.get(number=number).state == "done"


# --- what came of it -------------------------------------------------------------------------------------------------------


def _first_sign_in(page: Page) -> None:
    a.follow_letter(page, "帳號", to=a.APPLICANT_MAIL)
    a.set_password(page)
    a.sign_in(page, a.APPLICANT_ACCOUNT)
    page.goto("/ojt/unit/")
    a.said(page, a.APPLICANT)
    page.goto("/me/")
    for words in ("產業人才投資計畫", "有效", "年度"):
        a.said(page, words)
    page.goto("/demo/mail/")
    page.get_by_role("article").filter(has_text=a.APPLICANT_MAIL).last.get_by_role("link").first.click()
    a.said(page, "這個連結已經不能使用")
    account = TrainingAccount.objects.get(account_name=a.APPLICANT_ACCOUNT)
    assert account.state == TrainingAccount.State.OPEN


def _download(page: Page, number: str, folder: Path) -> None:
    page.goto(f"/cases/{number}/")
    links = page.locator("#documents").get_by_role("link", name="下載")
    assert links.count() == 2
    texts = []
    for n in range(2):
        with page.expect_download() as waiting:
            links.nth(n).click()
        content = Path(waiting.value.path()).read_bytes()
        (picture,) = pdf_pages(content, folder)
        assert ink(picture) > 0.01
        texts.append(pdf_text(content))
    account = next(text for text in texts if "使用者帳號" in text and a.APPLICANT in text)
    unit = next(text for text in texts if text is not account)
    for name in ("陳承辦", "黃主管", "李決行"):
        assert name in account and name in unit
    assert "吳設定" in account and w.national_id(1) in account and roc(today()) in account
    assert a.UNIT in unit and a.UNIFIED_NUMBER in unit and w.national_id(1) not in unit


def _check_by_code(page: Page, number: str, folder: Path) -> None:
    from casework.papers.documents import check_url

    document = Document.objects.get(case__number=number, paper="ojt.account_form")
    page.goto(check_url(document))
    for words in ("這份文件目前有效", document.number, number, document.sha256):
        a.said(page, words)
    assert w.national_id(1) not in page.content() and a.APPLICANT not in page.content()


def _who_did_what(officer: Page, unit: Page, number: str) -> None:
    officer.goto(f"/admin/case/{number}/")
    timeline = officer.locator("#timeline")
    for who in (a.CONTACT, "陳承辦", "黃主管", "李決行", "吳設定"):
        expect(timeline).to_contain_text(who)
    for clause in ("依據：", "OA-21", "OA-15"):
        expect(timeline).to_contain_text(clause)
    unit.goto(f"/cases/{number}/")
    expect(unit.locator("#timeline")).to_contain_text("送件")
