"""紀錄匯入 (VRS-08): judged whole before anything is written, cleared until hours are approved, credited to the ledger.

A roster is one file per field of the course. Nothing of a file with an error enters; the same file twice adds nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from simple_history.utils import bulk_create_with_history

from accounts import crypto
from accounts.identity import holders
from accounts.models import User
from casework.cases.doing import Doing, perform
from casework.cases.events import record
from casework.cases.moving import require
from casework.errors import NotAllowed, Refused
from casework.intake.sheet_table import SheetError
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.sheets.reading import read
from kernel.characters import same_name
from kernel.dates import roc, taipei_day
from kernel.law import Law
from kernel.saying import plain
from vrs_credentials.models import Attendance, AttendanceImport, Course, CourseField, LedgerEntry
from vrs_credentials.permissions import CREDIT_ATTENDANCE, FILE_ATTENDANCE
from vrs_credentials.rules import attendance as rules
from vrs_credentials.selectors.papers import attached
from vrs_credentials.services.ledger import Credit, Held, certificates_of, credit, credited_to, kinds_addressed
from vrs_credentials.services.office import tell_applicant, tell_office
from vrs_credentials.services.uploading import judged_for

#: How much of the work is done, 0 to 100.
Progress = Callable[[int], None]
SHEET = "attendance_sheet"
CLEAR_FIRST = "這個領域已有匯入的紀錄，請先清除再重新上傳。"


@dataclass(frozen=True, slots=True)
class Row:
    """A data row as read, with everything wrong with it."""

    number: int
    result: dict[str, Any]
    errors: tuple[str, ...]
    person: int | None = None
    #: What the person who uploads should know though the row may enter.
    note: str = ""


@dataclass
class Preview:
    """What a file would bring. `problem`: the file as a whole cannot be read."""

    sha256: str = ""
    rows: list[Row] = field(default_factory=list)
    problem: str = ""
    #: This very file stands already.
    again: bool = False

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.errors]

    @property
    def noted(self) -> list[Row]:
        return [row for row in self.rows if row.note and not row.errors]

    @property
    def ok(self) -> bool:
        return not self.problem and not self.wrong and bool(self.rows)


def _nothing(done: int) -> None:
    return None


def preview(target: CourseField, content: bytes, *, on: date, law: Law, progress: Progress = _nothing) -> Preview:
    """Read and judge a roster; nothing is written."""
    found = Preview(hashlib.sha256(content).hexdigest())
    found.again = target.imports.filter(cleared_at=None, sha256=found.sha256).exists()
    course = target.course
    try:
        table = rules.rows_of(read(content))
    except (SheetError, rules.UnreadableFile) as error:
        found.problem = str(error)
        return found
    if not table:
        found.problem = "檔案沒有資料列；資料自第 3 列起填寫。"
        return found
    judged = rules.read_rows(
        table, starts_on=course.starts_on, ends_on=course.ends_on, approved_hours=target.hours, on=on, law=law
    )
    read_in: list[Row] = []
    step = max(1, len(table) // 50)
    for count, row in enumerate(judged):
        # the lines of ten thousand outcomes are not kept: the page shows the errors
        result = {
            name: row.outcome.result[name]
            for name in ("held_on", "name", "person_id", "hours", "island", "international", "lecturer")
        }
        read_in.append(Row(row.number, result, tuple(row.errors)))
        if count % step == 0:
            progress(count * 80 // len(table))
    found.rows = _matched(read_in, target)
    progress(90)
    return found


def _matched(rows: list[Row], target: CourseField) -> list[Row]:
    """Match by ID; names must agree; a person's rows together do not pass the hours of the field."""
    digests = {row.number: crypto.index(row.result["person_id"]) for row in rows if row.result["person_id"]}
    people = holders(set(digests.values()))
    held = certificates_of({key for key, _ in people.values()})
    certified, kinds = {holder for holder, _ in held}, kinds_addressed(target.course.audience)
    totals: dict[int, Decimal] = {}
    found = []
    for row in rows:
        errors, person, note = list(row.errors), None, ""
        if digest := digests.get(row.number):
            match = people.get(digest)
            if match is None or match[0] not in certified:
                errors.append("查無此人的專業人員資格，請核對身分證字號")
            elif row.result["name"] and not same_name(match[1], row.result["name"]):
                errors.append(f"姓名與系統登錄不符（{row.result['name']}），請核對")
            else:
                person = match[0]
        if person is not None and row.result["hours"] is not None:
            totals[person] = totals.get(person, Decimal(0)) + Decimal(str(row.result["hours"]))
            if totals[person] > target.hours and not row.errors:
                errors.append(f"同一人合計 {plain(totals[person])} 小時，超過核定時數 {plain(target.hours)}")
        if person is not None and row.result["held_on"]:
            note = _credits_nothing(held, person, kinds, date.fromisoformat(str(row.result["held_on"])))
        found.append(Row(row.number, row.result, tuple(errors), person, note))
    return found


def _credits_nothing(held: Held, person: int, kinds: Sequence[str], day: date) -> str:
    """Why the row would bring its person no hours; empty where it does. Hours go to the certificate of their day (VRS-10)."""
    if credited_to(held, person, kinds, day):
        return ""
    begins = [one.starts_on for kind in kinds for one in held.get((person, kind), ())]
    if begins:
        return f"資格證明自 {roc(min(begins))} 起生效，在上課日之後，匯入後不登錄時數"
    return "沒有辦理對象所列之有效資格，匯入後不登錄時數"


def course_of(case: Case) -> Course:
    return Course.objects.select_related("case__organisation").get(case=case)


def keep_sheet(case: Case, *, upload: UploadedFile, by: User, at: datetime, version: int | None = None) -> None:
    """Judge the 簽到表, PDF or JPG, then keep it with the roster."""
    require(by, FILE_ATTENDANCE, case)
    verdict = judged_for("sign_in_sheet", upload, on=taipei_day(at), law=law_in_force(), form_field="sheet")
    perform(
        case, "add_sheet", by=by, at=at, version=version, verdict=verdict, upload=upload, field=SHEET, label="簽到表",
        form_field="sheet",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """A file for a field, read and judged."""

    target: CourseField
    name: str
    found: Preview


def judge(
    files: Sequence[tuple[CourseField, str, bytes]], *, on: date, law: Law, progress: Progress = _nothing
) -> list[Judged]:
    """Every file, one after the other; `progress` runs over all of them."""
    each, judged = 100 // max(1, len(files)), []
    for count, (target, name, content) in enumerate(files):

        def told(done: int, before: int = count * each) -> None:
            progress(before + done * each // 100)

        judged.append(Judged(target, name, preview(target, content, on=on, law=law, progress=told)))
    return judged


def import_attendance(
    case: Case, *, files: Sequence[tuple[CourseField, str, bytes]], by: User, at: datetime, version: int | None = None,
    progress: Progress = _nothing,
) -> tuple[int, int]:  # fmt: skip
    """確定上傳: judge, then enter. All files or nothing; says (rows added, files that stood already).

    Raises Refused with row numbers.
    """
    judged = judge(files, on=taipei_day(at), law=law_in_force(), progress=progress)
    return enter(case, judged=judged, by=by, at=at, version=version)


def enter(
    case: Case, *, judged: Sequence[Judged], by: User, at: datetime, version: int | None = None
) -> tuple[int, int]:
    """Write rosters judged before: reading takes seconds, and nobody else waits for the case meanwhile.

    Two imports of one file come one after the other, and the second finds it standing.
    """
    try:
        added: tuple[int, int] = perform(case, "import_attendance", by=by, at=at, version=version, judged=judged).answer
    except NotAllowed:
        if judged and all(_stands(one) for one in judged):
            return 0, len(judged)
        if one := next((one for one in judged if one.target.imports.filter(cleared_at=None).exists()), None):
            raise Refused(CLEAR_FIRST, field=f"roster_{one.target.position}") from None
        raise
    return added


def write_attendance(doing: Doing, *, judged: Sequence[Judged]) -> tuple[int, int]:
    """Write every roster or none; says (rows added, files that stood already). Then the office has the attendance."""
    case, by, at = doing.case, doing.by, doing.at
    course = course_of(case)
    if doing.day < course.ends_on:
        raise Refused("課程結束後才能匯入上課紀錄。")
    added = again = 0
    for one in judged:
        target, found = one.target, one.found
        if found.problem:
            raise Refused(f"{target.label}：{found.problem}", field=f"roster_{target.position}")
        if _stands(one):
            again += 1
            continue
        if found.wrong:
            raise Refused(_report(found), field=f"roster_{target.position}")
        if target.imports.filter(cleared_at=None).exists():
            raise Refused(CLEAR_FIRST, field=f"roster_{target.position}")
        _write(target, found, name=one.name, by=by, at=at)
        added += len(found.rows)
    if not added and not again:
        raise Refused("請選擇上課紀錄檔。", field="roster_1")
    missing = [one.label for one in course.fields.all() if not one.imports.filter(cleared_at=None).exists()]
    if missing:
        raise Refused("跨領域課程請同時上傳各領域之紀錄，尚缺：" + "、".join(missing) + "。")
    doing.changes.append({"label": "上課紀錄", "before": "", "after": f"{added} 筆"})
    doing.move()
    body = f"「{case.title}」已匯入 {added} 筆上課紀錄，請審核。"
    tell_office(case, "attendance", "上課紀錄已匯入", body, right=CREDIT_ATTENDANCE, at=at)
    return added, again


def _stands(one: Judged) -> bool:
    return one.target.imports.filter(cleared_at=None, sha256=one.found.sha256).exists()


def _report(found: Preview, most: int = 10) -> str:
    lines = [f"第 {row.number} 列：{'；'.join(row.errors)}" for row in found.wrong[:most]]
    more = f"……另有 {len(found.wrong) - most} 列" if len(found.wrong) > most else ""
    return f"共 {len(found.rows)} 列，{len(found.wrong)} 列有誤，未匯入任何資料。" + "。".join(lines) + more


def _write(target: CourseField, found: Preview, *, name: str, by: User, at: datetime) -> AttendanceImport:
    standing = AttendanceImport.objects.create(
        field=target, sha256=found.sha256, file_name=name[:200], rows=len(found.rows), imported_at=at, imported_by=by
    )
    rows = [
        Attendance(
            imported=standing, row=row.number, person_id=row.person, name=row.result["name"],
            held_on=date.fromisoformat(str(row.result["held_on"])), hours=Decimal(str(row.result["hours"])),
            island=row.result["island"], international=row.result["international"], lecturer=row.result["lecturer"],
        )
        for row in found.rows
    ]  # fmt: skip
    bulk_create_with_history(rows, Attendance, batch_size=1000, default_user=by, default_date=at)
    return standing


def sheet_there(case: Case, by: User | None, at: datetime) -> None:
    """Refuse rosters without their sign-in sheet."""
    if SHEET not in attached(case):
        raise Refused("上課紀錄及簽到表須同時上傳，請上傳簽到表。", field="sheet")


def clear_attendance(doing: Doing) -> None:
    """Take the imported rows out, until hours are approved; they stay as history of what was imported."""
    AttendanceImport.objects.filter(field__course__case=doing.case, cleared_at=None).update(cleared_at=doing.at)


def return_attendance(doing: Doing) -> None:
    """Take the imported rows out and tell the institution why."""
    clear_attendance(doing)
    doing.move()
    tell_applicant(doing.case, "attendance_returned", "上課紀錄退回", doing.reason, at=doing.at)


def standing_rows(case: Case) -> Any:
    rows = Attendance.objects.filter(imported__field__course__case=case, imported__cleared_at=None)
    return rows.select_related("imported__field", "person").defer("person__national_id")


def rows_there(case: Case, by: User | None, at: datetime) -> None:
    """Refuse to approve hours where no row stands."""
    if not standing_rows(case).exists():
        raise Refused("沒有可核定的上課紀錄。")


def credit_attendance(doing: Doing) -> None:
    """Credit every standing row to the certificates of its person that the course addresses; then only corrections follow."""
    case, by, at = doing.case, doing.by, doing.at
    doing.move()
    course, law = course_of(case), law_in_force()
    kinds = kinds_addressed(course.audience)
    rows: Iterable[Attendance] = standing_rows(case)
    credits = [
        Credit(
            one.person_id, kinds, one.imported.field.group, one.hours, one.held_on, course.title, one.island, one.international,
            one.lecturer, one,
        )
        for one in rows
    ]  # fmt: skip
    entries = credit(credits, source=LedgerEntry.Source.COURSE, case=case, by=by, at=at, law=law)
    record(
        case, "hours.credited", f"核定上課時數：{len(credits)} 筆上課紀錄，登錄 {len(entries)} 筆時數", by=by, at=at,
        clause="說明書肆、二、(二)7",
    )  # fmt: skip
    tell_applicant(
        case, "credited", "上課時數已核定", f"「{course.title}」上課時數已核定，如需修正請電洽承辦單位。", at=at
    )
