"""十: keeping three years; after that the job lists what may go, and a person decides."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from accounts.rights import can
from casework.cases.events import record
from casework.cases.moving import lock
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from kernel.dates import taipei_day
from kernel.law import Law
from ohs_training.models import Certificate, Retention, RollCall, SignRecord, Sitting, TrainingClass
from ohs_training.permissions import DECIDE_RETENTION
from ohs_training.rules import keeping

#: What is destroyed by a decision; the registers (附表十一、十二) stay as long as papers can be checked, and only their printed
#: copies go.
ROWS: dict[str, Any] = {"sign_in": SignRecord, "roll_call": RollCall, "marks": Sitting}


def made_on(training_class: TrainingClass, kind: str) -> date | None:
    """The day a record was finished: the last mark, the last certificate."""
    if kind == "marks":
        last = Sitting.objects.filter(trainee__training_class=training_class).order_by("-marked_at").first()
        return taipei_day(last.marked_at) if last else None
    if kind in ("certificates", "in_service_proofs"):
        row = Certificate.objects.filter(trainee__training_class=training_class).order_by("-issued_on").first()
        return row.issued_on if row else None
    return None


def kinds_of(training_class: TrainingClass, law: Law) -> list[str]:
    every = law.at("ohs.records", training_class.ends_on).value
    own = {
        "sign_in",
        "roll_call",
        *(("marks", "certificates") if training_class.professional else ("in_service_proofs",)),
    }
    return [kind for kind in every if kind in own]


@transaction.atomic
def list_expired(*, at: datetime) -> int:
    """Enter every record whose keeping time is over. Idempotent: once per class and record."""
    on, law = taipei_day(at), law_in_force()
    listed = 0
    classes = (
        TrainingClass.objects.filter(case__state="closed", ends_on__lt=on)
        .select_related("case")
        .prefetch_related("retentions")
    )
    for training_class in classes.iterator(chunk_size=200):
        there = {one.record for one in training_class.retentions.all()}
        for kind in kinds_of(training_class, law):
            if kind in there:
                continue
            facts = keeping.RecordFacts(
                kind, training_class.ends_on, made_on(training_class, kind), training_class.registered_on
            )  # type: ignore[arg-type]
            outcome = keeping.retention(facts, on=on, law=law)
            if outcome.result["may_list"]:
                Retention.objects.create(
                    training_class=training_class,
                    record=kind,
                    keep_until=date.fromisoformat(outcome.result["keep_until"]),
                    listed_on=on,
                )
                listed += 1
    return listed


@transaction.atomic
def decide(row: Retention, *, decision: str, reason: str, by: User, at: datetime) -> Retention:
    """銷毀 or 繼續保存. Destroying is done here and now, and the event says how many rows went."""
    case = lock(row.training_class.case_id)
    row = locking(Retention.objects).select_related("training_class__case").get(pk=row.pk)
    if not can(by, DECIDE_RETENTION, case):
        raise NotPermitted("您沒有決定保存期滿資料的權限。")
    if row.decision == "destroy":
        raise Refused("這項資料已銷毀。")
    if taipei_day(at) <= row.keep_until:
        raise Refused("保存期間尚未屆滿，不得銷毀（要點十第1項）。")
    if not reason.strip():
        raise Refused("請填寫理由。", field="reason")
    row.decision, row.reason, row.decided_at, row.decided_by = decision, reason.strip(), at, by
    row.save()
    if decision == "destroy" and row.record in ROWS:
        row.removed, _ = ROWS[row.record].objects.filter(trainee__training_class=row.training_class_id).delete()
        row.save(update_fields=["removed"])
    label = f"保存期滿{row.get_decision_display()}：{row.get_record_display()}（{row.removed} 筆）"
    record(case, "retention.decided", label, by=by, at=at, clause="要點十", reason=reason)
    return row
