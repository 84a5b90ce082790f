"""Filing 送件, filing again after corrections, withdrawing."""

from collections.abc import Sequence
from datetime import date, datetime

from accounts.models import Organisation, User
from casework.cases import corrections
from casework.cases.doing import Doing
from casework.cases.moving import set_people
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.models.notice import page
from casework.notices.outbox import notify
from casework.notices.telling import tell_office
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from ojt_accounts.models import AccountForm, Application
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
from ojt_accounts.services.preparing import check_account_form, not_released

HANDLE, CORRECT = "ojt_accounts.handle", "ojt_accounts.correct"
#: As many of the missing things are named as somebody reads on a button.
NAMED = 3


def unit_of(case: Case) -> list[Organisation]:
    """Held with the case: a unit never files while the branch gives its number back (services.releasing)."""
    return [case.organisation] if case.organisation else []


def unit_stands(case: Case, by: User | None, at: datetime) -> None:
    if case.organisation:
        not_released(case.organisation)


def intake_open(case: Case, by: User | None, at: datetime) -> None:
    """Asked of the first filing; a correction is the unit's for its own term."""
    intake = case.ojt_application.intake
    if intake and taipei_day(at) > intake.closes_on:
        raise Refused(f"受理申請已於 {roc(intake.closes_on)} 截止，請於下一次受理期間申請。")


def all_answered(case: Case, by: User | None, at: datetime) -> None:
    if left := corrections.unanswered(case):
        raise Refused(f"尚有 {len(left)} 項補正未回復：{'、'.join(item.label for item in left)}。")


def may_file(case: Case, by: User | None, at: datetime) -> Sequence[Outcome]:
    """Everything asked for is there (OA-01), the unit may apply (OA-03, OA-04), seats suffice (OA-07)."""
    application, on, law = application_of(case), taipei_day(at), law_in_force()
    facts = checklist_facts(application)
    if facts.registered is not None:
        fits = papers.kind_fits(facts.kind, registered=facts.registered, branch=facts.branch, on=on, law=law)
        if not fits.met:
            raise Refused(fits.sentence, outcomes=[fits])
    checklist = papers.checklist(facts, on=on, law=law)
    left = [line.text for line in checklist.refusals]
    if missing := standing_missing(application):
        left.append("尚未填寫" + "、".join(missing))
    if left:
        more = "等" if len(left) > NAMED else ""
        raise Refused(f"尚缺 {len(left)} 項：{'；'.join(left[:NAMED])}{more}，請看檢核表。", outcomes=[checklist])
    judged = [*standing_outcomes(application, on=on, law=law)]
    if application.kind != Application.Kind.CANCELLATION:
        judged.append(account_rules.seats(seat_facts(application), on=on, law=law))
    if refused := [one for one in judged if one.met is False]:
        raise Refused("".join(dict.fromkeys(one.sentence for one in refused)), outcomes=refused)
    return [checklist, *judged]


def file_application(doing: Doing) -> None:
    """送件: the branch has it from today, the unit gets a receipt."""
    _hand_in(doing)
    case = doing.case
    notify(
        users=[doing.by],
        code="ojt_accounts.receipt",
        subject=f"已收到您的申請：{case.number}",
        body=f"您的「{case.title}」已送出，案號 {case.number}，由{case.office}審查。進度可在「我的申請」查看。",
        key=f"receipt:{case.number}",
        case=case,
        link=page("casework:case", case.number),
        at=doing.at,
    )


def refile_application(doing: Doing) -> None:
    """補正後重新送件: the request ends with its term, the branch's term begins anew."""
    corrections.close(doing.case, by=doing.by, at=doing.at)
    meet_deadline(code=CORRECT, at=doing.at, case=doing.case)
    _hand_in(doing)


def _hand_in(doing: Doing) -> None:
    case, application = doing.case, application_of(doing.case)
    for form in live_forms(application):
        _check_again(application, form, on=doing.day)
    case.filed_at = case.filed_at or doing.at
    case.received_on = doing.day
    set_people(
        case,
        [
            *((form.national_id, form.name) for form in live_forms(application)),
            *((pledge.national_id, pledge.name) for pledge in live_pledges(application)),
        ],
    )
    set_handling(case, at=doing.at)
    body = f"{case.organisation} 已送出「{case.title}」，請審查。"
    tell_office(case, "ojt_accounts.filed", "新收件", body, right=SIGN_OFFICER, at=doing.at)


def _check_again(application: Application, form: AccountForm, *, on: date) -> None:
    """What stood when the form was saved may have been taken by somebody since."""
    names = ("name", "national_id", "request", "account_name", "email", "plans", "whole_account")
    data = {name: getattr(form, name) for name in names}
    try:
        check_account_form(application, data, position=form.position, on=on)
    except Refused as error:
        raise Refused(f"{form.label}的申請單：{error.message}", outcomes=error.outcomes) from error


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


def withdraw_application(doing: Doing) -> None:
    """撤回: nothing is asked for any more."""
    withdraw_all(at=doing.at, case=doing.case)
