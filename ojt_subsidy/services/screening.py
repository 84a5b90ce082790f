"""The unit works through the ledger in order of filing: ask, admit, reject; terms that pass (學員問答第19題、第20題)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from casework.cases.moving import require
from casework.errors import NotAllowed, Refused
from casework.jobs.runs import each_alone
from casework.law.in_force import law_in_force
from kernel.dates import roc, taipei_day
from ojt_subsidy.models import Enrolment
from ojt_subsidy.permissions import SCREEN
from ojt_subsidy.rules import courses as course_rules
from ojt_subsidy.selectors.lines import missed_before
from ojt_subsidy.services import places, reserving
from ojt_subsidy.services.telling import tell, tell_moved_up
from ojt_subsidy.states import IN_CLASS


def _mine(enrolment: Enrolment, by: User) -> Enrolment:
    enrolment = places.locked(enrolment)
    require(by, SCREEN, enrolment.course.case)
    return enrolment


def _still_open(enrolment: Enrolment) -> None:
    """With person and course locked: whoever ends or cancels the class holds the same lock. Raises NotAllowed."""
    if why := places.why_closed(enrolment.course):
        raise NotAllowed(why)


@transaction.atomic
def ask(enrolment: Enrolment, *, respond_by: date | None = None, by: User, at: datetime) -> Enrolment:
    """通知繳費及繳交資料, in order of number. From the waiting list beside the subsidised seats: as a self-paying trainee."""
    enrolment = _mine(enrolment, by)
    _still_open(enrolment)
    course = enrolment.course
    earlier = course.enrolments.filter(state="filed", number__lt=enrolment.number).order_by("number").first()
    if earlier:
        raise Refused(f"請依報名序號審核：第 {earlier.number} 號尚未處理。")
    if enrolment.state == "waiting":
        ahead = course.enrolments.filter(state="waiting", number__lt=enrolment.number).exists()
        if ahead:
            raise Refused("備取依報名序號遞補，前面還有備取學員。")
        _beside(enrolment, at)
    term = respond_by or places.answer_by(at)
    if term < taipei_day(at):
        raise Refused("繳費期限不得早於今天。", field="respond_by")
    enrolment.respond_by = term
    places.step(enrolment, "ask", by=by, at=at)
    more = "（非補助名額，訓練費用由學員全額負擔）" if enrolment.self_paid else ""
    body = f"報名序號第 {enrolment.number} 號請於 {roc(term)} 前確認參訓，並繳費及繳交資料{more}；逾期視同放棄。"
    tell(enrolment, "asked", "請繳費及繳交資料", body, at=at)
    return enrolment


def _beside(enrolment: Enrolment, at: datetime) -> None:
    """A seat that is free, else one of those beside the subsidised (SUB-21)."""
    course = enrolment.course
    seat = places.free_seat(course)
    if seat is not None:
        places.give_seat(enrolment, seat)
        return
    beside = course.enrolments.filter(self_paid=True, state__in=("asked", *IN_CLASS)).count()
    outcome = _seats(enrolment, others=beside + 1, employer=0, at=at)
    if not outcome.met:
        raise Refused(f"名額已滿，且{outcome.sentence}", outcomes=[outcome])
    enrolment.self_paid = True


def _seats(enrolment: Enrolment, *, others: int, employer: int, at: datetime) -> course_rules.Outcome:
    course = enrolment.course
    approved = course.subsidised_seats
    facts = course_rules.SeatFacts(
        approved=approved,
        subsidised=max(0, min(course.ledger.held, approved)),
        others=others,
        largest_employer=min(employer, course.ledger.held + others),
        credit_class=course.credit_class,
    )
    return course_rules.seats(facts, on=taipei_day(at), law=law_in_force())


@transaction.atomic
def admit(enrolment: Enrolment, *, fee_paid_on: date, papers_on: date, by: User, at: datetime) -> Enrolment:
    """錄訓 once fee and papers are in: not more than half of one employer; the cap is reserved in the same transaction."""
    enrolment = _mine(enrolment, by)
    _still_open(enrolment)
    today = taipei_day(at)
    if fee_paid_on > today:
        raise Refused("繳費日不得晚於今天。", field="fee_paid_on")
    if papers_on > today:
        raise Refused("繳件日不得晚於今天。", field="papers_on")
    course = enrolment.course
    same = Q(employer_number=enrolment.employer_number) if enrolment.employer_number else Q(employer=enrolment.employer)
    colleagues = course.enrolments.filter(same, state__in=IN_CLASS).exclude(pk=enrolment.pk).count()
    beside = course.enrolments.filter(self_paid=True, state__in=("asked", *IN_CLASS)).count()
    outcome = _seats(enrolment, others=beside, employer=colleagues + 1, at=at)
    if not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    enrolment.fee_paid_on, enrolment.papers_on, enrolment.admitted_at = fee_paid_on, papers_on, at
    enrolment.missed_before = missed_before(course, enrolment.accepted_at or at)
    places.step(enrolment, "admit", by=by, at=at, outcomes=[outcome])
    if not enrolment.self_paid:
        reserving.settle(enrolment.person, by=by, at=at, reason=f"錄訓 {enrolment.receipt}")
    tell(
        enrolment,
        "admitted",
        "錄訓通知",
        f"報名序號第 {enrolment.number} 號已錄訓，開訓日 {roc(course.starts_on)}。",
        at=at,
    )
    return enrolment


@transaction.atomic
def reject(enrolment: Enrolment, *, reason: str, by: User, at: datetime) -> Enrolment:
    """不予錄訓 with a reason; the next one moves up."""
    enrolment = _mine(enrolment, by)
    places.step(enrolment, "reject", by=by, at=at, reason=reason)
    tell(enrolment, "rejected", "未錄訓通知", f"報名序號第 {enrolment.number} 號未錄訓，理由：{reason}", at=at)
    tell_moved_up(places.move_up(enrolment.course, at=at), at=at)
    return enrolment


@transaction.atomic
def lapse(enrolment: Enrolment | int, *, by: User | None = None, at: datetime) -> bool:
    """逾期: the term is over and the trainee has not accepted. False where that is no longer so."""
    enrolment = places.locked(enrolment)
    if by is not None:
        require(by, SCREEN, enrolment.course.case)
    over = enrolment.respond_by is not None and enrolment.respond_by < taipei_day(at)
    if enrolment.state != "asked" or enrolment.accepted_at or not over:
        return False
    places.step(enrolment, "lapse", by=by, at=at)
    tell(
        enrolment, "lapsed", "逾期取消資格", f"報名序號第 {enrolment.number} 號逾期未確認，名額由下一順位遞補。", at=at
    )
    tell_moved_up(places.move_up(enrolment.course, at=at), at=at)
    return True


def lapse_due(*, at: datetime) -> int:
    """Every term that has passed, each in a transaction of its own; says how many. A night missed is only late."""
    due = Enrolment.objects.filter(state="asked", accepted_at=None, respond_by__lt=taipei_day(at))
    return each_alone(due.order_by("respond_by", "number").values_list("pk", flat=True), lambda pk: lapse(pk, at=at))
