"""Contexts of the forms that print from a class (附表二 to 五, 八 to 十二)."""

import base64
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from casework.papers import rendering
from kernel.dates import TAIPEI, WEEKDAYS, roc, roc_long
from kernel.law import Law
from kernel.saying import plain
from ohs_training.models import Certificate, SignRecord, Trainee, TrainingClass
from ohs_training.selectors.chain import ClassChain, class_chain
from ohs_training.selectors.classes import PLANNED, as_filed, last_version, live_trainees, named, rows_of, unfiled

PER_BLOCK = 10
COURSES_PER_SHEET = 12
MARKS_PER_PAGE = 10


def head(training_class: TrainingClass) -> dict[str, Any]:
    """What every form opens with: (訓練機構全銜) 第○○期○○○（類別）訓練."""
    return {
        "institution": training_class.accreditation.organisation.name,
        "class_number": training_class.number,
        "class_title": training_class.title,
        "kind": training_class.kind,
        "starts_on": roc(training_class.starts_on),
        "ends_on": roc(training_class.ends_on),
        "acknowledgement": training_class.acknowledgement,
        "acknowledged_on": roc(training_class.acknowledged_on) if training_class.acknowledged_on else "",
        "place": training_class.place,
        "address": training_class.address,
        "room": training_class.room,
        "tutor": training_class.tutor,
        "professional": training_class.professional,
    }


def data_address(content: bytes, media: str) -> str:
    return f"data:{media};base64,{base64.b64encode(content).decode()}" if content else ""


def photo_of(trainee: Trainee) -> str:
    if not trainee.photo:
        return ""
    with trainee.photo.open("rb") as file:
        return data_address(file.read(), "image/jpeg")


# --- before the class -----------------------------------------------------------------------------------------------------


def filing(training_class: TrainingClass, *, today: date, **_: Any) -> dict[str, Any]:
    materials = [
        (training_class.materials == "book", "使用" + (training_class.materials_note if training_class.materials == "book" and training_class.materials_note else "○○○○○編印之「○○○○」教材（○年版）") + "。"),
        (training_class.materials == "discussion", "分組討論教材。"),
        (training_class.materials == "other", f"其他（{training_class.materials_note if training_class.materials == 'other' else '　　　　　'}）。"),
    ]  # fmt: skip
    organisation = training_class.accreditation.organisation
    last = last_version(training_class)
    filed = last is not None and training_class.case.state not in PLANNED
    changed = (
        filed and last.number > 1 and (last.answered is None or last.answered.number != training_class.acknowledgement)
    )
    return {
        **head(training_class),
        "enrolled": len(last.content["trainees"]) if filed else live_trainees(training_class).count(),
        "change": f"第 {last.number} 版變動報備 {roc(last.received)} 收件，{last.said}" if changed else "",
        "expected": training_class.expected,
        "materials": [{"on": on, "label": label} for on, label in materials],
        "authority": training_class.case.office.name,
        "office_address": organisation.address,
        "person_in_charge": training_class.head,
        "today": roc_long(training_class.filed_on or today),
    }


def timetable(training_class: TrainingClass, **_: Any) -> dict[str, Any]:
    rows = []
    for row in rows_of(training_class):
        start, end = row.starts_at.astimezone(TAIPEI), row.ends_at.astimezone(TAIPEI)
        note = "、".join(
            filter(None, [row.get_category_display() if row.category else "", "實習或實作" if row.practice else ""])
        )
        rows.append(
            {
                "day": roc(start.date()),
                "weekday": WEEKDAYS[start.weekday()],
                "time": f"{start:%H:%M}–{end:%H:%M}",
                "course": row.course,
                "hours": plain(row.hours),
                "teacher": row.teacher.name,
                "note": note,
            }
        )
    total = sum((row.hours for row in training_class.rows.all()), start=0)
    return {
        **head(training_class),
        "rows": rows,
        "total": plain(total) if rows else "0",
        "phone": training_class.tutor_phone,
        "fax": training_class.tutor_fax,
    }


def teachers(training_class: TrainingClass, **_: Any) -> dict[str, Any]:
    rows = [
        {"number": n, "name": one.name, "education": one.education, "experience": one.experience, "clause": one.clause}
        for n, one in enumerate(training_class.teachers.order_by("position"), start=1)
    ]
    return {**head(training_class), "rows": rows}


def person(trainee: Trainee) -> dict[str, Any]:
    return {
        "seat": f"{trainee.seat:02d}",
        "name": trainee.name,
        "born_on": roc(trainee.born_on) if trainee.born_on else "",
        "national_id": trainee.national_id,
        "qualification": trainee.qualification_number,
        "education": trainee.education,
        "employer": trainee.employer,
        "job_title": trainee.job_title,
        "address": trainee.address,
        "email": trainee.email,
        "phone": trainee.phone,
        "remark": trainee.remark,
    }


def roster(training_class: TrainingClass, **_: Any) -> dict[str, Any]:
    rows = []
    for one in live_trainees(training_class).prefetch_related("exemptions"):
        waived = "；".join(f"抵免「{e.course}」，繳驗「{e.paper}」" for e in one.exemptions.all())
        rows.append({**person(one), "remark": "；".join(filter(None, [one.remark, waived]))})
    return {**head(training_class), "rows": rows}


# --- attendance -----------------------------------------------------------------------------------------------------------------


def sign_in(
    training_class: TrainingClass,
    *,
    law: Law,
    at: datetime,
    today: date,
    day: date | None = None,
    blank: bool = False,
    **_: Any,
) -> dict[str, Any]:
    """附表八: one sheet a period, ten seats a block. `blank`: to be signed by hand."""
    chain = class_chain(training_class, on=today, law=law, at=at)
    periods = [p for p in chain.periods if day is None or p.day == day]
    marks: dict[tuple[int, date, str], list[SignRecord]] = {}
    if not blank:
        rows = SignRecord.objects.filter(trainee__training_class=training_class, voided_at=None).order_by("leaving")
        for row in rows:
            marks.setdefault((row.trainee_id, row.day, row.half), []).append(row)
    sheets = []
    for period in periods:
        cells, here, away = [], 0, 0
        for line in chain.lines:
            signed = marks.get((line.trainee.pk, period.day, period.half), [])
            outcome = line.chain.periods.get((period.day, period.half)) if line.chain else None
            status = outcome.result["status"] if outcome else ""
            here += status in ("present", "late")
            away += status in ("truant", "leave")
            cells.append(
                {
                    "seat": f"{line.trainee.seat:02d}",
                    "name": line.trainee.name,
                    "status": {"truant": "曠課", "leave": "請假", "late": "遲到"}.get(status, ""),
                    "signs": [
                        {
                            "image": data_address(bytes(one.signature), "image/png"),
                            "word": "退" if one.leaving else "到",
                            "at": f"{one.at.astimezone(TAIPEI):%H:%M}",
                        }
                        for one in signed
                    ],
                }
            )
        sheets.append(
            {
                "day": roc(period.day),
                "weekday": WEEKDAYS[period.day.weekday()],
                "half": "上午" if period.half == "morning" else "下午",
                "time": f"{period.starts_at.astimezone(TAIPEI):%H:%M}–{period.ends_at.astimezone(TAIPEI):%H:%M}",
                "courses": "、".join(dict.fromkeys(row.course for row in period.rows)),
                "teachers": "、".join(dict.fromkeys(row.teacher for row in period.rows)),
                "blocks": _blocks(cells),
                "here": "" if blank or period.ends_at > at else here,
                "away": "" if blank or period.ends_at > at else away,
            }
        )
    return {**head(training_class), "sheets": sheets}


def _blocks(cells: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Tens, the last filled up with empty seats."""
    blocks = [list(cells[n : n + PER_BLOCK]) for n in range(0, len(cells), PER_BLOCK)] or [[]]
    blocks[-1] += [{"seat": "", "name": "", "status": "", "signs": []}] * (PER_BLOCK - len(blocks[-1]))
    return blocks


def roll_call(training_class: TrainingClass, *, law: Law, at: datetime, today: date, **_: Any) -> dict[str, Any]:
    """附表九: hours missed of each course, with the counts at the head."""
    chain = class_chain(training_class, on=today, law=law, at=at)
    days: dict[str, list[str]] = {}
    for row in chain.rows:
        day = row.starts_at.astimezone(TAIPEI)
        days.setdefault(row.course, []).append(f"{day.month}/{day.day}")
    hours = {name: sum(row.hours for row in chain.rows if row.course == name) for name in days}
    columns = [
        {"course": name, "days": "、".join(dict.fromkeys(on)), "hours": f"{plain(hours[name])}"}
        for name, on in days.items()
    ]
    groups = [columns[n : n + COURSES_PER_SHEET] for n in range(0, len(columns), COURSES_PER_SHEET)] or [[]]
    return {
        **head(training_class),
        "summary": chain.summary(),
        "sheets": [{"columns": group, "rows": _missed(chain, [c["course"] for c in group])} for group in groups],
    }


def _missed(chain: ClassChain, courses: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for line in chain.lines:
        by_course = {c.course: c for c in line.chain.courses} if line.chain else {}
        cells = []
        for name in courses:
            found = by_course.get(name)
            if found is None:
                cells.append("抵免" if line.chain else "")
            else:
                cells.append(f"{float(found.absent):.3g}" if found.absent else "")
        total = sum((c.absent for c in by_course.values()), start=0)
        rows.append(
            {
                "seat": f"{line.trainee.seat:02d}",
                "name": line.trainee.name,
                "cells": cells,
                "total": f"{float(total):.3g}" if total else "0",
            }
        )
    return rows


# --- after the class ------------------------------------------------------------------------------------------------------------------


def marks(training_class: TrainingClass, *, law: Law, at: datetime, today: date, **_: Any) -> dict[str, Any]:
    """附表十: cover and list, ten a page with photographs."""
    chain = class_chain(training_class, on=today, law=law, at=at)
    rows = []
    for line in chain.lines:
        one = line.trainee
        practice = " 至 ".join(roc(day) for day in dict.fromkeys([one.practice_from, one.practice_until]) if day)
        remark = [
            one.remark,
            line.certificate.number if line.certificate else "",
            "補考" if len(line.sittings) > 1 else "",
        ]
        rows.append(
            {
                **person(one),
                "photo": photo_of(one),
                "mark": "／".join(plain(s.mark) for s in line.sittings),
                "practice": practice,
                "practice_place": one.practice_place,
                "report_mark": plain(one.report_mark)
                if one.report_mark is not None
                else ("通過" if one.report_approved_on else ""),
                "remark": "；".join(filter(None, remark)),
            }
        )
    pages = [rows[n : n + MARKS_PER_PAGE] for n in range(0, len(rows), MARKS_PER_PAGE)] or [[]]
    return {**head(training_class), "examiner": training_class.examiner, "pages": pages}


def register(training_class: TrainingClass, **_: Any) -> dict[str, Any]:
    """附表十一、十二: one line per paper ever issued, replaced and revoked ones named as such."""
    kind = Certificate.Kind.CERTIFICATE if training_class.professional else Certificate.Kind.PROOF
    found = Certificate.objects.filter(trainee__training_class=training_class, kind=kind).select_related(
        "trainee", "replaces"
    )
    rows = []
    for n, one in enumerate(found.order_by("trainee__seat", "pk"), start=1):
        remark = "" if one.state == Certificate.State.IN_FORCE else one.get_state_display()
        if one.replaces:
            remark = f"補發（原 {one.replaces.number}）{remark}"
        rows.append(
            {
                **person(one.trainee),
                "line": n,
                "number": one.number,
                "issued_on": roc(one.issued_on),
                "starts_on": roc(training_class.starts_on),
                "ends_on": roc(training_class.ends_on),
                "remark": remark,
            }
        )
    return {**head(training_class), "rows": rows}


#: Word in the address → (paper, its context).
PRINTS: dict[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "filing": ("ohs_filing", filing),
    "timetable": ("ohs_timetable", timetable),
    "teachers": ("ohs_teachers", teachers),
    "roster": ("ohs_roster", roster),
    "sign-in": ("ohs_sign_in", sign_in),
    "roll-call": ("ohs_roll_call", roll_call),
    "marks": ("ohs_marks", marks),
    "certificates": ("ohs_certificates", register),
    "proofs": ("ohs_proofs", register),
}


def print_context(
    training_class: TrainingClass, word: str, *, law: Law, at: datetime, today: date, **asked: Any
) -> dict[str, Any]:
    """A form of the class: the plan as it was filed, and on every form the changes that are not filed, by name: nobody takes them
    for acknowledged. Raises KeyError for a word that names none."""
    _, context = PRINTS[word]
    changes = unfiled(training_class) if training_class.case.state not in PLANNED else []
    given = context(as_filed(training_class), law=law, at=at, today=today, **asked)
    return {**given, "unfiled": named(changes, most=len(changes)), "unfiled_count": len(changes)}


def printed(training_class: TrainingClass, word: str, **asked: Any) -> bytes:
    """The form as the institution prints it."""
    return rendering.render(PRINTS[word][0], print_context(training_class, word, **asked))
