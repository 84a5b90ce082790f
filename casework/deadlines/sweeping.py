"""The sweep: what the passing of days does. It reads `due_on <=` and never counts.

Batches of a thousand of one code, each its own transaction. A batch holds the cases its deadlines (and their things) belong to, then the
things – as acts do, and whoever changes a deadline holds its owner – and leaves out whatever somebody else holds: a second
sweep at work, or an act this very moment, is neither waited for nor doubled. What a handler meets later by a lock of its own is
left out too, that one alone. What was left out is asked for again within minutes (casework.tasks).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from django.apps import apps
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, Min, Model, OuterRef, Q, QuerySet

from accounts.errors import is_busy
from accounts.locks import locking, rank
from casework.deadlines.handlers import closed_by_lapse, handler
from casework.deadlines.things import case_path, kind_of
from casework.models import Case, Deadline, Reminder
from kernel.asking import asking

log = structlog.get_logger(__name__)

BATCH = 1000
OPEN = Q(met_at=None, lapsed_at=None, withdrawn_at=None)
#: Told of each effect: the deadline, and the reminder where it is one.
Listener = Callable[[Deadline, Reminder | None], None]
#: What says whose a deadline is.
OWNERS = ("pk", "case_id", "thing_kind", "thing_id")


@dataclass
class SweepReport:
    """What a sweep did (or would do): counts by deadline code."""

    on: date
    rehearsed: bool
    lapsed: Counter[str] = field(default_factory=Counter)
    reminded: Counter[str] = field(default_factory=Counter)
    #: Held by somebody else at that moment, or met by a lock of their handler; the next run finds them.
    left: int = 0
    #: Handlers that raised; the deadline is as it was and comes again.
    failed: list[str] = field(default_factory=list)


@asking("job:casework.tasks.sweep_daily")
def sweep(
    *, on: date, at: datetime, rehearse: bool = False, batch: int = BATCH, listen: Listener | None = None
) -> SweepReport:
    """Everything due as of the start of `on`: deadlines whose last day lies before it lapse, then reminders of the others.

    Run twice it does nothing twice; after nights missed it does once what they would have done. Of several reminders of one
    deadline that have become due only the newest is sent.
    """
    report = SweepReport(on, rehearse)
    if rehearse:
        _rehearse(report, listen)
        return report
    due, to_remind = _due(on), _to_remind(on)
    for code in _codes(due, "code", "due_on"):
        rows = due.filter(code=code)
        _in_batches(rows, ("due_on", *OWNERS), batch, lambda some: _lapse_batch(some, report, at, listen))
    for code in _codes(to_remind, "deadline__code", "on"):
        owed = to_remind.filter(deadline__code=code)
        _in_batches(owed, ("on", "pk", "deadline_id"), batch, lambda some: _remind_batch(some, report, at, listen))
    log.info("swept", on=str(on), lapsed=report.lapsed.total(), reminded=report.reminded.total(), left=report.left)
    return report


def _due(on: date) -> QuerySet[Deadline]:
    return Deadline.objects.filter(OPEN, due_on__lt=on)


def _to_remind(on: date) -> QuerySet[Reminder]:
    still_open = Deadline.objects.filter(OPEN, pk=OuterRef("deadline"), due_on__gte=on)
    return Reminder.objects.filter(Exists(still_open), on__lte=on, done_at=None)


def _codes(rows: QuerySet[Any], code: str, day: str) -> list[str]:
    """Whose first day came first goes first: a class begins before it ends, also after nights missed."""
    firsts = rows.order_by().values(code).annotate(first=Min(day))
    return [one[code] for one in firsts.order_by("first", code)]


def _in_batches(rows: QuerySet[Any], columns: Sequence[str], size: int, work: Callable[[Sequence[Any]], None]) -> None:
    """Walk once through what is due, by (day, key), so that a row left out is not met again in this run.

    The day is the first of `columns`. Plain tuples: the rows become objects only once they are locked.
    """
    day, after = columns[0], None
    while True:
        with transaction.atomic():
            due = rows
            if after is not None:
                due = rows.filter(Q(**{f"{day}__gt": after[0]}) | Q(pk__gt=after[1]), **{f"{day}__gte": after[0]})
            found = list(due.order_by(day, "pk").values_list(*columns, named=True)[:size])
            if found:
                work(found)
        if len(found) < size:
            return
        after = (found[-1][0], found[-1].pk)


# --- locks -----------------------------------------------------------------------------------------------------------


def _lock(found: Sequence[Any], still: Q) -> list[Deadline]:
    """Those of `found` (rows of OWNERS) that are nobody else's now and still fit `still`: their cases held, then their things."""
    things: dict[str, set[int]] = defaultdict(set)
    for one in found:
        if one.thing_id is not None:
            things[one.thing_kind].add(one.thing_id)
    cases_of = {kind: _cases_of(kind, keys) for kind, keys in things.items()}
    cases = {one.pk: {one.case_id, cases_of.get(one.thing_kind, {}).get(one.thing_id)} - {None} for one in found}
    held_cases = _locked(Case, set().union(*cases.values()))
    tables: list[type[Model]] = sorted(map(apps.get_model, things), key=rank)
    held_things = {kind_of(model): _locked(model, things[kind_of(model)]) for model in tables}
    free = [
        one.pk
        for one in found
        if cases[one.pk] <= held_cases and (one.thing_id is None or one.thing_id in held_things[one.thing_kind])
    ]
    return list(Deadline.objects.filter(still, pk__in=free).order_by("due_on", "pk"))


def _cases_of(kind: str, keys: set[int]) -> dict[int, int]:
    """The case behind each thing, where its table has one."""
    path = case_path(kind)
    rows = apps.get_model(kind)._base_manager.filter(pk__in=keys)
    return dict(rows.values_list("pk", path)) if path else {}


def _locked(model: type[Any], keys: set[int]) -> set[int]:
    if not keys:
        return set()
    return set(locking(model._base_manager.filter(pk__in=keys), skip=True).values_list("pk", flat=True))


# --- lapses ----------------------------------------------------------------------------------------------------------


def _lapse_batch(found: Sequence[Any], report: SweepReport, at: datetime, listen: Listener | None) -> None:
    held = _lock(found, OPEN & Q(due_on__lt=report.on))
    report.left += len(found) - len(held)
    if not held:
        return
    done = _each_or_all(held, report, lambda some: _lapse(some, at), lambda one: one)
    report.lapsed[held[0].code] += len(done)
    if listen is not None:
        for one in done:
            listen(one, None)


def _lapse(rows: list[Deadline], at: datetime) -> list[Deadline]:
    with connection.cursor() as cursor:
        # Asked again: another lapse of this batch may have closed the case and withdrawn what it still owed.
        cursor.execute(
            "UPDATE casework_deadline SET lapsed_at = %s WHERE id = ANY(%s) "
            "AND met_at IS NULL AND lapsed_at IS NULL AND withdrawn_at IS NULL RETURNING id",
            [at, [one.pk for one in rows]],
        )
        keys = {key for (key,) in cursor.fetchall()}
        cursor.execute("DELETE FROM casework_reminder WHERE deadline_id = ANY(%s) AND done_at IS NULL", [list(keys)])
    lapsed = [one for one in rows if one.pk in keys]
    for one in lapsed:
        one.lapsed_at = at
    refresh_due_days([one.case_id for one in lapsed if one.case_id is not None])
    act = handler(rows[0].code).on_lapse
    if act is not None and lapsed:
        act(lapsed, at)
    return lapsed


def refresh_due_days(cases: Sequence[int]) -> None:
    """`Case.due_on` of cases held locked: the earliest day still owed, in one statement."""
    if not cases:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE casework_case c SET due_on = (SELECT min(d.due_on) FROM casework_deadline d WHERE d.case_id = c.id "
            "AND d.met_at IS NULL AND d.withdrawn_at IS NULL AND (d.lapsed_at IS NULL OR NOT d.code = ANY(%s))) "
            "WHERE c.id = ANY(%s)",
            [closed_by_lapse(), sorted(set(cases))],
        )


# --- reminders -------------------------------------------------------------------------------------------------------


def _remind_batch(found: Sequence[Any], report: SweepReport, at: datetime, listen: Listener | None) -> None:
    wanted = {one.deadline_id for one in found}
    owners = Deadline.objects.filter(pk__in=wanted).values_list(*OWNERS, named=True)
    held = {one.pk: one for one in _lock(list(owners), OPEN & Q(due_on__gte=report.on))}
    report.left += len(wanted) - len(held)
    newest = (
        Reminder.objects.filter(deadline__in=held, on__lte=report.on, done_at=None)
        .order_by("deadline_id", "-on")
        .distinct("deadline_id")
    )
    pairs = [(held[one.deadline_id], one) for one in newest]
    if not pairs:
        return
    done = _each_or_all(pairs, report, lambda some: _remind(some, report.on, at), lambda pair: pair[0])
    report.reminded[pairs[0][0].code] += len(done)
    if listen is not None:
        for deadline, reminder in done:
            listen(deadline, reminder)


def _remind(pairs: list[tuple[Deadline, Reminder]], on: date, at: datetime) -> list[tuple[Deadline, Reminder]]:
    with connection.cursor() as cursor:
        # The older ones that had become due say the same with a longer count: they are done with it.
        cursor.execute(
            'UPDATE casework_reminder SET done_at = %s WHERE deadline_id = ANY(%s) AND "on" <= %s AND done_at IS NULL '
            "RETURNING id",
            [at, [deadline.pk for deadline, _ in pairs], on],
        )
        keys = {key for (key,) in cursor.fetchall()}
    due = [pair for pair in pairs if pair[1].pk in keys]
    act = handler(pairs[0][0].code).on_remind
    if act is not None and due:
        act(due, at)
    return due


# --- both ------------------------------------------------------------------------------------------------------------


def _each_or_all(
    rows: list[Any], report: SweepReport, act: Callable[[list[Any]], list[Any]], deadline_of: Callable[[Any], Deadline]
) -> list[Any]:
    """All at once; when that fails one by one, so that one bad row keeps nobody else's day from having its effect."""
    try:
        with transaction.atomic():
            return act(rows)
    except Exception as error:
        met = is_busy(error)
        if isinstance(error, OperationalError | InterfaceError) and not met:
            raise  # the connection is gone: the batch is undone, the next run begins here again
        if len(rows) == 1:
            deadline = deadline_of(rows[0])
            deadline.lapsed_at = None
            if met:
                report.left += 1
                log.warning("sweep_met_an_act", code=deadline.code, deadline=deadline.pk, error=str(error)[:120])
                return []
            report.failed.append(f"{deadline.code} {deadline.pk}: {type(error).__name__}: {error}"[:300])
            log.exception("sweep_handler_failed", code=deadline.code, deadline=deadline.pk)
            return []
    return [done for row in rows for done in _each_or_all([row], report, act, deadline_of)]


def _rehearse(report: SweepReport, listen: Listener | None) -> None:
    """What a sweep would do, in a transaction that cannot write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        for one in _due(report.on).order_by("due_on", "pk").iterator(BATCH):
            report.lapsed[one.code] += 1
            if listen:
                listen(one, None)
        newest = _to_remind(report.on).order_by("deadline_id", "-on").distinct("deadline_id")
        reminders = newest.select_related("deadline").annotate(code=F("deadline__code"))
        for reminder in reminders.iterator(BATCH):
            report.reminded[reminder.code] += 1
            if listen:
                listen(reminder.deadline, reminder)
