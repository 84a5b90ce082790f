"""A figure amended in a browser: drafted, its impact seen, put in force by a second person, read by everybody."""

import re
from datetime import timedelta

from django.urls import reverse
from playwright.sync_api import expect

from accounts.clock import now, today
from casework.law import amending, impact_sheets
from casework.models import Amendment, Deadline
from kernel.dates import roc
from senior45.services import idling
from senior45.services.accounts import IDLE
from senior45.services.requests import ANSWER
from tests.browser.conftest import Opens
from tests.browser.harness import judge_page
from tests.casework.lawroom import approver, drafter
from tests.senior45 import world as w


def test_from_draft_to_everybody(site: str, opens: Opens) -> None:
    w.with_editor(w.world())
    first, second = drafter(name="沈法規"), approver(name="溫核定")
    begins = roc(today() + timedelta(days=30))
    page = opens(first)
    page.goto(site + reverse("admin:amendments"))
    judge_page(page)
    page.get_by_role("link", name="新增修正案").first.click()
    page.get_by_label("修正案名稱").fill("閒置關閉縮短為 120 日")
    page.get_by_label("修正依據").fill("帳號申請及使用規定修正")
    page.get_by_label("生效日").fill(begins)
    judge_page(page)
    page.get_by_role("button", name="建立草案").click()

    page.get_by_label("名稱、代碼或條次").fill("未登入自動關閉期間")
    page.get_by_role("button", name="搜尋").last.click()
    judge_page(page)
    page.get_by_role("link", name=re.compile("修正.*未登入自動關閉期間")).click()
    page.get_by_label("數值（天）").fill("-3")
    page.get_by_role("button", name="加入修正案").click()
    expect(page.locator("body")).to_contain_text("不得小於 0")
    judge_page(page)
    page.get_by_label("數值（天）").fill("120")
    page.get_by_role("button", name="加入修正案").click()
    expect(page.locator("body")).to_contain_text("120 天")

    page.get_by_role("button", name="開始試算").click()
    impact_sheets.run_waiting(clock=now)
    page.reload()
    expect(page.locator("body")).to_contain_text("項受影響")
    expect(page.locator("td[data-label=項目]").first).to_contain_text("未登入自動關閉日")
    judge_page(page)
    page.goto(site + reverse("admin:amendment", args=[Amendment.objects.get().pk]))
    judge_page(page)
    assert not page.get_by_role("button", name="核定，排定生效").is_visible()

    page = opens(second, on=page)
    page.goto(site + reverse("admin:amendment", args=[Amendment.objects.get().pk]))
    judge_page(page)
    page.get_by_role("button", name="核定，排定生效").click()
    expect(page.locator("body")).to_contain_text("修正案已核定")
    assert Amendment.objects.get().put_in_force_by == second

    page = opens(on=page)
    page.goto(site + reverse("casework:rules"))
    expect(page.get_by_role("region", name="即將生效")).to_be_visible()
    expect(page.locator("main")).to_contain_text("未登入自動關閉期間")
    judge_page(page)
    page.get_by_role("link", name="45+就業資源網").last.click()
    expect(page.locator("main")).to_contain_text("起將改為")
    judge_page(page)


def test_a_comparator_a_kind_of_days_and_a_cell_of_the_matrix(site: str, opens: Opens) -> None:
    """Three of one draft, in force today: what was filed keeps its day, what is filed afterwards has the new one."""
    here = w.world()
    before = Deadline.objects.get(case=w.filed(here), code=ANSWER)
    account = w.with_editor(here)
    first, second = drafter(name="沈法規"), approver(name="溫核定")
    amendment = amending.draft(title="三處文字修正", citation="修正依據", in_force_from=today(), by=first, at=now())
    # thirty days, because five of either kind may end on the same day
    amending.set_value(amendment, code="s45.answer_working_days", value=30, by=first, at=now())
    figures = site + reverse("admin:amendment_figures", args=[amendment.pk])
    page = opens(first)
    for code, choose in (
        ("s45.answer_day_kind", lambda: page.get_by_label("數值").select_option(label="日曆天")),
        ("sub.absence_comparator", lambda: page.get_by_label("數值").select_option(label="達（≥）")),
        ("s45.idle_lock.silver_point", lambda: page.get_by_label("是", exact=True).check()),
    ):
        page.goto(figures)
        page.get_by_label("名稱、代碼或條次").fill(code)
        page.get_by_role("button", name="搜尋").last.click()
        page.get_by_role("link", name=re.compile("^修正")).last.click()
        choose()
        judge_page(page)
        page.get_by_role("button", name="加入修正案").click()
    for shown in ("工作日", "日曆天", "超過（>）", "達（≥）"):
        expect(page.locator("main")).to_contain_text(shown)
    page.get_by_role("button", name="開始試算").click()
    impact_sheets.run_waiting(clock=now)
    page.reload()
    expect(page.locator("main")).to_contain_text("S45-03")
    expect(page.locator("main")).to_contain_text("未登入自動關閉日")
    judge_page(page)

    page = opens(second, on=page)
    page.goto(site + reverse("admin:amendment", args=[amendment.pk]))
    page.get_by_role("button", name="核定，排定生效").click()
    expect(page.locator("body")).to_contain_text("修正案已核定")

    day, outcome = before.due_on, before.outcome
    before.refresh_from_db()
    assert (before.due_on, before.outcome) == (day, outcome)
    after = Deadline.objects.get(
        case=w.filed(here, by=w.person("林小華"), name="林小華", email="lin@example.com"), code=ANSWER
    )
    assert after.due_on == today() + timedelta(days=30) != day
    assert not Deadline.objects.filter(thing_id=account.pk, code=IDLE).exists()
    idling.follow_the_law(at=now())
    assert Deadline.objects.filter(thing_id=account.pk, code=IDLE, withdrawn_at=None).exists()


def test_what_if_and_as_it_stood_are_for_everybody(site: str, opens: Opens) -> None:
    here = w.world()
    case = w.filed(here)
    page = opens(here.window)
    page.goto(site + reverse("casework:whatifs"))
    judge_page(page)
    page.get_by_role("link", name="45+ 網站帳號").first.click()
    page.get_by_label("離職生效日").fill(roc(today()))
    page.get_by_role("button", name="試算", exact=True).click()
    expect(page.locator("#reply")).to_be_visible()
    judge_page(page)
    page.goto(site + reverse("casework:as_of", args=[case.number]) + f"?on={roc(today())}")
    expect(page.locator("#stood-state")).to_be_visible()
    judge_page(page)
