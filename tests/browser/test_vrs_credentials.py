"""Credentials in a browser: no violation of axe-core and never wider than the window; the whole story by pressing buttons."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from accounts.clock import now, today
from accounts.models import User
from casework.cases.doing import perform
from casework.intake.sample import paper
from casework.models import Case, Document
from casework.papers.documents import check_url
from casework.papers.rendering import qr
from kernel.dates import roc
from tests.browser.conftest import Opens
from tests.browser.harness import PHONE, PHONE_HIGH, judge_page, judge_pages, pdf_text, tab_to
from tests.browser.vrs_walk import choose, fill, join, office_act, press, upload
from tests.vrs_credentials import world as w
from vrs_credentials.models import Certificate, Course
from vrs_credentials.services import reviewing, rosters

ANYBODY = (
    "home",
    "public_courses",
    "public_lecturers",
    "public_jobs",
    "news",
    "downloads",
    "questions",
    "join",
    "join_institution",
)
OF_ONE = ("certificate", "plan", "renew", "extend", "reissue", "lapsed")
OF_APPLICANT = ("dashboard", "apply", "hours", "education_apply", "profile")
INSTITUTION = (
    "institution",
    "course_list",
    "course_file",
    "lecturers",
    "lecturer_new",
    "job_new",
    "job_list",
    "attendance_list",
)


@pytest.fixture
def here(site: str) -> w.World:
    return w.world()


def test_pages_are_for_everybody(here: w.World, opens: Opens) -> None:
    one = w.older(w.certified(here, hired_on=today() - timedelta(days=9)), today() - timedelta(days=900))
    course = w.course_approved(here, starts_on=today() - timedelta(days=2))
    draft = w.drafted(here, w.professional("草稿人"))
    doubtful = w.opined(here, w.assigned(here, w.filed(here, w.professional("疑義人"))), "doubt", "pass")
    session = reviewing.call_session(
        office=here.office, held_on=today(), place="會議室", chair="主席", by=here.secretary, at=now()
    )
    perform(doubtful, "refer", session=session, by=here.handler, at=now())
    walks = [
        (
            None,
            [reverse(f"vrs_credentials:{name}") for name in ANYBODY]
            + [reverse("vrs_credentials:public_course", args=[course.number])],
        ),
        (
            here.applicant,
            [reverse(f"vrs_credentials:{name}", args=[one.pk]) for name in OF_ONE]
            + [reverse(f"vrs_credentials:{name}") for name in OF_APPLICANT],
        ),
        (draft.person, [reverse("vrs_credentials:application", args=[draft.number])]),
        (
            here.clerk,
            [reverse(f"vrs_credentials:{name}") for name in INSTITUTION]
            + [reverse("vrs_credentials:attendance_import", args=[course.case.number])],
        ),
        (here.reviewers[0], [reverse("admin:vrs_review"), reverse("admin:case", args=[doubtful.number])]),
        (here.secretary, [reverse("admin:vrs_sessions"), reverse("admin:vrs_session", args=[session.pk])]),
        (
            here.handler,
            [
                reverse("admin:vrs_certificates"),
                reverse("admin:vrs_certificate", args=[one.pk]),
                reverse("admin:vrs_news"),
                reverse("admin:vrs_questions"),
            ],
        ),
    ]
    wrong, page = [], None
    for user, addresses in walks:
        page = opens(user, on=page)
        wrong += judge_pages(page, addresses)
    assert not wrong, "\n\n".join(wrong)


def test_a_new_user_becomes_certified_and_renews_and_a_stranger_checks_it(site: str, opens: Opens, media: Path) -> None:
    """The whole story by pressing buttons; what a worker does in the background is called where one would."""
    home, desk = (partial(opens, on=opens()) for _ in range(2))
    abroad = partial(opens, on=opens(width=PHONE, height=PHONE_HIGH))
    with time_machine.travel("2024-12-12T02:00:00+00:00"):
        here = w.world()
        case, member = _apply(home, media)
        _reviewed(desk, here, case, "資格")
        one = Certificate.objects.get(case=case)
        assert (one.clause, one.starts_on, one.valid_until) == ("7-1-4", date(2024, 12, 12), date(2027, 12, 11))
        _stranger(abroad, Document.objects.get(case=case, paper="vrs_certificate"), "資格有效至 116/12/11")
    with time_machine.travel("2025-03-01T02:00:00+00:00"):
        course = w.course_approved(here, starts_on=today(), ends_on=today() + timedelta(days=8), sets=[w.a_set("54")])
    with time_machine.travel("2025-03-20T02:00:00+00:00"):
        _roster(desk, here, course, member, media)
        _own_education(home, desk, here, member, media)
        page = home(member)
        page.goto(reverse("vrs_credentials:dashboard"))
        for amount in ("已累積 54，應達 54 小時", "已累積 6，應達 6 小時"):
            expect(page.locator(".gauge").filter(has_text=amount)).to_be_visible()
        expect(page.get_by_role("link", name="申請更新（換證）")).to_have_count(0)
        judge_page(page)
    with time_machine.travel("2027-10-01T02:00:00+00:00"):
        renewed = _renew(home, desk, here, member, one, media)
        new = Certificate.objects.get(case=renewed)
        assert (new.previous, new.starts_on, new.valid_until) == (one, date(2027, 12, 12), date(2030, 12, 11))
        paper = Document.objects.get(case=renewed, paper="vrs_certificate")
        signed = home(member).request.get(reverse("casework:document", args=[paper.number])).body()
        assert signed.startswith(b"%PDF") and b"/ByteRange" in signed and w.national_id(88001) in pdf_text(signed)
    with time_machine.travel("2028-01-05T02:00:00+00:00"):
        _stranger(abroad, paper, "資格有效至 119/12/11")


def _apply(home: Opens, media: Path) -> tuple[Case, User]:
    """A new user, the wizard by keyboard alone, real papers, 送審."""
    page = home()
    member = join(page, account="newmember", name="林新人", national_id=w.national_id(88001))
    page.goto(reverse("vrs_credentials:apply"))
    judge_page(page)
    choose(page, "您要申請哪一種資格？", "placement")
    choose(page, "您的最高學歷？", "other")
    page.get_by_role("group", name="您是否取得身心障礙者職業重建服務學分學程證明？").get_by_label("是").check()
    tab_to(page, "看看適用的條款")
    page.keyboard.press("Enter")
    expect(page.get_by_text("準則第七條第一項第四款")).to_be_visible()
    judge_page(page)
    tab_to(page, "以此條款建立申請")
    page.keyboard.press("Enter")
    expect(page.locator("#slot-degree")).to_be_visible()
    upload(page, media, "degree", "programme", "pledge")
    press(page, "我聲明以上屬實")
    judge_page(page)
    press(page, "送審")
    expect(page.get_by_text("「送審」已完成")).to_be_visible()
    return Case.objects.get(person=member), member


def _reviewed(desk: Opens, here: w.World, case: Case, what: str, **approval: str) -> None:
    """Handler, two reviewers who do not see each other, handler, ministry."""
    first, second = here.reviewers[:2]
    office_act(desk(here.handler), case, "assign", reviewers=f"☑{first.name}、{second.name}")
    page = desk(first)
    office_act(page, case, "opinion", verdict="pass", comment="符合條款，甲之意見")
    page = desk(second)
    page.goto(reverse("admin:case", args=[case.number]))
    assert "甲之意見" not in page.content(), what
    judge_page(page)
    office_act(page, case, "opinion", verdict="pass", comment="同意")
    office_act(desk(here.handler), case, "pass_review")
    page = desk(here.approver)
    given = {"letter_number": w.LETTER, "letter_on": roc(today()), **approval}
    office_act(page, case, "approve", **given)
    case.refresh_from_db()
    assert case.state == "approved", what


def _roster(desk: Opens, here: w.World, course: Course, member: User, media: Path) -> None:
    """Roster and sign-in sheet uploaded, checked and imported with the bar on the page, hours approved."""
    days = [(course.starts_on + timedelta(days=n)).isoformat() for n in range(9)]
    rows = [(day, member.name, member.national_id or "", "6") for day in days]
    wrong, good, sheet = media / "有誤.csv", media / "名冊.csv", media / "簽到表.pdf"
    wrong.write_bytes(w.roster([*rows[:8], (days[8], "查無此人", w.national_id(99999), "60")]))
    good.write_bytes(w.roster(rows))
    sheet.write_bytes(paper("簽到表", ["學員、講師親簽"]))
    page = desk(here.clerk)
    page.goto(reverse("vrs_credentials:attendance_import", args=[course.case.number]))
    page.locator("[name=roster_1]").set_input_files(wrong)
    page.locator("[name=sheet]").set_input_files(sheet)
    press(page, "上傳並檢查")
    expect(page.locator("#roster-job").get_by_text("等候檢查")).to_be_visible()
    judge_page(page)
    assert rosters.run_waiting(at=now()) == 1
    expect(page.get_by_text("有 1 列需要修正，未匯入任何資料")).to_be_visible()  # the page asked by itself
    expect(page.get_by_role("cell", name="11", exact=True)).to_be_visible()
    judge_page(page)
    page.locator("[name=roster_1]").set_input_files(good)
    press(page, "上傳並檢查")
    expect(page.locator("#roster-job").get_by_text("等候檢查")).to_be_visible()
    rosters.run_waiting(at=now())
    expect(page.get_by_role("button", name="確定上傳")).to_be_visible()
    tab_to(page, "確定上傳")
    judge_page(page)
    page.keyboard.press("Enter")
    expect(page.locator("#roster-job").get_by_text("等候匯入")).to_be_visible()
    rosters.run_waiting(at=now())
    expect(page.get_by_text("上課紀錄已匯入，等候核定時數")).to_be_visible()
    office_act(desk(here.handler), course.case, "credit")


def _own_education(home: Opens, desk: Opens, here: w.World, member: User, media: Path) -> None:
    page = home(member)
    page.goto(reverse("vrs_credentials:education_apply"))
    fill(
        page, way="seminar", organiser="職業重建學會", title="專業倫理研討會", group="ethics", competence="專業倫理", area="倫理",
        starts_on="114/03/10", ended_on="114/03/10", asked_hours="6",
    )  # fmt: skip
    press(page, "儲存並繼續")
    upload(page, media, "evidence", "pledge")
    press(page, "送審")
    expect(page.get_by_text("「送審」已完成")).to_be_visible()
    case = Case.objects.get(person=member, kind="vrs_credentials.education")
    _reviewed(desk, here, case, "繼續教育", approved_hours="6")


def _renew(home: Opens, desk: Opens, here: w.World, member: User, one: Certificate, media: Path) -> Case:
    page = home(member)
    page.goto(reverse("vrs_credentials:dashboard"))
    page.get_by_role("link", name="申請更新（換證）").click()
    judge_page(page)
    tab_to(page, "申請換證")
    page.keyboard.press("Enter")
    expect(page.locator("#slot-pledge")).to_be_visible()
    upload(page, media, "pledge")
    judge_page(page)
    press(page, "送審")
    expect(page.get_by_text("「送審」已完成")).to_be_visible()
    case = Case.objects.get(person=member, kind="vrs_credentials.renewal")
    office_act(desk(here.handler), case, "report")
    given = {"letter_number": w.LETTER, "letter_on": roc(today())}
    office_act(desk(here.approver), case, "approve", **given)
    return case


def _stranger(abroad: Opens, document: Document, says: str) -> None:
    """What the printed code leads to, on a telephone: contents and state, and no number of a person."""
    address = check_url(document)
    assert document.context["qr"] == qr(address)
    page = abroad()
    page.goto(address)
    expect(page.get_by_text(says)).to_be_visible()
    expect(page.get_by_text("就業服務員", exact=True)).to_be_visible()
    assert w.national_id(88001) not in page.content() and "林新人" not in page.content()
    judge_page(page)
