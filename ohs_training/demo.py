"""展示資料: ministry, counties, institutions and classes in every stage. All names, numbers and papers are invented."""

import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image, ImageDraw

from accounts.clock import now
from accounts.demo import register_demo_role
from accounts.models import County, Organisation, User
from casework.demo import demo_role, register_demo
from casework.intake.sample import paper
from casework.kernel.dates import ONE_DAY, TAIPEI, taipei_day, validity_end
from casework.models import Case
from casework.services.law import law_in_force
from ohs_training.models import Accreditation, SignRecord
from ohs_training.rules import timetable
from ohs_training.selectors.classes import class_of, live_trainees, row_facts, rows_of
from ohs_training.selectors.institutions import ministry
from ohs_training.services import (
    absence,
    accrediting,
    attending,
    examining,
    fees,
    filing,
    inspecting,
    issuing,
    planning,
    reporting,
    roster,
)

SURNAMES, GIVEN = (
    "林陳黃張李王吳劉蔡楊許鄭謝郭洪",
    ("美惠", "志明", "淑芬", "家豪", "雅婷", "俊傑", "怡君", "冠宇", "佩珊", "宗翰", "靜宜"),
)
TABLE = (
    ("09:00", "09:50", "職業安全衛生相關法規", 1, "law", False),
    ("10:00", "11:40", "職業病概論與預防", 2, "risk", False),
    ("13:00", "13:50", "勞工健康管理", 1, "practice", False),
    ("14:00", "15:40", "臨場健康服務實作", 2, "practice", True),
)
SECTIONS = {
    "aim": "培育勞工健康服務醫護人員，提升事業單位臨場健康服務品質。",
    "method": "採面授，每年辦理專業訓練二期、在職教育訓練四期，於年初公告場次。",
    "courses": "課程依勞工健康保護規則規定，師資符合職業安全衛生教育訓練規則附表十二之一。",
    "place": "訓練教室合於消防法及建築相關法令，最大容納 120 人，設有無障礙設施。",
    "practice": "專業訓練安排事業單位臨場實作，由指導醫師審核報告。",
    "budget": "每期收入以報名費支應講師鐘點、場地、教材及行政費用。",
    "management": "設輔導員全程在場，簽到退及點名逐日查核，資料保存三年。",
}
register_demo_role("職安署承辦人", "osha1", "勞動部職業安全衛生署")
register_demo_role("職安署決行主管", "osha2", "勞動部職業安全衛生署")
register_demo_role("地方勞工主管機關", "tainanlabor", "臺南市政府")
register_demo_role("健康服務訓練機構", "nursing1", "社團法人南方職業健康護理學會")
register_demo_role("訓練輔導員", "nursing2", "社團法人南方職業健康護理學會")
register_demo_role("受訓護理人員", "trainee1", "有證書及待確認時數")


def _name(n: int) -> str:
    return SURNAMES[n % len(SURNAMES)] + GIVEN[n % len(GIVEN)]


def _national_id(n: int) -> str:
    """The n-th valid number of letter E, female (invented)."""
    body = f"2{3_000_000 + n * 41:07d}"
    total = 1 + 9 * 4 + sum(int(d) * w for d, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"E{body}{(10 - total % 10) % 10}"


def _pdf(title: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{title}.pdf", paper(title, ["本件為展示用文件。"]), content_type="application/pdf")


def _ink(n: int) -> bytes:
    """A scrawl, different for everybody."""
    out = io.BytesIO()
    image = Image.new("RGBA", (320, 120), (0, 0, 0, 0))
    points = [(15 + 42 * k, 60 + ((n * 37 + k * 53) % 80) - 40) for k in range(8)]
    ImageDraw.Draw(image).line(points, fill=(20, 20, 40, 255), width=4, joint="curve")
    image.save(out, "PNG")
    return out.getvalue()


def _photo(n: int) -> bytes:
    """A figure on a plain ground: a person of the demonstration."""
    image = Image.new("RGB", (300, 400), (206 + n % 30, 220, 230))
    pen = ImageDraw.Draw(image)
    pen.ellipse((95, 70, 205, 210), fill=(235, 200 + n % 20, 170))
    pen.pieslice((88, 50, 212, 190), 180, 360, fill=(50 + n * 7 % 40, 38, 32))
    pen.rounded_rectangle((50, 225, 250, 430), 60, fill=(40 + n * 13 % 120, 80, 110))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), TAIPEI)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays."""

    officer: User
    chief: User
    authority: User
    staff: User
    tutor: User
    unit: Organisation
    county: County


def _cast() -> Cast:
    office = ministry()
    county = County.objects.select_related("authority").get(code="67000")
    assert county.authority is not None
    unit, _ = Organisation.objects.get_or_create(
        unified_number="12345675",
        kind=Organisation.Kind.UNIT,
        defaults={
            "name": "社團法人南方職業健康護理學會",
            "address": "臺南市東區大學路1號",
            "postal_code": "701",
            "phone": "06-2757575",
        },
    )
    return Cast(
        demo_role("osha1", "趙職安", "ohs_ministry", office),
        demo_role("osha2", "錢署長", "ohs_ministry_chief", office),
        demo_role("tainanlabor", "孫勞檢", "ohs_county", county.authority),
        demo_role("nursing1", "周護理", "ohs_institution", unit),
        demo_role("nursing2", "吳輔導", "ohs_tutor", unit),
        unit,
        county,
    )


def _application(cast: Cast, unit: Organisation, staff: User, *, kind: str, when: datetime, file: bool = True) -> Case:
    made = accrediting.start(unit=unit, kind=kind, by=staff, at=when)
    data = {
        "trainings": ["professional", "in_service"], "law_hours": Decimal(2), "risk_hours": Decimal(4), "practice_hours": Decimal(6), "head": "鄭理事長",
        "contact": staff.name, "contact_phone": "06-2757575", "contact_email": staff.email, "course_given_on": taipei_day(when) - timedelta(days=200),
    }  # fmt: skip
    accrediting.save_application(made.case, data=data, sections=SECTIONS, by=staff, at=when)
    labels = law_in_force().at("ohs.papers", taipei_day(when)).value
    for code in accrediting.papers_needed(made, on=taipei_day(when)):
        accrediting.add_paper(made.case, code=code, upload=_pdf(labels[code]), attested=True, by=staff, at=when)
    if file:
        accrediting.file_application(made.case, by=staff, at=when)
    return Case.objects.get(pk=made.case.pk)


def _accredit(
    cast: Cast, unit: Organisation, staff: User, *, kind: str, when: datetime, starts_on: date
) -> Accreditation:
    case = _application(cast, unit, staff, kind=kind, when=when)
    ends_on = validity_end(starts_on, years=3)
    number = f"勞職衛2字第115{case.pk:07d}號"
    made = accrediting.accredit(
        case, starts_on=starts_on, ends_on=ends_on, letter_number=number, by=cast.chief, at=when + timedelta(hours=3)
    )
    accrediting.announce(case, by=cast.officer, at=when + timedelta(hours=4))
    accrediting.enter_papers(case, by=staff, at=when + timedelta(days=3))
    return made


class Story:
    """One class, told step by step as of its own days."""

    def __init__(
        self,
        cast: Cast,
        *,
        start: date,
        days: int = 2,
        training: str = "professional",
        people: int = 18,
        first: int = 0,
    ) -> None:
        self.cast, self.start, self.days, self.first = cast, start, days, first
        self.at = min(_at(start - timedelta(days=30), "10:00"), now())
        made = planning.start_class(
            unit=cast.unit, training=training, audience="nurse", title="勞工健康服務護理人員", starts_on=start, ends_on=start + timedelta(days=days - 1),
            county=cast.county, by=cast.staff, at=self.at,
        )  # fmt: skip
        self.case = made.case
        plan = {
            "place": "成功大學教學大樓", "address": "臺南市東區大學路1號", "room": f"第 {301 + made.pk % 9} 教室（{made.pk}）", "tutor": "吳輔導",
            "tutor_phone": "06-2757575#12", "tutor_fax": "06-2757576", "head": "鄭理事長", "expected": people, "fee": 12000 if made.professional else 3000,
            "materials_note": "職安署編印之「勞工健康服務」教材（115 年版）",
        }  # fmt: skip
        planning.save_plan(self.case, data=plan, by=cast.staff, at=self.at)
        teachers = [
            {
                "name": f"{SURNAMES[(made.pk + n) % 15]}{word}{made.pk}",
                "education": "公共衛生博士",
                "experience": "職業醫學科主治醫師十二年",
                "clause": "附表十二之一第一款",
            }
            for n, word in enumerate(("教授", "醫師"))
        ]
        planning.save_teachers(self.case, teachers=teachers, by=cast.staff, at=self.at)
        staff = list(made.teachers.order_by("position"))
        rows = [
            {
                "starts_at": _at(start + timedelta(days=d), a), "ends_at": _at(start + timedelta(days=d), b), "course": course, "hours": Decimal(hours),
                "teacher": staff[d % 2], "category": "" if made.professional else category, "practice": practice,
            }
            for d in range(days)
            for a, b, course, hours, category, practice in TABLE
        ]  # fmt: skip
        planning.save_timetable(self.case, rows=rows, by=cast.staff, at=self.at)
        self._people(people)

    def _people(self, people: int) -> None:
        lines = [
            {
                "name": _name(self.first + n), "born_on": f"19{70 + n % 28}-0{1 + n % 9}-1{n % 9}", "national_id": _national_id(self.first + n),
                "qualification_number": f"護理字第{200_000 + n}號", "education": "護理學系", "employer": ("南方紀念醫院", "府城精密公司", "嘉南鋼鐵廠")[n % 3],
                "job_title": "護理師", "address": "臺南市東區", "email": f"nurse{self.first + n}@demo.example", "phone": "06-2345678", "remark": "",
            }
            for n in range(people)
        ]  # fmt: skip
        roster.import_roster(self.case, rows=lines, checked=True, by=self.cast.staff, at=self.at)

    def file(self) -> "Story":
        self.at = min(_at(self.start - timedelta(days=20), "11:00"), now())
        self.case = filing.file_class(self.case, by=self.cast.staff, at=self.at)
        return self

    def acknowledge(self) -> "Story":
        self.at = min(self.at + timedelta(days=2), now())
        number = f"府勞安字第115{self.case.pk:07d}號"
        self.case = filing.acknowledge(self.case, acknowledgement=number, by=self.cast.authority, at=self.at)
        return self

    def run(self) -> "Story":
        self.case = filing.begin(self.case, by=self.cast.tutor, at=_at(self.start, "08:30"))
        return self

    def attend(
        self, *, until: datetime | None = None, away: dict[int, int] | None = None, late: tuple[int, ...] = ()
    ) -> "Story":
        """Everybody signs; `away`: seat → how many of the first periods are missed; `late`: seats twenty minutes late once."""
        moment = until or now()
        periods = timetable.periods(row_facts(row) for row in rows_of(class_of(self.case)))
        people = list(live_trainees(class_of(self.case)))
        rows = []
        for number, period in enumerate(periods):
            for one in people:
                if number < (away or {}).get(one.seat, 0):
                    continue
                came = period.starts_at + timedelta(
                    minutes=20 if one.seat in late and number == 0 else -(1 + one.seat % 12)
                )
                for leaving, when in ((False, came), (True, period.ends_at + timedelta(minutes=one.seat % 6))):
                    if when <= moment:
                        rows.append(
                            SignRecord(
                                trainee=one,
                                day=period.day,
                                half=period.half,
                                leaving=leaving,
                                at=when,
                                received_at=when,
                                source="tablet",
                                client_key=uuid4(),
                                signature=_ink(one.seat),
                                recorded_by=self.cast.tutor,
                            )
                        )
        SignRecord.objects.bulk_create(rows)
        for day in sorted({p.day for p in periods}):
            if _at(day, "09:25") <= moment:
                here = [one.pk for one in people if not (away or {}).get(one.seat)]
                attending.call_roll(self.case, day=day, present=here, by=self.cast.tutor, at=_at(day, "09:25"))
        return self

    def finish(self) -> "Story":
        self.at = _at(self.start + timedelta(days=self.days - 1), "16:00")
        self.case = filing.finish(self.case, by=self.cast.tutor, at=self.at)
        return self

    def practise(self, *, leave: tuple[int, ...] = ()) -> "Story":
        self.at = min(self.at + timedelta(days=2), now())
        ended = self.start + timedelta(days=self.days - 1)
        for one in live_trainees(class_of(self.case)):
            one.photo.save("photo.jpg", ContentFile(_photo(one.seat)), save=True)
            if one.seat not in leave:
                absence.record_practice(
                    self.case, trainee=one.pk, practice_from=ended, practice_until=ended, practice_place="府城精密公司", report_mark=Decimal(80 + one.seat % 15),
                    approved=True, by=self.cast.staff, at=self.at,
                )  # fmt: skip
        return self

    def examine(self, *, failing: tuple[int, ...] = (), out: tuple[int, ...] = ()) -> "Story":
        self.at = min(self.at + ONE_DAY, now())
        marks = [
            {"trainee": p.pk, "mark": 52 if p.seat in failing else 68 + p.seat % 30}
            for p in live_trainees(class_of(self.case))
            if p.seat not in out
        ]
        examining.enter_marks(
            self.case,
            number=1,
            sat_on=taipei_day(self.at),
            marks=marks,
            examiner="孫勞檢",
            by=self.cast.authority,
            at=self.at,
        )
        return self

    def issue(self, *, files: bool = True) -> "Story":
        self.at = min(self.at + timedelta(hours=3), now())
        batch = issuing.issue_class(self.case, by=self.cast.staff, at=self.at)
        if files:
            issuing.make_files(batch.pk, at=self.at)
        return self

    def report(self) -> "Story":
        reporting.enter(self.case, by=self.cast.staff, at=self.at)
        self.case = reporting.report(self.case, report_number="南健訓字第1150000088號", by=self.cast.staff, at=self.at)
        return self


@transaction.atomic
def build() -> int:
    """Nothing is added when the institution is there already."""
    if Organisation.objects.filter(unified_number="12345675", kind=Organisation.Kind.UNIT).exists():
        return 0
    before, moment = Case.objects.count(), now()
    today = taipei_day(moment)
    cast = _cast()
    _accredit(
        cast,
        cast.unit,
        cast.staff,
        kind="nursing_body",
        when=moment - timedelta(days=500),
        starts_on=today - timedelta(days=500),
    )
    for name, number, account, person, kind, days in (
        ("臺北職業醫學會", "22099131", "medical1", "馮職醫", "medical_body", 1000),
        ("南臺灣醫療財團法人教學醫院", "62140097", "hospital1", "褚院長", "teaching_hospital", 40),
    ):
        unit, _ = Organisation.objects.get_or_create(
            unified_number=number,
            kind=Organisation.Kind.INSTITUTION,
            defaults={"name": name, "address": "臺北市中正區", "phone": "02-23456789"},
        )
        staff = demo_role(account, person, "ohs_institution", unit)
        _accredit(
            cast, unit, staff, kind=kind, when=moment - timedelta(days=days), starts_on=today - timedelta(days=days)
        )
    school, _ = Organisation.objects.get_or_create(
        unified_number="00501508",
        kind=Organisation.Kind.INSTITUTION,
        defaults={"name": "南方科技大學護理系", "address": "高雄市三民區"},
    )
    teacher = demo_role("school1", "衛教授", "ohs_institution", school)
    _application(cast, school, teacher, kind="university", when=moment - timedelta(days=3))

    closed = Story(cast, start=today - timedelta(days=60), first=0).file().acknowledge().run()
    closed.attend(until=moment, away={3: 2, 5: 1}, late=(7,)).finish().practise(leave=(9,))
    closed.examine(failing=(4,), out=(3, 5, 7)).issue().report()
    reporting.close_class(closed.case, acknowledgement="府勞安字第1159900001號", by=cast.authority, at=closed.at)
    for one in list(live_trainees(class_of(closed.case)))[:3]:
        fees.receive(closed.case, trainee=one.pk, amount=12000, paid_on=closed.start, by=cast.staff, at=closed.at)
    fees.spend(
        closed.case,
        item="講師鐘點費",
        amount=24000,
        spent_on=closed.start,
        voucher="憑-001",
        by=cast.staff,
        at=closed.at,
    )
    issued = (
        Story(cast, start=today - timedelta(days=12), training="in_service", people=24, first=100)
        .file()
        .acknowledge()
        .run()
    )
    issued.attend(until=moment, away={2: 1}).finish().issue()
    ended = Story(cast, start=today - timedelta(days=6), first=200).file().acknowledge().run()
    ended.attend(until=moment, away={6: 2}).finish().practise()
    running = Story(cast, start=today - ONE_DAY, days=3, first=300).file().acknowledge().run()
    running.attend(until=moment, late=(8,))
    Story(cast, start=today + timedelta(days=9), first=400).file().acknowledge()
    Story(cast, start=today + timedelta(days=18), training="in_service_discussion", people=20, first=500).file()
    Story(cast, start=today + timedelta(days=45), people=12, first=600)
    _inspected(cast, class_of(ended.case), moment)
    trainee = live_trainees(class_of(issued.case)).first()
    user = demo_role("trainee1", trainee.name, "ohs_tutor", cast.unit) if trainee else None
    if user and trainee:
        user.groups.clear()
        user.set_national_id(trainee.national_id)
        user.save()
    return Case.objects.count() - before


def _inspected(cast: Cast, training_class: Any, moment: datetime) -> None:
    """查核 with an order that waits for its answer."""
    given = {
        "office": cast.county.authority,
        "accreditation": training_class.accreditation,
        "training_class": training_class,
        "by": cast.authority,
    }
    on = training_class.starts_on
    inspecting.inspect(
        inspected_on=on,
        papers_asked="簽到表",
        findings="簽到確實。",
        breach="",
        clause="",
        at=_at(on, "11:00"),
        **given,
    )
    _, order = inspecting.inspect(
        inspected_on=on + ONE_DAY, papers_asked="點名紀錄", findings="下午第 1 節輔導員未在場。", breach="輔導員未於簽到時在場。", clause="附表八附註一",
        at=_at(on + ONE_DAY, "15:00"), **given,
    )  # fmt: skip
    if order:
        inspecting.order_improvement(
            order.case, letter_number="府勞安字第1150054321號", answer_by=taipei_day(moment) + timedelta(days=10), reason=order.breach, by=cast.authority,
            at=_at(on + ONE_DAY, "17:00"),
        )  # fmt: skip


register_demo(30, "勞工健康服務醫護人員訓練", build)
