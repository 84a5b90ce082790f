"""三年七萬 is one person's: two accounts that say they have one number do not double it (SUB-09, SUB-10)."""

import pytest

from accounts.care import in_care_of
from accounts.identity import bearing
from accounts.models import User
from accounts.services.proving import confirm_identity, release_identity
from accounts.services.roles import grant_role
from casework.errors import Refused
from kernel.dates import taipei_day
from ojt_subsidy.models import OutsideCourse, PaymentLine
from ojt_subsidy.services import paying, profile
from ojt_subsidy.services.outside import enter_outside
from tests.factories import UserFactory
from tests.ojt_subsidy import world as w
from tests.parallel import meet, together

pytestmark = pytest.mark.django_db


def claimant(number: str) -> User:
    """A second account with the number of somebody."""
    who = w.person("冒名學員")
    data = {
        "national_id": number, "born_on": w.date(2000, 1, 1), "mobile": "0912345678", "employer": "別家公司", "bank_code": "700",
        "bank_account": "00019999999999", "bank_holder": who.name,
    }  # fmt: skip
    profile.save_profile(person=who, data=data, at=w.now())
    return User.objects.get(pk=who.pk)


def unproven() -> User:
    who = w.trainee()
    User.objects.filter(pk=who.pk).update(
        national_id_proven_at=None, national_id_proof="", national_id_proven_by=None, national_id_proof_note=""
    )
    who.refresh_from_db()
    return who


def ready(here: w.World, *people: User) -> tuple[list[PaymentLine], w.datetime]:
    """Lines to approve, of one class."""
    course = w.published(here)
    rows = [w.admitted(here, course, who) for who in people]
    for row in rows:
        w.insured(here, row)
    at = w.held(here, course, rows)
    one = w.closed(here, course, at)
    return [PaymentLine.objects.get(closing=one, enrolment=row) for row in rows], at


def test_a_number_somebody_else_has_proven_is_taken_as_a_claim_and_nothing_is_told(here: w.World) -> None:
    owner = w.trainee()
    other = claimant(owner.national_id)
    assert other.national_id == owner.national_id and other.national_id_proven_at is None


def test_a_claim_is_paid_nothing_while_another_has_the_number_proven(here: w.World) -> None:
    owner = w.trainee()
    lines, at = ready(here, claimant(owner.national_id), owner)
    with pytest.raises(Refused, match="另有帳號使用"):
        paying.approve_line(lines[0], by=here.chief, at=at)
    assert paying.approve_line(lines[1], by=here.chief, at=at).amount == 8000, "the claim blocks its holder in nothing"


def test_of_two_claims_the_second_waits_for_the_office(here: w.World) -> None:
    first = unproven()
    second = claimant(first.national_id)
    lines, at = ready(here, first, second)
    assert paying.approve_line(lines[0], by=here.chief, at=at).amount == 8000
    with pytest.raises(Refused, match="登入協助"):
        paying.approve_line(lines[1], by=here.chief, at=at)
    release_identity(user=first, reason="證件查明非其本人字號", by=here.officer, at=at)
    confirm_identity(
        user=second, name=second.name, national_id=second.national_id, document="國民身分證", seen_on=taipei_day(at), note="臨櫃", by=here.officer, at=at
    )  # fmt: skip
    assert paying.approve_line(lines[1], by=here.chief, at=at).amount == 8000


def test_a_person_without_a_number_is_paid_nothing(here: w.World) -> None:
    lines, at = ready(here, unproven())
    release_identity(user=lines[0].enrolment.person, reason="字號填錯", by=here.officer, at=at)
    with pytest.raises(Refused, match="沒有身分證字號"):
        paying.approve_line(lines[0], by=here.chief, at=at)


def test_a_course_of_another_programme_goes_to_the_proven_holder_only(here: w.World) -> None:
    first = unproven()
    given = {
        "national_id": first.national_id, "scheme": "recharge", "title": "充電課", "starts_on": taipei_day(w.now()), "amount": 9000,
        "employed": True, "by": here.officer, "at": w.now(),
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        enter_outside(**given)
    assert refused.value.field == "national_id" and "登入協助" in refused.value.message
    second = claimant(first.national_id)
    confirm_identity(
        user=second, name=second.name, national_id=second.national_id, document="國民身分證", seen_on=taipei_day(w.now()), note="臨櫃", by=here.officer,
        at=w.now(),
    )  # fmt: skip
    enter_outside(**given)
    assert OutsideCourse.objects.get().person == second
    assert bearing(first.claimed_id_index).count() == 2


def test_the_branchs_desk_helps_those_who_filed_for_its_courses(here: w.World) -> None:
    desk = UserFactory()
    grant_role(user=desk, role_code="branch_account_admin", organisation=here.branch, by=None, at=w.now())
    filed, idle = w.trainee(), w.trainee()
    w.enrolled(w.published(here), filed)
    assert set(in_care_of(desk)) & {filed, idle} == {filed}


@pytest.fixture
def two_claims(here: w.World):
    first = unproven()
    return ready(here, first, claimant(first.national_id))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_claims_approved_at_once_one_is(here: w.World, two_claims) -> None:
    lines, at = two_claims
    answers = together([lambda line=line: paying.approve_line(line.pk, by=here.chief, at=at) for line in lines])
    assert sorted(type(one).__name__ for one in answers) == ["PaymentLine", "Refused"], answers


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_of_both_accounts_both_are_approved(here: w.World, two_claims, monkeypatch) -> None:
    lines, at = two_claims
    own, lock = paying.locked_line, paying.lock_person

    def each_its_own(pk):
        meet()  # both have looked for the other's money
        return own(pk)

    monkeypatch.setattr(paying, "lock_person", lambda *keys: lock(*keys[:1]))
    monkeypatch.setattr(paying, "locked_line", each_its_own)
    answers = together([lambda line=line: paying.approve_line(line.pk, by=here.chief, at=at) for line in lines])
    assert [type(one).__name__ for one in answers] == ["PaymentLine", "PaymentLine"], answers
