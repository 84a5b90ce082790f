"""離職: the window reports the day, files the stop within three working days, or the account is closed ex officio (S45-05)."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.rights import can
from casework.deadlines.keeping import set_deadline, withdraw_deadline
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Deadline, Reminder
from casework.models.notice import page
from casework.notices.outbox import Told, notify_each
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from senior45.models import AccountRequest, SiteAccount
from senior45.permissions import FILE
from senior45.selectors import leaver_outcome, openers_of, opening_office, windows_of
from senior45.services.accounts import hold_accounts, lock_account, note, stop_account

LEAVER = "senior45.leaver"
CLAUSE = "第3點第4款：離職生效日三個工作天內未申請停用者，由本署及所屬分署依職權逕予停用"
#: A leaving may be announced, or reported late; not further off than this.
FAR = timedelta(days=366)


@transaction.atomic
def report_leaving(account: SiteAccount, *, leaves_on: date, by: User, at: datetime) -> SiteAccount:
    """The window enters 離職生效日; the three working days run from it. Reported again it counts anew."""
    account = lock_account(account.pk)
    if not can(by, FILE, account.office.organisation):
        raise NotPermitted("只有指定聯繫窗口可以登錄離職。")
    if not account.is_open:
        raise Refused("這個帳號已停用。")
    on = taipei_day(at)
    if abs(leaves_on - on) > FAR:
        raise Refused("離職生效日距今超過一年，請確認日期。", field="leaves_on")
    account.leaves_on, account.leaving_reported_at, account.leaving_reported_by = leaves_on, at, by
    account.save()
    outcome = leaver_outcome(account, filed_on=None, on=on, law=law_in_force())
    note(account, "leaving", f"登錄離職生效日：{roc(leaves_on)}", by=by, at=at, clause="第3點第4款", outcome=outcome)
    if not stop_filed(account):
        _set(account, outcome, at=at)
    return account


def count_again(account: SiteAccount, *, at: datetime) -> None:
    """The same three working days, once a stop that was filed has come to nothing."""
    _set(account, leaver_outcome(account, filed_on=None, on=taipei_day(at), law=law_in_force()), at=at)


def _set(account: SiteAccount, outcome: Outcome, *, at: datetime) -> None:
    assert account.leaves_on is not None
    set_deadline(
        code=LEAVER,
        rule="S45-05",
        label="申請停用離職人員帳號",
        citation=outcome.lines[0].citation,
        counted_from=account.leaves_on,
        due_on=date.fromisoformat(outcome.result["file_by"]),
        at=at,
        thing=account,
        outcome=outcome,
        remind_days=(1,),
    )


@transaction.atomic
def cancel_leaving(account: SiteAccount, *, by: User, at: datetime) -> SiteAccount:
    """Entered by mistake, or the person stays."""
    account = lock_account(account.pk)
    if not can(by, FILE, account.office.organisation):
        raise NotPermitted("只有指定聯繫窗口可以登錄離職。")
    account.leaves_on = account.leaving_reported_at = account.leaving_reported_by = None
    account.save()
    withdraw_deadline(code=LEAVER, at=at, thing=account)
    note(account, "leaving_cancelled", "取消離職登錄", by=by, at=at, clause="第3點第4款")
    return account


def stop_filed(account: SiteAccount) -> bool:
    """The window has filed a stop that is still under way."""
    return account.requests.filter(change=AccountRequest.Change.STOP, case__state="filed").exists()


def remind(pairs: list[tuple[Deadline, Reminder]], at: datetime) -> None:
    told = []
    for deadline, reminder in pairs:
        account = _account(deadline)
        if account is None or not account.is_open:
            continue
        body = (
            f"{account.user.name}於 {roc(deadline.counted_from)} 離職，請於 {roc(deadline.due_on)} 前申請停止使用其帳號；"
            "逾期未申請，將依職權逕予停用（第3點第4款）。"
        )
        told += [
            Told(
                user, "離職人員帳號應申請停用", body, f"s45.leaver_remind:{reminder.pk}", None, page("senior45:window")
            )
            for user in windows_of(account.office)
        ]
    notify_each(told, code="senior45.leaver_reminder", at=at)


def close_ex_officio(deadlines: list[Deadline], at: datetime) -> None:
    """The third working day is over and nothing was filed: closed on the office's own authority; window and opener told."""
    on, law = taipei_day(at), law_in_force()
    hold_accounts(one.thing_id for one in deadlines if one.thing_id is not None)
    for deadline in deadlines:
        account = _account(deadline)
        if account is None or not account.is_open or stop_filed(account):
            continue
        outcome = leaver_outcome(account, filed_on=None, on=on, law=law)
        opener = opening_office(account.office, on=on, law=law)
        stop_account(
            account,
            closing=SiteAccount.Closing.LEAVER,
            reason=f"{roc(deadline.counted_from)} 離職，至 {roc(deadline.due_on)} 未申請停用，依職權停用",
            clause=CLAUSE,
            by=None,
            at=at,
            outcome=outcome,
            tell=[*windows_of(account.office), *openers_of(opener.organisation)],
        )


def _account(deadline: Deadline) -> SiteAccount | None:
    rows = SiteAccount.objects.select_related("user", "office__organisation", "office__branch__organisation")
    return rows.filter(pk=deadline.thing_id).first()
