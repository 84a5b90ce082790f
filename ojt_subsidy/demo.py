"""展示資料: a course opening in the next minutes, full, running, closing and paid, with the people of each. All invented."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from accounts.clock import now
from accounts.demo import Demonstration, DemoRole, ToldAmendment
from accounts.models import County, Organisation, User
from casework.cases.doing import perform
from casework.demo import demo_person, demo_role
from casework.entitlements import ANSWERERS
from casework.models import Case
from kernel.dates import TAIPEI, roc, roc_year, taipei_day
from kernel.outcome import Line, Outcome
from ojt_subsidy.models import Closing, Course, CourseIntake, Enrolment, InsuranceCheck, Trainee
from ojt_subsidy.services import (
    batching,
    closing,
    complaining,
    enrolling,
    paying,
    planning,
    profile,
    running,
    screening,
)
from ojt_subsidy.services.digests import digest_course
from ojt_subsidy.services.evidence import record_insurance
from ojt_subsidy.services.telling import tell_filed

HOME = "WDA-YCT"
STAFF = (
    ("subsidy_officer", "ycsubofficer", "分署課程及補助承辦人", "周佳蓉"),
    ("subsidy_chief", "ycsubchief", "分署課程及補助主管", "何志豪"),
    ("subsidy_cashier", "ycsubcashier", "分署撥款人員", "江淑惠"),
    ("subsidy_complaints", "ycsubcomplaints", "分署陳情承辦人", "馬文傑"),
)
#: Registered as a unit where accounts are opened too: what it files next is judged by that register.
UNIT = ("財團法人南瀛職業訓練基金會", "00501508")
NAMES = (
    "林怡君",
    "陳俊宏",
    "黃雅婷",
    "張家豪",
    "李佩珊",
    "王志明",
    "吳宗翰",
    "劉淑芬",
    "蔡冠宇",
    "楊美惠",
    "許文雄",
    "鄭心怡",
    "謝承恩",
    "郭靜宜",
)
EMPLOYED = [{"kind": "labour", "from": "2018-03-01", "to": None, "mark": None}]
_SPACE = UUID("6f0c1c3e-5b0a-4d3a-9a68-5a1f6f2f7f10")


def _national_id(n: int) -> str:
    """The n-th valid number of letter E (invented; the check digit holds)."""
    body = f"{1 + n % 2}{6_100_000 + n * 211:07d}"
    total = 1 + 9 * 4 + sum(int(d) * w for d, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"E{body}{(10 - total % 10) % 10}"


def _trainees() -> list[User]:
    found = []
    for n, name in enumerate(NAMES, 1):
        person = demo_person(f"trainee{n:02d}", name, national_id=_national_id(n), confirmed=n < len(NAMES))
        if not Trainee.objects.filter(pk=person.pk).exists():
            data = {
                "born_on": date(1990 + n % 12, 1 + n % 12, 5), "employer": f"南科第{n}工程股份有限公司", "mobile": f"0912{n:06d}",
                "bank_code": "700", "bank_account": f"0041{n:010d}", "bank_holder": name, "address": "臺南市新營區民治路36號",
            }  # fmt: skip
            profile.save_profile(person=person, data=data, at=now())
        found.append(person)
    return found


class _Stage:
    """The people and the steps that bring a course to a state."""

    def __init__(self) -> None:
        self.at = now()
        self.today = taipei_day(self.at)
        self.branch = Organisation.objects.get(code=HOME)
        self.county = County.objects.get(name="臺南市")
        self.people = {role: demo_role(account, name, role, self.branch) for role, account, _, name in STAFF}
        self.unit, _ = Organisation.objects.get_or_create(
            unified_number=UNIT[1], kind=Organisation.Kind.UNIT, defaults={"name": UNIT[0]}
        )
        self.clerk = demo_role("nycourse", "陳麗華", "subsidy_unit", self.unit)
        self.trainees = _trainees()

    def intake(self, on: date) -> CourseIntake:
        found, _ = CourseIntake.objects.get_or_create(
            program_year=roc_year(on), name=f"{'上' if on.month < 7 else '下'}半年",
            defaults={
                "opens_on": on - timedelta(days=20), "closes_on": on + timedelta(days=40), "announced_at": self.at,
                "announced_by": self.people["subsidy_officer"],
            },
        )  # fmt: skip
        if not found.opens_on <= on <= found.closes_on:
            found.opens_on, found.closes_on = min(found.opens_on, on), max(found.closes_on, on)
            found.save()
        return found

    def draft(self, title: str, starts_on: date, at: datetime, *, weeks: int = 6, **changes: Any) -> Case:
        data: dict[str, Any] = {
            "plan": "industry_talent", "unit_kind": "foundation", "title": title, "category": "manufacturing", "occupation": "機械加工",
            "content": "依產業需求規劃，理論與實作並重，結訓後可獨立操作。", "teachers": "林文山（業師，十五年經驗）", "conditions": "具在職勞工身分",
            "place": "臺南市官田區工業路1號", "starts_on": starts_on, "ends_on": starts_on + timedelta(weeks=weeks - 1),
            "weekly": planning.weekly_rows([{"weekday": starts_on.weekday(), "from": time(19), "until": time(22)}]),
            "fee": 10_000, "seats": 30, "others": 2, "contact_phone": "06-698-5945", **changes,
        }  # fmt: skip
        return planning.draft_course(
            unit=self.unit, intake=self.intake(taipei_day(at)), county=self.county, data=data, by=self.clerk, at=at
        ).case

    def published(self, title: str, starts_on: date, at: datetime, **changes: Any) -> Course:
        case = self.draft(title, starts_on, at, **changes)
        perform(case, "file", by=self.clerk, at=at)
        course = Course.objects.get(case=case)
        officer, chief = self.people["subsidy_officer"], self.people["subsidy_chief"]
        perform(case, "forward", approved_seats=course.seats, approved_fee=course.fee, by=officer, at=at)
        perform(case, "approve", comment="同意", by=chief, at=at)
        perform(case, "publish", by=officer, at=at)
        return Course.objects.select_related("case__office", "case__organisation").get(case=case)

    def enrolled(self, course: Course, people: list[User], at: datetime) -> list[Enrolment]:
        rows = []
        for n, person in enumerate(people):
            key = uuid5(_SPACE, f"{course.code}:{person.pk}")
            answer, _ = enrolling.enrol(
                code=course.code, person=person, key=key, at=at + timedelta(milliseconds=137 * n)
            )
            rows.append(Enrolment.objects.get(pk=answer["enrolment"]))
        return rows

    def admitted(self, rows: list[Enrolment], at: datetime) -> list[Enrolment]:
        day = taipei_day(at)
        for row in rows:
            screening.ask(row, by=self.clerk, at=at)
            enrolling.accept(row, by=row.person, at=at)
            screening.admit(row, fee_paid_on=day, papers_on=day, by=self.clerk, at=at)
        return list(
            Enrolment.objects.filter(pk__in=[row.pk for row in rows]).select_related("course", "person__trainee")
        )

    def attended(self, course: Course, rows: list[Enrolment], *, until: datetime) -> None:
        for n, session in enumerate(course.sessions.filter(ends_at__lt=until).order_by("number")):
            missed = {row.pk: Decimal(1) if (row.number + n) % 5 == 0 else Decimal(0) for row in rows}
            running.record_attendance(session, missed=missed, by=self.clerk, at=session.ends_at)

    def insured(self, rows: list[Enrolment], at: datetime) -> None:
        for row in rows:
            record_insurance(
                row, source=InsuranceCheck.Source.EXCHANGE, records=EMPLOYED, by=self.people["subsidy_officer"], at=at
            )

    def closed(self, course: Course, rows: list[Enrolment], at: datetime) -> Closing:
        for row in rows:
            running.fill_survey(
                row, answers=dict.fromkeys(running.QUESTIONS, 5), comment="收穫很多", by=row.person, at=at
            )
            running.grade(
                row, passed=True, certificate=f"南瀛訓字第{course.code}{row.number:03d}號", by=self.clerk, at=at
            )
        one = closing.start_closing(Course.objects.select_related("case").get(pk=course.pk), by=self.clerk, at=at)
        perform(one.case, "file", by=self.clerk, at=at)
        return one


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), TAIPEI)


def build() -> int:
    """Adds nothing where there are courses already."""
    if Course.objects.exists():
        return 0
    with ANSWERERS.kept(), transaction.atomic():
        ANSWERERS.clear()  # the stories begin on days before the registers of other schemes do
        return _tell()


def _tell() -> int:
    s = _Stage()
    day = timedelta(days=1)
    # drafted, waiting for review
    s.draft("精實生產管理班", s.today + 70 * day, s.at, category="management", occupation="企業管理")
    waiting = s.draft("手作烘焙進階班", s.today + 65 * day, s.at, category="food", occupation="烘焙食品")
    perform(waiting, "file", by=s.clerk, at=s.at)
    # opening in the next minutes: the page counts down to it
    soon = s.published("機器人實戰設計班", s.today + 31 * day, s.at, seats=3, others=0)
    _bring_forward(soon, (s.at + timedelta(minutes=6)).replace(second=0, microsecond=0))
    # full, with a waiting list
    full = s.published(
        "財金大數據分析班", s.today + 20 * day, s.at, seats=3, others=0, category="digital", occupation="資料分析"
    )
    s.enrolled(full, s.trainees[1:7], s.at)
    digest_course(full, at=s.at)
    # running since three weeks
    begins = s.today - 21 * day
    live = s.published("智慧機械維護班", begins, _noon(begins - 30 * day), weeks=8)
    rows = s.admitted(s.enrolled(live, s.trainees[:6], _noon(begins - 20 * day)), _noon(begins - 15 * day))
    running.run_day(at=_noon(begins))
    s.attended(live, rows, until=s.at)
    s.insured(rows, s.at)
    # ended, the dossier at the branch
    begins = s.today - 50 * day
    ended = s.published(
        "電腦輔助製圖班", begins, _noon(begins - 30 * day), weeks=6, category="design", occupation="製圖"
    )
    # The last one's number is a claim: the line waits until an officer has seen the document.
    filed = [*s.trainees[6:10], s.trainees[13]]
    rows = s.admitted(s.enrolled(ended, filed, _noon(begins - 20 * day)), _noon(begins - 15 * day))
    running.run_day(at=_noon(begins))
    s.attended(ended, rows, until=s.at)
    running.run_day(at=s.at)
    s.insured(rows, s.at)
    s.closed(ended, rows, s.at)
    # paid
    begins = s.today - 110 * day
    old = s.published(
        "工業安全實務班", begins, _noon(begins - 30 * day), weeks=6, category="construction", occupation="工業安全"
    )
    rows = s.admitted(s.enrolled(old, s.trainees[10:13], _noon(begins - 20 * day)), _noon(begins - 15 * day))
    running.run_day(at=_noon(begins))
    s.attended(old, rows, until=s.at)
    after = _noon(old.ends_on + 2 * day)
    running.run_day(at=after)
    s.insured(rows, after)
    one = s.closed(old, rows, after)
    officer, chief, cashier = (s.people[k] for k in ("subsidy_officer", "subsidy_chief", "subsidy_cashier"))
    perform(one.case, "forward", by=officer, at=after)
    perform(one.case, "approve", by=chief, at=after)
    paying.approve_all(one.pk, by=chief, at=after)
    batch, _ = batching.make_batch(office=s.branch, by=cashier, at=after)
    batch = batching.send_batch(batch, by=cashier, at=after)
    batching.apply_result(batch, data=_answer(batch), by=cashier, at=after + 3 * day)
    perform(one.case, "settle", by=officer, at=after + 3 * day)
    complaining.file_complaint(
        person=s.trainees[2],
        county=s.county,
        course=live,
        about="place",
        body="教室冷氣故障，已兩週未修。",
        confidential=True,
        at=s.at,
    )
    tell_filed(at=s.at)
    return Case.objects.filter(kind__startswith="ojt_subsidy.").count()


def _bring_forward(course: Course, opens_at: datetime) -> None:
    """The demonstration does not wait for noon; the page's explanation says so."""
    opening = Outcome.from_json(course.opening)
    here = opens_at.astimezone(TAIPEI)
    said = f"展示資料：為示範倒數與報名，本課程改於 {roc(here.date())} {here:%H:%M} 開放；正式課程依上列計算"
    lines = (*opening.lines, Line("SUB-02", "展示資料", said, inputs={"opens_at": opens_at.isoformat()}))
    Course.objects.filter(pk=course.pk).update(opens_at=opens_at, opening=replace(opening, lines=lines).as_json())


def _answer(batch: Any) -> bytes:
    """The bank's file, everything paid."""
    lines = ["清冊編號,序號,金額,結果,說明"]
    lines += [f"{batch.number},{line.reference},{line.amount},成功," for line in batch.lines.order_by("reference")]
    return "\r\n".join([*lines, f"合計,{batch.count},{batch.count},{batch.total},0,0"]).encode("utf-8-sig")


DEMO = Demonstration(
    20,
    "課程與補助",
    build,
    (
        *(DemoRole(label, account, "雲嘉南分署") for _, account, label, _ in STAFF),
        DemoRole("訓練單位課程承辦人", "nycourse", UNIT[0]),
        DemoRole("報名學員", "trainee01", "林怡君，已填個人報名資料"),
    ),
    draft=ToldAmendment("補助額度提高為 10 萬元", "產業人才投資方案修正（展示）", "sub.cap", 100_000),
)
