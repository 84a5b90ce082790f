"""One act: what `perform` asks of every one of them, and what it leaves."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.roles import Side
from casework.cases.access import rights_on
from casework.cases.casetypes import CaseType, casetype
from casework.cases.doing import Doing, perform, why_not
from casework.cases.moving import go, lock
from casework.errors import NotAllowed, NotPermitted, Refused, Stale
from casework.models import Case
from casework.views.acts import buttons
from kernel.acts import Act, Acts
from kernel.outcome import Line, Outcome
from tests.casework import toy
from tests.casework.conftest import NOW


@pytest.fixture
def case(scene):
    return toy.case(office=scene.branch, unit=scene.unit, by=scene.contact, at=NOW)


@pytest.fixture
def acts(monkeypatch):
    """Rows beside the toy's own, for one test."""
    about, own = casetype(toy.KIND), toy.ACTS

    def add(*rows: Act) -> None:
        kept = tuple(one for one in own if one.code not in {row.code for row in rows})
        object.__setattr__(about, "table", Acts(toy.KIND, toy.STATES, (*kept, *rows)))

    yield add
    object.__setattr__(about, "table", Acts(toy.KIND, toy.STATES, own))


def note(doing: Doing, *, words: str = "") -> str:
    doing.changes += [{"label": "註記", "before": "", "after": words}] if words else []
    return words


NOTE = Act("note", "註記", "filed", toy.DECIDE, note, "測試要點第 9 點")


def test_it_moves_leaves_one_event_and_returns_the_case_as_it_is_now(scene, case):
    done = perform(case, "refuse", by=scene.officer, at=NOW, version=case.version, reason="不符")
    event = done.case.events.order_by("seq").last()
    assert (done.case.state, done.event) == ("refused", event)
    assert (event.code, event.label, event.reason, event.from_state, event.to_state) == (
        "refuse", "不予核准", "不符", "filed", "refused",
    )  # fmt: skip
    assert case.state == "filed", "the caller's page is what it was drawn from"
    assert done.case.version == case.version + 1


def test_an_act_that_stays_leaves_its_event_and_a_quiet_one_only_what_it_changed(scene, case, acts):
    acts(NOTE, replace(NOTE, code="quiet", quiet=True))
    assert perform(case, "note", by=scene.officer, at=NOW, words="").answer == ""
    event = case.events.order_by("seq").last()
    assert (event.code, event.label, event.clause, event.to_state) == ("note", "註記", "測試要點第 9 點", "")
    before = case.events.count()
    perform(case, "quiet", by=scene.officer, at=NOW)
    assert case.events.count() == before
    perform(case, "quiet", by=scene.officer, at=NOW, words="補充")
    assert case.events.order_by("seq").last().changes[0]["after"] == "補充"


@pytest.mark.parametrize(
    ("who", "version", "state", "reason", "refused"),
    [
        ("officer", 1, None, "不符", Stale),
        ("reader", None, None, "不符", NotPermitted),
        ("contact", None, None, "不符", NotPermitted),
        ("officer", None, "draft", "不符", NotAllowed),
        ("officer", None, None, "  ", Refused),
    ],
)
def test_what_every_act_is_asked(scene, case, who, version, state, reason, refused):
    if state:
        Case.objects.filter(pk=case.pk).update(state=state)
    before = Case.objects.get(pk=case.pk)
    with pytest.raises(refused):
        perform(case, "refuse", by=getattr(scene, who), at=NOW, version=version, reason=reason)
    after = Case.objects.get(pk=case.pk)
    assert (after.state, after.version, after.events_count) == (before.state, before.version, before.events_count)


def test_nobody_does_two_acts_that_are_kept_apart(scene, case, acts):
    acts(NOTE, replace(next(one for one in toy.ACTS if one.code == "refuse"), apart=("note",)))
    perform(case, "note", by=scene.officer, at=NOW)
    act = casetype(toy.KIND).table.act("refuse")
    assert (
        why_not(act, case, scene.officer, NOW)
        == "您已辦理本案「註記」，同一人不得再辦理「不予核准」，請由其他同仁辦理。"
    )
    with pytest.raises(Refused, match="同一人"):
        perform(case, "refuse", by=scene.officer, at=NOW, reason="不符")
    assert why_not(act, case, scene.colleague, NOW) == ""
    assert perform(case, "refuse", by=scene.colleague, at=NOW, reason="不符").case.state == "refused"


def _outcome(met: bool) -> Outcome:
    return Outcome("TY-01", date(2026, 11, 20), met, {}, (Line("TY-01", "測試要點第 1 點", "人數 3 人", met),))


def test_what_a_rule_says_refuses_or_is_kept_with_the_event(scene, case, acts):
    said = [False]
    acts(replace(NOTE, asks=(lambda case, by, at: _outcome(said[0]),)))
    act = casetype(toy.KIND).table.act("note")
    assert "人數 3 人" in why_not(act, case, scene.officer, NOW)
    with pytest.raises(Refused, match="人數 3 人.*測試要點第 1 點"):
        perform(case, "note", by=scene.officer, at=NOW)
    said[0] = True
    assert why_not(act, case, scene.officer, NOW) == ""
    perform(case, "note", by=scene.officer, at=NOW)
    assert [one["rule"] for one in case.events.order_by("seq").last().outcomes] == ["TY-01"]


def test_slow_work_comes_before_the_case_is_held_and_after_the_right_was_asked(scene, case, acts):
    tried = []

    def slow(case: Case, by: object, *, words: str) -> dict[str, str]:
        tried.append(words)
        return {"words": words * 2}

    acts(replace(NOTE, before=slow))
    with pytest.raises(NotPermitted):
        perform(case, "note", by=scene.reader, at=NOW, words="甲")
    assert tried == []
    assert perform(case, "note", by=scene.officer, at=NOW, words="甲").answer == "甲甲"


def test_an_act_within_an_act_is_of_the_same_case_and_all_of_it_or_nothing(scene, case, acts):
    def twice(doing: Doing, *, fail: bool) -> None:
        doing.then("note", words="先註記")
        assert doing.case.events.count() == doing.case.events_count
        if fail:
            raise Refused("後來不行。")

    acts(NOTE, Act("both", "註記並核定", "filed → approved", toy.DECIDE, twice))
    before = case.events.count()
    with pytest.raises(Refused, match="後來不行"):
        perform(case, "both", by=scene.officer, at=NOW, fail=True)
    assert case.events.count() == before
    done = perform(case, "both", by=scene.officer, at=NOW, fail=False)
    assert [one.code for one in done.case.events.order_by("seq")][-2:] == ["note", "both"]
    assert done.case.state == "approved"


def test_a_state_is_entered_and_never_written(case):
    held = Case.objects.get(pk=case.pk)
    held.state = "approved"
    with pytest.raises(AssertionError, match="entered by an act"):
        held.save()
    held.refresh_from_db()
    held.title = "改案由"
    held.save()
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_a_kind_has_one_table(scene):
    about: CaseType = casetype(toy.KIND)
    assert {act.code for act in about.table.buttons} == {act.code for act in toy.ACTS}


def test_a_plain_act_asks_the_database_eight_times(scene, case, django_assert_num_queries):
    """The held case, the person, the right, 迴避, the event, the case; a savepoint around."""
    with django_assert_num_queries(8):
        perform(case, "refuse", by=scene.officer, at=NOW, version=case.version, reason="不符")


def test_the_page_offers_the_acts_there_are_in_this_state(scene, case, acts):
    acts(NOTE, replace(NOTE, code="remind", way="correction"))
    shown = {one.act.code: one.why for one in buttons(case, rights_on(scene.officer, case), Side.OFFICE)}
    assert "note" in shown and "remind" not in shown
    assert shown["archive"] == "保存年限未屆。", "what is off in this state says why"


# --- what the database keeps -----------------------------------------------------------------------------------------------


def _past_the_door(case: Case, act: Act, by: User) -> None:
    """Straight to the event, as code would that asks nothing before."""
    with transaction.atomic():
        go(lock(case), act, by=by, at=NOW, reason="不符")


def test_the_database_keeps_two_steps_with_two_people(scene, case):
    refuse = replace(next(one for one in toy.ACTS if one.code == "refuse"), apart=("note",))
    _past_the_door(case, NOTE, scene.officer)
    with pytest.raises(IntegrityError, match="did another step"):
        _past_the_door(case, refuse, scene.officer)
    _past_the_door(case, refuse, scene.colleague)
    assert Case.objects.get(pk=case.pk).state == "refused"


def test_the_database_keeps_everybody_from_their_own_case(scene, case):
    Case.objects.filter(pk=case.pk).update(person=scene.officer)
    refuse = next(one for one in toy.ACTS if one.code == "refuse")
    with pytest.raises(IntegrityError, match="own case"):
        _past_the_door(case, refuse, scene.officer)
    _past_the_door(case, next(one for one in toy.ACTS if one.code == "withdraw"), scene.officer)


def test_control_without_the_trigger_one_person_would_do_both(scene, case):
    refuse = replace(next(one for one in toy.ACTS if one.code == "refuse"), apart=("note",))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending on the table
        cursor.execute("ALTER TABLE casework_event DISABLE TRIGGER casework_event_separation")
    _past_the_door(case, NOTE, scene.officer)
    _past_the_door(case, refuse, scene.officer)
    assert Case.objects.get(pk=case.pk).state == "refused"
