"""What is refused, with the rule that refuses it; money never moves on half a file."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from accounts import crypto
from accounts.models import User
from casework import entitlements
from casework.cases.casetypes import casetype
from casework.cases.doing import perform
from casework.errors import NotAllowed, NotPermitted, Refused
from kernel.dates import TAIPEI, add_months, taipei_day
from ojt_subsidy.models import Course, Enrolment, InsuranceCheck, MoneyEntry, PaymentLine, Trainee
from ojt_subsidy.services import (
    announcing,
    batching,
    enrolling,
    exchange,
    paying,
    planning,
    running,
    screening,
)
from ojt_subsidy.services.digests import broken_digests, digest_course, digest_due
from ojt_subsidy.states import COURSE_KIND
from tests.casework.files.sheets import saved
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_path import answered

pytestmark = pytest.mark.django_db
NEXT_YEAR = date(2027, 3, 1)


def test_an_enrolment_for_somebody_else_and_a_replayed_form(here):
    course = w.published(here)
    who, other = w.trainee(), w.trainee()
    with pytest.raises(NotPermitted, match="本人"):
        enrolling.enrol(code=course.code, person=who, key=uuid4(), at=w.now(), drawn_for=other.pk)
    key = uuid4()
    first = enrolling.enrol(code=course.code, person=who, key=key, at=w.now())
    assert enrolling.enrol(code=course.code, person=who, key=key, at=w.now()) == (first[0], False)
    with pytest.raises(Refused, match="第 1 號.*不必重複報名"):
        enrolling.enrol(code=course.code, person=who, key=uuid4(), at=w.now())
    row = Enrolment.objects.get()
    for act in (enrolling.withdraw, enrolling.accept):
        with pytest.raises(NotPermitted):
            act(row, by=other, at=w.now())


def test_a_clock_set_forward_opens_nothing(here):
    course = w.published(here, NEXT_YEAR)
    who, opens = w.trainee(), w.opening(course)
    assert opens == datetime(2027, 2, 1, 12, tzinfo=TAIPEI)
    with pytest.raises(enrolling.TooEarly, match=r"116/02/01 12:00:00.*11:59:59\.999"):
        enrolling.enrol(code=course.code, person=who, key=uuid4(), at=opens - timedelta(microseconds=1))
    assert enrolling.enrol(code=course.code, person=who, key=uuid4(), at=opens)[1]


@pytest.mark.parametrize(("last", "ok"), [(date(2027, 6, 30), True), (date(2027, 7, 1), False)])
def test_a_plan_of_four_months_and_a_day(here, last, ok):
    days = {NEXT_YEAR.weekday(), last.weekday()}
    weekly = planning.weekly_rows([{"weekday": d, "from": time(19), "until": time(21)} for d in sorted(days)])
    case = w.drafted(here, NEXT_YEAR, ends_on=last, weekly=weekly)
    if ok:
        assert perform(case, "file", by=here.clerk, at=w.now()).case.state == "filed"
    else:
        with pytest.raises(Refused, match="開課期間超過4個月.*116/06/30"):
            perform(case, "file", by=here.clerk, at=w.now())


def test_wrong_kind_place_seats_and_plan_are_named(here):
    for changes, words in (
        ({"unit_kind": "company"}, "公司不得辦理"),
        (
            {"unit_kind": "training_institution", "licensed_place": "別處", "licensed_occupations": ["機械加工"]},
            "設立證書",
        ),
        ({"others": 7}, "另招7人，超過核定人數20%（6人）"),
        ({"advance_percent": 50}, "僅得先收取訓練費用100%"),
    ):
        case = w.drafted(here, NEXT_YEAR, **changes)
        with pytest.raises(Refused, match=words):
            perform(case, "file", by=here.clerk, at=w.now())
    with pytest.raises(Refused, match="理由"):
        for name in ("下半年", "加開"):
            day = taipei_day(w.now())
            announcing.announce_intake(
                program_year=here.intake.program_year,
                name=name,
                opens_on=day,
                closes_on=day,
                by=here.officer,
                at=w.now(),
            )


def test_outside_the_intake_and_without_a_right_of_the_year(here, monkeypatch):
    here.intake.closes_on = taipei_day(w.now()) - timedelta(days=1)
    here.intake.save()
    case = w.drafted(here, NEXT_YEAR)
    with pytest.raises(Refused, match="不在受理期間"):
        perform(case, "file", by=here.clerk, at=w.now())
    closed = entitlements.Entitlement(False, "沒有年度權限。")
    entitlements.ANSWERERS.put(entitlements.Answerer(entitlements.PLAN_RIGHT, lambda **given: closed))
    with pytest.raises(Refused, match="沒有年度權限"):
        perform(case, "file", by=here.clerk, at=w.now())


def test_sessions_that_overlap_over_midnight(here):
    sunday = NEXT_YEAR + timedelta(days=6)
    night = {"weekday": 6, "from": time(22), "until": time(1)}
    early = {"weekday": 0, "from": time(0, 30), "until": time(2)}
    with pytest.raises(Refused, match="時段重疊") as refused:
        w.drafted(here, NEXT_YEAR, ends_on=sunday + timedelta(days=1), weekly=planning.weekly_rows([early, night]))
    assert refused.value.field == "weekly"
    # Across two courses: 22:00–01:00 on Sunday against 00:30 on Monday.
    late = w.published(here, sunday, weeks=1, weekly=planning.weekly_rows([night]), ends_on=sunday, title="夜班")
    monday = sunday + timedelta(days=1)
    dawn = w.published(here, monday, weeks=1, weekly=planning.weekly_rows([early]), ends_on=monday, title="晨班")
    who, at = w.trainee(), datetime(2027, 2, 20, 12, tzinfo=TAIPEI)
    w.enrolled(late, who, at)
    with pytest.raises(Refused, match="「夜班」.*時段重疊，請擇一") as refused:
        enrolling.enrol(code=dawn.code, person=who, key=uuid4(), at=at)
    assert refused.value.outcomes[0].rule == "SUB-04"


def test_twenty_one_of_forty_from_one_employer(here):
    course = w.published(here, seats=40)
    rows = []
    for _ in range(21):
        row = w.enrolled(course, w.trainee(employer="大公司", number="04595257"))
        screening.ask(row, by=here.clerk, at=w.now())
        rows.append(row)
    day = taipei_day(w.now())
    for row in rows[:20]:
        screening.admit(row, fee_paid_on=day, papers_on=day, by=here.clerk, at=w.now())
    with pytest.raises(Refused, match="同一單位員工21人，超過核定人數二分之一（20人）"):
        screening.admit(rows[20], fee_paid_on=day, papers_on=day, by=here.clerk, at=w.now())
    assert Enrolment.objects.get(pk=rows[20].pk).state == "asked"


def test_out_of_order_and_beside_the_seats(here):
    course = w.published(here, seats=5)
    rows = [w.enrolled(course, w.trainee()) for _ in range(8)]
    assert [row.state for row in rows] == ["filed"] * 5 + ["waiting"] * 3
    with pytest.raises(Refused, match="第 1 號尚未處理"):
        screening.ask(rows[1], by=here.clerk, at=w.now())
    for row in rows[:5]:
        screening.ask(row, by=here.clerk, at=w.now())
    with pytest.raises(Refused, match="前面還有備取"):
        screening.ask(rows[6], by=here.clerk, at=w.now())
    assert screening.ask(rows[5], by=here.clerk, at=w.now()).self_paid
    with pytest.raises(Refused, match="另招2人，超過"):
        screening.ask(rows[6], by=here.clerk, at=w.now())
    with pytest.raises(NotPermitted):
        screening.reject(rows[6], reason="x", by=here.union_clerk, at=w.now())


def test_a_place_given_up_goes_to_the_next_in_order_with_a_term_that_lapses(here):
    course = w.published(here, seats=2)
    rows = [w.enrolled(course, w.trainee()) for _ in range(4)]
    enrolling.withdraw(rows[0], by=rows[0].person, at=w.now())
    third = Enrolment.objects.get(pk=rows[2].pk)
    assert (third.state, third.seat, third.respond_by is not None) == ("asked", 1, True)
    at = datetime.combine(third.respond_by, time(23, 59), TAIPEI)
    assert screening.lapse_due(at=at) == 0
    assert screening.lapse_due(at=at + timedelta(minutes=2)) == 1
    fourth = Enrolment.objects.get(pk=rows[3].pk)
    assert (fourth.state, fourth.seat) == ("asked", 1)
    with pytest.raises(Refused, match="已過"):
        enrolling.accept(fourth, by=fourth.person, at=at + timedelta(days=20))


def test_a_stand_in_is_told_what_was_missed(here):
    course = w.published(here, seats=1, weeks=5)
    rows = [w.enrolled(course, w.trainee()) for _ in range(2)]
    begin = datetime.combine(course.starts_on, time(8), TAIPEI)
    running.run_day(at=begin)
    later = begin + timedelta(days=8)
    screening.reject(rows[0], reason="未繳費", by=here.clerk, at=later)
    stand_in = Enrolment.objects.get(pk=rows[1].pk)
    with pytest.raises(Refused, match="已上課 6.0 小時") as refused:
        enrolling.accept(stand_in, by=stand_in.person, at=later)
    assert refused.value.field == "aware"
    assert enrolling.accept(stand_in, aware=True, by=stand_in.person, at=later).missed_before == 6


def _result(rows, here, total=None):
    lines = [",".join(exchange.IN_HEADER)]
    for row in rows:
        who = User.objects.select_related("trainee").get(pk=row.person_id)
        lines.append(
            f"{row.receipt},{who.national_id},{exchange._digits(who.trainee.born_on)},{exchange._digits(row.course.starts_on)},有,勞工保險,1090101,,"
        )
    lines.append(f"合計,{len(rows) if total is None else total}")
    return "\r\n".join(lines).encode("utf-8-sig")


def test_insurance_files_are_previewed_applied_once_and_whole(here):
    """SUB-06."""
    course = w.published(here)
    rows = [w.admitted(here, course, w.trainee()) for _ in range(2)]
    day = datetime.combine(course.starts_on, time(9), TAIPEI)
    content, made = exchange.export_file(office=here.branch, day=course.starts_on, by=here.officer, at=day)
    assert made.rows == 2
    assert rows[0].receipt in content.decode()
    data = _result(rows, here)
    preview = exchange.read_result(office=here.branch, data=data, at=day)
    assert (preview.good, preview.rows, InsuranceCheck.objects.count()) == (True, 2, 0)
    stranger = data.replace(rows[0].receipt.encode(), b"115-999999-0001")
    with pytest.raises(Refused, match="未匯入任何資料.*不是本分署的報名序號"):
        exchange.import_file(office=here.branch, data=stranger, by=here.officer, at=day)
    for wrong, words in (
        (_result(rows, here, total=3), "合計列記載 3 筆，實有 2 筆"),
        (data.replace("勞工保險".encode(), "鄉民保險".encode()), "看不懂保險別"),
        (b"abc", "第 1 列欄位"),
        (data.rsplit(b"\r\n", 1)[0], "沒有「合計」列"),
    ):
        with pytest.raises(Refused, match=words):
            exchange.import_file(office=here.branch, data=wrong, by=here.officer, at=day)
    assert not InsuranceCheck.objects.exists()
    file, first = exchange.import_file(office=here.branch, data=data, by=here.officer, at=day)
    assert (first, InsuranceCheck.objects.filter(eligible=True).count()) == (True, 2)
    assert exchange.import_file(office=here.branch, data=data, by=here.officer, at=day) == (file, False)
    assert InsuranceCheck.objects.count() == 2
    with pytest.raises(NotPermitted):
        exchange.import_file(office=here.branch, data=data, by=here.chief, at=day)


@pytest.mark.parametrize("ending", ["ods", "xlsx"])
def test_days_of_an_insurance_file_saved_by_libreoffice_are_the_days_that_were_typed(here, ending):
    """加保日 and 退保日 decide money: a day or two earlier they would be taken over without a word."""
    row = w.admitted(here, w.published(here), w.trainee())
    Course.objects.filter(pk=row.course_id).update(starts_on=date(2024, 12, 12))
    Trainee.objects.filter(user=row.person_id).update(born_on=date(2011, 1, 1))
    User.objects.filter(pk=row.person_id).update(claimed_id_index=crypto.index("A123456789"))
    read = exchange.read_result(office=here.branch, data=saved(f"insurance.{ending}", code=row.receipt), at=w.now())
    assert read.problems == []
    assert [(one["from"], one["to"]) for one in read.found[row.pk]] == [("2024-11-01", "2024-12-01")]


def test_a_bank_file_that_does_not_agree_pays_nobody(here):
    *_, after = w.approved(here, *(w.trainee() for _ in range(3)))
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    with pytest.raises(NotAllowed, match="尚未送銀行"):
        batching.apply_result(batch, data=b"x", by=here.cashier, at=after)
    batch = batching.send_batch(batch, by=here.cashier, at=after)
    frozen = batch.content
    assert batching.send_batch(batch, by=here.cashier, at=after + timedelta(days=1)).content == frozen
    good = answered(batch)
    half = good.decode("utf-8-sig").split("\r\n")
    for wrong, words in (
        ("\r\n".join([*half[:-1], "合計,3,3,24001,0,0"]), "合計與明細不符"),
        ("\r\n".join([*half[:3], "合計,2,2,16000,0,0"]), "合計與明細不符"),
        ("\r\n".join(half[:-1]), "沒有「合計」列"),
        (good.decode("utf-8-sig").replace("00002,8000", "00002,9000"), "金額 9000 與清冊 8000 不符"),
        (good.decode("utf-8-sig").replace("00002", "00001", 1), "重複"),
        (good.decode("utf-8-sig").replace(batch.number, "P-OTHER"), "不是"),
    ):
        with pytest.raises(Refused, match=words):
            batching.apply_result(batch, data=wrong.encode(), by=here.cashier, at=after)
        assert set(PaymentLine.objects.values_list("state", flat=True)) == {"sent"}
    assert batching.apply_result(batch, data=good, by=here.cashier, at=after)[1]
    assert not batching.apply_result(batch, data=good, by=here.cashier, at=after)[1]
    with pytest.raises(NotAllowed, match="不能再匯入不同的檔案"):
        batching.apply_result(batch, data=good + b"\r\n ", by=here.cashier, at=after)


@pytest.mark.parametrize(("missed", "ok"), [("2.4", True), ("2.5", False)])
def test_exactly_one_fifth_of_the_hours(here, missed, ok):
    course = w.published(here)
    row = w.admitted(here, course, w.trainee())
    w.insured(here, row)
    after = w.held(here, course, [row], missed={row.pk: missed})
    one = w.closed(here, course, after)
    line = PaymentLine.objects.get(closing=one)
    if ok:
        assert paying.approve_line(line, by=here.chief, at=after).amount == 8000
    else:
        with pytest.raises(Refused, match="超過總時數五分之一"):
            paying.approve_line(line, by=here.chief, at=after)


def test_two_running_courses_share_what_is_left(here):
    who = w.trainee()
    from ojt_subsidy.services.outside import enter_outside

    enter_outside(
        national_id=who.national_id, scheme="recharge", title="充電課", starts_on=taipei_day(w.now()) - timedelta(days=100), amount=60_000,
        employed=True, by=here.officer, at=w.now(),
    )  # fmt: skip
    first = w.published(here, taipei_day(w.now()) + timedelta(days=20))
    second = w.published(here, taipei_day(w.now()) + timedelta(days=21))
    rows = [w.admitted(here, course, who) for course in (first, second)]
    amounts = [sum(e.amount for e in row.entries.all()) for row in rows]
    assert amounts == [8000, 2000]
    enrolling.withdraw(rows[0], by=who, at=w.now())
    assert sum(e.amount for e in rows[1].entries.all()) == 8000
    assert sum(e.amount for e in MoneyEntry.objects.filter(person=who)) == 8000


def test_the_same_course_may_be_taken_again(here):
    """SUB-15: a filing that ended stands in no way of another for the same course."""
    course, who = w.published(here), w.trainee()
    enrolling.withdraw(w.enrolled(course, who), by=who, at=w.now())
    assert w.enrolled(course, who).number == 2


def test_the_ledger_is_digested_and_a_change_shows(here):
    course = w.published(here)
    row = w.enrolled(course, w.trainee())
    one = digest_course(course, at=w.now())
    w.enrolled(course, w.trainee())
    two = digest_course(course, at=w.now())
    assert two.before == one.digest
    assert broken_digests(course) == []
    assert digest_due(at=w.now() + timedelta(hours=2)) == 0
    Enrolment.objects.filter(pk=row.pk).update(name="換人")
    assert broken_digests(course) == [f"{course.code} 第 1 號與摘要不符"]
    assert broken_digests(course)[0] in casetype(COURSE_KIND).consistency()


def test_a_course_that_does_not_take_place_gives_everything_back(here):
    course = w.published(here)
    row, other = w.admitted(here, course, w.trainee()), w.enrolled(course, w.trainee())
    perform(course.case, "cancel", reason="招生不足", by=here.chief, at=w.now())
    assert set(course.enrolments.values_list("state", flat=True)) == {"withdrawn", "rejected"}
    assert sum(e.amount for e in row.entries.all()) == 0
    assert other.steps.filter(reason__contains="招生不足").exists()
    with pytest.raises(Refused, match="不受理報名"):
        enrolling.enrol(code=course.code, person=w.trainee(), key=uuid4(), at=w.now())


def test_opening_days():
    for day, opens in (
        (date(2027, 3, 1), date(2027, 2, 1)),
        (date(2027, 3, 31), date(2027, 2, 28)),
        (date(2028, 3, 31), date(2028, 2, 29)),
    ):
        assert add_months(day, -1) == opens


def test_seats_and_fee_beyond_what_was_applied_for(here):
    case = w.drafted(here, NEXT_YEAR)
    perform(case, "file", by=here.clerk, at=w.now())
    for given, words in (
        ({"approved_seats": 31, "approved_fee": 1}, "1 至申請之 30 人"),
        ({"approved_seats": 30, "approved_fee": 10_001}, "不得高於申請之 10,000"),
    ):
        with pytest.raises(Refused, match=words):
            perform(case, "forward", by=here.officer, at=w.now(), **given)
    with pytest.raises(NotPermitted):
        perform(case, "forward", approved_seats=30, approved_fee=1, by=here.outsider, at=w.now())
