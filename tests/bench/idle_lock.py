"""180 days: the sweep closes 2 % of 1,000,000 accounts, beside bare statements that write the same rows.

Three equal lots fall due one after the other: the first is closed by the bare statements, the second by the sweep in a process
of its own (its seconds and its memory), the third by a sweep killed halfway and run again: each account must then be closed
once, with one event and one notice.
"""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

DAYS = (date(2026, 11, 1), date(2026, 11, 10), date(2026, 11, 18))
IDLE_FROM = date(2026, 5, 1)
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)

#: What closing writes for every account of the lot, each kind of row in one statement.
BARE = (
    "CREATE TEMP TABLE lot ON COMMIT DROP AS SELECT id, thing_id FROM casework_deadline WHERE due_on = %(day)s AND lapsed_at IS NULL",
    "UPDATE casework_deadline d SET lapsed_at = %(at)s FROM lot WHERE d.id = lot.id",
    "UPDATE senior45_siteaccount a SET state = 'closed', closed_on = %(on)s, closing = 'idle', closed_reason = %(reason)s, "
    "closed_clause = %(clause)s FROM lot WHERE a.id = lot.thing_id",
    "UPDATE senior45_accountright r SET ends_before = greatest(%(on)s, starts_on) FROM lot WHERE r.account_id = lot.thing_id",
    "INSERT INTO senior45_accountevent (account_id, at, by_name, code, label, clause, reason, outcome) "
    "SELECT thing_id, %(at)s, '系統', 'closed_idle', '長期未登入，系統自動關閉', %(clause)s, %(reason)s, '{{}}' FROM lot",
    "INSERT INTO senior45_historicalsiteaccount ({columns}, history_date, history_type, history_change_reason) "
    "SELECT {of_a}, %(at)s, '~', %(reason)s FROM senior45_siteaccount a JOIN lot ON lot.thing_id = a.id",
    "WITH gone AS (DELETE FROM accounts_user_groups m USING senior45_siteaccount a, lot WHERE a.id = lot.thing_id "
    "AND m.user_id = a.user_id RETURNING m.user_id) INSERT INTO accounts_accesslog (at, action, attempted, subject, reason, path) "
    "SELECT %(at)s, 'role_revoked', '', user_id::text, %(reason)s, '' FROM gone",
    "INSERT INTO casework_notice (key, user_id, code, subject, body, link, created_at, mail_state, mail_to, tries, next_try_at, error) "
    "SELECT 'bare:' || a.id, a.user_id, 'senior45.closed', '您的 45+就業資源網帳號已自動關閉', u.name || %(body)s, '/senior45/', "
    "%(at)s, 'queued', u.email, 0, %(at)s, '' FROM senior45_siteaccount a JOIN lot ON lot.thing_id = a.id JOIN accounts_user u ON u.id = a.user_id",
)


def run(quick: bool) -> dict[str, Any]:
    from tests.bench import _senior45 as many
    from tests.bench._scratch import scratch_database

    count = 15_000 if quick else 1_000_000
    lot = count // 50
    with scratch_database() as env:
        many.lead()
        many.accounts(count, many.centres(200), idle_from=IDLE_FROM)
        many.deadlines(AT, date(2099, 1, 1))
        with connection.cursor() as cursor:
            for n, day in enumerate(DAYS):
                cursor.execute(
                    "UPDATE casework_deadline SET due_on = %s WHERE id IN "
                    "(SELECT id FROM casework_deadline ORDER BY thing_id LIMIT %s OFFSET %s)",
                    [day, lot, n * lot],
                )
        many.analysed()
        bare = _bare(DAYS[0])
        ours = _sweep(env, "2026-11-11")
        closed_at_kill = _kill_halfway(env, "2026-11-19", before=2 * lot, half=lot // 2)
        again = _sweep(env, "2026-11-19")
        once = _each_once()
    if ours["closed"] != lot or closed_at_kill + again["closed"] != lot or not once:
        raise AssertionError(f"{lot} due: {ours}, killed after {closed_at_kill}, then {again}, each once: {once}")
    return {
        "accounts": count,
        "due": lot,
        "ms": round(ours["seconds"] * 1000),
        "bare_ms": round(bare * 1000),
        "ratio": round(ours["seconds"] / bare, 2),
        "ratio_at_most": 3,
        "peak_mb": ours["peak_mb"],
        "peak_mb_at_most": 250,
        "killed_after": closed_at_kill,
        "closed_on_second_run": again["closed"],
        "each_closed_once_with_one_notice": once,
    }


def _bare(day: date) -> float:
    from senior45.models import SiteAccount
    from senior45.services.idling import grounds

    on = date(2026, 11, 2)
    _, reason, clause = grounds(on)
    columns = [field.column for field in SiteAccount._meta.concrete_fields]
    names = {"columns": ", ".join(columns), "of_a": ", ".join(f"a.{one}" for one in columns)}
    body = f" 您好：\n\n您在就業中心的「45+就業資源網」帳號因{reason}，已於 115/11/02 自動關閉。\n\n依據：{clause}\n\n如需繼續使用，請登入入口網，在「45+ 我的帳號」提出「恢復使用」申請。"
    given = {"day": day, "at": AT, "on": on, "reason": reason, "clause": clause, "body": body}
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in BARE:
            cursor.execute(statement.format(**names), given)
    return time.perf_counter() - started


def _command(env: dict[str, str], on: str) -> subprocess.Popen[bytes]:
    # No broker: what is measured is the database's work, and nobody's queue is filled by it.
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.idle_lock", on],
        env={**env, "REDIS_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _sweep(env: dict[str, str], on: str) -> dict[str, Any]:
    process = _command(env, on)
    told = process.communicate()[0]
    return json.loads(told.splitlines()[-1])  # type: ignore[no-any-return]


def _closed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM senior45_siteaccount WHERE state = 'closed'")
        return int(cursor.fetchone()[0])


def _kill_halfway(env: dict[str, str], on: str, *, before: int, half: int) -> int:
    """Kill the sweep with no warning once half of its accounts are closed. Says how many it had closed."""
    process = _command(env, on)
    while process.poll() is None and _closed() < before + half:
        time.sleep(0.005)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return _closed() - before


def _each_once() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM senior45_siteaccount a WHERE a.state = 'closed' AND ("
            "(SELECT count(*) FROM senior45_accountevent e WHERE e.account_id = a.id) <> 1 "
            "OR (SELECT count(*) FROM casework_notice n WHERE n.user_id = a.user_id) <> 1 "
            "OR (SELECT count(*) FROM senior45_historicalsiteaccount h WHERE h.id = a.id) <> 1)"
        )
        return int(cursor.fetchone()[0]) == 0


def _swept(on: str) -> None:
    """What runs in the process of its own."""
    import resource

    import django

    django.setup()
    from casework.deadlines.sweeping import sweep

    connection.ensure_connection()
    started = time.perf_counter()
    report = sweep(on=date.fromisoformat(on), at=AT)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "closed": report.lapsed.total(), "peak_mb": round(peak, 1)}), flush=True)


if __name__ == "__main__":
    _swept(sys.argv[1])
