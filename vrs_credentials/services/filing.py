"""Filing 送審, supplements and withdrawing: the same for every kind of case of the scheme."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from casework.cases import corrections
from casework.cases.casetypes import CaseType, casetype
from casework.cases.moving import lock, move, set_people
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import roc, taipei_day
from kernel.law import Law
from kernel.outcome import Outcome
from vrs_credentials.models import SessionCase
from vrs_credentials.rules import courses
from vrs_credentials.services.office import tell_applicant, tell_office

SUPPLEMENT = "vrs_credentials.supplement"

#: What must hold for filing: returns the outcomes the filing rests on, raises Refused.
Check = Callable[[Case, User | None, datetime], Sequence[Outcome]]
#: What else filing does (a number, the day of application).
After = Callable[[Case, User, datetime], None]
#: What approval does: returns the sentence the applicant is told, may raise Refused.
Effect = Callable[[Case, str, date, dict[str, Any], User, datetime, Law], str]


@dataclass(frozen=True)
class Steps:
    """What filing and approving a kind of case do beside what is alike for all."""

    check: Check
    effect: Effect
    after: After | None = None


@dataclass(frozen=True, kw_only=True)
class Kind(CaseType):
    """A kind of case of this scheme. `on_close`: what it held is free again when a case ends."""

    steps: Steps
    on_close: tuple[Callable[[Case, datetime], None], ...]


def kind_of(case: Case) -> Kind:
    found = casetype(case.kind)
    assert isinstance(found, Kind)
    return found


def may_file(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 送審 and 補件."""
    kind_of(case).steps.check(case, by, at)


def why_not_file(case: Case, user: User, at: datetime) -> str:
    try:
        kind_of(case).steps.check(case, user, at)
    except Refused as error:
        return error.message
    return ""


def _people(case: Case) -> Iterable[tuple[str, str]]:
    person = case.person
    return [(person.national_id, person.name)] if person and person.national_id else []


@transaction.atomic
def file(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """送審. Raises Refused with what is missing, Stale, NotPermitted, NotAllowed."""
    case = lock(case, version=version)
    outcomes = kind_of(case).steps.check(case, by, at) if case.state == "draft" else ()
    move(case, "file", by=by, at=at, outcomes=outcomes)
    case.filed_at, case.received_on = at, taipei_day(at)
    if after := kind_of(case).steps.after:
        after(case, by, at)
    set_people(case, _people(case))
    case.save()
    tell_office(case, "filed", "新收件", f"「{case.title}」已送審，案號 {case.number}，請檢查送審文件。", at=at)
    tell_applicant(
        case,
        "receipt",
        "已收到您的申請",
        f"案號 {case.number}，由{case.office.name}辦理，進度可在「我的申請」查看。",
        at=at,
    )
    return case


@transaction.atomic
def ask_supplement(
    case: Case, *, items: Sequence[corrections.Item], message: str, by: User, at: datetime, version: int | None = None,
    due_on: date | None = None,
) -> Case:  # fmt: skip
    """通知補件, item by item. A course has two days (VRS-07); for the others the officer names the day."""
    case = lock(case, version=version)
    on, law = taipei_day(at), law_in_force()
    citation, outcome = "說明書貳、一（缺件另行通知）", None
    if case.kind == "vrs_credentials.course":
        outcome = courses.supplement_due(courses.SupplementFacts(on), on=on, law=law)
        due_on, citation = date.fromisoformat(outcome.result["due_on"]), "說明書肆、重要提醒1"
    if due_on is None:
        raise Refused("請填寫補件期限。", field="due_on")
    corrections.ask(case, items=items, message=message, due_on=due_on, by=by, at=at)
    lines = "\n".join(f"．{item['label']}：{item['problem']}" for item in items)
    before = case.state
    move(case, "ask_supplement", by=by, at=at, reason=message or lines)
    if before == "committee":
        _off_the_agenda(case, at)
    case.save()
    set_deadline(
        code=SUPPLEMENT, rule="VRS-07" if outcome else "VRS-03", label="補件期限", citation=citation, counted_from=on,
        due_on=due_on, at=at, case=case, outcome=outcome, remind_days=(1,) if outcome else (7, 1),
    )  # fmt: skip
    tell_applicant(case, "supplement", "請補件", f"{lines}\n{message}\n\n請於 {roc(due_on)} 前補件。", at=at)
    return case


def _off_the_agenda(case: Case, at: datetime) -> None:
    SessionCase.objects.filter(case=case, decision="").delete()


@transaction.atomic
def supply(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """補件: every item answered, and everything filing asks for."""
    case = lock(case, version=version)
    corrections.close(case, by=by, at=at)
    outcomes = kind_of(case).steps.check(case, by, at) if case.state == "supplement" else ()
    move(case, "supply", by=by, at=at, outcomes=outcomes)
    case.save()
    meet_deadline(code=SUPPLEMENT, at=at, case=case)
    tell_office(case, "supplied", "已補件", f"「{case.title}」已完成補件，請繼續檢查。", at=at)
    return case


def closed(case: Case, at: datetime) -> None:
    withdraw_all(at=at, case=case)
    for function in kind_of(case).on_close:
        function(case, at)


@transaction.atomic
def withdraw(case: Case, *, by: User, at: datetime, version: int | None = None, reason: str = "") -> Case:
    """撤回."""
    case = lock(case, version=version)
    move(case, "withdraw", by=by, at=at, reason=reason)
    case.save()
    closed(case, at)
    return case
