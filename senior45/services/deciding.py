"""審查與開通 on the opener's side: complete, refuse, send back; answered within five working days (S45-03, S45-08)."""

from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.rights import holders
from accounts.services.passwords import issue_password_link, link_lines
from casework.cases.doing import Doing
from casework.cases.signoffs import sign
from casework.deadlines.keeping import meet_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline
from casework.models.notice import page
from casework.notices.outbox import notify, notify_each
from casework.notices.telling import remind_office, tell, told_office
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from senior45 import documents
from senior45.models import AccountRequest, SiteAccount, SiteOffice
from senior45.permissions import DECIDE, DESIGNATE
from senior45.selectors import (
    FORM,
    HEAD_CHAIN,
    answer_outcome,
    digest_of,
    lead_office,
    openers_of,
    request_of,
    seat_outcomes,
    windows_of,
)
from senior45.services.accounts import lock_account, open_account, stop_account
from senior45.services.requests import ANSWER, FORM_LABEL, STOP, applicants, rearm_leaver, sign_back

#: A hand-over is planned, not dreamt of.
FAR = timedelta(days=92)


def office_of(case: Case) -> list[SiteOffice]:
    """Held with the case: of two that want one seat, the second finds it taken."""
    return [case.account_request.office]


def seats_are_free(case: Case, by: User | None, at: datetime) -> list[Outcome]:
    """The seats asked for are free, or handed over (S45-08)."""
    return seat_outcomes(request_of(case), on=taipei_day(at), law=law_in_force())


def complete_request(doing: Doing, *, starts_on: date | None = None, comment: str = "") -> None:
    """Open, resume or stop the account and answer in one act; rights hold from `starts_on` (a hand-over on a later day)."""
    case, on, request = doing.case, doing.day, request_of(doing.case)
    starts_on = starts_on or on
    if starts_on < on:
        raise Refused("權限起日不得早於今日。", field="starts_on")
    if starts_on > on + FAR:
        raise Refused("權限起日不得晚於三個月後。", field="starts_on")
    if answer := answer_outcome(case, request, on=on, law=law_in_force()):
        doing.outcomes.append(answer)
    sign(
        case, form=FORM, form_label=FORM_LABEL, chain=HEAD_CHAIN, digest=digest_of(request), by=doing.by, at=doing.at,
        comment=comment, clause="第3點第3款",
    )  # fmt: skip
    if request.change == STOP:
        _stop(doing, request)
        request.result_text = "同意停止使用"
    else:
        assert case.person is not None  # 新增 and 恢復使用 are a person's own
        account = open_account(request=request, user=case.person, starts_on=starts_on, by=doing.by, at=doing.at)
        request.account = account
        request.result_text = (
            f"同意{request.get_change_display()}，帳號 {account.user.account_name}，權限：{request.right_labels}"
        )
        _tell_opened(doing, request, account, starts_on)
    request.answered_on = request.done_on = case.decided_on = on
    request.save()
    doing.move()
    meet_deadline(code=ANSWER, at=doing.at, case=case)
    documents.issue_request(case, request, by=doing.by, at=doing.at)


def _stop(doing: Doing, request: AccountRequest) -> None:
    assert request.account is not None
    account = lock_account(request.account.pk)
    if request.leaves_on and not account.leaves_on:
        SiteAccount.objects.filter(pk=account.pk).update(leaves_on=request.leaves_on)
    reason = (
        request.stop_reason or f"{roc(request.leaves_on)} 離職"
        if request.leaves_on or request.stop_reason
        else "申請停止使用"
    )
    stop_account(
        account, closing=SiteAccount.Closing.REQUEST, reason=reason, clause="第3點第4款", by=doing.by, at=doing.at,
        case=doing.case, tell=windows_of(request.office),
    )  # fmt: skip


def _tell_opened(doing: Doing, request: AccountRequest, account: SiteAccount, starts_on: date) -> None:
    """Account name and set-password link to the user; the account name in copy to the window (S45-03). No password is mailed."""
    case, user, verb = doing.case, account.user, "恢復使用" if request.change == "resume" else "開通"
    body = (
        f"{user.name} 您好：\n\n您在{account.office}的「45+就業資源網」帳號「{user.account_name}」已{verb}，"
        f"權限：{request.right_labels}（自 {roc(starts_on)} 起）。\n\n"
    )
    if user.has_usable_password():
        body += "請以原有密碼登入；忘記密碼時請在登入頁選「忘記密碼」。"
    else:
        link, token = issue_password_link(user=user, by=doing.by, at=doing.at)
        body += link_lines(link, token)
    given = {"code": "senior45.opened", "case": case, "at": doing.at}
    notify(
        users=[user],
        subject=f"您的 45+就業資源網帳號已{verb}",
        body=body,
        key=f"s45.opened:{case.number}",
        link=page("senior45:home"),
        **given,
    )
    copy = f"副知：{account.office} {user.name}的帳號「{user.account_name}」已{verb}，權限：{request.right_labels}。"
    windows = [one for one in windows_of(request.office) if one.pk != user.pk]
    notify(
        users=windows,
        subject=f"帳號已{verb}：{user.name}",
        body=copy,
        key=f"s45.opened_copy:{case.number}",
        link=page("casework:case", case.number),
        **given,
    )


def refuse_request(doing: Doing) -> None:
    """Say no, with the reason; of a stop that is refused, the leaver's days count again."""
    case, request = doing.case, request_of(doing.case)
    request.answered_on = case.decided_on = doing.day
    request.result_text = f"不同意：{doing.reason}"[:300]
    request.save(update_fields=["answered_on", "result_text"])
    doing.move()
    meet_deadline(code=ANSWER, at=doing.at, case=case)
    withdraw_all(at=doing.at, case=case)
    rearm_leaver(request, at=doing.at)
    body = f"「{case.title}」經審查不同意。\n\n理由：{doing.reason}"
    _told(doing, request, "refused", f"不同意申請：{case.number}", body)
    documents.issue_request(case, request, by=doing.by, at=doing.at)


def return_request(doing: Doing) -> None:
    """Send the form back to the user, to come through the head again."""
    case, request = doing.case, request_of(doing.case)
    sign_back(doing)
    request.answered_on = doing.day
    request.save(update_fields=["answered_on"])
    doing.move()
    meet_deadline(code=ANSWER, at=doing.at, case=case)
    rearm_leaver(request, at=doing.at)
    body = f"「{case.title}」退回補正，請修改後重新送單位主管核定。\n\n說明：{doing.reason}"
    _told(doing, request, "sent_back", f"退回補正：{case.number}", body)


def _told(doing: Doing, request: AccountRequest, code: str, subject: str, body: str) -> None:
    people = {one.pk: one for one in [*applicants(doing.case), *windows_of(request.office)]}
    tell(people.values(), doing.case, f"senior45.{code}", subject, body, at=doing.at)


# --- late ------------------------------------------------------------------------------------------------------------


remind = remind_office(
    "senior45.answer_soon", right=DECIDE, subject="帳號申請回覆期限將屆", body="「{title}」應於 {day} 前回覆。"
)


def escalate(deadlines: list[Deadline], at: datetime) -> None:
    """From the sixth working day: the opener again, and the lead group's opener and system administrator."""
    above, told = holders(DESIGNATE, lead_office().organisation), []
    for deadline in deadlines:
        if (case := deadline.case) is not None:
            told += told_office(
                deadline,
                {*openers_of(case.office), *above},
                key=f"s45.answer_late:{deadline.pk}",
                subject="帳號申請逾期未回覆",
                body="{office}受理「{title}」，應於 {day} 前回覆，已逾期（第3點第3款）。",
            )
    notify_each(told, code="senior45.answer_late", at=at)
