"""Corrections 補正, item by item: the office asks, the applicant answers each, the office accepts each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict

from django.db import transaction

from accounts.models import User
from casework.cases.events import record
from casework.errors import Refused
from casework.models import Case, CorrectionItem, CorrectionRequest


class Item(TypedDict):
    target: str
    label: str
    problem: str


def open_request(case: Case) -> CorrectionRequest | None:
    return case.correction_requests.filter(closed_at=None).prefetch_related("items").first()


@transaction.atomic
def ask(
    case: Case, *, items: Sequence[Item], message: str, due_on: date | None, by: User, at: datetime
) -> CorrectionRequest:
    """Open a request on a locked case. Moving the case to the applicant is the caller's next step."""
    named = [item for item in items if item["problem"].strip()]
    if not named:
        raise Refused("請至少填寫一項應補正事項。", field="items")
    if open_request(case):
        raise Refused("已有一份補正通知尚未完成。")
    request = CorrectionRequest.objects.create(case=case, opened_at=at, opened_by=by, message=message, due_on=due_on)
    CorrectionItem.objects.bulk_create(CorrectionItem(request=request, **item) for item in named)
    record(
        case,
        "correction.asked",
        f"通知補正 {len(named)} 項",
        by=by,
        at=at,
        reason=message,
        changes=[{"label": item["label"], "before": "", "after": item["problem"]} for item in named],
    )
    return request


@transaction.atomic
def answer(item: CorrectionItem, *, case: Case, text: str, by: User, at: datetime) -> None:
    """Say how one item was mended; it may be said again until the case is filed again."""
    if not text.strip():
        raise Refused("請說明如何補正。", field="answer")
    if item.request.case_id != case.pk or item.request.closed_at:
        raise Refused("這份補正通知已經結束。")
    item.answer, item.answered_at, item.answered_by = text.strip(), at, by
    item.save(update_fields=["answer", "answered_at", "answered_by"])
    record(
        case,
        "correction.answered",
        f"回復補正：{item.label}",
        by=by,
        at=at,
        changes=[{"label": item.label, "before": item.problem, "after": item.answer}],
    )


def unanswered(case: Case) -> list[CorrectionItem]:
    request = open_request(case)
    return [item for item in request.items.all() if item.answered_at is None] if request else []


@transaction.atomic
def close(case: Case, *, by: User, at: datetime, as_it_stands: bool = False) -> None:
    """The applicant files again: every item must be answered. `as_it_stands`: the office ends it, answered or not."""
    request = open_request(case)
    if request is None:
        return
    missing = unanswered(case)
    if missing and not as_it_stands:
        raise Refused("尚有補正項目未回復：" + "、".join(item.label for item in missing) + "。")
    request.closed_at = at
    request.save(update_fields=["closed_at"])
    label = f"補正結束，{len(missing)} 項未回復" if missing else "補正完成"
    record(case, "correction.closed", label, by=by, at=at)
