"""A small world: a branch with its people, a unit, courses and trainees brought as far as a test wants."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from accounts.clock import now
from accounts.models import County, Organisation, User
from accounts.services.roles import grant_role, sync_rights
from casework.cases.doing import perform
from casework.models import Case
from kernel.dates import TAIPEI, add_months, taipei_day
from ojt_subsidy.models import Closing, Course, CourseIntake, Enrolment, InsuranceCheck
from ojt_subsidy.services import (
    announcing,
    closing,
    enrolling,
    paying,
    planning,
    profile,
    running,
    screening,
)
from ojt_subsidy.services.evidence import record_insurance
from tests.factories import proven
from tests.kept import kept

_numbers = count(1)
STAFF = {
    "officer": "subsidy_officer",
    "chief": "subsidy_chief",
    "cashier": "subsidy_cashier",
    "complaints": "subsidy_complaints",
}
EMPLOYED = [{"kind": "labour", "from": "2015-01-01", "to": None, "mark": None}]


def national_id(n: int) -> str:
    """The n-th valid number of letter B, male."""
    body = f"1{n:07d}"
    total = 1 + 1 * 9 + sum(int(d) * w for d, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"B{body}{(10 - total % 10) % 10}"


def person(name: str) -> User:
    n = next(_numbers)
    return User.objects.create_user(f"sub{n:06d}", name=name, email=f"sub{n}@example.com", password="x")


@kept
def trainee(name: str = "", *, employer: str = "", number: str = "", born_on: date = date(2000, 5, 1)) -> User:
    n = next(_numbers)
    who = person(name or f"學員{n}")
    data = {
        "national_id": national_id(n), "born_on": born_on, "employer": employer or f"公司{n}", "employer_number": number,
        "mobile": "0912345678", "bank_code": "700", "bank_account": f"0001{n:010d}", "bank_holder": who.name,
    }  # fmt: skip
    profile.save_profile(person=who, data=data, at=now())
    return proven(who)


@dataclass
class World:
    branch: Organisation
    other: Organisation
    county: County
    far: County
    unit: Organisation
    clerk: User
    union: Organisation
    union_clerk: User
    officer: User
    chief: User
    cashier: User
    complaints: User
    outsider: User
    intake: CourseIntake


def office(name: str, code: str) -> tuple[Organisation, dict[str, User]]:
    made = Organisation.objects.create(name=f"勞動部勞動力發展署{name}", short_name=name, kind="branch", code=code)
    people = {}
    for key, role in STAFF.items():
        people[key] = person(f"{name}{key}")
        grant_role(user=people[key], role_code=role, organisation=made, by=None, at=now())
    return made, people


def unit(name: str, number: str) -> tuple[Organisation, User]:
    made = Organisation.objects.create(name=name, kind="unit", unified_number=number)
    clerk = person(f"{name}承辦")
    grant_role(user=clerk, role_code="subsidy_unit", organisation=made, by=None, at=now())
    return made, clerk


@kept
def world() -> World:
    sync_rights()
    at = now()
    branch, people = office("雲嘉南分署", "SUB-YCN")
    other, others = office("中彰投分署", "SUB-TCN")
    county = County.objects.create(code="67000", name="臺南市", branch=branch)
    far = County.objects.create(code="66000", name="臺中市", branch=other)
    body, clerk = unit("財團法人南瀛職業訓練基金會", "04595257")
    union, union_clerk = unit("臺南市某產業工會", "22099131")
    today = taipei_day(at)
    intake = announcing.announce_intake(
        program_year=today.year - 1911, name="上半年", opens_on=today - timedelta(days=30), closes_on=today + timedelta(days=30),
        by=people["officer"], at=at,
    )  # fmt: skip
    return World(
        branch, other, county, far, body, clerk, union, union_clerk, outsider=others["officer"], intake=intake, **people
    )


def plan(starts_on: date, *, weeks: int = 4, **changes: Any) -> dict[str, Any]:
    """A weekly evening class of 3 hours on the weekday of its first day."""
    return {
        "plan": "industry_talent", "unit_kind": "foundation", "title": "機器人實作班", "category": "manufacturing",
        "occupation": "機械加工", "content": "機器人操作與維護", "teachers": "林講師", "place": "臺南市官田區工業路1號",
        "starts_on": starts_on, "ends_on": starts_on + timedelta(weeks=weeks - 1),
        "weekly": planning.weekly_rows([{"weekday": starts_on.weekday(), "from": time(19), "until": time(22)}]),
        "fee": 10_000, "seats": 30, "others": 0, "advance_percent": 100, **changes,
    }  # fmt: skip


@kept
def drafted(w: World, starts_on: date | None = None, *, union: bool = False, **changes: Any) -> Case:
    at = now()
    starts_on = starts_on or taipei_day(at) + timedelta(days=25)
    who, organisation = (w.union_clerk, w.union) if union else (w.clerk, w.unit)
    if union:
        changes = {"plan": "self_learning", "unit_kind": "union", "advance_percent": 50, **changes}
    data = plan(starts_on, **changes)
    return planning.draft_course(unit=organisation, intake=w.intake, county=w.county, data=data, by=who, at=at).case


@kept
def published(
    w: World, starts_on: date | None = None, *, seats: int = 30, union: bool = False, **changes: Any
) -> Course:
    case = drafted(w, starts_on, union=union, seats=max(seats, changes.pop("asked", seats)), **changes)
    perform(case, "file", by=w.union_clerk if union else w.clerk, at=now())
    case = Case.objects.get(pk=case.pk)
    course = Course.objects.get(case=case)
    perform(case, "forward", approved_seats=seats, approved_fee=course.fee, by=w.officer, at=now())
    perform(case, "approve", by=w.chief, at=now())
    perform(case, "publish", by=w.officer, at=now())
    return Course.objects.select_related("case__office", "case__organisation", "county").get(case=case)


def opening(course: Course) -> datetime:
    return datetime.combine(add_months(course.starts_on, -1), time(12), TAIPEI)


@kept
def enrolled(course: Course, who: User, at: datetime | None = None) -> Enrolment:
    answer, _ = enrolling.enrol(code=course.code, person=who, key=uuid4(), at=at or max(now(), opening(course)))
    return Enrolment.objects.select_related("course__case", "person").get(pk=answer["enrolment"])


@kept
def admitted(w: World, course: Course, who: User, at: datetime | None = None) -> Enrolment:
    at = at or max(now(), opening(course))
    clerk = w.union_clerk if course.plan == "self_learning" else w.clerk
    row = enrolled(course, who, at)
    screening.ask(row, by=clerk, at=at)
    enrolling.accept(row, by=who, at=at)
    day = taipei_day(at)
    return screening.admit(row, fee_paid_on=day, papers_on=day, by=clerk, at=at)


def insured(w: World, row: Enrolment, records: list[dict[str, Any]] | None = None) -> InsuranceCheck:
    """On the first day of class: before it nothing is accepted."""
    row = Enrolment.objects.select_related("course", "person__trainee").get(pk=row.pk)
    return record_insurance(
        row, source="exchange", records=EMPLOYED if records is None else records, by=w.officer,
        at=datetime.combine(row.course.starts_on, time(10), TAIPEI),
    )  # fmt: skip


def held(w: World, course: Course, rows: list[Enrolment], *, missed: dict[int, str] | None = None) -> datetime:
    """The class takes place: every session called, everybody passes and answers the survey. Returns the day after."""
    clerk = w.union_clerk if course.plan == "self_learning" else w.clerk
    begin = datetime.combine(course.starts_on, time(8), TAIPEI)
    running.run_day(at=begin)
    missed = missed or {}
    for n, session in enumerate(course.sessions.order_by("number")):
        hours = {row.pk: Decimal(missed.get(row.pk, "0")) if n == 1 else Decimal(0) for row in rows}
        running.record_attendance(session, missed=hours, by=clerk, at=session.ends_at)
    after = datetime.combine(course.ends_on + timedelta(days=1), time(9), TAIPEI)
    running.run_day(at=after)
    for row in rows:
        answers = dict.fromkeys(running.QUESTIONS, 4)
        running.fill_survey(row, answers=answers, by=row.person, at=after)
        running.grade(row, passed=True, certificate=f"{course.code}-{row.number}", by=clerk, at=after)
    return after


def closed(w: World, course: Course, at: datetime) -> Closing:
    clerk = w.union_clerk if course.plan == "self_learning" else w.clerk
    one = closing.start_closing(Course.objects.select_related("case").get(pk=course.pk), by=clerk, at=at)
    perform(one.case, "file", by=clerk, at=at)
    perform(one.case, "forward", by=w.officer, at=at)
    perform(one.case, "approve", by=w.chief, at=at)
    return Closing.objects.select_related("case", "course").get(pk=one.pk)


def approved_lines(w: World, one: Closing, at: datetime) -> None:
    _, heldback = paying.approve_all(one.pk, by=w.chief, at=at)
    assert not heldback, heldback


@kept
def approved(w: World, *people: User, **given: Any) -> tuple[list[Enrolment], Closing, datetime]:
    """A class from its plan to approved lines: its filings, its dossier and the moment."""
    course = published(w, **given)
    rows = [admitted(w, course, who) for who in people]
    for row in rows:
        insured(w, row)
    at = held(w, course, rows)
    one = closed(w, course, at)
    approved_lines(w, one, at)
    return rows, one, at
