"""通行金鑰 as the second factor of staff, with Chromium's virtual authenticator in the place of a telephone or key."""

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import AccessLog, User
from tests.browser.conftest import Opens
from tests.browser.harness import judge_page

WORD = "Kite-River-4821"


@pytest.fixture
def staff(site: str, settings) -> User:
    settings.STAFF_SECOND_FACTOR = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the test's server has no certificate
    return User.objects.create_user(
        "staff11", password=WORD, email="staff11@example.test", name="陳承辦", is_staff=True
    )


class Key:
    """A security key in the reader; it says yes to whoever asks."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def lose(self) -> None:
        self.session.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


@pytest.fixture
def page(opens: Opens, staff: User) -> Page:
    return opens()


@pytest.fixture
def key(page: Page) -> Key:
    return Key(page)


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("帳號或電子郵件").first.fill("staff11")
    page.get_by_label("密碼", exact=False).nth(0).fill(WORD)
    page.get_by_role("button", name="登入", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def again(page: Page) -> None:
    """What concerns the account's safety may ask for the password once more."""
    if "/reauthenticate/" in page.url:
        page.get_by_label("密碼").fill(WORD)
        page.get_by_role("button", name="確認").click()
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def add(page: Page) -> None:
    page.goto("/accounts/2fa/webauthn/add/")
    again(page)
    page.get_by_role("textbox", name="名稱").fill("辦公室電腦")
    page.get_by_role("button", name="新增").click()
    page.wait_for_url("**/2fa/recovery-codes/")


def test_added_once_and_asked_at_every_sign_in(page: Page, key: Key, staff: User) -> None:
    sign_in(page)
    page.goto("/me/")
    again(page)
    expect(page).to_have_url(re.compile("/totp/activate/$"))
    judge_page(page)
    page.get_by_role("link", name="改用通行金鑰").click()
    judge_page(page)
    add(page)
    assert Authenticator.objects.filter(user=staff, type="webauthn").count() == 1
    page.goto("/me/")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的資料")
    for address in ("/accounts/2fa/", "/accounts/2fa/webauthn/"):
        page.goto(address)
        judge_page(page)
    page.context.clear_cookies()

    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("兩步驟驗證")
    judge_page(page)
    page.get_by_role("button", name="使用通行金鑰").click()
    page.wait_for_url(lambda url: "authenticate" not in url)
    page.goto("/me/")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的資料")
    assert AccessLog.objects.filter(action="sign_in", user=staff).latest("pk").subject == "帳號密碼、通行金鑰"


def test_another_key_does_not_open(page: Page, key: Key, staff: User) -> None:
    sign_in(page)
    add(page)
    page.context.clear_cookies()
    key.lose()
    sign_in(page)
    page.get_by_role("button", name="使用通行金鑰").click()
    expect(page.get_by_text("通行金鑰沒有完成驗證")).to_be_visible()
    page.goto("/me/")
    expect(page).to_have_url(re.compile("/2fa/authenticate/$"))
    assert AccessLog.objects.filter(action="sign_in", user=staff).count() == 1, "the first, without a key yet"


def test_staff_keep_one(page: Page, key: Key, staff: User) -> None:
    sign_in(page)
    add(page)
    one = Authenticator.objects.get(user=staff, type="webauthn")
    page.goto(f"/accounts/2fa/webauthn/keys/{one.pk}/edit/")
    again(page)
    judge_page(page)
    page.get_by_role("textbox", name="名稱").fill("家裡電腦")
    page.get_by_role("button", name="儲存").click()
    expect(page.get_by_role("rowheader", name="家裡電腦")).to_be_visible()
    page.get_by_role("link", name="移除").click()
    judge_page(page)
    page.get_by_role("button", name="移除").click()
    expect(page.get_by_text("請先新增另一種驗證方式")).to_be_visible()
    assert Authenticator.objects.filter(pk=one.pk).exists()
