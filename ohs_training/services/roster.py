"""附表五: the roster, from a sheet with a preview or line by line; exemptions with papers; photographs."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from PIL import Image, ImageOps

from accounts import crypto
from accounts.locks import locking
from accounts.models import User
from casework.cases import attachments
from casework.cases.events import record
from casework.cases.moving import lock, require, set_people
from casework.errors import Refused
from casework.intake import Limits
from casework.intake.read_sheet import SheetError
from casework.law.in_force import law_in_force
from casework.models import Attachment, Case
from casework.sheets.reading import read
from kernel.dates import DateError, parse_day, taipei_day
from kernel.identifiers import IdentifierError, mask_person_id, read_name, read_person_id
from ohs_training.models import Exemption, Trainee, TrainingClass
from ohs_training.permissions import FILE_CLASS
from ohs_training.rules import classes
from ohs_training.rules.training import TRAININGS
from ohs_training.selectors.classes import class_of, live_trainees
from ohs_training.services.planning import editable

PHOTO = Limits(max_bytes=8 * 2**20, max_pixels=40_000_000)
PHOTO_SIZE = (300, 400)

#: Heading of the sheet → field. Headings may be written a little otherwise.
COLUMNS = {
    "姓名": "name",
    "出生年月日": "born_on",
    "身分證字號": "national_id",
    "資格證書字號": "qualification_number",
    "學歷": "education",
    "服務單位": "employer",
    "職稱": "job_title",
    "聯絡地址": "address",
    "電子郵件地址": "email",
    "電話": "phone",
    "備註": "remark",
}
_ALSO = {
    "出生日期": "born_on",
    "生日": "born_on",
    "身分證字號或統一證號": "national_id",
    "身分證統一編號": "national_id",
    "電子郵件": "email",
    "聯絡電話": "phone",
    "證書字號": "qualification_number",
}
LABELS = {field: label for label, field in COLUMNS.items()}


def required(training_class: TrainingClass) -> list[str]:
    """Fields a line must have (OHS-19)."""
    names = classes.required(training_class.training)  # type: ignore[arg-type]
    return ["national_id" if name == "person_id" else name for name in names]


@dataclass
class PreviewRow:
    """A line of the file: what was read, and what is wrong with it."""

    number: int
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)

    @property
    def masked(self) -> str:
        return mask_person_id(self.values.get("national_id", ""))


@dataclass
class Preview:
    rows: list[PreviewRow]
    missing_columns: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return bool(self.rows) and not self.missing_columns and not any(row.errors for row in self.rows)


def read_roster(data: bytes, training_class: TrainingClass, *, on: date) -> Preview:
    """Judge a sheet line by line; nothing is kept. Raises Refused where the file itself cannot be read."""
    try:
        table = read(data)
    except SheetError as error:
        raise Refused(str(error), field="file") from error
    head = next((n for n, row in enumerate(table) if "姓名" in [cell.strip() for cell in row]), None)
    if head is None:
        raise Refused("找不到欄名列，第一列應有「姓名」「出生年月日」「身分證字號」等欄名。", field="file")
    names = {**COLUMNS, **_ALSO}
    columns = {n: names[cell.strip()] for n, cell in enumerate(table[head]) if cell.strip() in names}
    needed = required(training_class)
    missing = [LABELS[name] for name in needed if name not in columns.values()]
    rows = []
    for number, cells in enumerate(table[head + 1 :], start=head + 2):
        values = {name: cells[n].strip() if n < len(cells) else "" for n, name in columns.items()}
        if any(values.values()):
            rows.append(_judged(PreviewRow(number, values), needed, on))
    if not rows:
        raise Refused("名冊沒有資料列。", field="file")
    _find_twins(rows, training_class)
    return Preview(rows, missing)


def _judged(row: PreviewRow, needed: Sequence[str], on: date) -> PreviewRow:
    values = row.values
    row.errors += [f"未填{LABELS[name]}" for name in needed if name in values and not values[name]]
    read_new_id = partial(read_person_id, entered_on=on)
    for name, reader in (("name", read_name), ("national_id", read_new_id)):
        if values.get(name):
            try:
                values[name] = reader(values[name])
            except IdentifierError as error:
                row.errors.append(str(error).rstrip("。"))
    if values.get("born_on"):
        try:
            values["born_on"] = parse_day(values["born_on"]).isoformat()
        except DateError as error:
            row.errors.append(str(error).rstrip("。"))
    for name, value in values.items():
        most = Trainee._meta.get_field(name).max_length
        if most and len(value) > most:
            row.errors.append(f"{LABELS[name]}超過 {most} 字")
    if values.get("email") and "@" not in values["email"]:
        row.errors.append("電子郵件地址格式不符")
    return row


def _find_twins(rows: Sequence[PreviewRow], training_class: TrainingClass) -> None:
    """Duplicate IDs inside the file and against the roster, each named with the other's line."""
    seen: dict[str, int] = {}
    there = dict(live_trainees(training_class).values_list("national_id_index", "seat"))
    for row in rows:
        number = row.values.get("national_id", "")
        if not number:
            continue
        if number in seen:
            row.errors.append(f"身分證字號與第 {seen[number]} 列重複")
        else:
            seen[number] = row.number
        if (seat := there.get(crypto.index(number))) is not None:
            row.errors.append(f"身分證字號已在名冊上（座號 {seat:02d}）")


COLUMN = "ohs_training.roster_preview"


def seal(preview: Preview, training_class: TrainingClass) -> str:
    """The rows that were shown, sealed for the way through the page and back: what is confirmed is what was seen."""
    return crypto.encrypt(
        json.dumps([training_class.pk, [row.values for row in preview.rows]], ensure_ascii=False), column=COLUMN
    )


def unseal(sealed: str, training_class: TrainingClass) -> list[dict[str, str]]:
    try:
        pk, rows = json.loads(crypto.decrypt(sealed, column=COLUMN))
    except (crypto.Undecipherable, ValueError) as error:
        raise Refused("預覽內容已失效，請重新上傳名冊。") from error
    if pk != training_class.pk:
        raise Refused("預覽內容已失效，請重新上傳名冊。")
    return rows


def _cap(training_class: TrainingClass, count: int, on: date) -> None:
    most = law_in_force().at(f"ohs.{training_class.training}_cap", on)
    if count > most.value:
        label = TRAININGS[training_class.training]  # type: ignore[index]
        raise Refused(f"{label}每期以不超過 {most.value} 人，名冊共 {count} 人（{most.citation}）。")


def _next_seat(training_class: TrainingClass) -> int:
    return (live_trainees(training_class).aggregate(last=Max("seat"))["last"] or 0) + 1


@transaction.atomic
def import_roster(
    case: Case, *, rows: Sequence[Mapping[str, str]], checked: bool, by: User, at: datetime, version: int | None = None
) -> int:
    """The confirmed rows onto the roster, all or none. `checked`: the institution saw every qualification certificate."""
    case, training_class = editable(case, by=by, version=version)
    needed, on = required(training_class), taipei_day(at)
    preview = [_judged(PreviewRow(n, dict(row)), needed, on) for n, row in enumerate(rows, start=1)]
    _find_twins(preview, training_class)
    if bad := [f"第 {row.number} 筆：{'、'.join(row.errors)}" for row in preview if row.errors]:
        raise Refused("名冊有誤，未匯入：" + "；".join(bad[:5]) + "。")
    seat = _next_seat(training_class)
    _cap(training_class, live_trainees(training_class).count() + len(preview), on)
    for n, row in enumerate(preview):
        values = {name: value for name, value in row.values.items() if name not in ("born_on", "national_id")}
        Trainee.objects.create(
            training_class=training_class,
            seat=seat + n,
            born_on=date.fromisoformat(row.values["born_on"]),
            national_id=row.values["national_id"],
            national_id_index=crypto.index(row.values["national_id"]),
            qualification_checked=checked,
            **values,
        )
    _people(case, training_class)
    record(case, "roster.imported", f"匯入受訓人員名冊 {len(preview)} 人", by=by, at=at, clause="附表五")
    return len(preview)


def _people(case: Case, training_class: TrainingClass) -> None:
    set_people(case, [(one.national_id, one.name) for one in live_trainees(training_class)])


@transaction.atomic
def save_trainee(
    case: Case, *, pk: int | None, data: Mapping[str, Any], by: User, at: datetime, version: int | None = None
) -> Trainee:
    """Add (pk None) or change one line."""
    case, training_class = editable(case, by=by, version=version)
    index = crypto.index(data["national_id"])
    twin = live_trainees(training_class).filter(national_id_index=index).exclude(pk=pk).first()
    if twin:
        raise Refused(f"這個身分證字號已在名冊上（座號 {twin.seat:02d}）。", field="national_id")
    if pk is None:
        _cap(training_class, live_trainees(training_class).count() + 1, taipei_day(at))
        trainee = Trainee(training_class=training_class, seat=_next_seat(training_class))
    else:
        trainee = live_trainees(training_class).get(pk=pk)
    for name, value in data.items():
        setattr(trainee, name, value)
    trainee.national_id_index = index
    trainee.save()
    _people(case, training_class)
    label = f"{'修改' if pk else '新增'}受訓人員：{trainee.name}"
    record(
        case,
        "trainee.saved",
        label,
        by=by,
        at=at,
        changes=[{"label": "身分證字號", "before": "", "after": trainee.masked_national_id}],
    )
    return trainee


@transaction.atomic
def remove_trainee(case: Case, *, pk: int, by: User, at: datetime, version: int | None = None) -> None:
    case, training_class = editable(case, by=by, version=version)
    trainee = live_trainees(training_class).get(pk=pk)
    trainee.removed_at = at
    trainee.save()
    _people(case, training_class)
    record(case, "trainee.removed", f"移出名冊：{trainee.name}", by=by, at=at)


@transaction.atomic
def add_exemption(
    case: Case,
    *,
    pk: int,
    course: str,
    paper: str,
    upload: UploadedFile,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Exemption:
    """抵免: the course, the paper by name, and its copy, which is judged before the case is held."""
    require(by, FILE_CLASS, case)
    verdict = attachments.judged(upload, Limits())
    case, training_class = editable(case, by=by, version=version)
    if not training_class.professional:
        raise Refused("在職教育訓練無學分課程抵免（附表五附註二）。")
    trainee = live_trainees(training_class).get(pk=pk)
    if not training_class.rows.filter(course=course).exists():
        raise Refused("課程表沒有這門課程。", field="course")
    if trainee.exemptions.filter(course=course).exists():
        raise Refused("這門課程已登錄抵免。", field="course")
    if not training_class.rows.exclude(
        course__in=[*trainee.exemptions.values_list("course", flat=True), course]
    ).exists():
        raise Refused("全部課程均抵免者，無須參加本班訓練。", field="course")
    attachment = attachments.keep_attachment(
        verdict,
        case=case,
        field="exemption",
        subject=f"{trainee.pk}:{course}"[:60],
        label=f"抵免證明：{trainee.name} {paper}",
        upload=upload,
        by=by,
        at=at,
    )
    return _exempt(trainee, attachment, course=course, paper=paper, by=by, at=at)


def _exempt(trainee: Trainee, attachment: Attachment, *, course: str, paper: str, by: User, at: datetime) -> Exemption:
    return Exemption.objects.create(
        trainee=trainee, course=course, paper=paper, attachment=attachment, checked_at=at, checked_by=by
    )


# --- photographs ------------------------------------------------------------------------------------------------------------


def small_photo(upload: UploadedFile) -> bytes:
    """A judged picture as a JPEG of 300 × 400 without what else the file held. Raises Refused for what is no picture."""
    attachments.judged(upload, PHOTO, kind="image", field="photo")
    upload.seek(0)
    with Image.open(upload, formats=["JPEG", "PNG"]) as image:
        image.draft("RGB", (max(PHOTO_SIZE) * 2, max(PHOTO_SIZE) * 2))  # a JPEG is then decoded no larger than needed
        fitted = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), PHOTO_SIZE)
    out = io.BytesIO()
    fitted.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


@transaction.atomic
def add_photo(case: Case, *, pk: int, upload: UploadedFile, by: User, at: datetime) -> Trainee:
    """The photograph of 附表六 and 附表十: until the certificate is issued, whatever the state of the class."""
    content = small_photo(upload)
    case = lock(case)
    require(by, FILE_CLASS, case)
    trainee = locking(live_trainees(class_of(case))).get(pk=pk)
    if trainee.certificates.filter(state="in_force").exists():
        raise Refused("已發給證書，照片不能再更換；請以補發辦理。", field="photo")
    trainee.photo.save("photo.jpg", ContentFile(content), save=False)
    trainee.save()
    record(case, "photo.added", f"上傳照片：{trainee.name}", by=by, at=at)
    return trainee
