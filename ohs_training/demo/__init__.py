"""展示資料: ministry, counties, institutions and classes in every stage. All names, numbers and papers are invented."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.clock import now
from accounts.demo import Demonstration, DemoRole, ToldAmendment
from accounts.models import Organisation
from casework.cases.doing import perform
from casework.demo import confirm_number, demo_role
from casework.models import Case
from kernel.dates import ONE_DAY, taipei_day
from ohs_training.demo.cast import Cast, accredit, applied, gathered
from ohs_training.demo.invented import moment_of
from ohs_training.demo.story import Story
from ohs_training.selectors.classes import class_of, live_trainees
from ohs_training.services import inspecting

#: Name, address, unified number, account, who, kind of applicant, days since the accreditation began; the last loses it.
OTHERS = (
    ("臺北職業醫學會", "臺北市中正區", "22099131", "medical1", "馮職醫", "medical_body", 1000),
    ("南臺灣醫療財團法人教學醫院", "臺南市永康區", "62140097", "hospital1", "褚院長", "teaching_hospital", 40),
    ("花蓮教學醫院", "花蓮縣花蓮市", "12345676", "hospital2", "姜院長", "teaching_hospital", 300),
    ("中區職業健康護理協會", "臺中市西區", "12345670", "nursing3", "戚理事", "nursing_body", 400),
)


@transaction.atomic
def build() -> int:
    """Nothing is added when the institution is there already."""
    if Organisation.objects.filter(unified_number="12345675", kind=Organisation.Kind.UNIT).exists():
        return 0
    before, moment = Case.objects.count(), now()
    today = taipei_day(moment)
    cast = gathered()
    accredit(
        cast,
        cast.unit,
        cast.staff,
        kind="nursing_body",
        when=moment - timedelta(days=500),
        starts_on=today - timedelta(days=500),
    )
    for name, address, number, account, person, kind, days in OTHERS:
        unit, _ = Organisation.objects.get_or_create(
            unified_number=number,
            kind=Organisation.Kind.INSTITUTION,
            defaults={"name": name, "address": address, "phone": "02-23456789"},
        )
        staff = demo_role(account, person, "ohs_institution", unit)
        made = accredit(
            cast, unit, staff, kind=kind, when=moment - timedelta(days=days), starts_on=today - timedelta(days=days)
        )
    _lost(cast, made.case, moment - timedelta(days=30))
    school, _ = Organisation.objects.get_or_create(
        unified_number="00501508",
        kind=Organisation.Kind.INSTITUTION,
        defaults={"name": "南方科技大學護理系", "address": "高雄市三民區"},
    )
    teacher = demo_role("school1", "衛教授", "ohs_institution", school)
    applied(cast, school, teacher, kind="university", when=moment - timedelta(days=3))

    closed = Story(cast, start=today - timedelta(days=60), first=0).file().acknowledge().run()
    closed.attend(until=moment, away={3: 2, 5: 1}, late=(7,)).finish().practise(leave=(9,))
    closed.examine(failing=(4,), out=(3, 5, 7)).issue().report()
    perform(closed.case, "close", acknowledgement="府勞安字第1159900001號", by=cast.authority, at=closed.at)
    for one in list(live_trainees(class_of(closed.case)))[:3]:
        perform(
            closed.case, "receive_fee", trainee=one.pk, amount=12000, paid_on=closed.start, by=cast.staff, at=closed.at
        )
    perform(
        closed.case,
        "record_spending",
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
    Story(cast, start=today + timedelta(days=9), first=400).file().acknowledge().change()
    Story(cast, start=today + timedelta(days=18), training="in_service_discussion", people=20, first=500).file()
    Story(cast, start=today + timedelta(days=45), people=12, first=600)
    _inspected(cast, class_of(ended.case), moment)
    trainee = live_trainees(class_of(issued.case)).first()
    user = demo_role("trainee1", trainee.name, "ohs_tutor", cast.unit) if trainee else None
    if user and trainee:
        user.groups.clear()
        confirm_number(user, trainee.national_id)
    return Case.objects.count() - before


def _lost(cast: Cast, case: Case, when: datetime) -> None:
    """廢止: the hearing, the ground, the bar of two years."""
    happened_on = taipei_day(when) - timedelta(days=20)
    perform(
        case, "revoke_or_abolish", decision="withdrawn", grounds=["passed_on"], happened_on=happened_on, letter_number="勞職衛2字第1150009999號",
        heard_on=taipei_day(when) - timedelta(days=5), hearing="機構代表到場，承認委由他機構代辦。", reason="將訓練業務轉予其他機構辦理，非自力執行訓練作業。",
        by=cast.chief, at=when,
    )  # fmt: skip


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
        at=moment_of(on, "11:00"),
        **given,
    )
    _, order = inspecting.inspect(
        inspected_on=on + ONE_DAY, papers_asked="點名紀錄", findings="下午第 1 節輔導員未在場。", breach="輔導員未於簽到時在場。", clause="附表八附註一",
        at=moment_of(on + ONE_DAY, "15:00"), **given,
    )  # fmt: skip
    if order:
        perform(
            order.case, "order", letter_number="府勞安字第1150054321號", answer_by=taipei_day(moment) + timedelta(days=10), reason=order.breach, by=cast.authority,
            at=moment_of(on + ONE_DAY, "17:00"),
        )  # fmt: skip


DEMO = Demonstration(
    30,
    "勞工健康服務醫護人員訓練",
    build,
    (
        DemoRole("職安署承辦人", "osha1", "勞動部職業安全衛生署"),
        DemoRole("職安署決行主管", "osha2", "勞動部職業安全衛生署"),
        DemoRole("地方勞工主管機關", "tainanlabor", "臺南市政府"),
        DemoRole("健康服務訓練機構", "nursing1", "社團法人南方職業健康護理學會"),
        DemoRole("訓練輔導員", "nursing2", "社團法人南方職業健康護理學會"),
        DemoRole("受訓護理人員", "trainee1", "有證書及待確認時數"),
    ),
    draft=ToldAmendment(
        "結業證書發給期限延長為 30 日", "訓練機構認可及管理作業要點修正（展示）", "ohs.certificate_days", 30
    ),
)
