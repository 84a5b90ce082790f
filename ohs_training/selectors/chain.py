"""From the rows of a class to the derivation of every trainee's chain: the only bridge, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from kernel.dates import TAIPEI
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Line, Outcome
from ohs_training.models import (
    Certificate,
    LeaveRequest,
    MakeUp,
    RollCall,
    SignRecord,
    Sitting,
    TimetableRow,
    Trainee,
    TrainingClass,
)
from ohs_training.rules import attendance, derivation, examination, timetable
from ohs_training.selectors.classes import row_facts, rows_of


@dataclass(frozen=True)
class TraineeLine:
    """One trainee's chain. `chain` None with `wrong` where the rows contradict one another."""

    trainee: Trainee
    facts: derivation.TraineeFacts
    chain: derivation.Chain | None
    certificate: Certificate | None
    sittings: tuple[Sitting, ...] = ()
    wrong: str = ""

    @property
    def red(self) -> tuple[Line, ...]:
        return self.chain.red if self.chain else ()

    @property
    def qualifies(self) -> bool:
        """Nothing stands against a paper, and the class is over."""
        return self.chain is not None and self.chain.may_issue

    @property
    def outcomes(self) -> list[Outcome]:
        """What a certificate rests on."""
        chain = self.chain
        if chain is None:
            return []
        return [
            one for one in (chain.absence, chain.exam, chain.grounds, chain.certificate, chain.proof) if one is not None
        ]


@dataclass(frozen=True)
class ClassChain:
    training_class: TrainingClass
    rows: Sequence[TimetableRow]
    facts: derivation.ClassFacts | None
    periods: Sequence[timetable.Period]
    lines: Sequence[TraineeLine] = field(default_factory=list)
    #: What the derivation rests on and is no longer kept (十): the chain is then not derived again from nothing.
    destroyed: str = ""

    @property
    def courses(self) -> list[str]:
        return list(dict.fromkeys(row.course for row in self.rows))

    def summary(self) -> dict[str, int]:
        """The head of 附表九."""
        return derivation.summary({str(one.trainee.pk): one.chain for one in self.lines if one.chain})


def _signatures(records: Sequence[SignRecord], answers: dict[date, bool]) -> tuple[derivation.Signature, ...]:
    found: dict[tuple[date, str], dict[str, object]] = defaultdict(dict)
    for one in records:
        place = found[(one.day, one.half)]
        if one.voided_at is None:
            place["signed_out_at" if one.leaving else "signed_in_at"] = one.at.astimezone(TAIPEI)
        elif one.tampered:
            place["tampered"] = True
    for day, answered in answers.items():
        # The roll is called once a day, in the first period, whichever half that is: the derivation takes it from there.
        for half in ("morning", "afternoon"):
            found[(day, half)]["answered"] = answered
    return tuple(derivation.Signature(day, half, **_in_order(given)) for (day, half), given in found.items())  # type: ignore[arg-type]


def _in_order(given: dict[str, object]) -> dict[str, object]:
    """Signed out before signed in cannot be: the line is void, as one that was altered."""
    start, end = given.get("signed_in_at"), given.get("signed_out_at")
    if isinstance(start, datetime) and isinstance(end, datetime) and end < start:
        return {**given, "signed_in_at": None, "signed_out_at": None, "tampered": True}
    return given


def class_chain(
    training_class: TrainingClass, *, on: date, law: Law, at: datetime | None = None, only: int | None = None
) -> ClassChain:
    """Every trainee of the class as of a day (or moment): eight queries, however many people. `only`: one trainee."""
    rows = rows_of(training_class)
    timed = [row_facts(row) for row in rows]
    destroyed = _destroyed(training_class)
    people = training_class.trainees.filter(removed_at=None).order_by("seat").prefetch_related("exemptions")
    if only is not None:
        people = people.filter(pk=only)
    trainees = list(people)
    keys = [one.pk for one in trainees]
    signs: dict[int, list[SignRecord]] = defaultdict(list)
    for sign in SignRecord.objects.filter(trainee__in=keys).defer("signature"):
        signs[sign.trainee_id].append(sign)
    answers: dict[int, dict[date, bool]] = defaultdict(dict)
    for call in RollCall.objects.filter(trainee__in=keys):
        answers[call.trainee_id][call.day] = call.answered
    leaves: dict[int, list[attendance.Leave]] = defaultdict(list)
    for asked in LeaveRequest.objects.filter(trainee__in=keys, withdrawn_at=None):
        leave = attendance.Leave(
            asked.starts_at.astimezone(TAIPEI),
            asked.ends_at.astimezone(TAIPEI),
            asked.asked_at.astimezone(TAIPEI),
            asked.sick,
            asked.proof_id is not None,
        )
        leaves[asked.trainee_id].append(leave)
    made_up: dict[int, list[derivation.MadeUp]] = defaultdict(list)
    for one in MakeUp.objects.filter(trainee__in=keys):
        made_up[one.trainee_id].append(derivation.MadeUp(one.course, one.hours, one.held_on))
    sittings: dict[int, list[Sitting]] = defaultdict(list)
    for sitting in Sitting.objects.filter(trainee__in=keys).order_by("number"):
        sittings[sitting.trainee_id].append(sitting)
    certificates = {
        one.trainee_id: one
        for one in Certificate.objects.filter(trainee__in=keys, state=Certificate.State.IN_FORCE)
        .select_related("document")
        .defer("document__context", "outcomes")
    }
    facts = None
    if timed and not destroyed:
        facts = derivation.ClassFacts(
            training_class.training,  # type: ignore[arg-type]
            training_class.ends_on,
            tuple(timed),
            training_class.acknowledgement,
        )
    lines = []
    for trainee in trainees:
        certificate = certificates.get(trainee.pk)
        about = derivation.TraineeFacts(
            qualified=trainee.qualification_checked,
            in_person=trainee.impersonated_on is None,
            signatures=_signatures(signs[trainee.pk], answers[trainee.pk]),
            leaves=tuple(leaves[trainee.pk]),
            exempt=tuple(one.course for one in trainee.exemptions.all()),
            sittings=tuple(examination.Sitting(one.sat_on, one.mark) for one in sittings[trainee.pk]),
            practice_done=trainee.practice_until is not None,
            report_approved=trainee.report_approved_on is not None,
            issued_on=certificate.issued_on if certificate else None,
        )
        lines.append(
            _line(
                trainee,
                about,
                facts,
                certificate,
                sittings[trainee.pk],
                tuple(made_up[trainee.pk]),
                on,
                law,
                at,
                without=destroyed or "課程表尚無課程",
            )
        )
    return ClassChain(training_class, rows, facts, timetable.periods(timed), lines, destroyed)


def _destroyed(training_class: TrainingClass) -> str:
    """Only a closed class has records whose keeping is over."""
    if training_class.case.state != "closed":
        return ""
    gone = training_class.retentions.filter(decision="destroy", record__in=["sign_in", "roll_call", "marks"])
    labels = [one.get_record_display() for one in gone]
    return f"{'、'.join(labels)}保存期滿，已銷毀" if labels else ""


def _line(
    trainee: Trainee,
    about: derivation.TraineeFacts,
    facts: derivation.ClassFacts | None,
    certificate: Certificate | None,
    sittings: Sequence[Sitting],
    made_up: tuple[derivation.MadeUp, ...],
    on: date,
    law: Law,
    at: datetime | None,
    *,
    without: str,
) -> TraineeLine:
    if facts is None:
        return TraineeLine(trainee, about, None, certificate, tuple(sittings), without)
    try:
        chain = derivation.derive(facts, about, on=on, law=law, at=at)
        if made_up and (done_on := derivation.made_up_on(chain.courses, made_up)):
            about = replace(about, made_up_on=done_on)
            chain = derivation.derive(facts, about, on=on, law=law, at=at)
    except Impossible as error:
        return TraineeLine(trainee, about, None, certificate, tuple(sittings), str(error))
    return TraineeLine(trainee, about, chain, certificate, tuple(sittings))
