"""新單位 is a unit without a record at the branch: asked when it starts, when it files and at every signature (OA-01)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.clock import now
from casework.cases.doing import perform
from casework.errors import Refused
from casework.models import Case
from ojt_accounts.models import Intake, Registration
from ojt_accounts.services import preparing
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import account, at, envelope, errors_at, posted, signed_in

pytestmark = pytest.mark.django_db
SAID = "貴單位已在雲嘉南分署登錄，不得再以新單位申請，請以「舊單位」申請"


def start(here: w.World, **changes: object) -> Case:
    made = {
        "unit": here.unit, "kind": "new_unit", "program_year": here.intake.program_year, "county": here.county,
        "intake": here.intake, "by": here.contact, "at": now(), **changes,
    }  # fmt: skip
    return preparing.start(**made).case  # type: ignore[arg-type]


def test_a_registered_unit_starts_nothing_new(here: w.World) -> None:
    w.registered(here)
    with pytest.raises(Refused, match=SAID) as refused:
        start(here)
    assert refused.value.field == "kind" and not Case.objects.exists()


def test_registered_meanwhile_it_cannot_file(here: w.World) -> None:
    case = w.drafted(here)
    w.registered(here)
    page = signed_in(here.contact).get(at("checklist", case.number)).content.decode()
    assert SAID in page and "尚缺 1 項" not in page
    with pytest.raises(Refused) as refused:
        perform(case, "file", by=here.contact, at=now())
    assert refused.value.message == f"{SAID}。" and Case.objects.get().state == "draft"


def test_registered_meanwhile_nobody_signs(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    w.signed(here, case, here.officer, here.chief)
    w.registered(here)
    page = signed_in(here.approver).get(reverse("admin:case", args=[case.number])).content.decode()
    assert SAID in page and "沒有不符合" not in page
    with pytest.raises(Refused, match=SAID):
        w.signed(here, case, here.approver)
    assert Case.objects.get().state == "filed" and not Registration.objects.exclude(form_case=None).exists()


def test_its_own_approval_does_not_speak_against_it(here: w.World) -> None:
    case = w.approved(here)
    page = signed_in(here.officer).get(reverse("admin:case", args=[case.number])).content.decode()
    assert "不得再以新單位申請" not in page


def test_one_open_application_of_a_year_and_the_way_to_it(here: w.World, mine: Client) -> None:
    case = start(here)
    page = mine.get(at("start")).content.decode()
    assert case.number in page and f'href="{at("checklist", case.number)}"' in page
    with pytest.raises(Refused, match=f"已有新單位申請案（案號 {case.number}，草稿）") as refused:
        start(here)
    assert refused.value.field == "kind" and Case.objects.count() == 1


def test_another_year_or_a_withdrawn_one_does_not_stand_in_the_way(here: w.World) -> None:
    case = start(here)
    next_year = Intake.objects.create(
        branch=here.branch, program_year=here.intake.program_year + 1, name="次年度",
        opens_on=here.intake.opens_on, closes_on=here.intake.closes_on,
    )  # fmt: skip
    assert start(here, intake=next_year, program_year=next_year.program_year)
    perform(case, "withdraw", by=here.contact, at=now())
    assert start(here)


def test_the_account_name_is_marked_where_it_must_be_written(here: w.World, mine: Client) -> None:
    marked = re.compile(r'<label[^>]*for="id_account_name"[^>]*>使用者帳號<span class="mark">必填</span>')
    case = start(here)
    assert marked.search(mine.get(at("account_new", case.number)).content.decode())
    w.registered(here)
    renewal = start(here, kind="renewal")
    page = mine.get(at("account_new", renewal.number)).content.decode()
    assert not marked.search(page) and "選「申請」時必填" in page


def test_the_contact_is_told_which_particulars_are_their_own(here: w.World, mine: Client) -> None:
    case, me = start(here), here.contact
    page = at("account_new", case.number)
    drawn = mine.get(page)
    assert f"姓名「{me.name}」、電子郵件「{me.email}」" in drawn.content.decode()
    typed = account(1, account_name=me.account_name)
    answer = mine.post(page, {**posted(typed), **envelope(drawn)})
    assert f"（姓名「{me.name}」、電子郵件「{me.email}」）" in errors_at(answer, "account_name")
    other = w.person("另一位聯絡人")
    w.grant_role(user=other, role_code="unit_contact", organisation=here.unit, by=None, at=now())
    with pytest.raises(Refused) as refused:
        perform(case, "account_form.saved", data=typed, position=None, by=other, at=now())
    assert me.name not in refused.value.message and me.email not in refused.value.message


def test_what_to_do_is_named_once(here: w.World, mine: Client) -> None:
    case = start(here)
    page = mine.get(at("unit_home")).content.decode()
    assert f'繼續填寫<span class="visually-hidden">：{case.title}</span>' in page


def test_the_head_of_a_case_says_who_applies(here: w.World) -> None:
    case = w.filed(here)
    for who, page in ((here.officer, "admin:case"), (here.contact, "casework:case")):
        shown = signed_in(who).get(reverse(page, args=[case.number])).content.decode()
        assert f"<dt>申請單位</dt><dd>{here.unit.name}" in shown
