"""閒置: a sign-in anywhere in the portal starts the 180 days anew; the sweep warns, and closes what nobody used (S45-09)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.locks import locking
from accounts.models import User
from casework.cases.events import SYSTEM
from casework.law.in_force import law_in_force
from casework.models import Deadline, Reminder
from casework.models.notice import page
from casework.notices.outbox import Told, notify_each
from kernel.dates import ONE_DAY, roc, taipei_day
from senior45.models import SiteAccount
from senior45.params import OfficeKind
from senior45.permissions import ROLE_OF
from senior45.services.accounts import IDLE, lock_account, set_idle_deadline


def grounds(on: date) -> tuple[int, str, str]:
    """The days in force, why an account is closed, and by which clause."""
    days = law_in_force().at("s45.idle_days", on)
    return days.value, f"連續{days.value}天未登入", f"{days.citation}：帳號{days.value}天未有登入紀錄，系統將自動關閉"


@transaction.atomic
def signed_in(*, user: User, at: datetime) -> int:
    """Every open account of the person counts from today. Says how many began anew; once a day is enough."""
    on = taipei_day(at)
    stale = Q(last_sign_in_on=None) | Q(last_sign_in_on__lt=on)
    rows = SiteAccount.objects.filter(stale, user=user, state=SiteAccount.State.OPEN)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    locked = locking(SiteAccount.objects.filter(pk__in=keys, state=SiteAccount.State.OPEN))
    done = 0
    for account in locked.select_related("office", "user"):
        account.last_sign_in_on = account.idle_from = on
        account.skip_history_when_saving = True  # the access log has every sign-in
        account.save(update_fields=["last_sign_in_on", "idle_from"])
        set_idle_deadline(account, at=at)
        done += 1
    return done


# --- the law ---------------------------------------------------------------------------------------------------------


def follow_the_law(*, at: datetime) -> int:
    """Once a day: accounts whose day is not what the law in force says – after an amendment of the matrix or of the 180 days –
    get it anew, or lose it where their kind is no longer closed. Says how many.
    """
    on, law = taipei_day(at), law_in_force()
    closing = [kind.value for kind in OfficeKind if law.at(f"s45.idle_lock.{kind}", on).value]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id FROM senior45_siteaccount a JOIN senior45_siteoffice o ON o.id = a.office_id "
            "LEFT JOIN casework_deadline d ON d.thing_kind = 'senior45.siteaccount' AND d.thing_id = a.id AND d.code = %s "
            "AND d.met_at IS NULL AND d.lapsed_at IS NULL AND d.withdrawn_at IS NULL WHERE a.state = 'open' AND ("
            "(o.kind = ANY(%s) AND (d.id IS NULL OR d.due_on <> a.idle_from + %s)) OR (o.kind <> ALL(%s) AND d.id IS NOT NULL))",
            [IDLE, closing, law.at("s45.idle_days", on).value, closing],
        )
        keys = [key for (key,) in cursor.fetchall()]
    for key in keys:
        with transaction.atomic():
            account = lock_account(key)
            if account.is_open:
                set_idle_deadline(account, at=at)
    return len(keys)


# --- the sweep -------------------------------------------------------------------------------------------------------


def warn(pairs: list[tuple[Deadline, Reminder]], at: datetime) -> None:
    """30, 14 and 3 days before."""
    accounts = _accounts([deadline for deadline, _ in pairs])
    days, _, clause = grounds(taipei_day(at))
    told = []
    for deadline, reminder in pairs:
        account = accounts.get(deadline.thing_id)
        if account is None or not account.is_open:
            continue
        closes_on = deadline.due_on + ONE_DAY
        body = (
            f"{account.user.name} 您好：\n\n您在{account.office}的「45+就業資源網」帳號自 {roc(account.idle_from)} 起沒有登入紀錄，"
            f"將於 {roc(closes_on)} 自動關閉。\n\n在 {roc(deadline.due_on)} 以前登入入口網一次，即重新起算{days}天。\n\n依據：{clause}"
        )
        told.append(
            Told(
                account.user,
                "45+就業資源網帳號即將因未登入關閉",
                body,
                f"s45.idle_warn:{reminder.pk}",
                None,
                page("senior45:home"),
            )
        )
    notify_each(told, code="senior45.idle_warning", at=at)


def _accounts(deadlines: Sequence[Deadline]) -> Mapping[int | None, SiteAccount]:
    keys = [one.thing_id for one in deadlines]
    rows = SiteAccount.objects.filter(pk__in=keys).select_related("user", "office__organisation")
    return {one.pk: one for one in rows.defer("user__national_id", "user__password")}


def close(deadlines: list[Deadline], at: datetime) -> None:
    """Accounts whose full days have passed: closed by a few statements for the whole batch, however many they are.

    The account rows are held by the sweep. Who signed in after the day was set (the receiver lost) is not closed: their day is
    set anew. `last_login` is the witness.
    """
    on = taipei_day(at)
    due = {one.thing_id: one for one in deadlines}
    _take_over_missed_sign_ins(list(due))
    late = SiteAccount.objects.filter(pk__in=due, state=SiteAccount.State.OPEN)
    keys = []
    for pk, idle_from in late.values_list("pk", "idle_from"):
        if idle_from > due[pk].counted_from:
            set_idle_deadline(SiteAccount.objects.select_related("office").get(pk=pk), at=at)
        else:
            keys.append(pk)
    if keys:
        _close(sorted(keys), on, at)
        _tell(keys, at, on)


def _take_over_missed_sign_ins(keys: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE senior45_siteaccount a SET last_sign_in_on = s.day, idle_from = greatest(a.idle_from, s.day) "
            "FROM (SELECT id, (last_login AT TIME ZONE 'Asia/Taipei')::date AS day FROM accounts_user WHERE last_login IS NOT NULL) s "
            "WHERE a.id = ANY(%s) AND s.id = a.user_id AND s.day > coalesce(a.last_sign_in_on, '-infinity'::date)",
            [keys],
        )


def _close(keys: list[int], on: date, at: datetime) -> None:
    """The rows of one batch in set statements: what `stop_account` does for one."""
    _, reason, clause = grounds(on)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE senior45_siteaccount SET state = 'closed', closed_on = %s, closing = 'idle', closed_reason = %s, "
            "closed_clause = %s WHERE id = ANY(%s) AND state = 'open'",
            [on, reason, clause, keys],
        )
        cursor.execute(
            "UPDATE senior45_accountright SET ends_before = greatest(%s, starts_on) WHERE account_id = ANY(%s) AND ends_before IS NULL",
            [on, keys],
        )
        cursor.execute(
            "INSERT INTO senior45_accountevent (account_id, at, by_id, by_name, code, label, clause, reason, case_id, outcome) "
            "SELECT id, %s, NULL, %s, 'closed_idle', %s, %s, %s, NULL, '{}'::jsonb FROM unnest(%s::bigint[]) AS id",
            [at, SYSTEM, SiteAccount.Closing.IDLE.label, clause, reason, keys],
        )
        _history(cursor, keys, at, reason)
        # Held before their roles are judged, as grant_role and revoke_role hold them.
        cursor.execute(
            "SELECT 1 FROM accounts_user WHERE id IN (SELECT user_id FROM senior45_siteaccount WHERE id = ANY(%s)) "
            "ORDER BY id FOR NO KEY UPDATE",
            [keys],
        )
        # Roles go with the rights: memberships of the groups behind them, and the access log's line for each.
        cursor.execute(
            "WITH gone AS (DELETE FROM accounts_user_groups m USING senior45_siteaccount a, senior45_siteoffice o, accounts_rolegroup r "
            "WHERE a.id = ANY(%s) AND o.id = a.office_id AND r.organisation_id = o.organisation_id AND r.role = ANY(%s) "
            "AND m.user_id = a.user_id AND m.group_id = r.group_id RETURNING m.user_id, r.role, r.organisation_id) "
            "INSERT INTO accounts_accesslog (at, action, user_id, attempted, subject, reason, address, path) "
            "SELECT %s, 'role_revoked', NULL, '', left(u.account_name || ' ' || gone.role || '＠' || g.name, 200), %s, NULL, '' "
            "FROM gone JOIN accounts_user u ON u.id = gone.user_id JOIN accounts_organisation g ON g.id = gone.organisation_id",
            [keys, list(ROLE_OF.values()), at, reason],
        )
        # Staff only by a role that is gone.
        cursor.execute(
            "UPDATE accounts_user u SET is_staff = false FROM senior45_siteaccount a WHERE a.id = ANY(%s) AND u.id = a.user_id "
            "AND u.is_staff AND NOT u.is_superuser AND NOT EXISTS (SELECT 1 FROM accounts_user_groups m "
            "JOIN accounts_rolegroup r ON r.group_id = m.group_id WHERE m.user_id = u.id AND r.role = ANY(%s))",
            [keys, _staff_roles()],
        )


def _staff_roles() -> list[str]:
    from accounts.roles import all_roles

    return [one.code for one in all_roles() if one.staff]


_COLUMNS = [field.column for field in SiteAccount._meta.concrete_fields]


def _history(cursor: Any, keys: list[int], at: datetime, reason: str) -> None:
    names = ", ".join(f'"{one}"' for one in _COLUMNS)
    cursor.execute(
        f"INSERT INTO senior45_historicalsiteaccount ({names}, history_date, history_change_reason, history_type, history_user_id) "  # noqa: S608 - names of columns
        f"SELECT {names}, %s, %s, '~', NULL FROM senior45_siteaccount WHERE id = ANY(%s)",
        [at, reason, keys],
    )


def _tell(keys: list[int], at: datetime, on: date) -> None:
    rows = SiteAccount.objects.filter(pk__in=keys).values_list(
        "pk", "user_id", "user__name", "user__email", "office__organisation__name"
    )
    _, reason, clause = grounds(on)
    told = []
    for pk, user_id, name, email, office in rows:
        body = (
            f"{name} 您好：\n\n您在{office}的「45+就業資源網」帳號因{reason}，已於 {roc(on)} 自動關閉。\n\n依據：{clause}\n\n"
            "如需繼續使用，請登入入口網，在「45+ 我的帳號」提出「恢復使用」申請。"
        )
        user = User(pk=user_id, email=email, name=name)
        told.append(
            Told(
                user,
                "您的 45+就業資源網帳號已自動關閉",
                body,
                f"s45.idle_closed:{pk}:{on}",
                None,
                page("senior45:home"),
            )
        )
    notify_each(told, code="senior45.closed", at=at)
