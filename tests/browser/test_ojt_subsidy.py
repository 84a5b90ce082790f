"""Courses and subsidy as a person meets them: every page whole at a desk and on a telephone; from the approved plan through the
opening minute among a crowd to money in the account; the personal data page that signs out and loses nothing."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.clock import now, today
from accounts.models import User
from casework.cases.doing import perform
from casework.entitlements import ANSWERERS
from casework.models import Document
from casework.papers.documents import check_url
from casework.papers.wordings import sync_wordings
from ojt_subsidy.models import Enrolment
from ojt_subsidy.services import batching, complaining, evidence, paying, running
from ojt_subsidy.services.digests import digest_course
from tests.browser import subsidy_walk as s
from tests.browser.conftest import Opens
from tests.browser.harness import day_of, judge_page, judge_pages, later, tab_to
from tests.ojt_accounts.world import pdf
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_path import answered


@pytest.fixture
def here(site: str, monkeypatch: pytest.MonkeyPatch) -> w.World:
    ANSWERERS.clear()
    sync_wordings(at=now())
    return w.world()


# --- every page --------------------------------------------------------------------------------------------------------------


def _scene(here: w.World) -> Iterator[tuple[User | None, list[str]]]:
    """Whoever uses the scheme, and the pages they reach, with something on each."""
    day = today()
    who, other, late = w.trainee("陳怡君"), w.trainee("歐陽大同"), w.trainee("林晚到")
    # the union's class was held and its money is with the union
    union = w.published(here, day + timedelta(days=3), union=True, title="勞動法令實務班")
    rows = [w.admitted(here, union, one) for one in (who, other)]
    for row in rows:
        w.insured(here, row)
    union = s.time_passes(union, 40)
    after = w.held(here, union, rows)
    dossier = w.closed(here, union, after)
    w.approved_lines(here, dossier, after)
    paying.save_unit_payee(
        dossier.case, bank_code="700", bank_account="12345678901234", bank_holder=here.union.name, by=here.union_clerk, at=after
    )  # fmt: skip
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    batch = batching.send_batch(batch, by=here.cashier, at=after)
    batching.apply_result(batch, data=answered(batch, failed=("00002",)), by=here.cashier, at=after)
    # one that runs, with somebody to move up
    running_class = w.published(here, day + timedelta(days=1), seats=2, title="智慧製造班")
    attending = w.admitted(here, running_class, late)
    w.enrolled(running_class, w.trainee("何先到"))
    waiting = w.enrolled(running_class, other)
    running_class = s.time_passes(running_class, 9)
    running.run_day(at=now())
    for session in running_class.sessions.filter(ends_at__lt=now()):
        running.record_attendance(session, missed={attending.pk: 1}, by=here.clerk, at=now())
    running.drop(attending, reason="工作因素", by=here.clerk, at=now())
    # one to enrol for, one not open yet, one at the branch
    open_now = w.published(here, title="機器人實作班")
    w.enrolled(open_now, w.trainee("王小明"))
    digest_course(open_now, at=now())
    soon = w.published(here, day + timedelta(days=60), title="網頁設計班")
    draft, filed = w.drafted(here, title="烘焙班"), w.drafted(here, title="會計班")
    perform(filed, "file", by=here.clerk, at=now())
    claim = evidence.start_identity(person=who, county=here.county, identity="disabled", at=now())
    perform(claim.case, "add_paper", upload=pdf(), by=who, at=now())
    perform(claim.case, "file", by=who, at=now())
    complaint = complaining.file_complaint(
        person=who, county=here.county, course=union, about="teacher", body="講師遲到", confidential=True, at=now()
    )

    def at(name: str, *args: object) -> str:
        return reverse(name, args=args)

    yield None, [
        at("ojt_subsidy:catalogue"), at("ojt_subsidy:catalogue") + "?q=機器&from_on=113/01/01", at("ojt_subsidy:course", open_now.code),
        at("ojt_subsidy:course", soon.code), at("ojt_subsidy:ledger", open_now.code), at("ojt_subsidy:help"),
        at("ojt_subsidy:help_topic", "complaint"), at("ojt_subsidy:join"), at("ojt_subsidy:joined"),
    ]  # fmt: skip
    yield who, [
        at("ojt_subsidy:mine"), at("ojt_subsidy:enrolled", rows[0].pk), at("ojt_subsidy:course", open_now.code), at("ojt_subsidy:balance"),
        at("ojt_subsidy:payments"), at("ojt_subsidy:profile"), at("ojt_subsidy:identity"), at("ojt_subsidy:single_supporter"),
        at("ojt_subsidy:complain"), at("ojt_subsidy:complaints"), at("casework:case", complaint.case.number),
        at("casework:case", claim.case.number), at("ojt_subsidy:insurance_upload", rows[0].pk),
    ]  # fmt: skip
    yield other, [at("ojt_subsidy:stand_in", waiting.pk), at("ojt_subsidy:enrolled", rows[1].pk)]
    yield here.clerk, [
        at("ojt_subsidy:classes"), at("ojt_subsidy:file_course"), at("ojt_subsidy:file_course_edit", draft.number),
        at("ojt_subsidy:enrolments", running_class.code), at("ojt_subsidy:attendance", running_class.code),
        at("ojt_subsidy:attendance_session", running_class.code, 1), at("ojt_subsidy:results", running_class.code),
    ]  # fmt: skip
    yield here.union_clerk, [at("ojt_subsidy:closing", union.code), at("ojt_subsidy:pass_on", union.code)]
    yield here.officer, [
        at("admin:subsidy_intakes"), at("admin:subsidy_insurance"), at("admin:subsidy_closings"),
        at("admin:subsidy_payments", dossier.case.number), at("admin:subsidy_outside"), at("admin:subsidy_statistics"),
        at("admin:subsidy_births"), at("admin:subsidy_person", dossier.case.number, dossier.lines.order_by("pk")[0].pk),
        at("admin:case", filed.number), at("admin:case", dossier.case.number), at("admin:case", claim.case.number),
    ]  # fmt: skip
    yield here.cashier, [at("admin:subsidy_batches"), at("admin:subsidy_batch", batch.pk)]
    yield here.complaints, [at("admin:case", complaint.case.number)]


def test_pages_are_whole(here: w.World, opens: Opens) -> None:
    wrong, page = [], None
    for user, addresses in _scene(here):
        page = opens(user, on=page)
        wrong += judge_pages(page, addresses)
    assert not wrong, "\n\n".join(wrong)


# --- from the plan to the money ----------------------------------------------------------------------------------------------


def test_from_an_approved_plan_to_money_in_the_account(here: w.World, opens: Opens) -> None:
    desk, home = (partial(opens, on=opens()) for _ in range(2))
    course = s.approved(here, desk)
    somebody = w.trainee("歐陽妤婕")
    page = home()
    page.goto(reverse("ojt_subsidy:catalogue"))
    page.get_by_label("關鍵字").fill("機器")
    page.get_by_role("button", name="查詢").click()
    page.get_by_role("link", name="機器人實戰設計班").click()
    expect(page.get_by_role("link", name="登入後報名")).to_be_visible()
    mine = s.at_the_opening(course, somebody, home)
    rows = s.admitted(here, course, mine, desk, home)
    course = s.attended(here, course, mine, rows, desk, home)
    s.paid(here, course, desk)
    page = home(somebody)
    page.goto(reverse("ojt_subsidy:balance"))
    main = page.locator("#main")
    for words in ("8,000 元", "62,000 元", "70,000 − 8,000 − 0 = 62,000"):
        expect(main).to_contain_text(words)
    page.goto(reverse("ojt_subsidy:enrolled", args=[mine.pk]))
    for words in ("已撥款", "10,000 × 80% = 8,000", "8,000 與 70,000 取較低者 = 8,000", "缺課2小時，未超過2.4小時"):
        expect(main).to_contain_text(words)
    judge_page(page)
    for name in ("payment_notice", "receipt"):
        assert page.request.get(reverse(f"ojt_subsidy:{name}", args=[mine.pk])).body().startswith(b"%PDF")
    notice = Document.objects.get(paper="payment_notice")
    stranger = desk()
    stranger.goto(check_url(notice))
    expect(stranger.locator("#main")).to_contain_text("8,000 元")
    expect(stranger.locator("#main")).not_to_contain_text(somebody.name)
    judge_page(stranger)


# --- by keyboard -------------------------------------------------------------------------------------------------------------


def test_found_and_filed_by_keyboard(here: w.World, opens: Opens) -> None:
    course = w.published(here, title="機器人實作班")
    page = opens(w.trainee())
    page.goto(reverse("ojt_subsidy:catalogue"))
    tab_to(page, "關鍵字")
    page.keyboard.insert_text("機器")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    tab_to(page, course.title)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "報名")
    while page.evaluate("document.activeElement.dataset.enrol") is None:
        tab_to(page, "報名")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="報名收件成功")).to_be_visible()
    tab_to(page, "取消報名")
    page.keyboard.press("Enter")
    tab_to(page, "確定取消報名")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Enrolment.objects.get().state == "withdrawn"


def test_filed_without_javascript(here: w.World, opens: Opens) -> None:
    course = w.published(here)
    page = opens(w.trainee(), javascript=False)
    page.goto(reverse("ojt_subsidy:course", args=[course.code]))
    page.get_by_role("button", name="報名", exact=True).click()
    expect(page.get_by_role("heading", name="報名收件成功")).to_be_visible()


# --- the personal data page (SUB-17) -------------------------------------------------------------------------------------------

HALF_AN_HOUR = 30 * 60


def test_the_personal_data_page_signs_out_and_nothing_typed_is_lost(here: w.World, opens: Opens, settings) -> None:
    who = w.trainee("陳怡君")
    page = opens(who)
    assert settings.IDLE_SECONDS["applicant"] == HALF_AN_HOUR
    with day_of(now()) as clock:
        page.clock.install()
        page.goto(reverse("ojt_subsidy:mine"))
        later(clock, page, HALF_AN_HOUR + 120)
        page.goto(reverse("ojt_subsidy:profile"))  # the enrolment flow signs nobody out
        expect(page.get_by_role("heading", level=1)).to_have_text("個人報名資料")
        page.get_by_label("服務單位", exact=False).first.fill("打到一半的工程公司")
        with page.expect_response("**/cases/autosave/"):
            later(clock, page, 3)
        later(clock, page, HALF_AN_HOUR - 60)
        expect(page.get_by_role("dialog", name="您還在使用嗎？")).to_be_visible()
        later(clock, page, 120)
        expect(page.get_by_role("heading", level=1, name="登入")).to_be_visible()
        again = opens(who)
        again.goto(reverse("ojt_subsidy:profile"))
        expect(again.get_by_label("服務單位", exact=False).first).to_have_value("打到一半的工程公司")
        judge_page(again)
