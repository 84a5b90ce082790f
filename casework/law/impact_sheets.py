"""Impact sheets 影響試算: the open things under the law now and under a draft, in the background, a chunk at a time.

Each chunk is a transaction of its own, so progress is seen and memory is bounded. The row is the job: a nudge lost with the
broker or a worker that died is taken up by `run_waiting`; a run that was overtaken finds another run number and stops.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F

from accounts.locks import locking
from accounts.models import User
from casework.errors import NotPermitted, Refused
from casework.law.amending import require
from casework.law.impact import SOURCES, Difference, OpenThing, Source, differences
from casework.law.in_force import amendments_in_force, law_in_force, law_with
from casework.models import Amendment, ImpactLine, ImpactSheet
from casework.notices.outbox import send_task
from casework.rights import AMEND, ENACT
from kernel.dates import taipei_day
from kernel.facts import Impossible
from kernel.law import Law, WatchedLaw

log = structlog.get_logger(__name__)

#: A run that has not written for so long is dead.
SILENT = timedelta(minutes=10)
State = ImpactSheet.State


@transaction.atomic
def ask_sheet(amendment: Amendment, *, by: User, at: datetime) -> ImpactSheet:
    """Queue the sheet of a draft as it stands. Raises Refused, NotPermitted."""
    try:
        require(by, AMEND)
    except NotPermitted:
        require(by, ENACT)
    row = locking(Amendment.objects).get(pk=amendment.pk)
    if not row.is_open:
        raise Refused(f"修正案{row.get_state_display()}，不再試算。")
    if not row.values.exists():
        raise Refused("修正案還沒有任何數值，無從試算。")
    if row.sheets.filter(version=row.version, state__in=(State.QUEUED, State.RUNNING)).exists():
        raise Refused("這個版本正在試算，請稍候。")
    sheet = ImpactSheet.objects.create(
        amendment=row, version=row.version, on=max(taipei_day(at), row.in_force_from), asked_by=by, asked_at=at
    )
    transaction.on_commit(lambda: send_task("casework.tasks.run_impact", sheet.pk), robust=True)
    return sheet


def run_sheet(sheet_id: int, *, clock: Callable[[], datetime]) -> bool:
    """Write the sheet. False where it is done, or another run is at it."""
    sheet = _begin(sheet_id, clock())
    if sheet is None:
        return False
    try:
        amendment = sheet.amendment
        # which law it is of is said before the law is read: an amendment in between makes the sheet one of an older law
        ImpactSheet.objects.filter(pk=sheet.pk, run=sheet.run).update(amendments=amendments_in_force())
        now, draft = law_in_force(), law_with(amendment)
        codes = {one.code for one in amendment.values.all()}
        sources = [one for one in SOURCES if one.reads(codes)]
        ImpactSheet.objects.filter(pk=sheet.pk, run=sheet.run).update(total=sum(one.count(sheet.on) for one in sources))
        for source in sources:
            for chunk in source.things(sheet.on):
                if not _write(sheet, source, chunk, now, draft, clock()):
                    return False
    except Exception:  # whoever waits for it is told, whatever it was
        log.exception("impact_failed", sheet=sheet_id)
        ImpactSheet.objects.filter(pk=sheet.pk, run=sheet.run).update(state=State.FAILED, finished_at=clock())
        return True
    return _finish(sheet, clock())


@transaction.atomic
def _begin(sheet_id: int, at: datetime) -> ImpactSheet | None:
    rows = locking(ImpactSheet.objects, skip=True).select_related("amendment")
    sheet = rows.filter(pk=sheet_id, state__in=(State.QUEUED, State.RUNNING)).first()
    if sheet is None or (sheet.state == State.RUNNING and sheet.beat_at and at - sheet.beat_at < SILENT):
        return None
    sheet.lines.all().delete()
    sheet.state, sheet.run, sheet.beat_at = State.RUNNING, sheet.run + 1, at
    sheet.total = sheet.checked = sheet.changed = sheet.unanswered = 0
    sheet.save()
    return sheet


@transaction.atomic
def _write(sheet: ImpactSheet, source: Source, chunk: Sequence[OpenThing], now: Law, draft: Law, at: datetime) -> bool:
    """One chunk: its differences and the progress together. False for a run that was overtaken."""
    lines, changed, silent = [], 0, 0
    for thing in chunk:
        try:
            found = compare(thing, now, draft)
        except Impossible:
            silent += 1
            continue
        changed += bool(found)
        lines += [_line(sheet, source, thing, one) for one in found]
    mine = ImpactSheet.objects.filter(pk=sheet.pk, run=sheet.run).update(
        checked=F("checked") + len(chunk),
        changed=F("changed") + changed,
        unanswered=F("unanswered") + silent,
        beat_at=at,
    )
    if mine:
        ImpactLine.objects.bulk_create(lines)
    return bool(mine)


def compare(thing: OpenThing, now: Law, draft: Law) -> list[Difference]:
    """What the draft changes for one thing. Whoever asked nothing of it that the draft answers otherwise is not asked twice."""
    watched = WatchedLaw(now.figures, now.calendar)
    before = thing.answers(watched)
    if all(now.at(code, day) == draft.at(code, day) for code, day in watched.asked):
        return []
    return differences(before, thing.answers(draft))


def _line(sheet: ImpactSheet, source: Source, thing: OpenThing, one: Difference) -> ImpactLine:
    lines = [line.as_json() for line in one.outcome.lines] if one.outcome else []
    return ImpactLine(
        sheet=sheet,
        source=source.code,
        thing=thing.label[:200],
        link=thing.link,
        office_id=thing.office,
        what=one.what[:120],
        before=one.before,
        after=one.after,
        lines=lines,
    )


@transaction.atomic
def _finish(sheet: ImpactSheet, at: datetime) -> bool:
    # a source may count more than it has to ask (people whose amounts are all decided)
    done = ImpactSheet.objects.filter(pk=sheet.pk, run=sheet.run).update(
        state=State.DONE, finished_at=at, total=F("checked")
    )
    if done:
        # a draft changed meanwhile keeps its state: this sheet is of an older version
        row = locking(Amendment.objects).get(pk=sheet.amendment_id)
        if row.state == Amendment.State.DRAFT and row.version == sheet.version:
            row.state = Amendment.State.ASSESSED
            row.save()
    return bool(done)


def run_waiting(*, clock: Callable[[], datetime], limit: int = 5) -> int:
    """Take up sheets nobody is working on; says how many were written."""
    waiting = ImpactSheet.objects.filter(state__in=(State.QUEUED, State.RUNNING)).order_by("pk")
    return sum(run_sheet(key, clock=clock) for key in list(waiting.values_list("pk", flat=True)[:limit]))
