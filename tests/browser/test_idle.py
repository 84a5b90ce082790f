"""閒置登出 as it is seen: a warning in time, a press that keeps the session, and the end."""

import pytest
from playwright.sync_api import expect

from accounts.middleware import idle
from tests.browser.conftest import Opens
from tests.browser.harness import axe
from tests.ojt_accounts import world as w

LIMIT = 12  # seconds; the warning comes at half of it


@pytest.fixture(autouse=True)
def _soon(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.IDLE_SECONDS = {"staff": LIMIT, "applicant": LIMIT}
    monkeypatch.setattr(idle, "WRITE_EVERY", 1)


@pytest.mark.parametrize("face", ["applicant", "agency"])
def test_the_warning_and_the_end(site: str, opens: Opens, face: str) -> None:
    here = w.world()
    page = opens(here.contact if face == "applicant" else here.officer)
    page.goto("/me/" if face == "applicant" else "/admin/")
    asked = page.get_by_role("dialog", name="您還在使用嗎？")
    expect(asked).to_be_visible(timeout=LIMIT * 1000)
    axe(page)
    stay = asked.get_by_role("button", name="繼續使用")
    expect(stay).to_be_focused()
    with page.expect_response("**/session/keep/") as kept:
        stay.click()
    assert kept.value.status == 204
    expect(asked).to_be_hidden()
    page.wait_for_timeout((LIMIT / 2 + 1) * 1000)  # past the moment the first session would have ended
    assert page.request.get("/me/", headers={"X-Background": "1"}, max_redirects=0).status == 200
    expect(page.get_by_role("heading", level=1, name="登入")).to_be_visible(timeout=LIMIT * 1000)
    expect(page.locator("main")).to_contain_text("沒有操作")
    assert page.request.get("/me/", max_redirects=0).status == 302
