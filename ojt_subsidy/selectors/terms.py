"""Days a trainee must keep: to confirm and pay after the unit asked (SUB-15)."""

from typing import Any

from django.db.models import QuerySet

from casework.models import Deadline
from ojt_subsidy.models import Enrolment

KIND = "ojt_subsidy.enrolment"


def to_confirm(user: Any) -> QuerySet[Enrolment]:
    """Filings that wait for this person's word, the nearest day first."""
    waiting = Enrolment.objects.filter(person=user.pk, state="asked", accepted_at=None)
    return waiting.select_related("course").order_by("respond_by", "pk")


def terms(user: Any) -> list[Deadline]:
    """The same as days of a calendar."""
    if user.is_staff:
        return []
    return [
        Deadline(
            thing_kind=KIND,
            thing_id=row.pk,
            code="ojt_subsidy.respond",
            rule="SUB-15",
            label=f"確認參訓並繳費：{row.course.title}",
            citation="學員問答第19題",
            due_on=row.respond_by,
            set_at=row.changed_at,
        )
        for row in to_confirm(user)
        if row.respond_by
    ]
