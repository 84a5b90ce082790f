"""The public check page, and the pages of the back office that belong to no case."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AccessLog
from casework.models import CalendarDay, Deadline, Document, Notice
from casework.notices.outbox import notify
from kernel.dates import WEEKDAYS
from kernel.law import Figure, Law, Value
from tests.casework import toy
from tests.casework.conftest import NOW
from tests.factories import UserFactory

CODE = "ABCD2345EFGH"


@pytest.fixture
def document(scene):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    return Document.objects.create(
        number="D-115-000001",
        case=case,
        paper="toy",
        title="帳號申請單（王大明）",
        template_version="1",
        context={"national_id": "A123456789"},
        public=[["單位", "臺南市工業會"], ["申請人", "王○明"]],
        check_code=CODE,
        issued_at=NOW,
    )


def check(number, code):
    return Client().get(f"/check/{number}/{code}/")


def test_a_paper_that_holds(document):
    answer = check(document.number, CODE)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "這份文件目前有效" in text
    assert "臺南市工業會" in text
    assert "A123456789" not in text and "王大明" not in text


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("replaced", "已換發，不再有效"), ("revoked", "已撤銷，不再有效"), ("draft", "尚未發文的稿，沒有效力")],
)
def test_a_paper_that_holds_no_more(document, state, sentence):
    Document.objects.update(state=state, state_reason="資料有誤", state_at=NOW)
    text = check(document.number, CODE).content.decode()
    assert sentence in text
    assert "資料有誤" not in text, "why is for the person and the office"
    assert "目前有效" not in text


@pytest.mark.parametrize(("number", "code"), [("D-115-000001", "ABCD2345EFGJ"), ("D-115-000002", CODE)])
def test_a_wrong_number_and_a_wrong_code_are_told_alike(document, number, code):
    answer = check(number, code)
    assert answer.status_code == 404
    assert "查無這份文件" in answer.content.decode()
    assert "臺南市工業會" not in answer.content.decode()


def test_number_and_code_as_people_type_them(document):
    answer = Client().get("/check/", {"number": " d-115-000001 ", "code": "ａbcd-2345 efgh"})
    assert answer.headers["Location"] == f"/check/{document.number}/{CODE}/"


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        ("", "", "請填寫「文件編號」。"),
        ("12", CODE, "文件編號的格式不符"),
        ("D-115-000001", "ABC", "查驗碼應為 12 碼"),
    ],
)
def test_what_is_typed_wrongly_is_named_at_its_field(db, number, code, sentence):
    answer = Client().get("/check/", {"number": number, "code": code})
    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_questions_are_limited_per_address(document):
    answers = [check(document.number, CODE).status_code for _ in range(22)]
    assert answers[:20] == [200] * 20
    assert answers[20:] == [429] * 2


# --- law, jobs, mail -------------------------------------------------------------------------------------------------


def test_law_page_shows_versions_sources_and_doubts(scene, monkeypatch):
    figures = (
        Figure(
            "ty.cap",
            "帳號上限",
            "組",
            (
                Value(5, "舊要點第 3 點", date(2020, 1, 1)),
                Value(6, "要點第 3 點", date(2024, 1, 1), checked_on=date(2026, 11, 1)),
                Value(8, "要點修正草案", date(2027, 1, 1), confirmed=False, note="尚未公告"),
            ),
        ),
        Figure("ty.kinds", "單位類別", "", (Value(["工會", "協會"], "要點第 2 點"),)),
    )
    monkeypatch.setattr("casework.views.registers.law_in_force", lambda: Law({one.code: one for one in figures}))
    text = scene.client(scene.reader).get("/admin/law/").content.decode()
    for word in (
        "帳號上限",
        "6 組",
        "舊規定",
        "尚未生效",
        "原始文件未載明",
        "尚未公告",
        "115/11/01",
        "工會、協會",
        "原有規定",
    ):
        assert word in text, word


def test_jobs_page_and_index_name_what_is_late(scene):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    Deadline.objects.create(
        case=case,
        code="toy",
        rule="TY-01",
        label="審查期限",
        citation="要點",
        counted_from=date(2026, 11, 1),
        due_on=date(2026, 11, 19),
        set_at=NOW,
    )
    notify(users=[scene.contact], code="x", subject="卡住的信", body="…", key="a", at=NOW - timedelta(hours=2))
    notify(users=[scene.contact], code="x", subject="被退的信", body="…", key="b", at=NOW)
    Notice.objects.filter(subject="被退的信").update(mail_state=Notice.Mail.REFUSED)
    client = scene.client(scene.officer)
    jobs = client.get("/admin/jobs/")
    assert (jobs.context["watch"].deadlines, jobs.context["watch"].stuck, jobs.context["watch"].refused) == (1, 1, 1)
    text = jobs.content.decode()
    assert "審查期限" in text
    assert "卡住的信" in text
    assert "排程落後" in client.get("/admin/").content.decode()
    assert "排程落後" not in scene.client(scene.reader).get("/admin/").content.decode()
    mail = client.get("/admin/mail/", {"state": "refused"}).content.decode()
    assert "被退的信" in mail
    assert "卡住的信" not in mail


def test_pages_with_a_right_of_their_own_are_not_there_without_it(scene):
    reader = scene.client(scene.reader)
    for address in ("/admin/jobs/", "/admin/mail/", f"/admin/people/{scene.contact.pk}/reveal/"):
        assert reader.get(address).status_code == 404


def test_resend_from_the_mail_log(scene):
    (one,) = notify(users=[scene.contact], code="x", subject="…", body="…", key="a", at=NOW)
    Notice.objects.update(mail_state=Notice.Mail.REFUSED)
    scene.client(scene.officer).post(f"/admin/mail/{one.pk}/resend/")
    one.refresh_from_db()
    assert one.mail_state == Notice.Mail.QUEUED


# --- people ----------------------------------------------------------------------------------------------------------


def test_registers_are_read_only_and_show_no_identifier(scene):
    person = UserFactory(name="陳大文", national_number="A123456789")
    client = scene.client(scene.officer)
    listing = client.get("/admin/accounts/user/", {"q": "陳大文"}).content.decode()
    assert "陳大文" in listing
    detail = client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
    assert "A12****789" in detail
    assert "A123456789" not in detail
    assert client.post(f"/admin/accounts/user/{person.pk}/change/", {"name": "改名"}).status_code == 403
    assert client.get("/admin/accounts/user/add/").status_code == 403
    assert client.get(f"/admin/accounts/user/{person.pk}/history/").status_code == 200
    was_index = person.claimed_id_index
    person.set_national_id("B123456780")
    person.phone = "06-1234567"
    person.save()
    history = client.get(f"/admin/accounts/user/{person.pk}/history/").content.decode()
    assert "06-1234567" in history
    assert not any(one in history for one in ("A123456789", "B123456780", was_index, person.claimed_id_index))
    assert scene.client(scene.reader).get("/admin/accounts/user/").status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "accounts/organisation",
        "accounts/county",
        "accounts/membership",
        "accounts/accesslog",
        "casework/calendarday",
        "casework/notice",
        "casework/document",
    ],
)
def test_every_register_opens(scene, document, name):
    notify(users=[scene.contact], code="x", subject="…", body="…", key="a", at=NOW)
    CalendarDay.objects.create(day=date(2026, 10, 9), works=False, source="official", set_at=NOW)
    assert scene.client(scene.officer).get(f"/admin/{name}/").status_code == 200


def test_documents_of_other_offices_are_not_listed(scene, document):
    assert document.number in scene.client(scene.officer).get("/admin/casework/document/").content.decode()
    assert document.number not in scene.client(scene.outsider).get("/admin/casework/document/").content.decode()
    address = f"/admin/casework/document/{document.pk}/change/"
    assert scene.client(scene.officer).get(address).status_code == 200
    assert scene.client(scene.outsider).get(address).status_code == 302


def test_reveal_of_a_person_in_the_register(scene):
    person = UserFactory(national_number="A123456789")
    client, address = scene.client(scene.officer), f"/admin/people/{person.pk}/reveal/"
    assert "A123456789" not in client.get(address).content.decode()
    assert "A123456789" in client.post(address, {"reason": "核對身分"}).content.decode()
    assert AccessLog.objects.get(action="reveal").reason == "核對身分"


# --- calendar --------------------------------------------------------------------------------------------------------

#: A whole year, as the official table has it: a holiday, and a Sunday that is worked.
_NAMED = {date(2027, 1, 1): (2, "開國紀念日"), date(2027, 1, 3): (0, "補行上班")}


def _line(day: date) -> str:
    off, name = _NAMED.get(day, (2 if day.weekday() > 4 else 0, ""))
    return f"{day:%Y%m%d},{WEEKDAYS[day.weekday()]},{off},{name}\n"


YEAR = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
CSV = "西元日期,星期,是否放假,備註\n" + "".join(map(_line, YEAR))


def upload(client, text, encoding="utf-8"):
    return client.post("/admin/calendar/upload/", {"file": SimpleUploadedFile("116.csv", text.encode(encoding))})


def test_calendar_is_previewed_before_it_is_taken_over(scene):
    client = scene.client(scene.officer)
    answer = upload(client, CSV)
    text = answer.content.decode()
    assert "改為上班（補行上班）" in text
    assert not CalendarDay.objects.exists()
    done = client.post("/admin/calendar/upload/", {"packed": answer.context["packed"]})
    assert done.headers["Location"] == "/admin/calendar/?year=116"
    assert CalendarDay.objects.count() == 365
    year = client.get("/admin/calendar/", {"year": "116"}).content.decode()
    assert "民國 116 年" in year
    assert "補行上班" in year


def test_a_calendar_with_a_mistake_changes_nothing(scene):
    text = upload(scene.client(scene.officer), CSV.replace("20270102,六", "20270102,日")).content.decode()
    assert '第 <span class="num">3</span> 列' in text
    assert "確認匯入" not in text
    assert not CalendarDay.objects.exists()


def test_a_preview_somebody_altered_is_not_taken(scene):
    client = scene.client(scene.officer)
    packed = upload(client, CSV).context["packed"]
    assert (
        client.post("/admin/calendar/upload/", {"packed": packed[:-2] + "xx"}).headers["Location"] == "/admin/calendar/"
    )
    assert not CalendarDay.objects.exists()


def test_a_typhoon_day(scene):
    client = scene.client(scene.officer)
    client.post("/admin/calendar/day/", {"day": "115/11/23", "works": "off", "reason": "颱風停止上班"})
    day = CalendarDay.objects.get()
    assert (day.works, day.source, day.set_by) == (False, "manual", scene.officer)
    again = client.post("/admin/calendar/day/", {"day": "115/11/22", "works": "off", "reason": "颱風"})
    assert again.status_code == 422
    assert "原本就是放假日" in again.content.decode()
    wrong = client.post("/admin/calendar/day/", {"day": "115/11/31", "works": "off", "reason": "颱風"})
    assert "這一天不存在" in wrong.content.decode()
    client.post("/admin/calendar/day/", {"day": "115/11/23", "works": "clear", "reason": "誤設"})
    assert not CalendarDay.objects.exists()


def test_the_calendar_is_changed_by_whoever_holds_the_right(scene):
    reader = scene.client(scene.reader)
    assert "人工設定一天" not in reader.get("/admin/calendar/").content.decode()
    assert upload(reader, CSV).status_code == 404
    assert reader.post("/admin/calendar/day/", {"day": "115/11/23", "works": "off", "reason": "x"}).status_code == 404
