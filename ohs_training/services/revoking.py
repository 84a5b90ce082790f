"""十四: withdrawing or revoking accreditation, with hearing, effect on classes and the two years' bar."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from casework.errors import Refused
from casework.kernel.dates import ONE_DAY, roc, taipei_day
from casework.models import Case
from casework.services.cases import lock, move, require
from casework.services.deadlines import withdraw_all
from casework.services.events import record
from casework.services.law import law_in_force
from casework.services.telling import tell_applicant
from ohs_training import documents
from ohs_training.models import Accreditation, Revocation, TrainingClass
from ohs_training.permissions import FILE_ACCREDITATION, FILE_CLASS, REVOKE
from ohs_training.rules import supervision

#: What becomes of a class by its state: nothing new may begin, what began is brought to its end under the county's eyes.
EFFECTS = {
    "draft": "不得報備",
    "filed": "停止辦理（取消）",
    "returned": "停止辦理（取消）",
    "acknowledged": "停止辦理（取消）",
    "running": "由地方主管機關督導辦理至結訓，保障受訓人員權益",
    "ended": "辦理至發證及函報完成",
    "examined": "辦理至發證及函報完成",
    "issued": "辦理至函報完成",
    "reported": "辦理至函報備查",
}


def classes_under(accreditation: Accreditation) -> list[TrainingClass]:
    """Classes that are not over, of this accreditation."""
    rows = TrainingClass.objects.filter(accreditation=accreditation).select_related("case")
    return list(rows.exclude(case__state__in=["closed", "cancelled"]).order_by("starts_on"))


def ground_named(case: Case, by: User | None, at: datetime) -> None:
    row = Revocation.objects.filter(accreditation__case=case).first()
    if row is None or not row.grounds:
        raise Refused("應載明撤銷或廢止之事由。", field="grounds")


@transaction.atomic
def revoke(
    case: Case,
    *,
    decision: str,
    grounds: Sequence[str],
    happened_on: date,
    letter_number: str,
    heard_on: date,
    hearing: str,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Revocation:
    """撤銷 (decision revoked) or 廢止 (withdrawn). Classes not begun are cancelled; those under way go on to their end."""
    case = lock(case, version=version)
    require(by, REVOKE, case)
    on, law = taipei_day(at), law_in_force()
    if happened_on > on:
        raise Refused("違規行為日不得晚於今天。", field="happened_on")
    if heard_on > on:
        raise Refused("陳述意見日不得晚於今天。", field="heard_on")
    facts = supervision.RevocationFacts(tuple(grounds), decision, on, happened_on)  # type: ignore[arg-type]
    outcome = supervision.revocation(facts, on=on, law=law)
    if not outcome.met:
        raise Refused(outcome.sentence, field="grounds", outcomes=[outcome])
    accreditation = Accreditation.objects.select_for_update().get(case=case)
    under = classes_under(accreditation)
    row = Revocation.objects.create(
        accreditation=accreditation,
        decision=decision,
        grounds=list(grounds),
        happened_on=happened_on,
        decided_on=on,
        letter_number=letter_number,
        heard_on=heard_on,
        hearing=hearing,
        reason=reason,
        effects=[{"number": one.case.number, "title": str(one), "effect": EFFECTS[one.case.state]} for one in under],
        barred_before=date.fromisoformat(outcome.result["barred_until"]) + ONE_DAY,
    )
    name, state = (
        ("revoke", Accreditation.State.REVOKED) if decision == "revoked" else ("abolish", Accreditation.State.ABOLISHED)
    )
    move(case, name, by=by, at=at, reason=reason, outcomes=[outcome])
    accreditation.state, accreditation.state_on = state, on
    accreditation.save()
    withdraw_all(at=at, thing=accreditation)
    withdraw_all(at=at, case=case)
    for one in under:
        _stop(one, row, at=at)
    documents.revoke_accreditation_letter(accreditation, row, case=case, by=by, at=at)
    tell_applicant(
        case, "ohs_training.revoked", accreditation.get_state_display(),
        f"{reason}\n自處分日起（至 {roc(row.barred_before - ONE_DAY)} 止）不得再申請認可。", right=FILE_ACCREDITATION, at=at,
    )  # fmt: skip
    return row


def _stop(training_class: TrainingClass, row: Revocation, *, at: datetime) -> None:
    """The effect on one class, as the system: the class's own right-holders decide nothing here."""
    case = lock(training_class.case_id)
    effect = EFFECTS[case.state]
    why = f"認可經{row.get_decision_display()}（{row.letter_number}）"
    if case.state in ("draft", "filed", "returned", "acknowledged"):
        move(case, "cancel", by=None, at=at, reason=f"{why}：{effect}")
        withdraw_all(at=at, case=case)
    else:
        record(case, "accreditation.lost", f"{why}：{effect}", by=None, at=at, clause="要點十四")
    tell_applicant(case, "ohs_training.class_affected", "班次處置", f"{why}：{effect}。", at=at, right=FILE_CLASS)
