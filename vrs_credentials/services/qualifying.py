"""專業人員新資格申請: opened by the wizard's answers, filed when the checklist is complete (VRS-01)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from accounts.services.proving import prove_by_decision
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import ONE_DAY, roc, taipei_day
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from vrs_credentials.models import Certificate, FollowUp, Professional, Qualification
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.rules import qualification as rules
from vrs_credentials.rules import renewal
from vrs_credentials.selectors.papers import checklist, clause_row, qualification_of
from vrs_credentials.services.certifying import issue_certificate, set_follow_up
from vrs_credentials.services.deciding import decide_by_letter, tell_granted
from vrs_credentials.services.office import office
from vrs_credentials.states import QUALIFICATION_KIND

ANSWERS = ("chosen", "degree_name_matches", "has_service_record", "trained_before", "hired_on")


def _title(kind: str, speciality: str, name: str) -> str:
    more = f"（{KINDS[speciality]}）" if speciality else ""
    return f"{name} {KINDS[kind]}{more}資格申請"


def _clause_fits(kind: str, clause: str, on: date) -> None:
    try:
        rules.clause(kind, clause, on=on, law=law_in_force())
    except Impossible as error:
        raise Refused(str(error), field="clause") from error


@transaction.atomic
def start(
    *, person: User, kind: str, clause: str, speciality: str = "", answers: Mapping[str, Any], background: Mapping[str, Any],
    at: datetime,
) -> Qualification:  # fmt: skip
    """Open a draft. Raises Refused where the person holds this kind already, or has an application of it under way."""
    if not Professional.objects.filter(user=person).exists():
        raise Refused("請先填寫專業人員基本資料。")
    locking(User.objects).only("pk").get(pk=person.pk)  # two presses at once open one
    on = taipei_day(at)
    _clause_fits(kind, clause, on)
    if kind == "supervisor" and not speciality:
        raise Refused("請選擇所督導之業務。", field="speciality")
    same = {"kind": kind, "speciality": speciality}
    held = Certificate.objects.filter(holder=person, state=Certificate.State.VALID, ends_before__gt=on, **same).first()
    if held:
        raise Refused(f"您已有這項資格（{held.number}），到期前請辦理更新。", field="kind")
    running = Qualification.objects.filter(case__person=person, **same).exclude(
        case__state__in=("approved", "rejected", "withdrawn")
    )
    if first := running.select_related("case").first():
        raise Refused(f"您已有一件同類申請（{first.case.number}）辦理中。", field="kind")
    case = open_case(
        kind=QUALIFICATION_KIND,
        title=_title(kind, speciality, person.name),
        office=office(),
        person=person,
        by=person,
        at=at,
    )
    given = {name: answers[name] for name in ANSWERS if answers.get(name) is not None}
    return Qualification.objects.create(case=case, clause=clause, background=dict(background), **same, **given)


def save_answers(doing: Doing, *, clause: str, answers: Mapping[str, Any]) -> None:
    """Change clause or answers; papers uploaded before stay where the new checklist asks for them too."""
    one = qualification_of(doing.case)
    _clause_fits(one.kind, clause, doing.day)
    if clause != one.clause:
        doing.changes.append({"label": "遴用條款", "before": one.clause, "after": clause})
        one.chosen = ""
    one.clause = clause
    for name in ANSWERS:
        if name in answers:
            setattr(one, name, answers[name] if answers[name] is not None or name != "chosen" else "")
    one.save()


def declare_no_bar(doing: Doing) -> None:
    """Keep the 第14條消極資格聲明; said again it changes nothing."""
    one = qualification_of(doing.case)
    if one.no_bar_declared_at is None:
        one.no_bar_declared_at = doing.at
        one.save(update_fields=["no_bar_declared_at"])
        doing.move()


def papers_complete(case: Case, by: User | None, at: datetime) -> Sequence[Outcome]:
    """Refuse while a question, a paper or the declaration is missing (VRS-01)."""
    one = qualification_of(case)
    outcome = checklist(one, on=taipei_day(at), law=law_in_force())
    if outcome.result["questions"]:
        questions = "、".join(rules.QUESTIONS[name] for name in outcome.result["questions"])
        raise Refused(f"請先回答：{questions}", outcomes=[outcome])
    if not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    if one.no_bar_declared_at is None:
        raise Refused("請先聲明無準則第十四條所定不得擔任專業人員之情事。")
    return [outcome]


def approve_qualification(doing: Doing, *, letter_number: str, letter_on: date) -> None:
    """Give the certificate for the first period, and start the clock of training where the application names a day of hire."""
    case, by, at, law = doing.case, doing.by, doing.at, law_in_force()
    letter = decide_by_letter(doing, letter_number, letter_on)
    one = Qualification.objects.get(case=case)
    assert case.person is not None
    prove_by_decision(case.person, note=f"{case.number} 核定", by=by, at=at)  # the papers reviewed bear name and number
    starts_on, last_day = renewal.first_period(letter_on, law=law)
    certificate = issue_certificate(
        case, kind=one.kind, speciality=one.speciality, clause=one.clause, starts_on=starts_on, ends_before=last_day + ONE_DAY,
        letter_number=letter_number, letter_on=letter_on, by=by, at=at, law=law,
    )  # fmt: skip
    row = clause_row(one.kind, one.clause, on=letter_on, law=law)
    if one.hired_on and row["after"] and not one.trained_before:
        _hired_by_application(doing, certificate, one, row, law)
    period = f"{roc(starts_on)} 至 {roc(last_day)}"
    tell_granted(doing, letter, f"核定{certificate.kind_label}資格，有效期間 {period}。")


def _hired_by_application(doing: Doing, certificate: Certificate, one: Qualification, row: Any, law: Law) -> None:
    """The application named the day; the consent is among its papers."""
    assessor = row["after"] == "assessor"
    made = FollowUp.objects.create(
        certificate=certificate, follow_up=row["after"], hired_on=one.hired_on, consent="consent" in row["documents"] or one.trained_before is False,
        before_hours=row["before"] if assessor else 0, case_manager_years=row["years"] if assessor else 0,
    )  # fmt: skip
    set_follow_up(made, case=doing.case, by=doing.by, at=doing.at, law=law)
