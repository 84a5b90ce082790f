"""附表五: the roster, from a sheet with a preview or line by line; exemptions with papers; photographs."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db.models import Max
from PIL import Image, ImageOps

from accounts import crypto
from accounts.identity import every_number, under_every_number
from accounts.locks import locking
from accounts.models import User
from casework.cases import attachments
from casework.cases.doing import Doing
from casework.cases.moving import set_people
from casework.errors import Refused
from casework.intake import Limits, Verdict
from casework.intake.sheet_table import SheetError, trouble
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.papers.glyphs import missing_sentence
from casework.sheets.records import Column, read_records
from kernel.characters import fold
from kernel.dates import DateError, parse_day, roc, roc_year, wrong_birthday, years_since
from kernel.identifiers import (
    IdentifierError,
    mask_person_id,
    read_name,
    read_person_id,
    read_phone,
    replaced_in_name,
)
from ohs_training.models import Exemption, Trainee, TrainingClass
from ohs_training.rules import classes
from ohs_training.rules.training import TRAININGS
from ohs_training.selectors.classes import class_of, live_trainees
from ohs_training.services.saying import say

PHOTO = Limits(max_bytes=8 * 2**20, max_pixels=40_000_000)
PHOTO_SIZE = (300, 400)

COLUMNS = (
    Column("name", "姓名", ("受訓人員姓名", "學員姓名", "中文姓名"), "王範例"),
    Column("born_on", "出生年月日", ("出生日期", "生日", "出生"), "民國75年3月21日"),
    Column(
        "national_id",
        "身分證字號",
        ("身分證字號或統一證號", "身分證統一編號", "國民身分證統一編號", "證號"),
        "A100000001",
    ),
    Column("qualification_number", "資格證書字號", ("證書字號", "資格證書號碼"), "護字第000001號"),
    Column("education", "學歷", ("最高學歷",), "大學"),
    Column("employer", "服務單位", ("服務機構", "任職單位", "公司名稱"), "範例公司"),
    Column("job_title", "職稱", ("職務",), "護理師"),
    Column("address", "聯絡地址", ("地址", "通訊地址"), "臺南市範例路1號"),
    Column("email", "電子郵件地址", ("電子郵件", "電子信箱", "EMAIL", "E-MAIL"), "example@example.com"),
    Column("phone", "電話", ("聯絡電話", "手機", "行動電話"), "0912-345-678"),
    Column("remark", "備註", (), "範例列，可保留或刪除"),
)
LABELS = {column.name: column.label for column in COLUMNS}
#: How years of real days in a sheet were meant: as the program shows them, or typed as years of the Republic.
WESTERN, REPUBLIC = "western", "republic"
#: Whoever is trained is not older, when a year that may be read in two ways is asked about.
_OLDEST = 80


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
    #: What was read otherwise than it was typed.
    word: str = ""

    @property
    def masked(self) -> str:
        return mask_person_id(self.values.get("national_id", ""))


@dataclass
class Preview:
    rows: list[PreviewRow]
    missing_columns: list[str] = field(default_factory=list)
    #: What of the file was left out, a sentence each.
    told: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return bool(self.rows) and not self.missing_columns and not any(row.errors for row in self.rows)

    @property
    def takeable(self) -> list[PreviewRow]:
        """Rows that go in when it is confirmed; the others are named and wait for a corrected file."""
        return [] if self.missing_columns else [row for row in self.rows if not row.errors]

    @property
    def left_out(self) -> list[str]:
        return [
            f"第 {row.number} 列{row.values.get('name', '')}：{'、'.join(row.errors)}"
            for row in self.rows
            if row.errors
        ]


def read_roster(data: bytes, training_class: TrainingClass, *, on: date, years: str = "") -> Preview:
    """Judge a sheet line by line; nothing is kept. `years`: how the person says real days were meant.

    Raises Refused where the file itself cannot be read.
    """
    try:
        found = read_records(data, COLUMNS, key="name")
    except SheetError as error:
        raise Refused(str(error), field="file") from error
    needed = required(training_class)
    missing = [LABELS[name] for name in needed if name not in found.found]
    rows = []
    for one in found.rows:
        row = PreviewRow(one.number, one.values, one.errors)
        if "born_on" in one.dated:
            _choose_year(row, on, years)
        rows.append(_judged(row, needed, on))
    if not rows:
        raise Refused("名冊沒有資料列。", field="file")
    _find_twins(rows, training_class)
    return Preview(rows, missing, found.told)


def _choose_year(row: PreviewRow, on: date, years: str) -> None:
    """A birthday typed as 75/3/4 that the program took for 1975: nobody can tell it from one typed as 1975/3/4."""
    try:
        shown = parse_day(row.values["born_on"])
        meant = shown.replace(year=1911 + shown.year % 100)
    except (DateError, ValueError):
        return
    if wrong_birthday(meant, on) or years_since(meant, on) > _OLDEST or years == WESTERN:
        return
    if years == REPUBLIC:
        row.values["born_on"] = roc(meant)
        row.word = f"出生年月日由西元 {shown.year} 年改讀為民國 {roc_year(meant)} 年"
        return
    row.errors.append(
        f"出生年月日的儲存格是日期，看不出是西元 {shown.year} 年（民國 {roc_year(shown)} 年）或民國 {roc_year(meant)} 年；"
        "請在上傳時選擇「日期儲存格的年份」，或將該欄改為文字格式重新輸入"
    )


def _judged(row: PreviewRow, needed: Sequence[str], on: date) -> PreviewRow:
    """Rules alike for what is typed and what is imported."""
    values = row.values
    row.errors += [f"未填{LABELS[name]}" for name in needed if name in values and not values[name]]
    if replaced := replaced_in_name(values.get("name", "")):
        row.word = replaced.rstrip("。")
    for name, reader in (
        ("name", read_name),
        ("national_id", partial(read_person_id, entered_on=on)),
        ("phone", read_phone),
    ):
        if values.get(name) and not trouble(values[name]):
            try:
                values[name] = reader(values[name])
            except IdentifierError as error:
                row.errors.append(str(error).rstrip("。"))
    if values.get("name") and (said := missing_sentence(values["name"])):
        row.errors.append(said.rstrip("。"))
    if values.get("born_on") and not trouble(values["born_on"]):
        try:
            day = parse_day(values["born_on"])
            values["born_on"] = day.isoformat()
            row.errors += [wrong] if (wrong := wrong_birthday(day, on)) else []
        except DateError as error:
            row.errors.append(str(error).rstrip("。"))
    for name, value in values.items():
        most = Trainee._meta.get_field(name).max_length
        if most and len(value) > most:
            row.errors.append(f"{LABELS[name]}超過 {most} 字")
    if values.get("email"):
        values["email"] = "".join(normalize("NFKC", values["email"]).split())
        try:
            validate_email(values["email"])
        except ValidationError:
            row.errors.append("電子郵件地址格式不符")
    return row


def _find_twins(rows: Sequence[PreviewRow], training_class: TrainingClass) -> None:
    """Duplicate IDs inside the file and against the roster, each named with the other's line."""
    seen: dict[str, int] = {}
    people: dict[tuple[str, str], int] = {}
    there = under_every_number(dict(live_trainees(training_class).values_list("national_id_index", "seat")))
    for row in rows:
        number = row.values.get("national_id", "")
        who = (fold(row.values.get("name", "")), row.values.get("born_on", ""))
        if not number:
            continue
        if number in seen:
            row.errors.append(f"身分證字號與第 {seen[number]} 列重複")
        elif all(who) and who in people:
            row.errors.append(
                f"與第 {people[who]} 列同姓名、同生日而證號不同，可能是同一人的新舊證號；確為不同人者，請逐筆新增"
            )
        seen.setdefault(number, row.number)
        people.setdefault(who, row.number)
        if (seat := there.get(crypto.index(number))) is not None:
            row.errors.append(f"身分證字號已在名冊上（座號 {seat:02d}）")


COLUMN = "ohs_training.roster_preview"


def seal(preview: Preview, training_class: TrainingClass) -> str:
    """The rows that were shown and can be taken, and why the others cannot, sealed for the way through the page and back: what
    is confirmed is what was seen."""
    shown = [training_class.pk, [row.values for row in preview.takeable], preview.left_out]
    return crypto.encrypt(json.dumps(shown, ensure_ascii=False), column=COLUMN)


def unseal(sealed: str, training_class: TrainingClass) -> tuple[list[dict[str, str]], list[str]]:
    """Rows to take, and what was said of the others."""
    try:
        pk, rows, left_out = json.loads(crypto.decrypt(sealed, column=COLUMN))
    except (crypto.Undecipherable, ValueError) as error:
        raise Refused("預覽內容已失效，請重新上傳名冊。") from error
    if pk != training_class.pk:
        raise Refused("預覽內容已失效，請重新上傳名冊。")
    return rows, left_out


def _cap(training_class: TrainingClass, count: int, on: date) -> None:
    most = law_in_force().at(f"ohs.{training_class.training}_cap", on)
    if count > most.value:
        label = TRAININGS[training_class.training]  # type: ignore[index]
        raise Refused(f"{label}每期以不超過 {most.value} 人，名冊共 {count} 人（{most.citation}）。")


def _next_seat(training_class: TrainingClass) -> int:
    return (live_trainees(training_class).aggregate(last=Max("seat"))["last"] or 0) + 1


def import_roster(
    doing: Doing, *, rows: Sequence[Mapping[str, str]], checked: bool, left_out: Sequence[str] = ()
) -> int:
    """The confirmed rows onto the roster, all or none. `checked`: the institution saw every qualification certificate.
    `left_out`: what was said of rows of the file that wait for a corrected one; it stands in the event."""
    training_class = class_of(doing.case)
    needed, on = required(training_class), doing.day
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
    _people(doing.case, training_class)
    waiting = f"，另 {len(left_out)} 列未匯入" if left_out else ""
    doing.reason = "；".join(left_out)[:500]
    say(doing, "roster.imported", f"匯入受訓人員名冊 {len(preview)} 人{waiting}")
    return len(preview)


def _people(case: Case, training_class: TrainingClass) -> None:
    set_people(case, [(one.national_id, one.name) for one in live_trainees(training_class)])


def save_trainee(doing: Doing, *, pk: int | None, data: Mapping[str, Any]) -> Trainee:
    """Add (pk None) or change one line."""
    training_class, index = class_of(doing.case), crypto.index(data["national_id"])
    twins = live_trainees(training_class).filter(national_id_index__in=every_number(data["national_id"]))
    twin = twins.exclude(pk=pk).first()
    if twin:
        raise Refused(f"這個身分證字號已在名冊上（座號 {twin.seat:02d}）。", field="national_id")
    if pk is None:
        _cap(training_class, live_trainees(training_class).count() + 1, doing.day)
        trainee = Trainee(training_class=training_class, seat=_next_seat(training_class))
    else:
        trainee = live_trainees(training_class).get(pk=pk)
    for name, value in data.items():
        setattr(trainee, name, value)
    trainee.national_id_index = index
    trainee.save()
    _people(doing.case, training_class)
    changes = [{"label": "身分證字號", "before": "", "after": trainee.masked_national_id}]
    say(doing, "trainee.saved", f"{'修改' if pk else '新增'}受訓人員：{trainee.name}", changes=changes)
    return trainee


def remove_trainee(doing: Doing, *, pk: int) -> None:
    """Take one line off the roster; what was signed stays."""
    training_class = class_of(doing.case)
    trainee = live_trainees(training_class).get(pk=pk)
    trainee.removed_at = doing.at
    trainee.save()
    _people(doing.case, training_class)
    say(doing, "trainee.removed", f"移出名冊：{trainee.name}")


def add_exemption(
    doing: Doing, *, pk: int, course: str, paper: str, upload: UploadedFile, verdict: Verdict
) -> Exemption:
    """抵免: the course, the paper by name, and its copy."""
    training_class = class_of(doing.case)
    if not training_class.professional:
        raise Refused("在職教育訓練無學分課程抵免（附表五附註二）。")
    trainee = live_trainees(training_class).get(pk=pk)
    if not training_class.rows.filter(course=course).exists():
        raise Refused("課程表沒有這門課程。", field="course")
    exempted = list(trainee.exemptions.values_list("course", flat=True))
    if course in exempted:
        raise Refused("這門課程已登錄抵免。", field="course")
    if not training_class.rows.exclude(course__in=[*exempted, course]).exists():
        raise Refused("全部課程均抵免者，無須參加本班訓練。", field="course")
    attachment = attachments.keep_attachment(
        verdict, case=doing.case, field="exemption", subject=f"{trainee.pk}:{course}"[:60],
        label=f"抵免證明：{trainee.name} {paper}", upload=upload, by=doing.by, at=doing.at,
    )  # fmt: skip
    return Exemption.objects.create(
        trainee=trainee, course=course, paper=paper, attachment=attachment, checked_at=doing.at, checked_by=doing.by
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


def judge_photo(case: Case, by: User, *, upload: UploadedFile, **given: Any) -> dict[str, Any]:
    """Judge the picture and make it small before the case is held."""
    return {**given, "content": small_photo(upload)}


def add_photo(doing: Doing, *, pk: int, content: bytes) -> Trainee:
    """The photograph of 附表六 and 附表十: until the certificate is issued, whatever the state of the class."""
    trainee = locking(live_trainees(class_of(doing.case))).get(pk=pk)
    if trainee.certificates.filter(state="in_force").exists():
        raise Refused("已發給證書，照片不能再更換；請以補發辦理。", field="photo")
    trainee.photo.save("photo.jpg", ContentFile(content), save=False)
    trainee.save()
    say(doing, "photo.added", f"上傳照片：{trainee.name}")
    return trainee
