"""十: keeping three years; after that the job lists what may go, and a person decides."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.locks import locking
from casework.cases.doing import Doing
from casework.errors import Refused
from casework.law.in_force import law_in_force
from kernel.dates import taipei_day
from kernel.law import Law
from ohs_training.models import Certificate, Retention, RollCall, SignRecord, Sitting, TrainingClass
from ohs_training.rules import keeping
from ohs_training.services.saying import say

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


def decide_retention(doing: Doing, *, row: int, decision: str) -> Retention:
    """銷毀 or 繼續保存. Destroying is done here and now, and the event says how many rows went."""
    found = locking(Retention.objects).get(pk=row, training_class__case=doing.case)
    if found.decision == "destroy":
        raise Refused("這項資料已銷毀。")
    if doing.day <= found.keep_until:
        raise Refused("保存期間尚未屆滿，不得銷毀（要點十第1項）。")
    found.decision, found.reason, found.decided_at, found.decided_by = (
        decision,
        doing.reason.strip(),
        doing.at,
        doing.by,
    )
    found.save()
    if decision == "destroy" and found.record in ROWS:
        found.removed, _ = ROWS[found.record].objects.filter(trainee__training_class=found.training_class_id).delete()
        found.save(update_fields=["removed"])
    label = f"保存期滿{found.get_decision_display()}：{found.get_record_display()}（{found.removed} 筆）"
    say(doing, "retention.decided", label)
    return found
