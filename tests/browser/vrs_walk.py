"""Steps of the credentials as people take them: a form by its labels, papers into their fields, an act of the office."""

import re
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from casework.intake.sample import paper
from casework.models import Case
from tests.browser.harness import tab_to

PASSWORD = "Kai-7-mountains"


def fill(page: Page, **given: str) -> None:
    """Fields by name."""
    for name, value in given.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def choose(page: Page, label: str, value: str) -> None:
    """An option by Tab and the arrow keys."""
    tab_to(page, label)
    for _ in range(page.get_by_label(label).locator("option").count()):
        if page.get_by_label(label).input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{label} has no {value}")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def join(page: Page, *, account: str, name: str, national_id: str) -> User:
    """加入會員, the link of the letter, a password of one's own, signed in."""
    page.goto(reverse("vrs_credentials:join"))
    fill(
        page, account_name=account, name=name, national_id=national_id, email=f"{account}@example.com", birth_on="79/05/01",
        postal_code="100", address="臺北市中正區館前路77號", mobile="0912345678",
    )  # fmt: skip
    page.get_by_label("我已閱讀並同意").check()
    press(page, "加入會員")
    expect(page.get_by_text("請收信設定密碼")).to_be_visible()
    user = User.objects.get(account_name=account)
    link = re.search(r"https?://\S+/set-password/\S+", user.notices.get().body)
    assert link
    page.goto(link[0])
    fill(page, password1=PASSWORD, password2=PASSWORD)
    page.locator("main form:has([name=password1]) button[type=submit]").click()
    expect(page.locator("[name=password1]")).to_have_count(0)
    page.goto(reverse("account_login"))
    form = page.locator(f'form[action="{reverse("account_login")}"]')
    form.locator("[name=login]").fill(account)
    form.locator("[name=password]").fill(PASSWORD)
    form.get_by_role("button", name="登入", exact=True).click()
    expect(form).to_have_count(0)
    user.refresh_from_db()
    return user


def upload(page: Page, folder: Path, *codes: str) -> None:
    """A real PDF into each field of the application's page."""
    for code in codes:
        file = folder / f"{code}.pdf"
        file.write_bytes(paper(code, ["測試用文件"], 2))
        slot = page.locator(f"#slot-{code}")
        if code == "pledge":
            slot.get_by_label("親自簽名").check()
        slot.locator("input[type=file]").set_input_files(file)
        slot.get_by_role("button", name="上傳").click()
        expect(page.locator(f"#slot-{code}").get_by_text("已上傳")).to_be_visible()


def office_act(page: Page, case: Case, code: str, **given: str) -> None:
    """An act on the agency's page of a case, by the form that is folded there."""
    page.goto(reverse("admin:case", args=[case.number]))
    form = page.locator(f'form[action="{reverse("admin:case_act", args=[case.number, code])}"]')
    folded = form.locator("xpath=ancestor::details[contains(@class, 'acts__form')]")
    if folded.count():
        folded.locator("> summary").click()
    for name, value in given.items():
        field = form.locator(f"[name={name}]")
        if value.startswith("☑"):
            for label in value[1:].split("、"):
                form.get_by_label(label, exact=True).check()
        elif field.first.evaluate("e => e.type") == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        elif field.first.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button[type=submit]").click()
    expect(page.locator(".notice, .messages, .messagelist").first).to_be_visible()
