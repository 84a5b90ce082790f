"""十四: withdrawing or revoking accreditation, with hearing, effect on classes and the two years' bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.locks import locking
from accounts.models import User
from casework.cases.events import record
from casework.cases.moving import lock, move, require
from casework.deadlines.keeping import withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.telling import tell_applicant, tell_office
from kernel.dates import ONE_DAY, roc, taipei_day
from ohs_training import documents
from ohs_training.models import Accreditation, Application, Revocation, TrainingClass
from ohs_training.permissions import ACKNOWLEDGE, FILE_ACCREDITATION, FILE_CLASS, REVOKE
from ohs_training.rules import supervision
from ohs_training.services.applying import hold_institution
from ohs_training.states import ACCREDITATION

#: States of an application that waits for the ministry.
WAITING = ("filed", "supplement")
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


@dataclass(frozen=True, slots=True)
class Stake:
    """What an institution loses with its 認可資格: accreditations that stand or begin later, applications that wait, and what
    becomes of its classes, under whichever accreditation."""

    accreditations: QuerySet[Accreditation]
    applications: QuerySet[Case]
    classes: QuerySet[TrainingClass]


def at_stake(organisation_id: int | None) -> Stake:
    accreditations = Accreditation.objects.filter(
        organisation=organisation_id, state=Accreditation.State.IN_FORCE
    ).order_by("starts_on", "pk")
    applications = Case.objects.filter(kind=ACCREDITATION.kind, organisation=organisation_id, state__in=WAITING)
    classes = TrainingClass.objects.filter(accreditation__organisation=organisation_id).select_related("case")
    over = ["closed", "cancelled"]
    return Stake(accreditations, applications, classes.exclude(case__state__in=over).order_by("starts_on"))


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
    """撤銷 (decision revoked) or 廢止 (withdrawn) of the institution's 認可資格: every accreditation that stands or begins later, and
    every application that waits. Classes not begun are cancelled; those under way go on to their end."""
    require(by, REVOKE, case)
    hold_institution(case.organisation_id)
    stake = at_stake(case.organisation_id)
    under = list(stake.classes)
    keys = {case.pk, *stake.applications.values_list("pk", flat=True)}
    keys.update(stake.accreditations.values_list("case", flat=True))
    # Every case by its key, as whoever else takes several does; what stands is read once they are held.
    held = {
        pk: lock(pk, version=version if pk == case.pk else None)
        for pk in sorted(keys.union(one.case_id for one in under))
    }
    case = held[case.pk]
    on, law = taipei_day(at), law_in_force()
    if happened_on > on:
        raise Refused("違規行為日不得晚於今天。", field="happened_on")
    if heard_on > on:
        raise Refused("陳述意見日不得晚於今天。", field="heard_on")
    facts = supervision.RevocationFacts(tuple(grounds), decision, on, happened_on)  # type: ignore[arg-type]
    outcome = supervision.revocation(facts, on=on, law=law)
    if not outcome.met:
        raise Refused(outcome.sentence, field="grounds", outcomes=[outcome])
    name, state = (
        ("revoke", Accreditation.State.REVOKED) if decision == "revoked" else ("abolish", Accreditation.State.ABOLISHED)
    )
    ACCREDITATION.move(case.state, name)  # raises NotAllowed
    taken = sorted(locking(stake.accreditations), key=lambda one: (one.starts_on, one.pk))
    rows = {}
    for accreditation in taken:
        own = held[accreditation.case_id]
        rows[own.pk] = Revocation.objects.create(
            accreditation=accreditation,
            decision=decision,
            grounds=list(grounds),
            happened_on=happened_on,
            decided_on=on,
            letter_number=letter_number,
            heard_on=heard_on,
            hearing=hearing,
            reason=reason,
            effects=[
                {"number": one.case.number, "title": str(one), "effect": EFFECTS[held[one.case_id].state]}
                for one in under
                if own == case or one.accreditation_id == accreditation.pk
            ],
            barred_before=date.fromisoformat(outcome.result["barred_until"]) + ONE_DAY,
        )
        move(own, name, by=by, at=at, reason=reason, outcomes=[outcome])
        accreditation.state, accreditation.state_on = state, on
        accreditation.save()
        withdraw_all(at=at, thing=accreditation)
        withdraw_all(at=at, case=own)
    row = rows[case.pk]
    for one in under:
        _stop(held[one.case_id], row, at=at)
    documents.revoke_accreditation_letter([(one, held[one.case_id]) for one in taken], row, case=case, by=by, at=at)
    for accreditation in taken:
        tell_applicant(
            held[accreditation.case_id], "ohs_training.revoked", accreditation.get_state_display(),
            f"{reason}\n自處分日起（至 {roc(row.barred_before - ONE_DAY)} 止）不得再申請認可。", right=FILE_ACCREDITATION, at=at,
        )  # fmt: skip
    for one in held.values():
        if one.kind == ACCREDITATION.kind and one.state in WAITING:
            _end_application(one, row, by=by, at=at)
    for draft in Application.objects.filter(case__organisation=case.organisation_id, renews__in=taken):
        if draft.case.state == "draft":
            draft.renews = None  # there is nothing left to go on from; the bar keeps it from being filed
            draft.save()
    return row


def _end_application(case: Case, row: Revocation, *, by: User, at: datetime) -> None:
    """十四第2項: what was applied for before cannot be granted during the bar."""
    until = roc(row.barred_before - ONE_DAY)
    why = f"認可經{row.get_decision_display()}（{row.letter_number}），至 {until} 止不得申請認可"
    move(case, "bar", by=by, at=at, reason=why)
    case.decided_on = row.decided_on
    case.save()
    withdraw_all(at=at, case=case)
    tell_applicant(
        case, "ohs_training.rejected", "不予認可", f"{why}（要點十四第2項）。", right=FILE_ACCREDITATION, at=at
    )


def _stop(case: Case, row: Revocation, *, at: datetime) -> None:
    """The effect on one class, as the system: the class's own right-holders decide nothing here. Its county, which saw no
    draft, is told."""
    seen, effect = case.state != "draft", EFFECTS[case.state]
    why = f"認可經{row.get_decision_display()}（{row.letter_number}）"
    if case.state in ("draft", "filed", "returned", "acknowledged"):
        move(case, "cancel", by=None, at=at, reason=f"{why}：{effect}")
        withdraw_all(at=at, case=case)
    else:
        record(case, "accreditation.lost", f"{why}：{effect}", by=None, at=at, clause="要點十四")
    tell_applicant(case, "ohs_training.class_affected", "班次處置", f"{why}：{effect}。", at=at, right=FILE_CLASS)
    if seen:
        tell_office(
            case, "ohs_training.class_affected", "班次處置", f"{case.organisation}{why}：{effect}。", right=ACKNOWLEDGE, at=at,
            link=f"/admin/ohs/classes/{case.number}/",
        )  # fmt: skip
