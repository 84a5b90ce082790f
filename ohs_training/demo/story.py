"""One class of the demonstration, told step by step as of its own days."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.core.files.base import ContentFile

from accounts.clock import now
from casework.cases.doing import perform
from kernel.dates import ONE_DAY, taipei_day
from ohs_training.demo.cast import Cast
from ohs_training.demo.invented import SURNAMES, ink, moment_of, name_of, national_id, photo
from ohs_training.models import SignRecord
from ohs_training.rules import timetable
from ohs_training.selectors.classes import class_of, live_trainees, row_facts, rows_of
from ohs_training.services import issuing, planning

TABLE = (
    ("09:00", "09:50", "職業安全衛生相關法規", 1, "law", False),
    ("10:00", "11:40", "職業病概論與預防", 2, "risk", False),
    ("13:00", "13:50", "勞工健康管理", 1, "practice", False),
    ("14:00", "15:40", "臨場健康服務實作", 2, "practice", True),
)


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
        self.at = min(moment_of(start - timedelta(days=30), "10:00"), now())
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
        perform(self.case, "save_plan", data=plan, by=cast.staff, at=self.at)
        teachers = [
            {
                "name": f"{SURNAMES[(made.pk + n) % 15]}{word}{made.pk}",
                "education": "公共衛生博士",
                "experience": "職業醫學科主治醫師十二年",
                "clause": "附表十二之一第一款",
            }
            for n, word in enumerate(("教授", "醫師"))
        ]
        perform(self.case, "save_teachers", teachers=teachers, by=cast.staff, at=self.at)
        staff = list(made.teachers.order_by("position"))
        rows = [
            {
                "starts_at": moment_of(start + timedelta(days=d), a), "ends_at": moment_of(start + timedelta(days=d), b), "course": course, "hours": Decimal(hours),
                "teacher": staff[d % 2], "category": "" if made.professional else category, "practice": practice,
            }
            for d in range(days)
            for a, b, course, hours, category, practice in TABLE
        ]  # fmt: skip
        perform(self.case, "save_timetable", rows=rows, by=cast.staff, at=self.at)
        self._people(people)

    def _people(self, people: int) -> None:
        lines = [
            {
                "name": name_of(self.first + n), "born_on": f"19{70 + n % 28}-0{1 + n % 9}-1{n % 9}", "national_id": national_id(self.first + n),
                "qualification_number": f"護理字第{200_000 + n}號", "education": "護理學系", "employer": ("南方紀念醫院", "府城精密公司", "嘉南鋼鐵廠")[n % 3],
                "job_title": "護理師", "address": "臺南市東區", "email": f"nurse{self.first + n}@demo.example", "phone": "06-2345678", "remark": "",
            }
            for n in range(people)
        ]  # fmt: skip
        perform(self.case, "import_roster", rows=lines, checked=True, by=self.cast.staff, at=self.at)

    def file(self) -> "Story":
        self.at = min(moment_of(self.start - timedelta(days=20), "11:00"), now())
        self.case = perform(self.case, "file", by=self.cast.staff, at=self.at).case
        return self

    def acknowledge(self) -> "Story":
        self.at = min(self.at + timedelta(days=2), now())
        number = f"府勞安字第115{self.case.pk:07d}號"
        self.case = perform(self.case, "acknowledge", acknowledgement=number, by=self.cast.authority, at=self.at).case
        return self

    def change(self) -> "Story":
        """變動報備, which waits for the county."""
        self.at = min(self.at + ONE_DAY, now())
        perform(self.case, "save_plan", data={"tutor": "鄧代班"}, by=self.cast.staff, at=self.at)
        self.case = perform(self.case, "change", reason="原輔導員請假。", by=self.cast.staff, at=self.at).case
        return self

    def run(self) -> "Story":
        self.case = perform(self.case, "start", by=self.cast.tutor, at=moment_of(self.start, "08:30")).case
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
                                signature=ink(one.seat),
                                recorded_by=self.cast.tutor,
                            )
                        )
        SignRecord.objects.bulk_create(rows)
        for day in sorted({p.day for p in periods}):
            if moment_of(day, "09:25") <= moment:
                here = [one.pk for one in people if not (away or {}).get(one.seat)]
                perform(self.case, "call_roll", day=day, present=here, by=self.cast.tutor, at=moment_of(day, "09:25"))
        return self

    def finish(self) -> "Story":
        self.at = moment_of(self.start + timedelta(days=self.days - 1), "16:00")
        self.case = perform(self.case, "end", by=self.cast.tutor, at=self.at).case
        return self

    def practise(self, *, leave: tuple[int, ...] = ()) -> "Story":
        self.at = min(self.at + timedelta(days=2), now())
        ended = self.start + timedelta(days=self.days - 1)
        for one in live_trainees(class_of(self.case)):
            one.photo.save("photo.jpg", ContentFile(photo(one.seat)), save=True)
            if one.seat not in leave:
                perform(
                    self.case, "record_practice", trainee=one.pk, practice_from=ended, practice_until=ended, practice_place="府城精密公司", report_mark=Decimal(80 + one.seat % 15),
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
        perform(
            self.case,
            "enter_marks",
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
        professional = class_of(self.case).professional
        perform(self.case, "issue" if professional else "issue_proofs", by=self.cast.staff, at=self.at)
        if files:
            issuing.run_waiting(at=self.at)
        return self

    def report(self) -> "Story":
        perform(self.case, "enter", by=self.cast.staff, at=self.at)
        self.case = perform(
            self.case, "report", report_number="南健訓字第1150000088號", by=self.cast.staff, at=self.at
        ).case
        return self
