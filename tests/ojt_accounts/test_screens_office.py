"""The branch's registers: filters, pinned query counts, lists to take along, roll-over, intakes, openings of passwords."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.clock import now
from accounts.models import AccessLog, Organisation, PasswordOpening, User
from accounts.services.openings import password_is_open
from casework.cases import work
from casework.cases.doing import perform
from casework.cases.moving import open_case
from casework.models import Case, ExportJob, Message, Notice
from casework.notices.messages import write
from kernel.dates import taipei_day
from ojt_accounts.forms.passwords import CompositionValidator
from ojt_accounts.models import Intake, PlanRight, Registration, TrainingAccount
from ojt_accounts.states import KIND
from ojt_accounts.views import office
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import at, envelope, errors_at, signed_in

pytestmark = pytest.mark.django_db

REGISTERS, ROLLOVER = "/admin/ojt/", "/admin/ojt/rollover/"


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


@contextmanager
def queries() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as seen:
        yield seen


def units(here: w.World, count: int, *, first: int = 0, year: int | None = None) -> list[Registration]:
    """Units with two accounts each, one of them granted for `year`."""
    year = year or here.intake.program_year
    case = open_case(kind=KIND, title="登錄", office=here.branch, organisation=here.unit, by=here.officer, at=now())
    made = []
    for n in range(first, first + count):
        unit = Organisation.objects.create(name=f"第{n:03d}職業訓練中心", kind="unit", unified_number=f"{10000000 + n}")
        one = Registration.objects.create(
            organisation=unit,
            branch=here.branch,
            registered_on=taipei_day(now()),
            form={"contact": f"聯絡人{n}"},
            form_case=case,
        )
        for seat in (1, 2):
            account = TrainingAccount.objects.create(
                registration=one, name=f"人員{n}之{seat}", account_name=f"u{n:03d}s{seat}", national_id_index=f"{n}-{seat}", seat=seat,
                state="open", opened_on=taipei_day(now()), user=w.person(f"人員{n}之{seat}"),
            )  # fmt: skip
            if seat == 1:
                PlanRight.objects.create(
                    account=account, program_year=year, plan="industry_talent", starts_on=f"{year + 1911}-01-01",
                    ends_before=f"{year + 1912}-01-01", granted_by_case=case,
                )  # fmt: skip
        made.append(one)
    return made


@pytest.mark.parametrize("page", [REGISTERS, f"{REGISTERS}?list=accounts", ROLLOVER, "/admin/ojt/intakes/"])
def test_a_longer_list_asks_no_more_often(here: w.World, page: str) -> None:
    officer = signed_in(here.officer)
    units(here, 3)
    officer.get(page)
    with queries() as few:
        assert officer.get(page).status_code == 200
    units(here, 30, first=3)
    with queries() as many:
        officer.get(page)
    assert len(many) == len(few) <= 16, "\n".join(one["sql"][:200] for one in many)


def test_the_units_own_page_asks_no_more_often(here: w.World) -> None:
    w.done(here, numbers=(1,))
    mine = signed_in(here.contact)
    mine.get(at("unit_home"))
    with queries() as few:
        mine.get(at("unit_home"))
    registration = Registration.objects.get(organisation=here.unit)
    for seat in range(2, 7):
        TrainingAccount.objects.create(
            registration=registration,
            name="又一人",
            account_name=f"more{seat}",
            national_id_index=f"more-{seat}",
            seat=seat,
            state="open",
        )
    with queries() as many:
        mine.get(at("unit_home"))
    assert len(many) == len(few) <= 22, "\n".join(one["sql"][:200] for one in many)


@pytest.mark.parametrize("page", ["checklist", "unit", "accounts", "papers", "pledges"])
def test_wizard_pages_ask_no_more_often_for_more_people(here: w.World, page: str) -> None:
    mine = signed_in(here.contact)
    case = w.drafted(here, numbers=(1,))
    mine.get(at(page, case.number))
    with queries() as few:
        assert mine.get(at(page, case.number)).status_code == 200
    for n in (2, 3, 4, 5):
        perform(case, "account_form.saved", data=w.account(n), position=None, by=here.contact, at=now())
    w.complete_papers(here, Case.objects.get(pk=case.pk))
    with queries() as many:
        mine.get(at(page, case.number))
    assert len(many) == len(few) <= 45, "\n".join(one["sql"][:200] for one in many)


def rows(page: Any) -> str:
    return page.content.decode().split("<tbody")[1] if "<tbody" in page.content.decode() else ""


def test_registers_are_searched_and_narrowed(here: w.World) -> None:
    units(here, 3)
    officer = signed_in(here.officer)
    year = here.intake.program_year

    def found(query: str) -> list[bool]:
        text = rows(officer.get(REGISTERS + query))
        return [f"第{n:03d}職業訓練中心" in text for n in range(3)]

    assert found("") == [True, True, True]
    assert found("?q=第001") == [False, True, False]
    assert found("?q=10000002") == [False, False, True]
    assert found("?q=人員0之2") == [True, False, False]
    assert found("?q=u002") == [False, False, True]
    assert found(f"?year={year}&plan=industry_talent") == [True, True, True]
    assert found(f"?year={year + 1}") == [False, False, False]
    assert found("?plan=self_learning") == [False, False, False]
    assert found("?year=all&page=x") == [True, True, True]  # what cannot be read is left out
    page = rows(officer.get(f"{REGISTERS}?list=accounts&year={year}"))
    assert "u000s1" in page and "u000s2" not in page
    assert "2／6 組" in rows(officer.get(REGISTERS))


def test_pages_of_fifty(here: w.World) -> None:
    units(here, 51)
    officer = signed_in(here.officer)
    assert '共 <span class="num">51</span>' in officer.get(REGISTERS).content.decode()
    assert "第050職業訓練中心" in rows(officer.get(f"{REGISTERS}?page=2"))


def test_lists_are_written_for_who_asks(here: w.World) -> None:
    units(here, 2)
    _, people = w.branch("高屏澎東分署", "BR-KPP", now())
    header, found = office.unit_rows(here.officer, "q=第001")
    assert [row[1] for row in found] == ["第001職業訓練中心"] and header[0] == "分署"
    header, found = office.account_rows(here.officer, "")
    table = [dict(zip(header, row, strict=True)) for row in found]
    assert len(table) == 4 and "有效" in table[0]["年度與計畫"]
    _, found = office.rollover_rows(here.officer, f"year={here.intake.program_year}")
    assert [row[4] for row in found] == ["u000s2", "u001s2"]
    assert [
        list(write(people["officer"], "")[1]) for write in (office.unit_rows, office.account_rows, office.rollover_rows)
    ] == [[], [], []]
    sent = {"page": office.ACCOUNTS, "query": "", "format": "ods"}
    assert signed_in(here.officer).post("/admin/ojt/export/", sent).status_code == 302
    assert ExportJob.objects.get().page == office.ACCOUNTS
    assert signed_in(here.officer).post("/admin/ojt/export/", {**sent, "page": "work"}).status_code == 404


# --- roll-over -----------------------------------------------------------------------------------------------------------------


def test_rollover_counts_and_tells_units_once_a_day(here: w.World) -> None:
    w.done(here, numbers=(1, 2))
    lonely = units(here, 1)[0]
    officer, year = signed_in(here.officer), here.intake.program_year + 1
    page = officer.get(f"{ROLLOVER}?year={year}")
    text = page.content.decode()
    assert here.unit.name in text and "申請人1" in text and "尚未賦予" in text
    mine = Registration.objects.get(organisation=here.unit)
    sent = {"unit": [mine.pk, lonely.pk, 999_999], **envelope(page)}
    for _ in range(2):  # a second press shows the first answer
        answer = officer.post(f"{ROLLOVER}?year={year}", sent).content.decode()
        assert (
            "已通知 1 位聯絡人，帳號 2 個" in answer and "沒有可通知的聯絡人" in answer and "找不到這個單位" in answer
        )
    told = Notice.objects.filter(user=here.contact, code="ojt_accounts.rollover")
    assert told.count() == 1 and "申請人2" in told.get().body
    again = officer.post(f"{ROLLOVER}?year={year}", {"unit": [mine.pk]}).content.decode()
    assert "今天已通知過" in again
    done = officer.post(f"{ROLLOVER}?year={year - 1}", {"unit": [mine.pk]}).content.decode()
    assert "已全部賦予" in done
    assert officer.post(f"{ROLLOVER}?year={year}", {}).status_code == 302
    assert signed_in(here.chief).post(f"{ROLLOVER}?year={year}", sent).status_code == 404


def test_another_branchs_units_are_not_told(here: w.World) -> None:
    w.done(here)
    _, people = w.branch("高屏澎東分署", "BR-KPP", now())
    one = Registration.objects.get()
    year = here.intake.program_year + 1
    answer = signed_in(people["officer"]).post(f"{ROLLOVER}?year={year}", {"unit": [one.pk]}).content.decode()
    assert "找不到這個單位" in answer and here.unit.name not in answer
    assert not Notice.objects.filter(code="ojt_accounts.rollover").exists()


# --- intakes -------------------------------------------------------------------------------------------------------------------


def intake_data(here: w.World, **changes: Any) -> dict[str, Any]:
    year = here.intake.program_year
    given = {
        "branch": here.branch.pk,
        "program_year": year,
        "name": "下半年",
        "opens_on": f"{year}/07/01",
        "closes_on": f"{year}/08/31",
    }
    return {**given, **changes}


def test_an_intake_is_announced_once(here: w.World) -> None:
    officer, page = signed_in(here.officer), "/admin/ojt/intakes/"
    sent = {**intake_data(here), **envelope(officer.get(page))}
    for _ in range(2):
        assert officer.post(page, sent).status_code == 302
    assert Intake.objects.filter(name="下半年").count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name": "上半年"}, "name", "已有同名"),
        ({"closes_on": "100/01/01"}, "closes_on", "早於受理起日"),
        ({"opens_on": "7月"}, "opens_on", "例"),
        ({"name": ""}, "name", "請填寫「名稱」"),
    ],
)
def test_an_intake_that_cannot_be(here: w.World, changes: dict[str, str], field: str, said: str) -> None:
    answer = signed_in(here.officer).post("/admin/ojt/intakes/", intake_data(here, **changes))
    assert answer.status_code == 422 and said in errors_at(answer, field)
    assert Intake.objects.count() == 1


def test_a_closing_date_that_decided_cases_rest_on_stays(here: w.World) -> None:
    page = f"/admin/ojt/intakes/{here.intake.pk}/"
    officer = signed_in(here.officer)
    later = here.intake.closes_on + timedelta(days=10)
    sent = {"name": "上半年", "opens_on": f"{here.intake.opens_on:%Y-%m-%d}", "closes_on": f"{later:%Y-%m-%d}"}
    assert officer.post(page, sent).status_code == 302
    assert Intake.objects.get(pk=here.intake.pk).closes_on == later
    here.intake.refresh_from_db()
    w.approved(here)
    answer = officer.post(page, {**sent, "closes_on": f"{later + timedelta(days=1):%Y-%m-%d}"})
    assert answer.status_code == 422 and "已有案件依截止日" in errors_at(answer, "closes_on")
    assert officer.post(page, {**sent, "name": "第一梯次"}).status_code == 302
    assert Intake.objects.get(pk=here.intake.pk).name == "第一梯次"


def test_only_who_announces_may(here: w.World) -> None:
    assert signed_in(here.chief).post("/admin/ojt/intakes/", intake_data(here)).status_code == 404
    elsewhere, _ = w.branch("高屏澎東分署", "BR-KPP", now())
    answer = signed_in(here.officer).post("/admin/ojt/intakes/", intake_data(here, branch=elsewhere.pk))
    assert answer.status_code == 422 and Intake.objects.count() == 1


# --- OA-12, OA-10 --------------------------------------------------------------------------------------------------------------

HELP = "/admin/sign-in/"


def opening(**changes: Any) -> dict[str, Any]:
    until = taipei_day(now()) + timedelta(days=7)
    return {"open-reason": "自然人憑證遺失補發中", "open-until": f"{until:%Y-%m-%d}", **changes}


def test_password_sign_in_is_opened_for_one_person(here: w.World, settings: Any) -> None:
    """OA-12."""
    settings.CERTIFICATE_SIGN_IN = True
    w.done(here)
    user, admin = User.objects.get(account_name="yct2026n1"), signed_in(here.admin)
    assert not password_is_open(user, on=taipei_day(now()))
    theirs = admin.get(HELP, {"who": "YCT2026N1"}).url
    sent = opening(**{"open-key": str(admin.get(theirs).context["forms"]["open"].initial["key"])})
    for _ in range(2):
        assert admin.post(f"{theirs}open/", sent).status_code == 302
    one = PasswordOpening.objects.get(user=user)
    assert one.opened_by == here.admin and password_is_open(user, on=one.until)
    assert not password_is_open(user, on=one.until + timedelta(days=1))
    assert AccessLog.objects.filter(action=AccessLog.Action.PASSWORD_OPENED, user=here.admin).count() == 1
    for page in (admin.get(theirs).content.decode(), admin.get(HELP).content.decode()):
        assert "開放中" in page and "自然人憑證遺失補發中" in page
    assert admin.post(f"{theirs}withdraw/", {"opening": one.pk}).status_code == 302
    assert not password_is_open(user, on=taipei_day(now()))


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"open-reason": ""}, "open-reason", "請填寫「特殊情形」"),
        ({"open-until": "100/01/01"}, "open-until", "不能早於今天"),
        ({"open-until": "下週"}, "open-until", "例"),
    ],
)
def test_an_opening_that_cannot_be(here: w.World, changes: dict[str, str], field: str, said: str) -> None:
    w.done(here)
    user = User.objects.get(account_name="yct2026n1")
    answer = signed_in(here.admin).post(f"{HELP}{user.pk}/open/", opening(**changes))
    assert answer.status_code == 422 and said in errors_at(answer, field)
    assert not PasswordOpening.objects.exists()


def test_people_of_other_branches_are_not_found(here: w.World) -> None:
    w.done(here)
    _, people = w.branch("高屏澎東分署", "BR-KPP", now())
    user, stranger = User.objects.get(account_name="yct2026n1"), signed_in(people["admin"])
    answer = stranger.get(HELP, {"who": "yct2026n1"})
    assert answer.status_code == 422 and "查無" in errors_at(answer, "who")
    one = PasswordOpening.objects.create(
        user=user, reason="x", opened_at=now(), opened_by=here.admin, until=taipei_day(now())
    )
    for act, sent in (("open", opening()), ("unlock", {"unlock-reason": "x"}), ("withdraw", {"opening": one.pk})):
        assert stranger.post(f"{HELP}{user.pk}/{act}/", sent).status_code == 404
    own = signed_in(here.admin).post(f"{HELP}{here.admin.pk}/open/", opening())
    assert own.status_code == 422 and "不能為自己" in own.content.decode()
    missing = signed_in(here.admin).post(f"{HELP}{user.pk}/withdraw/", {"opening": "x"})
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("word", "missing"),
    [
        ("Harbor+Lamp7", []),
        ("Harbor+Lamp7890!", []),
        ("Harbor+Lam7", ["密碼須為 12 至 16 碼。"]),
        ("Harbor+Lamp78901!", ["密碼須為 12 至 16 碼。"]),
        ("harbor+lamp77", ["密碼須包含英文大寫字母。"]),
        ("HARBOR+LAMP77", ["密碼須包含英文小寫字母。"]),
        ("Harbor+Lampen", ["密碼須包含數字。"]),
        ("Harborlamp777", ["密碼須包含符號，例：!、@、#。"]),
        (
            "港",
            [
                "密碼須為 12 至 16 碼。",
                "密碼須包含英文大寫字母。",
                "密碼須包含英文小寫字母。",
                "密碼須包含數字。",
                "密碼須包含符號，例：!、@、#。",
                "密碼只能使用半形的英文字母、數字及符號，不得有中文、全形字元或空白。",
            ],
        ),
    ],
)
def test_a_password_says_what_it_lacks(word: str, missing: list[str]) -> None:
    """OA-10."""
    try:
        CompositionValidator().validate(word)
        said = []
    except ValidationError as error:
        said = error.messages
    assert said == missing


def test_the_link_page_asks_for_the_composition(here: w.World) -> None:
    """OA-10, OA-11: by the mailed link."""
    w.done(here)
    letter = Notice.objects.get(user__account_name="yct2026n1", code="ojt_accounts.account_opened")
    path = letter.body.split("/set-password/")[1].split()[0]
    page = reverse("portal:set_password", args=[path.strip("/")])
    client = Client()
    weak = client.post(page, {"password1": "short", "password2": "short"}).content.decode()
    assert "密碼須包含符號" in weak and "12～16 碼" in weak
    assert client.post(page, {"password1": "Harbor+Lamp77", "password2": "Harbor+Lamp77"}).status_code == 302
    assert User.objects.get(account_name="yct2026n1").check_password("Harbor+Lamp77")


def test_start_pages_of_both_sides(here: w.World) -> None:
    w.done(here)
    assert "在職訓練系統帳號受理期間" in Client().get("/").content.decode()
    page = signed_in(here.contact).get("/").content.decode()
    assert "1／6" in page and "新的帳號申請" in page
    assert "尚未取得" in signed_in(here.officer).get("/").content.decode()
    outsider = signed_in(w.person("路人")).get("/").content.decode()
    assert "新的帳號申請" not in outsider and "尚未取得" not in outsider


def test_a_message_reaches_the_other_side_and_a_note_nobody(here: w.World) -> None:
    case = w.filed(here)

    def told(kind: Message.Kind, by: User) -> list[Notice]:
        before = set(Notice.objects.values_list("pk", flat=True))
        write(case, kind=kind, body="請問章程是否有修正？", by=by, at=now())
        return list(Notice.objects.exclude(pk__in=before).select_related("user").order_by("user__name"))

    assert told(Message.Kind.NOTE, here.officer) == []
    to_unit = told(Message.Kind.TO_APPLICANT, here.officer)
    assert here.contact in [one.user for one in to_unit] and here.officer not in [one.user for one in to_unit]
    assert all(one.mail_state == Notice.Mail.QUEUED and "請問章程是否有修正？" in one.body for one in to_unit)
    assert not any(here.officer.name in one.body + one.subject for one in to_unit)
    to_office = told(Message.Kind.TO_OFFICE, here.contact)
    assert here.officer in [one.user for one in to_office] and here.contact not in [one.user for one in to_office]
    assert {one.url for one in to_office} == {f"/admin/case/{case.number}/#messages"}
    work.claim(case, by=here.chief, at=now())
    assert [one.user for one in told(Message.Kind.TO_OFFICE, here.contact)] == [here.chief]
