"""Opening, stopping and resuming site accounts, and giving and ending the rights in them (S45-04, S45-08).

Locks in this order: the office, the account, its rights. Whoever takes a seat holds the office's row.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from accounts.locks import held_of, locking
from accounts.models import Membership, Organisation, User
from accounts.services.appointing import Keeper
from accounts.services.roles import grant_role, not_to_oneself, revoke_role
from casework.cases.events import SYSTEM
from casework.deadlines.keeping import owed, set_deadline, withdraw_all, withdraw_deadline
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.dates import ONE_DAY, roc, taipei_day
from kernel.outcome import Outcome
from senior45.models import AccountEvent, AccountRequest, AccountRight, SiteAccount, SiteOffice
from senior45.params import RIGHT_LABELS, AccountRole, Right
from senior45.permissions import ROLE_OF
from senior45.selectors import current_holder, idle_outcome, seat_outcome

IDLE = "senior45.idle"
HAND_OVER = "senior45.hand_over"


def note(
    account: SiteAccount,
    code: str,
    label: str,
    *,
    by: User | None,
    at: datetime,
    clause: str = "",
    reason: str = "",
    case: Case | None = None,
    outcome: Outcome | None = None,
) -> AccountEvent:
    """Append to the account's own history."""
    return AccountEvent.objects.create(
        account=account,
        at=at,
        by=by,
        by_name=by.name if by else SYSTEM,
        code=code,
        label=label[:200],
        clause=clause[:120],
        reason=reason[:500],
        case=case,
        outcome=outcome.as_json() if outcome else {},
    )


def lock_office(office: SiteOffice) -> SiteOffice:
    return locking(SiteOffice.objects).select_related("organisation").get(pk=office.pk)


def lock_account(pk: int) -> SiteAccount:
    rows = locking(SiteAccount.objects)
    return rows.select_related("user", "office__organisation", "office__branch__organisation").get(pk=pk)


def hold_accounts(keys: Iterable[int]) -> None:
    """Several accounts with their rights and their people, before any of them is changed."""
    accounts = held_of(SiteAccount, keys)
    held_of(
        AccountRight, AccountRight.objects.filter(account__in=accounts, ends_before=None).values_list("pk", flat=True)
    )
    held_of(User, [one.user_id for one in accounts.values()])


# --- rights ----------------------------------------------------------------------------------------------------------


def role_from_rights(account: SiteAccount, *, on: date, by: User | None, at: datetime, reason: str = "") -> None:
    """The person's roles in the office equal the rights in force that day."""
    organisation = account.office.organisation
    wanted = set()
    if account.is_open:
        wanted = {ROLE_OF[one.right] for one in account.rights.all() if one.in_force(on)}
    rows = account.user.groups.filter(held_role__organisation=organisation, held_role__role__in=ROLE_OF.values())
    held = set(rows.values_list("held_role__role", flat=True))
    for role in wanted - held:
        grant_role(user=account.user, role_code=role, organisation=organisation, by=by, at=at, reason=reason)
    for role in held - wanted:
        revoke_role(user=account.user, role_code=role, organisation=organisation, by=by, at=at, reason=reason)


def give_right(
    account: SiteAccount,
    right: str,
    *,
    starts_on: date,
    case: Case | None,
    by: User | None,
    at: datetime,
    hands_over: bool = False,
    request: AccountRequest | None = None,
) -> AccountRight:
    """A right from a day on. With `hands_over` the present holder's ends as this one begins (交接). The office is locked.

    Raises Refused naming the holder.
    """
    not_to_oneself(account.user, by)
    held = (
        current_holder(account.office, right, on=starts_on) if right in ("system_admin", "opener", "reviewer") else None
    )
    leaving = held if hands_over and held is not None and held.account_id != account.pk else None
    if request is not None:
        request.account = account
        judged = seat_outcome(request, right, on=starts_on, law=law_in_force(), leaving=leaving)
        if not judged.met:
            raise Refused(f"{judged.sentence}（附件1）", field="rights", outcomes=[judged])
    if leaving is not None:
        end_right(leaving, ends_before=max(starts_on, leaving.starts_on), by=by, at=at, case=case)
    try:
        with transaction.atomic():
            made, fresh = AccountRight.objects.get_or_create(
                account=account,
                office=account.office,
                right=right,
                ends_before=None,
                defaults={"starts_on": starts_on, "granted_by_case": case},
            )
    except IntegrityError as error:
        holder = current_holder(account.office, right, on=starts_on)
        name = f"，現由{holder.account.user.name}擔任" if holder else ""
        raise Refused(
            f"{account.office.organisation.name}之{RIGHT_LABELS[Right(right)]}限1人{name}（附件1）。",
            field="rights",
        ) from error
    if fresh:
        label = f"賦予權限：{RIGHT_LABELS[Right(right)]}（自 {roc(starts_on)} 起）"
        note(account, "right_given", label, by=by, at=at, clause="附件1「使用者權限」欄", case=case)
    if starts_on > taipei_day(at):
        _take_effect_on(made, starts_on, at=at)
    return made


def end_right(
    right: AccountRight,
    *,
    ends_before: date,
    by: User | None,
    at: datetime,
    case: Case | None = None,
    reason: str = "",
) -> None:
    """A right ends before a day; in the past or today at once."""
    still_open = Q(ends_before=None) | Q(ends_before__gt=ends_before)
    AccountRight.objects.filter(still_open, pk=right.pk).update(ends_before=ends_before)
    right.ends_before = ends_before
    account = SiteAccount.objects.select_related("user", "office__organisation").get(pk=right.account_id)
    label = f"權限終止：{right.get_right_display()}（{roc(ends_before)} 起）"
    note(account, "right_ended", label, by=by, at=at, clause="附件1「使用者權限」欄", case=case, reason=reason)
    if ends_before <= taipei_day(at):
        role_from_rights(account, on=taipei_day(at), by=by, at=at, reason=reason)
    else:
        _take_effect_on(right, ends_before, at=at)


def _take_effect_on(right: AccountRight, day: date, *, at: datetime) -> None:
    """The sweep of that day grants or revokes the role behind it."""
    set_deadline(
        code=HAND_OVER,
        rule="S45-08",
        label="權限交接",
        citation="附件1「使用者權限」欄註",
        counted_from=taipei_day(at),
        due_on=day - ONE_DAY,
        at=at,
        thing=right,
    )


@transaction.atomic
def hand_over(rights: Sequence[AccountRight], *, at: datetime) -> None:
    """The day has come: roles as the rights say now."""
    accounts = SiteAccount.objects.filter(rights__in=rights).distinct()
    held_of(User, accounts.values_list("user", flat=True))  # before the first of them is changed
    for account in accounts.select_related("user", "office__organisation"):
        role_from_rights(account, on=taipei_day(at), by=None, at=at)


def _with_deadline(rights: Sequence[int]) -> list[int]:
    """Of these rights, those that wait for their day: few, so that closing an account asks once for all."""
    rows = Deadline.objects.filter(owed(), thing_kind=AccountRight._meta.label_lower, thing_id__in=rights)
    return list(rows.values_list("thing_id", flat=True))


# --- idle days -------------------------------------------------------------------------------------------------------


def set_idle_deadline(account: SiteAccount, *, at: datetime) -> None:
    """When this account closes if nobody signs in, with warnings; nothing for kinds that are not closed (S45-09)."""
    on = taipei_day(at)
    outcome = idle_outcome(account, on=on, law=law_in_force())
    closes_on = outcome.result["closes_on"]
    if closes_on is None:
        withdraw_deadline(code=IDLE, at=at, thing=account)
        return
    last_open = date.fromisoformat(closes_on) - ONE_DAY
    warn_on = [date.fromisoformat(day) for day in outcome.result["warn_on"]]
    set_deadline(
        code=IDLE,
        rule="S45-09",
        label="未登入自動關閉",
        citation=outcome.lines[0].citation,
        counted_from=account.idle_from,
        due_on=last_open,
        at=at,
        thing=account,
        outcome=outcome,
        remind_days=[(last_open - day).days for day in warn_on],
    )


# --- opening, resuming, stopping -------------------------------------------------------------------------------------


@transaction.atomic
def open_account(
    *, request: AccountRequest, user: User, starts_on: date, by: User | None, at: datetime, reason: str = ""
) -> SiteAccount:
    """新增 or 恢復使用. The office is locked first; rights asked for are given or the whole is refused."""
    on, case = taipei_day(at), request.case if request.case_id else None
    office = lock_office(request.office)
    # A seat to be taken over must be known before the account exists: nothing is made for a request that is refused.
    taken_over = (current_holder(office, right, on=starts_on) for right in request.rights if request.hand_over)
    leaving = {one.account_id for one in taken_over if one is not None}
    own = SiteAccount.objects.filter(user=user, office=office).values_list("pk", flat=True)
    held = held_of(SiteAccount, {*leaving, *own})
    account = next((one for one in held.values() if one.user_id == user.pk), None)
    if account is not None and account.is_open:
        raise Refused(f"{user.name}在{office}已有使用中的帳號，不必重複{request.get_change_display()}。")
    resuming = account is not None
    if account is None:
        account = SiteAccount(user=user, office=office, opened_on=on, idle_from=on, opened_by_case=case)
    else:
        account.resumed_on = account.idle_from = on
        account.closed_on, account.closing, account.closed_reason, account.closed_clause = None, "", "", ""
        account.leaves_on = account.leaving_reported_at = account.leaving_reported_by = None
    account.role, account.role_text, account.title = request.role, request.role_text, request.title
    account.state = SiteAccount.State.OPEN
    account.save()
    label = "恢復使用" if resuming else "帳號開通"
    note(
        account,
        "resumed" if resuming else "opened",
        label,
        by=by,
        at=at,
        clause="第3點第3款、第4款",
        case=case,
        reason=reason,
    )
    if leaving:
        hold_accounts({account.pk, *leaving})
    for right in request.rights:
        give_right(
            account,
            right,
            starts_on=starts_on,
            case=case,
            by=by,
            at=at,
            hands_over=request.hand_over,
            request=request,
        )
    role_from_rights(account, on=on, by=by, at=at, reason=reason)
    Membership.objects.get_or_create(
        user=user,
        organisation=office.organisation,
        ends_before=None,
        defaults={"starts_on": on, "title": request.title},
    )
    set_idle_deadline(account, at=at)
    return account


# --- by an administrator (人員與角色) ---------------------------------------------------------------------------------

RIGHT_OF = {role: right for right, role in ROLE_OF.items()}


@transaction.atomic
def appoint(
    *, user: User, role_code: str, organisation: Organisation, by: User | None, at: datetime, reason: str
) -> None:
    """A right given without an application: who decides on applications must come from somewhere. The seats are the same."""
    site = SiteOffice.objects.filter(organisation=organisation).first()
    if site is None:
        raise Refused(f"「{organisation.name}」不是45+就業資源網的使用機關（附件2）。", field="office")
    office, right = lock_office(site), RIGHT_OF[role_code]
    asked = AccountRequest(
        office=office, change=AccountRequest.Change.NEW, role=AccountRole.AGENCY_OFFICER, rights=[right]
    )
    account = SiteAccount.objects.filter(user=user, office=office, state=SiteAccount.State.OPEN).first()
    try:
        if account is None:
            open_account(request=asked, user=user, starts_on=taipei_day(at), by=by, at=at, reason=reason)
            return
        account = lock_account(account.pk)
        give_right(account, right, starts_on=taipei_day(at), case=None, by=by, at=at, request=asked)
        role_from_rights(account, on=taipei_day(at), by=by, at=at, reason=reason)
    except Refused as error:
        raise Refused(error.message, field="role", outcomes=error.outcomes) from error


@transaction.atomic
def dismiss(
    *, user: User, role_code: str, organisation: Organisation, by: User | None, at: datetime, reason: str
) -> None:
    """The right ends today; a role without one (as set before rights were kept) goes by itself."""
    on = taipei_day(at)
    site = SiteOffice.objects.filter(organisation=organisation).first()
    if site is not None:
        office = lock_office(site)
        rights = AccountRight.objects.filter(account__user=user, office=office, right=RIGHT_OF[role_code])
        for held in rights.filter(Q(ends_before=None) | Q(ends_before__gt=on)):
            end_right(held, ends_before=max(on, held.starts_on), by=by, at=at, reason=reason)
    revoke_role(user=user, role_code=role_code, organisation=organisation, by=by, at=at, reason=reason)


KEEPERS = tuple(Keeper(role, give=appoint, take=dismiss) for role in ROLE_OF.values())


@transaction.atomic
def stop_account(
    account: SiteAccount,
    *,
    closing: str,
    reason: str,
    clause: str,
    by: User | None,
    at: datetime,
    case: Case | None = None,
    outcome: Outcome | None = None,
    tell: Iterable[User] = (),
) -> bool:
    """停止使用: rights end today, the page says why. False where it is closed already."""
    account = lock_account(account.pk)
    if not account.is_open:
        return False
    on = taipei_day(at)
    account.state, account.closed_on, account.closing = SiteAccount.State.CLOSED, on, closing
    account.closed_reason, account.closed_clause = reason[:300], clause[:120]
    account.save()
    ending = list(account.rights.filter(ends_before=None).values_list("pk", flat=True))
    AccountRight.objects.filter(pk__in=ending).update(ends_before=Greatest(Value(on), F("starts_on")))
    for right in AccountRight.objects.filter(pk__in=_with_deadline(ending)):
        withdraw_all(at=at, thing=right)
    withdraw_all(at=at, thing=account)
    label = SiteAccount.Closing(closing).label
    note(account, f"closed_{closing}", label, by=by, at=at, clause=clause, reason=reason, case=case, outcome=outcome)
    role_from_rights(account, on=on, by=by, at=at)
    if closing in (SiteAccount.Closing.LEAVER, SiteAccount.Closing.REQUEST) and account.leaves_on:
        account.user.memberships.filter(
            organisation=account.office.organisation, ends_before=None, starts_on__lte=on
        ).update(ends_before=on)
    body = (
        f"{account.user.name} 您好：\n\n您在{account.office}的「45+就業資源網」帳號已於 {roc(on)} 停用。\n\n"
        f"原因：{reason}\n依據：{clause}\n\n如需繼續使用，請登入入口網，在「45+ 我的帳號」提出「恢復使用」申請。"
    )
    notify(
        users=[account.user],
        code="senior45.closed",
        subject="您的 45+就業資源網帳號已停用",
        body=body,
        key=f"s45.closed:{account.pk}:{on}",
        link=page("senior45:home"),
        at=at,
    )
    notify(
        users=[one for one in dict.fromkeys(tell) if one.pk != account.user_id],
        code="senior45.closed_of",
        subject=f"帳號已停用：{account.user.name}",
        body=f"{account.office} {account.user.name}的「45+就業資源網」帳號已於 {roc(on)} 停用（{label}）。\n原因：{reason}\n依據：{clause}",
        key=f"s45.closed_of:{account.pk}:{on}",
        case=None,
        at=at,
    )
    return True


def days_left(account: SiteAccount, *, on: date, days: int) -> int:
    """Until the account closes for want of a sign-in."""
    return (account.idle_from + timedelta(days=days + 1) - on).days
