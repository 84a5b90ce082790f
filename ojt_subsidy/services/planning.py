"""The unit's side of a plan: draft, sessions, filing, withdrawing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import County, Organisation, User
from accounts.rights import can
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.deadlines.keeping import withdraw_all
from casework.entitlements import PLAN_RIGHT, entitled
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.telling import tell_office
from kernel.dates import taipei_day
from kernel.facts import Impossible
from kernel.outcome import Outcome
from ojt_subsidy.models import Course, CourseIntake, CourseSession
from ojt_subsidy.permissions import FILE_COURSE, REVIEW_COURSE
from ojt_subsidy.rules.schedule import hours_of, sessions_of
from ojt_subsidy.selectors.courses import course_of, findings, weekly_of
from ojt_subsidy.states import COURSE_KIND

FIELDS = (
    "plan", "unit_kind", "title", "category", "occupation", "content", "teachers", "conditions", "place", "licensed_place",
    "licensed_occupations", "starts_on", "ends_on", "weekly", "days_off", "fee", "seats", "others", "credit_class",
    "advance_percent", "contact_phone",
)  # fmt: skip


def _may_apply(unit: Organisation, plan: str, on: date) -> None:
    right = entitled(PLAN_RIGHT, organisation=unit, about=plan, on=on)
    if not right.open:
        raise Refused(right.sentence, field="plan")


def _write(course: Course, data: Mapping[str, Any]) -> None:
    """Fields and the sessions the weekly plan gives. Raises Refused."""
    for name in FIELDS:
        if name in data:
            setattr(course, name, data[name])
    try:
        sessions = sessions_of(course.starts_on, course.ends_on, weekly_of(course.weekly), course.days_off)
    except Impossible as error:
        raise Refused(str(error), field="weekly") from error
    course.hours = hours_of(sessions)
    course.save()
    course.sessions.all().delete()
    CourseSession.objects.bulk_create(
        CourseSession(course=course, number=n, starts_at=s.starts_at, ends_at=s.ends_at)
        for n, s in enumerate(sessions, 1)
    )


@transaction.atomic
def draft_course(
    *, unit: Organisation, intake: CourseIntake, county: County, data: Mapping[str, Any], by: User, at: datetime
) -> Course:
    """A new plan; it goes to the branch of the place of training. Raises Refused, NotPermitted."""
    if not can(by, FILE_COURSE, unit):
        raise NotPermitted("您沒有為這個單位填寫訓練計畫的權限。")
    _may_apply(unit, data["plan"], taipei_day(at))
    if county.branch is None:
        raise Refused(f"查無「{county.name}」之轄區分署。", field="county")
    case = open_case(
        kind=COURSE_KIND,
        title=f"訓練計畫：{data['title']}"[:200],
        office=county.branch,
        organisation=unit,
        by=by,
        at=at,
    )
    course = Course(case=case, intake=intake, county=county, code=case.number.removeprefix("SC-"))
    _write(course, data)
    return course


def save_course(doing: Doing, *, data: Mapping[str, Any], county: County | None = None) -> None:
    """Change a plan that is in the unit's hands. A place in another branch's counties moves the case there."""
    case, course = doing.case, course_of(doing.case)
    if county is not None:
        if county.branch_id is None:
            raise Refused(f"查無「{county.name}」之轄區分署。", field="county")
        if case.state == "returned" and county.branch_id != case.office_id:
            raise Refused("已送審的計畫不能改向其他分署申請，請撤回後重新填寫。", field="county")
        course.county, case.office_id = county, county.branch_id
    _write(course, data)
    case.title = f"訓練計畫：{course.title}"[:200]


def may_file(case: Case, by: User | None, at: datetime) -> list[Outcome]:
    """SUB-18 to SUB-21 and SUB-14, each with its reason, of a unit that may offer the plan."""
    course, on = course_of(case), taipei_day(at)
    assert case.organisation is not None
    _may_apply(case.organisation, course.plan, on)
    # Judged as filed today, whatever day an earlier round was received.
    course.case.received_on = on
    found = findings(course, on=on, law=law_in_force())
    if wrong := [one for one in found if one.met is False]:
        raise Refused("不符規定，不能送審：" + "".join(one.sentence for one in wrong), outcomes=wrong)
    return found


def file_course(doing: Doing) -> None:
    """送審: received today, in a later round as well; the branch is told."""
    case = doing.case
    assert case.organisation is not None
    case.filed_at, case.received_on = case.filed_at or doing.at, doing.day
    body = f"{case.organisation.name}送審「{course_of(case).title}」，請辦理審查。"
    tell_office(case, "ojt_subsidy.course_filed", "訓練計畫送審", body, right=REVIEW_COURSE, at=doing.at)


def withdraw_course(doing: Doing) -> None:
    """撤回: nothing is asked for any more."""
    withdraw_all(at=doing.at, case=doing.case)


def weekly_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The weekly plan as kept: weekday and two times as text."""
    return [{"weekday": int(r["weekday"]), "from": f"{r['from']:%H:%M}", "until": f"{r['until']:%H:%M}"} for r in rows]
