"""The chain of a class: from timetable and signatures to the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from kernel.dates import TAIPEI
from kernel.facts import Impossible
from kernel.law import declared_law
from ohs_training.rules.attendance import Leave
from ohs_training.rules.derivation import ClassFacts, Signature, TraineeFacts, derive, summary
from ohs_training.rules.examination import Sitting
from ohs_training.rules.timetable import Row, overlapping, periods

LAW = declared_law()
MONDAY, TUESDAY = date(2026, 12, 7), date(2026, 12, 8)
LATER = date(2026, 12, 15)


def at(day: date, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TAIPEI)


def row(day: date, start: str, end: str, course: str, hours: float = 1, **more) -> Row:
    return Row(at(day, start), at(day, end), course, Decimal(str(hours)), "甲", "一", **more)


# twelve hours in four periods; a break of ten minutes between the rows of a period
ROWS = tuple(
    r
    for day in (MONDAY, TUESDAY)
    for r in (
        row(day, "09:00", "09:50", "法規"),
        row(day, "10:00", "11:40", "職業病", 2),
        row(day, "13:00", "13:50", "健康管理"),
        row(day, "14:00", "15:40", "實習", 2, practice=True),
    )
)
CLASS = ClassFacts("professional", TUESDAY, ROWS, "府勞安字第1150012345號")
PERIODS = [(MONDAY, "morning"), (MONDAY, "afternoon"), (TUESDAY, "morning"), (TUESDAY, "afternoon")]
HOURS = {"morning": ("08:55", "11:40"), "afternoon": ("12:58", "15:41")}


def signed(day: date, half: str, start: str = "", end: str = "", **more) -> Signature:
    return Signature(day, half, at(day, start or HOURS[half][0]), at(day, end or HOURS[half][1]), **more)


EVERY = tuple(signed(*p) for p in PERIODS)
GOOD = TraineeFacts(
    qualified=True,
    signatures=EVERY,
    sittings=(Sitting(TUESDAY, Decimal(80)),),
    practice_done=True,
    report_approved=True,
)


def chain(trainee: TraineeFacts = GOOD, a_class: ClassFacts = CLASS, on: date = LATER, **more):
    return derive(a_class, trainee, on=on, law=LAW, **more)


def test_somebody_who_did_everything_gets_a_certificate():
    found = chain()
    assert [p.result["status"] for p in found.periods.values()] == ["present"] * 4
    assert (found.class_hours, found.due_hours, found.may_sit, found.red, found.may_issue) == (12, 12, True, (), True)
    assert found.certificate is not None
    assert found.certificate.result["issue_by"] == "2026-12-28"
    assert found.proof is None


def test_periods_follow_from_the_timetable():
    halves = periods(reversed(ROWS))
    assert [(p.day, p.half) for p in halves] == PERIODS
    assert [p.first for p in halves] == [True, False, True, False]
    assert (halves[0].starts_at, halves[0].ends_at) == (at(MONDAY, "09:00"), at(MONDAY, "11:40"))


def test_an_afternoon_alone_is_the_days_first_period():
    (only,) = periods([row(MONDAY, "12:00", "12:50", "法規")])
    assert (only.half, only.first) == ("afternoon", True)


def test_a_row_over_noon_belongs_where_it_starts():
    (only,) = periods([row(MONDAY, "11:59", "13:00", "法規")])
    assert only.half == "morning"


def test_fourteen_minutes_late_is_present_and_fifteen_is_a_period_missed():
    late = (signed(MONDAY, "morning", "09:14"), *EVERY[1:])
    assert chain(replace(GOOD, signatures=late)).may_issue
    later = (signed(MONDAY, "morning", "09:15"), *EVERY[1:])
    found = chain(replace(GOOD, signatures=later))
    assert {c.course: c.truant for c in found.courses} == {"法規": 1, "職業病": 2, "健康管理": 0, "實習": 0}
    # three of twelve hours are more than a fifth
    assert found.absence.result["withdraw"] is True
    assert found.grounds.result["grounds"] == ["absent_one_fifth"]
    assert not found.may_issue
    assert {line.citation for line in found.red} >= {"要點七第2項", "要點十三第2款"}


def test_minutes_of_a_break_are_nobodys_absence():
    early = (signed(MONDAY, "morning", end="09:50"), *EVERY[1:])
    assert chain(replace(GOOD, signatures=early)).courses[1].truant == 2
    in_the_break = (signed(MONDAY, "morning", end="09:55"), *EVERY[1:])
    assert chain(replace(GOOD, signatures=in_the_break)).courses[1].truant == 2


def test_leaving_early_is_measured_in_the_hours_of_the_course():
    # 50 of the 100 minutes that count as two hours
    early = (*EVERY[:3], signed(TUESDAY, "afternoon", end="14:50"))
    found = chain(replace(GOOD, signatures=early))
    assert found.courses[3].truant == 1
    assert (found.absence.result["withdraw"], found.absence.result["make_up_due"]) == (False, True)
    assert not found.may_issue
    # ten of fifty: a fifth of an hour, exact
    early = (*EVERY[:3], signed(TUESDAY, "afternoon", end="15:20"))
    assert chain(replace(GOOD, signatures=early)).courses[3].truant == Fraction(2, 5)


def test_truancy_made_up_lets_one_sit_and_pass():
    early = (*EVERY[:3], signed(TUESDAY, "afternoon", end="14:50"))
    made_up = replace(GOOD, signatures=early, made_up_on=date(2027, 1, 5))
    assert chain(made_up, on=date(2027, 1, 6)).may_issue
    too_late = replace(made_up, made_up_on=date(2027, 12, 9))
    found = chain(too_late, on=date(2027, 12, 10))
    assert found.absence.result["make_up_by"] == "2027-12-08"
    assert not found.may_sit
    assert not found.may_issue


def test_only_the_amendment_keeps_from_the_exam_until_all_is_made_up():
    """要點七第2項, 修正前要點九第2項: due all the same, and no certificate before; but one may sit."""
    early = replace(GOOD, signatures=(*EVERY[:3], signed(TUESDAY, "afternoon", end="14:50")), sittings=())
    former, amended = chain(early, replace(CLASS, ended_on=date(2016, 12, 31))), chain(early)
    assert (former.may_sit, amended.may_sit) == (True, False)
    assert former.absence.result["make_up_due"] and not former.may_issue
    assert former.absence.refusals[-1].text == "應補足全部課程"
    assert amended.absence.refusals[-1].text.endswith("，補足後方能參加測驗")


def test_leave_for_two_hours_needs_nothing():
    leave = Leave(at(TUESDAY, "14:00"), at(TUESDAY, "15:40"), at(MONDAY, "15:00"))
    signatures = (*EVERY[:3], signed(TUESDAY, "afternoon", end="13:50"))
    found = chain(replace(GOOD, signatures=signatures, leaves=(leave,)))
    assert found.courses[3].leave == 2
    # leaving at 13:50 with leave from 14:00: the ten minutes between are a break
    assert found.courses[3].truant == found.courses[2].truant == 0
    assert found.may_issue


@pytest.mark.parametrize(
    ("change", "ground"),
    [
        ({"qualified": False}, "not_qualified"),
        ({"in_person": False}, "not_in_person"),
        ({"practice_done": False}, "practice_missing"),
        ({"report_approved": False}, "practice_missing"),
    ],
)
def test_each_ground_blocks_by_itself_and_names_itself(change, ground):
    found = chain(replace(GOOD, **change))
    assert found.grounds.result["grounds"] == [ground]
    assert not found.may_issue
    assert any(line.rule == "OHS-17" and line.citation.startswith("要點十三") for line in found.red)


def test_a_failed_exam_or_a_missing_letter_number_is_red():
    failed = chain(replace(GOOD, sittings=(Sitting(TUESDAY, Decimal(10)),)))
    assert not failed.may_issue
    assert any(line.rule == "OHS-10" for line in failed.red)
    unlettered = chain(a_class=replace(CLASS, acknowledgement=""))
    assert not unlettered.may_issue
    assert any("備查文號" in line.text for line in unlettered.red)


def test_issuing_late_is_late_and_not_red():
    found = chain(on=date(2027, 3, 1))
    assert found.certificate is not None
    assert found.certificate.result["late"] is True
    assert (found.red, found.may_issue) == ((), True)


def test_a_period_that_is_not_over_is_not_judged():
    nobody_yet = replace(GOOD, signatures=(), sittings=())
    found = chain(nobody_yet, on=MONDAY, at=at(MONDAY, "11:00"))
    assert (dict(found.periods), found.over) == ({}, False)
    found = chain(nobody_yet, on=MONDAY, at=at(MONDAY, "11:40"))
    assert list(found.periods) == PERIODS[:1]
    assert list(chain(nobody_yet, on=MONDAY).periods) == PERIODS[:2]
    assert not chain(on=TUESDAY, at=at(TUESDAY, "15:39")).may_issue
    assert chain(on=TUESDAY, at=at(TUESDAY, "15:40")).may_issue


def test_the_roll_is_called_in_the_days_first_period_only():
    silent_in_the_afternoon = (EVERY[0], replace(EVERY[1], answered=False), *EVERY[2:])
    assert chain(replace(GOOD, signatures=silent_in_the_afternoon)).may_issue
    silent_in_the_morning = (replace(EVERY[0], answered=False), *EVERY[1:])
    assert chain(replace(GOOD, signatures=silent_in_the_morning)).absence.result["withdraw"] is True


def test_waived_courses_are_neither_attended_nor_missed():
    exempt = replace(GOOD, exempt=("職業病",))
    found = chain(exempt)
    assert (found.class_hours, found.due_hours, found.may_issue) == (12, 8, True)
    assert [c.course for c in found.courses] == ["法規", "健康管理", "實習"]
    # two hours of twelve are no fifth of the class (七), and a quarter of what this trainee had to attend (十三)
    early = (*EVERY[:3], signed(TUESDAY, "afternoon", end="13:50"))
    found = chain(replace(exempt, signatures=early))
    assert found.absence.result["withdraw"] is False
    assert found.grounds.result["grounds"] == ["absent_one_fifth"]


def test_everything_waived_is_no_training():
    with pytest.raises(Impossible):
        chain(replace(GOOD, exempt=("法規", "職業病", "健康管理", "實習")))


def test_one_line_per_period():
    with pytest.raises(Impossible):
        chain(replace(GOOD, signatures=(*EVERY, EVERY[0])))


IN_SERVICE = ClassFacts(
    "in_service", MONDAY, tuple(replace(r, category="law", practice=False) for r in ROWS if r.day == MONDAY), "字第1號"
)


def test_in_service_attended_in_full_gets_its_proof_on_the_day():
    found = chain(replace(GOOD, sittings=()), IN_SERVICE, on=MONDAY)
    assert (found.exam, found.certificate, found.red, found.may_issue) == (None, None, (), True)
    assert found.proof is not None
    assert found.proof.result["issue_by"] == "2026-12-07"


def test_in_service_with_a_leave_was_not_attended_in_full():
    leave = Leave(at(MONDAY, "13:00"), at(MONDAY, "13:50"), at(MONDAY, "08:00"))
    signatures = (EVERY[0], signed(MONDAY, "afternoon", "13:55"))
    found = chain(TraineeFacts(True, signatures=signatures, leaves=(leave,)), IN_SERVICE)
    assert found.grounds.result["grounds"] == ["not_in_full"]
    assert not found.may_issue


def test_counts_at_the_head_of_the_roll_call_form():
    absent = replace(GOOD, signatures=EVERY[:2])
    without_report = replace(GOOD, report_approved=False)
    chains = {"a": chain(), "b": chain(absent), "c": chain(without_report)}
    assert summary(chains) == {"never_absent": 2, "over_one_fifth": 1, "practice_missing": 1}


def test_overlaps_are_found_in_pairs_and_touching_rows_are_none():
    a, b = row(MONDAY, "09:00", "10:00", "a"), row(MONDAY, "10:00", "11:00", "b")
    c = row(MONDAY, "09:30", "10:30", "c")
    assert overlapping([b, a]) == []
    assert overlapping([b, c, a]) == [(a, c), (c, b)]
