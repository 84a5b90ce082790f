"""One class: what was filed, how it differs from what stands, and the outcomes of its filing."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from casework.models import Case
from kernel.dates import TAIPEI, roc
from kernel.identifiers import IdentifierError, mask_person_id, read_person_id
from kernel.jsonable import jsonable
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.saying import plain
from ohs_training.models import ClassVersion, Teacher, TimetableRow, Trainee, TrainingClass
from ohs_training.rules import classes, institutions, timetable

#: States in which the plan is written before it is filed; in which it may be changed; in which the class is held or over.
PLANNED, CHANGEABLE = ("draft", "returned"), ("filed", "acknowledged")
HELD = ("running", "ended", "examined", "issued", "reported")


def class_of(case: Case) -> TrainingClass:
    return TrainingClass.objects.select_related(
        "case__organisation", "case__office", "accreditation__organisation", "county__authority"
    ).get(case=case)


def live_trainees(training_class: TrainingClass) -> QuerySet[Trainee]:
    return training_class.trainees.filter(removed_at=None).order_by("seat")


def trainee_of(case: Case, pk: int) -> Trainee:
    """One who stands on the roster of the case's class."""
    return live_trainees(class_of(case)).get(pk=pk)


def row_facts(row: TimetableRow) -> timetable.Row:
    return timetable.Row(
        row.starts_at.astimezone(TAIPEI),
        row.ends_at.astimezone(TAIPEI),
        row.course,
        row.hours,
        row.teacher.name,
        row.teacher.clause,
        row.category or None,
        row.practice,
    )


def rows_of(training_class: TrainingClass) -> list[TimetableRow]:
    return list(training_class.rows.select_related("teacher").order_by("starts_at", "ends_at"))


def elsewhere(training_class: TrainingClass) -> QuerySet[TimetableRow]:
    """Rows of the same institution's other classes on the same days: where its teachers and rooms are taken."""
    return (
        TimetableRow.objects.filter(
            training_class__accreditation__organisation=training_class.accreditation.organisation_id,
            starts_at__date__gte=training_class.starts_on,
            starts_at__date__lte=training_class.ends_on,
        )
        .exclude(training_class=training_class)
        .exclude(training_class__case__state="cancelled")
        .select_related("teacher", "training_class")
    )


def timetable_facts(
    training_class: TrainingClass, rows: Iterable[timetable.Row] | None = None
) -> timetable.TimetableFacts:
    own = tuple(rows) if rows is not None else tuple(row_facts(row) for row in rows_of(training_class))
    return timetable.TimetableFacts(
        training_class.training,  # type: ignore[arg-type]
        own,
        tuple(row_facts(row) for row in elsewhere(training_class)),
    )


# --- roster 附表五 ----------------------------------------------------------------------------------------------------


def roster_facts(training_class: TrainingClass) -> classes.RosterFacts:
    training: Any = training_class.training
    columns = {name: "national_id" if name == "person_id" else name for name in classes.required(training)}

    def line(trainee: Trainee) -> classes.RosterLine:
        empty = tuple(name for name, column in columns.items() if not str(getattr(trainee, column) or "").strip())
        return classes.RosterLine(
            trainee.seat,
            trainee.name,
            empty,
            "" if "person_id" in empty else _number_fault(trainee.national_id),
            trainee.born_on,
            trainee.qualification_checked,
            tuple(classes.Exemption(one.course, one.paper) for one in trainee.exemptions.all()),
        )

    return classes.RosterFacts(training, tuple(map(line, live_trainees(training_class).prefetch_related("exemptions"))))


def _number_fault(number: str) -> str:
    try:
        read_person_id(number)
    except IdentifierError as error:
        return str(error).rstrip("。")
    return ""


def roster_outcome(training_class: TrainingClass, *, on: date, law: Law) -> Outcome:
    """OHS-19 over the whole roster."""
    return classes.roster(roster_facts(training_class), on=on, law=law)


def categories_outcome(
    training_class: TrainingClass, rows: Sequence[timetable.Row], *, on: date, law: Law
) -> Outcome | None:
    """OHS-03 for an in-service class: two hours of each category."""
    if training_class.professional:
        return None
    hours: dict[str, Decimal] = {}
    for row in rows:
        if row.category:
            hours[row.category] = hours.get(row.category, Decimal(0)) + row.hours
    return institutions.plan(institutions.PlanFacts(("in_service",), hours), on=on, law=law)


def filing_outcomes(
    training_class: TrainingClass, *, on: date, law: Law, filed_on: date | None = None
) -> list[Outcome]:
    """Everything a filing is judged by: kind, day, head count, timetable, categories, roster. Once filed, the least number of
    people stands against nobody who drops out (附表二附註1 asks for it when the plan is filed)."""
    rows = [row_facts(row) for row in rows_of(training_class)]
    kind = "professional" if training_class.professional else "in_service"
    found = [
        institutions.training_kind(institutions.TrainingFacts(kind, training_class.audience), on=on, law=law),
        classes.filing(classes.FilingFacts(training_class.starts_on, filed_on=filed_on), on=on, law=law),
        classes.head_count(
            classes.HeadCountFacts(
                training_class.training,  # type: ignore[arg-type]
                live_trainees(training_class).count(),
                filed=training_class.filed_on is not None,
            ),
            on=on,
            law=law,
        ),
        timetable.timetable(timetable_facts(training_class, rows), on=on, law=law),
        roster_outcome(training_class, on=on, law=law),
    ]
    if categories := categories_outcome(training_class, rows, on=on, law=law):
        found.append(categories)
    return found


# --- versions ------------------------------------------------------------------------------------------------------------

_LABELS = {
    "number": "期別",
    "title": "訓練名稱",
    "training": "訓練類別",
    "audience": "訓練對象",
    "starts_on": "開訓日",
    "ends_on": "結訓日",
    "county_id": "訓練所在縣市",
    "place": "訓練場所名稱",
    "address": "訓練場所地址",
    "room": "教室名稱",
    "tutor": "輔導員",
    "tutor_phone": "輔導員電話",
    "tutor_fax": "輔導員傳真",
    "materials": "教材",
    "materials_note": "教材名稱",
    "head": "負責人姓名",
    "expected": "預計受訓人數",
    "fee": "收費金額",
}


def _row_text(row: TimetableRow) -> str:
    start, end = row.starts_at.astimezone(TAIPEI), row.ends_at.astimezone(TAIPEI)
    return (
        f"{roc(start.date())} {start:%H:%M}–{end:%H:%M} {row.course} {plain(row.hours)} 小時 {row.teacher.name}"
        f"{' ' + row.get_category_display() if row.category else ''}{' 實習' if row.practice else ''}"
    )


def _teacher_text(teacher: Teacher) -> str:
    return f"{teacher.name}（{teacher.clause or '未註明條款'}）{teacher.education} {teacher.experience}".strip()


def _trainee_text(trainee: Trainee) -> str:
    waived = "、".join(f"{one.course}（{one.paper}）" for one in trainee.exemptions.all())
    return f"{trainee.name} {mask_person_id(trainee.national_id)}{' 抵免 ' + waived if waived else ''}"


def content_of(training_class: TrainingClass) -> dict[str, Any]:
    """What is filed: 附表二 to 附表五 as texts that can be compared; identifiers masked."""
    return {
        "plan": {name: jsonable(getattr(training_class, name)) for name in TrainingClass.FIELDS},
        "rows": [_row_text(row) for row in rows_of(training_class)],
        "teachers": [_teacher_text(teacher) for teacher in training_class.teachers.order_by("position")],
        "trainees": [_trainee_text(one) for one in live_trainees(training_class).prefetch_related("exemptions")],
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """[{"label", "before", "after"}]: fields of the plan, and lines that came, went or were written otherwise."""
    found = [
        {"label": _LABELS[name], "before": str(before["plan"].get(name) or ""), "after": str(value or "")}
        for name, value in after["plan"].items()
        if before["plan"].get(name) != value
    ]
    for part, label in (("rows", "課程表"), ("teachers", "講師名冊"), ("trainees", "受訓人員名冊")):
        gone = [one for one in before[part] if one not in after[part]]
        come = [one for one in after[part] if one not in before[part]]
        found += [{"label": label, "before": one, "after": ""} for one in gone]
        found += [{"label": label, "before": "", "after": one} for one in come]
    return found


def last_version(training_class: TrainingClass) -> ClassVersion | None:
    return training_class.versions.select_related("answer").order_by("-number").first()


def unfiled(training_class: TrainingClass) -> list[dict[str, str]]:
    """What stands otherwise than it was last filed (六第2項)."""
    last = last_version(training_class)
    return differences(last.content, content_of(training_class)) if last else []


def named(changes: Sequence[Mapping[str, str]], most: int = 5) -> str:
    """Differences in one line of words; how many more there are, where they are many."""
    parts = [f"{one['label']}「{one['before'] or '無'}」改為「{one['after'] or '無'}」" for one in changes[:most]]
    return "、".join(parts) + (f"等 {len(changes)} 項" if len(changes) > most else "")


def as_filed(training_class: TrainingClass) -> TrainingClass:
    """The class with its plan (附表二) as last filed; while it is planned, as it stands. For papers and the county's page."""
    last = last_version(training_class)
    if last is None or training_class.case.state in PLANNED:
        return training_class
    filed = copy(training_class)
    for name, value in last.content["plan"].items():
        setattr(filed, name, TrainingClass._meta.get_field(name.removesuffix("_id")).to_python(value))
    return filed


def change_pending(case: Case, last: ClassVersion | None) -> bool:
    """A change of a class acknowledged before waits for the county. The class goes on meanwhile: 備查 takes note, it permits nothing."""
    return last is not None and last.answered is None and case.state in ("acknowledged", *HELD)
