"""Amendments: by day, by two people, in the form of what they change; what is in force stands and every process sees it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.template import Context, Template
from psycopg import connect

from accounts.models import AccessLog
from casework.errors import NotPermitted, Refused
from casework.law import amending, impact_sheets
from casework.law.in_force import law_in_force, law_with
from casework.models import AmendedValue, Amendment, ImpactSheet
from kernel.law import FIGURES
from kernel.reasoning import Reasoning
from tests.casework.lawroom import BEGINS, DAYS, FIGURES_OF_TOY, approver, drafted, drafter
from tests.factories import AT, UserFactory
from tests.parallel import together

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _toy():
    FIGURES.add(*FIGURES_OF_TOY)


def assessed(by, **given) -> Amendment:
    amendment = drafted(by, **given)
    sheet = impact_sheets.ask_sheet(amendment, by=by, at=AT)
    assert impact_sheets.run_sheet(sheet.pk, clock=lambda: AT)
    amendment.refresh_from_db()
    assert amendment.state == Amendment.State.ASSESSED
    return amendment


def in_force(**given) -> Amendment:
    amendment = assessed(drafter(), **given)
    return amending.put_in_force(amendment, by=approver(), at=AT, version=amendment.version)


@pytest.mark.parametrize(("on", "days"), [(BEGINS - DAY, 20), (BEGINS, 30), (BEGINS + DAY, 30)])
def test_a_figure_changes_on_its_day_and_not_before(on, days):
    in_force()
    assert law_in_force().at(DAYS, on).value == days


@pytest.mark.parametrize(("on", "words"), [(BEGINS - DAY, "20 日"), (BEGINS, "30 日")])
def test_a_page_that_speaks_of_a_figure_follows_it(on, words):
    in_force()
    page = Template("{% load casework %}{% figure code %} 日")
    with time_machine.travel(f"{on}T04:00:00+00:00", tick=False):
        assert page.render(Context({"code": DAYS})) == words


def test_a_draft_is_nobodys_law_but_its_own():
    amendment = drafted(drafter())
    assert law_in_force().at(DAYS, BEGINS).value == 20
    draft = law_with(amendment)
    assert (draft.at(DAYS, BEGINS - DAY).value, draft.at(DAYS, BEGINS).value) == (20, 30)
    assert draft.at(DAYS, BEGINS).citation == "測試要點修正"


def test_the_law_costs_one_query_once_it_is_known(django_assert_num_queries):
    in_force()
    law_in_force()
    with django_assert_num_queries(1):
        assert law_in_force().at(DAYS, BEGINS).value == 30


def test_of_two_for_the_same_day_the_later_corrects_the_earlier():
    in_force(value=30)
    in_force(value=25)
    assert law_in_force().at(DAYS, BEGINS).value == 25


def test_what_was_decided_keeps_its_outcome():
    """The stored outcome is not touched, and asked again by its own day it gives the same lines."""

    def asked(on: date):
        why = Reasoning("TY-99", on=on, law=law_in_force())
        days = why.figure(DAYS)
        why.judge(days <= 20, f"{days} 日", comparison=f"{days} ≤ 20")
        return why.outcome().as_json()

    decided = asked(BEGINS - DAY)
    in_force()
    assert asked(BEGINS - DAY) == decided
    assert asked(BEGINS)["met"] is False


# --- by whom -------------------------------------------------------------------------------------------------------


def test_the_drafter_does_not_put_in_force():
    from accounts.services.roles import grant_role
    from casework.rights import LAW_APPROVER
    from tests.casework.lawroom import ministry

    both = drafter()
    grant_role(user=both, role_code=LAW_APPROVER, organisation=ministry(), by=None, at=AT)
    amendment = assessed(both)
    with pytest.raises(Refused, match="起草人不得核定"):
        amending.put_in_force(amendment, by=both, at=AT)
    assert law_in_force().at(DAYS, BEGINS).value == 20


def test_the_database_refuses_the_same_person_too():
    amendment = assessed(drafter())
    rows = Amendment.objects.filter(pk=amendment.pk)
    with pytest.raises(IntegrityError, match="amendment_second_person"), transaction.atomic():
        rows.update(state="in_force", put_in_force_by=amendment.drafted_by, put_in_force_at=AT)


@pytest.mark.parametrize("act", ["draft", "set_value", "put_in_force", "withdraw", "ask_sheet"])
def test_without_the_right_nothing_happens(act):
    amendment, nobody = assessed(drafter()), UserFactory(is_staff=True)
    calls = {
        "draft": lambda: amending.draft(title="甲", citation="乙", in_force_from=BEGINS, by=nobody, at=AT),
        "set_value": lambda: amending.set_value(amendment, code=DAYS, value=9, by=nobody, at=AT),
        "put_in_force": lambda: amending.put_in_force(amendment, by=nobody, at=AT),
        "withdraw": lambda: amending.withdraw(amendment, reason="誤植", by=nobody, at=AT),
        "ask_sheet": lambda: impact_sheets.ask_sheet(amendment, by=nobody, at=AT),
    }
    with pytest.raises(NotPermitted):
        calls[act]()
    assert list(amendment.values.values_list("value", flat=True)) == [30]


def test_approving_does_not_let_draft_and_drafting_does_not_let_approve():
    amendment = assessed(drafter())
    with pytest.raises(NotPermitted):
        amending.put_in_force(amendment, by=drafter(), at=AT)
    with pytest.raises(NotPermitted):
        amending.draft(title="甲", citation="乙", in_force_from=BEGINS, by=approver(), at=AT)


def test_only_the_drafter_changes_a_draft():
    amendment = drafted(drafter())
    with pytest.raises(Refused, match="只有起草人"):
        amending.set_value(amendment, code=DAYS, value=9, by=drafter(), at=AT)


# --- when ------------------------------------------------------------------------------------------------------------


def test_a_day_before_today_needs_a_reason():
    with pytest.raises(Refused, match="溯及") as refused:
        drafted(drafter(), day=date(2026, 11, 19))
    assert refused.value.field == "retroactive_reason"
    assert drafted(drafter(), day=date(2026, 11, 20)).in_force_from == date(2026, 11, 20)


def test_a_draft_that_lay_too_long_is_refused_when_its_day_has_passed():
    amendment = assessed(drafter())
    late = AT + timedelta(days=12)
    with pytest.raises(Refused, match="早於今日"):
        amending.put_in_force(amendment, by=approver(), at=late)


def test_the_database_refuses_to_reach_back_without_a_reason():
    amendment = assessed(drafter())
    rows = Amendment.objects.filter(pk=amendment.pk)
    with pytest.raises(IntegrityError, match="without a reason"), transaction.atomic():
        rows.update(state="in_force", put_in_force_by=approver(), put_in_force_at=AT + timedelta(days=30))


# --- what ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["三十", True, None, -1, [30], {"a": 1}, 30.5])
def test_a_value_of_another_kind_is_refused_at_its_field(value):
    amendment = drafted(drafter())
    with pytest.raises(Refused) as refused:
        amending.set_value(amendment, code=DAYS, value=value, by=amendment.drafted_by, at=AT)
    assert refused.value.field == "value"
    assert amendment.values.get().value == 30


def test_a_code_nobody_knows_and_a_value_that_changes_nothing_are_refused():
    amendment = drafted(drafter())
    with pytest.raises(Refused, match="沒有這個法規數值"):
        amending.set_value(amendment, code="toy.none", value=1, by=amendment.drafted_by, at=AT)
    with pytest.raises(Refused, match="沒有修正"):
        amending.set_value(amendment, code=DAYS, value=20, by=amendment.drafted_by, at=AT)


def test_without_a_sheet_of_this_very_draft_nothing_comes_in_force():
    amendment = assessed(drafter())
    amending.set_value(amendment, code=DAYS, value=40, by=amendment.drafted_by, at=AT)
    amendment.refresh_from_db()
    assert amendment.state == Amendment.State.DRAFT
    with pytest.raises(Refused, match="影響試算"):
        amending.put_in_force(amendment, by=approver(), at=AT)


def test_a_page_drawn_from_an_older_draft_is_told_so():
    amendment = assessed(drafter())
    with pytest.raises(Refused, match="您看到的是第 1 版"):
        amending.put_in_force(amendment, by=approver(), at=AT, version=1)


def test_a_figure_no_release_declares_any_more_stops_nobody():
    in_force()
    FIGURES.clear()
    assert DAYS not in law_in_force()


# --- what is in force stands -----------------------------------------------------------------------------------------


def test_in_force_it_stands():
    amendment = in_force()
    for call in (
        lambda: amending.set_value(amendment, code=DAYS, value=40, by=amendment.drafted_by, at=AT),
        lambda: amending.withdraw(amendment, reason="誤植", by=amendment.drafted_by, at=AT),
        lambda: amending.put_in_force(amendment, by=approver(), at=AT),
    ):
        with pytest.raises(Refused, match="不能再變更"):
            call()


@pytest.mark.parametrize(
    "change",
    [
        lambda one: Amendment.objects.filter(pk=one.pk).update(in_force_from=BEGINS + DAY),
        lambda one: Amendment.objects.filter(pk=one.pk).update(
            state="draft", put_in_force_by=None, put_in_force_at=None
        ),
        lambda one: AmendedValue.objects.filter(amendment=one).update(value=40),
        lambda one: AmendedValue.objects.filter(amendment=one).delete(),
        lambda one: AmendedValue.objects.create(amendment=one, code="toy.kinds", value=["b"], citation="後補"),
        lambda one: connection.cursor().execute("DELETE FROM casework_historicalamendment"),
    ],
)
def test_in_force_the_database_lets_nobody_change_it(change):
    amendment = in_force()
    with pytest.raises(DatabaseError), transaction.atomic():
        change(amendment)
    assert law_in_force().at(DAYS, BEGINS).value == 30


def test_history_says_who_and_when():
    amendment = in_force()
    states = list(amendment.history.order_by("history_id").values_list("state", flat=True))
    assert states[0] == "draft"
    assert states[-1] == "in_force"
    assert amendment.history.first().history_user == amendment.put_in_force_by


# --- several connections ---------------------------------------------------------------------------------------------


def _elsewhere():
    given = connection.settings_dict
    return connect(
        host=given["HOST"],
        port=given["PORT"],
        user=given["USER"],
        password=given["PASSWORD"] or None,
        dbname=given["NAME"],
    )


@pytest.mark.django_db(transaction=True)
def test_another_connection_refuses_the_same_person_and_a_late_value():
    """Past the service: two sessions of psql at the tables."""
    amendment = assessed(drafter())
    second = approver()
    with _elsewhere() as one, _elsewhere() as other:
        put = "UPDATE casework_amendment SET state='in_force', put_in_force_by_id=%s, put_in_force_at=%s WHERE id=%s"
        with pytest.raises(Exception, match="amendment_second_person"), one.transaction():
            one.execute(put, [amendment.drafted_by_id, AT, amendment.pk])
        one.execute(put, [second.pk, AT, amendment.pk])
        other.execute("SET lock_timeout = '300ms'")
        late = "INSERT INTO casework_amendedvalue (amendment_id, code, value, citation, note) VALUES (%s, 'x', '1', '', '')"
        with pytest.raises(Exception, match="lock timeout"), other.transaction():
            other.execute(late, [amendment.pk])
        one.commit()
        with pytest.raises(Exception, match="stand"), other.transaction():
            other.execute(late, [amendment.pk])


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_what_came_in_force():
    """The law is cached here; somebody else puts an amendment in force; the next question here has it."""
    amendment = assessed(drafter())
    second = approver()
    assert law_in_force().at(DAYS, BEGINS).value == 20
    with _elsewhere() as other:
        other.execute(
            "UPDATE casework_amendment SET state='in_force', put_in_force_by_id=%s, put_in_force_at=%s WHERE id=%s",
            [second.pk, AT, amendment.pk],
        )
        assert law_in_force().at(DAYS, BEGINS).value == 20
    assert law_in_force().at(DAYS, BEGINS).value == 30


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_it_in_force_at_once_one_does_and_the_other_is_told():
    amendment = assessed(drafter())
    both = [approver(), approver()]
    done, refused = sorted(
        together([lambda by=by: amending.put_in_force(amendment, by=by, at=AT) for by in both]),
        key=lambda one: isinstance(one, Exception),
    )
    assert isinstance(refused, Refused) and "已排定生效" in str(refused)
    amendment.refresh_from_db()
    assert amendment.put_in_force_by == done.put_in_force_by
    assert amendment.history.filter(state="in_force").count() == 1
    assert AccessLog.objects.filter(subject__contains="核定").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_and_its_approval_at_once_never_put_an_unassessed_value_in_force():
    """Whichever comes first: either the assessed 30 is law and the change is refused, or the change stays a draft."""
    amendment = assessed(drafter())
    first, second = amendment.drafted_by, approver()
    answers = together(
        [
            lambda: amending.set_value(amendment, code=DAYS, value=40, by=first, at=AT),
            lambda: amending.put_in_force(amendment, by=second, at=AT, version=amendment.version),
        ]
    )
    assert sum(isinstance(one, Refused) for one in answers) == 1
    amendment.refresh_from_db()
    stands = (amendment.state, amendment.values.get().value, law_in_force().at(DAYS, BEGINS).value)
    assert stands in ((Amendment.State.IN_FORCE, 30, 30), (Amendment.State.DRAFT, 40, 20))


# --- sheets ----------------------------------------------------------------------------------------------------------


def test_a_sheet_is_asked_once_and_taken_up_when_its_nudge_was_lost():
    amendment = drafted(drafter())
    impact_sheets.ask_sheet(amendment, by=amendment.drafted_by, at=AT)
    with pytest.raises(Refused, match="正在試算"):
        impact_sheets.ask_sheet(amendment, by=amendment.drafted_by, at=AT)
    assert impact_sheets.run_waiting(clock=lambda: AT) == 1
    assert impact_sheets.run_waiting(clock=lambda: AT) == 0
    assert amendment.sheets.get().state == ImpactSheet.State.DONE


def test_a_dead_run_is_taken_up_after_its_silence_and_a_live_one_is_not():
    amendment = drafted(drafter())
    sheet = impact_sheets.ask_sheet(amendment, by=amendment.drafted_by, at=AT)
    ImpactSheet.objects.filter(pk=sheet.pk).update(state="running", run=1, beat_at=AT)
    assert not impact_sheets.run_sheet(sheet.pk, clock=lambda: AT + impact_sheets.SILENT - timedelta(seconds=1))
    assert impact_sheets.run_sheet(sheet.pk, clock=lambda: AT + impact_sheets.SILENT)
    sheet.refresh_from_db()
    assert (sheet.run, sheet.state) == (2, "done")


def test_a_sheet_of_an_older_law_is_written_anew_first():
    """Two amendments assessed beside one another: once the first is in force, the second's sheet compares with a law that is over."""
    first, second = assessed(drafter(), value=30), assessed(drafter(), value=40)
    amending.put_in_force(first, by=approver(), at=AT, version=first.version)
    with pytest.raises(Refused, match="請重新試算"):
        amending.put_in_force(second, by=approver(), at=AT, version=second.version)
    sheet = impact_sheets.ask_sheet(second, by=second.drafted_by, at=AT)
    assert impact_sheets.run_sheet(sheet.pk, clock=lambda: AT)
    second.refresh_from_db()
    amending.put_in_force(second, by=approver(), at=AT + DAY, version=second.version)
    assert law_in_force().at(DAYS, BEGINS).value == 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_of_two_put_in_force_at_once_the_second_needs_another_sheet():
    both = [assessed(drafter(), value=value) for value in (30, 40)]
    second = approver()
    answers = together([lambda a=one: amending.put_in_force(a, by=second, at=AT, version=a.version) for one in both])
    assert sum(isinstance(one, Refused) and "請重新試算" in one.message for one in answers) == 1, answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_control_asked_before_either_is_written_both_come_in_force(monkeypatch):
    both = [assessed(drafter(), value=value) for value in (30, 40)]
    second = approver()
    monkeypatch.setattr(amending, "amendments_in_force", lambda: 0)
    answers = together([lambda a=one: amending.put_in_force(a, by=second, at=AT, version=a.version) for one in both])
    assert all(isinstance(one, Amendment) for one in answers), answers
