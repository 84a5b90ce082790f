"""展示資料: five branches at work, units and applications in every state. All names, numbers and papers are invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.clock import now
from accounts.demo import Demonstration, DemoRole, ToldAmendment
from accounts.models import County, Organisation, User
from accounts.offices import BRANCHES
from casework.cases import work
from casework.cases.doing import perform
from casework.demo import PASSWORD, demo_role
from casework.intake.sample import paper
from casework.models import Case, Message
from casework.notices import messages
from kernel.dates import roc, roc_year, taipei_day
from ojt_accounts.models import AccountForm, Application, Intake, Pledge
from ojt_accounts.rules.papers import PAPERS, papers_needed
from ojt_accounts.selectors import application_of, live_pledges
from ojt_accounts.services import preparing
from ojt_accounts.services.signing import forms_to_sign

STAFF = (
    ("branch_officer", "officer", "分署承辦人"),
    ("branch_chief", "chief", "分署科室主管"),
    ("branch_approver", "approver", "分署決行主管"),
    ("branch_account_admin", "admin", "系統帳號設定人員"),
)
_SURNAMES, _GIVEN = (
    "林陳黃張李王吳劉蔡楊許鄭謝郭洪",
    ("美惠", "志明", "淑芬", "家豪", "雅婷", "俊傑", "怡君", "冠宇", "佩珊", "宗翰"),
)
HOME = "yct"
CONTACT = "nanying"


def _name(n: int) -> str:
    return _SURNAMES[n % len(_SURNAMES)] + _GIVEN[(n * 7) % len(_GIVEN)]


def _national_id(n: int) -> str:
    """The n-th valid number of letter D (invented; the check digit holds)."""
    body = f"{1 + n % 2}{5_000_000 + n * 137:07d}"
    total = 1 + 9 * 3 + sum(int(d) * w for d, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"D{body}{(10 - total % 10) % 10}"


@dataclass(frozen=True, slots=True)
class Unit:
    organisation: Organisation
    contact: User
    kind: str
    category: str


@dataclass(frozen=True, slots=True)
class Office:
    branch: Organisation
    county: County
    intake: Intake
    people: dict[str, User]


def _offices(today: date) -> dict[str, Office]:
    found = {}
    for branch in BRANCHES:
        office = Organisation.objects.get(code=branch.code)
        key = branch.code.removeprefix("WDA-").lower()
        people = {
            k: demo_role(f"{key}{k}", _name(len(found) * 5 + n), role, office) for n, (role, k, _) in enumerate(STAFF)
        }
        year, last_day = roc_year(today), date(today.year, 12, 31)
        Intake.objects.get_or_create(
            branch=office,
            program_year=year,
            name="上半年受理",
            defaults={"opens_on": today - timedelta(days=300), "closes_on": today - timedelta(days=240)},
        )
        intake, _ = Intake.objects.get_or_create(
            branch=office,
            program_year=year,
            name="下半年受理",
            defaults={"opens_on": today - timedelta(days=60), "closes_on": min(today + timedelta(days=40), last_day)},
        )
        county = County.objects.filter(branch=office).order_by("-code").first()
        assert county is not None
        found[key] = Office(office, county, intake, people)
    return found


def _unit(
    name: str, number: str, account_name: str, contact: str, kind: str, category: str, postal_code: str, address: str
) -> Unit:
    organisation, _ = Organisation.objects.get_or_create(
        unified_number=number,
        kind=Organisation.Kind.UNIT,
        defaults={"name": name, "address": address, "postal_code": postal_code, "phone": "06-2345678"},
    )
    return Unit(organisation, demo_role(account_name, contact, "unit_contact", organisation), kind, category)


def _file(title: str, unit: Unit, on: date, lines: Sequence[str] = ()) -> SimpleUploadedFile:
    content = paper(
        title,
        lines or ["主旨：檢送申請在職訓練系統帳號文件一份，請查照。"],
        organisation=unit.organisation.name,
        number=f"南瀛字第{roc(on).replace('/', '')}號",
        on=roc(on),
    )
    return SimpleUploadedFile(f"{title}.pdf", content, content_type="application/pdf")


def _unit_form(unit: Unit, **changes: Any) -> dict[str, Any]:
    return {
        "plans": ["self_learning"] if unit.kind == "union" else ["industry_talent"],
        "full_name": unit.organisation.name,
        "unified_number": unit.organisation.unified_number,
        "licence_number": "府社字第1090012345號",
        "category": unit.category,
        "ran_last_year": False,
        "ttqs_edition": "training_institution",
        "ttqs_grade": "bronze",
        "postal_code": unit.organisation.postal_code,
        "address": unit.organisation.address,
        "in_charge": "林文山",
        "contact": unit.contact.name,
        "contact_phone": "06-234-5678#12",
        "contact_email": unit.contact.email,
        "custodian": "黃淑芬",
        "custodian_phone": "06-234-5678#15",
        "custodian_email": f"custodian-{unit.contact.account_name}@demo.example",
        "insurance_number": "04123456A",
        "specialities": "電腦應用、烘焙、長照服務",
        "capacity": "每期 60 人",
        "fire_safety": "114年檢查合格",
        **changes,
    }


class Story:
    """One application, told step by step as of its own days."""

    def __init__(self, office: Office, unit: Unit, *, kind: str, days_ago: int) -> None:
        self.office, self.unit = office, unit
        self.at: datetime = now() - timedelta(days=days_ago)
        self.today = taipei_day(self.at)
        intake = None if kind == Application.Kind.CANCELLATION else office.intake
        application = preparing.start(
            unit=unit.organisation,
            kind=kind,
            program_year=office.intake.program_year,
            county=office.county,
            intake=intake,
            by=unit.contact,
            at=self.at,
        )
        self.case: Case = application.case

    def later(self, **time: float) -> "Story":
        self.at = min(self.at + timedelta(**time), now())
        return self

    def forms(
        self, numbers: Sequence[int] = (), *, copy: bool = False, unit_form: bool = True, **changes: Any
    ) -> "Story":
        contact = self.unit.contact
        if unit_form:
            perform(self.case, "unit_form.saved", data=_unit_form(self.unit, **changes), by=contact, at=self.at)
        standing = {"letter_number": "南瀛字第1150000123號", "letter_on": self.today}
        if application_of(self.case).kind != Application.Kind.CANCELLATION:
            standing |= {
                "unit_kind": self.unit.kind,
                "founded_on": date(2010, 5, 1),
                "ttqs_valid_from": self.today - timedelta(days=300),
                "ttqs_valid_until": self.today + timedelta(days=430),
            }
        perform(self.case, "standing.saved", data=standing, by=contact, at=self.at)
        if copy:
            perform(self.case, "account_form.copied", by=contact, at=self.at, reason="人員離職")
        for n in numbers:
            data = {
                "request": AccountForm.Request.OPEN,
                "plans": _unit_form(self.unit)["plans"],
                "name": _name(n + 40),
                "national_id": _national_id(n),
                "email": f"staff{n}@demo.example",
                "phone": "06-234-5678",
                "account_name": f"nyuser{n}",
            }
            perform(self.case, "account_form.saved", data=data, position=None, by=contact, at=self.at)
        return self

    def papers(self, leave: Sequence[str] = ()) -> "Story":
        application = application_of(self.case)
        for code in papers_needed(application.kind, application.unit_kind):  # type: ignore[arg-type]
            if code not in leave:
                upload = _file(PAPERS[code], self.unit, self.today)
                perform(
                    self.case, "paper.added", paper=code, upload=upload, attested=True, by=self.unit.contact, at=self.at
                )
        return self

    def pledges(self) -> "Story":
        for pledge in live_pledges(application_of(self.case)):
            self._pledge(pledge)
        return self

    def _pledge(self, pledge: Pledge) -> None:
        contact = self.unit.contact
        perform(
            self.case,
            "pledge.saved",
            pk=pledge.pk,
            national_id=pledge.national_id or _national_id(9000 + pledge.pk),
            address="臺南市新營區民治路36號",
            phone="06-234-5678",
            by=contact,
            at=self.at,
        )
        upload = _file("資訊安全保密切結書", self.unit, self.today, [f"立切結書人：{pledge.name}（簽名）"])
        perform(self.case, "pledge.scanned", pk=pledge.pk, upload=upload, by=contact, at=self.at)

    def file(self) -> "Story":
        self.case = perform(self.case, "file", by=self.unit.contact, at=self.at).case
        return self

    def claim(self) -> "Story":
        work.claim(self.case, by=self.office.people["officer"], at=self.at)
        return self

    def check(self) -> "Story":
        application, officer = application_of(self.case), self.office.people["officer"]
        checks: dict[str, Any] = {"letter_to_us": True}
        if application.kind != Application.Kind.CANCELLATION:
            checks |= {"latest_grade": "", "grade_checked_on": self.today}
        if application.unit_kind == "union":
            checks |= {"owes_premiums": False, "premiums_checked_on": self.today}
        perform(self.case, "checks", by=officer, at=self.at, **checks)
        papers = list(self.case.attachments.values_list("pk", flat=True))
        pledges = [pledge.pk for pledge in live_pledges(application)]
        perform(self.case, "confirm", papers=papers, pledges=pledges, by=officer, at=self.at)
        return self

    def sign(self, *roles: str) -> "Story":
        for role in roles:
            self.later(hours=5)
            codes = [form.code for form in forms_to_sign(application_of(self.case))]
            self.case = perform(self.case, f"sign_{role}", codes=codes, by=self.office.people[role], at=self.at).case
        return self

    def correct(self, target: str, label: str, problem: str) -> "Story":
        items = [{"target": target, "label": label, "problem": problem}]
        perform(self.case, "ask_correction", items=items, message="", by=self.office.people["officer"], at=self.at)  # type: ignore[arg-type]
        return self

    def set(self) -> "Story":
        codes = [form.code for form in forms_to_sign(application_of(self.case)) if form.account_form]
        self.later(hours=6)
        on = taipei_day(self.at)
        self.case = perform(self.case, "set", codes=codes, set_on=on, by=self.office.people["admin"], at=self.at).case
        return self


@transaction.atomic
def build() -> int:
    """Nothing is added when the first unit is there already."""
    if Organisation.objects.filter(unified_number="00501508", kind=Organisation.Kind.UNIT).exists():
        return 0
    before = Case.objects.count()
    offices = _offices(taipei_day(now()))
    home = offices[HOME]
    known = _unit(
        "財團法人南瀛職業訓練基金會", "00501508", CONTACT, "陳美惠", "foundation", "B", "730", "臺南市新營區民治路36號"
    )
    fresh = _unit(
        "社團法人嘉南技能發展協會",
        "22099131",
        "jianan",
        "蔡宗翰",
        "public_interest_association",
        "N",
        "600",
        "嘉義市東區中山路199號",
    )
    crafts = _unit(
        "財團法人諸羅技藝推廣基金會",
        "40012301",
        "zhuluo",
        "洪家豪",
        "foundation",
        "B",
        "621",
        "嘉義縣民雄鄉建國路二段10號",
    )
    carers = _unit(
        "社團法人府城長照教育協會",
        "40012306",
        "fucheng",
        "謝淑芬",
        "public_interest_association",
        "N",
        "701",
        "臺南市東區林森路二段50號",
    )
    union = _unit(
        "臺南市烘焙業職業工會", "84149961", "bakers", "郭怡君", "union", "K", "700", "臺南市中西區民權路二段30號"
    )
    industry = _unit(
        "雲林縣工業會", "62140097", "yunlin", "楊俊傑", "industrial_body", "L", "640", "雲林縣斗六市雲林路二段515號"
    )
    caterers = _unit(
        "嘉義市餐飲業商業同業公會",
        "12345671",
        "caterers",
        "吳佩珊",
        "commercial_body",
        "M",
        "600",
        "嘉義市西區中山路500號",
    )
    north = _unit(
        "財團法人北海技術教育基金會",
        "12345676",
        "beihai",
        "許雅婷",
        "foundation",
        "B",
        "220",
        "新北市板橋區中山路一段161號",
    )
    new, again, end = Application.Kind.NEW_UNIT, Application.Kind.RENEWAL, Application.Kind.CANCELLATION

    def complete(office: Office, unit: Unit, numbers: Sequence[int], *, days_ago: int) -> Story:
        return Story(office, unit, kind=new, days_ago=days_ago).forms(numbers).papers().pledges().later(hours=2).file()

    # 辦理完成: registered, four accounts in use; one person closes, one is asked for
    complete(home, known, (1, 2, 3, 4), days_ago=50).claim().later(days=2).check().sign(
        "officer", "chief", "approver"
    ).set()
    for n in (1, 2):
        user = User.objects.get(account_name=f"nyuser{n}")
        user.set_password(PASSWORD)
        user.save()
    story = (
        complete(home, industry, (11,), days_ago=9).claim().check().sign("officer", "chief", "approver")
    )  # 待設定帳號
    messages.write(
        story.case,
        kind=Message.Kind.NOTE,
        body="帳號設定請優先辦理，該會下週開訓。",
        by=home.people["officer"],
        at=story.at,
    )
    gone = complete(home, union, (23,), days_ago=25).later(days=1)
    perform(gone.case, "withdraw", by=union.contact, at=gone.at, reason="申請人更換，重新送件")  # 已撤回
    complete(home, union, (21, 22), days_ago=20).claim()  # 審查中，已逾期限
    Story(home, fresh, kind=new, days_ago=4).forms((31, 32)).papers(leave=("charter",)).pledges()  # 草稿，缺章程
    story = (
        Story(home, known, kind=again, days_ago=6).forms((5,), copy=True, custodian="謝佩珊").papers().pledges().file()
    )
    story.claim().check().later(days=1).correct(
        "paper.ttqs", "TTQS 評核證書", "證書影本第二頁模糊，請重新掃描上傳。"
    )  # 待補正
    complete(home, crafts, (33,), days_ago=2)  # 審查中，未分案
    other = complete(home, carers, (34,), days_ago=15).claim().check().sign("officer")  # 承辦已核章
    messages.write(
        other.case, kind=Message.Kind.TO_OFFICE, body="已補寄紙本，請協助查收。", by=carers.contact, at=other.at
    )
    refused = complete(home, caterers, (12,), days_ago=30).claim().later(days=3)
    perform(
        refused.case,
        "checks",
        by=home.people["officer"],
        at=refused.at,
        letter_to_us=True,
        latest_grade="D",
        grade_checked_on=refused.today,
    )
    perform(
        refused.case,
        "refuse",
        reason="最近一次辦訓等級為 D 級，依規定不得申請。",
        by=home.people["approver"],
        at=refused.later(days=1).at,
    )
    story = Story(home, known, kind=end, days_ago=3).forms(unit_form=False, copy=True)
    for position in (1, 2, 3):
        perform(story.case, "account_form.removed", position=position, by=known.contact, at=story.at)
    story.papers().file()  # 註銷案，審查中
    # 另一分署
    complete(offices["tkyhkm"], north, (41, 42), days_ago=40).claim().check().sign("officer", "chief", "approver").set()
    Story(offices["tkyhkm"], north, kind=again, days_ago=1).forms((43,)).papers().pledges().file()
    return Case.objects.count() - before


DEMO = Demonstration(
    10,
    "在職訓練系統帳號",
    build,
    (
        *(DemoRole(label, f"{HOME}{key}", "雲嘉南分署") for _, key, label in STAFF),
        DemoRole("訓練單位聯絡人", CONTACT, "財團法人南瀛職業訓練基金會（已登錄）"),
        DemoRole("新單位聯絡人", "jianan", "社團法人嘉南技能發展協會（尚未登錄）"),
        DemoRole("訓練單位帳號使用者", "nyuser1", "財團法人南瀛職業訓練基金會"),
    ),
    draft=ToldAmendment("每一分署帳號上限調整為 8 組", "申請須知修正（展示）", "oa.account_cap", 8),
    settled=ToldAmendment("補正期限延長為 20 日", "申請須知修正（展示）", "oa.correction_days", 20),
)
