"""Money goes to the account of the person: read as people type it, asked twice, confirmed where in doubt; and the bank's file
holds one line per payment whatever the rows hold."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from casework.errors import NotPermitted, Refused
from casework.models import Event, Notice
from kernel.identifiers import IdentifierError, read_account_holder, read_bank_account, read_bank_code
from ojt_subsidy.forms.trainee import BankAccountField, PayeeForm
from ojt_subsidy.models import PaymentLine, Trainee, UnitPayee
from ojt_subsidy.selectors.accounts import doubts
from ojt_subsidy.services import batching, paying, profile
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db

FOREIGN = "別人\r\nD,00099,壞人,700,123456789,99999,X"


@pytest.mark.parametrize("typed", ["700", "７００", "代碼 700", "代碼：700", "700 中華郵政", " 700 "])
def test_a_bank_is_known_however_its_code_is_typed(typed):
    assert read_bank_code(typed) == "700"


def test_seven_digits_name_the_branch_of_the_bank():
    assert read_bank_code("700-0021") == "7000021"


@pytest.mark.parametrize("typed", ["70", "7000", "7OO", "", "郵局"])
def test_other_codes_are_refused(typed):
    with pytest.raises(IdentifierError, match="3 或 7 碼"):
        read_bank_code(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "00012345678901",
        "０００１２３４５６７８９０１",
        "0001-2345-6789-01",
        "0001 2345 6789 01",
        "0 0 0 1 2 3 4 5 6 7 8 9 0 1",
        "局號0001234 帳號5678901",
        "局號：０００１２３４　帳號：５６７８９０１",
        "0001234－5678901",
    ],
)
def test_an_account_is_known_however_it_is_typed(typed):
    assert read_bank_account(typed) == "00012345678901"
    assert BankAccountField().clean(typed) == "00012345678901"  # no length of the field cuts it


@pytest.mark.parametrize("typed", ["12345", "1" * 17, "0001234567890A", "一二三四五六"])
def test_other_accounts_are_refused(typed):
    with pytest.raises(IdentifierError, match="6 到 16 碼"):
        read_bank_account(typed)


@pytest.mark.parametrize(
    "name", ["王小明", "游𡘙瑜", "Kolas Yotaka", "瓦歷斯‧諾幹", "臺南市第3產業工會", "林（王）美麗"]
)
def test_names_of_people_and_bodies_may_hold_an_account(name):
    assert read_account_holder(name) == name


@pytest.mark.parametrize(
    "name",
    [FOREIGN, "王\n小明", "王\u2028小明", '王"小明', "=1+1", "-王", "王\t小明", "@王"],
)
def test_what_would_break_the_banks_file_is_no_holder(name):
    with pytest.raises(IdentifierError):
        read_account_holder(name)


# --- the person's own page ---------------------------------------------------------------------------------------------------


def _client(user):
    one = Client(headers={"host": "localhost"})
    one.force_login(user)
    return one


def _given(who, **more):
    row = who.trainee
    return {
        "key": uuid4(), "born_on": "74/05/01", "mobile": "0912345678", "employer": row.employer, "bank_code": row.bank_code,
        "bank_account": "", "bank_holder": row.bank_holder, **more,
    }  # fmt: skip


def _post(who, **more):
    return _client(who).post(reverse("ojt_subsidy:profile"), _given(who, **more))


def _account(who):
    return Trainee.objects.get(pk=who.pk).bank_account


def test_another_account_wants_the_password_and_the_person_hears_of_it(here):
    who, told = w.trainee(), Notice.objects.filter(code="ojt_subsidy.account_changed")
    before, known = _account(who), told.filter(user=who).count()
    for typed, why in (("", "請輸入目前密碼"), ("wrong", "目前密碼不正確")):
        answer = _post(who, bank_account="0001-2345-6789-01", password=typed)
        assert (answer.status_code, _account(who)) == (422, before)
        assert why in answer.content.decode()
    assert _post(who, employer="新公司").status_code == 302  # nothing of money is changed: nothing is asked
    assert (_account(who), told.filter(user=who).count()) == (before, known)
    assert _post(who, bank_account="０００１-2345-6789-01", password="x").status_code == 302
    assert _account(who) == "00012345678901"
    letter = told.filter(user=who).latest("pk")
    assert "8901" in letter.body and "00012345678901" not in letter.body and letter.mail_to == who.email


def test_a_holder_alone_or_a_bank_alone_is_a_change_too(here):
    who = w.trainee()
    assert _post(who, bank_code="812").status_code == 422
    assert _post(who, bank_code="812", password="x").status_code == 302
    assert Trainee.objects.get(pk=who.pk).bank_code == "812"


def test_who_has_no_password_is_told_the_way(here):
    who = w.trainee()
    who.set_unusable_password()
    who.save()
    answer = _post(who, bank_account="00012345678901")
    assert answer.status_code == 422 and "忘記密碼" in answer.content.decode()


@pytest.mark.parametrize("holder", ["王小明", FOREIGN])
def test_another_holder_is_refused_without_a_reason(here, holder):
    who = w.trainee()
    answer = _post(who, bank_account="00012345678901", bank_holder=holder, password="x")
    assert answer.status_code == 422
    assert Trainee.objects.get(pk=who.pk).bank_holder == who.name


def test_a_line_break_in_the_holder_is_refused_over_http_as_well_with_a_reason(here):
    who = w.trainee()
    answer = _post(who, bank_account="00012345678901", bank_holder=FOREIGN, bank_note="配偶", password="x")
    assert answer.status_code == 422 and "只能填寫一行" in answer.content.decode()
    form = PayeeForm({"bank_code": "700", "bank_account": "00012345678901", "bank_holder": FOREIGN})
    assert not form.is_valid() and "只能填寫一行" in form.errors["bank_holder"][0]


def test_a_name_written_in_another_width_is_the_same_name(here):
    who = w.trainee("ＡＬＩ　王")
    data = {
        "born_on": who.trainee.born_on,
        "bank_code": "700",
        "bank_account": "00012345678901",
        "bank_holder": "Ali 王",
    }
    assert profile.save_profile(person=who, data=data, at=w.now()).bank_note == ""


# --- the batch ---------------------------------------------------------------------------------------------------------------


def _seen(row):
    """What the officer's page shows of the account now."""
    trainee = Trainee.objects.select_related("user").get(pk=row.person_id)
    return doubts([trainee])[trainee].seen


def _confirm(here, row, at):
    line = PaymentLine.objects.get(enrolment=row)
    paying.confirm_account(line, seen=_seen(row), reason="已核對", by=here.officer, at=at)


def _give(row, at, **bank):
    """The trainee's own page, another account."""
    trainee = Trainee.objects.get(pk=row.person_id)
    data = {
        "born_on": trainee.born_on,
        "employer": trainee.employer,
        "bank_code": "700",
        "bank_holder": row.person.name,
    }
    data |= {"bank_account": trainee.bank_account, **bank}
    profile.save_profile(person=row.person, data=data, at=at)


def _refused(here, at):
    with pytest.raises(Refused, match="目前沒有可列入清冊") as refused:
        _batch(here, at)
    return refused.value.message.split("；")


def _batch(here, after):
    return batching.make_batch(office=here.branch, by=here.cashier, at=after)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bank_holder", FOREIGN),
        ("bank_holder", "王,小明"),
        ("bank_code", "70"),
        ("bank_account", "123\r\nD,9"),
    ],
)
def test_the_banks_file_holds_no_foreign_line_whatever_the_row_holds(here, field, value):
    """The row was changed past every form, after the batch was made: it is not sent, and the line is named."""
    rows, _, after = w.approved(here, w.trainee(), w.trainee())
    batch, _ = _batch(here, after)
    bad = rows[1].person.trainee
    Trainee.objects.filter(pk=bad.pk).update(**{field: value})
    with pytest.raises(Refused, match=rows[1].receipt):
        batching.send_batch(batch, by=here.cashier, at=after)
    batch.refresh_from_db()
    assert (batch.state, batch.content) == ("open", "")
    batching.take_out(batch, reference="2", reason="帳戶待查", by=here.cashier, at=after)
    batch.refresh_from_db()
    sent = batching.send_batch(batch, by=here.cashier, at=after).content
    assert [line.split(",")[0] for line in sent.splitlines()] == ["H", "D", "T"]
    assert '"' not in sent


def test_full_width_digits_on_file_never_reach_the_bank(here):
    (row,), _, after = w.approved(here, w.trainee())
    Trainee.objects.filter(pk=row.person_id).update(bank_account="０００１２３４５６７８９０１", bank_code="７００\r\n")
    batch, left_out = _batch(here, after)
    content = batching.send_batch(batch, by=here.cashier, at=after).content
    assert not left_out and ",700,00012345678901," in content


def test_another_holder_is_paid_only_after_an_officer_says_why(here):
    (row,), one, after = w.approved(here, w.trainee())
    data = {
        "born_on": row.person.trainee.born_on,
        "employer": "公司",
        "bank_account": "00012345678901",
        "bank_code": "700",
        "bank_holder": "王大華",
    }
    with pytest.raises(Refused, match="戶名須為本人姓名") as refused:
        profile.save_profile(person=row.person, data=data, at=after)
    assert refused.value.field == "bank_holder"
    profile.save_profile(person=row.person, data=data | {"bank_note": "帳戶遭凍結，借用配偶帳戶"}, at=after)
    with pytest.raises(Refused, match="戶名「王大華」與姓名不同"):
        _batch(here, after)
    line = PaymentLine.objects.get(enrolment=row)
    page = reverse("admin:subsidy_payments", args=[one.case.number])
    text = _client(here.officer).get(page).content.decode()
    assert "借用配偶帳戶" in text and "確認受款帳戶" in text and "8901" in text and "00012345678901" not in text
    with pytest.raises(NotPermitted):
        paying.confirm_account(line, seen=_seen(row), reason="已核對存摺", by=here.chief, at=after)
    assert _seen(row) in text
    given = {"key": uuid4(), "act": "account", "line": line.pk, "shown": _seen(row)}
    assert "請填寫理由" in _client(here.officer).post(page, given | {"reason": ""}).content.decode()
    assert _client(here.officer).post(page, given | {"reason": "已核對存摺及切結書"}).status_code == 302
    event = Event.objects.get(case=one.case, code="payment.account")
    assert (event.reason, event.internal) == ("已核對存摺及切結書", True)
    batch, left_out = _batch(here, after)
    assert (batch.count, left_out) == (1, [])
    # Changed once more before the file goes: the word was for the other account.
    profile.save_profile(
        person=row.person,
        data=data | {"bank_account": "00099999999999", "bank_note": "同上"},
        at=after + timedelta(hours=1),
    )
    with pytest.raises(Refused, match="須經承辦人確認"):
        batching.send_batch(batch, by=here.cashier, at=after)


def test_an_account_of_two_people_waits_for_an_officer_and_holds_back_nobody_else(here):
    people = [w.trainee() for _ in range(3)]
    rows, _, after = w.approved(here, *people)
    for row, code in zip(rows[:2], ("700", "7000021"), strict=True):
        Trainee.objects.filter(pk=row.person_id).update(bank_changed_at=after)
        trainee = Trainee.objects.get(pk=row.person_id)
        trainee.bank_code, trainee.bank_account = code, "00012345678901"
        trainee.save()
    batch, left_out = _batch(here, after)
    assert [line.enrolment_id for line in batch.lines.all()] == [rows[2].pk]
    assert len(left_out) == 2 and all("與其他學員相同" in one for one in left_out)
    for row in rows[:2]:
        _confirm(here, row, after)
    batch, left_out = _batch(here, after + timedelta(days=1))
    assert (batch.count, left_out) == (2, [])


def test_what_the_officer_was_not_shown_is_not_confirmed(here):
    """The page was drawn, then the trainee gave another account: the press is for the one seen."""
    (row,), one, after = w.approved(here, w.trainee())
    _give(row, after, bank_holder="王大華", bank_note="配偶帳戶")
    seen, line = _seen(row), PaymentLine.objects.get(enrolment=row)
    _give(row, after + timedelta(hours=1), bank_holder="王大華", bank_note="配偶帳戶", bank_account="00099999999999")
    page = reverse("admin:subsidy_payments", args=[one.case.number])
    given = {"key": uuid4(), "act": "account", "line": line.pk, "reason": "已核對存摺", "shown": seen}
    answer = _client(here.officer).post(page, given)
    assert answer.status_code == 422 and "已變更，尚未確認" in answer.content.decode()
    with pytest.raises(Refused, match="須經承辦人確認"):
        _batch(here, after)
    for odd in ("", "x"):
        with pytest.raises(Refused, match="尚未確認"):
            paying.confirm_account(line, seen=odd, reason="已核對", by=here.officer, at=after)
    _confirm(here, row, after)
    assert _batch(here, after)[1] == []
    with pytest.raises(Refused, match="尚未確認"):
        paying.confirm_account(line, seen=seen, reason="再按一次", by=here.officer, at=after)


def test_a_word_for_another_holder_is_none_for_an_account_that_two_people_share_later(here):
    rows, _, after = w.approved(here, w.trainee(), w.trainee(), w.trainee())
    first, second, third = rows
    _give(first, after, bank_holder="王大華", bank_note="配偶帳戶")
    _confirm(here, first, after)
    number = Trainee.objects.get(pk=first.person_id).bank_account
    _give(second, after, bank_account=number)
    found = doubts(Trainee.objects.select_related("user").filter(pk__in=[row.person_id for row in rows]))
    assert {one.pk for one, doubt in found.items() if "與其他學員相同" in doubt.why} == {
        first.person_id,
        second.person_id,
    }
    for row in (first, second):
        _confirm(here, row, after)
    assert not doubts(Trainee.objects.select_related("user").filter(pk=first.person_id))
    # One more shares it: the words were for two.
    _give(third, after, bank_account=number)
    batch_of = [line.split("：")[0] for line in _refused(here, after)]
    assert len(batch_of) == 3


def test_an_account_that_only_a_correction_helps_is_not_confirmed(here):
    (row,), _, after = w.approved(here, w.trainee())
    Trainee.objects.filter(pk=row.person_id).update(bank_holder=FOREIGN)
    with pytest.raises(Refused, match="尚未確認"):
        paying.confirm_account(PaymentLine.objects.get(enrolment=row), seen="", reason="x", by=here.officer, at=after)


def test_a_units_account_changed_is_told_to_the_unit(here):
    _, one, after = w.approved(here, w.trainee(), union=True)
    account = {"bank_code": "700", "bank_account": "00012345678901", "bank_holder": here.union.name}
    paying.save_unit_payee(one.case, by=here.union_clerk, at=after, **account)
    told = Notice.objects.get(user=here.union_clerk, code="ojt_subsidy.account_changed")
    assert "8901" in told.body and "00012345678901" not in told.body
    UnitPayee.objects.update(bank_holder=FOREIGN)
    with pytest.raises(Refused, match="受款帳戶須更正"):
        _batch(here, after)
