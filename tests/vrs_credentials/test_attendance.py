"""紀錄匯入: rosters good and bad, clearing, crediting."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from tests.casework.files.sheets import saved
from tests.vrs_credentials import world as w
from vrs_credentials.models import AttendanceImport
from vrs_credentials.selectors import register
from vrs_credentials.services import (
    attending,
    ledger,
)

pytestmark = pytest.mark.django_db


def _course(here: w.World, **given: Any) -> Any:
    return w.course_approved(here, starts_on=today() - timedelta(days=3), **given)


def _preview(course: Any, content: bytes) -> attending.Preview:
    return attending.preview(course.fields.first(), content, on=today(), law=law_in_force())


def _bad_rows(here: w.World, day: str) -> dict[str, tuple[tuple[str, str, str, str], str]]:
    mine = here.applicant.national_id or ""
    return {
        "wrong ID": ((day, "王小明", "A123456788", "3"), "檢查碼"),
        "unknown person": ((day, "王小明", "A123456789", "3"), "查無此人"),
        "another name": ((day, "王大明", mine, "3"), "姓名與系統登錄不符"),
        "hours above the course's": ((day, "王小明", mine, "6.5"), "不超過核定時數 6"),
        "no hours": ((day, "王小明", mine, ""), "時數未填"),
        "infinite hours": ((day, "王小明", mine, "Infinity"), "不是數字"),
        "a formula": ((day, "王小明", mine, "=1+1"), "不是數字"),
        "a day outside": (("2001/1/1", "王小明", mine, "3"), "不在開課期間"),
        "no day": (("昨天", "王小明", mine, "3"), "看不懂日期"),
        "a line break": ((day, '"王\n小明"', mine, "3"), "學員姓名只能有一行"),
        "what nobody sees": ((day, "王\x07小明", mine, "3"), "U+0007"),
    }


@pytest.mark.parametrize("ending", ["ods", "xlsx", "csv"])
def test_days_typed_in_libreoffice_are_the_days_that_were_typed(here: w.World, ending: str) -> None:
    """A class day decides which hours count: 115/11/30 must not become 115/11/29 on its way through a spreadsheet."""
    found = _preview(_course(here), saved(f"attendance.{ending}"))
    assert [str(row.result["held_on"]) for row in found.rows] == ["2026-11-30", "2026-11-27"]


@pytest.mark.parametrize(
    "what",
    [
        "wrong ID",
        "unknown person",
        "another name",
        "hours above the course's",
        "no hours",
        "infinite hours",
        "a formula",
        "a day outside",
        "no day",
        "a line break",
        "what nobody sees",
    ],
)
def test_bad_rows_are_named_with_number_and_reason_and_nothing_enters(here: w.World, what: str) -> None:
    """VRS-08."""
    w.certified(here)
    course = _course(here)
    day = course.starts_on.isoformat()
    row, reason = _bad_rows(here, day)[what]
    content = w.roster([(day, "王小明", here.applicant.national_id or "", "2"), row])
    found = _preview(course, content)
    (bad,) = found.wrong
    assert bad.number == 4 and reason in "；".join(bad.errors), bad.errors
    case = course.case
    attending.keep_sheet(case, upload=w.pdf("簽到"), by=here.clerk, at=now())
    with pytest.raises(Refused, match="第 4 列") as refusal:
        attending.import_attendance(case, files=[(course.fields.get(), "x.csv", content)], by=here.clerk, at=now())
    assert reason.split("。")[0] in refusal.value.message
    assert not AttendanceImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x80\xff\xfe\xfd\x80,\x80", "編碼"), (b"", "空的"), (b"%PDF-1.4", "不是試算表"), (b"a,b,c", "表頭"),
        ("上課日期,學員姓名,學員身分證字號(或居留證號),時數,離島地區,國際性質,授課者\r\n2026/1/1,甲,A123456789,1,否,否,否".encode(), "範例"),
    ],
)  # fmt: skip
def test_files_that_are_no_roster_get_a_sentence(here: w.World, content: bytes, says: str) -> None:
    assert says in _preview(_course(here), content).problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_rosters_are_read_in_every_encoding_offices_save(here: w.World, encoding: str) -> None:
    w.certified(here)
    course = _course(here)
    day = course.starts_on
    rows = [(f"{day.year - 1911}/{day.month}/{day.day}", "王小明", here.applicant.national_id or "", "6")]
    assert _preview(course, w.roster(rows, encoding)).ok


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_rosters_come_as_sheets_too(here: w.World, kind: str) -> None:
    import io

    from casework.sheets.writing import write

    w.certified(here)
    course = _course(here)
    from vrs_credentials.rules.attendance import COLUMNS, EXAMPLE

    out = io.BytesIO()
    write(
        kind,
        out,
        title="名冊",
        header=list(COLUMNS),
        rows=[
            list(EXAMPLE),
            [course.starts_on.isoformat(), "王小明", here.applicant.national_id, "6", "否", "否", "否"],
        ],
    )
    found = _preview(course, out.getvalue())
    assert found.ok, (found.problem, found.wrong)


def test_a_long_sheet_of_wrong_rows_gives_a_report(here: w.World, whole: bool) -> None:
    course, rows = _course(here), 50_000 if whole else 2_000
    day = course.starts_on.isoformat()
    content = w.roster([(day, "無此人", "A123456789", "3")] * rows)
    found = _preview(course, content)
    assert len(found.wrong) == len(found.rows) == rows and found.wrong[-1].number == rows + 2
    assert not AttendanceImport.objects.exists()


def test_the_same_file_twice_adds_nothing_and_clearing_ends_with_approval(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=30))
    course = _course(here)
    w.attended(here, course, [here.applicant])
    case, field = Case.objects.get(pk=course.case_id), course.fields.get()
    content = w.roster([(course.starts_on.isoformat(), "王小明", here.applicant.national_id or "", "6")])
    assert attending.import_attendance(case, files=[(field, "再一次.csv", content)], by=here.clerk, at=now()) == (0, 1)
    other = w.roster([(course.starts_on.isoformat(), "王小明", here.applicant.national_id or "", "5")])
    with pytest.raises(Refused, match="先清除"):
        attending.import_attendance(case, files=[(field, "別的.csv", other)], by=here.clerk, at=now())
    perform(case, "clear_attendance", by=here.clerk, at=now())
    attending.import_attendance(
        Case.objects.get(pk=case.pk), files=[(field, "別的.csv", other)], by=here.clerk, at=now()
    )
    perform(case, "credit", by=here.handler, at=now())
    assert register.balance(one, until=today())["professional"] == 5
    with pytest.raises(NotAllowed):
        perform(case, "clear_attendance", by=here.clerk, at=now())
    entry = one.entries.get()
    ledger.correct(
        one,
        group="law",
        hours=Decimal(-2),
        held_on=today(),
        reason="時數誤植",
        by=here.handler,
        at=now(),
        corrects=entry,
    )
    assert register.balance(one, until=today())["professional"] == 3
    with pytest.raises(Refused, match="只剩 3 小時"):
        ledger.correct(
            one, group="law", hours=Decimal(-4), held_on=today(), reason="x", by=here.handler, at=now(), corrects=entry
        )
    with pytest.raises(NotPermitted):
        ledger.correct(one, group="law", hours=Decimal(1), held_on=today(), reason="x", by=here.clerk, at=now())


def test_two_fields_take_two_files_and_both_or_nothing(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=30))
    course = _course(here, sets=[w.a_set("3"), {**w.a_set("2", "ethics"), "area": "倫理"}])
    case, (first, second) = course.case, course.fields.all()
    rows = w.roster([(course.starts_on.isoformat(), "王小明", here.applicant.national_id or "", "2")])
    with pytest.raises(Refused, match="簽到表"):
        attending.import_attendance(
            case, files=[(first, "1.csv", rows), (second, "2.csv", rows)], by=here.clerk, at=now()
        )
    attending.keep_sheet(case, upload=w.pdf("簽到"), by=here.clerk, at=now())
    with pytest.raises(Refused, match="尚缺：領域二"):
        attending.import_attendance(case, files=[(first, "1.csv", rows)], by=here.clerk, at=now())
    assert not AttendanceImport.objects.exists()
    attending.import_attendance(case, files=[(first, "1.csv", rows), (second, "2.csv", rows)], by=here.clerk, at=now())
    perform(case, "credit", by=here.handler, at=now())
    assert {g: h for g, h in register.balance(one, until=today()).items() if h} == {"professional": 2, "ethics": 2}
