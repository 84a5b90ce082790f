"""十四: withdrawing or revoking accreditation, with hearing, effect on classes and the two years' bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.locks import locking
from casework.cases.doing import Doing, perform
from casework.cases.events import record
from casework.deadlines.keeping import withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.models.notice import page
from casework.notices.telling import tell_applicant, tell_office
from kernel.dates import ONE_DAY, roc
from kernel.outcome import Outcome
from ohs_training import documents
from ohs_training.models import Accreditation, Application, Revocation, TrainingClass
from ohs_training.permissions import ACKNOWLEDGE, FILE_ACCREDITATION, FILE_CLASS
from ohs_training.rules import supervision
from ohs_training.services.applying import hold_institution
from ohs_training.states import ACCREDITATION_KIND

#: States of an application that waits for the ministry.
WAITING = ("filed", "supplement")
#: States of a class that has not begun.
NOT_BEGUN = ("draft", "filed", "returned", "acknowledged")
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
    applications = Case.objects.filter(kind=ACCREDITATION_KIND, organisation=organisation_id, state__in=WAITING)
    classes = TrainingClass.objects.filter(accreditation__organisation=organisation_id).select_related("case")
    over = ["closed", "cancelled"]
    return Stake(accreditations, applications, classes.exclude(case__state__in=over).order_by("starts_on"))


def held_at_stake(case: Case) -> list[Case]:
    """The institution, whose row is the queue, and with it in hand every case that its loss touches."""
    hold_institution(case.organisation_id)
    stake = at_stake(case.organisation_id)
    touched = (
        Q(ohs_accreditation__in=stake.accreditations) | Q(ohs_class__in=stake.classes) | Q(pk__in=stake.applications)
    )
    return list(Case.objects.filter(touched))


def revoke_or_abolish(
    doing: Doing,
    *,
    decision: str,
    grounds: Sequence[str],
    happened_on: date,
    letter_number: str,
    heard_on: date,
    hearing: str,
) -> Revocation:
    """撤銷 (decision revoked) or 廢止 (withdrawn) of the institution's 認可資格: every accreditation that stands or begins later, and
    every application that waits. Classes not begun are cancelled; those under way go on to their end."""
    case, by, at, on = doing.case, doing.by, doing.at, doing.day
    if happened_on > on:
        raise Refused("違規行為日不得晚於今天。", field="happened_on")
    if heard_on > on:
        raise Refused("陳述意見日不得晚於今天。", field="heard_on")
    facts = supervision.RevocationFacts(tuple(grounds), decision, on, happened_on)  # type: ignore[arg-type]
    outcome = supervision.revocation(facts, on=on, law=law_in_force())
    if not outcome.met:
        raise Refused(outcome.sentence, field="grounds", outcomes=[outcome])
    stake = at_stake(case.organisation_id)
    under, waiting = list(stake.classes), list(stake.applications)
    given = {
        "decision": decision, "grounds": list(grounds), "happened_on": happened_on, "letter_number": letter_number,
        "heard_on": heard_on, "hearing": hearing, "outcome": outcome,
    }  # fmt: skip
    name = "revoke" if decision == "revoked" else "abolish"
    lost = []
    for accreditation in locking(stake.accreditations):
        if accreditation.case_id == case.pk:
            lost.append(doing.then(name, reason=doing.reason, under=under, **given))
        else:
            own = [one for one in under if one.accreditation_id == accreditation.pk]
            lost.append(perform(accreditation.case_id, name, by=by, at=at, reason=doing.reason, under=own, **given))
    row = next(one.answer for one in lost if one.case.pk == case.pk)
    for one in under:
        _stop(one, row, at=at)
    lost.sort(key=lambda one: (one.answer.accreditation.starts_on, one.answer.accreditation.pk))
    taken = [(one.answer.accreditation, one.case) for one in lost]
    documents.revoke_accreditation_letter(taken, row, case=case, by=by, at=at)
    until = roc(row.barred_before - ONE_DAY)
    for accreditation, own_case in taken:
        body = f"{doing.reason}\n自處分日起（至 {until} 止）不得再申請認可。"
        label = accreditation.get_state_display()
        tell_applicant(own_case, "ohs_training.revoked", label, body, right=FILE_ACCREDITATION, at=at)
    why = f"認可經{row.get_decision_display()}（{row.letter_number}），至 {until} 止不得申請認可"
    for application in waiting:
        perform(application, "bar", by=by, at=at, reason=why)
    for draft in Application.objects.filter(case__state="draft", renews__in=[one for one, _ in taken]):
        draft.renews = None  # there is nothing left to go on from; the bar keeps it from being filed
        draft.save()
    return row


def lose_accreditation(
    doing: Doing, *, under: Sequence[TrainingClass], decision: str, outcome: Outcome, **given: Any
) -> Revocation:
    """One accreditation is lost: its row says why and what becomes of the classes `under` it."""
    accreditation = Accreditation.objects.select_related("organisation").get(case=doing.case)
    effects = [{"number": one.case.number, "title": str(one), "effect": EFFECTS[one.case.state]} for one in under]
    row = Revocation.objects.create(
        accreditation=accreditation, decision=decision, decided_on=doing.day, reason=doing.reason, effects=effects,
        barred_before=date.fromisoformat(outcome.result["barred_until"]) + ONE_DAY, **given,
    )  # fmt: skip
    state = Accreditation.State
    accreditation.state = state.REVOKED if decision == "revoked" else state.ABOLISHED
    accreditation.state_on = doing.day
    accreditation.save()
    doing.outcomes.append(outcome)
    doing.move()
    withdraw_all(at=doing.at, thing=accreditation)
    withdraw_all(at=doing.at, case=doing.case)
    return row


def bar_application(doing: Doing) -> None:
    """十四第2項: what was applied for before cannot be granted during the bar."""
    doing.case.decided_on = doing.day
    doing.move()
    withdraw_all(at=doing.at, case=doing.case)
    body = f"{doing.reason}（要點十四第2項）。"
    tell_applicant(doing.case, "ohs_training.rejected", "不予認可", body, right=FILE_ACCREDITATION, at=doing.at)


def _stop(one: TrainingClass, row: Revocation, *, at: datetime) -> None:
    """The effect on one class, as the system: the class's own right-holders decide nothing here. Its county, which saw no
    draft, is told."""
    case, seen, effect = one.case, one.case.state != "draft", EFFECTS[one.case.state]
    why = f"認可經{row.get_decision_display()}（{row.letter_number}）"
    if case.state in NOT_BEGUN:
        case = perform(case, "cancel", by=None, at=at, reason=f"{why}：{effect}").case
    else:
        record(case, "accreditation.lost", f"{why}：{effect}", by=None, at=at, clause="要點十四")
    tell_applicant(case, "ohs_training.class_affected", "班次處置", f"{why}：{effect}。", at=at, right=FILE_CLASS)
    if seen:
        tell_office(
            case, "ohs_training.class_affected", "班次處置", f"{case.organisation}{why}：{effect}。", right=ACKNOWLEDGE, at=at,
            link=page("admin:ohs_class", case.number),
        )  # fmt: skip
