"""While a class runs: a place left goes on, who never came leaves no trace in the cap, the dossier wants to know of everybody."""

from datetime import datetime, time, timedelta

import pytest

from casework.cases.doing import perform
from casework.errors import NotAllowed, Refused
from casework.law.in_force import law_in_force
from kernel.dates import TAIPEI, taipei_day
from ojt_subsidy.models import Course
from ojt_subsidy.selectors.lines import judged
from ojt_subsidy.selectors.money import cap_of
from ojt_subsidy.services import closing, enrolling, evidence, papers, running, screening
from tests.ojt_accounts.world import pdf
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db


def test_a_place_left_during_the_class_goes_to_the_next_on_the_list(here):
    course = w.published(here, seats=2, weeks=5)
    row = w.admitted(here, course, w.trainee())
    w.enrolled(course, w.trainee())
    waiting = w.enrolled(course, w.trainee())
    running.run_day(at=datetime.combine(course.starts_on, time(8), TAIPEI))
    session = course.sessions.order_by("number")[0]
    running.record_attendance(session, missed={row.pk: 0}, by=here.clerk, at=session.ends_at)
    running.drop(row, reason="離職", by=here.clerk, at=session.ends_at)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.seat) == ("asked", 1)


def test_who_never_came_gives_seat_cap_and_window_back(here):
    """SUB-09, SUB-13: the dossier waits until it is said, and what was not taken part in begins no window."""
    course = w.published(here, seats=2)
    came, absent = (w.admitted(here, course, w.trainee()) for _ in range(2))
    waiting = w.enrolled(course, w.trainee())
    with pytest.raises(Refused, match="開訓後才能登錄未到訓"):
        running.no_show(absent, by=here.clerk, at=w.now())
    begin = datetime.combine(course.starts_on, time(8), TAIPEI)
    running.run_day(at=begin)
    first = course.sessions.order_by("number")[0]
    running.record_attendance(first, missed={came.pk: 0, absent.pk: first.hours}, by=here.clerk, at=first.ends_at)
    absent.refresh_from_db()
    assert absent.state == "admitted"  # all of the first session was missed: nobody has come yet
    with pytest.raises(NotAllowed):
        running.no_show(came, by=here.clerk, at=first.ends_at)
    running.no_show(absent, by=here.clerk, at=first.ends_at)
    absent.refresh_from_db()
    waiting.refresh_from_db()
    assert (absent.state, absent.seat, waiting.state) == ("withdrawn", None, "asked")
    cap = cap_of(absent.person_id)
    assert (sum(cap.standing.values()), list(cap.rows)) == (0, [])


def test_a_dossier_names_whom_nothing_is_known_of(here):
    course = w.published(here)
    rows = [w.admitted(here, course, w.trainee()) for _ in range(2)]
    after = w.held(here, course, rows[:1])
    one = closing.start_closing(Course.objects.get(pk=course.pk), by=here.clerk, at=after)
    with pytest.raises(Refused, match=f"1 位學員未登錄到訓或未到訓：{rows[1].name}"):
        perform(one.case, "file", by=here.clerk, at=after)
    running.no_show(rows[1], by=here.clerk, at=after)
    assert perform(one.case, "file", by=here.clerk, at=after).case.state == "filed"


def test_hours_before_a_stand_in_joined_are_counted_once(here):
    """SUB-11: they stand in the filing; what began before is neither called nor waited for."""
    course = w.published(here, seats=2, weeks=5)
    leaves, _, stands_in = w.admitted(here, course, w.trainee()), *(w.enrolled(course, w.trainee()) for _ in range(2))
    running.run_day(at=datetime.combine(course.starts_on, time(8), TAIPEI))
    first, *rest = course.sessions.order_by("number")
    running.record_attendance(first, missed={leaves.pk: 0}, by=here.clerk, at=first.ends_at)
    running.drop(leaves, reason="離職", by=here.clerk, at=first.ends_at)
    enrolling.accept(stands_in, aware=True, by=stands_in.person, at=first.ends_at)
    day = taipei_day(first.ends_at)
    row = screening.admit(stands_in, fee_paid_on=day, papers_on=day, by=here.clerk, at=first.ends_at)
    with pytest.raises(Refused, match="在這堂課之後才參訓"):
        running.record_attendance(first, missed={row.pk: first.hours}, by=here.clerk, at=first.ends_at)
    for session in rest:
        running.record_attendance(session, missed={row.pk: 0}, by=here.clerk, at=session.ends_at)
    after = rest[-1].ends_at + timedelta(days=1)
    running.run_day(at=after)
    running.fill_survey(row, answers=dict.fromkeys(running.QUESTIONS, 4), by=row.person, at=after)
    running.grade(row, passed=True, certificate="1", by=here.clerk, at=after)
    one = closing.start_closing(Course.objects.get(pk=course.pk), by=here.clerk, at=after)
    assert perform(one.case, "file", by=here.clerk, at=after).case.state == "filed"
    line = one.lines.get()
    conditions = next(
        o for o in judged([line], on=taipei_day(after), law=law_in_force())[line.pk] if o.rule == "SUB-11"
    )
    assert (conditions.met, conditions.result["absent"], conditions.result["hours_left"]) == (True, 3, 0)


def test_a_paper_judged_while_its_case_was_filed_is_not_kept(here, monkeypatch):
    """Judging takes seconds; what is filed or decided meanwhile stays as it was (R22)."""
    who = w.trainee()
    claim = evidence.start_identity(person=who, county=here.county, identity="disabled", at=w.now()).case
    perform(claim, "add_paper", upload=pdf("證明.pdf"), by=who, at=w.now())
    course = w.published(here)
    after = w.held(here, course, [w.admitted(here, course, w.trainee())])
    dossier = closing.start_closing(Course.objects.get(pk=course.pk), by=here.clerk, at=after).case

    judge = papers.judged

    def filed_meanwhile(act):
        def judged(*given, **named):
            act()
            return judge(*given, **named)

        monkeypatch.setattr(papers, "judged", judged)

    filed_meanwhile(lambda: perform(claim, "file", by=who, at=w.now()))
    with pytest.raises(NotAllowed, match="審.中.*不能「上傳"):
        perform(claim, "add_paper", upload=pdf("第二份.pdf"), by=who, at=w.now())
    filed_meanwhile(lambda: perform(dossier, "file", by=here.clerk, at=after))
    with pytest.raises(NotAllowed, match="審.中.*不能「上傳"):
        perform(dossier, "add_paper", label="簽到表", upload=pdf("簽到表.pdf"), by=here.clerk, at=after)
    assert (claim.attachments.count(), dossier.attachments.count()) == (1, 0)
