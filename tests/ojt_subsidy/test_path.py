"""From a unit's plan to money in the account: the whole way, with what is refused on it."""

from datetime import timedelta

import pytest

from casework.cases.doing import perform
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Notice
from kernel.dates import taipei_day
from kernel.outcome import Outcome
from kernel.rulebook import again
from ojt_subsidy.models import Course, Enrolment, PaymentLine
from ojt_subsidy.selectors.catalogue import Asked, listed, seats_left
from ojt_subsidy.selectors.money import balance_of, cap_of
from ojt_subsidy.services import batching, paying
from ojt_subsidy.services.telling import tell_filed
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db


def answered(batch, failed=()):
    """The bank's file for a batch that was sent."""
    rows = ["清冊編號,序號,金額,結果,說明"]
    paid = sent = bad = lost = 0
    for line in batch.lines.order_by("reference"):
        ok = line.reference not in failed
        rows.append(
            f"{batch.number},{line.reference},{line.amount},{'成功' if ok else '失敗'},{'' if ok else '帳號不存在'}"
        )
        paid, sent = (paid + 1, sent + line.amount) if ok else (paid, sent)
        bad, lost = (bad, lost) if ok else (bad + 1, lost + line.amount)
    rows.append(f"合計,{paid + bad},{paid},{sent},{bad},{lost}")
    return "\r\n".join(rows).encode("utf-8-sig")


@pytest.mark.quick
def test_a_course_is_approved_enrolled_attended_and_paid(here):
    course = w.published(here)
    assert [c.pk for c in listed(Asked(q="機器"), on=taipei_day(w.now()))] == [course.pk]
    people = [w.trainee() for _ in range(3)]
    rows = [w.admitted(here, course, who) for who in people]
    assert [row.number for row in rows] == [1, 2, 3]
    assert tell_filed(at=w.now()) == 3
    assert tell_filed(at=w.now()) == 0
    assert seats_left(Course.objects.select_related("ledger").get(pk=course.pk)) == 27
    assert cap_of(people[0].pk).standing == {rows[0].pk: 8000}
    for row in rows:
        w.insured(here, row)
    after = w.held(here, course, rows)
    one = w.closed(here, course, after)
    w.approved_lines(here, one, after)
    line = PaymentLine.objects.get(enrolment=rows[0])
    assert (line.state, line.amount) == ("approved", 8000)
    rules = [found["rule"] for found in line.outcomes]
    assert rules == ["SUB-05", "SUB-11", "SUB-07", "SUB-10", "SUB-14"]
    for found in line.outcomes:
        stored = Outcome.from_json(found)
        assert again(stored, law=law_in_force()).lines == stored.lines
    batch, left_out = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    assert (batch.count, batch.total, left_out) == (3, 24_000, [])
    batch = batching.send_batch(batch, by=here.cashier, at=after)
    assert batch.content.splitlines()[-1] == "T,3,24000"
    batch, first = batching.apply_result(batch, data=answered(batch, failed=("00002",)), by=here.cashier, at=after)
    assert first
    assert sorted(PaymentLine.objects.values_list("state", flat=True)) == ["bounced", "paid", "paid"]
    assert Notice.objects.filter(user=people[0], code="ojt_subsidy.paid").exists()
    assert balance_of(cap_of(people[0].pk), on=course.ends_on, law=law_in_force()).result["used"] == 8000
    bounced = PaymentLine.objects.get(state="bounced")
    with pytest.raises(Refused, match="尚未更正帳戶"):
        paying.correct_account(bounced, by=here.officer, at=after)
    trainee = bounced.enrolment.person.trainee
    trainee.bank_account, trainee.bank_changed_at = "00019999999999", after + timedelta(hours=1)
    trainee.save()
    paying.correct_account(bounced, by=here.officer, at=after + timedelta(hours=2))
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after + timedelta(hours=3))
    batch = batching.send_batch(batch, by=here.cashier, at=after)
    batching.apply_result(batch, data=answered(batch), by=here.cashier, at=after)
    perform(Case.objects.get(pk=one.case_id), "settle", by=here.officer, at=after)
    assert Case.objects.get(pk=one.case_id).state == "settled"


def test_half_the_fee_goes_through_the_union_and_needs_proof(here):
    who = w.trainee()
    (row,), one, after = w.approved(here, who, union=True)
    batching_refused = pytest.raises(Refused, match="未登錄帳戶")
    with batching_refused:
        batching.make_batch(office=here.branch, by=here.cashier, at=after)
    paying.save_unit_payee(
        one.case,
        bank_code="700",
        bank_account="12345678901234",
        bank_holder=here.union.name,
        by=here.union_clerk,
        at=after,
    )
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    batch = batching.send_batch(batch, by=here.cashier, at=after)
    assert here.union.name in batch.content
    batching.apply_result(batch, data=answered(batch), by=here.cashier, at=after)
    line = PaymentLine.objects.get(enrolment=row)
    assert line.state == "with_unit"
    with pytest.raises(Refused, match="尚未附轉撥學員之證明"):
        paying.pass_on(line, passed_on_on=taipei_day(after), by=here.union_clerk, at=after)
    from tests.ojt_accounts.world import pdf

    perform(one.case, "add_proof", upload=pdf("轉撥.pdf"), by=here.union_clerk, at=after)
    assert paying.pass_on(line, passed_on_on=taipei_day(after), by=here.union_clerk, at=after).state == "paid"


def test_what_was_paid_is_reversed_by_an_entry(here):
    (row,), _, after = w.approved(here, w.trainee())
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    batching.send_batch(batch, by=here.cashier, at=after)
    batching.apply_result(batch, data=answered(batch), by=here.cashier, at=after)
    line = PaymentLine.objects.get(enrolment=row)
    with pytest.raises(NotPermitted):
        paying.reverse_line(line, amount=3000, reason="重複請領", by=here.officer, at=after)
    paying.reverse_line(line, amount=3000, reason="重複請領", by=here.chief, at=after)
    assert cap_of(row.person_id).standing == {row.pk: 5000}
    with pytest.raises(Refused, match="1 到 5,000 元"):
        paying.reverse_line(line, amount=5001, reason="重複請領", by=here.chief, at=after)


def test_missing_papers_of_one_do_not_hold_back_the_others(here):
    course = w.published(here)
    rows = [w.admitted(here, course, w.trainee()) for _ in range(2)]
    w.insured(here, rows[0])
    after = w.held(here, course, rows)
    one = w.closed(here, course, after)
    done, heldback = paying.approve_all(one.pk, by=here.chief, at=after)
    assert (done, len(heldback)) == (1, 1)
    assert "投保勾稽" in heldback[0]
    line = PaymentLine.objects.get(enrolment=rows[1])
    paying.ask_papers(line, reason="請附開訓當日投保明細", by=here.officer, at=after)
    paying.supply(line, by=here.clerk, at=after)
    w.insured(here, rows[1], [{"kind": "labour", "from": "2015-01-01", "to": None, "mark": "laid_off"}])
    with pytest.raises(Refused, match="裁"):
        paying.approve_line(line, by=here.chief, at=after)
    paying.refuse_line(line, reason="開訓當日不符資格", by=here.chief, at=after)
    assert cap_of(rows[1].person_id).standing == {rows[1].pk: 0}


def test_the_same_person_signs_nothing_twice(here):
    from accounts.services.roles import grant_role

    case = w.drafted(here)
    perform(case, "file", by=here.clerk, at=w.now())
    both = here.officer
    grant_role(user=both, role_code="subsidy_chief", organisation=here.branch, by=None, at=w.now())
    perform(case, "forward", approved_seats=30, approved_fee=10_000, by=both, at=w.now())
    for deciding in ("approve", "refuse", "reconsider"):
        with pytest.raises(Refused, match="您已辦理本案「陳核」，同一人不得再辦理"):
            perform(case, deciding, by=both, at=w.now(), reason="不符")


def test_a_filing_and_its_number_cannot_be_changed_or_removed(here):
    from django.db import IntegrityError, transaction

    course = w.published(here)
    row = w.enrolled(course, w.trainee())
    for change in (lambda: Enrolment.objects.filter(pk=row.pk).update(number=9), lambda: row.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
