"""The branch's side of a plan: officer, chief, publication (辦訓單位問答第3題)."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from accounts.models import User
from casework.cases.chain import Step, content_digest
from casework.cases.doing import Doing
from casework.cases.signoffs import sign
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, SignOff
from casework.models.notice import page
from casework.notices.telling import tell_applicant, tell_office
from kernel.dates import taipei_day
from kernel.outcome import Outcome
from ojt_subsidy.models import Course, CourseLedger
from ojt_subsidy.permissions import APPROVE_COURSE, FILE_COURSE, REVIEW_COURSE
from ojt_subsidy.selectors.catalogue import bigrams, searched
from ojt_subsidy.selectors.courses import course_of, findings, opening_of, signed_content

FORM, FORM_LABEL = "course", "訓練計畫"
CHAIN = (Step("分署承辦人", REVIEW_COURSE), Step("分署主管", APPROVE_COURSE))


def _sign(doing: Doing, course: Course, comment: str, decision: str = SignOff.Decision.APPROVE) -> None:
    sign(
        doing.case, form=FORM, form_label=FORM_LABEL, chain=CHAIN, digest=content_digest(signed_content(course)),
        by=doing.by, at=doing.at, decision=decision, comment=comment,
    )  # fmt: skip


def tell_unit(
    case: Case, code: str, subject: str, body: str, *, at: datetime, right: str = FILE_COURSE, link: str = ""
) -> None:
    tell_applicant(case, f"ojt_subsidy.{code}", subject, body, right=right, at=at, link=link)


def _fitting(course: Course, at: datetime) -> list[Outcome]:
    """SUB-19 to SUB-21 hold for the plan and the approved number. Raises Refused."""
    found = [
        one
        for one in findings(course, on=taipei_day(at), law=law_in_force(), seats=course.approved_seats)
        if one.met is not False or one.rule != "SUB-18"  # the day of filing was judged when it was filed
    ]
    if wrong := [one for one in found if one.met is False]:
        raise Refused("不符規定：" + "".join(one.sentence for one in wrong), outcomes=wrong)
    return found


def plan_fits(case: Case, by: User | None, at: datetime) -> list[Outcome]:
    return _fitting(course_of(case), at)


def forward_course(doing: Doing, *, approved_seats: int, approved_fee: int, comment: str = "") -> None:
    """陳核 with the seats and the fee the officer proposes."""
    case, course = doing.case, course_of(doing.case)
    if not 0 < approved_seats <= course.seats:
        raise Refused(f"核定補助人數須為 1 至申請之 {course.seats} 人。", field="approved_seats")
    if approved_fee > course.fee:
        raise Refused(f"核定訓練費用不得高於申請之 {course.fee:,} 元。", field="approved_fee")
    course.approved_seats, course.approved_fee = approved_seats, approved_fee
    doing.outcomes += _fitting(course, doing.at)
    course.save()
    _sign(doing, course, comment)
    body = f"「{course.title}」擬核定補助 {approved_seats} 人、訓練費用 {approved_fee:,} 元。"
    tell_office(case, "ojt_subsidy.course_forwarded", "訓練計畫陳核", body, right=APPROVE_COURSE, at=doing.at)


def return_course(doing: Doing) -> None:
    """退回補正: the unit is told why."""
    tell_unit(doing.case, "course_returned", "訓練計畫退回補正", f"退回理由：{doing.reason}", at=doing.at)


def reconsider_course(doing: Doing) -> None:
    """The chief sends it back to the officer; the round of signatures ends."""
    _sign(doing, course_of(doing.case), doing.reason, SignOff.Decision.RETURN)


def approve_course(doing: Doing, *, comment: str = "") -> None:
    """核定: the second signature, by somebody else."""
    case, course = doing.case, course_of(doing.case)
    _sign(doing, course, comment)
    case.decided_on = doing.day
    body = f"核定補助人數 {course.approved_seats} 人，核定訓練費用 {course.cost:,} 元。分署將另行公告招生。"
    tell_unit(case, "course_approved", "訓練計畫已核定", body, at=doing.at)


def refuse_course(doing: Doing) -> None:
    """不予核定, with what the plan does not meet today beside the reason."""
    found = findings(course_of(doing.case), on=doing.day, law=law_in_force())
    doing.outcomes += [one for one in found if one.met is False]
    doing.case.decided_on = doing.day
    tell_unit(doing.case, "course_refused", "訓練計畫不予核定", f"理由：{doing.reason}", at=doing.at)


def publish_course(doing: Doing) -> None:
    """公告招生: the opening moment is computed and kept, the ledger stands ready, the words for searching are written."""
    course = course_of(doing.case)
    opening = opening_of(course, on=doing.day, law=law_in_force())
    doing.outcomes.append(opening)
    opens_at: Any = parse_datetime(opening.result["opens_at"])
    course.opens_at, course.opening, course.published_at = opens_at, opening.as_json(), doing.at
    course.words = bigrams(searched(course))
    course.save()
    CourseLedger.objects.get_or_create(course=course, defaults={"seats": course.subsidised_seats})
    link = page("ojt_subsidy:course", course.code)
    tell_unit(doing.case, "course_published", "課程已公告招生", opening.sentence, at=doing.at, link=link)
