"""帳號使用（停用）申請 on the applicant's side: the user fills in, the head approves, the window files (S45-01, S45-02, S45-04)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from accounts.rights import can, permission_row
from casework.cases.changing import rewrite
from casework.cases.events import record
from casework.cases.moving import lock, move, open_case, require
from casework.cases.signoffs import sign
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, CaseUserObjectPermission, SignOff
from casework.notices.outbox import notify
from casework.notices.telling import tell
from casework.papers.wordings import wording
from kernel.dates import roc, taipei_day
from senior45.models import AccountRequest, SiteAccount, SiteOffice
from senior45.params import RIGHT_LABELS
from senior45.permissions import APPROVE, FILE, SUBMIT
from senior45.rules.rights import SeatFault
from senior45.selectors import (
    FORM,
    HEAD_CHAIN,
    answer_outcome,
    current_holder,
    digest_of,
    heads_of,
    holder_outcome,
    openers_of,
    opening_office,
    request_of,
    routing_outcome,
    seat_outcome,
    windows_of,
)
from senior45.services import leavers
from senior45.wordings import TERMS

KIND = "senior45.request"
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
    running = AccountRequest.objects.filter(office=office, case__person=person).exclude(
        case__state__in=("done", "refused", "withdrawn")
    )
    if other := running.select_related("case").first():
        raise Refused(
            f"{person.name}在{office}已有辦理中的申請（{other.case.number}），請先辦結或撤回。", field="change"
        )
    label = AccountRequest.Change(change).label
    case = open_case(
        kind=KIND,
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


@transaction.atomic
def save(case: Case, *, data: Mapping[str, Any], by: User, at: datetime, version: int | None = None) -> AccountRequest:
    """Change what is written on the form, while it is in the applicant's hands.

    The user's signature stood for the words as they were: whoever changes them, the user signs anew.
    """
    case = lock(case, version=version)
    require(by, SUBMIT, case)
    if case.state not in ("draft", "returned"):
        raise Refused("申請已送出，目前不能修改。")
    request = request_of(case)
    fields = [name for name in AccountRequest.FIELDS if name in data and name != "change"]
    changes = rewrite(request, {name: data[name] for name in fields}, labels={"rights": RIGHT_LABELS})
    if changes:
        signed = request.accepted_at is not None
        request.terms = request.accepted_at = None
        request.save()
        record(case, "edited", "修改申請表", by=by, at=at, changes=changes)
        if signed and case.person is not None and case.person_id != by.pk:
            body = (
                f"{by.name}修改了「{case.title}」的申請表，您原來的簽署因此失效。"
                "請登入確認內容，同意使用規定後重新送單位主管核定。"
            )
            tell([case.person], case, "senior45.sign_again", f"請重新簽署：{case.number}", body, at=at)
    return request


#: Where the form is put right.
FIELD_OF = {SeatFault.ROLE: "role", SeatFault.ROLE_TEXT: "role_text"}


def may_submit(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 送單位主管 (S45-01): who may hold an account, and which rights this office can give."""
    request, on, law = request_of(case), taipei_day(at), law_in_force()
    if request.change == STOP:
        if not request.stop_reason.strip() and request.leaves_on is None:
            raise Refused("請填寫停用原因；離職者請填離職生效日。", field="stop_reason")
        return
    judged = holder_outcome(request, on=on, law=law)
    if not judged.met:
        raise Refused(f"{judged.sentence}（{judged.refusals[0].citation}）", field="duty", outcomes=[judged])
    if not request.rights:
        raise Refused("請至少選擇一項使用者權限（附件1）。", field="rights")
    for right in request.rights:
        held = current_holder(request.office, right, on=on)
        seat = seat_outcome(request, right, on=on, law=law, leaving=held if request.hand_over else None)
        if not seat.met:
            faults = seat.result["faults"]
            how = "；如為職務交接，請勾選「接替現任人員」" if SeatFault.FULL in faults else ""
            field = next((FIELD_OF[one] for one in faults if one in FIELD_OF), "rights")
            raise Refused(f"{seat.sentence.rstrip('。')}（附件1）{how}。", field=field, outcomes=[seat])
    if request.accepted_at is None:
        raise Refused("請閱讀並同意使用規定（第5點、第6點）。", field="accepted")


@transaction.atomic
def submit(case: Case, *, accepted: bool = False, by: User, at: datetime, version: int | None = None) -> Case:
    """送單位主管核定. The text accepted is kept with its version (S45-07). Raises Refused with the clause."""
    case = lock(case, version=version)
    request = request_of(case)
    if accepted and request.change != STOP and case.person_id == by.pk:
        request.terms, request.accepted_at = wording(TERMS, on=taipei_day(at)), at
        request.save(update_fields=["terms", "accepted_at"])
    heads = [one for one in heads_of(request.office) if one.pk not in (by.pk, case.person_id)]
    if not heads:
        heads = _heads_above(case, request)
    outcomes = [] if request.change == STOP else [holder_outcome(request, on=taipei_day(at), law=law_in_force())]
    move(case, "submit", by=by, at=at, outcomes=outcomes)
    body = f"{request.name}申請「{request.get_change_display()}」45+就業資源網帳號（{request.office}），案號 {case.number}，請核定。"
    tell(heads, case, "senior45.to_head", f"請核定：{case.title}", body, at=at)
    return case


def _heads_above(case: Case, request: AccountRequest) -> list[User]:
    """Nobody approves their own form: where the only head is the applicant, the head of the office above does, on this case."""
    office = request.office
    for above in (office.bureau, office.branch, None):
        place = above or opening_office(office, on=taipei_day(case.created_at), law=law_in_force())
        heads = [one for one in heads_of(place) if one.pk != case.person_id]
        if heads and place.pk != office.pk:
            for head in heads:
                _grant(case, head, APPROVE)
            return heads
    raise Refused(f"{office}尚未設定單位主管，請洽{case.office}設定後再送出。")


# --- the head --------------------------------------------------------------------------------------------------------


def _not_own(case: Case, by: User) -> None:
    if case.person_id == by.pk and request_of(case).change != STOP:
        raise Refused("不能核定自己的申請，請由其他主管或上級機關主管核定。")


@transaction.atomic
def approve(case: Case, *, by: User, at: datetime, comment: str = "", version: int | None = None) -> Case:
    """單位主管核定: signed over the form as it stands."""
    case = lock(case, version=version)
    _not_own(case, by)
    request = request_of(case)
    sign(
        case, form=FORM, form_label=FORM_LABEL, chain=HEAD_CHAIN, digest=digest_of(request), by=by, at=at, comment=comment,
        clause="第3點第1款、第2款",
    )  # fmt: skip
    move(case, "approve", by=by, at=at)
    windows = windows_of(request.office)
    body = f"「{case.title}」已經單位主管 {by.name} 核定，請以聯繫窗口身分向{case.office}提出申請。"
    tell(windows, case, "senior45.to_window", f"請提出申請：{case.title}", body, at=at)
    return case


@transaction.atomic
def decline(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """單位主管退回, with the reason."""
    case = lock(case, version=version)
    _not_own(case, by)
    if case.state == "at_head":
        sign_back(case, reason=reason, by=by, at=at)
    move(case, "decline", by=by, at=at, reason=reason)
    tell(
        applicants(case),
        case,
        "senior45.declined",
        f"單位主管退回：{case.number}",
        f"「{case.title}」由單位主管退回。\n\n理由：{reason}",
        at=at,
    )
    return case


def sign_back(case: Case, *, reason: str, by: User, at: datetime) -> None:
    """A return ends the round of signatures: after mending, the head signs anew even where nothing was changed."""
    request = request_of(case)
    sign(
        case, form=FORM, form_label=FORM_LABEL, chain=HEAD_CHAIN, digest=digest_of(request), by=by, at=at, comment=reason,
        decision=SignOff.Decision.RETURN, clause="第3點",
    )  # fmt: skip


# --- the window ------------------------------------------------------------------------------------------------------


def may_file(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 提出申請 (S45-02): after the head, by the window."""
    request = request_of(case)
    by_window = by is not None and can(by, FILE, case)
    outcome = routing_outcome(request, by_window=by_window, on=taipei_day(at), law=law_in_force())
    if not outcome.met:
        raise Refused(f"{outcome.sentence}（第3點第1款、第2款）", outcomes=[outcome])


@transaction.atomic
def file_request(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """聯繫窗口提出申請 to whoever opens: received the same moment, answered within five working days (S45-03)."""
    case = lock(case, version=version)
    request, on, law = request_of(case), taipei_day(at), law_in_force()
    case.office = opening_office(request.office, on=on, law=law).organisation
    routed = routing_outcome(request, by_window=can(by, FILE, case), on=on, law=law)
    move(case, "file", by=by, at=at, outcomes=[routed])
    case.filed_at = case.filed_at or at
    case.received_on = on
    case.save()
    request.window = by
    request.answered_on = None
    request.save(update_fields=["window", "answered_on"])
    answer = answer_outcome(case, request, on=on, law=law)
    assert answer is not None  # received_on is set
    set_deadline(
        code=ANSWER,
        rule="S45-03",
        label="回覆帳號申請",
        citation=answer.lines[0].citation,
        counted_from=on,
        due_on=date.fromisoformat(answer.result["answer_by"]),
        at=at,
        case=case,
        outcome=answer,
        remind_days=(1,),
    )
    if request.change == STOP and request.account is not None:
        meet_deadline(code=leavers.LEAVER, at=at, thing=request.account)
    due = roc(date.fromisoformat(answer.result["answer_by"]))
    body = f"{request.office}提出「{case.title}」，案號 {case.number}，應於 {due} 前回覆。"
    notify(
        users=openers_of(case.office),
        code="senior45.filed",
        subject=f"新收件：{case.title}",
        body=body,
        key=f"s45.filed:{case.number}:{case.events_count}",
        case=case,
        link=f"/admin/case/{case.number}/",
        at=at,
    )
    tell(
        applicants(case),
        case,
        "senior45.filed_copy",
        f"已提出申請：{case.number}",
        f"您的申請已由聯繫窗口向{case.office}提出，將於 {due} 前回覆。",
        at=at,
    )
    return case


@transaction.atomic
def withdraw(case: Case, *, by: User, at: datetime, reason: str = "", version: int | None = None) -> Case:
    case = lock(case, version=version)
    filed = case.state == "filed"
    move(case, "withdraw", by=by, at=at, reason=reason)
    withdraw_all(at=at, case=case)
    if filed:
        rearm_leaver(request_of(case), at=at)
    return case


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
