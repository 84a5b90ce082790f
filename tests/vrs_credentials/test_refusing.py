"""不予核定: the committee resolves, the ministry refuses by a numbered letter, and nobody is told before (VRS-19)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.clock import now, today
from accounts.services.roles import grant_role
from casework.cases.casetypes import casetype
from casework.cases.doing import perform, why_not
from casework.errors import NotPermitted, Refused
from casework.models import Case, Document, Notice
from casework.papers.documents import bytes_of
from kernel.dates import roc
from tests.vrs_credentials import world as w
from tests.vrs_credentials.test_hours import _away as away
from tests.vrs_credentials.test_pages import browser, get
from vrs_credentials import permissions as rights
from vrs_credentials.models import Certificate, Qualification
from vrs_credentials.services import reviewing

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def test_a_resolution_against_it_waits_for_the_ministry_and_tells_the_applicant_nothing(here: w.World) -> None:
    case = w.turned_down(here, reason="科系不相符")
    assert (case.state, case.decided_on, case.awaiting) == ("to_approve", None, "vrs_credentials.approve_qualification")
    told = Notice.objects.filter(case=case, code="vrs_credentials.to_approve")
    assert [one.user for one in told] == [here.approver] and "複審會議決議不通過" in told.get().body
    assert not Document.objects.filter(case=case).exists()
    assert not Notice.objects.filter(user=here.applicant, code="vrs_credentials.rejected").exists()
    text = get(browser(here.applicant), "casework:case", case.number)
    assert "科系不相符" not in text and "不通過" not in text and "不予核定" not in text
    office = get(browser(here.approver), "admin:case", case.number)
    assert "科系不相符" in office


def test_the_ministry_refuses_on_its_page_with_number_and_day(here: w.World) -> None:
    case = w.turned_down(here, reason="科系不相符")
    page, approver = reverse("admin:case_act", args=[case.number, "reject"]), browser(here.approver)
    assert "科系不相符" in approver.get(page).content.decode(), "what the committee said stands in the form"
    bare = approver.post(page, {"reason": "科系不相符", "version": case.version})
    assert bare.status_code == 422 and Case.objects.get(pk=case.pk).state == "to_approve"
    given = {"letter_number": w.LETTER, "letter_on": roc(today()), "reason": "科系不相符", "version": case.version}
    assert approver.post(page, given).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.decided_on) == ("rejected", today())
    row = Qualification.objects.get(case=case)
    assert (row.letter_number, row.letter_on) == (w.LETTER, today())
    letter = Document.objects.get(case=case)
    assert (letter.title, letter.state) == ("不予核定函", "issued")
    assert letter.context["letter_number"] == w.LETTER and "複審會議決議不通過" in letter.context["sentence"]
    body = Notice.objects.get(user=here.applicant, code="vrs_credentials.rejected").body
    assert w.LETTER in body and "科系不相符" in body
    text = get(browser(here.applicant), "casework:case", case.number)
    assert "不予核定函" in text and "科系不相符" in text
    checked = Client().get(f"/check/{letter.number}/{letter.check_code}/").content.decode()
    assert "目前有效" in checked and ">核定函<" not in checked, "nobody is told that a refusal is an approval"
    assert bytes_of(letter).startswith(b"%PDF")


def test_only_the_ministry_refuses_and_only_what_the_committee_turned_down(here: w.World) -> None:
    passed = w.to_approve(here, w.filed(here, w.professional("另一人")))
    with pytest.raises(Refused, match="複審會議未決議不通過"):
        w.reject(here, passed)
    case = w.turned_down(here)
    with pytest.raises(Refused, match="複審會議決議不通過，應不予核定"):
        w.approve(here, case)
    for who in (here.secretary, here.handler):
        with pytest.raises(NotPermitted):
            perform(case, "reject", letter_number=w.LETTER, letter_on=today(), reason="不符", by=who, at=now())
    assert not Document.objects.exists() and not Certificate.objects.exists()
    assert Qualification.objects.get(case=case).letter_number == "", "what was refused left nothing"


@pytest.mark.parametrize(
    ("brought", "who", "step"),
    [
        (w.to_approve, "handler", "審查通過"), (w.to_approve, "reviewer", "審查委員提出意見"),
        (w.turned_down, "secretary", "複審不通過"), (lambda here: _hours(here), "handler", "陳報核定"),
    ],
)  # fmt: skip
def test_who_brought_a_case_to_the_ministry_does_not_decide_on_it(
    here: w.World, brought: Any, who: str, step: str
) -> None:
    """Somebody who holds both roles, and for each kind of case another who does it."""
    case = brought(here)
    user = here.reviewers[0] if who == "reviewer" else getattr(here, who)
    grant_role(user=user, role_code=rights.APPROVER, organisation=here.office, by=None, at=now())
    for code in ("approve", "reject"):
        given = {"letter_number": w.LETTER, "letter_on": today(), "reason": "不符", "by": user, "at": now()}
        with pytest.raises(Refused, match=f"您已辦理本案「{step}」"):
            perform(case, code, **given)
    decide = w.reject if step == "複審不通過" else w.approve
    assert decide(here, case).decided_on == today()


def test_the_ministry_may_send_it_back_and_the_committee_meet_again(here: w.World) -> None:
    case = w.turned_down(here)
    session = case.vrs_session_items.get().session
    case = perform(case, "return_to_review", reason="請補充理由", by=here.approver, at=now()).case
    case = w.opined(here, case, "doubt", "pass")
    with pytest.raises(Refused, match="請選擇另一次會議"):
        perform(case, "refer", session=session, by=here.handler, at=now())
    again = reviewing.call_session(
        office=here.office, held_on=today(), place="會議室", chair="主席", by=here.secretary, at=now()
    )
    perform(case, "refer", session=again, by=here.handler, at=now())
    reviewing.keep_minutes(again, minutes="通過", members="甲", by=here.secretary, at=now())
    case = perform(case, "decide", decision="pass", reason="相符", by=here.secretary, at=now()).case
    assert w.approve(here, case).state == "approved"


def _hours(here: w.World) -> Case:
    return w.reported(here, w.hours_filed(here, w.certified(here)))


def _extension(here: w.World) -> Case:
    one = w.certified(here)
    return w.reported(here, away(here, one, today() + 10 * DAY, today() + 159 * DAY))


def _renewal(here: w.World) -> Case:
    one = w.older(w.certified(here), today() - 1060 * DAY)
    w.give_hours(one, {"professional": "60", "ethics": "12"}, held_on=today() - 100 * DAY, by=here.handler)
    return w.reported(here, w.renewal_filed(here, one))


def _course(here: w.World) -> Case:
    return w.turned_down(here, Case.objects.get(pk=w.course_filed(here).case_id))


def _education(here: w.World) -> Case:
    w.older(w.certified(here), today() - 60 * DAY)
    return w.turned_down(here, w.education_filed(here))


EVERY = pytest.mark.parametrize("brought", [w.turned_down, _hours, _extension, _renewal, _course, _education])


@EVERY
def test_every_kind_is_refused_by_a_numbered_letter_of_the_ministry(here: w.World, brought: Any) -> None:
    case = w.reject(here, brought(here), reason="與規定不符")
    assert case.state == "rejected"
    letter = Document.objects.get(case=case, paper="vrs.letter")
    assert letter.state == "issued" and letter.context["letter_number"] == w.LETTER
    assert not Document.objects.filter(case=case, state="draft").exists()


@pytest.mark.parametrize("brought", [w.to_approve, w.turned_down, _hours, _extension, _renewal, _course, _education])
def test_a_letter_is_not_older_than_what_it_answers_and_not_of_tomorrow(here: w.World, brought: Any) -> None:
    """Of whichever decision the case is open to: what the committee turned down is only refused, what both passed only granted."""
    case = brought(here)
    table = casetype(case.kind).table
    open_to = [code for code in ("approve", "reject") if not why_not(table.act(code), case, here.approver, now())]
    assert len(open_to) == (2 if case.kind.endswith(("hours", "extension", "renewal")) else 1)
    for day, why in ((today() - DAY, "發文日期不得早於收件日"), (today() + DAY, "發文日期不得晚於今日")):
        given = {"letter_number": w.LETTER, "letter_on": day, "by": here.approver, "at": now()}
        for code in open_to:
            with pytest.raises(Refused, match=why) as refused:
                perform(case, code, reason="不符", **given)
            assert refused.value.field == "letter_on"
    case.refresh_from_db()
    assert case.state == "to_approve"


def test_a_letter_is_not_older_than_the_last_opinion_and_the_resolution(here: w.World) -> None:
    """Filed four days ago, reviewed two days ago, resolved yesterday."""
    start = now()
    with time_machine.travel(start - 4 * DAY, tick=True):
        cases = [w.filed(here), w.filed(here, w.professional("第二人"))]
    with time_machine.travel(start - 2 * DAY, tick=True):
        plain = w.to_approve(here, cases[0])
    with time_machine.travel(start - DAY, tick=True):
        doubtful = w.turned_down(here, cases[1])
    early = {"letter_number": w.LETTER, "by": here.approver, "at": now()}
    with pytest.raises(Refused, match="不得早於審查委員提出意見之日"):
        perform(plain, "approve", letter_on=today() - 3 * DAY, **early)
    perform(plain, "approve", letter_on=today() - 2 * DAY, **early)
    with time_machine.travel(start, tick=True):
        with pytest.raises(Refused, match="不得早於審查委員提出意見之日"):
            perform(doubtful, "reject", letter_on=today() - 2 * DAY, reason="不符", **early)
        perform(doubtful, "reject", letter_on=today() - DAY, reason="不符", **early)
    session = doubtful.vrs_session_items.get().session
    assert session.held_on == today() - DAY
