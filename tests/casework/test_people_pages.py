"""人員與角色: who may grant what to whom, what is written down and told, and that every role comes from somewhere."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.clock import now
from accounts.models import AccessLog, Organisation, RoleGroup, SetPasswordLink, User
from accounts.reach import administrator_role, central_administrators, granted_roles
from accounts.roles import all_roles
from accounts.services.appointing import appoint
from accounts.services.offices import add_office, load_offices
from casework.models import Notice
from casework.rights import ADMINISTRATOR
from senior45.models import AccountRight, SiteAccount
from senior45.services.offices import load_site_offices
from tests.factories import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/people/", "/admin/people/add/"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def office(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def administrator(code: str) -> User:
    return UserFactory(name="紀維安", roles=((ADMINISTRATOR, office(code)),))


@pytest.fixture
def agency(db: None) -> User:
    """A system administrator of the agency itself."""
    load_offices()
    return administrator("WDA")


@pytest.fixture
def branch(agency: User) -> User:
    return administrator("WDA-YCT")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form(**changes: str) -> dict[str, str]:
    return {"name": "陳新任", "email": "chen@example.org", "account_name": "chenxr01", "role": "branch_officer",
             "office": "雲嘉南分署", "reason": "到職", **changes}  # fmt: skip


# --- appointing ----------------------------------------------------------------------------------------------------------


def test_somebody_new_gets_a_role_a_letter_and_a_link(agency: User) -> None:
    answer = as_(agency).post(ADD, form())
    user = User.objects.get(account_name="chenxr01")
    assert answer.status_code == 302 and answer.url == f"{LIST}{user.pk}/"
    assert user.is_staff and not user.has_usable_password()
    assert RoleGroup.objects.get(group__user=user).organisation == office("WDA-YCT")
    line = AccessLog.objects.get(action="role_granted", subject__startswith="chenxr01")
    assert (line.user, line.reason) == (agency, "到職") and "雲嘉南" in line.subject
    letter = Notice.objects.get(user=user)
    assert SetPasswordLink.objects.filter(user=user, used_at=None).count() == 1
    assert "/set-password/" in letter.body and "分署承辦人" in letter.body and "到職" in letter.body
    assert agency.name in letter.body


def test_pressed_twice_it_happens_once(agency: User) -> None:
    client = as_(agency)
    key = str(client.get(LIST).context["form"].initial["key"])
    assert [client.post(ADD, form(key=key)).status_code for _ in range(2)] == [302, 302]
    assert AccessLog.objects.filter(action="role_granted", subject__startswith="chenxr01").count() == 1


def test_the_key_of_a_grant_to_one_person_is_none_for_another_nor_for_another_role(agency: User) -> None:
    """Answered with the first one's receipt, it said 「已授予角色」 to an administrator who had granted nothing."""
    one, other, client = UserFactory(), UserFactory(), as_(agency)
    key = str(client.get(f"{LIST}{one.pk}/").context["form"].initial["key"])
    sent = {"key": key, "role": "branch_officer", "office": "雲嘉南分署", "reason": "到職"}
    assert client.post(f"{LIST}{one.pk}/grant/", sent).status_code == 302
    for address, changes in ((f"{LIST}{other.pk}/grant/", {}), (f"{LIST}{one.pk}/grant/", {"role": "branch_chief"})):
        answer = client.post(address, {**sent, **changes})
        assert answer.status_code == 422 and "這個畫面已經送出過" in answer.content.decode(), answer.content.decode()
    assert client.post(f"{LIST}{one.pk}/grant/", sent).status_code == 302
    assert not other.groups.exists() and one.groups.count() == 1


def test_somebody_known_is_granted_the_role(agency: User) -> None:
    known = UserFactory(account_name="known01", name="陳新任", email="chen@example.org")
    known.set_password("Kite-River-4821")
    known.save()
    assert as_(agency).post(ADD, form(account_name="", email="CHEN@example.org")).status_code == 302
    assert User.objects.filter(name="陳新任").count() == 1
    assert known.groups.filter(held_role__role="branch_officer").exists()
    assert "/set-password/" not in Notice.objects.get(user=known).body


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "請填寫「姓名」"),
        ({"email": "chen"}, "電子郵件格式不正確"),
        ({"account_name": ""}, "新人員請填帳號"),
        ({"account_name": "1abc"}, "第 1 碼為英文"),
        ({"account_name": "A123456789"}, "帳號不可使用身分證字號"),
        ({"account_name": "taken01"}, "這個帳號已有人使用"),
        ({"email": "taken@example.org", "account_name": ""}, "姓名與登錄的不同"),
        ({"email": "taken@example.org", "name": "佔用人"}, "帳號與登錄的不同"),
        ({"role": ""}, "請選擇「角色」"),
        ({"role": "unit_contact"}, "請從列出的項目中選擇"),
        ({"office": ""}, "請填寫「機關（單位）」"),
        ({"office": "不存在的機關"}, "查無機關（單位）「不存在的機關」"),
        ({"office": "臺南市政府"}, "「分署承辦人」不能設在縣市政府"),
        ({"reason": " "}, "請填寫「理由」"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_changes_nothing(
    agency: User, changes: dict[str, str], said: str
) -> None:
    UserFactory(account_name="taken01", email="taken@example.org", name="佔用人")
    before = (User.objects.count(), AccessLog.objects.filter(action="role_granted").count(), Notice.objects.count())
    answer = as_(agency).post(ADD, form(**changes))
    html = answer.content.decode()
    assert answer.status_code == 422 and said in html
    assert 'value="陳新任"' in html or "name" in changes
    after = (User.objects.count(), AccessLog.objects.filter(action="role_granted").count(), Notice.objects.count())
    assert before == after


def test_a_closed_person_is_granted_nothing(agency: User) -> None:
    closed = UserFactory(name="陳新任", email="chen@example.org", is_active=False)
    assert "已停用，不能授予角色" in as_(agency).post(ADD, form(account_name="")).content.decode()
    assert "登入帳號已停用" in as_(agency).get(f"{LIST}{closed.pk}/").content.decode()


# --- taking back ---------------------------------------------------------------------------------------------------------


def held(user: User) -> RoleGroup:
    return RoleGroup.objects.get(group__user=user)


def test_a_role_is_taken_back_with_a_reason(agency: User) -> None:
    officer = UserFactory(roles=(("branch_officer", office("WDA-YCT")),))
    client, address = as_(agency), f"{LIST}{officer.pk}/take-back/"
    refused = client.post(address, {"held": held(officer).pk, "reason": ""})
    assert refused.status_code == 422 and "請填寫「理由」" in refused.content.decode()
    assert client.post(address, {"held": held(officer).pk, "reason": "調職"}).status_code == 302
    officer.refresh_from_db()
    assert not officer.is_staff and not officer.groups.exists()
    line = AccessLog.objects.get(action="role_revoked")
    assert (line.user, line.reason) == (agency, "調職")
    assert "已收回" in Notice.objects.get(user=officer).subject


def test_nobody_does_it_to_themselves(agency: User) -> None:
    client, own = as_(agency), f"{LIST}{agency.pk}/"
    assert "不能為自己授予角色" in client.get(own).content.decode()
    more = {"role": "branch_officer", "office": "雲嘉南分署", "reason": "自己來"}
    for address, given in ((f"{own}grant/", more), (f"{own}take-back/", {"held": held(agency).pk, "reason": "離開"})):
        client.post(address, given)
    assert list(agency.groups.values_list("held_role__role", flat=True)) == [ADMINISTRATOR]
    mine = form(name=agency.name, email=agency.email, account_name="")
    assert "不能為自己授予或收回角色" in as_(agency).post(ADD, mine).content.decode()


def test_whoever_takes_an_administrators_role_away_remains(agency: User) -> None:
    second = administrator("OSHA")
    client = as_(second)
    assert client.post(f"{LIST}{agency.pk}/take-back/", {"held": held(agency).pk, "reason": "調職"}).status_code == 302
    alone = client.post(f"{LIST}{second.pk}/take-back/", {"held": held(second).pk, "reason": "離開"})
    assert alone.status_code == 422 and "不能收回自己的角色" in alone.content.decode()
    assert list(central_administrators()) == [second]
    assert as_(agency).get(LIST).status_code == 302, "no longer staff"


# --- reach ---------------------------------------------------------------------------------------------------------------


def test_a_branch_sees_and_grants_within_itself(branch: User) -> None:
    here = UserFactory(name="本分署人員", roles=(("branch_officer", office("WDA-YCT")),))
    there = UserFactory(name="他分署人員", roles=(("branch_officer", office("WDA-KPPTR")),))
    client = as_(branch)
    html = client.get(LIST).content.decode()
    assert "本分署人員" in html and "他分署人員" not in html and "登錄機關（單位）" not in html
    assert "他分署人員" not in client.get(LIST, {"q": "他分署"}).content.decode()
    assert client.get(f"{LIST}{here.pk}/").status_code == 200
    for address in (f"{LIST}{there.pk}/", f"{LIST}999999/"):
        assert client.get(address).status_code == 404
    taking = {"held": held(there).pk, "reason": "x"}
    for person in (here, there):
        assert client.post(f"{LIST}{person.pk}/take-back/", taking).status_code == 404
    elsewhere = client.post(ADD, form(office="高屏澎東分署"))
    assert elsewhere.status_code == 422 and "查無機關" in elsewhere.content.decode()
    roles = dict(client.get(LIST).context["form"].fields["role"].choices)
    assert "branch_officer" in roles and not {"casework.law_officer", "ohs_ministry", "vrs_handler"} & set(roles)
    assert client.post("/admin/people/office/", {"kind": "commissioned", "name": "承辦單位"}).status_code == 404
    assert client.post(ADD, form()).status_code == 302


def test_the_agency_sees_everybody_and_finds_who_holds_nothing(agency: User) -> None:
    nobody = UserFactory(name="尚無角色")
    client = as_(agency)
    assert "尚無角色" not in client.get(LIST).content.decode()
    assert "尚無角色" in client.get(LIST, {"q": nobody.email.upper()}).content.decode()
    assert "查無符合的人員" in client.get(LIST, {"q": "沒有這個人"}).content.decode()


def test_others_hear_nothing_of_it(agency: User) -> None:
    officer = UserFactory(roles=(("branch_account_admin", office("WDA-YCT")),))
    client = as_(officer)
    assert client.get(LIST).status_code == client.get(f"{LIST}{agency.pk}/").status_code == 404
    assert client.post(ADD, form()).status_code == 404
    assert "人員與角色" not in client.get("/admin/").content.decode()
    assert "人員與角色" in as_(agency).get("/admin/").content.decode()


# --- 45+: a seat behind the role -----------------------------------------------------------------------------------------


@pytest.fixture
def lead(agency: User) -> Organisation:
    load_site_offices()
    return office("WDA-SP")


def give(by: User, user: User, role: str, place: Organisation) -> None:
    appoint(user=user, role_code=role, organisation=place, reason="到職", by=by, at=now())


def test_an_opener_appointed_here_has_the_account_and_the_seat(agency: User, lead: Organisation) -> None:
    first, second = UserFactory(name="首任"), UserFactory(name="次任")
    give(agency, first, "s45_opener", lead)
    right = AccountRight.objects.get(account__user=first)
    assert (right.right, right.ends_before) == ("opener", None) and right.account.is_open
    assert AccessLog.objects.get(action="role_granted", subject__startswith=first.account_name).reason == "到職"
    client = as_(agency)
    taken = {"role": "s45_opener", "office": "WDA-SP", "reason": "再設一人"}
    answer = client.post(f"{LIST}{second.pk}/grant/", taken)
    assert answer.status_code == 422 and "限1人，現由首任擔任" in answer.content.decode()
    assert not SiteAccount.objects.filter(user=second).exists()
    assert client.post(f"{LIST}{first.pk}/take-back/", {"held": held(first).pk, "reason": "調職"}).status_code == 302
    right.refresh_from_db()
    first.refresh_from_db()
    assert right.ends_before is not None and not first.is_staff and not first.groups.exists()
    assert AccessLog.objects.get(action="role_revoked").reason == "調職"
    give(agency, second, "s45_opener", lead)
    give(agency, first, "s45_system_admin", lead)
    assert SiteAccount.objects.filter(user=first).count() == 1


def test_an_office_outside_the_site_is_refused(agency: User, lead: Organisation) -> None:
    person = UserFactory()
    wrong = {"role": "s45_opener", "office": "WDA", "reason": "到職"}
    answer = as_(agency).post(f"{LIST}{person.pk}/grant/", wrong)
    assert answer.status_code == 422 and "不是45+就業資源網的使用機關" in answer.content.decode()


# --- every role ----------------------------------------------------------------------------------------------------------


def test_every_role_has_a_screen_that_grants_it(agency: User) -> None:
    """Granted on the page, or declared with the act it comes from; every role of staff is granted here."""
    Organisation.objects.create(name="承辦單位", kind="commissioned")
    UnitFactory()
    Organisation.objects.create(name="機構", kind="institution", unified_number="04595257")
    offered = dict(as_(agency).get(LIST).context["form"].fields["role"].choices)
    assert [one.code for one in all_roles() if one.code not in offered and not one.comes_from] == []
    assert [one.code for one in all_roles() if one.code in offered and one.comes_from] == []
    assert [one.code for one in all_roles() if one.staff and one.comes_from] == []


def test_whoever_is_granted_a_role_finds_their_start_page(agency: User) -> None:
    """The staff of every scheme, and what nothing else grants, on a site that holds no more than its offices."""
    load_site_offices()
    add_office(name="中華民國全國工業總會", kind="commissioned", unified_number="", by=agency)
    add_office(name="某護理學會", kind="institution", unified_number="04595257", by=agency)
    UnitFactory(unified_number="22099131")
    place = {"unit": "22099131", "agency": "WDA-SP", "ministry": "OSHA", "institution": "04595257", "branch": "雲嘉南分署",
             "county": "臺南市政府", "commissioned": "中華民國全國工業總會"}  # fmt: skip
    client, shut = as_(agency), []
    for n, one in enumerate(granted_roles()):
        given = form(
            role=one.code, office=place[one.kinds[0]], account_name=f"fresh{n:03d}", email=f"fresh{n}@example.org"
        )
        answer = client.post(ADD, given)
        assert answer.status_code == 302, (one.code, answer.context["form"].errors)
        person = as_(User.objects.get(account_name=f"fresh{n:03d}"))
        addresses = ("/admin/", "/admin/work/") if one.staff else ("/", "/me/")
        shut += [(one.code, at) for at in addresses if person.get(at).status_code != 200]
    assert shut == []


# --- the machine's commands ----------------------------------------------------------------------------------------------


def test_the_commands_do_as_the_page_does(agency: User, capsys: pytest.CaptureFixture[str]) -> None:
    officer = UserFactory(account_name="officer01", name="李承辦")
    words = ("officer01", "branch_officer", "雲嘉南分署")
    call_command("grant_role", *words, by=agency.account_name, reason="到職")
    assert "李承辦" in capsys.readouterr().out and held(officer).role == "branch_officer"
    line = AccessLog.objects.get(action="role_granted", subject__startswith="officer01")
    assert line.user == agency and line.reason == "到職（manage.py grant_role）"
    call_command("revoke_role", *words, by=agency.account_name, reason="調職")
    assert not officer.groups.exists() and Notice.objects.filter(user=officer).count() == 2
    call_command("grant_role", list=True)
    shown = capsys.readouterr().out
    assert "branch_officer　分署承辦人（分署）" in shown and "WDA-YCT　勞動部勞動力發展署雲嘉南分署" in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"account": "nobody"}, "查無帳號或電子郵件「nobody」"),
        ({"role": "unit_contact"}, "沒有可授予的角色「unit_contact」"),
        ({"office": "月球分署"}, "查無機關（單位）「月球分署」"),
        ({"office": "WDA"}, "「分署承辦人」不能設在本署"),
        ({"by": "officer01"}, "查無機關"),
        ({"by": "nobody"}, "查無帳號或電子郵件「nobody」"),
        ({"reason": ""}, "缺少：reason"),
        ({"account": "boss"}, "不能為自己"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(agency: User, changes: dict[str, str], said: str) -> None:
    UserFactory(account_name="officer01")
    User.objects.filter(pk=agency.pk).update(account_name="boss")
    given = {"account": "officer01", "role": "branch_officer", "office": "WDA-YCT", "by": "boss", "reason": "到職"}
    given |= changes
    words = [given.pop(name) for name in ("account", "role", "office")]
    with pytest.raises(CommandError, match=said.replace("（", "（")):
        call_command("grant_role", *words, **given)
    assert RoleGroup.objects.exclude(role=administrator_role().code).filter(group__user__isnull=False).count() == 0
