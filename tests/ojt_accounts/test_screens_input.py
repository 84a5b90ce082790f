"""Bad input: a sentence at the field with an example, the rest kept, nothing changed (issue section 5)."""

from typing import Any

import pytest
from django.test import Client

from accounts.clock import now
from accounts.models import Organisation, SetPasswordLink, User
from casework.cases.doing import perform
from casework.cases.drafts import draft
from casework.errors import Refused
from casework.models import Case, Notice, Receipt
from ojt_accounts.models import Application, Intake, UnitForm
from ojt_accounts.selectors import live_forms
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import account, at, envelope, errors_at, name, posted, signed_in, value_of

pytestmark = pytest.mark.django_db


# --- the unit form -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("unified_number", "12345678", "統一編號"),
        ("unified_number", "0459525", "例"),
        ("contact_phone", "12345", "電話"),
        ("contact_mobile", "02-23456789", "09"),
        ("postal_code", "12", "郵遞區號"),
        ("contact_email", "not-an-address", "電子郵件"),
        ("in_charge", "", "請填寫「負責人姓名」"),
        ("ttqs_grade", "qualified", "請核對證書"),
    ],
)
def test_unit_form(mine: Client, application: Application, field: str, typed: str, said: str) -> None:
    page = at("unit", application.case.number)
    before = UnitForm.objects.values().get(application=application)
    drawn = mine.get(page)
    answer = mine.post(page, {**posted(w.UNIT_FORM), **envelope(drawn), "specialities": "烘焙、長照", field: typed})
    assert answer.status_code == 422
    assert said in errors_at(answer, field), errors_at(answer, field)
    assert value_of(answer, "specialities") == "烘焙、長照"
    if field not in ("in_charge", "ttqs_grade"):
        assert value_of(answer, field) == typed
    assert UnitForm.objects.values().get(application=application) == before


def test_an_edition_the_plan_does_not_take_is_refused_where_it_is_written(
    mine: Client, application: Application
) -> None:
    """OA-03, and what is taken instead."""
    page = at("unit", application.case.number)
    external = {**posted(w.UNIT_FORM), "ttqs_edition": "external_training", "ttqs_grade": "pass"}
    answer = mine.post(page, {**external, **envelope(mine.get(page))})
    assert answer.status_code == 422
    said = errors_at(answer, "ttqs_edition")
    assert "外訓版「通過」不符合產業人才投資計畫所定版本與等級" in said
    assert "該計畫接受訓練機構版（金牌、銀牌、銅牌、通過）" in said
    other = {**external, "plans": "self_learning"}
    assert mine.post(page, {**other, **envelope(answer)}).status_code == 302


def test_edition_and_grade_are_written_once_and_judged_as_printed(mine: Client, here: w.World) -> None:
    """OA-03: the paper says what is judged, whatever the other step held before."""
    case = w.drafted(here)
    Application.objects.filter(case=case).update(ttqs_edition="training_institution", ttqs_grade="pass")
    UnitForm.objects.filter(application__case=case).update(ttqs_edition="external_training", ttqs_grade="pass")
    page = mine.get(at("papers", case.number)).content.decode()
    assert 'name="ttqs_edition"' not in page and "外訓版　通過" in page
    assert f'href="{at("unit", case.number)}#id_ttqs_edition"' in page
    with pytest.raises(Refused, match="外訓版「通過」不符合產業人才投資計畫所定版本與等級，該計畫接受訓練機構版"):
        perform(case, "file", by=here.contact, at=now())


def test_unit_form_is_saved_once_and_leads_on(mine: Client, application: Application) -> None:
    page = at("unit", application.case.number)
    sent = {**posted(w.UNIT_FORM), **envelope(mine.get(page)), "go": "1"}
    events = application.case.events.count()
    assert mine.post(page, sent).url == at("accounts", application.case.number)
    assert mine.post(page, sent).url == at("accounts", application.case.number)  # a second press of the same page
    assert application.case.events.count() == events + 1
    assert UnitForm.objects.get(application=application).custodian == "王志明"


def test_a_draft_comes_back_until_it_is_saved_or_thrown_away(
    mine: Client, here: w.World, application: Application
) -> None:
    page, number = at("unit", application.case.number), application.case.number
    key = f"ojt_accounts.unit:{number}"
    typed = {"draft_key": key, "contact": "林怡君", "plans": "recharge", "host": "A123456789", "version": "1"}
    assert mine.post("/cases/autosave/", typed).json()["saved"]
    back = mine.get(page)
    assert value_of(back, "contact") == "林怡君" and "已帶回" in back.content.decode()
    assert value_of(back, "host") == ""  # identifiers are not kept
    assert 'value="recharge"' in back.content.decode()
    assert mine.post(page, {"discard": "1"}).status_code == 302
    assert value_of(mine.get(page), "contact") == ""
    assert (
        mine.post(page, {"draft": "1", "contact": "未完成", "plans": ["recharge"]}).status_code == 302
    )  # without script
    assert value_of(mine.get(page), "contact") == "未完成"
    mine.post(page, {**posted(w.UNIT_FORM), **envelope(mine.get(page))})
    assert draft(user=here.contact, key=key) is None
    assert value_of(mine.get(page), "contact") == "陳美惠"


def test_a_stale_form_gets_both_sides_and_keeps_what_was_typed(
    mine: Client, here: w.World, application: Application
) -> None:
    page = at("unit", application.case.number)
    drawn = envelope(mine.get(page))
    perform(application.case, "unit_form.saved", data=w.UNIT_FORM, by=here.contact, at=now())
    answer = mine.post(page, {**posted({**w.UNIT_FORM, "contact": "後來的人"}), **drawn})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "後來的人" in text and "聯絡人姓名" in text and "填寫訓練機構名稱申請表" in text
    assert UnitForm.objects.get(application=application).contact == "陳美惠"


# --- account forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("national_id", "A123456788", "身分證"),
        ("national_id", "A12345678", "例"),
        ("phone", "abc", "電話"),
        ("email", "one@", "電子郵件"),
        ("account_name", "1abc", "英文字母"),
        ("account_name", "abcd", "5 至 15 碼"),
        ("account_name", "a" * 16, "5 至 15 碼"),
        ("account_name", "ab cde", "不得有空白"),
        ("account_name", "A123456789", "身分證字號"),
        ("account_name", "", "例：yct2026a"),
        ("plans", [], "請選擇「專案計畫名稱」"),
        ("name", "王１23", "姓名"),
    ],
)
def test_account_form(mine: Client, application: Application, field: str, typed: Any, said: str) -> None:
    page = at("account_new", application.case.number)
    answer = mine.post(page, {**account(1), **envelope(mine.get(page)), field: typed})
    assert answer.status_code == 422
    assert said in errors_at(answer, field), errors_at(answer, field)
    assert value_of(answer, "email") == ("one@" if field == "email" else "applicant1@example.com")
    assert live_forms(application) == [] and not application.pledges.exists()


def test_account_names_are_unique_whatever_their_case(mine: Client, application: Application) -> None:
    User.objects.create_user("Yct2026n1", name="別人", email="else@example.com", password="x")
    page = at("account_new", application.case.number)
    answer = mine.post(page, {**account(1), **envelope(mine.get(page))})
    assert "不能使用這個帳號" in errors_at(answer, "account_name")


def test_the_seventh_account_is_refused_and_six_are_kept(mine: Client, here: w.World, application: Application) -> None:
    for n in range(1, 7):
        perform(application.case, "account_form.saved", data=account(n), position=None, by=here.contact, at=now())
    page = at("account_new", application.case.number)
    answer = mine.post(page, {**account(7), **envelope(mine.get(page))})
    assert answer.status_code == 422 and "超過上限 6 組" in answer.content.decode()
    assert value_of(answer, "name") == name(7)
    assert len(live_forms(application)) == 6


def test_the_seventh_names_the_six_in_use(mine: Client, here: w.World) -> None:
    w.done(here, numbers=tuple(range(1, 7)))
    renewal = w.preparing.start(
        unit=here.unit, kind="renewal", program_year=here.intake.program_year, county=here.county, intake=here.intake,
        by=here.contact, at=now(),
    )  # fmt: skip
    page = at("account_new", renewal.case.number)
    answer = mine.post(page, {**account(7), **envelope(mine.get(page))})
    text = answer.content.decode()
    assert answer.status_code == 422 and all(f"yct2026n{n}" in text for n in range(1, 7))


def test_two_presses_make_one_form(mine: Client, application: Application) -> None:
    page = at("account_new", application.case.number)
    sent = {**account(1), **envelope(mine.get(page))}
    assert [mine.post(page, sent).status_code for _ in range(3)] == [302, 302, 302]
    assert [form.name for form in live_forms(application)] == [name(1)]


def test_an_identifier_is_kept_masked_and_changed_only_by_typing_it(
    mine: Client, application: Application, here: w.World
) -> None:
    perform(application.case, "account_form.saved", data=account(1), position=None, by=here.contact, at=now())
    page = at("account", application.case.number, 1)
    drawn = mine.get(page)
    assert w.national_id(1) not in drawn.content.decode() and "A10****" in drawn.content.decode()
    assert value_of(drawn, "national_id") == ""
    sent = {**account(1), **envelope(drawn), "national_id": "", "phone": "06-632-2231"}
    assert mine.post(page, sent).status_code == 302
    form = live_forms(application)[0]
    assert form.national_id == w.national_id(1) and form.phone.replace("-", "") == "066322231"
    sent = {**account(1), **envelope(mine.get(page)), "national_id": w.national_id(2)}
    assert mine.post(page, sent).status_code == 302
    assert live_forms(application)[0].national_id == w.national_id(2)


def test_a_form_is_removed_once(mine: Client, here: w.World, application: Application) -> None:
    perform(application.case, "account_form.saved", data=account(1), position=None, by=here.contact, at=now())
    drawn = envelope(mine.get(at("accounts", application.case.number)))
    for _ in range(2):
        assert mine.post(at("account_remove", application.case.number, 1), drawn).status_code == 302
    assert live_forms(application) == []
    assert application.case.events.filter(code="account_form.removed").count() == 1


# --- starting and filing ----------------------------------------------------------------------------------------------------


def start_data(here: w.World, **changes: Any) -> dict[str, Any]:
    given = {
        "kind": "new_unit",
        "county": here.county.pk,
        "program_year": here.intake.program_year,
        "intake": here.intake.pk,
    }
    return {**given, "unit": here.unit.pk, **changes}


def test_twenty_presses_start_one_case(mine: Client, here: w.World) -> None:
    page = at("start")
    sent = {**start_data(here), **envelope(mine.get(page))}
    goals = {mine.post(page, sent).url for _ in range(20)}
    assert len(goals) == 1 and Case.objects.count() == 1
    assert Receipt.objects.filter(act="ojt_accounts.start").count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"kind": "renewal"}, "kind", "尚未在雲嘉南分署登錄"),
        ({"county": ""}, "county", "請選擇「訓練地縣市」"),
        ({"kind": ""}, "kind", "請選擇「申請項目」"),
    ],
)
def test_start_says_what_does_not_fit(
    mine: Client, here: w.World, changes: dict[str, Any], field: str, said: str
) -> None:
    answer = mine.post(at("start"), start_data(here, **changes))
    assert answer.status_code == 422 and said in errors_at(answer, field)
    assert not Case.objects.exists()


def test_a_year_without_an_intake_is_named_at_the_intake(mine: Client, here: w.World) -> None:
    answer = mine.post(at("start"), start_data(here, intake="", program_year=here.intake.program_year + 1))
    assert answer.status_code == 422 and "受理期間" in errors_at(answer, "intake")
    assert not Case.objects.exists()


def test_the_only_intake_of_the_branch_is_meant(mine: Client, here: w.World) -> None:
    answer = mine.post(at("start"), start_data(here, intake=""))
    application = Application.objects.get()
    assert application.intake == here.intake and answer.url == at("unit", application.case.number)


def test_a_registered_unit_is_offered_its_own_branches(mine: Client, here: w.World) -> None:
    elsewhere, _ = w.branch("高屏澎東分署", "BR-KPP", now())
    other = Intake.objects.create(
        branch=elsewhere, program_year=here.intake.program_year, name="上半年",
        opens_on=here.intake.opens_on, closes_on=here.intake.closes_on,
    )  # fmt: skip
    assert f'value="{other.pk}"' in mine.get(at("start")).content.decode()
    w.done(here)
    assert f'<option value="{other.pk}"' not in mine.get(at("start")).content.decode()
    assert f'<option value="{other.pk}"' in mine.get(f"{at('start')}?kind=new_unit").content.decode()


def test_another_units_name_starts_nothing(mine: Client, here: w.World) -> None:
    other, _ = w.unit("別的職業訓練中心", "22099131", now())
    assert mine.post(at("start"), start_data(here, unit=other.pk)).status_code == 404
    assert not Case.objects.exists()


def test_filing_from_the_hub(mine: Client, here: w.World) -> None:
    case = w.drafted(here)
    hub = mine.get(at("checklist", case.number))
    assert "尚缺" not in hub.content.decode()
    sent = envelope(hub)
    for _ in range(2):
        answer = mine.post(f"/cases/{case.number}/act/file/", sent)
        assert answer.status_code == 302
    assert Case.objects.get(pk=case.pk).state == "filed"
    assert case.events.filter(code="file").count() == 1


def test_corrections_lead_to_the_place(mine: Client, here: w.World) -> None:
    case = w.filed(here)
    items = [
        {"target": "paper.letter", "label": "公文", "problem": "受文者請改為雲嘉南分署"},
        {"target": "unit.address", "label": "地址", "problem": "請填完整"},
    ]
    perform(case, "ask_correction", items=items, message="", by=here.officer, at=now())
    hub = mine.get(at("checklist", case.number)).content.decode()
    assert (
        "分署請您補正" in hub
        and f"{at('papers', case.number)}#letter" in hub
        and f"{at('unit', case.number)}#id_address" in hub
    )
    assert "受文者請改為雲嘉南分署" in hub and "尚有 2 項補正未回復" in hub


# --- registration ----------------------------------------------------------------------------------------------------------

NEW = {
    "unit_name": "社團法人嘉南技能發展協會", "unified_number": "22099131", "name": "蔡宗翰", "email": "chiayi@example.com",
    "phone": "05-2345678", "account_name": "chianan01",
}  # fmt: skip


def test_a_new_unit_registers_its_contact(here: w.World) -> None:
    answer = Client().post(at("register"), NEW)
    assert answer.url == at("registered")
    user = User.objects.get(account_name="chianan01")
    assert not user.has_usable_password() and not user.is_staff
    assert SetPasswordLink.objects.filter(user=user, used_at=None).count() == 1
    letter = Notice.objects.get(user=user)
    assert "/set-password/" in letter.body and letter.mail_to == "chiayi@example.com"
    unit = Organisation.objects.get(unified_number="22099131")
    assert unit.kind == "unit"
    assert signed_in(user).get(at("unit_home")).status_code == 200


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("unified_number", "04595257", "請由貴單位現有的聯絡人登入"),
        ("unified_number", "12345678", "統一編號"),
        ("account_name", "1abc", "英文字母"),
        ("account_name", "A123456789", "身分證字號"),
        ("phone", "1", "電話"),
        ("email", "x", "電子郵件"),
        ("name", "", "請填寫「聯絡人姓名」"),
    ],
)
def test_registration_says_what_is_wrong(here: w.World, field: str, typed: str, said: str) -> None:
    before = (User.objects.count(), Organisation.objects.count())
    answer = Client().post(at("register"), {**NEW, field: typed})
    assert answer.status_code == 422 and said in errors_at(answer, field)
    assert value_of(answer, "unit_name") == NEW["unit_name"]
    assert (User.objects.count(), Organisation.objects.count()) == before


def test_a_known_address_learns_nothing(here: w.World) -> None:
    answer = Client().post(at("register"), {**NEW, "email": here.contact.email.upper()})
    assert answer.url == at("registered")
    assert not Organisation.objects.filter(unified_number=NEW["unified_number"]).exists()
    letter = Notice.objects.get(user=here.contact)
    assert "您已有帳號" in letter.body and "set-password" not in letter.body


def test_registration_is_not_for_trying(here: w.World) -> None:
    client = Client()
    answers = [client.post(at("register"), {**NEW, "phone": "1"}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]
