"""A small world: ministry, two counties, an accredited institution, and classes brought as far as a test wants.

Days are fixed: the class runs on 115/12/07 and 08; tests travel there.
"""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from accounts.models import County, Organisation, User
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.intake.sample import paper
from casework.models import Case
from kernel.dates import TAIPEI
from ohs_training.models import Accreditation, SignRecord, Trainee, TrainingClass
from ohs_training.rules import timetable
from ohs_training.selectors.classes import class_of, live_trainees, row_facts, rows_of
from ohs_training.selectors.institutions import ministry
from ohs_training.services import (
    applying,
    attending,
    planning,
    roster,
)
from tests.factories import proven
from tests.kept import kept

_numbers = count(1)
APPLIED = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
PLANNED = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
FIRST, SECOND = date(2026, 12, 7), date(2026, 12, 8)
SECTIONS = ("aim", "method", "courses", "place", "practice", "budget", "management")
#: Twelve hours: four periods of three.
TABLE = (
    ("09:00", "09:50", "職業安全衛生法規", 1, "law", False),
    ("10:00", "11:40", "職業病概論", 2, "risk", False),
    ("13:00", "13:50", "健康管理", 1, "practice", False),
    ("14:00", "15:40", "臨場服務實作", 2, "practice", True),
)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), TAIPEI)


def national_id(n: int) -> str:
    """The n-th valid number of letter A, female."""
    body = f"2{n:07d}"
    total = 1 + sum(int(d) * w for d, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"A{body}{(10 - total % 10) % 10}"


def pdf(name: str = "文件.pdf", title: str = "證明文件") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, paper(title, ["測試用文件"]), content_type="application/pdf")


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (360, 480), (200, 210, 220)).save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), content_type="image/jpeg")


def signature() -> bytes:
    out = io.BytesIO()
    image = Image.new("RGBA", (320, 120), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(20, 60), (120, 20), (200, 100), (300, 40)], fill=(0, 0, 0, 255), width=4)
    image.save(out, "PNG")
    return out.getvalue()


SIGNATURE = signature()


def person(name: str, **fields: Any) -> User:
    n = next(_numbers)
    return User.objects.create_user(f"ohs{n:05d}", name=name, email=f"ohs{n}@example.com", password="x", **fields)


def holder(name: str, role: str, organisation: Organisation) -> User:
    user = person(name)
    grant_role(user=user, role_code=role, organisation=organisation, by=None, at=APPLIED)
    return user


@dataclass
class World:
    ministry: Organisation
    county: County
    other_county: County
    unit: Organisation
    officer: User
    chief: User
    authority: User
    other_authority: User
    staff: User
    tutor: User
    stranger: User
    accreditation: Accreditation | None = None


@kept
def world(*, accredited: bool = True) -> World:
    office = ministry()
    counties = []
    for code, name in (("67000", "臺南市"), ("64000", "高雄市")):
        government = Organisation.objects.create(
            name=f"{name}政府勞工局", kind=Organisation.Kind.COUNTY, code=f"L-{code}"
        )
        counties.append(County.objects.create(code=code, name=name, authority=government))
    unit = Organisation.objects.create(
        name="社團法人臺灣職業健康護理學會",
        kind=Organisation.Kind.UNIT,
        unified_number="04595257",
        address="臺南市東區大學路1號",
    )
    other = Organisation.objects.create(name="別的訓練機構", kind=Organisation.Kind.UNIT, unified_number="22099131")
    here = World(
        ministry=office,
        county=counties[0],
        other_county=counties[1],
        unit=unit,
        officer=holder("職安署承辦", "ohs_ministry", office),
        chief=holder("職安署主管", "ohs_ministry_chief", office),
        authority=holder("臺南勞工局", "ohs_county", counties[0].authority),
        other_authority=holder("高雄勞工局", "ohs_county", counties[1].authority),
        staff=holder("機構承辦", "ohs_institution", unit),
        tutor=holder("輔導員甲", "ohs_tutor", unit),
        stranger=holder("別家承辦", "ohs_institution", other),
    )
    if accredited:
        here.accreditation = accredit(here)
    return here


@kept
def applied(here: World, *, kind: str = "nursing_body", file: bool = True, when: datetime = APPLIED) -> Case:
    """A complete application, filed."""
    application = applying.start(unit=here.unit, kind=kind, by=here.staff, at=when)
    case = application.case
    data = {
        "trainings": ["professional", "in_service"], "law_hours": Decimal(2), "risk_hours": Decimal(2), "practice_hours": Decimal(2),
        "head": "陳院長", "contact": "王小姐", "contact_phone": "06-2345678", "county": here.county,
    }  # fmt: skip
    perform(
        case,
        "save_application",
        data=data,
        sections=dict.fromkeys(SECTIONS, "內容如附件說明。"),
        by=here.staff,
        at=when,
    )
    for code in applying.papers_needed(application, on=when.date()):
        perform(case, "add_paper", paper=code, upload=pdf(), attested=True, by=here.staff, at=when)
    if kind == "university":
        perform(
            case, "save_application", data={"course_given_on": date(2026, 3, 1)}, sections={}, by=here.staff, at=when
        )
    if file:
        perform(case, "file", by=here.staff, at=when)
    return Case.objects.get(pk=case.pk)


@kept
def accredit(
    here: World, *, ends_on: date = date(2029, 8, 31), starts_on: date = date(2026, 9, 1), when: datetime = APPLIED
) -> Accreditation:
    case = applied(here, when=when)
    found = perform(
        case,
        "accredit",
        starts_on=starts_on,
        ends_on=ends_on,
        letter_number="勞職衛2字第1151001234號",
        by=here.chief,
        at=when,
    ).answer
    perform(case, "announce", by=here.officer, at=when)
    return Accreditation.objects.get(pk=found.pk)


@kept
def planned(
    here: World,
    *,
    training: str = "professional",
    people: int = 15,
    start: date = FIRST,
    days: int = 2,
    when: datetime = PLANNED,
    **plan: Any,
) -> Case:
    """A class complete for filing."""
    made = planning.start_class(
        unit=here.unit, training=training, audience="nurse", title="勞工健康服務護理人員", starts_on=start,
        ends_on=start + timedelta(days=days - 1), county=here.county, by=here.staff, at=when,
    )  # fmt: skip
    case = made.case
    given = {
        "place": "成功大樓", "address": "臺南市東區大學路1號", "room": f"第 {made.number} 教室", "tutor": "林輔導", "tutor_phone": "06-2345678",
        "head": "陳院長", "fee": 12000, **plan,
    }  # fmt: skip
    perform(case, "save_plan", data=given, by=here.staff, at=when)
    names = [f"講師{made.number}甲", f"講師{made.number}乙"]
    teachers = [{"name": n, "education": "博士", "experience": "十年", "clause": "附表十二之一第1款"} for n in names]
    perform(case, "save_teachers", teachers=teachers, by=here.staff, at=when)
    perform(case, "save_timetable", rows=table(made, start, days), by=here.staff, at=when)
    add_people(case, people, by=here.staff, when=when)
    return Case.objects.get(pk=case.pk)


def table(made: TrainingClass, start: date, days: int) -> list[dict[str, Any]]:
    teachers = list(made.teachers.order_by("position"))
    return [
        {
            "starts_at": at(start + timedelta(days=d), a), "ends_at": at(start + timedelta(days=d), b), "course": course,
            "hours": Decimal(hours), "teacher": teachers[d % len(teachers)], "category": "" if made.professional else category,
            "practice": practice,
        }
        for d in range(days)
        for a, b, course, hours, category, practice in TABLE
    ]  # fmt: skip


SURNAMES, GIVEN = (
    "林陳黃張李王吳劉蔡楊許鄭謝",
    ("美惠", "志明", "淑芬", "家豪", "雅婷", "俊傑", "怡君", "冠宇", "佩珊", "宗翰", "靜宜"),
)


def name_of(n: int) -> str:
    return SURNAMES[n % len(SURNAMES)] + GIVEN[n % len(GIVEN)]


def lines(count: int, first: int = 1) -> list[dict[str, str]]:
    return [
        {
            "name": name_of(n), "born_on": "1990-05-06", "national_id": national_id(n), "qualification_number": f"護理字第{n:06d}號",
            "education": "護理系", "employer": "南方醫院", "job_title": "護理師", "address": "臺南市東區", "email": f"n{n}@example.com",
            "phone": "06-2345678",
        }
        for n in range(first, first + count)
    ]  # fmt: skip


def add_people(case: Case, count: int, *, by: User, when: datetime, first: int = 1) -> None:
    if count:
        perform(case, "import_roster", rows=lines(count, first), checked=True, by=by, at=when)


@kept
def filed(here: World, **given: Any) -> Case:
    case = planned(here, **given)
    return perform(case, "file", by=here.staff, at=given.get("when", PLANNED) + timedelta(days=1)).case


@kept
def acknowledged(here: World, **given: Any) -> Case:
    case = filed(here, **given)
    return perform(
        case,
        "acknowledge",
        acknowledgement="府勞安字第1150012345號",
        by=here.authority,
        at=given.get("when", PLANNED) + timedelta(days=2),
    ).case


@kept
def running(here: World, **given: Any) -> Case:
    case = acknowledged(here, **given)
    return perform(case, "start", by=here.tutor, at=at(class_of(case).starts_on, "08:30")).case


def people(case: Case) -> list[Trainee]:
    return list(live_trainees(class_of(case)))


def attend(case: Case, *, away: dict[int, set[tuple[date, str]]] | None = None, by: User | None = None) -> None:
    """Everybody signs in and out of every period; `away`: seat → periods missed."""
    periods = timetable.periods(row_facts(row) for row in rows_of(class_of(case)))
    by = by or User.objects.filter(groups__held_role__role="ohs_tutor").first()
    made = [
        SignRecord(
            trainee=one, day=p.day, half=p.half, leaving=leaving, at=p.ends_at if leaving else p.starts_at - timedelta(minutes=5),
            received_at=p.ends_at if leaving else p.starts_at, source="tablet", client_key=uuid4(), signature=SIGNATURE, recorded_by=by,
        )
        for p in periods
        for one in people(case)
        for leaving in (False, True)
        if (p.day, p.half) not in (away or {}).get(one.seat, set())
    ]  # fmt: skip
    SignRecord.objects.bulk_create(made)


@kept
def ended(here: World, *, away: dict[int, set[tuple[date, str]]] | None = None, **given: Any) -> Case:
    case = running(here, **given)
    attend(case, away=away)
    return perform(case, "end", by=here.tutor, at=at(class_of(case).ends_on, "16:00")).case


def practised(here: World, case: Case, *, leave: tuple[int, ...] = ()) -> None:
    when = at(class_of(case).ends_on + timedelta(days=3), "10:00")
    for one in people(case):
        if one.seat not in leave:
            perform(
                case, "record_practice", trainee=one.pk, practice_from=class_of(case).ends_on - timedelta(days=1), practice_until=class_of(case).ends_on,
                practice_place="南方醫院", report_mark=Decimal(85), approved=True, by=here.staff, at=when,
            )  # fmt: skip


def photographed(here: World, case: Case) -> None:
    content = roster.small_photo(picture())
    for one in people(case):
        one.photo.save("photo.jpg", ContentFile(content), save=True)


@kept
def examined(here: World, *, failing: tuple[int, ...] = (), **given: Any) -> Case:
    """Marked by the county three days after the end; practice approved and photographed."""
    case = ended(here, **given)
    practised(here, case)
    photographed(here, case)
    ends_on = class_of(case).ends_on
    marks = [{"trainee": one.pk, "mark": 50 if one.seat in failing else 80} for one in people(case)]
    perform(
        case,
        "enter_marks",
        number=1,
        sat_on=ends_on + timedelta(days=2),
        marks=marks,
        examiner="監考官",
        by=here.authority,
        at=at(ends_on + timedelta(days=3), "11:00"),
    )
    return Case.objects.get(pk=case.pk)


@kept
def issued(here: World, **given: Any) -> Case:
    case = examined(here, **given)
    perform(case, "issue", by=here.staff, at=at(class_of(case).ends_on + timedelta(days=5), "10:00"))
    return Case.objects.get(pk=case.pk)


def trainee_user(one: Trainee) -> User:
    user = person(one.name)
    return proven(user, one.national_id)


def signing(
    one: Trainee,
    *,
    half: str = "morning",
    leaving: bool = False,
    wall: datetime,
    offset: timedelta = timedelta(0),
    **given: Any,
) -> attending.Signing:
    return attending.Signing(
        given.get("key", uuid4()), one.pk, half, leaving, wall, offset, given.get("image", SIGNATURE)
    )
