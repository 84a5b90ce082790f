"""展示資料: professionals at every stage, courses, a doubtful case before the committee. Names, numbers and papers are invented."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.clock import now, today
from accounts.demo import Demonstration, DemoRole
from accounts.models import Membership, Organisation, User
from casework.cases.doing import perform
from casework.demo import demo_person, demo_role
from casework.intake.sample import paper
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import TAIPEI, roc_long
from kernel.saying import plain
from vrs_credentials import permissions as rights
from vrs_credentials.models import Certificate, Course, CourseField, Lecturer, News, Professional
from vrs_credentials.params.clauses import DOCUMENTS
from vrs_credentials.rules.attendance import COLUMNS, EXAMPLE
from vrs_credentials.selectors.papers import checklist
from vrs_credentials.services import (
    attending,
    courses,
    education,
    qualifying,
    renewing,
    reviewing,
    rosters,
    site,
    training,
    uploading,
)
from vrs_credentials.services.office import OFFICE_CODE

PEOPLE = {
    "vrsfresh": ("林曉青", "剛取得資格", 11),
    "vrshalf": ("陳柏翰", "時數累積到一半", 12),
    "vrsready": ("黃淑惠", "時數已滿，更新申請開放中", 13),
    "vrslapsed": ("張家銘", "已逾效期", 14),
    "vrsaway": ("吳雅雯", "育嬰留停，已展延", 15),
    "vrsdoubt": ("周建宏", "疑義案件，待複審會議", 16),
    "vrsnew": ("許怡婷", "尚未申請任何資格", 17),
    "vrsmend": ("蔡承恩", "申請案待補件", 18),
    "vrsdown": ("鄧詩涵", "複審決議後，待勞動部發函", 19),
}
STAFF = (
    ("vrshandler", "李專員", rights.HANDLER, "承辦單位專案人員"),
    ("vrssecretary", "王秘書", rights.SECRETARY, "複審會議幕僚"),
    ("vrsreviewer1", "甲委員", rights.REVIEWER, "審查委員（甲）"),
    ("vrsreviewer2", "乙委員", rights.REVIEWER, "審查委員（乙）"),
    ("vrsreviewer3", "丙委員", rights.REVIEWER, "審查委員（丙，任職於展示機構）"),
    ("vrsapprover", "趙科長", rights.APPROVER, "勞動力發展署核定人員"),
)


def _national_id(n: int) -> str:
    """The n-th valid number of letter F (invented; the check digit holds)."""
    body = f"{1 + n % 2}{6_000_000 + n * 131:07d}"
    total = 1 + 9 * 5 + sum(int(d) * w for d, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"F{body}{(10 - total % 10) % 10}"


def _at(day: date) -> datetime:
    """Ten in the morning of a day."""
    return min(datetime.combine(day, time(10), TAIPEI), now())


def _pdf(title: str, day: date) -> SimpleUploadedFile:
    return SimpleUploadedFile(
        f"{title}.pdf", paper(title, ["展示用文件，內容均為虛構。"], on=roc_long(day)), content_type="application/pdf"
    )


class Story:
    """The people, and the acts they go through on the days given."""

    def __init__(self) -> None:
        kinds = Organisation.Kind
        self.office, _ = Organisation.objects.get_or_create(
            code=OFFICE_CODE,
            defaults={
                "name": "中華民國全國工業總會",
                "short_name": "工業總會",
                "kind": kinds.COMMISSIONED,
                "phone": "02-27034529",
            },
        )
        self.body, _ = Organisation.objects.get_or_create(
            unified_number="99000105", kind=kinds.INSTITUTION,
            defaults={"name": "社團法人展示職業重建協會", "address": "臺北市中正區館前路77號", "phone": "02-2345-6789"},
        )  # fmt: skip
        self.staff = {account: demo_role(account, name, role, self.office) for account, name, role, _ in STAFF}
        self.clerk = demo_role("vrsclerk", "沈承辦", rights.INSTITUTION, self.body)
        third = self.staff["vrsreviewer3"]
        if not Membership.objects.filter(user=third).exists():
            Membership.objects.create(user=third, organisation=self.body, starts_on=date(2020, 1, 1), title="督導")
        self.handler, self.secretary, self.approver = (
            self.staff[f"vrs{n}"] for n in ("handler", "secretary", "approver")
        )
        self.reviewers = [self.staff["vrsreviewer1"], self.staff["vrsreviewer2"]]
        self.letters = 0

    def person(self, account: str) -> User:
        name, _, n = PEOPLE[account]
        user = demo_person(account, name, national_id=_national_id(n))
        Professional.objects.get_or_create(
            user=user,
            defaults={
                "birth_on": date(1988, 3, n),
                "postal_code": "100",
                "address": "臺北市中正區館前路77號",
                "mobile": "0912-345-678",
                "joined_at": now(),
            },
        )
        return user

    # --- one act each ---------------------------------------------------------------------------------------------------

    def papers(self, case: Case, codes: Sequence[str], by: User, day: date, subject: str = "") -> None:
        for code in codes:
            uploading.add_paper(
                case, code=code, label=_LABELS.get(code, code), uploads=[_pdf(_LABELS.get(code, code), day)], by=by,
                at=_at(day), field="pledge" if code == "pledge" else "document", by_hand=True, subject=subject,
            )  # fmt: skip

    def apply(
        self,
        user: User,
        day: date,
        *,
        kind: str = "placement",
        clause: str = "7-1-4",
        file: bool = True,
        **answers: Any,
    ) -> Case:
        given = {"chosen": "programme", **answers}
        one = qualifying.start(
            person=user,
            kind=kind,
            clause=clause,
            answers=given,
            background={"degree": "other", "programme": True},
            at=_at(day),
        )
        self.papers(one.case, checklist(one, on=day, law=law_in_force()).result["documents"], user, day)
        case = perform(one.case, "declare_no_bar", by=user, at=_at(day)).case
        return perform(case, "file", by=user, at=_at(day)).case if file else case

    def review(self, case: Case, day: date, *verdicts: str) -> Case:
        case = perform(case, "assign", by=self.handler, at=_at(day), reviewers=self.reviewers).case
        for who, verdict in zip(self.reviewers, verdicts or ("pass", "pass"), strict=False):
            comment = "" if verdict == "pass" else "科系名稱與條款不完全相符。"
            case = perform(case, "opinion", by=who, at=_at(day), verdict=verdict, comment=comment).case
        return case

    def approve(self, case: Case, day: date, **more: Any) -> Case:
        self.letters += 1
        number = f"勞動發特字第{day.year - 1911}{self.letters:07d}號"
        given = {"letter_number": number, "letter_on": day, **more}
        return perform(case, "approve", by=self.approver, at=_at(day), **given).case

    def certify(self, account: str, day: date, **given: Any) -> Certificate:
        reviewed = self.review(self.apply(self.person(account), day, **given), day)
        case = perform(reviewed, "pass_review", by=self.handler, at=_at(day)).case
        return Certificate.objects.get(case=self.approve(case, day))

    def course(
        self,
        title: str,
        day: date,
        *,
        filed_on: date,
        hours: str = "6",
        group: str = "professional",
        approved: bool = True,
    ) -> Course:
        data = {
            "title": title, "is_public": True, "mode": "onsite", "slot": "full", "starts_on": day, "ends_on": day, "fee": 500,
            "place": "臺北市中正區館前路77號", "audience": ["placement", "case_manager"], "handling": "自辦",
        }  # fmt: skip
        sets = [{"group": group, "competence": "就業服務知能", "area": "就業開拓與媒合", "hours": Decimal(hours)}]
        one = courses.start(
            self.body, data=data, sets=sets, lecturers=[self.lecturer()], by=self.clerk, at=_at(filed_on)
        )
        self.papers(
            one.case, ("course_summary", "flyer", "sign_in_sheet", "handout", "lecturer_profile"), self.clerk, filed_on
        )
        case = perform(one.case, "file", by=self.clerk, at=_at(filed_on)).case
        if approved:
            case = perform(self.review(case, filed_on), "pass_review", by=self.handler, at=_at(filed_on)).case
            self.approve(case, filed_on)
        one.refresh_from_db()
        return one

    def lecturer(self) -> Lecturer:
        found = Lecturer.objects.filter(institution=self.body).first()
        data = {
            "name": "鄭教授", "national_id": _national_id(99), "clause": "2", "expertise": "身障職業重建實務十二年", "degree": "復健諮商研究所碩士",
            "post": "大學助理教授",
        }  # fmt: skip
        return found or courses.save_lecturer(self.body, data=data, by=self.clerk, at=now())

    def attend(self, course: Course, people: Sequence[User], *, credited: bool = True) -> None:
        day = course.ends_on + timedelta(days=1)
        case = Case.objects.get(pk=course.case_id)
        attending.keep_sheet(case, upload=_pdf("簽到表", day), by=self.clerk, at=_at(day))
        field = course.fields.get()
        attending.import_attendance(
            case, files=[(field, "名冊.csv", _roster(course, field, people))], by=self.clerk, at=_at(day)
        )
        if credited:
            perform(case, "credit", by=self.handler, at=_at(day))

    def preview(self, course: Course, people: Sequence[User]) -> None:
        """Uploaded and checked; 確定上傳 waits for the clerk."""
        case, field = Case.objects.get(pk=course.case_id), course.fields.get()
        attending.keep_sheet(case, upload=_pdf("簽到表", course.ends_on), by=self.clerk, at=now())
        upload = SimpleUploadedFile("名冊.csv", _roster(course, field, people))
        job = perform(case, "upload_rosters", by=self.clerk, at=now(), files=[(field, upload)]).answer
        rosters.run(job.pk, at=now())


def _roster(course: Course, field: CourseField, people: Sequence[User]) -> bytes:
    """Heading, example and a line for each."""
    lines = [",".join(COLUMNS), ",".join(EXAMPLE)]
    day, hours = course.starts_on.isoformat(), plain(field.hours)
    lines += [f"{day},{one.name},{one.national_id},{hours},否,否,否" for one in people]
    return "\r\n".join(lines).encode()


_LABELS = {
    **DOCUMENTS, "course_summary": "課程摘要表", "flyer": "課程簡章",
    "sign_in_sheet": "簽到表影本", "handout": "講義", "lecturer_profile": "講師簡歷及佐證文件", "evidence": "佐證資料", "certificate": "結訓證書",
    "form": "展延申請表", "proof": "留職停薪證明", "consent": "主管機關同意文件",
}  # fmt: skip


@transaction.atomic
def build() -> int:
    """Once: where the commissioned body has cases already, nothing is added."""
    before = Case.objects.filter(kind__startswith="vrs_credentials.").count()
    if before:
        return 0
    story, day = Story(), today()
    ago = lambda days: day - timedelta(days=days)  # noqa: E731 - the story is told in days before today
    half, ready = story.certify("vrshalf", ago(500)), story.certify("vrsready", ago(3 * 365 - 45))
    lapsed, away = story.certify("vrslapsed", ago(3 * 365 + 40)), story.certify("vrsaway", ago(800))
    story.certify("vrsfresh", ago(3), hired_on=ago(20))
    _hours(story, half, ready, lapsed, day)
    _away(story, away, day)
    _own(story, half, day)
    _running(story, day)
    _site(story, day)
    return Case.objects.filter(kind__startswith="vrs_credentials.").count()


def _hours(story: Story, half: Certificate, ready: Certificate, lapsed: Certificate, day: date) -> None:
    ready_person = ready.holder
    for n in range(6):
        held_on = day - timedelta(days=420 - n * 55)
        course = story.course(f"職業重建專業課程（{n + 1}）", held_on, filed_on=held_on - timedelta(days=40), hours="9")
        story.attend(course, [ready_person, *([half.holder] if n < 3 else [])])
    held_on = day - timedelta(days=60)
    ethics = story.course("職業重建專業倫理", held_on, filed_on=held_on - timedelta(days=40), group="ethics")
    story.attend(ethics, [ready_person, half.holder])
    waiting = story.course("個案管理實務工作坊", day - timedelta(days=5), filed_on=day - timedelta(days=50))
    story.attend(waiting, [half.holder], credited=False)
    story.course("就業開拓與雇主溝通", day + timedelta(days=30), filed_on=day - timedelta(days=10), hours="12")
    story.course("專業倫理案例研討", day + timedelta(days=45), filed_on=day - timedelta(days=9), group="ethics")
    story.course(
        "身心障礙者權益法規", day + timedelta(days=60), filed_on=day - timedelta(days=2), group="law", approved=False
    )
    story.course("待匯入上課紀錄之課程", day - timedelta(days=2), filed_on=day - timedelta(days=45))
    # one of them got the certificate after the course: the preview says that no hours follow
    fresh = User.objects.get(account_name="vrsfresh")
    checked = story.course("名冊檢查完成、待確定上傳之課程", day - timedelta(days=4), filed_on=day - timedelta(days=46))
    story.preview(checked, [half.holder, fresh])


def _away(story: Story, one: Certificate, day: date) -> None:
    person, first = one.holder, day - timedelta(days=60)
    asked = first - timedelta(days=10)
    made = renewing.start_extension(
        one,
        reason="parental_leave",
        away_from=first,
        away_until=first + timedelta(days=182),
        person=person,
        at=_at(asked),
    )
    story.papers(made.case, ("form", "proof", "consent", "pledge"), person, asked)
    case = perform(made.case, "file", by=person, at=_at(asked)).case
    story.approve(perform(case, "report", by=story.handler, at=_at(asked)).case, asked)


def _own(story: Story, half: Certificate, day: date) -> None:
    data = {
        "way": "seminar", "organiser": "臺灣職業重建專業協會", "title": "職業重建年度研討會", "group": "quality", "competence": "專業品質",
        "area": "品質管理", "starts_on": day - timedelta(days=20), "ended_on": day - timedelta(days=19), "asked_hours": Decimal(3),
        "kinds": ["placement"],
    }  # fmt: skip
    one = education.start(person=half.holder, data=data, at=_at(day))
    story.papers(one.case, ("evidence", "pledge"), half.holder, day)
    perform(one.case, "file", by=half.holder, at=_at(day))


def _running(story: Story, day: date) -> None:
    """Cases under way: doubtful on an agenda, asked for a supplement, in review, a draft, hours filed."""
    doubtful = story.review(
        story.apply(story.person("vrsdoubt"), day - timedelta(days=12)), day - timedelta(days=8), "doubt", "pass"
    )
    session = reviewing.call_session(
        office=story.office, held_on=day, place="臺北市復興南路一段390號12樓會議室", chair="孫召集人", members="甲委員、乙委員、丁委員",
        by=story.secretary, at=now(),
    )  # fmt: skip
    perform(doubtful, "refer", by=story.handler, at=now(), session=session)
    _turned_down(story, day)
    mend = story.apply(story.person("vrsmend"), day - timedelta(days=6))
    items = [{"target": "paper.degree", "label": "學歷之證明文件", "problem": "影本模糊，請重新掃描。"}]
    perform(
        mend, "ask_supplement", by=story.handler, at=_at(day - timedelta(days=1)), items=items, message="請儘速補件。",
        due_on=day + timedelta(days=10),
    )  # fmt: skip
    filed = story.apply(story.person("vrshalf"), day - timedelta(days=2), kind="instructor", clause="5-1")
    perform(filed, "assign", by=story.handler, at=_at(day - timedelta(days=1)), reviewers=story.reviewers)
    fresh = story.person("vrsfresh")
    story.apply(fresh, day - timedelta(days=1), kind="trainer_senior", clause="T-4")
    held = Certificate.objects.get(holder=fresh)
    one = training.start(
        person=fresh, purpose="after", kind="placement", clause=held.clause, certificate=held, at=now()
    )
    data = {
        "course": "就業服務專業訓練（基礎）", "hours": Decimal(18), "trainer": "勞動力發展署", "class_name": "第一班",
        "starts_on": day - timedelta(days=2), "ends_on": day - timedelta(days=1), "disabilities": ["physical", "mental"],
    }  # fmt: skip
    row = perform(one.case, "save_record", by=fresh, at=now(), position=None, data=data).answer
    story.papers(one.case, ("certificate",), fresh, day, subject=row.code)
    story.person("vrsnew")


def _turned_down(story: Story, day: date) -> None:
    """The committee resolved against it; the ministry's letter is still to come."""
    held_on = day - timedelta(days=6)
    case = story.review(
        story.apply(story.person("vrsdown"), day - timedelta(days=20)), day - timedelta(days=13), "doubt", "doubt"
    )
    session = reviewing.call_session(
        office=story.office, held_on=held_on, place="臺北市復興南路一段390號12樓會議室", chair="孫召集人", members="甲委員、乙委員、丁委員",
        by=story.secretary, at=_at(held_on),
    )  # fmt: skip
    perform(case, "refer", by=story.handler, at=_at(held_on), session=session)
    reviewing.keep_minutes(
        session,
        minutes="第一案：科系與條款不符，決議不通過。",
        members="甲委員、乙委員、丁委員",
        by=story.secretary,
        at=_at(held_on),
    )
    why = "所附學歷之科系與遴用條款不符。"
    perform(case, "decide", by=story.secretary, at=_at(held_on), decision="reject", reason=why)


def _site(story: Story, day: date) -> None:
    notes = (
        ("即日起資格申請全面線上化，免寄紙本", "請至「專業人員新資格申請」依審查需求文件逐一上傳檔案後送審。", True),
        ("提醒：資格更新於屆滿前三個月開放申請", "說明書畫面另載「六個月」，以條文及說明文字之三個月為準。", False),
    )
    for title, body, pinned in notes:
        News.objects.get_or_create(
            title=title, defaults={"body": body, "pinned": pinned, "published_on": day, "written_by": story.handler}
        )
    site.save_job(
        story.body, by=story.clerk, at=now(),
        data={"title": "就業服務員（支持性就業）", "kind": "placement", "place": "臺北市", "pay": "月薪 40,000 元起", "body": "支持性就業服務、雇主開發。",
              "contact": "02-2345-6789 沈小姐", "opens_on": day, "closes_on": day + timedelta(days=60)},
    )  # fmt: skip
    one = site.ask(
        subject="線上課程可以採計嗎？", body="數位課程是否計入六十小時？", by=story.person("vrsnew"), at=now()
    )
    site.answer(
        one, answer="可以，請以「數位課程」實施方式提出個人申請並檢附證明。", is_public=True, by=story.handler, at=now()
    )


DEMO = Demonstration(
    50,
    "職業重建專業人員認證",
    build,
    (
        *(DemoRole(f"專業人員：{note}", account, name) for account, (name, note, _) in PEOPLE.items()),
        *(DemoRole(label, account, name) for account, name, _, label in STAFF),
        DemoRole("機構單位承辦人", "vrsclerk", "社團法人展示職業重建協會"),
    ),
)
