"""Setting, meeting and withdrawing deadlines 期限. The day is computed by a rule before it comes here; nothing here counts.

Callers hold the case (or the thing) locked; these functions lock it too, so that `Case.due_on` keeps equal to the earliest
day still owed. A deadline of a thing inside a case names both.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from accounts.locks import take
from casework.deadlines.handlers import closed_by_lapse
from casework.deadlines.sweeping import refresh_due_days
from casework.deadlines.things import kind_of
from casework.models import Case, Deadline, Reminder
from kernel.dates import taipei_day
from kernel.jsonable import jsonable
from kernel.outcome import Outcome


def thing_of(deadline: Deadline) -> Model | None:
    """The thing a deadline belongs to; None where it belongs to a case alone, or the thing is gone."""
    if deadline.thing_id is None:
        return None
    return apps.get_model(deadline.thing_kind)._base_manager.filter(pk=deadline.thing_id).first()


def owed() -> Q:
    """Deadlines whose act has not happened and is still asked for: open, or past and nonetheless owed."""
    return Q(met_at=None, withdrawn_at=None) & (Q(lapsed_at=None) | ~Q(code__in=closed_by_lapse()))


def of_thing(thing: Model) -> QuerySet[Deadline]:
    return Deadline.objects.filter(thing_kind=kind_of(thing), thing_id=thing.pk)


def _lock_owner(case: Case | None, thing: Model | None) -> None:
    if case is None and thing is None:
        raise TypeError("a deadline belongs to a case or to a thing")
    take(*(one for one in (case, thing) if one is not None))


def _owed_of(code: str, case: Case | None, thing: Model | None) -> QuerySet[Deadline]:
    if thing is not None:
        return of_thing(thing).filter(owed(), code=code)
    return Deadline.objects.filter(owed(), case=case, thing_id=None, code=code)


def _close(rows: QuerySet[Deadline], case: Case | None, **closing: datetime) -> int:
    keys = list(rows.values_list("pk", flat=True))
    closed = Deadline.objects.filter(pk__in=keys).update(**closing)
    # Nobody is reminded of what is over; reminders not yet sent go with it.
    Reminder.objects.filter(deadline__in=keys, done_at=None).delete()
    if case is not None:
        refresh_due_on(case)
    return closed


def refresh_due_on(case: Case) -> None:
    """`Case.due_on` in the row and in the object at hand (which its service may save again)."""
    refresh_due_days([case.pk])
    case.refresh_from_db(fields=["due_on"])


@transaction.atomic
def set_deadline(
    *,
    code: str,
    rule: str,
    label: str,
    citation: str,
    counted_from: date,
    due_on: date,
    at: datetime,
    case: Case | None = None,
    thing: Model | None = None,
    outcome: Outcome | None = None,
    remind_days: Iterable[int] = (),
) -> Deadline:
    """A new deadline of `code`; one still owed under the same code is withdrawn (the act that recomputes leaves the event).

    `due_on` is the last day on which the act is in time. `remind_days` are calendar days before it; those whose day has
    come already are left out, because the act that sets the deadline tells the person now.
    """
    _lock_owner(case, thing)
    _close(_owed_of(code, case, thing), None, withdrawn_at=at)
    deadline = Deadline.objects.create(
        case=case,
        thing_kind=kind_of(thing) if thing is not None else "",
        thing_id=thing.pk if thing is not None else None,
        code=code,
        rule=rule,
        label=label,
        citation=citation,
        counted_from=counted_from,
        due_on=due_on,
        outcome=jsonable(outcome.as_json()) if outcome is not None else {},
        set_at=at,
    )
    today = taipei_day(at)
    days = {days: due_on - timedelta(days=days) for days in remind_days if days >= 0}
    Reminder.objects.bulk_create(
        Reminder(deadline=deadline, on=on, days_before=before) for before, on in sorted(days.items()) if on > today
    )
    if case is not None:
        refresh_due_on(case)
    return deadline


@transaction.atomic
def meet_deadline(*, code: str, at: datetime, case: Case | None = None, thing: Model | None = None) -> int:
    """The act has happened (also late, where it was still owed). Says how many deadlines that closed: 0 or 1."""
    _lock_owner(case, thing)
    return _close(_owed_of(code, case, thing), case, met_at=at)


@transaction.atomic
def withdraw_deadline(*, code: str, at: datetime, case: Case | None = None, thing: Model | None = None) -> int:
    """The act is no longer asked for. Says how many deadlines that closed: 0 or 1."""
    _lock_owner(case, thing)
    return _close(_owed_of(code, case, thing), case, withdrawn_at=at)


@transaction.atomic
def withdraw_all(*, at: datetime, case: Case | None = None, thing: Model | None = None) -> int:
    """Nothing is asked for any more: a case withdrawn or refused, a thing cancelled."""
    _lock_owner(case, thing)
    rows = of_thing(thing) if thing is not None else Deadline.objects.filter(case=case)
    return _close(rows.filter(owed()), case, withdrawn_at=at)
