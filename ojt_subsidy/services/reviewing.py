"""The branch's side of a plan: officer, chief, publication, cancelling (辦訓單位問答第3題)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from accounts.models import User
from casework.cases.chain import Step, content_digest
from casework.cases.moving import lock, move
from casework.cases.signoffs import sign
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, SignOff
from casework.notices.telling import tell_applicant, tell_office
from kernel.dates import taipei_day
from ojt_subsidy.models import Course, CourseLedger
from ojt_subsidy.permissions import APPROVE_COURSE, FILE_COURSE, REVIEW_COURSE
from ojt_subsidy.selectors.catalogue import bigrams, searched
from ojt_subsidy.selectors.courses import course_of, findings, opening_of, signed_content

FORM, FORM_LABEL = "course", "訓練計畫"
CHAIN = (Step("分署承辦人", REVIEW_COURSE), Step("分署主管", APPROVE_COURSE))


def digest_of(course: Course) -> str:
    return content_digest(signed_content(course))


def tell_unit(
    case: Case, code: str, subject: str, body: str, *, at: datetime, right: str = FILE_COURSE, link: str = ""
) -> None:
    tell_applicant(case, f"ojt_subsidy.{code}", subject, body, right=right, at=at, link=link)


def fits(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 陳核 and 核定: SUB-19 to SUB-21 hold for the plan and the approved number."""
    course = course_of(case)
    judged = [
        one
        for one in findings(course, on=taipei_day(at), law=law_in_force(), seats=course.approved_seats)
        if one.met is False and one.rule != "SUB-18"  # the day of filing was judged when it was filed
    ]
    if judged:
        raise Refused("不符規定：" + "".join(one.sentence for one in judged), outcomes=judged)


@transaction.atomic
def forward(
    case: Case,
    *,
    approved_seats: int,
    approved_fee: int,
    comment: str = "",
    by: User,
    at: datetime,
    version: int | None = None,
) -> Case:
    """陳核 with the seats and the fee the officer proposes."""
    case = lock(case, version=version)
    course = course_of(case)
    if not 0 < approved_seats <= course.seats:
        raise Refused(f"核定補助人數須為 1 至申請之 {course.seats} 人。", field="approved_seats")
    if approved_fee > course.fee:
        raise Refused(f"核定訓練費用不得高於申請之 {course.fee:,} 元。", field="approved_fee")
    course.approved_seats, course.approved_fee = approved_seats, approved_fee
    course.save()
    outcomes = findings(course, on=taipei_day(at), law=law_in_force(), seats=approved_seats)
    move(case, "forward", by=by, at=at, outcomes=outcomes)
    sign(case, form=FORM, form_label=FORM_LABEL, chain=CHAIN, digest=digest_of(course), by=by, at=at, comment=comment)
    body = f"「{course.title}」擬核定補助 {approved_seats} 人、訓練費用 {approved_fee:,} 元。"
    tell_office(case, "ojt_subsidy.course_forwarded", "訓練計畫陳核", body, right=APPROVE_COURSE, at=at)
    return case


@transaction.atomic
def send_back(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "send_back", by=by, at=at, reason=reason)
    tell_unit(case, "course_returned", "訓練計畫退回補正", f"退回理由：{reason}", at=at)
    return case


@transaction.atomic
def reconsider(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """The chief sends it back to the officer; the round of signatures ends."""
    case = lock(case, version=version)
    move(case, "reconsider", by=by, at=at, reason=reason)
    sign(
        case, form=FORM, form_label=FORM_LABEL, chain=CHAIN, digest=digest_of(course_of(case)), by=by, at=at,
        decision=SignOff.Decision.RETURN, comment=reason,
    )  # fmt: skip
    return case


@transaction.atomic
def approve(case: Case, *, comment: str = "", by: User, at: datetime, version: int | None = None) -> Case:
    """核定: the second signature, by somebody else."""
    case = lock(case, version=version)
    course = course_of(case)
    outcomes = findings(course, on=taipei_day(at), law=law_in_force(), seats=course.approved_seats)
    sign(case, form=FORM, form_label=FORM_LABEL, chain=CHAIN, digest=digest_of(course), by=by, at=at, comment=comment)
    move(case, "approve", by=by, at=at, outcomes=outcomes)
    case.decided_on = taipei_day(at)
    case.save()
    body = f"核定補助人數 {course.approved_seats} 人，核定訓練費用 {course.cost:,} 元。分署將另行公告招生。"
    tell_unit(case, "course_approved", "訓練計畫已核定", body, at=at)
    return case


@transaction.atomic
def refuse(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    course = course_of(case)
    judged = [one for one in findings(course, on=taipei_day(at), law=law_in_force()) if one.met is False]
    move(case, "refuse", by=by, at=at, reason=reason, outcomes=judged)
    case.decided_on = taipei_day(at)
    case.save()
    tell_unit(case, "course_refused", "訓練計畫不予核定", f"理由：{reason}", at=at)
    return case


@transaction.atomic
def publish(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """公告招生: the opening moment is computed and kept, the ledger stands ready, the words for searching are written."""
    case = lock(case, version=version)
    course = course_of(case)
    opening = opening_of(course, on=taipei_day(at), law=law_in_force())
    move(case, "publish", by=by, at=at, outcomes=[opening])
    opens_at: Any = parse_datetime(opening.result["opens_at"])
    course.opens_at, course.opening, course.published_at = opens_at, opening.as_json(), at
    course.words = bigrams(searched(course))
    course.save()
    CourseLedger.objects.get_or_create(course=course, defaults={"seats": course.subsidised_seats})
    tell_unit(case, "course_published", "課程已公告招生", opening.sentence, at=at, link=f"/courses/{course.code}/")
    return case
