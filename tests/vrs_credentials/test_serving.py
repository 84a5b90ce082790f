"""Whether its holder may serve, what a person without a certificate is told, and what nobody may do: VRS-04, VRS-14, VRS-16."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from tests.vrs_credentials import world as w
from tests.vrs_credentials.test_pages import browser, get
from vrs_credentials.models import Certificate, HoursApplication
from vrs_credentials.selectors import outcomes, register
from vrs_credentials.selectors.casepage import ledger_table
from vrs_credentials.services import certifying, joining, renewing, reviewing, training

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def serving(one: Certificate, days: int = 0) -> tuple[str, str]:
    """Asked that many days after the last valid day."""
    one = Certificate.objects.get(pk=one.pk)
    return register.standing(one, on=one.valid_until + days * DAY, law=law_in_force()).serving


def test_a_certificate_says_whether_its_holder_may_serve(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=900))
    assert serving(one) == ("目前得提供服務。", "good")
    assert serving(one, 1)[1] == "bad" and "屆滿，目前不得提供服務" in serving(one, 1)[0]
    early = register.standing(one, on=one.starts_on - DAY, law=law_in_force()).serving
    assert early[1] == "info" and "起得提供服務" in early[0]
    w.revoke(here, one)
    assert serving(one) == ("資格已撤銷，不得提供服務。", "bad")


def test_filed_before_the_end_the_holder_serves_on_filed_after_it_not(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 - 20))
    w.give_hours(one, {"professional": "54", "ethics": "6"}, held_on=today() - timedelta(days=9), by=here.handler)
    case = w.renewal_filed(here, one)
    assert serving(one, 1)[1] == "info" and "審核期間得繼續提供服務" in serving(one, 1)[0]
    case.vrs_renewal.applied_on = one.valid_until + DAY
    case.vrs_renewal.save()
    assert serving(one, 1)[1] == "bad"


def test_training_after_being_taken_on_shows_its_day_and_ends_the_service(here: w.World) -> None:
    hired_on = today() - timedelta(days=10)
    one = w.certified(here, hired_on=hired_on)
    text = get(browser(here.applicant), "vrs_credentials:dashboard")
    clock = register.follow_up_outcome(one.follow_up, on=today(), law=law_in_force()).result
    assert "目前得提供服務" in text and "進用後專業訓練" in text and "尚缺 36 小時，期限 " in text
    assert clock["missing"] == 36 and {d.code for d in register.deadlines_of(one)} == {
        certifying.ENDS,
        certifying.FOLLOW_UP,
    }
    late = register.standing(one, on=one.follow_up.hired_on + timedelta(days=400), law=law_in_force())
    assert late.serving[1] == "bad" and "逾期未完成，尚缺 36 小時" in late.serving[0]


def test_twenty_hours_of_the_way_back_open_the_renewal_on_the_page(here: w.World) -> None:
    """VRS-14: the button is there at twenty hours though sixty are far."""
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 + 60))
    away = {"away_from": one.valid_until - timedelta(days=60), "away_until": today() - timedelta(days=5)}
    with pytest.raises(Refused, match="應取得主管機關同意"):
        renewing.record_way_back(one, **away, consent_on=today() + DAY, consent_letter="函", by=here.handler, at=now())
    renewing.record_way_back(one, **away, consent_on=today(), consent_letter="函", by=here.handler, at=now())
    client = browser(here.applicant)
    text = get(client, "vrs_credentials:lapsed", one.pk)
    assert "經同意先行提供服務" in text and "尚缺之 20 小時" in text
    assert "申請換證" not in get(client, "vrs_credentials:renew", one.pk)
    w.give_hours(one, {"professional": "20"}, held_on=today(), by=here.handler)
    assert "申請換證" in get(client, "vrs_credentials:renew", one.pk)
    assert "應完成之時數已足" in get(client, "vrs_credentials:dashboard")


def test_without_a_certificate_the_page_leads_to_the_application_on_its_way(here: w.World) -> None:
    case = w.drafted(here)
    text = get(browser(case.person), "vrs_credentials:dashboard")
    assert case.number in text and "輪到您處理" in text and "您還沒有資格認證證明" not in text
    nobody = browser(w.professional("還沒申請的人"))
    assert "您還沒有資格認證證明" in get(nobody, "vrs_credentials:dashboard")


def test_the_applicant_is_told_why_a_committee_meets_and_not_who_thought_what(here: w.World) -> None:
    case = w.opined(here, w.assigned(here), "doubt", "pass")
    given = {"held_on": today(), "place": "會議室", "chair": "主席"}
    with pytest.raises(NotPermitted):
        reviewing.call_session(office=here.office, **given, by=here.clerk, at=now())
    session = reviewing.call_session(office=here.office, **given, by=here.secretary, at=now())
    for act in (
        lambda: reviewing.keep_minutes(session, minutes="紀錄", members="委員", by=here.handler, at=now()),
        lambda: reviewing.close_session(session, by=here.handler, at=now()),
    ):
        with pytest.raises(NotPermitted):
            act()
    perform(case, "refer", session=session, by=here.handler, at=now())
    text = get(browser(case.person), "casework:case", case.number)
    assert "依規定提複審會議討論，不表示不通過" in text
    assert "疑義者" in text and "科系" not in text.split("辦理歷程")[0] and here.reviewers[0].name not in text


def test_what_one_reviewer_thinks_is_in_no_outcome_before_the_other(here: w.World) -> None:
    case = w.assigned(here)
    perform(case, "opinion", verdict="doubt", comment="看不懂", by=here.reviewers[0], at=now())
    case = Case.objects.get(pk=case.pk)
    step = outcomes.next_step(case, on=today(), law=law_in_force())
    assert step.result["next"] == "review" and step.facts["opinions"] == []


def test_a_case_that_waits_for_opinions_is_not_shown_as_failing(here: w.World) -> None:
    """VRS-03: a plain line with the number given so far."""
    case = w.assigned(here)

    def waiting() -> tuple[bool | None, str]:
        step = outcomes.next_step(Case.objects.get(pk=case.pk), on=today(), law=law_in_force())
        assert step.lines[-1].met is None and not step.refusals
        return step.met, step.lines[-1].text

    assert waiting() == (None, "審查中：應由 2 位審查委員提出意見，已有 0 位提出")
    perform(case, "opinion", verdict="doubt", comment="看不懂", by=here.reviewers[0], at=now())
    assert waiting() == (None, "審查中：應由 2 位審查委員提出意見，已有 1 位提出")
    page = get(browser(here.reviewers[1]), "admin:case", case.number)
    assert "已有 1 位提出" in page and "看不懂" not in page


def test_a_decided_case_shows_the_decision_to_who_approves(here: w.World) -> None:
    case = w.opined(here, w.assigned(here), "doubt", "pass")
    session = reviewing.call_session(
        office=here.office, held_on=today(), place="會議室", chair="主席", by=here.secretary, at=now()
    )
    perform(case, "refer", session=session, by=here.handler, at=now())
    reviewing.keep_minutes(session, minutes="紀錄", members="委員", by=here.secretary, at=now())
    case = perform(case, "decide", decision="pass", reason="相符", by=here.secretary, at=now()).case
    assert outcomes.findings(case, on=today(), law=law_in_force())[-1].met


def test_hours_after_being_taken_on_follow_their_certificate(here: w.World) -> None:
    one = w.certified(here)
    client, page = browser(here.applicant), reverse("vrs_credentials:hours")
    alone = client.post(page, {"purpose": "after"})
    assert alone.status_code == 422 and "請選擇資格證明" in alone.content.decode()
    before = client.post(page, {"purpose": "before"})
    assert before.status_code == 422 and "請選擇遴用條款" in before.content.decode()
    assert client.post(page, {"purpose": "after", "certificate": one.pk}).status_code == 302
    made = HoursApplication.objects.get()
    assert (made.kind, made.clause, made.certificate) == (one.kind, one.clause, one)
    assert "準則第七條第一項第四款" in get(client, "vrs_credentials:hours_case", made.case.number)
    with pytest.raises(Refused, match="不符"):
        training.start(
            person=here.applicant, purpose="after", kind="instructor", clause="5-1", certificate=one, at=now()
        )


def test_lines_outside_the_span_say_so(here: w.World) -> None:
    """A late application counts three years back: earlier lines of the certificate stay, marked."""
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 + 200))
    for ago in (3 * 365 + 100, 30):
        w.give_hours(one, {"professional": "9"}, held_on=today() - timedelta(days=ago), by=here.handler)
    since = register.standing(one, on=today(), law=law_in_force()).since
    assert [row[5] for row in ledger_table(one, since=since).body] == ["9", "9（不在採計期間）"]
    text = get(browser(here.applicant), "vrs_credentials:certificate", one.pk)
    assert "不在採計期間" in text and "沒有時數紀錄" not in text and "已逾效期" in text


def test_identifiers_are_posted_to_the_searches(here: w.World) -> None:
    client = browser(here.clerk)
    for name, field in (("attendance_list", "person"), ("lecturers", "q")):
        page = reverse(f"vrs_credentials:{name}")
        assert client.post(page, {field: here.applicant.national_id}).status_code == 200
        assert (
            f'method="post" class="{"panel" if field == "person" else "toolbar"}" role="search"'
            in client.get(page).content.decode()
        )


def test_only_its_people_change_an_institution(here: w.World) -> None:
    with pytest.raises(NotPermitted):
        joining.change_institution(
            here.institution, name="別人", address="x", phone="02-2345-6789", email="a@example.com", by=here.applicant, at=now()
        )  # fmt: skip


def test_a_supplement_taken_back_begins_a_new_round(here: w.World) -> None:
    """The reviewers of before have not been asked again: the case waits for an assignment."""
    with time_machine.travel(now(), tick=True):
        case = w.opined(here, w.assigned(here), "supplement", "pass")
    step = outcomes.next_step(case, on=today(), law=law_in_force())
    assert step.result["next"] == "supplement"
    case.state = "filed"
    assert outcomes.next_step(case, on=today(), law=law_in_force()).result["next"] == "assign"
