"""Completeness, two reviewers, committee, supplements, lecturers passed: what each act refuses and leaves."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.clock import now, today
from accounts.rights import can
from casework.cases.doing import perform
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, CaseUserObjectPermission, Document, Notice
from casework.papers.documents import bytes_of
from kernel.dates import days_after
from tests.vrs_credentials import world as w
from vrs_credentials.permissions import GIVE_OPINION, VIEW_ASSIGNED
from vrs_credentials.selectors import outcomes
from vrs_credentials.services import (
    reviewing,
    uploading,
)

pytestmark = pytest.mark.django_db


def test_reviewers_of_the_applicants_institution_stay_away(here: w.World) -> None:
    """VRS-03."""
    w.Membership.objects.create(user=here.applicant, organisation=here.institution, starts_on=date(2020, 1, 1))
    colleague = w.reviewer(here.office, "同事委員", here.institution)
    case = w.filed(here)
    with pytest.raises(Refused, match="同一機構單位"):
        perform(case, "assign", reviewers=[colleague, here.reviewers[0]], by=here.handler, at=now())
    with pytest.raises(Refused, match="2 位不同"):
        perform(case, "assign", reviewers=[here.reviewers[0]] * 2, by=here.handler, at=now())
    with pytest.raises(Refused, match="不是審查委員"):
        perform(case, "assign", reviewers=[here.handler, here.reviewers[0]], by=here.handler, at=now())
    assert not CaseUserObjectPermission.objects.exists()
    course = w.course_filed(here)
    with pytest.raises(Refused, match="同一機構單位"):
        perform(course.case, "assign", reviewers=[colleague, here.reviewers[0]], by=here.handler, at=now())


def test_a_reviewers_right_is_on_that_case_alone_and_ends_with_it(here: w.World) -> None:
    one, two = w.assigned(here), w.filed(here, w.professional("另一人"))
    first = here.reviewers[0]
    assert can(first, GIVE_OPINION, one) and can(first, VIEW_ASSIGNED, one)
    assert not can(first, GIVE_OPINION, two) and not can(here.reviewers[2], GIVE_OPINION, one)
    with pytest.raises(NotPermitted):
        perform(two, "opinion", verdict="pass", by=first, at=now())
    w.approve(here, perform(w.opined(here, one), "pass_review", by=here.handler, at=now()).case)
    assert not can(first, VIEW_ASSIGNED, one) and not CaseUserObjectPermission.objects.exists()


@pytest.mark.parametrize(
    ("verdicts", "step"),
    [
        (("pass", "pass"), "approve"),
        (("pass", "doubt"), "committee"),
        (("doubt", "doubt"), "committee"),
        (("pass", "supplement"), "supplement"),
    ],
)
def test_what_follows_from_two_opinions(here: w.World, verdicts: tuple[str, str], step: str) -> None:
    case = w.opined(here, w.assigned(here), *verdicts)
    assert outcomes.next_step(case, on=today(), law=law_in_force()).result["next"] == step
    if step != "approve":
        with pytest.raises(Refused):
            perform(case, "pass_review", by=here.handler, at=now())


def test_an_opinion_is_given_once_and_never_changed(here: w.World) -> None:
    case = w.assigned(here)
    perform(case, "opinion", verdict="pass", by=here.reviewers[0], at=now())
    with pytest.raises(Refused, match="已提出意見"):
        perform(case, "opinion", verdict="doubt", comment="改", by=here.reviewers[0], at=now())
    opinion = case.vrs_assignments.get(reviewer=here.reviewers[0]).opinion
    opinion.verdict = "doubt"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        opinion.save()
    assert not any("審查通過" in str(event.changes) for event in case.events.all()), (
        "nothing is read before both are in"
    )


def test_a_supplement_goes_round_and_is_reviewed_again(here: w.World) -> None:
    case = w.opined(here, w.assigned(here), "pass", "supplement")
    items = [{"target": "paper.degree", "label": "學歷", "problem": "影本不清楚"}]
    with pytest.raises(Refused, match="補件期限"):
        perform(case, "ask_supplement", items=items, message="", by=here.handler, at=now())
    case = perform(
        case, "ask_supplement", items=items, message="", due_on=days_after(today(), 7), by=here.handler, at=now()
    ).case
    assert (case.state, case.due_on) == ("supplement", days_after(today(), 7))
    with pytest.raises(Refused, match="尚有 1 項補件未回復"):
        perform(case, "supply", by=here.applicant, at=now())
    from casework.cases import corrections

    request = corrections.open_request(case)
    assert request
    corrections.answer(
        request.items.get(), case=Case.objects.get(pk=case.pk), text="已重新掃描", by=here.applicant, at=now()
    )
    case = perform(case, "supply", by=here.applicant, at=now()).case
    assert case.state == "filed" and case.due_on is None
    case = w.to_approve(here, case)
    assert {one.round for one in case.vrs_assignments.all()} == {1, 2} and case.state == "to_approve"


def test_the_committee_rejects_with_a_letter_to_the_person(here: w.World) -> None:
    case = w.opined(here, w.assigned(here), "doubt", "pass")
    session = reviewing.call_session(
        office=here.office, held_on=today(), place="會議室", chair="主席", by=here.secretary, at=now()
    )
    case = perform(case, "refer", session=session, by=here.handler, at=now()).case
    with pytest.raises(Refused, match="會議紀錄"):
        perform(case, "decide", decision="reject", reason="不符", by=here.secretary, at=now())
    reviewing.keep_minutes(session, minutes="不通過", members="甲", by=here.secretary, at=now())
    case = perform(case, "decide", decision="reject", reason="科系不符", by=here.secretary, at=now()).case
    # the resolution ends nothing: the ministry refuses by its letter (貳 階段二 2)
    assert case.state == "to_approve" and not Document.objects.filter(case=case).exists()
    case = w.reject(here, case)
    assert case.state == "rejected" and "科系不符" in Notice.objects.get(code="vrs_credentials.rejected").body
    letter = Document.objects.get(case=case, paper="vrs.letter")
    assert letter.title == "不予核定函" and letter.context["to"] == here.applicant.name
    assert "複審會議決議不通過，理由：科系不符" in letter.context["sentence"] and "館前路" in letter.context["address"]
    assert ("發文字號", w.LETTER) in [tuple(row) for row in letter.public]
    assert bytes_of(letter).startswith(b"%PDF")
    reviewing.close_session(session, by=here.secretary, at=now())


def test_course_supplements_have_two_days(here: w.World) -> None:
    """VRS-07."""
    course = w.course_filed(here)
    items = [{"target": "paper.handout", "label": "講義", "problem": "缺頁"}]
    case = perform(course.case, "ask_supplement", items=items, message="", by=here.handler, at=now()).case
    assert case.due_on == law_in_force().calendar.act_by(days_after(today(), 2))


def test_a_lecturer_passed_once_needs_no_papers_again(here: w.World) -> None:
    """VRS-06."""
    teacher = w.course_approved(here).lecturers.get()
    course = w.courses.start(
        here.institution,
        data=w.course_data(days_after(today(), 50)),
        sets=[w.a_set()],
        lecturers=[teacher],
        by=here.clerk,
        at=now(),
    )
    uploading.add_paper(course.case, code="course_summary", label="摘要", uploads=[w.pdf()], by=here.clerk, at=now())
    assert perform(course.case, "file", by=here.clerk, at=now()).case.state == "filed"
    other = w.courses.start(
        here.institution, data=w.course_data(days_after(today(), 50)), sets=[{**w.a_set(), "area": "別的領域"}], lecturers=[teacher],
        by=here.clerk, at=now(),
    )  # fmt: skip
    uploading.add_paper(other.case, code="course_summary", label="摘要", uploads=[w.pdf()], by=here.clerk, at=now())
    with pytest.raises(Refused, match="講師簡歷"):
        perform(other.case, "file", by=here.clerk, at=now())
