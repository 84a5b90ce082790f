"""專業人員新資格申請: opened by the wizard's answers, filed when the checklist is complete (VRS-01)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases.events import record
from casework.cases.moving import open_case
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import taipei_day
from kernel.facts import Impossible
from kernel.outcome import Outcome
from vrs_credentials.models import Certificate, Professional, Qualification
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.rules import qualification as rules
from vrs_credentials.selectors.papers import checklist, qualification_of
from vrs_credentials.services.certifying import give_qualification
from vrs_credentials.services.filing import Steps
from vrs_credentials.services.office import office
from vrs_credentials.services.uploading import editable
from vrs_credentials.states import QUALIFICATION

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
        kind=QUALIFICATION.kind,
        title=_title(kind, speciality, person.name),
        office=office(),
        person=person,
        by=person,
        at=at,
    )
    given = {name: answers[name] for name in ANSWERS if answers.get(name) is not None}
    return Qualification.objects.create(case=case, clause=clause, background=dict(background), **same, **given)


@transaction.atomic
def save_answers(
    case: Case, *, clause: str, answers: Mapping[str, Any], by: User, at: datetime, version: int | None = None
) -> Qualification:
    """Change clause or answers; papers uploaded before stay where the new checklist asks for them too."""
    case = editable(case, by=by, version=version)
    one = qualification_of(case)
    _clause_fits(one.kind, clause, taipei_day(at))
    changes = [{"label": "遴用條款", "before": one.clause, "after": clause}] if clause != one.clause else []
    if clause != one.clause:
        one.chosen = ""
    one.clause = clause
    for name in ANSWERS:
        if name in answers:
            setattr(one, name, answers[name] if answers[name] is not None or name != "chosen" else "")
    one.save()
    record(case, "answers.saved", "填寫資格條款與問題", by=by, at=at, changes=changes)
    return one


@transaction.atomic
def declare_no_bar(case: Case, *, by: User, at: datetime, version: int | None = None) -> None:
    """第14條消極資格聲明."""
    case = editable(case, by=by, version=version)
    one = qualification_of(case)
    if one.no_bar_declared_at is None:
        one.no_bar_declared_at = at
        one.save(update_fields=["no_bar_declared_at"])
        record(case, "no_bar.declared", "聲明無準則第十四條各款情事", by=by, at=at, clause="準則第14條")


def may_file(case: Case, by: User | None, at: datetime) -> Sequence[Outcome]:
    """Guard papers_complete."""
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


STEPS = Steps(may_file, give_qualification)
