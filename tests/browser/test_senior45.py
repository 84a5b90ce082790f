"""The 45+ site in a browser: no violation of axe-core and never wider than the window, at a desk and on a telephone; the public
front by keyboard alone and without JavaScript; a text written, reviewed and read by pressing buttons."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.clock import now
from casework.cases.doing import perform
from casework.models import Case
from senior45.models import Article, Campaign
from senior45.services import inventory, leavers
from tests.browser.conftest import Opens
from tests.browser.harness import PHONE, PHONE_HIGH, judge_pages, tab_to
from tests.senior45 import world as w

PAGES: dict[str, tuple[str, ...]] = {
    "": (
        "plus45:home",
        "plus45:category",
        "plus45:article",
        "plus45:gone",
        "senior45:matrix",
        "senior45:terms",
        "senior45:join",
    ),
    "newcomer": ("senior45:home", "senior45:apply", "case"),
    "head": ("case",),
    "window": ("senior45:window", "senior45:inventory"),
    "editor": ("senior45:home", "senior45:content", "senior45:write", "draft"),
    "reviewer": ("senior45:review", "waiting", "preview"),
    "admin": ("admin:s45_accounts", "admin:s45_idle", "admin:s45_offices", "admin:s45_inventory", "campaign"),
    "opener": ("office",),
}


@pytest.fixture
def here(site: str) -> w.World:
    return w.world()


def _addresses(here: w.World) -> Callable[[str], str]:
    w.with_editor(here)
    live, withdrawn, waiting, draft = (
        w.published(here),
        w.published(here, title="已下架之公告"),
        w.submitted(here),
        w.written(here),
    )
    perform(Case.objects.get(pk=withdrawn.case_id), "withdraw", reason="誤植", by=here.reviewer, at=now())
    revised = perform(Case.objects.get(pk=live.case_id), "revise", by=here.editor, at=now()).case
    data = {**w.TEXT, "title": "改期的徵才活動", "starts_on": live.starts_on, "ends_before": None}
    perform(revised, "edited", data=data, by=here.editor, at=now())
    leavers.report_leaving(here.editor.site_accounts.get(), leaves_on=live.starts_on, by=here.window, at=now())
    case = w.at_head(here)
    inventory.open_due(at=now())
    known = {
        "plus45:category": reverse("plus45:category", args=["event"]),
        "plus45:article": reverse("plus45:article", args=[live.pk]),
        "plus45:gone": reverse("plus45:article", args=[withdrawn.pk]),
        "case": reverse("casework:case", args=[case.number]),
        "draft": reverse("senior45:article", args=[draft.case.number]),
        "waiting": reverse("senior45:article", args=[waiting.case.number]),
        "preview": reverse("senior45:preview", args=[revised.number]),
        "campaign": reverse("admin:s45_campaign", args=[Campaign.objects.get().pk]),
        "office": reverse("admin:s45_office", args=[here.point.pk]),
    }
    return lambda name: known.get(name) or reverse(name)


def test_pages_are_whole(here: w.World, opens: Opens) -> None:
    address = _addresses(here)
    wrong, page = [], None
    for who, names in PAGES.items():
        page = opens(here.people[who] if who else None, on=page)
        wrong += judge_pages(page, map(address, names), status={address("plus45:gone"): 410})
    assert not wrong, "\n\n".join(wrong)


def test_the_front_by_keyboard_and_without_javascript(here: w.World, opens: Opens) -> None:
    w.with_editor(here)
    w.published(here)
    page = opens(javascript=False)
    page.goto(reverse("plus45:home"))
    for words in ("活動訊息", "銀髮徵才活動"):
        tab_to(page, words)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("銀髮徵才活動")


def test_letters_of_the_front_are_large(here: w.World, opens: Opens) -> None:
    page = opens(width=PHONE, height=PHONE_HIGH)
    page.goto(reverse("plus45:home"))
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)") >= 18


def test_a_text_is_written_reviewed_and_read(here: w.World, opens: Opens) -> None:
    w.with_editor(here)
    page = opens(here.editor)
    page.goto(reverse("senior45:write"))
    page.get_by_label("類別").select_option("event")
    page.get_by_label("標題").fill("秋季徵才")
    page.get_by_label("內文").fill("# 時間\n\n週六上午")
    page.get_by_role("button", name="儲存草稿").click()
    page.get_by_role("button", name="送審").click()
    expect(page.get_by_text("待審稿").first).to_be_visible()
    review = opens(here.reviewer)
    review.goto(reverse("senior45:review"))
    review.get_by_role("link", name="秋季徵才").click()
    review.get_by_role("button", name="核准刊登").click()
    expect(review.get_by_text("已刊登").first).to_be_visible()
    reader = opens()
    reader.goto(reverse("plus45:article", args=[Article.objects.get().pk]))
    expect(reader.get_by_role("heading", name="時間")).to_be_visible()
