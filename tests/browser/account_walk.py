"""Steps of an account application as people take them: by the labels and buttons they see."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from accounts.clock import today
from kernel.dates import roc
from tests.browser.harness import judge_page
from tests.ojt_accounts import world as w

GOOD = Path(__file__).parent.parent / "casework" / "files" / "good"
PASSWORD = "Nan-Ying#115ok"

UNIT = "財團法人山水職業訓練基金會"
UNIFIED_NUMBER = "22099131"
CONTACT = "林雅文"
CUSTODIAN = "王志明"
#: A name that needs a character beyond the basic plane.
APPLICANT = "𠮷田美惠"
APPLICANT_ACCOUNT = "shanshui1"
APPLICANT_MAIL = "yoshida@example.com"


def upload(path: Path | str, content: bytes = b"", name: str = "") -> Any:
    """What a file chooser is given."""
    if isinstance(path, Path):
        return str(path)
    return {"name": name or path, "mimeType": "application/pdf", "buffer": content}


def field(place: Page | Locator, label: str) -> Locator:
    return place.get_by_label(re.compile(rf"^\s*{re.escape(label)}(必填)?\s*$"))


def fill(place: Page | Locator, values: dict[str, str]) -> None:
    for label, value in values.items():
        field(place, label).fill(value)


def error_at(place: Page | Locator, label: str) -> str:
    """The sentence at a field, found as a reader of the screen finds it: by what describes the control."""
    control = field(place, label).first
    described = (control.get_attribute("aria-describedby") or "").split()
    assert control.get_attribute("aria-invalid") == "true", f"{label} is not marked"
    page = control.page if isinstance(control, Locator) else control
    return " ".join(page.locator(f"#{one}").inner_text() for one in described if "error" in one)


def press(place: Page | Locator, words: str, *, exact: bool = True) -> None:
    place.get_by_role("button", name=words, exact=exact).click()


def follow(place: Page | Locator, words: str, *, exact: bool = False) -> None:
    place.get_by_role("link", name=words, exact=exact).click()


def said(page: Page, words: str) -> None:
    expect(page.locator("main, #content").first).to_contain_text(words)


# --- sign-in -----------------------------------------------------------------------------------------------------------------


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    field(page, "帳號或電子郵件").fill(name)
    field(page, "密碼").fill(password)
    page.locator("form.panel").get_by_role("button", name="登入", exact=True).click()
    expect(page.get_by_role("button", name="登出")).to_be_visible()


def follow_letter(page: Page, subject: str, *, to: str) -> None:
    """Open the demonstration's mail page and the link in the newest letter to this address."""
    page.goto("/demo/mail/")
    letter = page.get_by_role("article").filter(has_text=subject).filter(has_text=to).first
    letter.get_by_role("link").first.click()


def set_password(page: Page, password: str = PASSWORD) -> None:
    fill(page, {"新密碼": password, "再輸入一次新密碼": password})
    press(page, "儲存密碼")
    said(page, "密碼已設定")


# --- the unit ----------------------------------------------------------------------------------------------------------------

REGISTERING = {
    "機構名稱全銜": UNIT,
    "統一編號": UNIFIED_NUMBER,
    "聯絡人姓名": CONTACT,
    "電子郵件": "contact@example.com",
    "聯絡電話": "06-698-5945",
    "帳號": "shanshui0",
}

UNIT_FORM = {
    "機構名稱全銜": UNIT,
    "統一編號": UNIFIED_NUMBER,
    "立案證號": "南市社字第1090001號",
    "郵遞區號": "720201",
    "地址": "臺南市官田區工業路1號",
    "保險證號": "04123456A",
    "負責人姓名": "林文山",
    "聯絡人姓名": CONTACT,
    "聯絡人電話": "06-698-5945#12",
    "個人資料檔案保管人員": CUSTODIAN,
    "個人資料檔案保管人員電話": "06-698-5946",
    "個人資料檔案保管人員電子郵件": "custodian@example.com",
    "專長訓練職類": "電腦應用、烘焙",
}


def choose_of_unit(page: Page) -> None:
    """What is ticked and chosen on the unit form."""
    page.get_by_label("產業人才投資計畫").check()
    page.get_by_role("radio", name="否").check()
    field(page, "機構別代碼").select_option("B")
    field(page, "通過訓練品質評核版本").select_option("training_institution")
    field(page, "評核等級").select_option("bronze")


def start(page: Page, *, county: str, intake: str) -> str:
    """From my unit to an empty application; its number."""
    page.goto("/ojt/unit/")
    follow(page, "開始新單位申請")
    page.get_by_role("radio", name="新單位").check()
    field(page, "訓練地縣市").select_option(
        label=page.locator("#id_county option").filter(has_text=county).inner_text()
    )
    field(page, "受理期間").select_option(label=page.locator("#id_intake option").filter(has_text=intake).inner_text())
    press(page, "建立申請案")
    expect(page.get_by_role("heading", level=1)).to_have_text("訓練機構名稱申請表")
    return page.locator(".page-head .num").first.inner_text()


def account(n: int = 1, **changes: str) -> dict[str, str]:
    return {
        "申請人姓名": APPLICANT,
        "身分證字號": w.national_id(n),
        "申請人 Email": APPLICANT_MAIL,
        "聯絡電話": "06-698-5945",
        "使用者帳號": APPLICANT_ACCOUNT,
        **changes,
    }


def standing() -> dict[str, str]:
    """What the papers say, with a certificate that holds today."""
    day = today()
    return {
        "公文發文字號": "山水字第1150000123號",
        "公文發文日期": roc(day),
        "立案日期": "99/05/01",
        "TTQS 證書生效日": roc(day - timedelta(days=100)),
        "TTQS 證書有效期限": roc(day + timedelta(days=400)),
    }


def paper(page: Page, code: str) -> Locator:
    """The place of one paper of the checklist."""
    return page.locator(f"section.paper#{code}")


def give(page: Page, code: str, file: Any, *, attest: bool = True) -> None:
    place = paper(page, code)
    place.locator("input[type=file]").set_input_files(file)
    if attest and code != "letter":
        place.get_by_role("checkbox").check()


# --- the branch --------------------------------------------------------------------------------------------------------------


def open_act(page: Page, label: str) -> Locator:
    """The form of an act on the case page, opened."""
    box = page.locator("details.acts__form").filter(has=page.locator("summary").get_by_text(label, exact=True))
    box.locator("> summary").click()
    return box


def act_done(page: Page, label: str) -> None:
    expect(page.get_by_text(f"「{label}」已完成。")).to_be_visible()


def judged(page: Page, *words: str) -> None:
    """The page says these words, and is one for everybody."""
    for one in words:
        said(page, one)
    judge_page(page)
