"""The five tables of the scheme: ways through them, and ways there are not."""

import pytest

from kernel.machine import NotAllowed
from ojt_subsidy.states import CLOSING, COURSE, ENROLMENT, PAYMENT
from tests.machines import walk


def test_a_course_from_draft_to_end() -> None:
    acts = ("file", "send_back", "file", "forward", "reconsider", "forward", "approve", "publish", "start", "end")
    assert walk(COURSE, *acts) == "ended"


def test_the_next_one_moves_up_when_a_term_lapses() -> None:
    assert walk(ENROLMENT, "ask", "lapse") == "lapsed"
    assert walk(ENROLMENT, "hold", "ask", "admit", "begin", "complete") == "completed"


def test_a_filing_alone_admits_nobody() -> None:
    with pytest.raises(NotAllowed, match=r"收件成功.*錄訓"):
        ENROLMENT.move("filed", "admit")


def test_officer_and_chief_hold_different_permissions() -> None:
    for machine in (COURSE, CLOSING):
        assert machine.transition("forward").permission != machine.transition("approve").permission


def test_a_bounced_payment_is_paid_again_and_half_fees_go_through_the_unit() -> None:
    assert walk(PAYMENT, "approve", "batch", "send", "bounce", "correct", "batch", "send", "pay") == "paid"
    assert walk(PAYMENT, "ask", "supply", "approve", "batch", "send", "pay_unit", "pass_on") == "paid"
