"""From the approved plan through the opening minute among a crowd to money in the account, step by step in a browser."""

import threading
from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.clock import now, today
from accounts.models import User
from casework.cases.doing import perform
from kernel.dates import roc
from ojt_subsidy.models import Course, CourseSession, Enrolment, PaymentBatch, PaymentLine
from ojt_subsidy.services import closing, enrolling, running, screening
from tests.browser import account_walk as a
from tests.browser.conftest import Opens
from tests.browser.harness import judge_page
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_path import answered
from tests.parallel import together

CROWD = 8


def time_passes(course: Course, days: int) -> Course:
    """The course's days and who joined it move instead of the clock, which the server shares with the browser."""
    gone = timedelta(days=days)
    course.refresh_from_db()
    for session in course.sessions.all():
        CourseSession.objects.filter(pk=session.pk).update(
            starts_at=session.starts_at - gone, ends_at=session.ends_at - gone
        )
    for row in course.enrolments.exclude(admitted_at=None):
        row.accepted_at, row.admitted_at = row.accepted_at and row.accepted_at - gone, row.admitted_at - gone
        row.save()
    Course.objects.filter(pk=course.pk).update(starts_on=course.starts_on - gone, ends_on=course.ends_on - gone)
    return Course.objects.select_related("case__office", "case__organisation", "county").get(pk=course.pk)


def acted(page: Page, label: str) -> None:
    """An act on the case page: its form opened and sent, or its button pressed."""
    folded = page.locator("details.acts__form").filter(has=page.locator("summary").get_by_text(label, exact=True))
    if folded.count():
        folded.locator("summary").click()
        folded.get_by_role("button").last.click()
    else:
        page.locator("#acts").get_by_role("button", name=label, exact=True).click()
    a.act_done(page, label)


def table_row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)


def approved(here: w.World, desk: Opens) -> Course:
    """The plan by officer, chief and officer again."""
    case = w.drafted(here, today() + timedelta(days=20), title="機器人實戰設計班")
    perform(case, "file", by=here.clerk, at=now())
    for who, label in ((here.officer, "陳核"), (here.chief, "核定"), (here.officer, "公告招生")):
        page = desk(who)
        page.goto(reverse("admin:case", args=[case.number]))
        acted(page, label)
    return Course.objects.select_related("case").get(case=case)


def at_the_opening(course: Course, user: User, home: Opens) -> Enrolment:
    """Somebody waits for the countdown and presses; at that moment a crowd files too, some of it twice."""
    crowd = [w.trainee(f"同時{n}") for n in range(CROWD)]
    opens_at = now() + timedelta(seconds=9)
    Course.objects.filter(pk=course.pk).update(opens_at=opens_at)
    page = home(user)
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
    return mine


def admitted(here: w.World, course: Course, mine: Enrolment, desk: Opens, home: Opens) -> list[Enrolment]:
    """The unit works through the ledger in order; one filing of it by buttons."""
    clerk, trainee = desk(here.clerk), home(mine.person)
    for row in Enrolment.objects.filter(course=course).order_by("number").select_related("person"):
        if row.pk != mine.pk:
            screening.ask(row, by=here.clerk, at=now())
            enrolling.accept(row, by=row.person, at=now())
            screening.admit(row, fee_paid_on=today(), papers_on=today(), by=here.clerk, at=now())
            continue
        clerk.goto(reverse("ojt_subsidy:enrolments", args=[course.code]))
        table_row(clerk, mine.name).get_by_role("button", name="通知繳費").click()
        trainee.goto(reverse("ojt_subsidy:enrolled", args=[mine.pk]))
        trainee.get_by_role("link", name="確認參訓").click()
        trainee.get_by_role("button", name="確認參訓").click()
        expect(trainee.get_by_text("已確認參訓，請向訓練單位繳費")).to_be_visible()
        clerk.goto(reverse("ojt_subsidy:enrolments", args=[course.code]))
        for day in ("繳費日", "繳件日"):
            table_row(clerk, mine.name).get_by_label(day).fill(roc(today()))
        table_row(clerk, mine.name).get_by_role("button", name="錄訓", exact=True).click()
        expect(table_row(clerk, mine.name)).to_contain_text("已錄訓")
    return list(Enrolment.objects.filter(course=course).order_by("number").select_related("person", "course"))


def attended(here: w.World, course: Course, mine: Enrolment, rows: list[Enrolment], desk: Opens, home: Opens) -> Course:
    """Called at every session, one by the form with two hours missed; questionnaire and result by buttons."""
    course = time_passes(course, 42)
    running.run_day(at=now() - timedelta(days=15))
    numbers = count(1)
    for session in course.sessions.order_by("number"):
        if next(numbers) > 1:
            missed = {row.pk: 0 for row in rows}
            running.record_attendance(session, missed=missed, by=here.clerk, at=now())
    clerk = desk(here.clerk)
    clerk.goto(reverse("ojt_subsidy:attendance", args=[course.code]))
    clerk.get_by_role("link", name="第 1 堂").click()
    clerk.get_by_label(f"第 {mine.number} 號　{mine.name}").fill("2")
    clerk.get_by_role("button", name="儲存").click()
    expect(clerk.get_by_text(f"第 1 堂已登錄 {len(rows)} 人。")).to_be_visible()
    running.run_day(at=now())
    page = home(mine.person)
    page.goto(reverse("ojt_subsidy:enrolled", args=[mine.pk]))
    page.get_by_role("link", name="填意見調查表").click()
    for mark in page.get_by_label("非常同意", exact=True).all():
        mark.check()
    page.get_by_role("button", name="送出調查表").click()
    expect(page.get_by_text("謝謝您填寫意見調查表")).to_be_visible()
    for row in rows:
        w.insured(here, row)
        if row.pk != mine.pk:
            running.fill_survey(row, answers=dict.fromkeys(running.QUESTIONS, 4), by=row.person, at=now())
            running.grade(row, passed=True, certificate=f"T-{row.number}", by=here.clerk, at=now())
    clerk.goto(reverse("ojt_subsidy:results", args=[course.code]))
    table_row(clerk, mine.name).get_by_label("證書字號").fill("南瀛訓字第115001號")
    table_row(clerk, mine.name).get_by_role("button", name="通過", exact=True).click()
    expect(table_row(clerk, mine.name)).to_contain_text("南瀛訓字第115001號")
    return course


def paid(here: w.World, course: Course, desk: Opens) -> PaymentBatch:
    """The dossier, the branch's two people, the cashier's file to the bank and its answer."""
    one = closing.start_closing(course, by=here.clerk, at=now())
    for who, name, label in (
        (here.clerk, "casework:case", "函送分署"),
        (here.officer, "admin:case", "陳核"),
        (here.chief, "admin:case", "核定"),
    ):
        page = desk(who)
        page.goto(reverse(name, args=[one.case.number]))
        acted(page, label)
    chief = desk(here.chief)
    chief.goto(reverse("admin:subsidy_payments", args=[one.case.number]))
    chief.get_by_role("button", name="逐筆核定全部待審核").click()
    expect(chief.get_by_text(f"已核定 {CROWD + 1} 筆。")).to_be_visible()
    judge_page(chief)
    cashier = desk(here.cashier)
    cashier.goto(reverse("admin:subsidy_batches"))
    expect(cashier.locator("#content")).to_contain_text(f"{CROWD + 1} 筆，合計 {(CROWD + 1) * 8000:,} 元")
    cashier.get_by_role("button", name="製作清冊").click()
    cashier.locator("summary", has_text="送交銀行").click()
    expect(cashier.locator("details[open]")).to_contain_text(f"{(CROWD + 1) * 8000:,}")
    cashier.get_by_role("button", name="確認送交銀行").click()
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
    return batch
