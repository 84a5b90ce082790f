"""The cap under any order of courses, decisions, payments, reversals and courses of other programmes entered late (SUB-09, SUB-10)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.models import Notice
from kernel.asking import asking
from kernel.dates import taipei_day
from kernel.law import declared_law
from ojt_subsidy.models import MoneyEntry, OutsideCourse, PaymentBatch, PaymentLine
from ojt_subsidy.params import Identity, Scheme
from ojt_subsidy.rules import identity
from ojt_subsidy.rules.balance import windows
from ojt_subsidy.selectors.money import FIXED, GONE, amounts, balance_of, beyond, cap_of, counted, kept, overpaid
from ojt_subsidy.services import batching, paying
from ojt_subsidy.services.outside import enter_outside
from tests.hearing import Heard, hearing
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_path import answered

LAW = declared_law()
FIRST = date(2025, 1, 1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("admit", "admit", "admit", "approve", "approve", "pay", "pay", "reverse", "drop", "prove", "outside")),
        st.integers(0, 9),
        st.integers(1, 60_000),
        st.integers(0, 2400),
    ),
    min_size=3,
    max_size=25,
)  # fmt: skip


def _row(n, fee, day):
    return SimpleNamespace(
        pk=n,
        course=SimpleNamespace(cost=fee, starts_on=FIRST + timedelta(days=day)),
        state="admitted",
        admitted_at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=n),
    )


def _decided(row, amount, state="approved", at=datetime(2026, 1, 1, tzinfo=UTC)):
    row.payment = SimpleNamespace(state=state, amount=amount, reversed_amount=0, approved_at=at, enrolment_id=row.pk)


class Person:
    """What the services do with one person's cap, without a database."""

    def __init__(self):
        self.rows, self.outside, self.standing, self.proven = [], [], {}, False

    def _rates(self, row):
        who = Identity.DISABLED if self.proven else Identity.NONE
        facts = identity.RateFacts(who, row.course.starts_on, self.proven)
        return who, identity.rate(facts, on=row.course.starts_on, law=LAW)

    def settle(self):
        found = amounts(self.rows, self.outside, self._rates, on=FIRST, law=LAW)
        short = [
            row
            for row in self.rows
            if (line := getattr(row, "payment", None)) and line.state == "approved" and found[row.pk][0] < kept(line)
        ]
        for row in short:
            del row.payment
        if short:
            found = amounts(self.rows, self.outside, self._rates, on=FIRST, law=LAW)
        self.standing = {pk: amount for pk, (amount, _) in found.items()}
        return found

    def act(self, name, k, amount, day):
        row = self.rows[k] if k < len(self.rows) else None
        line = getattr(row, "payment", None)
        if name == "admit":
            self.rows.append(_row(len(self.rows), amount, day))
        elif name == "prove":
            self.proven = True
        elif name == "outside":
            self.outside.append(
                SimpleNamespace(scheme="care_service", employed=True, starts_on=FIRST + timedelta(days=day), amount=amount)
            )  # fmt: skip
        elif name == "approve" and row and row.state == "admitted" and line is None and self.standing[row.pk]:
            _decided(row, self.standing[row.pk], at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=day))
        elif name == "pay" and line and line.state == "approved":
            line.state = "paid"
        elif name == "reverse" and line and line.state == "paid":
            line.reversed_amount += min(amount, kept(line))
        elif name == "drop" and row and line is None:
            row.state = "dropped"


@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_the_cap_holds_in_any_order(steps):
    one, cap = Person(), LAW.at("sub.cap", FIRST).value
    for step in steps:
        one.act(*step)
        found = one.settle()
        elsewhere = [(c.starts_on, c.amount) for c in one.outside]
        days = [row.course.starts_on for row in one.rows] + [day for day, _ in elsewhere]
        for first, last in windows(days, LAW):
            ours = sum(one.standing[row.pk] for row in one.rows if first <= row.course.starts_on <= last)
            theirs = sum(amount for day, amount in elsewhere if first <= day <= last)
            assert ours >= 0
            assert ours == 0 or ours + theirs <= cap, (steps, step, ours, theirs)
        for row in one.rows:
            line = getattr(row, "payment", None)
            assert 0 <= one.standing[row.pk] <= row.course.cost
            if line and line.state in FIXED:
                # What left the house is either within the cap or flagged, dollar by dollar; what did not leave fits.
                assert one.standing[row.pk] + overpaid(line, one.standing) == kept(line)
                assert line.state in GONE or not overpaid(line, one.standing)
                assert bool(found[row.pk][1]) == bool(overpaid(line, one.standing))


@pytest.mark.parametrize("used", [60_000, 61_999, 62_000, 62_001, 70_000])
def test_the_last_course_gets_the_rest(used):
    first, second = _row(0, used, 0), _row(1, 10_000, 100)
    _decided(first, used, "paid")
    one = Person()
    one.rows = [first, second]
    one.settle()
    assert one.standing == {0: used, 1: min(8000, 70_000 - used)}


def test_money_that_has_left_comes_before_what_was_only_approved():
    approved, paid = _row(0, 60_000, 0), _row(1, 60_000, 100)
    _decided(approved, 48_000, at=datetime(2026, 1, 1, tzinfo=UTC))
    _decided(paid, 22_000, "paid", at=datetime(2026, 2, 1, tzinfo=UTC))
    one = Person()
    one.rows = [approved, paid]
    one.act("outside", 0, 10_000, 0)
    one.settle()
    assert one.standing == {0: 38_000, 1: 22_000}
    assert not hasattr(approved, "payment")


# --- with the database ------------------------------------------------------------------------------------------------------


def _class(here, who):
    (row,), one, after = w.approved(here, who)
    return one.course, row, after


def _late(here, who, course, amount, at, days=30):
    return enter_outside(
        national_id=who.national_id, scheme="recharge", title=f"充電 {amount}", starts_on=course.starts_on - timedelta(days=days),
        amount=amount, employed=True, by=here.officer, at=at,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("batched", [False, True])
def test_an_earlier_course_entered_before_the_bank_has_it_is_approved_anew(here, batched):
    who = w.trainee()
    course, row, after = _class(here, who)
    if batched:
        batching.make_batch(office=here.branch, by=here.cashier, at=after)
    _late(here, who, course, 62_000, after)
    assert PaymentLine.objects.get().state == ("batched" if batched else "approved")  # exactly the rest
    _late(here, who, course, 1, after)
    line = PaymentLine.objects.get()
    assert (line.state, line.amount, line.outcomes, line.batch) == ("pending", 0, [], None)
    assert "重新核定" in line.problem
    assert Notice.objects.filter(user=here.officer, code="ojt_subsidy.cap_moved").exists()
    if batched:
        assert list(PaymentBatch.objects.values_list("count", "total")) == [(0, 0)]
    assert paying.approve_line(line, by=here.chief, at=after).amount == 7_999
    assert cap_of(who.pk).standing == {row.pk: 7_999}


@pytest.mark.django_db
def test_what_was_paid_beyond_the_cap_is_flagged_until_it_is_recovered(here):
    who = w.trainee()
    course, row, after = _class(here, who)
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    batching.send_batch(batch, by=here.cashier, at=after)
    batching.apply_result(batch, data=answered(batch), by=here.cashier, at=after)
    _late(here, who, course, 65_000, after)
    line, cap = PaymentLine.objects.get(), cap_of(who.pk)
    assert (line.state, line.amount) == ("paid", 8_000)  # nothing paid is changed
    assert (cap.standing, overpaid(line, cap.standing)) == ({row.pk: 5_000}, 3_000)
    entry = MoneyEntry.objects.get(kind="excess")
    (reason,) = entry.outcome["outcomes"]
    assert (entry.amount, reason["rule"], reason["result"]["overpaid"]) == (-3_000, "SUB-10", 3_000)
    assert beyond(cap, LAW) == []
    assert beyond(replace(cap, standing={row.pk: 5_001}), LAW) != []
    found = balance_of(cap, on=taipei_day(after), law=LAW)
    assert (found.result["used"], found.result["left"], found.result["overpaid"]) == (70_000, 0, 3_000)
    assert any("另溢領" in one.text and "3,000" in one.text for one in found.lines)
    assert Notice.objects.filter(user=here.chief, code="ojt_subsidy.cap_moved", body__contains="3,000").exists()
    paying.reverse_line(line, amount=1_000, reason="溢領", by=here.chief, at=after)
    line, cap = PaymentLine.objects.get(), cap_of(who.pk)
    assert (cap.standing, overpaid(line, cap.standing)) == ({row.pk: 5_000}, 2_000)
    paying.reverse_line(line, amount=4_000, reason="溢領及誤發", by=here.chief, at=after)
    line, cap = PaymentLine.objects.get(), cap_of(who.pk)
    assert (cap.standing, overpaid(line, cap.standing)) == ({row.pk: 3_000}, 0)
    assert sum(one.amount for one in MoneyEntry.objects.all()) == 3_000


def test_which_programmes_fill_the_window_the_rule_says():
    """SUB-09: one function decides it; before, a selector decided it beside the rule, which nobody asked."""
    day = date(2025, 3, 3)
    outside = [
        OutsideCourse(scheme=scheme, starts_on=day, amount=5_000, employed=employed)
        for scheme in Scheme
        for employed in (True, False)
    ]
    with hearing(Heard()) as heard, asking("page:ojt_subsidy:balance"):
        found = [(one.scheme, one.employed) for one in counted(outside, LAW)]
    assert heard.rules == {"SUB-09": {"page:ojt_subsidy:balance": False}}
    assert found == [
        (scheme, employed)
        for scheme in (Scheme.INDUSTRY_TALENT, Scheme.SELF_LEARNING, Scheme.RECHARGE, Scheme.CARE_SERVICE)
        for employed in ((True,) if scheme is Scheme.RECHARGE else (True, False))
    ]
