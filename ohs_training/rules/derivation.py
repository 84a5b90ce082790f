"""The chain of one trainee in one class, derived in one go and typed nowhere twice:

timetable → periods → sign-in/out and roll call → minutes and hours absent per course → withdrawal or make-up → may sit →
mark → practice and report → grounds of 十三 → certificate or proof. Each link is the outcome of its rule; what is red names its
clause, and nothing may be issued while one of them is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from kernel import dates
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Line, Outcome
from ohs_training.rules import attendance, examination, issue, timetable
from ohs_training.rules.training import Training

PeriodKey = tuple[date, Literal["morning", "afternoon"]]


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands in 附表八 (and the tutor's roll call) for one trainee and one period."""

    day: date
    half: Literal["morning", "afternoon"]
    signed_in_at: datetime | None = None
    signed_out_at: datetime | None = None
    tampered: bool = False
    answered: bool | None = None


@dataclass(frozen=True, slots=True)
class ClassFacts:
    training: Training
    ended_on: date
    rows: tuple[timetable.Row, ...]
    acknowledgement: str = ""

    def __post_init__(self) -> None:
        if not self.rows:
            raise Impossible("課程表尚無課程。")


@dataclass(frozen=True, slots=True)
class TraineeFacts:
    """`exempt`: names of the courses waived (附表五附註二): neither attended nor missed, and not part of 應上課總時數."""

    qualified: bool
    in_person: bool = True
    signatures: tuple[Signature, ...] = ()
    leaves: tuple[attendance.Leave, ...] = ()
    exempt: tuple[str, ...] = ()
    made_up_on: date | None = None
    sittings: tuple[examination.Sitting, ...] = ()
    practice_done: bool = False
    report_approved: bool = False
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class CourseAbsence:
    """Hours missed of one course: exact fractions of its hours, by leave and by truancy."""

    course: str
    hours: Decimal
    leave: Fraction
    truant: Fraction

    @property
    def absent(self) -> Fraction:
        return self.leave + self.truant


@dataclass(frozen=True)
class Chain:
    """`absence`, `exam` and `certificate` are those of professional training; `proof` that of in-service training."""

    periods: Mapping[PeriodKey, Outcome]
    courses: tuple[CourseAbsence, ...]
    class_hours: Decimal
    due_hours: Decimal
    absence: Outcome
    exam: Outcome | None
    grounds: Outcome
    certificate: Outcome | None
    proof: Outcome | None
    over: bool = field(default=False)

    @property
    def may_sit(self) -> bool:
        return bool(self.absence.result["may_sit"])

    @property
    def red(self) -> tuple[Line, ...]:
        """What stands against the paper, each line with its clause. Lateness of the issuing itself is not among them.

        What the paper itself asks (九) follows from the links before it, but for the county's number: it is named where they
        are all green.
        """
        links = [self.absence, self.exam, self.grounds]
        lines = [line for link in links if link is not None for line in link.refusals]
        paper = self.certificate or self.proof
        if paper is not None and not lines:
            lines = [line for line in paper.refusals if line.text in paper.result["against"]]
        return tuple(lines)

    @property
    def may_issue(self) -> bool:
        paper = self.certificate or self.proof
        return self.over and paper is not None and bool(paper.result["may_issue"]) and not self.red


def derive(a_class: ClassFacts, trainee: TraineeFacts, *, on: date, law: Law, at: datetime | None = None) -> Chain:
    """The whole chain as of the day `on` (its end, or the moment `at`). Periods that are not over then are not judged.

    Two totals: 七 measures absence by 課程總時數, the class as filed; 十三 by 應上課總時數, what this trainee had to attend. They
    part where courses are waived.
    """
    moment = at or dates.end_of_day(on)
    rows = tuple(r for r in a_class.rows if r.course not in trainee.exempt)
    if not rows:
        raise Impossible("全部課程均抵免者，無須參加本班訓練。")
    signed = {(s.day, s.half): s for s in trainee.signatures}
    if len(signed) != len(trainee.signatures):
        raise Impossible("同一時段的簽到紀錄不得重複。")
    outcomes: dict[PeriodKey, Outcome] = {}
    missed: dict[int, tuple[Fraction, Fraction]] = {}
    for period in timetable.periods(rows):
        if period.ends_at > moment:
            continue
        key = (period.day, period.half)
        facts = _period_facts(period, signed.get(key, Signature(*key)), trainee)
        outcomes[key] = attendance.period(facts, on=on, law=law)
        spans = attendance.missed(facts, on=on, law=law)
        for row in period.rows:
            missed[id(row)] = (_share(row, spans.leave), _share(row, spans.truant))
    courses = _by_course(rows, missed)
    class_hours = sum((r.hours for r in a_class.rows), Decimal(0))
    due_hours = sum((r.hours for r in rows), Decimal(0))
    leave, truant = sum(c.leave for c in courses), sum(c.truant for c in courses)
    absence = attendance.absence(
        attendance.AbsenceFacts(
            class_hours, _decimal(leave), _decimal(truant), a_class.training, a_class.ended_on, trainee.made_up_on
        ),
        on=on,
        law=law,
    )
    professional = a_class.training == "professional"
    exam = (
        examination.exam(examination.ExamFacts(a_class.ended_on, trainee.sittings), on=on, law=law)
        if professional
        else None
    )
    # In-service: what was missed and made up was attended in the end? 十三第3款 says 全程參與各課程 and 七 gives make-up to
    # professional training only, so it was not.
    grounds = issue.grounds(
        issue.GroundsFacts(
            a_class.training,
            trainee.qualified,
            trainee.in_person,
            due_hours,
            _decimal(leave + truant),
            trainee.practice_done,
            trainee.report_approved,
        ),
        on=a_class.ended_on,
        law=law,
    )
    certificate = proof = None
    held = tuple(grounds.result["grounds"])
    if exam is not None:
        passed = bool(exam.result["passed"]) and bool(absence.result["may_sit"])
        certificate = issue.certificate(
            issue.CertificateFacts(
                a_class.ended_on, passed, trainee.report_approved, a_class.acknowledgement, held, trainee.issued_on
            ),
            on=on,
            law=law,
        )
    else:
        proof = issue.proof(issue.ProofFacts(a_class.ended_on, held, trainee.issued_on), on=on, law=law)
    return Chain(
        outcomes,
        courses,
        class_hours,
        due_hours,
        absence,
        exam,
        grounds,
        certificate,
        proof,
        over=on >= a_class.ended_on and all(r.ends_at <= moment for r in rows),
    )


def _period_facts(period: timetable.Period, signature: Signature, trainee: TraineeFacts) -> attendance.PeriodFacts:
    return attendance.PeriodFacts(
        period.starts_at,
        period.ends_at,
        signature.signed_in_at,
        signature.signed_out_at,
        signature.tampered,
        signature.answered if period.first else None,
        trainee.leaves,
    )


def _share(row: timetable.Row, spans: tuple[attendance.Span, ...]) -> Fraction:
    """Hours of a row that fall into the spans: breaks between rows are nobody's absence."""
    seconds = sum(
        max(0, int((min(row.ends_at, end) - max(row.starts_at, start)).total_seconds())) for start, end in spans
    )
    whole = int((row.ends_at - row.starts_at).total_seconds())
    return Fraction(row.hours) * seconds / whole


def _by_course(
    rows: tuple[timetable.Row, ...], missed: Mapping[int, tuple[Fraction, Fraction]]
) -> tuple[CourseAbsence, ...]:
    nothing = (Fraction(0), Fraction(0))
    names = list(dict.fromkeys(r.course for r in rows))
    return tuple(
        CourseAbsence(
            name,
            sum((r.hours for r in rows if r.course == name), Decimal(0)),
            sum((missed.get(id(r), nothing)[0] for r in rows if r.course == name), Fraction(0)),
            sum((missed.get(id(r), nothing)[1] for r in rows if r.course == name), Fraction(0)),
        )
        for name in names
    )


def _decimal(hours: Fraction | int) -> Decimal:
    """Two rows of 50 minutes missed by ten are thirds: kept to twelve places, far below a minute of any class."""
    return round(Decimal(Fraction(hours).numerator) / Decimal(Fraction(hours).denominator), 12)


def summary(chains: Mapping[str, Chain]) -> dict[str, int]:
    """The counts at the head of 附表九: never absent; one fifth and over; practice or report missing."""
    grounds = [set(c.grounds.result["grounds"]) for c in chains.values()]
    return {
        "never_absent": sum(not any(course.absent for course in c.courses) for c in chains.values()),
        "over_one_fifth": sum("absent_one_fifth" in g for g in grounds),
        "practice_missing": sum("practice_missing" in g for g in grounds),
    }


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One 補課: hours of a course on a day."""

    course: str
    hours: Decimal
    held_on: date


def made_up_on(courses: tuple[CourseAbsence, ...], sessions: tuple[MadeUp, ...]) -> date | None:
    """The day on which every missed hour of every course had been made up; None while something is left.

    補足全部課程: course by course, since hours of one course make up none of another.
    """
    missed = {c.course: c.absent for c in courses if c.absent}
    if not missed:
        return None
    done: dict[str, Fraction] = dict.fromkeys(missed, Fraction(0))
    for session in sorted(sessions, key=lambda s: s.held_on):
        if session.course in done:
            done[session.course] += Fraction(session.hours)
        if all(done[course] >= hours for course, hours in missed.items()):
            return session.held_on
    return None
