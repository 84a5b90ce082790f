"""閒置登出 as it is seen: a warning in time, a press that keeps the session, and the end."""

import pytest
from playwright.sync_api import expect

from accounts.clock import now
from tests.browser.conftest import Opens
from tests.browser.harness import axe, day_of, later
from tests.ojt_accounts import world as w

WARNED = 60  # seconds before the end at which the warning stands


@pytest.mark.parametrize("face", ["applicant", "agency"])
def test_the_warning_and_the_end(site: str, opens: Opens, settings, face: str) -> None:
    here = w.world()
    limit = settings.IDLE_SECONDS["applicant" if face == "applicant" else "staff"]
    with day_of(now()) as clock:
        page = opens(here.contact if face == "applicant" else here.officer)
        page.clock.install()
        page.goto("/me/" if face == "applicant" else "/admin/")
        asked = page.get_by_role("dialog", name="您還在使用嗎？")
        later(clock, page, limit // 2)
        expect(asked).to_be_hidden()
        later(clock, page, limit // 2 - WARNED)
        expect(asked).to_be_visible()
        axe(page)
        stay = asked.get_by_role("button", name="繼續使用")
        expect(stay).to_be_focused()
        with page.expect_response("**/session/keep/") as kept:
            stay.click()
        assert kept.value.status == 204
        expect(asked).to_be_hidden()
        later(clock, page, 2 * WARNED)  # past the moment the first session would have ended
        assert page.request.get("/me/", headers={"X-Background": "1"}, max_redirects=0).status == 200
        expect(page.get_by_role("heading", level=1, name="登入")).to_be_hidden()
        later(clock, page, limit)
        expect(page.get_by_role("heading", level=1, name="登入")).to_be_visible()
        expect(page.locator("main")).to_contain_text("沒有操作")
        assert page.request.get("/me/", max_redirects=0).status == 302
