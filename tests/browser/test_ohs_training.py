"""Health-service training in a browser: its pages for everybody; one institution from application to accreditation, and one class
from filing through three days of signatures, a failed exam and its resit, to certificates, registers and the county's number."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.clock import now
from accounts.models import User
from casework.cases.doing import perform
from casework.intake.sample import paper
from casework.models import Case, Document
from casework.sheets.writing import write
from ohs_training.models import Accreditation, Certificate, SignRecord
from ohs_training.selectors.classes import class_of
from ohs_training.services import attending, inspecting, issuing, roster
from tests.browser import account_walk as a
from tests.browser import ohs_walk as o
from tests.browser.conftest import Opens
from tests.browser.harness import day_of, ink, judge_pages, pdf_pages, pdf_text, tab_to
from tests.ohs_training import world as w

OF_CLASS = (
    "class", "plan", "teachers", "timetable", "roster", "trainee_new", "versions", "attendance", "tablet", "roll_call", "absence",
    "practice", "fees", "certificates", "records",
)  # fmt: skip
PRINTS = ("filing", "timetable", "teachers", "roster", "sign-in", "roll-call", "marks", "certificates")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with day_of(w.APPLIED) as found:
        yield found


# --- pages for everybody -----------------------------------------------------------------------------------------------------------


def test_pages_of_the_institution(site: str, opens: Opens, clock: time_machine.Traveller) -> None:
    here = w.world()
    case = w.issued(here, failing=(2,))
    clock.move_to(w.at(w.SECOND + timedelta(days=6), "10:00"))
    addresses = [reverse(f"ohs_training:{name}", args=[case.number]) for name in OF_CLASS]
    addresses += [
        reverse("ohs_training:home"),
        reverse("ohs_training:apply"),
        reverse("ohs_training:class_new"),
        reverse("ohs_training:trainee", args=[case.number, w.people(case)[0].pk]),
    ]
    wrong = judge_pages(opens(here.staff), addresses)
    assert not wrong, "\n\n".join(wrong)


def test_pages_of_offices_trainees_and_the_public(site: str, opens: Opens, clock: time_machine.Traveller) -> None:
    here = w.world()
    case = w.examined(here)
    training_class = class_of(case)
    given = {"accreditation": training_class.accreditation, "training_class": training_class, "papers_asked": "簽到表"}
    _, order = inspecting.inspect(
        office=case.office, inspected_on=w.FIRST, findings="輔導員未在場", breach="輔導員未在場", clause="附表八附註一", by=here.authority,
        at=w.at(w.FIRST, "15:00"), **given,
    )  # fmt: skip
    assert order is not None
    proofs = w.ended(here, training="in_service", start=w.FIRST + timedelta(days=2), people=15)
    perform(proofs, "issue_proofs", by=here.staff, at=w.at(w.FIRST + timedelta(days=3), "16:30"))
    someone = w.people(proofs)[0]
    clock.move_to(w.at(w.SECOND + timedelta(days=6), "10:00"))
    office = [
        reverse(f"admin:{name}") for name in ("ohs_board", "ohs_institutions", "ohs_inspections", "ohs_retention")
    ]
    office += [reverse("admin:ohs_class", args=[case.number])]
    walks = (
        (None, [reverse("ohs_training:home"), reverse("ohs_training:institutions")]),
        (
            here.authority,
            [*office, reverse("admin:ohs_marks", args=[case.number]), reverse("admin:case", args=[order.case.number])],
        ),
        (
            here.officer,
            [
                reverse("admin:ohs_institutions"),
                reverse("admin:ohs_statistics"),
                reverse("admin:case", args=[training_class.accreditation.case.number]),
            ],
        ),
        (
            w.trainee_user(someone),
            [reverse("ohs_training:my_records"), reverse("ohs_training:confirm", args=[someone.pk])],
        ),
    )
    wrong, page = [], None
    for user, addresses in walks:
        page = opens(user, on=page)
        wrong += judge_pages(page, addresses)
    assert not wrong, "\n\n".join(wrong)


def test_institutions_by_the_map(site: str, opens: Opens, clock: time_machine.Traveller) -> None:
    """五第1項: the list by county, from the map with the keyboard alone."""
    w.world()
    page = opens()
    page.goto(reverse("ohs_training:institutions"))
    tab_to(page, "臺南市 1 家")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"county=67000"))
    expect(page.get_by_role("rowheader", name=re.compile("臺灣職業健康護理學會"))).to_be_visible()
    page.get_by_role("link", name="高雄市 0 家").click()
    expect(page.get_by_text("沒有符合條件的機構")).to_be_visible()


# --- the institution ---------------------------------------------------------------------------------------------------------------


def _file(media: Path, name: str) -> Path:
    path = media / f"{name}.pdf"
    path.write_bytes(paper(name, ["測試用文件"]))
    return path


def _press(page: Page, words: str, **values: str) -> None:
    """A button of the case: its form opens, what it asks is filled in, and the button within is pressed."""
    box = page.locator(f'details.acts__form:has(> summary:text-is("{words}"))')
    box.locator("summary").first.click()
    a.fill(box, values)
    box.get_by_role("button", name=f"確認{words}", exact=True).click()


def test_from_application_to_accreditation(site: str, opens: Opens, clock: time_machine.Traveller, media: Path) -> None:
    here = w.world(accredited=False)
    page = opens(here.staff)
    page.goto(reverse("ohs_training:home"))
    a.follow(page, "申請認可")
    page.get_by_label("全國性護理專業團體").check()
    a.press(page, "開始填寫")
    number = Case.objects.get().number
    expect(page.get_by_text("資格文件", exact=False).or_(page.get_by_text("檢核表")).first).to_be_visible()
    page.get_by_label("所在縣市").select_option(label="臺南市")
    a.fill(page, {"負責人姓名": "陳院長", "聯絡人": "王小姐", "聯絡電話": "06-2345678"})
    page.get_by_label("專業訓練").check()
    page.get_by_label("在職教育訓練").check()
    for name in ("職業安全衛生相關法規（小時）", "職場健康風險評估（小時）", "職場健康管理實務（小時）"):
        page.get_by_label(name).fill("2")
    for box in page.locator("#particulars textarea").all():
        box.fill("內容如附件說明。")
    a.press(page, "儲存")
    a.said(page, "已儲存")
    slot = page.locator("form:has(input[name=paper])").first
    slot.locator("input[type=file]").set_input_files(_file(media, "設立許可文件"))
    slot.get_by_label("本文件與正本相符").check()
    slot.get_by_role("button", name=re.compile("上傳")).click()
    a.said(page, "已上傳")
    _press(page, "送件")
    assert Case.objects.get().state == "filed"

    office = partial(opens, on=opens())
    chief = office(here.chief)
    chief.goto(reverse("admin:case", args=[number]))
    number_of = "勞職衛2字第1150000001號"
    _press(chief, "認可", 認可迄日="118/09/01", 認可函文號=number_of)  # a day more than three years
    expect(chief.get_by_text("最長為 3 年").first).to_be_visible()
    chief.goto(reverse("admin:case", args=[number]))
    _press(chief, "認可", 認可迄日="118/08/31", 認可函文號=number_of)
    expect(chief.get_by_text("「認可」已完成")).to_be_visible()
    officer = office(here.officer)
    officer.goto(reverse("admin:case", args=[number]))
    _press(officer, "公告")
    made = Accreditation.objects.get()
    assert (made.county_id, made.announced_on, made.ends_on) == ("67000", date(2026, 9, 1), date(2029, 8, 31))

    page.goto(reverse("casework:case", args=[number]))
    _press(page, "登錄應檢附文件完成")
    page.goto(reverse("ohs_training:home"))
    expect(page.get_by_text("118/06/02（六）")).to_be_visible()  # ninety days before the end
    letter = Document.objects.get(paper="ohs_accreditation")
    answer = page.request.get(reverse("casework:document", args=[letter.number]))
    assert "認可期間自中華民國115年9月1日起至中華民國118年8月31日止" in pdf_text(answer.body()).replace(
        "\n", ""
    ).replace(" ", "")
    public = office()
    public.goto(reverse("ohs_training:institutions"))
    expect(public.get_by_role("row", name=re.compile("臺灣職業健康護理學會"))).to_contain_text("認可中")


# --- a class --------------------------------------------------------------------------------------------------------------------------

START = date(2026, 12, 7)
HOURS = (("09:00", "09:50", "職業安全衛生法規"), ("13:00", "13:50", "健康管理"))


def test_a_class_from_filing_to_the_countys_number(
    site: str, opens: Opens, clock: time_machine.Traveller, media: Path
) -> None:
    here = w.world()
    clock.move_to(w.at(date(2026, 11, 20), "10:00"))
    house, office, tablet = (partial(opens, on=opens()) for _ in range(3))
    number = _planned(house(here.staff), media)
    county = office(here.authority)
    county.goto(reverse("admin:ohs_class", args=[number]))
    _press(county, "備查", 備查文號="府勞安字第1150012345號")
    expect(county.get_by_text("「備查」已完成")).to_be_visible()
    case = Case.objects.get(number=number)
    clock.move_to(w.at(date(2026, 12, 6), "20:00"))
    _changed(house(here.staff), number)
    for day in range(3):
        _day(house, tablet, here, case, clock, START + timedelta(days=day), start=day == 0)
    county = office(here.authority)
    county.goto(reverse("admin:ohs_class", args=[number]))
    expect(county.get_by_role("heading", name="第 2 版變動報備（待備查）")).to_be_visible()
    _press(county, "變動備查", 變動備查文號="府勞安字第1150012399號")
    expect(county.get_by_text("「變動備查」已完成")).to_be_visible()
    assert SignRecord.objects.filter(voided_at=None).count() == 3 * 4 * 15
    clock.move_to(w.at(START + timedelta(days=2), "14:00"))
    tutor = house(here.tutor)
    tutor.goto(reverse("ohs_training:class", args=[number]))
    _press(tutor, "結訓")
    expect(tutor.get_by_text("「結訓」已完成")).to_be_visible()

    clock.move_to(w.at(START + timedelta(days=4), "10:00"))
    w.photographed(here, case)
    staff = house(here.staff)
    _practised(staff, case)
    _marked(office(here.authority), case, number="1", failing=2)
    _issued(staff, case, 14)
    _reported(staff, office(here.authority), case)
    assert Case.objects.get(pk=case.pk).state == "closed"

    # the one resit, months later
    clock.move_to(w.at(date(2027, 5, 3), "10:00"))
    _marked(office(here.authority), case, number="2", only=2)
    staff = house(here.staff)
    _issued(staff, case, 15)
    for code in PRINTS:
        answer = staff.request.get(reverse("ohs_training:print", args=[number, code]))
        assert answer.headers["content-type"] == "application/pdf", code
        assert all(ink(one) > 0.003 for one in pdf_pages(answer.body(), media)), code
    paper_of = Certificate.objects.get(trainee__seat=2)
    text = pdf_text(staff.request.get(reverse("casework:document", args=[paper_of.document.number])).body())
    assert paper_of.number in text and "府勞安字第1150012345號" in text
    stranger = office()
    stranger.goto(reverse("casework:check", args=[paper_of.document.number, paper_of.document.check_code]))
    expect(stranger.get_by_text("結業證書目前有效")).to_be_visible()


def _planned(page: Page, media: Path) -> str:
    """附表二 to 附表五 typed and the roster read from a file; filed on a day that is early enough."""
    page.goto(reverse("ohs_training:class_new"))
    page.get_by_label("專業訓練", exact=True).check()
    page.get_by_label("護理人員").check()
    page.get_by_label("訓練名稱").fill("勞工健康服務護理人員")
    page.get_by_label("開訓日").press_sequentially("115/12/07")
    expect(page.get_by_text("最遲應於 115/11/22 報備")).to_be_visible()
    page.get_by_label("結訓日").fill("115/12/09")
    page.get_by_label("訓練所在縣市").select_option(label="臺南市")
    a.press(page, "建立班次")
    number = Case.objects.get(kind="ohs_training.class").number
    plan = {"訓練場所名稱": "成功大樓", "訓練場所地址": "臺南市東區大學路1號", "教室名稱": "第 301 教室", "輔導員": "林輔導", "輔導員電話": "06-2345678",
            "負責人姓名": "陳院長"}  # fmt: skip
    a.fill(page, plan)
    a.press(page, "儲存並繼續")
    for label, text in (("姓名", "王教授"), ("學歷", "博士"), ("經歷", "十年"), ("資格條款", "附表十二之一第一款")):
        page.get_by_label(f"第 1 位{'講師' if label == '姓名' else ''}{label}").fill(text)
    a.press(page, "儲存並繼續")
    rows = [(START + timedelta(days=d), *one) for d in range(3) for one in HOURS]
    for n, (day, start, end, course) in enumerate(rows, 1):
        if not page.get_by_label(f"第 {n} 列日期").count():
            a.press(page, "儲存，再加幾列")
        values = {"日期": f"115/12/{day.day:02d}", "開始時間": start, "結束時間": end, "課程名稱": course, "時數": "1"}
        for label, text in values.items():
            page.get_by_label(f"第 {n} 列{label}").fill(text)
        page.get_by_label(f"第 {n} 列講師").select_option(label="王教授")
    a.press(page, "儲存並繼續")
    _roster(page, media)
    page.goto(reverse("ohs_training:class", args=[number]))
    _press(page, "報備")
    expect(page.get_by_text("「報備」已完成")).to_be_visible()
    return number


def _changed(page: Page, number: str) -> None:
    """The tutor falls ill on the eve: written down, red until it is filed, filed; the class begins in the morning."""
    page.goto(reverse("ohs_training:plan", args=[number]))
    a.fill(page, {"輔導員": "王代班"})
    a.press(page, "儲存")
    page.goto(reverse("ohs_training:class", args=[number]))
    expect(page.get_by_text("有 1 項變動尚未報備")).to_be_visible()
    _press(page, "變動報備", 變動原因="輔導員請假")
    expect(page.get_by_text("「變動報備」已完成")).to_be_visible()
    expect(page.get_by_text("待備查；不影響開訓及上課")).to_be_visible()


def _roster(page: Page, media: Path) -> None:
    """A line with a twin is shown and nothing kept; the file put right is previewed and taken."""
    columns = roster.COLUMNS[:-1]
    head = [column.label for column in columns]
    lines = [[one[column.name] for column in columns] for one in w.lines(15)]
    for name, rows in (("bad", [*lines, lines[0]]), ("good", lines)):
        with (media / f"{name}.xlsx").open("wb") as file:
            write("xlsx", file, title="名冊", header=head, rows=rows)
    page.get_by_label("名冊檔案").set_input_files(media / "bad.xlsx")
    a.press(page, "上傳並預覽")
    expect(page.get_by_text("身分證字號與第 2 列重複")).to_be_visible()
    expect(page.get_by_text("以上標示的列不會匯入")).to_be_visible()
    page.get_by_label("名冊檔案").set_input_files(media / "good.xlsx")
    a.press(page, "上傳並預覽")
    page.get_by_label("已逐一查核受訓人員").check()
    a.press(page, "匯入這 15 人")
    a.said(page, "已匯入名冊")


def _day(
    house: Opens, tablet: Opens, here: w.World, case: Case, clock: time_machine.Traveller, day: date, *, start: bool
) -> None:
    """Four times a day, on the first day at the tablet, then at the end of the morning: two sign by finger each time. All other
    signatures come the same way, drawn before."""
    clock.move_to(w.at(day, "08:40"))
    if start:
        page = house(here.tutor)
        page.goto(reverse("ohs_training:class", args=[case.number]))
        a.press(page, "開訓")
        expect(page.get_by_text("「開訓」已完成")).to_be_visible()
    case, people = Case.objects.get(pk=case.pk), w.people(case)
    for moment, words in (("08:55", "上午簽到"), ("09:55", "上午簽退"), ("12:58", "下午簽到"), ("13:52", "下午簽退")):
        clock.move_to(w.at(day, moment))
        by_finger = people[:2] if start or words == "上午簽退" else []
        if by_finger:
            page = tablet(here.tutor)  # its page may be left for two hours, not for the whole day
            page.goto(reverse("ohs_training:tablet", args=[case.number]))
            expect(page.get_by_text("已連線")).to_be_visible()
            o.mode(page, words)
        for one in by_finger:
            o.sign(page, one.name)
            expect(o.seat(page, one.name)).to_contain_text(f"已簽 {moment[:3]}")
        half, leaving = ("morning" if "上午" in words else "afternoon"), "退" in words
        at = w.at(day, moment)
        items = [w.signing(one, half=half, leaving=leaving, wall=at) for one in people[len(by_finger) :]]
        assert all(x.kept for x in attending.sign(case, items=items, sent_wall=at, by=here.tutor, at=at))
        if words == "上午簽退":
            page.goto(reverse("ohs_training:roll_call", args=[case.number]))
            a.press(page, "登錄點名")
            a.said(page, "已登錄點名")


def _practised(page: Page, case: Case) -> None:
    """實習及報告: the first by the form, the others by the act behind it."""
    page.goto(reverse("ohs_training:practice", args=[case.number]))
    first = w.people(case)[0]
    page.get_by_label("受訓人員").select_option(label=str(first))
    a.fill(page, {"實習起日": "115/12/09", "實習迄日": "115/12/09", "實習場所名稱": "南方醫院", "報告成績": "85"})
    page.get_by_label("報告審核通過").check()
    a.press(page, "登錄")
    a.said(page, "已登錄實習及報告")
    for one in w.people(case)[1:]:
        perform(
            case, "record_practice", trainee=one.pk, practice_from=START, practice_until=START, practice_place="南方醫院", report_mark=Decimal(80), approved=True,
            by=User.objects.get(name="機構承辦"), at=now(),
        )  # fmt: skip


def _marked(page: Page, case: Case, *, number: str, failing: int = 0, only: int = 0) -> None:
    page.goto(reverse("admin:ohs_marks", args=[case.number]))
    page.get_by_label("次別").select_option(number)
    page.get_by_label("監考人員").fill("監考官")
    if only:
        page.get_by_label("測驗日").fill("116/05/01")
    for one in w.people(case):
        if not only or one.seat == only:
            page.get_by_label(f"{one.name}的成績").fill("50" if one.seat == failing else "82")
    a.press(page, "登錄成績")
    a.said(page, "已登錄成績")


def _issued(page: Page, case: Case, count: int) -> None:
    page.goto(reverse("ohs_training:class", args=[case.number]))
    _press(page, "發給證書／證明")
    expect(page.get_by_text("「發給證書／證明」已完成")).to_be_visible()
    issuing.run_waiting(at=now())  # the worker's part
    page.goto(reverse("ohs_training:certificates", args=[case.number]))
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(count)
    expect(page.get_by_text(re.compile(r"(\d+)／\1 份"))).to_be_visible()


def _reported(staff: Page, county: Page, case: Case) -> None:
    """受訓資料 in fifteen days, registers in twenty, and the county's second number."""
    staff.goto(reverse("ohs_training:class", args=[case.number]))
    _press(staff, "登錄受訓資料完成")
    _press(staff, "登錄清冊並函報", 函報文號="健訓字第1150000123號")
    expect(staff.get_by_text("「登錄清冊並函報」已完成")).to_be_visible()
    county.goto(reverse("admin:ohs_class", args=[case.number]))
    _press(county, "備查", 備查文號="府勞安字第1150099999號")
    expect(county.get_by_text("「備查」已完成")).to_be_visible()
