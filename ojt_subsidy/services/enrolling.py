"""The trainee's side of a filing: enrol at the opening moment, accept a place, withdraw (SUB-02 to SUB-04)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights import holders
from casework.cases.receipts import once
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.dates import TAIPEI, roc, taipei_day
from ojt_subsidy.models import Course, CourseSession, Enrolment, Trainee
from ojt_subsidy.permissions import SCREEN
from ojt_subsidy.rules import enrolment as rules
from ojt_subsidy.selectors.catalogue import course_to_enrol
from ojt_subsidy.selectors.lines import missed_before
from ojt_subsidy.services import places, reserving
from ojt_subsidy.services.telling import nudge, tell_moved_up
from ojt_subsidy.states import ENROLMENT, LIVE

ACT = "ojt_subsidy.enrol"


class TooEarly(Refused):
    """Before the opening moment by the server's clock; says both."""

    def __init__(self, course: Course, at: datetime) -> None:
        assert course.opens_at is not None
        opens, here = course.opens_at.astimezone(TAIPEI), at.astimezone(TAIPEI)
        super().__init__(
            f"尚未開放報名：本課程自 {roc(opens.date())} {opens:%H:%M:%S} 起開放，"
            f"目前伺服器時間為 {roc(here.date())} {here:%H:%M:%S}.{here.microsecond // 1000:03d}。報名以伺服器時間為準。"
        )


def _judge_course(course: Course, at: datetime) -> None:
    if course.case.state == "cancelled":
        raise Refused("這門課程已停辦，不受理報名。")
    if course.case.state != "published" or course.opens_at is None:
        raise Refused("這門課程目前不受理報名。")
    if at < course.opens_at:
        raise TooEarly(course, at)
    if taipei_day(at) >= course.starts_on:
        raise Refused("這門課程已開訓，不再受理線上報名。")


def _judge_hours(course: Course, person: User, at: datetime) -> None:
    """SUB-04. The person's lock is held: of two filings at one moment the second sees the first."""
    taken = list(
        CourseSession.objects.raw(
            "SELECT s.*, c.title AS of_course FROM ojt_subsidy_coursesession s "
            "JOIN ojt_subsidy_enrolment e ON e.course_id = s.course_id JOIN ojt_subsidy_course c ON c.id = s.course_id "
            "WHERE e.person_id = %s AND e.state = ANY(%s) AND s.course_id <> %s AND EXISTS (SELECT 1 FROM ojt_subsidy_coursesession m "
            "WHERE m.course_id = %s AND m.starts_at < s.ends_at AND s.starts_at < m.ends_at)",
            [person.pk, list(LIVE), course.pk, course.pk],
        )
    )
    if taken:
        mine = tuple(rules.Session(s.starts_at, s.ends_at, course.title) for s in course.sessions.all())
        others = tuple(rules.Session(s.starts_at, s.ends_at, s.of_course) for s in taken)  # type: ignore[attr-defined]
        outcome = rules.clash(rules.ClashFacts(mine, others), on=taipei_day(at), law=law_in_force())
        raise Refused(outcome.sentence, outcomes=[outcome])


def enrol(
    *, code: str, person: User, key: UUID, at: datetime, drawn_for: int | None = None
) -> tuple[dict[str, Any], bool]:
    """File for a course. Returns (receipt, whether this press was the first). Raises TooEarly, Refused.

    `drawn_for`: whom the page was drawn for; somebody else's page files nothing.
    """
    if drawn_for is not None and drawn_for != person.pk:
        raise NotPermitted("報名限由本人辦理，這個畫面不是為您開啟的。")
    course = course_to_enrol(code)
    _judge_course(course, at)
    trainee = Trainee.objects.filter(pk=person.pk).only("employer", "employer_number").first()
    if trainee is None or not person.national_id:
        raise Refused("請先填妥個人報名資料（身分證字號、出生日期、服務單位），再報名。")

    def do() -> dict[str, Any]:
        places.lock_person(person.pk)
        known = Enrolment.objects.filter(course=course, person=person, state__in=LIVE).first()
        if known:
            raise Refused(
                f"您已報名這門課程，報名序號為第 {known.number} 號（{ENROLMENT.state(known.state).label}），不必重複報名。"
            )
        _judge_hours(course, person, at)
        place = places.take_place(course, person, trainee, at=at)
        return {"enrolment": place.pk, "number": place.number, "state": place.state, "course": course.code}

    try:
        answer, first = once(user=person, key=key, act=ACT, thing=course.code, at=at, do=do)
    except IntegrityError as error:
        raise Refused("您剛才已報名這門課程，請到「我的報名」查看。") from error
    if first:
        nudge()
    return answer, first


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by: User, at: datetime) -> Enrolment:
    """取消報名 before the class begins; the seat goes to the next on the list."""
    enrolment = places.locked(enrolment)
    if enrolment.person_id != by.pk:
        raise NotPermitted("只能取消自己的報名。")
    if taipei_day(at) >= enrolment.course.starts_on and enrolment.state == "admitted":
        raise Refused("課程已開訓，請洽訓練單位辦理離退訓。")
    reserved = enrolment.admitted_at is not None
    places.step(enrolment, "withdraw", by=by, at=at)
    if reserved:
        reserving.settle(enrolment.person, by=by, at=at, reason=f"取消報名 {enrolment.receipt}")
    tell_moved_up(places.move_up(enrolment.course, at=at), at=at)
    return enrolment


@transaction.atomic
def accept(enrolment: Enrolment, *, aware: bool = False, by: User, at: datetime) -> Enrolment:
    """The trainee takes the place within the term. A stand-in says they know what they have missed (學員問答第13題)."""
    enrolment = places.locked(enrolment)
    if enrolment.person_id != by.pk:
        raise NotPermitted("只能確認自己的報名。")
    if enrolment.state != "asked":
        raise Refused(f"第 {enrolment.number} 號目前為「{ENROLMENT.state(enrolment.state).label}」，不需確認。")
    if enrolment.accepted_at:
        return enrolment
    if why := places.why_closed(enrolment.course):
        raise NotAllowed(why)
    if enrolment.respond_by and taipei_day(at) > enrolment.respond_by:
        raise Refused(f"確認期限 {roc(enrolment.respond_by)} 已過。")
    missed = missed_before(enrolment.course, at)
    if missed and not aware:
        raise Refused(f"課程已上課 {missed} 小時，將計入您的缺課時數；請勾選已了解後再確認。", field="aware")
    enrolment.accepted_at, enrolment.missed_before, enrolment.changed_at = at, missed, at
    enrolment.save(update_fields=["accepted_at", "missed_before", "changed_at"])
    unit = enrolment.course.case.organisation
    assert unit is not None
    notify(
        users=holders(SCREEN, unit),
        code="ojt_subsidy.accepted",
        subject=f"學員確認參訓：{enrolment.course.title}",
        body=f"報名序號第 {enrolment.number} 號已確認參訓，請於收妥費用及資料後錄訓。",
        key=f"accepted:{enrolment.pk}:{at.isoformat()}",
        link=page("ojt_subsidy:enrolments", enrolment.course.code),
        at=at,
        mail=False,
    )
    return enrolment
