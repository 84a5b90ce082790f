"""What passing days do to account applications: reminders before, and what is said afterwards. Called by the sweep with lists."""

from collections.abc import Sequence
from datetime import datetime

from accounts.rights import holders
from casework.models import Deadline, Reminder
from casework.models.notice import page
from casework.notices.outbox import Told, notify_each
from casework.notices.telling import late_applicant, late_office, remind_applicant, remind_office
from kernel.dates import roc
from ojt_accounts.models import TrainingAccount
from ojt_accounts.permissions import PREPARE, SIGN_CHIEF, SIGN_OFFICER

_HANDLED_BY = "「{title}」應於 {day} 前辦結"
remind_officer = remind_office(
    "ojt_accounts.handle_soon", right=SIGN_OFFICER, subject="審查期限將屆", body=f"{_HANDLED_BY}。"
)
officer_late = late_office(
    "ojt_accounts.handle_late",
    rights=(SIGN_OFFICER, SIGN_CHIEF),
    subject="逾審查期限",
    body=f"{_HANDLED_BY}，已逾期。",
)
remind_unit = remind_applicant(
    "ojt_accounts.correct_soon", right=PREPARE, subject="補正期限將屆", body="請於 {day} 前完成補正。"
)
unit_late = late_applicant(
    "ojt_accounts.correct_late",
    right=PREPARE,
    subject="已逾補正期限",
    body="補正期限已過，分署得依現有文件審查；如仍要補正請儘速辦理。",
)


def accounts_of(deadlines: Sequence[Deadline]) -> dict[int | None, TrainingAccount]:
    rows = TrainingAccount.objects.select_related("user", "registration__organisation", "registration__branch")
    return dict(rows.in_bulk([d.thing_id for d in deadlines]))


def remind_rights(pairs: list[tuple[Deadline, Reminder]], at: datetime) -> None:
    accounts, told = accounts_of([deadline for deadline, _ in pairs]), []
    for deadline, reminder in pairs:
        account = accounts.get(deadline.thing_id)
        if account is None or account.state != TrainingAccount.State.OPEN:
            continue
        body = (
            f"{account.registration.organisation} {account.name}的帳號「{account.account_name}」權限至 {roc(deadline.due_on)} 止；"
            "新年度仍需使用者，請於受理期間申請「賦予」。"
        )
        people = {*([account.user] if account.user else []), *holders(PREPARE, account.registration.organisation)}
        told += [
            Told(user, "年度權限即將屆滿", body, f"remind:{reminder.pk}", None, page("ojt_accounts:home"))
            for user in people
        ]
    notify_each(told, code="ojt_accounts.rights_end_soon", at=at)


def rights_ended(deadlines: list[Deadline], at: datetime) -> None:
    accounts = accounts_of(deadlines)
    told = [
        Told(
            account.user,
            "年度權限已屆滿",
            f"您的帳號「{account.account_name}」權限已於 {roc(deadline.due_on)} 屆滿，新年度須由單位申請「賦予」。",
            f"ended:{deadline.pk}",
            None,
            page("ojt_accounts:home"),
        )
        for deadline in deadlines
        if (account := accounts.get(deadline.thing_id)) and account.user and account.state == TrainingAccount.State.OPEN
    ]
    notify_each(told, code="ojt_accounts.rights_ended", at=at)
