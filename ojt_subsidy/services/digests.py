"""報名簿摘要: every hour what the public ledger says is digested over the digest before, so that nobody can reorder it later."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from kernel.identifiers import mask_name
from ojt_subsidy.models import Course, CourseLedger, Enrolment, LedgerDigest
from ojt_subsidy.services.places import lock_course
from ojt_subsidy.states import ENROLMENT

EVERY = timedelta(hours=1)


def ledger_rows(course: Course) -> list[list[Any]]:
    """Number, moment, masked name, state: what the public reads."""
    rows = Enrolment.objects.filter(course=course).order_by("number").values_list("number", "filed_at", "name", "state")
    return [
        [number, at.astimezone(UTC).isoformat(timespec="milliseconds"), mask_name(name), ENROLMENT.state(state).label]
        for number, at, name, state in rows
    ]


def digest_of(course_code: str, sequence: int, at: datetime, rows: list[list[Any]], before: str) -> str:
    content = [course_code, sequence, at.astimezone(UTC).isoformat(timespec="microseconds"), rows, before]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def digest_course(course: Course, *, at: datetime, unless_since: datetime | None = None) -> LedgerDigest | None:
    """The next digest; None where one was made after `unless_since`, by another run while this one waited."""
    lock_course(course.pk)
    last = course.digests.order_by("-sequence").first()
    if last is not None and unless_since is not None and last.at > unless_since:
        return None
    sequence, before = (last.sequence + 1, last.digest) if last else (1, "")
    rows = ledger_rows(course)
    return LedgerDigest.objects.create(
        course=course,
        sequence=sequence,
        at=at,
        filings=len(rows),
        rows=rows,
        before=before,
        digest=digest_of(course.code, sequence, at, rows, before),
    )


def digest_due(*, at: datetime) -> int:
    """Courses whose ledger moved since their last digest an hour or more ago; says how many were digested."""
    last = LedgerDigest.objects.filter(course=OuterRef("pk")).order_by("-sequence").values("at")[:1]
    moved = Enrolment.objects.filter(course=OuterRef("pk")).order_by("-changed_at").values("changed_at")[:1]
    long_ago = Value(datetime(2000, 1, 1, tzinfo=UTC))
    due = (
        Course.objects.filter(pk__in=CourseLedger.objects.filter(last_number__gt=0).values("pk"))
        .annotate(last=Coalesce(Subquery(last), long_ago), moved=Subquery(moved))
        .filter(moved__gt=F("last"), last__lte=at - EVERY)
    )
    return sum(digest_course(course, at=at, unless_since=at - EVERY) is not None for course in due)


def broken_digests(course: Course) -> list[str]:
    """What does not hold in the chain, or in the ledger against its last digest: numbers, moments and names never change."""
    wrong, before, last = [], "", None
    for one in course.digests.order_by("sequence"):
        if one.before != before or digest_of(course.code, one.sequence, one.at, one.rows, before) != one.digest:
            wrong.append(f"{course.code} 第 {one.sequence} 次摘要與內容不符")
            break
        before, last = one.digest, one
    if last:
        now = {row[0]: row[:3] for row in ledger_rows(course)}
        wrong += [f"{course.code} 第 {row[0]} 號與摘要不符" for row in last.rows if now.get(row[0]) != row[:3]]
    return wrong
