"""附表二至四: a class is planned; its teachers and timetable are written down."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import County, Organisation, User
from accounts.rights import can
from casework.cases.changing import rewrite
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.deadlines.keeping import set_deadline
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import roc, taipei_day
from kernel.facts import Impossible
from kernel.outcome import Outcome
from ohs_training.models import Accreditation, Teacher, TimetableRow, TrainingClass
from ohs_training.permissions import FILE_CLASS
from ohs_training.rules import classes, timetable
from ohs_training.selectors.classes import class_of, timetable_facts
from ohs_training.selectors.institutions import accreditation_in_force
from ohs_training.services.applying import hold_institution
from ohs_training.services.saying import say
from ohs_training.states import CLASS_KIND as KIND

FILE_BY, CHANGE_BY = "ohs_training.file_by", "ohs_training.change_by"


@transaction.atomic
def start_class(
    *,
    unit: Organisation,
    training: str,
    audience: str,
    title: str,
    starts_on: date,
    ends_on: date,
    county: County,
    by: User,
    at: datetime,
) -> TrainingClass:
    """A class in planning, at the labour authority of the county where it is held (六)."""
    if not can(by, FILE_CLASS, unit):
        raise NotPermitted("您沒有為這個機構報備班次的權限。")
    hold_institution(unit)
    accreditation = accreditation_in_force(unit, on=starts_on, training=training)
    if accreditation is None:
        raise Refused(
            f"貴機構於 {roc(starts_on)} 沒有辦理這個訓練類別的認可，不能報備班次（要點五、六）。", field="training"
        )
    _days_fit(starts_on, ends_on, accreditation)
    if county.authority is None:
        raise Refused("這個縣市尚未設定勞工主管機關。", field="county")
    rows = TrainingClass.objects.filter(accreditation=accreditation, training=training)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    training_class = TrainingClass(
        accreditation=accreditation,
        number=number,
        title=title,
        training=training,
        audience=audience,
        starts_on=starts_on,
        ends_on=ends_on,
        county=county,
    )
    training_class.case = open_case(
        kind=KIND, title=f"{unit.name} {training_class}", office=county.authority, organisation=unit, by=by, at=at
    )
    training_class.save()
    _set_file_by(training_class, training_class.case, at)
    return training_class


def _days_fit(starts_on: date, ends_on: date, accreditation: Accreditation) -> None:
    if ends_on < starts_on:
        raise Refused("結訓日不得早於開訓日。", field="ends_on")
    if starts_on < accreditation.starts_on:
        raise Refused(f"訓練期間應在認可期間內，本班之認可自 {roc(accreditation.starts_on)} 起。", field="starts_on")
    if ends_on > accreditation.ends_on:
        raise Refused(f"訓練期間應在認可期間內，本班之認可至 {roc(accreditation.ends_on)} 止。", field="ends_on")


def _filing(training_class: TrainingClass, on: date) -> Outcome:
    return classes.filing(classes.FilingFacts(training_class.starts_on), on=on, law=law_in_force())


def _set_file_by(training_class: TrainingClass, case: Case, at: datetime) -> None:
    outcome = _filing(training_class, taipei_day(at))
    file_by = date.fromisoformat(outcome.result["file_by"])
    remind = (file_by - date.fromisoformat(outcome.result["remind_on"])).days
    set_deadline(
        code=FILE_BY, rule="OHS-06", label="報備訓練計畫", citation="要點六第1項", counted_from=training_class.starts_on,
        due_on=file_by, at=at, case=case, outcome=outcome, remind_days={7 + remind, 3 + remind, remind},
    )  # fmt: skip


def save_plan(doing: Doing, *, data: Mapping[str, Any]) -> None:
    """附表二. Moving the first day sets the last day of filing anew; rows of the timetable must lie within the days. What is
    written after the filing is a change, without which being filed the class does not begin (六第2項)."""
    case, training_class = doing.case, class_of(doing.case)
    before = training_class.starts_on
    doing.changes += rewrite(training_class, data)
    _days_fit(training_class.starts_on, training_class.ends_on, training_class.accreditation)
    outside = [
        roc(row.day)
        for row in timetable_facts(training_class).rows
        if not training_class.starts_on <= row.day <= training_class.ends_on
    ]
    if outside:
        raise Refused(
            f"課程表有訓練期間以外的課程（{'、'.join(sorted(set(outside)))}），請先調整課程表。", field="starts_on"
        )
    if case.state != "draft" and training_class.starts_on != before:
        file_by = date.fromisoformat(_filing(training_class, doing.day).result["file_by"])
        if training_class.starts_on < before and file_by < doing.day:
            raise Refused(f"開訓日提前後，報備期限為 {roc(file_by)}，已逾期。", field="starts_on")
    training_class.save()
    if case.state == "draft" and training_class.starts_on != before:
        _set_file_by(training_class, case, doing.at)


def save_teachers(doing: Doing, *, teachers: Sequence[Mapping[str, Any]]) -> None:
    """附表四, the whole list: {id or None, name, education, experience, clause}. A teacher with rows stays."""
    training_class = class_of(doing.case)
    names = [one["name"] for one in teachers]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Refused(f"講師姓名重複：{'、'.join(sorted(twice))}；同名者請加註以資區別。")
    kept = {int(one["id"]) for one in teachers if one.get("id")}
    for gone in training_class.teachers.exclude(pk__in=kept):
        if gone.rows.exists():
            raise Refused(f"講師{gone.name}在課程表上仍有課程，請先更換課程的講師。")
        gone.delete()
    # Positions and names may swap: set aside first.
    for position, one in enumerate(teachers, start=1):
        values = {name: one.get(name, "") for name in ("name", "education", "experience", "clause")}
        row = training_class.teachers.filter(pk=one["id"]).first() if one.get("id") else None
        if row is None:
            Teacher.objects.create(training_class=training_class, position=position, **values)
        else:
            row.position = position
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
    say(doing, "teachers.saved", f"填寫講師名冊 {len(teachers)} 人")


OVERLAPS = {
    "ohs_class_time": "同一班次的課程時間重疊",
    "ohs_teacher_time": "講師於同一時間另有課程",
    "ohs_room_time": "教室於同一時間另有課程",
}


def save_timetable(doing: Doing, *, rows: Sequence[Mapping[str, Any]]) -> None:
    """附表三, the whole table: {starts_at, ends_at, course, hours, teacher (Teacher), category, practice}.

    Refused with the row and the reason: overlaps of the class, of a teacher and of a room (OHS-21).
    """
    training_class = class_of(doing.case)
    made = [_row_facts(number, one, training_class) for number, one in enumerate(rows, start=1)]
    outcome = timetable.timetable(timetable_facts(training_class, made), on=doing.day, law=law_in_force())
    if made and not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    training_class.rows.all().delete()
    try:
        with transaction.atomic():
            for one in rows:
                TimetableRow.objects.create(training_class=training_class, **one)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if name not in OVERLAPS:
            raise
        raise Refused(f"{OVERLAPS[name]}（附表三），請調整後再儲存。") from error
    say(doing, "timetable.saved", f"填寫課程表 {len(rows)} 列", outcomes=[outcome] if made else [])


def _row_facts(number: int, one: Mapping[str, Any], training_class: TrainingClass) -> timetable.Row:
    """A row as the rule reads it. Raises Refused naming the row."""
    teacher: Teacher = one["teacher"]
    try:
        row = timetable.Row(
            one["starts_at"], one["ends_at"], one["course"], one["hours"], teacher.name, teacher.clause,
            one["category"] or None, one["practice"],
        )  # fmt: skip
    except Impossible as error:
        raise Refused(f"第 {number} 列：{error}") from error
    if not training_class.starts_on <= row.day <= training_class.ends_on:
        raise Refused(f"第 {number} 列：{roc(row.day)} 不在訓練期間內。")
    return row
