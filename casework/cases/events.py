"""The event chain: each event's digest covers its content and the digest before it; the case keeps count and last digest."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from casework.models import Case, Event
from kernel.jsonable import jsonable
from kernel.outcome import Outcome

SYSTEM = "系統"


def event_digest(event: Event) -> str:
    content = [
        event.case_id,
        event.seq,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.by_id,
        event.by_name,
        event.code,
        event.label,
        event.clause,
        event.reason,
        event.from_state,
        event.to_state,
        event.changes,
        event.outcomes,
        event.internal,
        event.before,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def record(
    case: Case,
    code: str,
    label: str,
    *,
    by: User | None,
    at: datetime,
    clause: str = "",
    reason: str = "",
    from_state: str = "",
    to_state: str = "",
    changes: Sequence[dict[str, Any]] = (),
    outcomes: Iterable[Outcome] = (),
    internal: bool = False,
    as_name: str = "",
    of_office: bool = False,
    apart: Iterable[str] = (),
) -> Event:
    """Append an event to a case that this transaction holds locked, and bump its version.

    `as_name` stands where the case must not say who acted (a confidential complainant); `by` is then None.
    """
    event = Event(
        case=case,
        seq=case.events_count + 1,
        at=at,
        by=by,
        by_name=by.name if by else as_name or SYSTEM,
        code=code,
        label=label,
        clause=clause,
        reason=reason,
        from_state=from_state,
        to_state=to_state,
        changes=jsonable(list(changes)),
        outcomes=[one.as_json() for one in outcomes],
        internal=internal,
        of_office=of_office,
        apart=list(apart),
        before=case.digest,
    )
    event.digest = event_digest(event)
    event.save(force_insert=True)
    case.events_count, case.digest = event.seq, event.digest
    case.version += 1
    case.changed_at = at
    case.save()
    return event


def broken_links(case: Case) -> list[str]:
    """What does not hold in a case's chain, as sentences; empty when it is whole."""
    wrong, before, count = [], "", 0
    for event in case.events.order_by("seq").iterator():
        count += 1
        if event.seq != count:
            wrong.append(f"{case.number} 第 {count} 筆歷程遺失")
            break
        if event.before != before or event_digest(event) != event.digest:
            wrong.append(f"{case.number} 第 {event.seq} 筆歷程內容與雜湊不符")
            break
        before = event.digest
    if not wrong and (count != case.events_count or before != case.digest):
        wrong.append(f"{case.number} 歷程應有 {case.events_count} 筆，實有 {count} 筆")
    return wrong
