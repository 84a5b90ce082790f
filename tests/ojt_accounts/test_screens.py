"""Every page of the scheme for the right people, and as if it were not there for everybody else."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.clock import now
from accounts.models import User
from casework.cases.doing import perform
from casework.models import Case
from ojt_accounts.models import Registration
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import at, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


@pytest.fixture
def strangers(here: w.World) -> list[User]:
    """The contact of another unit, and the officer of another branch."""
    _, people = w.branch("高屏澎東分署", "BR-KPP", now())
    _, contact = w.unit("別的職業訓練中心", "22099131", now())
    return [contact, people["officer"]]


WIZARD: list[Callable[[Case], str]] = [
    lambda case: at("checklist", case.number),
    lambda case: at("unit", case.number),
    lambda case: at("accounts", case.number),
    lambda case: at("account_new", case.number),
    lambda case: at("account", case.number, 1),
    lambda case: at("papers", case.number),
    lambda case: at("pledges", case.number),
]


def test_the_wizard_is_the_units_own(here: w.World, strangers: list[User]) -> None:
    case = w.drafted(here)
    mine = signed_in(here.contact)
    for page in WIZARD:
        answer = mine.get(page(case))
        assert answer.status_code == 200, page(case)
        assert "申請步驟" in answer.content.decode()
        for stranger in [*strangers, here.officer]:
            assert signed_in(stranger).get(page(case)).status_code == 404, page(case)
        assert Client().get(page(case)).status_code == 302


def test_a_filed_case_is_read_on_its_own_page(here: w.World) -> None:
    case = w.filed(here)
    mine = signed_in(here.contact)
    for page in WIZARD:
        assert mine.get(page(case)).url == reverse("casework:case", args=[case.number])
    page = mine.get(reverse("casework:case", args=[case.number])).content.decode()
    for title in ("申請內容", "帳號申請單", "訓練機構名稱申請表", "保密切結書", "簽核"):
        assert title in page
    assert w.national_id(1) not in page


def test_an_empty_application_says_what_to_do(here: w.World) -> None:
    application = w.preparing.start(
        unit=here.unit, kind="new_unit", program_year=here.intake.program_year, county=here.county, intake=here.intake,
        by=here.contact, at=now(),
    )  # fmt: skip
    mine = signed_in(here.contact)
    page = mine.get(at("checklist", application.case.number)).content.decode()
    assert "尚未填妥訓練機構名稱申請表" in page and "缺少組織章程" in page and "尚缺" in page
    for name in ("unit", "accounts", "account_new", "papers", "pledges"):
        assert mine.get(at(name, application.case.number)).status_code == 200


def test_a_cancellation_has_no_unit_form_and_no_pledges(here: w.World) -> None:
    w.done(here)
    case = w.drafted(here, kind="cancellation", numbers=())
    mine = signed_in(here.contact)
    assert mine.get(at("unit", case.number)).status_code == 404
    assert mine.get(at("pledges", case.number)).status_code == 404
    for name in ("checklist", "accounts", "account_new", "papers"):
        assert mine.get(at(name, case.number)).status_code == 200
    assert mine.post(at("accounts_copy", case.number), {}).status_code == 302
    page = mine.get(at("checklist", case.number)).content.decode()
    assert "帳號申請單" in page and "保密切結書" not in page.split("檢核表")[0].split("申請步驟")[1]


def test_my_unit(here: w.World, strangers: list[User]) -> None:
    mine = signed_in(here.contact)
    assert "開始新單位申請" in mine.get(at("unit_home")).content.decode()
    w.done(here, numbers=(1, 2))
    page = mine.get(at("unit_home")).content.decode()
    assert "申請人2" in page and "yct2026n1" in page and "還可申請 4 組" in page and "年度" in page and "有效" in page
    user = signed_in(User.objects.get(account_name="yct2026n1"))
    page = user.get(at("unit_home")).content.decode()
    assert "申請人2" in page and "新的申請" not in page
    assert user.get(at("start")).status_code == 404
    assert "年度權限" in user.get(reverse("portal:me")).content.decode()
    assert "申請人2" not in signed_in(strangers[0]).get(at("unit_home")).content.decode()
    assert signed_in(strangers[1]).get(at("unit_home")).status_code == 404
    assert mine.get(at("unit_home"), {"unit": "999999"}).status_code == 404


def test_front_page_leads_everybody_on(here: w.World) -> None:
    page = Client().get(at("home")).content.decode()
    assert "目前受理期間" in page and "雲嘉南分署" in page and "組織章程" in page
    assert signed_in(here.contact).get(at("home")).url == at("unit_home")
    assert signed_in(here.officer).get(at("home")).url == reverse("admin:ojt_registers")
    assert signed_in(w.person("路人")).get(at("home")).status_code == 200


def test_papers_are_printed_for_those_who_may_see_the_case(here: w.World, strangers: list[User]) -> None:
    case = w.drafted(here)
    pledge = case.ojt_application.pledges.first()
    pages = [
        at("print", case.number, "unit-form"),
        at("print", case.number, "cover"),
        at("print_one", case.number, "account", 1),
        at("print_one", case.number, "pledge", pledge.pk),
    ]
    for page in pages:
        answer = signed_in(here.contact).get(page)
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
        assert answer["Cache-Control"] == "private, no-store"
        for stranger in strangers:
            assert signed_in(stranger).get(page).status_code == 404
        assert Client().get(page).status_code == 302
    assert signed_in(here.officer).get(pages[0]).status_code == 404  # a draft is the unit's alone
    perform(case, "file", by=here.contact, at=now())
    assert signed_in(here.officer).get(pages[0]).status_code == 200
    mine = signed_in(here.contact)
    for wrong in ("nothing", "account"):
        assert mine.get(at("print", case.number, wrong)).status_code == 404
    assert mine.get(at("print_one", case.number, "account", 99)).status_code == 404
    assert mine.get(at("print_one", case.number, "cover", 1)).status_code == 404


def test_blank_forms_are_for_everybody(here: w.World) -> None:
    for paper in ("unit-form", "account", "pledge"):
        answer = Client().get(at("blank", paper))
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    assert Client().get(at("blank", "cover")).status_code == 404


def test_the_branchs_pages(here: w.World, strangers: list[User]) -> None:
    case = w.done(here)
    registration = Registration.objects.get()
    pages = [
        reverse("admin:ojt_registers"),
        reverse("admin:ojt_registers") + "?list=accounts",
        reverse("admin:ojt_rollover"),
        reverse("admin:ojt_intakes"),
    ]
    for page in pages:
        for user in (here.officer, here.chief, here.approver, here.admin):
            assert signed_in(user).get(page).status_code == 200, page
        assert here.unit.name not in signed_in(strangers[1]).get(page).content.decode()
        assert signed_in(here.contact).get(page).status_code == 302
    one = reverse("admin:ojt_registration", args=[registration.pk])
    assert "yct2026n1" in signed_in(here.chief).get(one).content.decode()
    assert signed_in(strangers[1]).get(one).status_code == 404
    intake = reverse("admin:ojt_intake", args=[here.intake.pk])
    assert [signed_in(u).get(intake).status_code for u in (here.officer, here.chief, strangers[1])] == [200, 404, 404]
    helping = reverse("admin:sign_in_help")
    assert [signed_in(u).get(helping).status_code for u in (here.admin, here.officer)] == [200, 404]
    page = signed_in(here.officer).get(reverse("admin:case", args=[case.number])).content.decode()
    for title in ("申請內容", "簽核", "設定人員"):
        assert title in page
    assert w.national_id(1) not in page


def test_changes_against_last_year_are_marked_on_the_branchs_page(here: w.World) -> None:
    w.done(here)
    case = w.drafted(here, kind="renewal", numbers=())
    perform(case, "account_form.copied", by=here.contact, at=now())
    perform(case, "unit_form.saved", data={**w.UNIT_FORM, "custodian": "黃淑芬"}, by=here.contact, at=now())
    mine = signed_in(here.contact)
    assert "與前次核定內容不同的欄位" in mine.get(at("unit", case.number)).content.decode()
    w.complete_papers(here, Case.objects.get(pk=case.pk))
    perform(case, "file", by=here.contact, at=now())
    page = signed_in(here.officer).get(reverse("admin:case", args=[case.number])).content.decode()
    assert "（原為：王志明）" in page and 'class="changed"' in page
