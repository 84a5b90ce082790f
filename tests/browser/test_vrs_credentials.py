"""Credentials in a browser: no violation of axe-core and never wider than the window; a qualification applied for by pressing
buttons, and a stranger who checks the certificate that comes of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.clock import now, today
from casework.intake.sample import paper
from casework.models import Case, Document
from tests.browser.conftest import Opens
from tests.browser.harness import judge_page
from tests.vrs_credentials import world as w
from vrs_credentials.services import reviewing

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
def here(site: str, judged_once: None) -> w.World:
    return w.world()


def test_pages_are_for_everybody(here: w.World, opens: Opens) -> None:
    one = w.older(w.certified(here, hired_on=today() - timedelta(days=9)), today() - timedelta(days=900))
    course = w.course_approved(here, starts_on=today() - timedelta(days=2))
    draft = w.drafted(here, w.professional("草稿人"))
    doubtful = w.opined(here, w.assigned(here, w.filed(here, w.professional("疑義人"))), "doubt", "pass")
    session = reviewing.call_session(
        office=here.office, held_on=today(), place="會議室", chair="主席", by=here.secretary, at=now()
    )
    reviewing.refer(doubtful, session=session, by=here.handler, at=now())
    walks = [
        (
            None,
            [reverse(f"vrs_credentials:{name}") for name in ANYBODY]
            + [reverse("vrs_credentials:public_course", args=[course.number])],
        ),
        (here.applicant, [reverse(f"vrs_credentials:{name}", args=[one.pk]) for name in OF_ONE]),
        (
            here.applicant,
            [
                reverse(f"vrs_credentials:{name}")
                for name in ("dashboard", "apply", "hours", "education_apply", "profile")
            ],
        ),
        (draft.person, [reverse("vrs_credentials:application", args=[draft.number])]),
        (here.clerk, [reverse(f"vrs_credentials:{name}") for name in INSTITUTION]),
        (here.clerk, [reverse("vrs_credentials:attendance_import", args=[course.case.number])]),
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
    for user, addresses in walks:
        page = opens(user)
        for address in addresses:
            page.goto(address)
            expect(page.locator("h1").first).to_be_visible()
            judge_page(page)


def test_applied_for_by_pressing_buttons_and_checked_by_a_stranger(here: w.World, opens: Opens, media: Path) -> None:
    page = opens(here.applicant)
    page.goto(reverse("vrs_credentials:apply"))
    page.get_by_label("您要申請哪一種資格？").select_option("placement")
    page.get_by_label("您的最高學歷？").select_option("other")
    page.get_by_role("group", name="您是否取得身心障礙者職業重建服務學分學程證明？").get_by_label("是").check()
    page.get_by_role("button", name="看看適用的條款").click()
    expect(page.get_by_text("準則第七條第一項第四款")).to_be_visible()
    page.get_by_role("button", name="以此條款建立申請").click()
    for code in ("degree", "programme", "pledge"):
        file = media / f"{code}.pdf"
        file.write_bytes(paper(code, ["測試"]))
        slot = page.locator(f"#slot-{code}")
        if code == "pledge":
            slot.get_by_label("親自簽名").check()
        slot.locator("input[type=file]").set_input_files(file)
        slot.get_by_role("button", name="上傳").click()
        expect(page.locator(f"#slot-{code}").get_by_text("已上傳")).to_be_visible()
    page.get_by_role("button", name="我聲明以上屬實").click()
    page.get_by_role("button", name="送審").click()
    expect(page.get_by_text("「送審」已完成")).to_be_visible()
    case = Case.objects.get(person=here.applicant)
    assert case.state == "filed"
    w.approve(here, w.to_approve(here, case))
    document = Document.objects.get(case=case, paper="vrs_certificate")
    stranger = opens()
    stranger.goto(reverse("casework:check", args=[document.number, document.check_code]))
    expect(stranger.get_by_text("這份文件目前有效")).to_be_visible()
    expect(stranger.get_by_text("就業服務員", exact=True)).to_be_visible()
    judge_page(stranger)
