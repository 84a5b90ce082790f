"""帳號使用（停用）申請 on the applicant's side: the user fills in, the head approves, the window files (S45-01, S45-02, S45-04)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from accounts.rights import can, permission_row
from casework.cases.changing import rewrite
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.cases.signoffs import sign
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, CaseUserObjectPermission, SignOff
from casework.models.notice import page
from casework.notices.outbox import notify
from casework.notices.telling import tell
from casework.papers.wordings import wording
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from senior45.models import AccountRequest, SiteAccount, SiteOffice
from senior45.params import RIGHT_LABELS
from senior45.permissions import APPROVE, FILE, SUBMIT
from senior45.rules.rights import SeatFault
from senior45.selectors import (
    FORM,
    HEAD_CHAIN,
    answer_outcome,
    digest_of,
    heads_of,
    holder_outcome,
    lacks_consent,
    openers_of,
    opening_office,
    request_of,
    routing_outcome,
    seat_outcomes,
    windows_of,
)
from senior45.services import leavers
from senior45.states import REQUEST_ENDS, REQUEST_KIND
from senior45.wordings import TERMS

ANSWER = "senior45.answer"
FORM_LABEL = "帳號使用（停用）申請表"
STOP, NEW, RESUME = AccountRequest.Change.STOP, AccountRequest.Change.NEW, AccountRequest.Change.RESUME


# --- filling in ------------------------------------------------------------------------------------------------------


@transaction.atomic
def start(
    *,
    office: SiteOffice,
    change: str,
    data: Mapping[str, Any],
    by: User,
    at: datetime,
    account: SiteAccount | None = None,
) -> AccountRequest:
    """A new form. 新增 and 恢復使用 are the user's own; 停止使用 the user's or the window's. Raises Refused, NotPermitted."""
    on, law = taipei_day(at), law_in_force()
    is_window = can(by, FILE, office.organisation)
    if change == STOP:
        if account is None or account.office_id != office.pk:
            raise Refused("請選擇要停止使用的帳號。", field="account")
        if not account.is_open:
            raise Refused("這個帳號已停用，不必再申請。", field="account")
        if account.user_id != by.pk and not is_window:
            raise NotPermitted("只有本人或指定聯繫窗口可以申請停止使用。")
        person = account.user
    else:
        person = by
        account = SiteAccount.objects.filter(user=by, office=office).first()
        if change == RESUME and (account is None or account.is_open):
            raise Refused("您在這個機關沒有已停用的帳號，請改選「新增」。", field="change")
        if change == NEW and account is not None:
            wrong = "已有使用中的帳號" if account.is_open else "的帳號已停用，請改申請「恢復使用」"
            raise Refused(f"您在{office}{wrong}。", field="change")
    # the office is the queue: of two presses at once one opens a request (a trigger says so too)
    locking(SiteOffice.objects).only("pk").get(pk=office.pk)
    running = AccountRequest.objects.filter(office=office, case__person=person).exclude(case__state__in=REQUEST_ENDS)
    if other := running.select_related("case").first():
        raise Refused(
            f"{person.name}在{office}已有辦理中的申請（{other.case.number}），請先辦結或撤回。", field="change"
        )
    label = AccountRequest.Change(change).label
    case = open_case(
        kind=REQUEST_KIND,
        title=f"45+ 帳號{label}：{person.name}（{office}）"[:200],
        office=opening_office(office, on=on, law=law).organisation,
        organisation=office.organisation,
        person=person,
        by=by,
        at=at,
    )
    _grant(case, by, SUBMIT)
    given = {name: data[name] for name in AccountRequest.FIELDS if name in data}
    return AccountRequest.objects.create(case=case, office=office, account=account, **{**given, "change": change})


def _grant(case: Case, user: User, code: str) -> None:
    """A right on this one case. The row is written past guardian's check, which knows only rights of the Case model itself."""
    CaseUserObjectPermission.objects.bulk_create(
        [CaseUserObjectPermission(user=user, permission=permission_row(code), content_object=case)],
        ignore_conflicts=True,
    )


def save_request(doing: Doing, *, data: Mapping[str, Any]) -> AccountRequest:
    """Change what is written on the form, while it is in the applicant's hands.

    The user's signature stood for the words as they were: whoever changes them, the user signs anew.
    """
    case, request = doing.case, request_of(doing.case)
    fields = [name for name in AccountRequest.FIELDS if name in data and name != "change"]
    doing.changes += rewrite(request, {name: data[name] for name in fields}, labels={"rights": RIGHT_LABELS})
    if doing.changes:
        signed = request.accepted_at is not None
        request.terms = request.accepted_at = None
        request.save()
        doing.move()
        if signed and case.person is not None and case.person_id != doing.by.pk:
            body = (
                f"{doing.by.name}修改了「{case.title}」的申請表，您原來的簽署因此失效。"
                "請登入確認內容，同意使用規定後重新送單位主管核定。"
            )
            tell([case.person], case, "senior45.sign_again", f"請重新簽署：{case.number}", body, at=doing.at)
    return request


def consent_is_the_users(case: Case, by: User | None, at: datetime) -> None:
    """Nobody accepts the terms in somebody's name (S45-07)."""
    if by is not None and lacks_consent(case, by):
        name = request_of(case).name
        raise Refused(f"須由申請人{name}本人登入，閱讀並同意使用規定（第5點、第6點）後送出。")


#: Where the form is put right.
FIELD_OF = {SeatFault.ROLE: "role", SeatFault.ROLE_TEXT: "role_text"}


def may_hold_account(case: Case, by: User | None, at: datetime) -> Outcome | None:
    """Who may hold an account (S45-01), and which rights this office can give (S45-08); refused at the field of the form."""
    request, on, law = request_of(case), taipei_day(at), law_in_force()
    if request.change == STOP:
        if not request.stop_reason.strip() and request.leaves_on is None:
            raise Refused("請填寫停用原因；離職者請填離職生效日。", field="stop_reason")
        return None
    judged = holder_outcome(request, on=on, law=law)
    if not judged.met:
        raise Refused(f"{judged.sentence}（{judged.refusals[0].citation}）", field="duty", outcomes=[judged])
    if not request.rights:
        raise Refused("請至少選擇一項使用者權限（附件1）。", field="rights")
    for seat in seat_outcomes(request, on=on, law=law):
        if not seat.met:
            faults = seat.result["faults"]
            how = "；如為職務交接，請勾選「接替現任人員」" if SeatFault.FULL in faults else ""
            field = next((FIELD_OF[one] for one in faults if one in FIELD_OF), "rights")
            raise Refused(f"{seat.sentence.rstrip('。')}（附件1）{how}。", field=field, outcomes=[seat])
    return judged


def submit_request(doing: Doing, *, accepted: bool = False) -> None:
    """Send the form to the head; the text that the user accepts is kept with its version (S45-07)."""
    case, request = doing.case, request_of(doing.case)
    if request.change != STOP:
        if accepted and case.person_id == doing.by.pk:
            request.terms, request.accepted_at = wording(TERMS, on=doing.day), doing.at
            request.save(update_fields=["terms", "accepted_at"])
        if request.accepted_at is None:
            raise Refused("請閱讀並同意使用規定（第5點、第6點）。", field="accepted")
    heads = _heads(doing, request)
    doing.move()
    body = f"{request.name}申請「{request.get_change_display()}」45+就業資源網帳號（{request.office}），案號 {case.number}，請核定。"
    tell(heads, case, "senior45.to_head", f"請核定：{case.title}", body, at=doing.at)


def _heads(doing: Doing, request: AccountRequest) -> list[User]:
    """Who can approve: nobody their own form, nor one they sent. Where the unit has no other head, one of the office above does, on
    this case.
    """
    case, office = doing.case, request.office
    sent = case.events.filter(code=doing.act.code).values_list("by", flat=True)
    not_these = {doing.by.pk, case.person_id, *sent}
    opener = opening_office(office, on=taipei_day(case.created_at), law=law_in_force())
    for place in (office, office.bureau, office.branch, opener):
        heads = [one for one in heads_of(place) if one.pk not in not_these] if place else []
        if heads:
            for head in heads if place != office else ():
                _grant(case, head, APPROVE)
            return heads
    raise Refused(f"{office}尚未設定單位主管，請洽{case.office}設定後再送出。")


# --- the head --------------------------------------------------------------------------------------------------------


def not_their_own(case: Case, by: User | None, at: datetime) -> None:
    """Nobody approves their own form; a stop of one's own account they may."""
    if by is not None and case.person_id == by.pk and request_of(case).change != STOP:
        raise Refused("不能核定自己的申請，請由其他主管或上級機關主管核定。")


def approve_request(doing: Doing, *, comment: str = "") -> None:
    """Sign for the unit, over the form as it stands, and tell the window."""
    case, request = doing.case, request_of(doing.case)
    sign(
        case, form=FORM, form_label=FORM_LABEL, chain=HEAD_CHAIN, digest=digest_of(request), by=doing.by, at=doing.at,
        comment=comment, clause="第3點第1款、第2款",
    )  # fmt: skip
    doing.move()
    body = f"「{case.title}」已經單位主管 {doing.by.name} 核定，請以聯繫窗口身分向{case.office}提出申請。"
    tell(windows_of(request.office), case, "senior45.to_window", f"請提出申請：{case.title}", body, at=doing.at)


def decline_request(doing: Doing) -> None:
    """Give the form back to the user, with the head's reason."""
    case = doing.case
    sign_back(doing)
    doing.move()
    body = f"「{case.title}」由單位主管退回。\n\n理由：{doing.reason}"
    tell(applicants(case), case, "senior45.declined", f"單位主管退回：{case.number}", body, at=doing.at)


def sign_back(doing: Doing) -> None:
    """A return ends the round of signatures: after mending, the head signs anew even where nothing was changed."""
    sign(
        doing.case, form=FORM, form_label=FORM_LABEL, chain=HEAD_CHAIN, digest=digest_of(request_of(doing.case)), by=doing.by,
        at=doing.at, comment=doing.reason, decision=SignOff.Decision.RETURN, clause="第3點",
    )  # fmt: skip


# --- the window ------------------------------------------------------------------------------------------------------


def head_then_window(case: Case, by: User | None, at: datetime) -> Outcome:
    """Filed after the head, by the window (S45-02)."""
    by_window = by is not None and can(by, FILE, case)
    return routing_outcome(request_of(case), by_window=by_window, on=taipei_day(at), law=law_in_force())


def file_request(doing: Doing) -> None:
    """Put the request before whoever opens: received the same moment, answered within five working days (S45-03)."""
    case, request, on, law = doing.case, request_of(doing.case), doing.day, law_in_force()
    case.office = opening_office(request.office, on=on, law=law).organisation
    case.filed_at = case.filed_at or doing.at
    case.received_on = on
    request.window, request.answered_on = doing.by, None
    request.save(update_fields=["window", "answered_on"])
    doing.move()
    answer = answer_outcome(case, request, on=on, law=law)
    assert answer is not None  # received_on is set
    due_on = date.fromisoformat(answer.result["answer_by"])
    set_deadline(
        code=ANSWER, rule="S45-03", label="回覆帳號申請", citation=answer.lines[0].citation, counted_from=on, due_on=due_on,
        at=doing.at, case=case, outcome=answer, remind_days=(1,),
    )  # fmt: skip
    if request.change == STOP and request.account is not None:
        meet_deadline(code=leavers.LEAVER, at=doing.at, thing=request.account)
    notify(
        users=openers_of(case.office), code="senior45.filed", subject=f"新收件：{case.title}",
        body=f"{request.office}提出「{case.title}」，案號 {case.number}，應於 {roc(due_on)} 前回覆。",
        key=f"s45.filed:{case.number}:{case.events_count}", case=case, link=page("admin:case", case.number), at=doing.at,
    )  # fmt: skip
    body = f"您的申請已由聯繫窗口向{case.office}提出，將於 {roc(due_on)} 前回覆。"
    tell(applicants(case), case, "senior45.filed_copy", f"已提出申請：{case.number}", body, at=doing.at)


def withdraw_request(doing: Doing) -> None:
    """Ask for nothing any more; of a stop that was filed, the leaver's days count again."""
    withdraw_all(at=doing.at, case=doing.case)
    if doing.case.state == "filed":
        rearm_leaver(request_of(doing.case), at=doing.at)


def rearm_leaver(request: AccountRequest, *, at: datetime) -> None:
    """A stop that did not come about is not filed: the leaver's three working days stand as they were."""
    account = request.account
    if (
        request.change == STOP
        and account is not None
        and account.is_open
        and account.leaves_on
        and account.leaving_reported_by
    ):
        leavers.count_again(account, at=at)


# --- telling ---------------------------------------------------------------------------------------------------------


def applicants(case: Case) -> list[User]:
    """Whoever filled it in, and the person it is about."""
    people = {one.pk: one for one in (case.person, case.created_by) if one is not None}
    return list(people.values())
