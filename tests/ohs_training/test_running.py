"""The days of a class over HTTP: leave, make-up, practice, fees; orders and renewals as the days pass."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from casework.cases.doing import perform
from casework.deadlines.sweeping import sweep
from casework.models import Case, Notice
from kernel.law import Value, declared_law
from ohs_training.models import LeaveRequest, MakeUp, Order, Payment, Spending, Trainee
from ohs_training.selectors.boards import statistics
from ohs_training.selectors.classes import class_of
from ohs_training.services import inspecting
from tests.ohs_training import world as w
from tests.ohs_training.faces import address, client_of, envelope, page_of, press, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(settings) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def at_night(day: date) -> datetime:
    """When the nightly job runs."""
    return w.at(day, "00:10")


# --- leave, make-up, practice -----------------------------------------------------------------------------------------------------


def leave(one: Trainee, **given: str) -> dict[str, str]:
    return {
        "form": "leave", "trainee": str(one.pk), "day": "115/12/08", "start": "13:00", "end": "15:40", "asked_day": "115/12/07",
        "asked_time": "08:30", "reason": "家中有事", **given,
    }  # fmt: skip


def test_leave_is_asked_for_before_and_sickness_is_proved() -> None:
    """OHS-08."""
    here = w.world()
    case = w.running(here)
    one, two = w.people(case)[:2]
    with time_machine.travel(w.at(w.FIRST, "10:00"), tick=False) as clock:
        tutor = client_of(here.tutor)
        page = address("absence", case)
        for given, words in (
            ({"end": "12:00"}, "請假的結束時間應晚於開始時間"),
            ({"asked_day": "115/12/08"}, "填寫請假單的時間不得晚於現在"),
            ({"start": "一點"}, "看不懂時間"),
            ({"reason": ""}, "請填寫「事由」"),
        ):
            answer = tutor.post(page, {**leave(one, **given), **envelope(case)})
            assert answer.status_code == 422 and words in said(answer), words
            assert "115/12/08" in answer.content.decode(), "what was typed stays"
        assert not LeaveRequest.objects.exists()
        assert tutor.post(page, {**leave(one), **envelope(case)}).status_code == 302
        twice = tutor.post(page, {**leave(one), **envelope(case)})
        assert twice.status_code == 422 and "這段時間已有請假單" in said(twice)
        assert tutor.post(page, {**leave(two, sick="on"), **envelope(case)}).status_code == 302
        four = leave(w.people(case)[3], sick="on")
        assert tutor.post(page, {**four, "proof": w.pdf("診斷書.pdf"), **envelope(case)}).status_code == 302
        assert "病假未補證明" in page_of(tutor, "absence", case)
        sick = LeaveRequest.objects.get(sick=True, proof=None)
        change = address("leave_change", case, sick.pk)
        assert tutor.post(change, {"proof": w.pdf("診斷證明.pdf"), **envelope(case)}).status_code == 302
        sick.refresh_from_db()
        assert sick.proof is not None and "病假未補證明" not in page_of(tutor, "absence", case)
        # asked for afterwards it is written down, and is no leave
        clock.move_to(w.at(w.SECOND, "16:00"))
        three = w.people(case)[2]
        late = leave(three, asked_day="115/12/08", asked_time="15:50")
        tutor = client_of(here.tutor)
        tutor.post(page, {**late, **envelope(case)})
        assert "未於事前，不視為請假" in page_of(tutor, "absence", case)
        assert tutor.post(change, {"withdraw": "1"}).status_code == 302
        assert "已銷假" in page_of(tutor, "absence", case)
        assert client_of(here.stranger).post(page, leave(one)).status_code == 404


def test_making_up_over_http() -> None:
    """OHS-09: a course that was not missed, a day to come, and hours that are."""
    here = w.world()
    last = w.FIRST + timedelta(days=5)
    case = w.ended(here, days=6, away={1: {(last, "afternoon")}})
    one, two = w.people(case)[:2]
    given = {
        "form": "make_up",
        "course": "健康管理",
        "hours": "1",
        "held_on": "115/12/20",
        "teacher": "講師1甲",
        "place": "",
    }
    with time_machine.travel(w.at(date(2026, 12, 21), "10:00"), tick=False):
        tutor, page = client_of(here.tutor), address("absence", case)
        for wrong, words in (
            ({"trainee": str(two.pk)}, "這門課程沒有缺課"),
            ({"trainee": str(one.pk), "held_on": "115/12/22"}, "12/21"),
            ({"trainee": str(one.pk), "hours": "x"}, "補課時數"),
        ):
            answer = tutor.post(page, {**given, **wrong, **envelope(case)})
            assert answer.status_code == 422 and words in said(answer), (words, said(answer)[-900:])
        assert not MakeUp.objects.exists()
        assert tutor.post(page, {**given, "trainee": str(one.pk), **envelope(case)}).status_code == 302
        twice = tutor.post(page, {**given, "trainee": str(one.pk), **envelope(case)})
        assert twice.status_code == 422 and "補課已登錄" in said(twice)
    assert MakeUp.objects.get().hours == 1


def test_practice_and_its_report_over_http() -> None:
    """OHS-11: a report is not approved without a practice, and a certificate's practice stands."""
    here = w.world()
    case = w.ended(here)
    one = w.people(case)[0]
    given = {
        "form": "practice", "trainee": str(one.pk), "practice_from": "115/12/08", "practice_until": "115/12/08", "practice_place": "南方醫院",
        "report_mark": "85", "approved": "on",
    }  # fmt: skip
    with time_machine.travel(w.at(w.SECOND + timedelta(days=2), "10:00"), tick=False):
        staff, page = client_of(here.staff), address("practice", case)
        for wrong, words in (
            ({"practice_until": ""}, "未填實習日期，報告不能審核通過"),
            ({"practice_from": "115/12/09"}, "實習迄日不得早於起日"),
            ({"practice_until": "115/12/31"}, "實習迄日不得晚於今天"),
            ({"report_mark": "101"}, "100"),
        ):
            answer = staff.post(page, {**given, **wrong, **envelope(case)})
            assert answer.status_code == 422 and words in said(answer), words
        one.refresh_from_db()
        assert one.practice_until is None and one.report_approved_on is None
        assert staff.post(page, {**given, **envelope(case)}).status_code == 302
    one.refresh_from_db()
    assert (one.practice_place, one.report_approved_on) == ("南方醫院", w.SECOND + timedelta(days=2))
    issued = w.issued(here, start=w.FIRST + timedelta(days=14))
    first = w.people(issued)[0]
    with time_machine.travel(w.at(w.SECOND + timedelta(days=20), "10:00"), tick=False):
        given |= {"trainee": str(first.pk)}
        answer = client_of(here.staff).post(address("practice", issued), {**given, **envelope(issued)})
        assert answer.status_code == 422 and "已發給證書，實習紀錄不能再更改" in said(answer)


# --- fees ------------------------------------------------------------------------------------------------------------------------------


def test_fees_receipts_and_the_account_of_a_class() -> None:
    """OHS-16: no payment without its receipt, one per trainee, income and spending on one page."""
    here = w.world()
    case = w.acknowledged(here)
    one = w.people(case)[0]
    pay = {"form": "pay", "trainee": str(one.pk), "amount": "12000", "paid_on": "115/11/10"}
    with time_machine.travel(w.at(date(2026, 11, 10), "10:00"), tick=False):
        staff, page = client_of(here.staff), address("fees", case)
        for wrong, words in (
            ({"amount": "0"}, "1"),
            ({"paid_on": "115/11/11"}, "11/10"),
            ({"trainee": ""}, "受訓人員"),
        ):
            answer = staff.post(page, {**pay, **wrong, **envelope(case)})
            assert answer.status_code == 422 and words in said(answer), words
        assert not Payment.objects.exists()
        assert staff.post(page, {**pay, **envelope(case)}).status_code == 302
        twice = staff.post(page, {**pay, **envelope(case)})
        assert twice.status_code == 422 and "已收費並掣給收據" in said(twice)
        row = Payment.objects.get()
        receipt = staff.get(reverse("casework:document", args=[row.document.number]))
        assert receipt["Content-Type"] == "application/pdf"
        spend = {"form": "spend", "item": "講師鐘點費", "amount": "20000", "spent_on": "115/11/09", "voucher": "憑-1"}
        assert staff.post(page, {**spend, **envelope(case)}).status_code == 302
        future = staff.post(page, {**spend, "spent_on": "115/11/30", **envelope(case)})
        assert future.status_code == 422 and "支出日不得晚於今天" in said(future)
        shown = page_of(staff, "fees", case)
        assert row.receipt in shown and "12,000" in shown and "20,000" in shown
        assert client_of(here.tutor).get(page).status_code == 404
    assert Spending.objects.count() == 1
    assert row.receipt.startswith("OHR-115-")


# --- orders ----------------------------------------------------------------------------------------------------------------------------


def ordered(here: w.World) -> tuple[Case, Case]:
    """A class under way and an order of its county to answer by 115/12/18."""
    case = w.running(here)
    training_class = class_of(case)
    _, order = inspecting.inspect(
        office=case.office, accreditation=training_class.accreditation, training_class=training_class, inspected_on=w.FIRST, papers_asked="",
        findings="未點名", breach="未點名", clause="附表八附註四", by=here.authority, at=w.at(w.FIRST, "15:00"),
    )  # fmt: skip
    assert order is not None
    return case, order.case


def test_an_order_answered_in_time_late_and_never() -> None:
    """OHS-15, OHS-18: the day before, the day, the day after the term; then the ministry is asked."""
    here = w.world()
    _, case = ordered(here)
    with time_machine.travel(w.at(w.FIRST, "16:00"), tick=False):
        county = client_of(here.authority)
        past = press(county, case, "order", office=True, letter_number="甲", answer_by="115/12/06", reason="未點名")
        assert past.status_code == 422 and Case.objects.get(pk=case.pk).state == "drafted"
        press(county, case, "order", office=True, letter_number="府勞安字第1號", answer_by="115/12/18", reason="未點名")
    order = Order.objects.get(case=case)
    assert (case.documents.get().paper, order.answer_by) == ("ohs_order", date(2026, 12, 18))
    for day in (17, 18):
        sweep(on=date(2026, 12, day), at=at_night(date(2026, 12, day)))
        assert Case.objects.get(pk=case.pk).state == "ordered", day
    reminded = Notice.objects.filter(user=here.staff, code="ohs_training.soon", case=case)
    assert reminded.exists() and all("115/12/18" in one.body for one in reminded)
    sweep(on=date(2026, 12, 19), at=at_night(date(2026, 12, 19)))
    sweep(on=date(2026, 12, 19), at=at_night(date(2026, 12, 19)))  # twice does nothing twice
    assert Case.objects.get(pk=case.pk).state == "overdue"
    assert Notice.objects.filter(user=here.staff, code="ohs_training.late", case=case).count() == 1
    with time_machine.travel(w.at(date(2026, 12, 21), "10:00"), tick=False):
        staff, county = client_of(here.staff), client_of(here.authority)
        nothing = press(staff, case, "answer_late", report="", paper="")
        assert nothing.status_code == 422 and "改善情形" in said(nothing)
        press(staff, case, "answer_late", report="已依規定點名。", paper=w.pdf("改善報告.pdf"))
        assert Case.objects.get(pk=case.pk).state == "answered"
        assert Order.objects.get(case=case).answered_on == date(2026, 12, 21)
        assert (
            client_of(here.other_authority).post(reverse("admin:case_act", args=[case.number, "refer"])).status_code
            == 404
        )
        press(county, case, "refer", office=True, reason="逾期且未改善")
    case.refresh_from_db()
    assert case.state == "referred" and Order.objects.get(case=case).improved is False
    assert Notice.objects.filter(user=here.officer, code="ohs_training.referred").exists()


# --- renewal ----------------------------------------------------------------------------------------------------------------------------


def test_reminders_of_the_renewal_and_what_comes_when_nobody_applies() -> None:
    """OHS-05: 180, 120 and 100 days before as preparation, 90 the clause itself; later is late and not barred."""
    here = w.world()
    assert here.accreditation is not None
    ends_on = here.accreditation.ends_on

    def told() -> list[str]:
        rows = Notice.objects.filter(user=here.staff, code__startswith="ohs_training.renewal").order_by("pk")
        return [one.code.removeprefix("ohs_training.") for one in rows]

    expected: list[str] = []
    for days in (180, 120, 100, 90):
        day = ends_on - timedelta(days=days)
        sweep(on=day - timedelta(days=1), at=at_night(day - timedelta(days=1)))
        assert told() == expected, days
        sweep(on=day, at=at_night(day))
        expected.append("renewal_soon")
        assert told() == expected, days
    after = ends_on - timedelta(days=89)
    sweep(on=after, at=at_night(after))
    assert told() == [*expected, "renewal_late"]
    with time_machine.travel(w.at(after, "10:00"), tick=False):
        home = client_of(here.staff).get(reverse("ohs_training:home"))
        assert "已逾期，仍得申請" in said(home)
    case = w.applied(here, when=w.at(after, "11:00"))
    application = case.ohs_application
    assert application.late and application.renews == here.accreditation and case.state == "filed"
    assert application.county == here.county


def test_a_renewal_in_time_stops_the_reminders() -> None:
    here = w.world()
    assert here.accreditation is not None
    day = here.accreditation.ends_on - timedelta(days=95)
    case = w.applied(here, when=w.at(day, "10:00"))
    assert not case.ohs_application.late
    for days in (90, 89):
        on = here.accreditation.ends_on - timedelta(days=days)
        sweep(on=on, at=at_night(on))
    assert not Notice.objects.filter(code="ohs_training.renewal_late").exists()


def test_papers_entered_ten_days_after_the_accreditation() -> None:
    """OHS-04: the eleventh day is late, and kept."""
    here = w.world()
    assert here.accreditation is not None
    case = here.accreditation.case
    due = date(2026, 9, 11)
    sweep(on=due, at=at_night(due))
    assert not Notice.objects.filter(user=here.staff, code="ohs_training.late").exists()
    sweep(on=due + timedelta(days=1), at=at_night(due + timedelta(days=1)))
    assert Notice.objects.filter(user=here.staff, code="ohs_training.late").count() == 1
    perform(case, "enter", by=here.staff, at=w.at(date(2026, 9, 20), "10:00"))
    assert case.ohs_application.__class__.objects.get(case=case).entered_on == date(2026, 9, 20)


def test_the_days_after_a_class_fall_one_by_one() -> None:
    """OHS-11, OHS-13, OHS-14: fifteen days to enter, twenty for certificates and registers; each late by itself."""
    here = w.world()
    case = w.ended(here)
    told = Notice.objects.filter(user=here.staff, code="ohs_training.late", case=case)
    for day, late in (
        (date(2026, 12, 23), 0),
        (date(2026, 12, 24), 1),
        (date(2026, 12, 28), 1),
        (date(2026, 12, 29), 3),
    ):
        sweep(on=day, at=at_night(day))
        assert told.count() == late, day
    with time_machine.travel(w.at(date(2026, 12, 29), "10:00"), tick=False):
        shown = said(client_of(here.staff).get(address("class", case)))
    assert shown.count("已逾期限") >= 2 and "結訓後 20 日內" in shown and "結訓後 15 日內" in shown


def test_returned_by_the_county_and_filed_again() -> None:
    here = w.world()
    case = w.filed(here)
    with time_machine.travel(w.PLANNED + timedelta(days=2), tick=False):
        county = client_of(here.authority)
        silent = press(county, case, "return", office=True, reason="")
        assert silent.status_code == 422 and Case.objects.get(pk=case.pk).state == "filed"
        press(county, case, "return", office=True, reason="請補場所證明")
    case.refresh_from_db()
    assert case.state == "returned"
    assert Notice.objects.filter(user=here.staff, code="ohs_training.returned", body__contains="請補場所證明").exists()
    assert perform(case, "file", by=here.staff, at=w.PLANNED + timedelta(days=3)).case.state == "filed"
    assert class_of(case).versions.count() == 2


# --- figures ------------------------------------------------------------------------------------------------------------------------


def test_who_passed_is_counted_by_the_mark_of_the_day_the_class_ended() -> None:
    """OHS-10: a mark raised later fails nobody who passed before."""
    here = w.world()
    case = w.examined(here, failing=(1,))
    ended_on = class_of(case).ends_on
    raised = declared_law().amended([("ohs.pass_mark", Value(90, "草案", ended_on + timedelta(days=1)))])
    span = {
        "since": ended_on - timedelta(days=30),
        "until": ended_on + timedelta(days=30),
        "on": ended_on + timedelta(days=30),
    }
    found = statistics(**span, law=raised)
    assert (found["passed_first"], found["sat"]) == (found["sat"] - 1, len(w.people(case)))
    before = declared_law().amended([("ohs.pass_mark", Value(90, "草案", ended_on))])
    assert statistics(**span, law=before)["passed_first"] == 0
