"""A roster of 10,000 rows imported (validation, matching by ID, history rows), beside COPY of the same rows into both tables."""

import resource
import time
import tracemalloc
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models import Organisation, User
from casework.law.in_force import law_in_force
from casework.models import Case
from tests.bench import _vrs
from vrs_credentials.models import Attendance, AttendanceImport, Certificate, Course, CourseField
from vrs_credentials.services import attending

DAY = date(2026, 10, 1)


def run(quick: bool) -> dict[str, Any]:
    number = 200 if quick else 10_000
    with _vrs.scene():
        certificates = _vrs.people(number)
        field, by = _field(certificates[0])
        content = _roster(certificates)
        _vrs.analyse()
        law = law_in_force()
        seen: list[int] = []
        tracemalloc.start(1)
        attending.preview(field, content, on=date(2026, 11, 20), law=law)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        started = time.perf_counter()
        found = attending.preview(field, content, on=date(2026, 11, 20), law=law, progress=seen.append)
        if not found.ok:
            raise AssertionError(found.problem or found.wrong[0].errors)
        standing = attending._write(field, found, name="名冊.csv", by=by, at=_vrs.AT)
        ours = time.perf_counter() - started
        written = standing.attendances.count(), Attendance.history.filter(imported=standing).count()
        bare = _bare(standing)
        if written != (number, number) or max(seen) < 90:
            raise AssertionError(f"{written} rows written of {number}, progress {seen[-1:]}")
    return {
        "rows": number,
        "ms": round(ours * 1000, 1),
        "copy_ms": round(bare * 1000, 1),
        "ratio": round(ours / bare, 2),
        "ratio_at_most": 15,
        "python_peak_mb": round(peak / 2**20, 1),
        "process_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "process_peak_mb_at_most": 250,
    }


def _field(one: Certificate) -> tuple[CourseField, User]:
    body = Organisation.objects.create(name="量測用機構", kind=Organisation.Kind.INSTITUTION)
    case = Case.objects.create(
        number="VC-999-000001", kind="vrs_credentials.course", state="approved", turn="applicant", title="量測", office_id=one.case.office_id,
        organisation=body, created_at=_vrs.AT, changed_at=_vrs.AT,
    )  # fmt: skip
    course = Course.objects.create(
        case=case,
        title="量測",
        mode="onsite",
        slot="full",
        starts_on=DAY,
        ends_on=DAY,
        place="臺北",
        audience=["placement"],
    )
    return CourseField.objects.create(
        course=course, position=1, group="professional", competence="x", area="y", hours=Decimal(6)
    ), one.holder


def _roster(certificates: list[Certificate]) -> bytes:
    lines = [
        "上課日期,學員姓名,學員身分證字號(或居留證號),時數,離島地區,國際性質,授課者",
        "2015/1/1,王小明,A100000001,2,是,是,否",
    ]
    lines += [f"2026/10/1,{_vrs.name(n)},{_vrs.national_id(n)},6,否,否,否" for n in range(len(certificates))]
    return "\r\n".join(lines).encode("utf-8-sig")


def _bare(standing: AttendanceImport) -> float:
    """COPY of the rows just written, history and all, with the same indexes and keys."""
    other = AttendanceImport.objects.create(
        field=standing.field, sha256="0" * 64, file_name="x", rows=standing.rows, imported_at=_vrs.AT, imported_by=standing.imported_by,
        cleared_at=_vrs.AT,
    )  # fmt: skip
    total = 0.0
    for table, skip in ((_vrs.table_of(Attendance), "id"), (_vrs.table_of(Attendance.history.model), "history_id")):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE imported_id = %s", [standing.pk])
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            kept = [name for name in names if name != skip]
            quoted = ", ".join(f'"{name}"' for name in kept)
            started = time.perf_counter()
            with cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([other.pk if name == "imported_id" else row[name] for name in kept])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            total += time.perf_counter() - started
    return total
