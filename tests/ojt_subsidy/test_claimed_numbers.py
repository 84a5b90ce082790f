"""三年七萬 is one person's: two accounts that say they have one number do not double it (SUB-09, SUB-10)."""

from uuid import uuid4

import pytest
import time_machine
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accounts.care import in_care_of
from accounts.identity import bearing
from accounts.models import User
from accounts.services.proving import confirm_identity, release_identity
from accounts.services.roles import grant_role
from casework.errors import Refused
from casework.models import Event
from kernel.dates import roc, taipei_day
from ojt_subsidy.models import OutsideCourse, PaymentLine
from ojt_subsidy.selectors.accounts import UNPROVEN
from ojt_subsidy.services import batching, paying, profile
from ojt_subsidy.services.outside import enter_outside
from tests.factories import UserFactory, proven
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
    who = w.trainee("王小華")
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


def confirmed(who: User, here: w.World, at: w.datetime) -> None:
    confirm_identity(
        user=who, name=who.name, national_id=who.national_id, document="國民身分證", seen_on=taipei_day(at), note="臨櫃", by=here.officer, at=at
    )  # fmt: skip


def test_a_claim_is_paid_nothing_while_another_has_the_number_proven(here: w.World) -> None:
    owner = w.trainee()
    lines, at = ready(here, claimant(owner.national_id), owner)
    with pytest.raises(Refused, match="尚未確認為本人所有"):
        paying.approve_line(lines[0], by=here.chief, at=at)
    assert paying.approve_line(lines[1], by=here.chief, at=at).amount == 8000, "the claim blocks its holder in nothing"


def test_a_claim_alone_is_paid_nothing_before_it_is_proven(here: w.World) -> None:
    """Whoever says a number first is not its holder: of two claims neither is paid, and the one proven is."""
    first = unproven()
    second = claimant(first.national_id)
    lines, at = ready(here, first, second)
    for line in lines:
        with pytest.raises(Refused, match="核對身分"):
            paying.approve_line(line, by=here.chief, at=at)
    confirmed(second, here, at)
    assert paying.approve_line(lines[1], by=here.chief, at=at).amount == 8000


def test_a_person_without_a_number_is_paid_nothing(here: w.World) -> None:
    lines, at = ready(here, unproven())
    release_identity(user=lines[0].enrolment.person, reason="字號填錯", by=here.officer, at=at)
    with pytest.raises(Refused, match="尚未確認為本人所有"):
        paying.approve_line(lines[0], by=here.chief, at=at)


def test_a_number_released_after_the_approval_stops_the_money(here: w.World) -> None:
    """The claim was found false while the line stood approved: no batch takes it, and one that has it is not sent."""
    rows, _, at = w.approved(here, w.trainee(), w.trainee())
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=at)
    release_identity(user=rows[0].person, reason="證件查明非其本人字號", by=here.officer, at=at)
    with pytest.raises(Refused, match=f"{rows[0].receipt}.*尚未確認為本人所有"):
        batching.send_batch(batch, by=here.cashier, at=at)
    batching.take_out(batch, reference=rows[0].receipt, reason="身分待查", by=here.cashier, at=at)
    with pytest.raises(Refused, match="尚未確認為本人所有"):
        batching.make_batch(office=here.branch, by=here.cashier, at=at)


# --- 核對身分 of a line ------------------------------------------------------------------------------------------------------


def page_of(line: PaymentLine) -> str:
    return reverse("admin:subsidy_person", args=[line.closing.case.number, line.pk])


def client(user: User) -> Client:
    one = Client(headers={"host": "localhost"})
    one.force_login(user)
    return one


def test_the_officer_confirms_the_person_from_the_line(here: w.World) -> None:
    (line,), at = ready(here, unproven())
    listed = reverse("admin:subsidy_payments", args=[line.closing.case.number])
    who = line.enrolment.person
    with time_machine.travel(at, tick=False):
        officer = client(here.officer)
        text = officer.get(listed).content.decode()
        assert UNPROVEN in text and page_of(line) in text
        given = {
            "confirm": "", "key": uuid4(), "name": who.name, "national_id": who.national_id, "document": "國民身分證",
            "seen_on": roc(taipei_day(at)), "note": "臨櫃",
        }  # fmt: skip
        assert client(here.chief).post(page_of(line), given).status_code == 404, "the chief approves, the officer looks"
        wrong = officer.post(page_of(line), given | {"national_id": w.national_id(4_000_000)})
        assert wrong.status_code == 422 and "與這個帳號登錄的身分證字號不同" in wrong.content.decode()
        assert officer.post(page_of(line), given).status_code == 302
        assert UNPROVEN not in officer.get(listed).content.decode()
    assert Event.objects.get(case=line.closing.case, code="payment.person").internal
    assert paying.approve_line(line, by=here.chief, at=at).amount == 8000


@pytest.mark.parametrize(("same", "amount"), [("yes", 5_000), ("no", 8_000)])
def test_what_a_claimant_was_paid_before_is_looked_at_with_both_accounts_on_the_page(
    here: w.World, same: str, amount: int
) -> None:
    """Paid under the number before a proof was asked: its holder waits for an officer who sees both, and is then paid what is left."""
    first = w.trainee()
    (row,), _, _ = w.approved(here, first)
    PaymentLine.objects.filter(enrolment=row).update(state="paid", amount=65_000)
    lost = {"national_id_proven_at": None, "national_id_proof": "", "national_id_proof_note": ""}
    User.objects.filter(pk=first.pk).update(**lost)
    (line,), at = ready(here, proven(claimant(first.national_id)))
    with pytest.raises(Refused, match="是否為同一人"):
        paying.approve_line(line, by=here.chief, at=at)
    with time_machine.travel(at, tick=False):
        officer = client(here.officer)
        text = officer.get(page_of(line)).content.decode()
        assert first.account_name in text and row.receipt in text and "65,000" in text
        given = {"claim": "", "key": uuid4(), "other": first.pk, "same": same, "reason": "核對證件與照片"}
        bad = officer.post(page_of(line), given | {"same": ""})
        assert bad.status_code == 422 and "核對證件與照片" in bad.content.decode()
        assert officer.post(page_of(line), given).status_code == 302
    assert paying.approve_line(line, by=here.chief, at=at).amount == amount
    first.refresh_from_db()
    assert first.national_id is None and OutsideCourse.objects.count() == (same == "yes")
    assert Event.objects.get(code="payment.claim").internal


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


# --- the list for the bureau -------------------------------------------------------------------------------------------------


def test_whose_number_was_released_is_left_out_of_the_bureaus_list_and_named(here: w.World) -> None:
    course = w.published(here)
    rows = [w.admitted(here, course, who) for who in (w.trainee(), w.trainee())]
    day = w.datetime.combine(course.starts_on, w.time(10), w.TAIPEI)
    release_identity(user=rows[0].person, reason="證件查明非其本人字號", by=here.officer, at=w.now())
    page = reverse("admin:subsidy_insurance")
    with time_machine.travel(day, tick=False):
        officer = client(here.officer)
        asked = {
            "out": "",
            "key": uuid4(),
            "office": here.branch.pk,
            "day": roc(course.starts_on),
            "reason": "函請比對",
        }
        text = officer.post(page, asked).content.decode("utf-8-sig")
        assert [line.split(",")[1] for line in text.splitlines()[1:]] == [rows[1].person.national_id]
        assert rows[0].receipt in officer.get(page).content.decode()
        release_identity(user=rows[1].person, reason="證件查明非其本人字號", by=here.officer, at=day)
        none = officer.post(page, asked | {"key": uuid4()})
        assert none.status_code == 422 and rows[1].receipt in none.content.decode()


# --- at once -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def one_line(here: w.World):
    return ready(here, w.trainee())


def _released_meanwhile(here: w.World, lines: list[PaymentLine], at: w.datetime, monkeypatch) -> str | None:
    """The number as it stood while the line was approved, after the proof had been asked for; its release was pressed then."""
    own, person, seen = paying.paid_to_claimants, lines[0].enrolment.person, []

    def approving(who):
        meet()  # the proof was asked for, and was there
        meet(2)  # the release is done, or waits
        seen.append(User.objects.get(pk=person.pk).national_id)
        return own(who)

    def releasing():
        meet()
        release_identity(user=person, reason="非其本人字號", by=here.officer, at=at)
        meet(2)

    monkeypatch.setattr(paying, "paid_to_claimants", approving)
    answers = together([lambda: paying.approve_line(lines[0].pk, by=here.chief, at=at), releasing])
    assert [type(one).__name__ for one in answers] == ["PaymentLine", "NoneType"], answers
    return seen[0]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_nobody_takes_the_proof_away_while_a_line_is_approved_on_it(here: w.World, one_line, monkeypatch) -> None:
    lines, at = one_line
    assert _released_meanwhile(here, lines, at, monkeypatch) == lines[0].enrolment.person.national_id


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_persons_lock_it_is_taken_away(here: w.World, one_line, monkeypatch) -> None:
    lines, at = one_line
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **given: self)
    assert _released_meanwhile(here, lines, at, monkeypatch) is None
