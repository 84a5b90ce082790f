"""Bad input: refused with the clause and what would make it right, and nothing changed."""

import io
import struct
import zlib
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from accounts.clock import today
from accounts.models import User
from accounts.services.roles import grant_role
from casework.cases import corrections
from casework.cases.casetypes import casetype
from casework.cases.doing import perform
from casework.errors import NotAllowed, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Document, Notice
from casework.sheets.writing import write
from kernel.law import declared_law
from ohs_training.models import Accreditation, Certificate, Retention, Revocation, SignRecord, Sitting, TrainingClass
from ohs_training.rules import issue
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import class_of
from ohs_training.selectors.institutions import accreditation_in_force, institutions_listed
from ohs_training.services import (
    applying,
    attending,
    issuing,
    keeping,
    roster,
)
from tests.casework.files.sheets import saved
from tests.casework.test_sheets_from_people import BOMBS
from tests.ohs_training import world as w
from tests.ohs_training.faces import address, client_of, said

pytestmark = pytest.mark.django_db


def test_fourteen_and_eighty_one_trainees() -> None:
    """OHS-07."""
    here = w.world()
    case = w.planned(here, people=14)
    with pytest.raises(Refused, match="報名 14 人，須達 15 人以上"):
        perform(case, "file", by=here.staff, at=w.PLANNED)
    w.add_people(case, 1, by=here.staff, when=w.PLANNED, first=15)
    assert perform(case, "file", by=here.staff, at=w.PLANNED).case.state == "filed"
    with pytest.raises(Refused, match="不超過 80 人"):
        perform(case, "import_roster", rows=w.lines(66, 16), checked=True, by=here.staff, at=w.PLANNED)
    assert len(w.people(case)) == 15


@pytest.mark.parametrize(("day", "good"), [("2026-11-21", True), ("2026-11-22", True), ("2026-11-23", False)])
def test_day_sixteen_fifteen_and_fourteen_before_the_first(day: str, good: bool) -> None:
    """OHS-06."""
    here = w.world()
    case = w.planned(here)
    when = datetime.fromisoformat(f"{day}T23:30:00+08:00")
    if good:
        assert perform(case, "file", by=here.staff, at=when).case.state == "filed"
    else:
        with pytest.raises(Refused, match="最遲應於 115/11/22"):
            perform(case, "file", by=here.staff, at=when)


def test_a_teacher_in_two_rooms_and_a_room_with_two_classes() -> None:
    """OHS-21: by the rule, and by the database when the rule is not asked."""
    here = w.world()
    w.planned(here)
    other = w.planned(here)
    made = class_of(other)
    names = [
        {"id": t.pk, "name": f"講師1{word}", "education": "", "experience": "", "clause": "一"}
        for t, word in zip(made.teachers.order_by("position"), "甲乙", strict=True)
    ]
    perform(other, "save_teachers", teachers=names, by=here.staff, at=w.PLANNED)
    with pytest.raises(Refused, match="講師講師1甲於 115/12/07 同一時間另有課程"):
        perform(other, "save_timetable", rows=w.table(made, w.FIRST, 2), by=here.staff, at=w.PLANNED)
    assert made.rows.count() == 8
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        made.rows.first().save()
    rows = w.table(made, w.FIRST, 2)
    rows[1]["starts_at"] = rows[0]["starts_at"]
    with pytest.raises(Refused, match="重疊"):
        perform(other, "save_timetable", rows=rows, by=here.staff, at=w.PLANNED)


def test_in_service_needs_two_hours_of_each_category() -> None:
    """OHS-03."""
    here = w.world()
    case = w.planned(here, training="in_service", days=1)
    with pytest.raises(Refused, match="每一類課程至少需 2 小時"):
        perform(case, "file", by=here.staff, at=w.PLANNED)


def test_somebody_with_a_fifth_absent_gets_no_certificate() -> None:
    """OHS-17."""
    here = w.world()
    case = w.ended(here, away={1: {(w.FIRST, "morning")}})
    w.practised(here, case)
    w.photographed(here, case)
    later = w.at(w.SECOND + timedelta(days=3), "10:00")
    first, second, *_ = w.people(case)
    with pytest.raises(Refused, match="不得參加測驗.*要點七第2項"):
        perform(
            case,
            "enter_marks",
            number=1,
            sat_on=later.date(),
            marks=[{"trainee": first.pk, "mark": 99}],
            examiner="",
            by=here.authority,
            at=later,
        )
    marks = [{"trainee": one.pk, "mark": 80} for one in w.people(case)[1:]]
    perform(case, "enter_marks", number=1, sat_on=later.date(), marks=marks, examiner="", by=here.authority, at=later)
    perform(case, "issue", by=here.staff, at=later)
    assert not Certificate.objects.filter(trainee=first).exists() and Certificate.objects.count() == 14
    line = class_chain(class_of(case), on=later.date(), law=declared_law(), only=first.pk).lines[0]
    assert "要點十三第2款" in {one.citation for one in line.red}
    # the mark beneath a certificate stands, said by the act and by the database
    with pytest.raises(Refused, match="應先撤銷證書"):
        perform(
            case,
            "enter_marks",
            number=1,
            sat_on=later.date(),
            marks=[{"trainee": second.pk, "mark": 10}],
            examiner="",
            reason="誤植",
            by=here.authority,
            at=later,
        )
    with pytest.raises(IntegrityError, match="rests on the mark"), transaction.atomic():
        Sitting.objects.filter(trainee=second).update(mark=10)
    with pytest.raises(Refused, match="沒有可以發給"):
        perform(Case.objects.get(pk=case.pk), "issue_more", by=here.staff, at=later)


def test_a_batch_waits_for_a_missing_photograph() -> None:
    """OHS-22."""
    here = w.world()
    case = w.ended(here)
    w.practised(here, case)
    later = w.at(w.SECOND + timedelta(days=3), "10:00")
    marks = [{"trainee": one.pk, "mark": 80} for one in w.people(case)]
    perform(case, "enter_marks", number=1, sat_on=later.date(), marks=marks, examiner="", by=here.authority, at=later)
    with pytest.raises(Refused, match="尚缺：相片"):
        perform(case, "issue", by=here.staff, at=later)
    assert Certificate.objects.count() == 0


@pytest.mark.parametrize("content", [b"MZ not a picture", b"", b"\xff\xd8\xff\xe0 cut short"])
def test_a_photograph_that_is_no_picture(content: bytes) -> None:
    here = w.world()
    case = w.planned(here, people=1)
    with pytest.raises(Refused) as refused:
        perform(
            case,
            "add_photo",
            pk=w.people(case)[0].pk,
            upload=SimpleUploadedFile("p.jpg", content),
            by=here.staff,
            at=w.PLANNED,
        )
    assert (refused.value.field == "photo" and "圖片" in refused.value.message) or "空的" in refused.value.message
    assert not w.people(case)[0].photo


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_a_roster_with_duplicate_ids_is_shown_line_by_line(kind: str) -> None:
    """OHS-19: nothing is kept of a file with a wrong line."""
    here = w.world()
    case = w.planned(here, people=1)
    rows = [[r["name"], "79/05/06", r["national_id"]] for r in w.lines(3, 20)]
    rows += [
        ["陳重複", "79/05/06", w.national_id(20)],
        ["王在冊", "79/05/06", w.national_id(1)],
        ["李錯號", "79/02/30", "A123456788"],
        ["吳斷行", "79/05/06", w.national_id(21), "某公司\n人事室"],
    ]
    file = io.BytesIO()
    write(kind, file, title="名冊", header=["姓名", "出生年月日", "身分證字號", "服務單位"], rows=rows)
    training_class = class_of(case)
    preview = roster.read_roster(file.getvalue(), training_class, on=today())
    assert not preview.good and preview.missing_columns  # a professional roster wants more columns
    said = {row.number: "；".join(row.errors) for row in preview.rows}
    assert "第 2 列重複" in said[5] and "座號 01" in said[6] and "不存在" in said[7]
    line = next(row for row in preview.rows if row.number == 8)
    assert line.values["employer"] == "某公司 人事室", "a line break within a cell is read as a blank"
    with pytest.raises(Refused, match="未匯入"):
        perform(
            case, "import_roster", rows=[row.values for row in preview.rows], checked=True, by=here.staff, at=w.PLANNED
        )
    assert len(w.people(case)) == 1
    TrainingClass.objects.filter(pk=training_class.pk).update(training="in_service")
    rows = rows[:3]
    good = io.BytesIO()
    write(kind, good, title="名冊", header=["姓名", "出生年月日", "身分證字號"], rows=rows)
    assert roster.read_roster(good.getvalue(), class_of(case), on=today()).good


def test_an_old_residence_number_comes_onto_no_roster_of_2031() -> None:
    """ID-2."""
    a_class = class_of(w.planned(w.world(), people=0))
    TrainingClass.objects.filter(pk=a_class.pk).update(training="in_service")
    a_class.refresh_from_db()
    file = io.BytesIO()
    rows = [["阮氏梅", "79/05/06", "AB23456789"]]
    write("csv", file, title="名冊", header=["姓名", "出生年月日", "身分證字號"], rows=rows)
    assert roster.read_roster(file.getvalue(), a_class, on=date(2030, 12, 31)).good
    (row,) = roster.read_roster(file.getvalue(), a_class, on=date(2031, 1, 1)).rows
    assert "舊式統一證號" in row.errors[0]


@pytest.mark.parametrize("ending", ["ods", "xlsx"])
def test_a_birthday_typed_in_libreoffice_is_the_day_that_was_typed(ending: str) -> None:
    case = w.planned(w.world(), people=0)
    preview = roster.read_roster(saved(f"roster.{ending}"), class_of(case), on=today())
    assert [(row.values["born_on"], row.values["phone"]) for row in preview.rows] == [("2011-01-01", "0912-345-678")]


@pytest.mark.parametrize("name", ["two cells far apart", "a row repeated"])
def test_a_small_file_that_claims_to_be_enormous_is_refused_and_the_site_goes_on(name: str) -> None:
    """1.4 kB aborted the process that served everybody."""
    make, word = BOMBS[name]
    with pytest.raises(Refused, match=word):
        roster.read_roster(make(), class_of(w.planned(w.world(), people=0)), on=today())


def test_a_signature_that_claims_to_be_enormous_is_refused_in_words() -> None:
    """A few bytes of a PNG that says it is 60,000 pixels wide and high."""
    head = b"IHDR" + struct.pack(">2I5B", 60_000, 60_000, 8, 6, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + bytes(4) + b"IDAT"
    assert attending.judge_signature(png) == "簽名圖檔無法讀取，請清除後重簽。"


def test_a_file_that_is_no_sheet() -> None:
    here = w.world()
    case = w.planned(here, people=0)
    with pytest.raises(Refused, match="不是試算表"):
        roster.read_roster(b"%PDF-1.7", class_of(case), on=today())


# --- the tablet --------------------------------------------------------------------------------------------------------------


def test_signatures_of_the_tablet() -> None:
    """OHS-08: by the server's clock; sent twice kept once; a clock that moved is not believed."""
    here = w.world()
    case = w.running(here)
    one, two, three, four = w.people(case)[:4]
    at = w.at(w.FIRST, "08:55")
    item = w.signing(one, wall=at)
    (answer,) = attending.sign(case, items=[item], sent_wall=at, by=here.tutor, at=at)
    assert answer.kept and answer.at == "08:55"
    (again,) = attending.sign(case, items=[item], sent_wall=at, by=here.tutor, at=at + timedelta(seconds=30))
    assert again.kept and SignRecord.objects.count() == 1
    (other,) = attending.sign(case, items=[w.signing(one, wall=at)], sent_wall=at, by=here.tutor, at=at)
    assert not other.kept and other.done and "以先簽者為準" in other.text
    # a tablet whose clock is two hours slow is fine: only a clock that moves is not
    slow = timedelta(hours=-2)
    late = w.at(w.FIRST, "09:15")
    (answer,) = attending.sign(
        case, items=[w.signing(two, wall=late + slow, offset=-slow)], sent_wall=late + slow, by=here.tutor, at=late
    )
    assert answer.kept and answer.at == "09:15" and "視為曠課" in answer.text
    # drawn at nine, the clock set back half an hour, sent at 9:40 as if drawn at 8:50
    sent = w.at(w.FIRST, "09:40")
    moved = w.signing(three, wall=w.at(w.FIRST, "09:10"), offset=timedelta(0))
    (answer,) = attending.sign(case, items=[moved], sent_wall=sent - timedelta(minutes=30), by=here.tutor, at=sent)
    assert not answer.kept and "時鐘" in answer.text and "要點七" in answer.text
    # without network for forty minutes: the moment it was drawn; for two hours: the paper sheet
    offline = w.signing(four, wall=w.at(w.FIRST, "08:59"))
    (answer,) = attending.sign(
        case, items=[offline], sent_wall=w.at(w.FIRST, "09:39"), by=here.tutor, at=w.at(w.FIRST, "09:39")
    )
    assert answer.kept and answer.at == "08:59" and four.signs.get().source == "offline"
    (answer,) = attending.sign(
        case,
        items=[w.signing(three, wall=w.at(w.FIRST, "08:59"))],
        sent_wall=w.at(w.FIRST, "11:00"),
        by=here.tutor,
        at=w.at(w.FIRST, "11:00"),
    )
    assert not answer.kept and "離線超過一小時" in answer.text
    assert SignRecord.objects.filter(trainee=three).count() == 0


def test_a_signature_without_ink_is_none() -> None:
    blank = io.BytesIO()
    Image.new("RGBA", (320, 120), (0, 0, 0, 0)).save(blank, "PNG")
    assert "沒有簽名筆跡" in attending.judge_signature(blank.getvalue())
    assert "請簽名" in attending.judge_signature(b"")
    assert "無法讀取" in attending.judge_signature(b"\x89PNG broken")
    assert "過大" in attending.judge_signature(b"x" * 50_000)
    assert attending.judge_signature(w.SIGNATURE) == ""


def test_the_sheet_wants_a_reason_to_change_what_was_signed() -> None:
    here = w.world()
    case = w.running(here)
    w.attend(case)
    one = w.people(case)[0]
    lines = [{"trainee": one.pk, "came": w.at(w.FIRST, "09:20"), "left": None, "tampered": False}]
    given = {"day": w.FIRST, "half": "morning", "lines": lines, "by": here.tutor, "at": w.at(w.SECOND, "17:00")}
    with pytest.raises(Refused, match="更正請填寫理由"):
        perform(case, "enter_sheet", **given)
    perform(case, "enter_sheet", **given, reason="平板時間有誤，依紙本更正")
    events = case.events.count()
    assert perform(case, "enter_sheet", **given).answer == 0, "the same sheet again writes nothing"
    assert case.events.count() == events
    rows = one.signs.filter(day=w.FIRST, half="morning", leaving=False).order_by("pk")
    assert [bool(r.voided_at) for r in rows] == [True, False]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.filter(voided_at=None).update(at=w.at(w.FIRST, "08:00"))


def test_roll_call_not_before_twenty_minutes() -> None:
    here = w.world()
    case = w.running(here)
    with pytest.raises(Refused, match="09:20"):
        perform(case, "call_roll", day=w.FIRST, present=[], by=here.tutor, at=w.at(w.FIRST, "09:19"))
    assert perform(case, "call_roll", day=w.FIRST, present=[], by=here.tutor, at=w.at(w.FIRST, "09:20")).answer == 15


# --- both versions of the law ------------------------------------------------------------------------------------------------------


def test_a_class_that_ended_the_day_before_and_one_the_day_after_the_amendment() -> None:
    """OHS-11, OHS-14, OHS-18: thirty days and no sixth ground before, twenty and one after."""
    from ohs_training.params import AMENDED_ON
    from ohs_training.rules import keeping as rules
    from ohs_training.rules import supervision

    law = declared_law()
    before, after = AMENDED_ON - timedelta(days=1), AMENDED_ON
    for ended, days in ((before, 30), (after, 20)):
        paper = issue.certificate(issue.CertificateFacts(ended, True, True, "文號"), on=ended, law=law)
        assert paper.result["counted_to"] == (ended + timedelta(days=days)).isoformat()
        register = rules.retention(rules.RecordFacts("certificates", ended), on=ended, law=law)
        assert register.result["register_by"] == paper.result["issue_by"]
        facts = supervision.RevocationFacts(("against_directive",), "revoked", after, ended)
        assert supervision.revocation(facts, on=after, law=law).met is (days == 20)


# --- losing accreditation -------------------------------------------------------------------------------------------------------------


def test_revocation_stops_what_has_not_begun_and_bars_for_two_years() -> None:
    """OHS-18."""
    here = w.world()
    planned, run = (
        w.filed(here),
        w.running(here, start=w.FIRST + timedelta(days=7), when=datetime(2026, 11, 5, 2, tzinfo=UTC)),
    )
    at = w.at(w.FIRST + timedelta(days=8), "10:00")
    given = {
        "decision": "withdrawn", "happened_on": w.FIRST, "letter_number": "勞職衛2字第1150000009號", "heard_on": w.FIRST, "hearing": "機構代表到場陳述。",
        "reason": "未依核備課程辦理。", "by": here.chief, "at": at,
    }  # fmt: skip
    assert here.accreditation is not None
    case = here.accreditation.case
    with pytest.raises(Refused, match="應載明撤銷或廢止之事由"):
        perform(case, "revoke_or_abolish", grounds=[], **given)
    row = perform(case, "revoke_or_abolish", grounds=["against_directive"], **given).answer
    assert [Case.objects.get(pk=one.pk).state for one in (planned, run)] == ["cancelled", "running"]
    assert {e["effect"] for e in row.effects} == {"停止辦理（取消）", "由地方主管機關督導辦理至結訓，保障受訓人員權益"}
    assert case.documents.get(paper="ohs_accreditation").state == "revoked"
    with pytest.raises(Refused, match="117/12/14 止不得再申請"):
        applying.start(unit=here.unit, kind="nursing_body", by=here.staff, at=at + timedelta(days=700))
    with pytest.raises(IntegrityError, match="barred"), transaction.atomic():
        other = Case.objects.exclude(ohs_accreditation__isnull=False).first()
        Accreditation.objects.create(
            case=other,
            organisation=here.unit,
            kind="nursing_body",
            trainings=[],
            letter_number="x",
            starts_on=at.date(),
            ends_before=at.date() + timedelta(days=9),
        )
    assert applying.start(unit=here.unit, kind="nursing_body", by=here.staff, at=w.at(row.barred_before, "09:00"))


def test_revocation_takes_every_accreditation_and_every_application() -> None:
    """OHS-30: the one in force, the one that begins later and its classes, the application that waits; a draft starts anew."""
    here, when = w.world(accredited=False), w.at(w.FIRST, "09:00")
    first = w.accredit(here, ends_on=date(2027, 6, 30))
    later = w.accredit(here, starts_on=date(2027, 7, 1), ends_on=date(2030, 6, 30), when=when)
    under = w.filed(here, start=date(2027, 8, 2), when=when)
    assert class_of(under).accreditation == later
    waits = w.applied(here, when=when)
    given = {
        "decision": "withdrawn", "grounds": ["passed_on"], "happened_on": w.FIRST, "letter_number": "勞職衛2字第9號", "heard_on": w.FIRST,
        "hearing": "到場陳述。", "reason": "委由他機構辦理。", "by": here.chief,
    }  # fmt: skip
    with time_machine.travel(w.at(w.SECOND, "09:00"), tick=False):
        chief = client_of(here.chief)
        shown = said(chief.get(address("admin:case", first.case)))
        assert waits.number in shown and "116/07/01 至 119/06/30" in shown
    row = perform(first.case, "revoke_or_abolish", at=w.at(w.SECOND, "10:00"), **given).answer
    assert set(Accreditation.objects.values_list("state", flat=True)) == {"abolished"}
    assert set(Revocation.objects.values_list("accreditation", "barred_before")) == {
        (first.pk, row.barred_before),
        (later.pk, row.barred_before),
    }
    assert (
        Case.objects.get(pk=later.case_id).state == "abolished" and Case.objects.get(pk=under.pk).state == "cancelled"
    )
    waits.refresh_from_db()
    assert (waits.state, waits.turn) == ("rejected", "nobody")
    assert waits.events.get(code="bar").clause == "要點十四第2項"
    for case, code in (
        (first.case, "revoked"),
        (later.case, "revoked"),
        (waits, "rejected"),
        (under, "class_affected"),
    ):
        assert Notice.objects.filter(user=here.staff, code=f"ohs_training.{code}", case=case).exists(), code
    assert Notice.objects.filter(user=here.authority, code="ohs_training.class_affected", case=under).exists()
    assert not Deadline.objects.filter(met_at=None, withdrawn_at=None, thing_id=later.pk).exists()
    letters = Document.objects.filter(paper="ohs_accreditation")
    assert letters.count() == 2 and not letters.exclude(state="revoked").exists()
    assert Document.objects.filter(paper="ohs_revocation").count() == 1
    # neither during the bar nor after it does anything of it stand
    for day in (date(2027, 8, 1), date(2029, 1, 1)):
        assert accreditation_in_force(here.unit, on=day) is None
    public = institutions_listed({"state": "in_force"})
    assert not public.exists() and not any(one.get_state_display() == "認可中" for one in institutions_listed({}))
    with pytest.raises(NotAllowed):
        perform(
            waits,
            "accredit",
            starts_on=row.barred_before,
            ends_on=row.barred_before,
            letter_number="甲",
            by=here.chief,
            at=when,
        )
    assert not list(casetype("ohs_training.accreditation").consistency())


def test_nothing_is_granted_during_the_bar_even_for_later() -> None:
    """An application that was still a draft when the institution lost its accreditation is neither filed nor granted."""
    here = w.world()
    draft = w.applied(here, file=False, when=w.at(w.FIRST, "09:00"))
    assert here.accreditation is not None and draft.ohs_application.renews == here.accreditation
    at = w.at(w.SECOND, "10:00")
    row = perform(
        here.accreditation.case, "revoke_or_abolish", decision="revoked", grounds=["false_documents"], happened_on=w.FIRST, letter_number="甲", heard_on=w.FIRST,
        hearing="甲", reason="甲", by=here.chief, at=at,
    ).answer  # fmt: skip
    with pytest.raises(Refused, match="不得再申請認可（要點十四第2項）"):
        perform(draft, "file", by=here.staff, at=at)
    draft = Case.objects.get(pk=draft.pk)
    assert draft.state == "draft" and draft.ohs_application.renews is None
    Case.objects.filter(pk=draft.pk).update(state="filed", turn="office")
    with pytest.raises(Refused, match="不得再申請認可（要點十四第2項）"):
        perform(
            draft,
            "accredit",
            starts_on=row.barred_before,
            ends_on=row.barred_before,
            letter_number="甲",
            by=here.chief,
            at=at,
        )


def test_who_asked_for_a_supplement_does_not_decide() -> None:
    """陳核與核定: whoever holds both roles does one of the two steps."""
    here = w.world(accredited=False)
    case = w.applied(here)
    grant_role(user=here.officer, role_code="ohs_ministry_chief", organisation=here.ministry, by=None, at=w.APPLIED)
    both = User.objects.get(pk=here.officer.pk)
    items = [{"target": "plan.aim", "label": "計畫目的", "problem": "請補充"}]
    perform(case, "ask_supplement", items=items, message="", due_on=w.APPLIED.date(), by=both, at=w.APPLIED)
    item = case.correction_requests.get().items.get()
    corrections.answer(item, case=Case.objects.get(pk=case.pk), text="已補充", by=here.staff, at=w.APPLIED)
    perform(case, "supply", by=here.staff, at=w.APPLIED)
    given = {"starts_on": w.APPLIED.date(), "ends_on": w.APPLIED.date(), "letter_number": "甲", "at": w.APPLIED}
    with pytest.raises(Refused, match="您已辦理本案「通知補正」，同一人不得再辦理「認可」"):
        perform(case, "accredit", by=both, **given)
    with pytest.raises(Refused, match="同一人不得再辦理「不予認可」"):
        perform(case, "reject", by=both, at=w.APPLIED, reason="不符資格")
    assert perform(case, "accredit", by=here.chief, **given).case.state == "accredited"


# --- keeping ------------------------------------------------------------------------------------------------------------------------------


def test_nothing_goes_before_three_years_and_a_person_decides() -> None:
    """OHS-14."""
    here = w.world()
    case = w.issued(here)
    done = w.at(w.SECOND + timedelta(days=6), "10:00")
    issuing.run_waiting(at=done)
    perform(case, "enter", by=here.staff, at=done)
    perform(case, "report", report_number="號", by=here.staff, at=done)
    perform(case, "close", acknowledgement="號", by=here.authority, at=done)
    with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
        SignRecord.objects.all().delete()
    last = w.at(w.SECOND.replace(year=2029), "10:00")
    assert keeping.list_expired(at=last) == 0
    assert keeping.list_expired(at=last + timedelta(days=1)) == 2  # signatures and roll calls; marks came later
    assert keeping.list_expired(at=last + timedelta(days=1)) == 0
    row = Retention.objects.get(record="sign_in")
    with pytest.raises(Refused, match="請填寫理由"):
        perform(
            case,
            "decide_retention",
            row=row.pk,
            decision="destroy",
            reason="",
            by=here.staff,
            at=last + timedelta(days=1),
        )
    given = {"row": row.pk, "decision": "destroy", "reason": "保存期滿", "by": here.staff}
    assert perform(case, "decide_retention", at=last + timedelta(days=1), **given).answer.removed == 120
    assert SignRecord.objects.count() == 0 and Sitting.objects.count() == 15
    # Nobody is called absent because the signatures are gone.
    chain = class_chain(class_of(case), on=last.date() + timedelta(days=2), law=law_in_force())
    assert chain.destroyed == "簽到（簽退）紀錄保存期滿，已銷毀"
    assert all(line.chain is None and line.wrong == chain.destroyed and line.certificate for line in chain.lines)
    with time_machine.travel(last + timedelta(days=2), tick=False):
        page = said(client_of(here.staff).get(address("class", case)))
    assert chain.destroyed in page and "曠課" not in page


def test_nothing_is_reissued_over_a_red_line() -> None:
    """OHS-17 found after the certificate: it is to be revoked, not printed again."""
    here = w.world()
    case, later = w.issued(here), w.at(w.SECOND + timedelta(days=60), "10:00")
    one = w.people(case)[0]
    perform(case, "report_impersonation", trainee=one.pk, on=later.date(), text="照片不符", by=here.tutor, at=later)
    with pytest.raises(Refused, match="不得補發：非其本人或冒名頂替參加（要點十三第4款）"):
        perform(case, "reissue_certificate", trainee=one.pk, reason="遺失", by=here.staff, at=later)
    assert one.certificates.get().state == "in_force"
    assert (
        perform(case, "revoke_certificate", trainee=one.pk, reason="冒名", by=here.staff, at=later).answer.state
        == "revoked"
    )
    with pytest.raises(Refused, match="目前沒有可以發給"):
        perform(case, "issue_more", by=here.staff, at=later)


def test_reissue_keeps_the_old_line() -> None:
    """OHS-22."""
    here = w.world()
    case = w.issued(here)
    one = w.people(case)[0]
    old = one.certificates.get()
    new = perform(
        case,
        "reissue_certificate",
        trainee=one.pk,
        reason="原證書遺失",
        by=here.staff,
        at=w.at(w.SECOND + timedelta(days=60), "10:00"),
    ).answer
    old.refresh_from_db()
    old.document.refresh_from_db()
    assert (old.state, new.replaces, old.document.state) == ("replaced", old, "replaced") and new.number != old.number
