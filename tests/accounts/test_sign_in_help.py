"""登入協助: who may help whom, and what is written down of it."""

import pytest
from django.test import Client

from accounts.care import in_care_of
from accounts.models import AccessLog, CertificateBinding, Organisation, User
from accounts.services import lockout
from accounts.services.openings import password_is_open
from accounts.services.proving import prove_by_card
from accounts.services.roles import grant_role
from accounts.services.users import close_user
from casework.rights import ADMINISTRATOR
from tests.accounts.cards import AT, DAY
from tests.accounts.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
HELP = "/admin/sign-in/"


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def helper_in(make_user, organisation: Organisation, name: str = "helper11") -> User:
    user = make_user(name)
    grant_role(user=user, role_code=ADMINISTRATOR, organisation=organisation, by=None, at=AT)
    return user


@pytest.fixture
def helper(make_user) -> User:
    """A system administrator of the agency itself, who may help everybody."""
    return helper_in(make_user, Organisation.objects.create(name="本署", kind="agency"))


@pytest.fixture
def desk(helper: User) -> Client:
    client = Client()
    sign_in(client, "helper11")
    return client


def bound(user: User, **changes: object) -> CertificateBinding:
    given = {"kind": "citizen", "issuer": "CN=測試", "serial": "1f", "fingerprint": "ab", "valid_until": AT + DAY}
    return CertificateBinding.objects.create(user=user, bound_at=AT, **{**given, **changes})


def test_the_agency_helps_everybody_a_branch_its_own(make_user, branch, other_branch, helper, grant):
    mine, theirs, nobodys = make_user("mine11"), make_user("theirs11"), make_user("nobody11")
    grant(mine, "probe.officer", branch)
    grant(theirs, "probe.officer", other_branch)
    local = helper_in(make_user, branch, "local11")
    assert set(in_care_of(local)) == {mine, local}
    assert {mine, theirs, nobodys} < set(in_care_of(helper))
    assert not in_care_of(mine).exists()
    helper.is_active = False
    assert not in_care_of(helper).exists()


def test_a_lock_is_lifted_with_a_reason(desk, helper, user):
    for _ in range(5):
        sign_in(Client(), "lina88", "wrong")
    page = desk.get(f"{HELP}{user.pk}/").content.decode()
    assert "鎖定中" in page
    refused = desk.post(f"{HELP}{user.pk}/unlock/", {"unlock-reason": " "})
    assert refused.status_code == 422
    assert "請填寫「解除鎖定的理由」" in refused.content.decode()
    assert lockout.FailedSignIns.objects.filter(user=user).exclude(locked_until=None).exists()
    assert desk.post(f"{HELP}{user.pk}/unlock/", {"unlock-reason": "本人來電"}).status_code == 302
    line = AccessLog.objects.get(action="override")
    assert (line.user, line.reason, line.subject) == (helper, "本人來電", "解除登入鎖定 lina88")
    assert sign_in(Client(), "lina88").status_code == 302


def test_a_card_is_released_and_the_past_stays_shown(desk, helper, user):
    one = bound(user)
    assert "已綁定" in desk.get(f"{HELP}{user.pk}/").content.decode()
    assert desk.post(f"{HELP}{user.pk}/release/", {"release-reason": "卡片遺失"}).status_code == 302
    one.refresh_from_db()
    assert (one.released_by, one.release_reason) == (helper, "卡片遺失")
    page = desk.get(f"{HELP}{user.pk}/").content.decode()
    assert "未綁定" in page
    assert "卡片遺失" in page
    again = desk.post(f"{HELP}{user.pk}/release/", {"release-reason": "再一次"})
    assert again.status_code == 422
    assert "目前沒有綁定憑證" in again.content.decode()


def test_nobody_helps_themselves(desk, helper):
    bound(helper)
    answer = desk.post(f"{HELP}{helper.pk}/release/", {"release-reason": "換卡"})
    assert "不能為自己解除憑證綁定" in answer.content.decode()


def test_a_second_press_does_nothing_more(desk, user, unit, grant):
    grant(user, "probe.contact", unit)
    form = desk.get(f"{HELP}{user.pk}/").context["forms"]["open"]
    sent = {"open-key": str(form.initial["key"]), "open-reason": "憑證遺失補發中", "open-until": "130/12/31"}
    for _ in range(2):
        assert desk.post(f"{HELP}{user.pk}/open/", sent).status_code == 302
    assert user.password_openings.count() == 1
    assert password_is_open(user, on=AT.date())


def test_a_number_is_confirmed_by_the_document_and_released_again(desk, helper, user):
    user.set_national_id("A123456789")
    user.save()
    page = f"{HELP}{user.pk}/"
    drawn = desk.get(page).content.decode()
    assert "尚未確認" in drawn and "A123456789" not in drawn
    seen = {
        "confirm-name": user.name,
        "confirm-document": "國民身分證",
        "confirm-seen_on": "109/05/01",
        "confirm-note": "收文號 1150001234",
    }
    other = desk.post(f"{page}confirm/", {**seen, "confirm-national_id": "A223456781"})
    assert other.status_code == 422
    assert "與這個帳號登錄的身分證字號不同" in other.content.decode() and "收文號 1150001234" in other.content.decode()
    namesake = desk.post(f"{page}confirm/", {**seen, "confirm-name": "王曉明", "confirm-national_id": "A123456789"})
    assert namesake.status_code == 422 and "請先更正這個帳號的姓名" in namesake.content.decode()
    missing = desk.post(f"{page}confirm/", {"confirm-national_id": "A123456789", "confirm-document": "名片"})
    assert missing.status_code == 422
    assert desk.post(f"{page}confirm/", {**seen, "confirm-national_id": "a123456789"}).status_code == 302
    user.refresh_from_db()
    assert (user.national_id_proof, user.national_id_proven_by) == ("office", helper)
    drawn = desk.get(page).content.decode()
    assert "國民身分證，109/05/01 核對；收文號 1150001234" in drawn and "A123456789" not in drawn
    assert desk.post(f"{page}give_back/", {"give_back-reason": " "}).status_code == 422
    assert desk.post(f"{page}give_back/", {"give_back-reason": "本人來函更正"}).status_code == 302
    user.refresh_from_db()
    assert user.national_id is None and user.national_id_proven_at is None
    assert "未登錄" in desk.get(page).content.decode()


def test_who_was_closed_is_opened_again_with_a_reason_and_told(desk, helper, user):
    page = f"{HELP}{user.pk}/"
    assert "恢復登入" not in desk.get(page).content.decode()
    assert desk.post(f"{page}reopen/", {"reopen-reason": "查明"}).status_code == 422
    close_user(user=user, reason="登錄錯誤", by=helper, at=AT)
    assert "登錄錯誤" in desk.get(page).content.decode()
    assert desk.post(f"{page}reopen/", {"reopen-reason": " "}).status_code == 422
    assert desk.post(f"{page}reopen/", {"reopen-reason": "查明係登錄錯誤"}).status_code == 302
    user.refresh_from_db()
    assert user.is_active and user.closed_reason == ""
    assert AccessLog.objects.get(action="user_opened").reason == "查明係登錄錯誤"
    assert user.notices.filter(code="accounts.reopened").exists()


def test_numbers_that_two_state_with_proof_are_listed_for_who_helps_either(desk, make_user, branch, grant):
    owner, stranger = make_user("owner11"), make_user("stranger11")
    for one in (stranger, owner):
        one.set_national_id("A123456789")
        one.save()
    assert "待查明" not in desk.get(HELP).content.decode()
    assert prove_by_card(stranger, at=AT)
    bound(owner)
    drawn = desk.get(HELP).content.decode()
    assert "身分證字號待查明" in drawn and f"{HELP}{owner.pk}/" in drawn and f"{HELP}{stranger.pk}/" in drawn
    local, client = helper_in(make_user, branch, "local11"), Client()
    sign_in(client, local.account_name)
    assert "待查明" not in client.get(HELP).content.decode()
    grant(owner, "probe.officer", branch)
    drawn = client.get(HELP).content.decode()
    assert f"{HELP}{owner.pk}/" in drawn and f"{HELP}{stranger.pk}/" not in drawn and "其他機關轄管" in drawn


@pytest.mark.parametrize("act", ["no-such-act", "withdraw"])
def test_acts_that_are_not_there(desk, user, act):
    assert desk.post(f"{HELP}{user.pk}/{act}/", {"opening": "7"}).status_code == 404


def test_others_hear_nothing_of_the_page(user, make_user, branch, grant):
    grant(make_user("officer11"), "probe.officer", branch)
    client = Client()
    sign_in(client, "officer11", PASSWORD)
    for address in (HELP, f"{HELP}{user.pk}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"{HELP}{user.pk}/unlock/", {"unlock-reason": "x"}).status_code == 404
