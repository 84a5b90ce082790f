"""Courses and subsidy as a person meets them: every page whole at a desk and on a telephone; from the approved plan through the
opening minute among a crowd to money in the account; the personal data page that signs out and loses nothing."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.clock import now, today
from accounts.middleware import idle
from accounts.models import User
from casework import entitlements
from casework.models import Document
from casework.services.documents import check_url
from casework.services.wordings import sync_wordings
from ojt_subsidy.models import Course, CourseSession, Enrolment, PaymentBatch, PaymentLine
from ojt_subsidy.services import batching, closing, complaining, enrolling, evidence, paying, running, screening
from ojt_subsidy.services.digests import digest_course
from tests.browser import account_walk as a
from tests.browser.conftest import Opens
from tests.browser.harness import judge_page, tab_to
from tests.ojt_accounts.world import pdf
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_path import answered
from tests.parallel import together

CROWD = 8


@pytest.fixture
def here(site: str, judged_once: None, monkeypatch: pytest.MonkeyPatch) -> w.World:
    monkeypatch.setattr(entitlements, "_providers", {})
    sync_wordings(at=now())
    return w.world()


def _time_passes(course: Course, days: int) -> Course:
    """The course's days move instead of the clock, which the server shares with the browser."""
    gone = timedelta(days=days)
    course.refresh_from_db()
    for session in course.sessions.all():
        CourseSession.objects.filter(pk=session.pk).update(
            starts_at=session.starts_at - gone, ends_at=session.ends_at - gone
        )
    Course.objects.filter(pk=course.pk).update(starts_on=course.starts_on - gone, ends_on=course.ends_on - gone)
    return Course.objects.select_related("case__office", "case__organisation", "county").get(pk=course.pk)


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
    union = _time_passes(union, 40)
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
    running_class = _time_passes(running_class, 9)
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
    w.planning.file_course(filed, by=here.clerk, at=now())
    claim = evidence.start_identity(person=who, county=here.county, identity="disabled", at=now())
    evidence.add_paper(claim.case, upload=pdf(), by=who, at=now())
    evidence.file_evidence(claim.case, by=who, at=now())
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
        at("admin:case", filed.number), at("admin:case", dossier.case.number), at("admin:case", claim.case.number),
    ]  # fmt: skip
    yield here.cashier, [at("admin:subsidy_batches"), at("admin:subsidy_batch", batch.pk)]
    yield here.complaints, [at("admin:case", complaint.case.number)]


def test_pages_are_whole(here: w.World, opens: Opens) -> None:
    for user, addresses in _scene(here):
        page = opens(user)
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            judge_page(page)
        page.context.close()


# --- from the plan to the money ----------------------------------------------------------------------------------------------


def _acted(page: Page, label: str) -> None:
    """An act on the case page: its form opened and sent, or its button pressed."""
    folded = page.locator("details.acts__form").filter(has=page.locator("summary").get_by_text(label, exact=True))
    if folded.count():
        folded.locator("summary").click()
        folded.get_by_role("button").last.click()
    else:
        page.locator("#acts").get_by_role("button", name=label, exact=True).click()
    a.act_done(page, label)


def _row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)


def _approved(here: w.World, opens: Opens) -> Course:
    """The plan by officer, chief and officer again."""
    case = w.drafted(here, today() + timedelta(days=20), title="機器人實戰設計班")
    w.planning.file_course(case, by=here.clerk, at=now())
    for who, label in ((here.officer, "陳核"), (here.chief, "核定"), (here.officer, "公告招生")):
        page = opens(who)
        page.goto(reverse("admin:case", args=[case.number]))
        _acted(page, label)
        page.context.close()
    return Course.objects.select_related("case").get(case=case)


def _at_the_opening(course: Course, user: User, opens: Opens) -> Enrolment:
    """Somebody waits for the countdown and presses; at that moment a crowd files too, some of it twice."""
    crowd = [w.trainee(f"同時{n}") for n in range(CROWD)]
    opens_at = now() + timedelta(seconds=9)
    Course.objects.filter(pk=course.pk).update(opens_at=opens_at)
    page = opens(user)
    page.goto(reverse("ojt_subsidy:course", args=[course.code]))
    press = page.get_by_role("button", name="報名", exact=True)
    press.click()
    expect(page.locator("#main")).to_contain_text("尚未開放報名")
    expect(page.locator("#main")).to_contain_text("目前伺服器時間為")
    assert not Enrolment.objects.exists()
    page.goto(reverse("ojt_subsidy:course", args=[course.code]))
    expect(page.get_by_text("已開放報名")).to_be_visible(timeout=20_000)

    def files(one: User) -> None:
        key = uuid4()
        for _ in range(2):
            enrolling.enrol(code=course.code, person=one, key=key, at=now())

    answers: list[object] = []
    rush = threading.Thread(target=lambda: answers.extend(together([lambda one=one: files(one) for one in crowd])))
    rush.start()
    press.click()
    expect(page.get_by_role("heading", name="報名收件成功")).to_be_visible()
    rush.join(30)
    assert answers == [None] * CROWD
    rows = list(Enrolment.objects.filter(course=course).order_by("number"))
    assert [row.number for row in rows] == list(range(1, CROWD + 2))
    mine = next(row for row in rows if row.person_id == user.pk)
    expect(page.locator(".receipt-number")).to_have_text(f"第 {mine.number} 號")
    judge_page(page)
    page.goto(reverse("ojt_subsidy:ledger", args=[course.code]))
    expect(page.get_by_role("row")).to_have_count(CROWD + 2)
    expect(page.locator("#main")).not_to_contain_text(user.name)
    page.context.close()
    return mine


def _admitted(here: w.World, course: Course, mine: Enrolment, opens: Opens) -> list[Enrolment]:
    """The unit works through the ledger in order; one filing of it by buttons."""
    clerk, trainee = opens(here.clerk), opens(mine.person)
    for row in Enrolment.objects.filter(course=course).order_by("number").select_related("person"):
        if row.pk != mine.pk:
            screening.ask(row, by=here.clerk, at=now())
            enrolling.accept(row, by=row.person, at=now())
            screening.admit(row, fee_paid_on=today(), papers_on=today(), by=here.clerk, at=now())
            continue
        clerk.goto(reverse("ojt_subsidy:enrolments", args=[course.code]))
        _row(clerk, mine.name).get_by_role("button", name="通知繳費").click()
        trainee.goto(reverse("ojt_subsidy:enrolled", args=[mine.pk]))
        trainee.get_by_role("link", name="確認參訓").click()
        trainee.get_by_role("button", name="確認參訓").click()
        expect(trainee.get_by_text("已確認參訓，請向訓練單位繳費")).to_be_visible()
        clerk.goto(reverse("ojt_subsidy:enrolments", args=[course.code]))
        _row(clerk, mine.name).get_by_role("button", name="錄訓", exact=True).click()
        expect(_row(clerk, mine.name)).to_contain_text("已錄訓")
    clerk.context.close()
    trainee.context.close()
    return list(Enrolment.objects.filter(course=course).order_by("number").select_related("person", "course"))


def _attended(here: w.World, course: Course, mine: Enrolment, rows: list[Enrolment], opens: Opens) -> Course:
    """Called at every session, one by the form with two hours missed; questionnaire and result by buttons."""
    course = _time_passes(course, 42)
    running.run_day(at=now() - timedelta(days=15))
    numbers = count(1)
    for session in course.sessions.order_by("number"):
        if next(numbers) > 1:
            missed = {row.pk: 0 for row in rows}
            running.record_attendance(session, missed=missed, by=here.clerk, at=now())
    clerk = opens(here.clerk)
    clerk.goto(reverse("ojt_subsidy:attendance", args=[course.code]))
    clerk.get_by_role("link", name="第 1 堂").click()
    clerk.get_by_label(f"第 {mine.number} 號　{mine.name}").fill("2")
    clerk.get_by_role("button", name="儲存").click()
    expect(clerk.get_by_text(f"第 1 堂已登錄 {len(rows)} 人。")).to_be_visible()
    running.run_day(at=now())
    page = opens(mine.person)
    page.goto(reverse("ojt_subsidy:enrolled", args=[mine.pk]))
    page.get_by_role("link", name="填意見調查表").click()
    for mark in page.get_by_label("非常同意", exact=True).all():
        mark.check()
    page.get_by_role("button", name="送出調查表").click()
    expect(page.get_by_text("謝謝您填寫意見調查表")).to_be_visible()
    page.context.close()
    for row in rows:
        w.insured(here, row)
        if row.pk != mine.pk:
            running.fill_survey(row, answers=dict.fromkeys(running.QUESTIONS, 4), by=row.person, at=now())
            running.grade(row, passed=True, certificate=f"T-{row.number}", by=here.clerk, at=now())
    clerk.goto(reverse("ojt_subsidy:results", args=[course.code]))
    _row(clerk, mine.name).get_by_label("證書字號").fill("南瀛訓字第115001號")
    _row(clerk, mine.name).get_by_role("button", name="通過", exact=True).click()
    expect(_row(clerk, mine.name)).to_contain_text("南瀛訓字第115001號")
    clerk.context.close()
    return course


def _paid(here: w.World, course: Course, opens: Opens) -> PaymentBatch:
    """The dossier, the branch's two people, the cashier's file to the bank and its answer."""
    one = closing.start_closing(course, by=here.clerk, at=now())
    for who, name, label in (
        (here.clerk, "casework:case", "函送分署"),
        (here.officer, "admin:case", "陳核"),
        (here.chief, "admin:case", "核定"),
    ):
        page = opens(who)
        page.goto(reverse(name, args=[one.case.number]))
        _acted(page, label)
        page.context.close()
    chief = opens(here.chief)
    chief.goto(reverse("admin:subsidy_payments", args=[one.case.number]))
    chief.get_by_role("button", name="逐筆核定全部待審核").click()
    expect(chief.get_by_text(f"已核定 {CROWD + 1} 筆。")).to_be_visible()
    judge_page(chief)
    chief.context.close()
    cashier = opens(here.cashier)
    cashier.goto(reverse("admin:subsidy_batches"))
    expect(cashier.locator("#content")).to_contain_text(f"{CROWD + 1} 筆，合計 {(CROWD + 1) * 8000:,} 元")
    cashier.get_by_role("button", name="製作清冊").click()
    cashier.get_by_role("button", name="送交銀行").click()
    with cashier.expect_download() as download:
        cashier.get_by_role("link", name="下載銀行檔").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("H,")
    assert lines[-1] == f"T,{CROWD + 1},{(CROWD + 1) * 8000}"
    batch = PaymentBatch.objects.get()
    good = answered(batch)
    for content, words in (
        (good.replace(f",{(CROWD + 1) * 8000},".encode(), b",1,"), "合計與明細不符"),
        (good, "已依銀行回覆入帳"),
    ):
        cashier.locator("input[type=file]").set_input_files(
            {"name": "bank.csv", "mimeType": "text/csv", "buffer": content}
        )
        cashier.get_by_role("button", name="匯入", exact=True).click()
        expect(cashier.locator("#content, .messagelist").filter(has_text=words).first).to_be_visible()
    assert set(PaymentLine.objects.values_list("state", flat=True)) == {"paid"}
    cashier.context.close()
    return batch


def test_from_an_approved_plan_to_money_in_the_account(here: w.World, opens: Opens) -> None:
    course = _approved(here, opens)
    somebody = w.trainee("歐陽妤婕")
    page = opens()
    page.goto(reverse("ojt_subsidy:catalogue"))
    page.get_by_label("關鍵字").fill("機器")
    page.get_by_role("button", name="查詢").click()
    page.get_by_role("link", name="機器人實戰設計班").click()
    expect(page.get_by_role("link", name="登入後報名")).to_be_visible()
    page.context.close()
    mine = _at_the_opening(course, somebody, opens)
    rows = _admitted(here, course, mine, opens)
    course = _attended(here, course, mine, rows, opens)
    _paid(here, course, opens)
    page = opens(somebody)
    page.goto(reverse("ojt_subsidy:balance"))
    main = page.locator("#main")
    for words in ("8,000 元", "62,000 元", "70,000 − 8,000 − 0 = 62,000"):
        expect(main).to_contain_text(words)
    page.goto(reverse("ojt_subsidy:enrolled", args=[mine.pk]))
    for words in ("已撥款", "10,000 × 80% = 8,000", "min(8,000, 70,000) = 8,000", "缺課2小時，未超過2.4小時"):
        expect(main).to_contain_text(words)
    judge_page(page)
    for name in ("payment_notice", "receipt"):
        assert page.request.get(reverse(f"ojt_subsidy:{name}", args=[mine.pk])).body().startswith(b"%PDF")
    notice = Document.objects.get(paper="payment_notice")
    stranger = opens()
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

LIMIT = 12  # seconds here; the warning comes at half of it


def test_the_personal_data_page_signs_out_and_nothing_typed_is_lost(
    here: w.World, opens: Opens, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = w.trainee("陳怡君")
    page = opens(who)
    assert settings.IDLE_SECONDS["applicant"] == 30 * 60
    settings.IDLE_SECONDS = {"staff": LIMIT, "applicant": LIMIT}
    monkeypatch.setattr(idle, "WRITE_EVERY", 1)
    page.goto(reverse("ojt_subsidy:mine"))
    page.wait_for_timeout((LIMIT + 2) * 1000)
    page.goto(reverse("ojt_subsidy:profile"))  # the enrolment flow signs nobody out
    expect(page.get_by_role("heading", level=1)).to_have_text("個人報名資料")
    page.get_by_label("服務單位", exact=False).first.fill("打到一半的工程公司")
    asked = page.get_by_role("dialog", name="您還在使用嗎？")
    expect(asked).to_be_visible(timeout=LIMIT * 1000)
    expect(page.get_by_role("heading", level=1, name="登入")).to_be_visible(timeout=LIMIT * 2000)
    again = opens(who)
    again.goto(reverse("ojt_subsidy:profile"))
    expect(again.get_by_label("服務單位", exact=False).first).to_have_value("打到一半的工程公司")
    judge_page(again)
