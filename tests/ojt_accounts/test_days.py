"""What passing days do: the branch's term, the unit's term of correction, rights that end with the year."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.clock import now
from casework.cases import corrections
from casework.cases.doing import perform
from casework.deadlines.sweeping import sweep
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Notice
from kernel.dates import roc, taipei_day
from ojt_accounts.services import filing
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db


def night(day: date) -> None:
    """The job of four in the morning on that day."""
    sweep(on=day, at=datetime(day.year, day.month, day.day, 4, tzinfo=ZoneInfo("Asia/Taipei")))


def told(code: str) -> int:
    return Notice.objects.filter(code=f"ojt_accounts.{code}").count()


def test_the_branch_is_late_from_the_day_after_its_tenth_working_day(here: w.World) -> None:
    case = w.filed(here)
    deadline = case.deadlines.get(code=filing.HANDLE)
    assert deadline.due_on == law_in_force().calendar.working_days_after(taipei_day(now()), 10)
    night(deadline.due_on - timedelta(days=1))
    night(deadline.due_on)
    assert told("handle_late") == 0 and told("handle_soon") >= 1
    night(deadline.due_on + timedelta(days=1))
    late = told("handle_late")
    assert late == 2  # officer and chief
    night(deadline.due_on + timedelta(days=2))
    assert told("handle_late") == late
    case.refresh_from_db()
    assert case.due_on == deadline.due_on  # still owed, still on the list of the overdue


def test_deciding_late_ends_the_lateness(here: w.World) -> None:
    case = w.filed(here)
    due = case.deadlines.get(code=filing.HANDLE).due_on
    night(due + timedelta(days=3))
    w.checked(here, case)
    case = w.signed(here, case, here.officer, here.chief, here.approver)
    assert case.due_on is None and case.deadlines.get(code=filing.HANDLE).met_at is not None


def test_a_correction_has_its_own_term_and_the_branchs_begins_anew(here: w.World) -> None:
    case = w.filed(here)
    items = [{"target": "unit.address", "label": "地址", "problem": "請補門牌"}]
    perform(case, "ask_correction", items=items, message="", by=here.officer, at=now())  # type: ignore[arg-type]
    case.refresh_from_db()
    correct = case.deadlines.get(code=filing.CORRECT)
    assert case.state == "correction" and case.due_on == correct.due_on
    assert case.deadlines.get(code=filing.HANDLE).met_at is not None
    night(correct.due_on - timedelta(days=7))
    night(correct.due_on - timedelta(days=7))
    assert told("correct_soon") == 1
    night(correct.due_on + timedelta(days=1))
    assert told("correct_late") == 1
    item = case.correction_requests.get().items.get()
    corrections.answer(item, case=Case.objects.get(pk=case.pk), text="已補", by=here.contact, at=now())
    case = perform(case, "refile", by=here.contact, at=now()).case
    assert case.deadlines.filter(code=filing.HANDLE, met_at=None).count() == 1


def test_withdrawing_leaves_nothing_due(here: w.World) -> None:
    case = w.filed(here)
    case = perform(case, "withdraw", by=here.contact, at=now()).case
    assert case.due_on is None
    night(taipei_day(now()) + timedelta(days=60))
    assert told("handle_late") == 0


def test_rights_end_with_the_year_and_are_announced_60_30_and_7_days_before(here: w.World) -> None:
    """OA-13."""
    w.done(here)
    deadline = Deadline.objects.get(code="ojt_accounts.rights_end")
    last = deadline.due_on
    assert (last.month, last.day) == (12, 31)
    planned = {60, 30, 7} - {n for n in (60, 30, 7) if last - timedelta(days=n) <= taipei_day(now())}
    assert set(deadline.reminders.values_list("days_before", flat=True)) == planned
    for days in sorted(planned, reverse=True):
        night(last - timedelta(days=days))
    assert told("rights_end_soon") == 2 * len(planned)  # the person and the unit's contact
    night(last)
    assert told("rights_ended") == 0
    night(last + timedelta(days=1))
    assert told("rights_ended") == 1
    body = Notice.objects.get(code="ojt_accounts.rights_ended").body
    assert roc(last) in body


def test_three_nights_missed_say_the_same_once(here: w.World) -> None:
    w.filed(here)
    due = Deadline.objects.get(code=filing.HANDLE).due_on
    night(due + timedelta(days=4))
    assert told("handle_late") == 2 and told("handle_soon") == 0
