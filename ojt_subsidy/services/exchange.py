"""投保勾稽: one file out to the insurance bureau, one result file in, previewed and applied once (SUB-06).

Out: 編號,身分證字號,出生日期,比對日. One row per trainee admitted to a class that begins on the day; days as 1131212.
In:  編號,身分證字號,出生日期,比對日,結果,保險別,加保日,退保日,註記. One row per record; 結果 is 有 or 無; 保險別 就業保險, 勞工保險,
農民健康保險, 公務人員保險, 國民年金保險; 註記 empty, 訓, 裁 or 傷. The last row is 合計,<number of rows before it>.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.identity import bears
from accounts.models import Organisation, User
from accounts.rights import can
from casework.cases.recusal import RECUSED
from casework.errors import NotPermitted, Refused
from casework.intake.sheet_table import heading_key
from casework.sheets import reading
from kernel.dates import DateError, parse_day, roc, taipei_day
from kernel.facts import Impossible
from kernel.identifiers import mask_person_id
from kernel.lines import cell_errors
from ojt_subsidy.models import Enrolment, ExchangeFile, InsuranceCheck
from ojt_subsidy.params import INSURANCE_LABELS, Mark
from ojt_subsidy.permissions import EXCHANGE
from ojt_subsidy.selectors.lines import insurance_records
from ojt_subsidy.services.evidence import not_before, record_insurance
from ojt_subsidy.states import IN_CLASS

OUT_HEADER = ["編號", "身分證字號", "出生日期", "比對日"]
IN_HEADER = [*OUT_HEADER, "結果", "保險別", "加保日", "退保日", "註記"]
NO_NUMBER = "下列學員的帳號沒有身分證字號，未列入名冊，請先於「登入協助」確認身分證字號後再比對"
KINDS = {label: kind.value for kind, label in INSURANCE_LABELS.items()}
MARKS = {"": None, "訓": Mark.TRAINEE.value, "裁": Mark.LAID_OFF.value, "傷": Mark.INJURY.value}


def _digits(day: date) -> str:
    return f"{day.year - 1911:03d}{day:%m%d}"


def trainees_on(office: Organisation, day: date) -> list[Enrolment]:
    rows = Enrolment.objects.filter(
        course__case__office=office,
        course__starts_on=day,
        state__in=IN_CLASS,
        self_paid=False,
        person__trainee__isnull=False,
    )
    return list(rows.select_related("person__trainee", "course").order_by("course__code", "number"))


@transaction.atomic
def export_file(*, office: Organisation, day: date, by: User, at: datetime) -> tuple[bytes, ExchangeFile]:
    """The list of a first day of class, CSV in UTF-8 with BOM. The file's `report` names whom it leaves out: people whose number was
    released (釋出), whom the bureau cannot find."""
    if not can(by, EXCHANGE, office):
        raise NotPermitted("您沒有辦理投保資料勾稽的權限。")
    not_before(day, at, field="day")
    found = trainees_on(office, day)
    if not found:
        raise Refused("這一天沒有開訓課程的錄訓學員。", field="day")
    rows = [row for row in found if row.person.national_id]
    left_out = [f"{row.receipt} {row.name}" for row in found if not row.person.national_id]
    if not rows:
        raise Refused(f"{NO_NUMBER}：{'、'.join(left_out)}。", field="day")
    lines = [",".join(OUT_HEADER)]
    lines += [f"{r.receipt},{r.person.national_id},{_digits(r.person.trainee.born_on)},{_digits(day)}" for r in rows]
    content = ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
    made = ExchangeFile.objects.create(
        office=office, direction=ExchangeFile.Direction.OUT, day=day, rows=len(rows), sha256=hashlib.sha256(content).hexdigest(),
        report=left_out, at=at, by=by,
    )  # fmt: skip
    return content, made


@dataclass
class Read:
    """A result file as read: what would happen, row by row, before anything does."""

    sha256: str
    day: date | None = None
    rows: int = 0
    report: list[dict[str, Any]] = field(default_factory=list)
    found: dict[int, list[Mapping[str, Any]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    known: ExchangeFile | None = None

    @property
    def good(self) -> bool:
        return not self.problems


def read_result(*, office: Organisation, data: bytes, at: datetime) -> Read:
    """Judge a result file. Unknown people and unreadable rows are named; a wrong total stops the whole file. Raises Refused."""
    read = Read(hashlib.sha256(data).hexdigest())
    read.known = ExchangeFile.objects.filter(office=office, direction="in", sha256=read.sha256).first()
    try:
        table = reading.read(data)
    except reading.SheetError as error:
        raise Refused(str(error), field="file") from error
    if not table or [heading_key(cell) for cell in table[0]] != IN_HEADER:
        raise Refused(f"第 1 列欄位應為：{'、'.join(IN_HEADER)}。", field="file")
    body, last = table[1:-1], table[-1] if len(table) > 1 else []
    if len(last) < 2 or last[0] != "合計":
        raise Refused("檔案沒有「合計」列，可能不完整；未匯入任何資料。", field="file")
    if last[1] != str(len(body)):
        raise Refused(f"合計列記載 {last[1]} 筆，實有 {len(body)} 筆；檔案不完整，未匯入任何資料。", field="file")
    read.rows = len(body)
    grouped: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    people = _people(office, {row[0] for row in body if row})
    for number, row in enumerate(body, 2):
        cells = [*map(str.strip, row), *[""] * (len(IN_HEADER) - len(row))]
        try:
            pk, record, day = _read_row(cells, people, taipei_day(at))
        except (ValueError, KeyError) as error:
            sentence = str(error) if isinstance(error, (ValueError,)) else "格式不符"
            read.problems.append(f"第 {number} 列：{sentence}")
            read.report.append({"row": number, "code": cells[0], "ok": False, "text": sentence})
            continue
        read.day = read.day or day
        grouped[pk] = [*grouped[pk], record] if record else grouped[pk]
        text = "查有投保紀錄" if record else "查無投保紀錄，請通知學員檢附投保明細"
        read.report.append({"row": number, "code": cells[0], "id": mask_person_id(cells[1]), "ok": True, "text": text})
    read.found = dict(grouped)
    return read


def _people(office: Organisation, codes: set[str]) -> dict[str, Enrolment]:
    """By receipt code: only trainees of this office's classes."""
    wanted = {tuple(code.rsplit("-", 1)) for code in codes if "-" in code}
    rows = Enrolment.objects.filter(course__case__office=office, course__code__in={one[0] for one in wanted})
    return {row.receipt: row for row in rows.select_related("course", "person__trainee") if row.receipt in codes}


def _read_row(
    cells: list[str], people: Mapping[str, Enrolment], today: date
) -> tuple[int, dict[str, Any] | None, date]:
    if said := cell_errors(dict(zip(IN_HEADER, cells, strict=False))):
        raise ValueError("、".join(said))
    code, number, born, day, result, kind, from_on, to_on, mark = cells[:9]
    enrolment = people.get(code)
    if enrolment is None:
        raise ValueError(f"編號「{code}」不是本分署的報名序號")
    if not bears(enrolment.person, number):
        raise ValueError(f"編號「{code}」的身分證字號與報名資料不符")
    try:
        compared, birth = parse_day(day), parse_day(born)
    except DateError as error:
        raise ValueError(str(error)) from None
    if birth != enrolment.person.trainee.born_on:
        raise ValueError(f"編號「{code}」的出生日期與報名資料不符")
    if compared != enrolment.course.starts_on:
        raise ValueError(f"編號「{code}」的比對日不是該班開訓日")
    if today < compared:
        raise ValueError(f"比對日 {roc(compared)} 尚未到，開訓當日起才能匯入比對結果")
    if result == "無":
        return enrolment.pk, None, compared
    if result != "有":
        raise ValueError(f"結果「{result}」應為「有」或「無」")
    if kind not in KINDS:
        raise ValueError(f"看不懂保險別「{kind}」")
    if mark not in MARKS:
        raise ValueError(f"看不懂註記「{mark}」")
    try:
        record = {
            "kind": KINDS[kind],
            "from": parse_day(from_on).isoformat(),
            "to": parse_day(to_on).isoformat() if to_on else None,
            "mark": MARKS[mark],
        }
        insurance_records([record])
    except (DateError, Impossible) as error:
        raise ValueError(str(error)) from None
    return enrolment.pk, record, compared


@transaction.atomic
def import_file(*, office: Organisation, data: bytes, by: User, at: datetime) -> tuple[ExchangeFile, bool]:
    """Apply a result file whole or not at all. The same file again changes nothing: (the first import, False)."""
    if not can(by, EXCHANGE, office):
        raise NotPermitted("您沒有辦理投保資料勾稽的權限。")
    read = read_result(office=office, data=data, at=at)
    if read.known:
        return read.known, False
    if not read.good:
        more = f"等 {len(read.problems)} 列" if len(read.problems) > 5 else ""
        raise Refused(f"檔案有誤，未匯入任何資料：{'；'.join(read.problems[:5])}{more}。", field="file")
    if read.day is None:
        raise Refused("檔案沒有資料列。", field="file")
    rows = Enrolment.objects.select_related("course", "person__trainee").in_bulk(list(read.found))
    if by.pk in {row.person_id for row in rows.values()}:
        raise Refused(RECUSED, field="file")
    try:
        with transaction.atomic():
            file = ExchangeFile.objects.create(
                office=office, direction=ExchangeFile.Direction.IN, day=read.day, rows=read.rows, sha256=read.sha256,
                report=read.report, at=at, by=by,
            )  # fmt: skip
    except IntegrityError:
        return ExchangeFile.objects.get(office=office, direction="in", sha256=read.sha256), False
    for pk, records in read.found.items():
        record_insurance(rows[pk], source=InsuranceCheck.Source.EXCHANGE, records=records, file=file, by=by, at=at)
    return file, True
