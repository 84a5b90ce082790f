"""Filing 送件, filing again after corrections, withdrawing."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from casework.cases import corrections
from casework.cases.moving import lock, move, set_people
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.outbox import notify
from casework.notices.telling import tell_office
from kernel.dates import roc, taipei_day
from ojt_accounts.models import Application
from ojt_accounts.permissions import SIGN_OFFICER
from ojt_accounts.rules import accounts as account_rules
from ojt_accounts.rules import papers
from ojt_accounts.rules.terms import handling_term
from ojt_accounts.selectors import (
    application_of,
    checklist_facts,
    live_forms,
    live_pledges,
    seat_facts,
    standing_missing,
    standing_outcomes,
)
from ojt_accounts.services.editing import hold_unit
from ojt_accounts.services.preparing import check_account_form

HANDLE, CORRECT = "ojt_accounts.handle", "ojt_accounts.correct"


def may_file(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 送件: everything asked for is there (OA-01), the unit may apply (OA-03, OA-04), seats suffice (OA-07)."""
    application, on, law = application_of(case), taipei_day(at), law_in_force()
    if case.state == "draft" and application.intake and on > application.intake.closes_on:
        raise Refused(f"受理申請已於 {roc(application.intake.closes_on)} 截止，請於下一次受理期間申請。")
    facts = checklist_facts(application)
    if facts.registered is not None:
        fits = papers.kind_fits(facts.kind, registered=facts.registered, branch=facts.branch, on=on, law=law)
        if not fits.met:
            raise Refused(fits.sentence, outcomes=[fits])
    checklist = papers.checklist(facts, on=on, law=law)
    if not checklist.met:
        raise Refused("文件尚未齊備：" + checklist.sentence, outcomes=[checklist])
    if missing := standing_missing(application):
        raise Refused("請先填寫：" + "、".join(missing) + "。")
    for form in live_forms(application):
        data = {
            "name": form.name,
            "national_id": form.national_id,
            "request": form.request,
            "account_name": form.account_name,
            "email": form.email,
            "plans": form.plans,
            "whole_account": form.whole_account,
        }
        try:
            check_account_form(application, data, position=form.position, on=on)
        except Refused as error:
            raise Refused(f"{form.label}的申請單：{error.message}", outcomes=error.outcomes) from error
    judged = [*standing_outcomes(application, on=on, law=law)]
    if application.kind != Application.Kind.CANCELLATION:
        judged.append(account_rules.seats(seat_facts(application), on=on, law=law))
    if refused := [one for one in judged if one.met is False]:
        raise Refused("".join(dict.fromkeys(one.sentence for one in refused)), outcomes=refused)


def _filed(case: Case, *, by: User, at: datetime) -> None:
    application = application_of(case)
    case.filed_at = case.filed_at or at
    case.received_on = taipei_day(at)
    set_people(
        case,
        [
            *((form.national_id, form.name) for form in live_forms(application)),
            *((pledge.national_id, pledge.name) for pledge in live_pledges(application)),
        ],
    )
    set_handling(case, at=at)
    body = f"{case.organisation} 已送出「{case.title}」，請審查。"
    tell_office(case, "ojt_accounts.filed", "新收件", body, right=SIGN_OFFICER, at=at)


def set_handling(case: Case, *, at: datetime) -> None:
    """The branch's term of review, from the day the case is in its hands."""
    on = taipei_day(at)
    term = handling_term(on, on=on, law=law_in_force())
    set_deadline(
        code=HANDLE,
        rule="OA-21",
        label="分署審查",
        citation=term.lines[0].citation,
        counted_from=on,
        due_on=date.fromisoformat(term.result["due_on"]),
        at=at,
        case=case,
        outcome=term,
        remind_days=(3, 1),
    )


@transaction.atomic
def file_application(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """送件. Raises Refused with the missing items, Stale, NotPermitted, NotAllowed."""
    hold_unit(case.organisation_id)
    case = lock(case, version=version)
    checklist = papers.checklist(checklist_facts(application_of(case)), on=taipei_day(at), law=law_in_force())
    move(case, "file", by=by, at=at, outcomes=[checklist])
    _filed(case, by=by, at=at)
    case.save()
    notify(
        users=[by],
        code="ojt_accounts.receipt",
        subject=f"已收到您的申請：{case.number}",
        body=f"您的「{case.title}」已送出，案號 {case.number}，由{case.office}審查。進度可在「我的申請」查看。",
        key=f"receipt:{case.number}",
        case=case,
        link=f"/cases/{case.number}/",
        at=at,
    )
    return case


@transaction.atomic
def refile(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """補正後重新送件: every item answered, and the checks of filing again."""
    hold_unit(case.organisation_id)
    case = lock(case, version=version)
    corrections.close(case, by=by, at=at)
    move(case, "refile", by=by, at=at)
    meet_deadline(code=CORRECT, at=at, case=case)
    _filed(case, by=by, at=at)
    case.save()
    return case


@transaction.atomic
def withdraw(case: Case, *, by: User, at: datetime, version: int | None = None, reason: str = "") -> Case:
    """撤回: nothing is asked for any more."""
    case = lock(case, version=version)
    move(case, "withdraw", by=by, at=at, reason=reason)
    withdraw_all(at=at, case=case)
    return case
