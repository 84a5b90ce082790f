"""A class from its first day to its last: started, attended, ended; and one that does not take place."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases.doing import Doing, perform
from casework.cases.moving import lock, require
from casework.deadlines.keeping import set_deadline
from casework.errors import NotAllowed, Refused
from casework.jobs.runs import each_alone
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import roc, taipei_day
from ojt_subsidy.documents import issued
from ojt_subsidy.models import Absence, Course, CourseSession, Enrolment, Survey
from ojt_subsidy.permissions import ATTENDANCE, CLOSE_CLASS, FILE_CLOSING
from ojt_subsidy.rules import payment
from ojt_subsidy.selectors.courses import course_of, state_label
from ojt_subsidy.services import places, reserving
from ojt_subsidy.services.reviewing import tell_unit
from ojt_subsidy.services.telling import tell, tell_moved_up
from ojt_subsidy.states import PENDING

CLOSE_BY = "ojt_subsidy.close_by"
QUESTIONS = {
    "content": "課程內容符合需求",
    "teacher": "教師教學清楚",
    "place": "場地與設備合宜",
    "service": "訓練單位服務良好",
    "use": "對工作有幫助",
}


def first_day_reached(case: Case, by: User | None, at: datetime) -> None:
    course = course_of(case)
    if taipei_day(at) < course.starts_on:
        raise Refused(f"開訓日為 {roc(course.starts_on)}，尚未到期。")


def last_day_passed(case: Case, by: User | None, at: datetime) -> None:
    course = course_of(case)
    if taipei_day(at) <= course.ends_on:
        raise Refused(f"結訓日為 {roc(course.ends_on)}，尚未結束。")


def hold_class(case: Case) -> tuple[()]:
    """The queue of the course, before its case: nobody files or is admitted meanwhile."""
    places.lock_course(course_of(case).pk)
    return ()


def end_course(doing: Doing) -> None:
    """結訓: from here the unit has 21 days to close the class (SUB-13). Filings never admitted end with it, and are told."""
    case, at, course = doing.case, doing.at, course_of(doing.case)
    # The term is the law's whatever day this runs on; asked as of the last day of class.
    outcome = payment.closing(payment.ClosingFacts(course.ends_on), on=course.ends_on, law=law_in_force())
    doing.outcomes.append(outcome)
    close_by = date.fromisoformat(outcome.result["close_by"])
    set_deadline(
        code=CLOSE_BY, rule="SUB-13", label="辦理結訓作業", citation="學員問答第18題", counted_from=course.ends_on,
        due_on=close_by, at=at, case=case, outcome=outcome, remind_days=(7, 3),
    )  # fmt: skip
    for row in course.enrolments.filter(state__in=PENDING).select_related("person").order_by("number"):
        row.course = course
        places.step(row, "reject", by=doing.by, at=at, reason="課程已結訓")
        tell(row, "rejected", "未錄訓通知", f"報名序號第 {row.number} 號未錄訓，課程已結訓。", at=at)
    body = f"請於 {roc(close_by)} 前辦理結訓作業並送件核銷。"
    tell_unit(case, "course_ended", "請辦理結訓作業", body, at=at, right=FILE_CLOSING)


def run_day(*, at: datetime) -> tuple[int, int]:
    """Start classes whose first day has come and end those whose last has passed; a night missed is only late."""
    on = taipei_day(at)
    starting = Course.objects.filter(case__state="published", starts_on__lte=on).order_by("pk").select_related("case")
    started = each_alone(starting, lambda course: perform(course.case, "start", by=None, at=at))
    ending = Course.objects.filter(case__state="running", ends_on__lt=on).order_by("pk").select_related("case")
    ended = each_alone(ending, lambda course: perform(course.case, "end", by=None, at=at))
    return started, ended


def hold_class_and_money(case: Case) -> tuple[()]:
    """The people of the class, its queue, and what their money may touch, before its case."""
    people = list(Enrolment.objects.filter(course__case=case).values_list("person_id", flat=True))
    places.lock_person(*people)
    hold_class(case)
    reserving.hold(*people, cases=[case.pk])
    return ()


def cancel_course(doing: Doing) -> None:
    """停辦: every filing ends with the reason, what was reserved goes back to each person's cap."""
    case, by, at, reason = doing.case, doing.by, doing.at, doing.reason
    course = course_of(case)
    for row in course.enrolments.filter(state__in=(*PENDING, "admitted")).select_related("person"):
        row.course = course
        if row.state == "admitted":
            # The table has no rejection of the admitted: the class itself is gone, and the filing with it.
            places.step(row, "withdraw", by=by, at=at, reason=f"停辦：{reason}")
            reserving.settle(row.person, by=by, at=at, reason=f"停辦 {row.receipt}")
        else:
            places.step(row, "reject", by=by, at=at, reason=f"停辦：{reason}")
        tell(row, "cancelled", "課程停辦", f"您報名的課程停辦，理由：{reason}", at=at)
    tell_unit(case, "course_cancelled", "課程停辦", f"理由：{reason}", at=at)


# --- in class -----------------------------------------------------------------------------------------------------------


NOT_BEGUN = "這堂課還沒開始，不能登錄出缺席。"


def why_not_called(course: Course) -> str:
    """Why 點名 is closed for a class; empty where it is open."""
    if course.case.state == "published":
        return f"課程尚未開訓，開訓日 {roc(course.starts_on)} 起才能登錄出缺席。"
    if course.case.state not in ("running", "ended"):
        return f"課程目前為「{state_label(course)}」，不能登錄出缺席。"
    if hasattr(course, "closing") and course.closing.filed_on:
        return "結訓核銷已送件，不能再登錄出缺席。"
    return ""


def why_not_graded(course: Course) -> str:
    """Why 考核 is closed for a class; empty where it is open."""
    return "" if course.case.state == "ended" else "課程結訓後才能登錄考核結果。"


@transaction.atomic
def record_attendance(session: CourseSession, *, missed: Mapping[int, Decimal], by: User, at: datetime) -> int:
    """點名 of one session: hours missed per filing. Somebody who comes for the first time begins (到訓). Says how many rows."""
    places.lock_course(session.course_id)
    course = Course.objects.select_related("case", "closing").get(pk=session.course_id)
    require(by, ATTENDANCE, course.case)
    if at < session.starts_at:
        raise Refused(NOT_BEGUN)
    if why := why_not_called(course):
        raise NotAllowed(why)
    rows = {row.pk: row for row in locking(course.enrolments.filter(state__in=("admitted", "attending")))}
    for pk, hours in missed.items():
        row = rows.get(pk)
        if row is None:
            raise Refused("名單中有人不在本班參訓，請重新整理後再登錄。")
        if not row.takes_part_in(session):
            raise Refused(f"{row.name}在這堂課之後才參訓，未上課時數已計入缺課，不必點名。")
        if not 0 <= hours <= session.hours:
            raise Refused(f"{row.name}的缺課時數須在 0 到 {session.hours} 小時之間。", field=f"hours_{pk}")
        row.course = course
        if row.state == "admitted" and hours < session.hours:
            places.step(row, "begin", by=by, at=at)
        values = {"hours": hours, "recorded_at": at, "recorded_by": by}
        Absence.objects.update_or_create(enrolment=row, session=session, defaults=values)
    return len(missed)


@transaction.atomic
def drop(enrolment: Enrolment, *, reason: str, by: User, at: datetime) -> Enrolment:
    """離退訓: the cap is given back, the window stays begun (SUB-09); the place goes to the next on the list (SUB-11 warns them)."""
    enrolment = places.locked(enrolment)
    require(by, ATTENDANCE, enrolment.course.case)
    places.step(enrolment, "drop", by=by, at=at, reason=reason)
    reserving.settle(enrolment.person, by=by, at=at, reason=f"離退訓 {enrolment.receipt}")
    tell(enrolment, "dropped", "離退訓通知", f"理由：{reason}", at=at)
    tell_moved_up(places.move_up(enrolment.course, at=at), at=at)
    return enrolment


@transaction.atomic
def no_show(enrolment: Enrolment, *, by: User, at: datetime) -> Enrolment:
    """未到訓: somebody admitted never came. Nothing was taken part in: cap and window are as if there had been no class."""
    enrolment = places.locked(enrolment)
    course = enrolment.course
    require(by, ATTENDANCE, course.case)
    if taipei_day(at) < course.starts_on:
        raise Refused(f"開訓日為 {roc(course.starts_on)}，開訓後才能登錄未到訓。")
    places.step(enrolment, "no_show", by=by, at=at)
    reserving.settle(enrolment.person, by=by, at=at, reason=f"未到訓 {enrolment.receipt}")
    tell(enrolment, "no_show", "未到訓通知", "您錄訓後未到訓，訓練單位已取消您的參訓；保留的補助額度已釋出。", at=at)
    tell_moved_up(places.move_up(course, at=at), at=at)
    return enrolment


@transaction.atomic
def grade(
    enrolment: Enrolment, *, passed: bool, certificate: str = "", reason: str = "", by: User, at: datetime
) -> Enrolment:
    """考核: a certificate for who passed, issued at once; a reason for who did not."""
    enrolment = places.locked(enrolment)
    course = enrolment.course
    require(by, CLOSE_CLASS, course.case)
    if why := why_not_graded(course):
        raise NotAllowed(why)
    if passed:
        if not certificate.strip():
            raise Refused("請填寫結訓證書或學分證明字號。", field="certificate")
        if course.enrolments.filter(certificate=certificate.strip()).exclude(pk=enrolment.pk).exists():
            raise Refused(f"證書字號「{certificate}」已用於本班其他學員。", field="certificate")
        enrolment.certificate = certificate.strip()
        places.step(enrolment, "complete", by=by, at=at)
        issued.certificate(lock(course.case), enrolment, by=by, at=at)
    else:
        places.step(enrolment, "fail", by=by, at=at, reason=reason)
        reserving.settle(enrolment.person, by=by, at=at, reason=f"未通過考核 {enrolment.receipt}")
    return enrolment


@transaction.atomic
def fill_survey(
    enrolment: Enrolment, *, answers: Mapping[str, int], comment: str = "", by: User, at: datetime
) -> Survey:
    """參訓學員意見調查表, once, by the trainee."""
    row = locking(Enrolment.objects).select_related("course").get(pk=enrolment.pk)
    if row.person_id != by.pk or row.state not in ("attending", "completed"):
        raise NotAllowed("參訓中或已結訓的學員才能填寫意見調查表。")
    if set(answers) != set(QUESTIONS) or not all(1 <= value <= 5 for value in answers.values()):
        raise Refused("請逐題評分（1 到 5 分）。")
    if hasattr(row, "survey"):
        raise Refused("您已填寫過這門課程的意見調查表。")
    return Survey.objects.create(enrolment=row, answers=dict(answers), comment=comment.strip(), filed_at=at)
