"""Who plays in the demonstration, and how an institution comes to its accreditation."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import County, Organisation, User
from casework.cases.doing import perform
from casework.demo import demo_role
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import taipei_day, validity_end
from ohs_training.demo.invented import pdf
from ohs_training.models import Accreditation
from ohs_training.selectors.institutions import ministry
from ohs_training.services import applying

SECTIONS = {
    "aim": "培育勞工健康服務醫護人員，提升事業單位臨場健康服務品質。",
    "method": "採面授，每年辦理專業訓練二期、在職教育訓練四期，於年初公告場次。",
    "courses": "課程依勞工健康保護規則規定，師資符合職業安全衛生教育訓練規則附表十二之一。",
    "place": "訓練教室合於消防法及建築相關法令，最大容納 120 人，設有無障礙設施。",
    "practice": "專業訓練安排事業單位臨場實作，由指導醫師審核報告。",
    "budget": "每期收入以報名費支應講師鐘點、場地、教材及行政費用。",
    "management": "設輔導員全程在場，簽到退及點名逐日查核，資料保存三年。",
}


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


def gathered() -> Cast:
    office = ministry()
    if not office.address:
        office.address, office.phone = "新北市新莊區中平路439號南棟11樓", "02-89956666"
        office.save(update_fields=["address", "phone"])
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


def applied(cast: Cast, unit: Organisation, staff: User, *, kind: str, when: datetime, file: bool = True) -> Case:
    made = applying.start(unit=unit, kind=kind, by=staff, at=when)
    data = {
        "trainings": ["professional", "in_service"], "law_hours": Decimal(2), "risk_hours": Decimal(4), "practice_hours": Decimal(6), "head": "鄭理事長",
        "county": County.objects.filter(name=unit.address[:3]).first(),
        "contact": staff.name, "contact_phone": "06-2757575", "contact_email": staff.email, "course_given_on": taipei_day(when) - timedelta(days=200),
    }  # fmt: skip
    perform(made.case, "save_application", data=data, sections=SECTIONS, by=staff, at=when)
    labels = law_in_force().at("ohs.papers", taipei_day(when)).value
    for code in applying.papers_needed(made, on=taipei_day(when)):
        perform(made.case, "add_paper", paper=code, upload=pdf(labels[code]), attested=True, by=staff, at=when)
    if file:
        perform(made.case, "file", by=staff, at=when)
    return Case.objects.get(pk=made.case.pk)


def accredit(
    cast: Cast, unit: Organisation, staff: User, *, kind: str, when: datetime, starts_on: date
) -> Accreditation:
    case = applied(cast, unit, staff, kind=kind, when=when)
    ends_on = validity_end(starts_on, years=3)
    number = f"勞職衛2字第115{case.pk:07d}號"
    made = perform(
        case,
        "accredit",
        starts_on=starts_on,
        ends_on=ends_on,
        letter_number=number,
        by=cast.chief,
        at=when + timedelta(hours=3),
    ).answer
    perform(case, "announce", by=cast.officer, at=when + timedelta(hours=4))
    perform(case, "enter", by=staff, at=when + timedelta(days=3))
    return made
