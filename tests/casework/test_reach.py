"""Choices of mail, the daily letter, the calendar's address and what stands in it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.clock import now, today
from accounts.errors import Refused
from accounts.models import User
from casework.deadlines import ics
from casework.deadlines.keeping import meet_deadline, set_deadline
from casework.desk.agenda import agenda
from casework.models import CalendarFeed, Case, Notice
from casework.notices import delivery, reaching
from casework.notices.kinds import CLASSIFIED, PROGRESS, Classified
from casework.notices.outbox import notify
from ojt_accounts.models import Application
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import signed_in

pytestmark = pytest.mark.django_db


def tell(user: User, key: str, code: str = "test.progress") -> Notice:
    (one,) = notify(users=[user], code=code, subject=f"主旨 {key}", body="內容", key=key, at=now())
    return one


@pytest.fixture
def here() -> w.World:
    CLASSIFIED.add(Classified("test.progress", PROGRESS))
    return w.world()


def due(case: Case, days: int, code: str = "test.day") -> None:
    set_deadline(
        code=code, rule="OA-01", label="補正期限", citation="申請須知", counted_from=today(),
        due_on=today() + timedelta(days=days), at=now(), case=case,
    )  # fmt: skip


# --- choices and the daily letter ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "state"), [("at_once", "queued"), ("daily", "daily"), ("none", "none")])
def test_what_may_be_chosen_is_mailed_as_chosen_and_always_in_the_inbox(here: w.World, how: str, state: str) -> None:
    reaching.choose(user=here.contact, how={"progress": how}, at=now())
    assert tell(here.contact, "a").mail_state == state
    assert Notice.objects.filter(user=here.contact, subject="主旨 a", read_at=None).exists()
    assert tell(here.officer, "b").mail_state == "queued"  # nobody else's choice


def test_what_must_be_told_is_mailed_whatever_was_chosen(here: w.World) -> None:
    with pytest.raises(Refused, match="必須通知"):
        reaching.choose(user=here.contact, how={"must": "none"}, at=now())
    with pytest.raises(Refused, match="必須通知"):
        reaching.choose(user=here.contact, how={"reminder": "none"}, at=now())
    assert tell(here.contact, "decided", code="nobody.classified").mail_state == "queued"


def test_one_letter_a_day_however_often_the_job_runs(here: w.World) -> None:
    reaching.choose(user=here.contact, how={"progress": "daily"}, at=now())
    for key in "abc":
        tell(here.contact, key)
    later = now() + timedelta(minutes=1)
    assert reaching.send_digests(at=later) == 1
    assert reaching.send_digests(at=later) == 0
    tell(here.contact, "d")
    assert reaching.send_digests(at=later) == 0  # tomorrow's
    letter = Notice.objects.get(code=reaching.DIGEST)
    assert "（3 則）" in letter.subject and "主旨 a" in letter.body and letter.read_at
    assert Notice.objects.filter(mail_state="in_digest").count() == 3
    delivery.deliver_due(at=later)
    assert [one.subject for one in mail.outbox if "彙整" in one.subject] == [letter.subject]
    assert reaching.send_digests(at=later + timedelta(days=1)) == 1
    assert "彙整" not in signed_in(here.contact).get("/cases/inbox/").content.decode().split("<main")[1]


# --- the page ------------------------------------------------------------------------------------------------------------------


def test_the_page_keeps_choices_and_shows_an_address_once(here: w.World) -> None:
    client = signed_in(here.contact)
    page = reverse("casework:reach")
    chosen = {"reminder": "daily", "work": "at_once", "progress": "none", "site": "daily"}
    assert client.post(page, chosen).status_code == 302
    assert reaching.how_of(here.contact)["progress"] == "none"
    refused = client.post(page, {**chosen, "reminder": "none"})
    assert refused.status_code == 422 and "請從列出的項目中選擇" in refused.content.decode()
    assert client.post(reverse("casework:feed_make")).status_code == 302
    first = client.get(page).content.decode()
    address = re.search(r'value="(http[^"]+\.ics)"', first)
    assert address and address[1] not in client.get(page).content.decode()


# --- the calendar ------------------------------------------------------------------------------------------------------------------


def read(token: str) -> str:
    answer = Client().get(reverse("casework:feed", args=[token]))
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    return answer.content.decode()


def test_the_calendar_holds_the_persons_days_and_no_names(here: w.World) -> None:
    case = w.drafted(here)
    due(case, 5)
    token = reaching.new_feed(user=here.contact, at=now())
    text = read(token)
    day = today() + timedelta(days=5)
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\n" in text and case.number in text.replace("\r\n ", "")
    assert here.unit.name not in text and "申請人1" not in text and w.national_id(1) not in text
    uid = re.search(r"UID:test\.day[^\r]+", text)
    due(case, 9)
    again = read(token)
    assert uid and uid[0] in again and f"DTSTART;VALUE=DATE:{today() + timedelta(days=9):%Y%m%d}" in again
    assert re.search(re.escape(uid[0]) + r".*?SEQUENCE:1\r\n", again, re.S) and again.count(uid[0]) == 1
    meet_deadline(code="test.day", at=now(), case=case)
    assert uid[0] not in read(token)


def test_each_sees_their_own_days(here: w.World) -> None:
    case = w.filed(here)
    due(case, 5)
    stranger = w.unit("別的職業訓練中心", "22099131", now())[1]
    assert not agenda(stranger, today=today())
    assert not [one for one in agenda(here.officer, today=today()) if one.deadline.case == case]  # nobody's desk yet
    Case.objects.filter(pk=case.pk).update(assignee=here.officer)
    assert [one.deadline.case for one in agenda(here.officer, today=today()) if one.deadline.code == "test.day"] == [
        case
    ]
    _, elsewhere = w.branch("高屏澎東分署", "BR-KPP", now())
    Case.objects.filter(pk=case.pk).update(assignee=elsewhere["officer"])  # no right there: nothing is shown
    assert not agenda(elsewhere["officer"], today=today())


def test_an_address_ends_when_it_is_replaced_stopped_or_the_person_is_closed(here: w.World) -> None:
    def status(token: str) -> int:
        return Client().get(reverse("casework:feed", args=[token])).status_code

    first = reaching.new_feed(user=here.contact, at=now())
    second = reaching.new_feed(user=here.contact, at=now())
    assert (status(first), status(second)) == (404, 200)
    assert second not in str(CalendarFeed.objects.values())
    here.contact.is_active = False
    here.contact.save()
    assert status(second) == 404
    here.contact.is_active = True
    here.contact.save()
    assert status(second) == 200
    assert reaching.drop_feed(user=here.contact) and status(second) == 404


@pytest.mark.parametrize("count", [1, 12])
def test_the_calendar_asks_the_same_number_of_questions(
    here: w.World, count: int, django_assert_max_num_queries
) -> None:
    case = w.drafted(here)
    for n in range(count):
        due(case, n, code=f"test.day{n}")
    with django_assert_max_num_queries(12):
        assert len(agenda(here.contact, today=today())) >= count


def test_the_start_page_asks_as_often_for_one_case_as_for_many(here: w.World) -> None:
    def asked(user: User) -> int:
        client = signed_in(user)
        client.get("/")
        with CaptureQueriesContext(connection) as questions:
            assert client.get("/").status_code == 200
        return len(questions)

    def grow(times: int) -> None:
        for n in range(times):
            case = w.drafted(here, numbers=())
            Application.objects.filter(case=case).update(program_year=100)  # one open application of a year
            due(case, n + 1)
            tell(here.contact, f"{case.number}")
            Case.objects.filter(pk=case.pk).update(assignee=here.officer, turn="office" if n % 2 else "applicant")

    grow(2)
    few = {user.pk: asked(user) for user in (here.contact, here.officer)}
    grow(4)
    assert {user.pk: asked(user) for user in (here.contact, here.officer)} == few
    assert max(few.values()) <= 30


# --- RFC 5545 ------------------------------------------------------------------------------------------------------------------------


def test_lines_are_folded_at_75_octets_and_unfold_to_what_was_meant() -> None:
    text = "期限：補正，第；一\\二\n三" * 20
    content = ics.calendar("名", [ics.Entry("a@b", today(), text, "https://example.org/", now(), 3)]).decode()
    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    assert "\n" not in content.replace("\r\n", "")
    unfolded = content.replace("\r\n ", "")
    (line,) = re.findall(r"^SUMMARY:(.*)\r$", unfolded, re.M)
    assert re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), line) == text
    assert "SEQUENCE:3\r\n" in content and content.startswith("BEGIN:VCALENDAR\r\n")
    assert content.endswith("END:VCALENDAR\r\n")
