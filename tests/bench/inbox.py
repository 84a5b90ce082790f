"""A page of the work list among 10,000 and 200,000 cases.

Beside it the bare SQL that answers the same question: the fifty rows of the page with the names shown, in order. `ratio` is
the database work of the page's rows (keys, rows, objects made of them) to that statement; `page_ms` is the whole answer
with session, rights, counts and HTML.
"""

from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, User
from accounts.roles import Side, all_roles, right
from accounts.services.roles import grant_role
from casework.cases.casetypes import all_casetypes
from casework.desk.desk import Desk, desk_of
from casework.desk.worklist import PAGE_SIZE, Criteria, Sort, Tab, work_page
from tests.bench._scratch import scratch_database
from tests.bench._timing import median_ms

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ROUNDS = 25
OFFICES, UNITS, STAFF = 5, 2000, 20

BARE = """
SELECT c.id, c.number, c.kind, c.state, c.turn, c.title, c.received_on, c.due_on, c.changed_at, c.version,
       o.name, f.name, a.name, p.name
FROM casework_case c
LEFT JOIN accounts_organisation o ON o.id = c.organisation_id
JOIN accounts_organisation f ON f.id = c.office_id
LEFT JOIN accounts_user a ON a.id = c.assignee_id
LEFT JOIN accounts_user p ON p.id = c.person_id
WHERE c.office_id = %(office)s AND c.turn = 'office' AND c.kind = ANY(%(kinds)s)
ORDER BY c.changed_at DESC, c.id DESC LIMIT %(limit)s
"""


def run(quick: bool) -> dict[str, Any]:
    sizes = (300, 1_000) if quick else (10_000, 200_000)
    with scratch_database(), override_settings(STAFF_SECOND_FACTOR=False, SECURE_SSL_REDIRECT=False):
        officer = _people()
        few, many = (_measured(size, officer) for size in sizes)
    return {
        "sizes": list(sizes),
        "few": few,
        "many": many,
        "ratio": many["ratio"],
        "ratio_at_most": 4,
        "growth": round(many["page_ms"] / few["page_ms"], 2),
        "growth_at_most": 1.5,
    }


def _measured(size: int, officer: User) -> dict[str, Any]:
    _fill(size)
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0].replace("*", "localhost"))
    client.force_login(officer)
    desk = desk_of(officer)
    bare = median_ms(lambda: _bare(desk), ROUNDS)
    rows = median_ms(lambda: work_page(Criteria(tab=Tab.TEAM, today=TODAY), desk).rows, ROUNDS)
    figures: dict[str, Any] = {
        "cases": size,
        "page_ms": _page(client, "tab=team"),
        "rows_ms": rows,
        "bare_ms": bare,
        "ratio": round(rows / bare, 2),
    }
    with CaptureQueriesContext(connection) as caught:
        client.get("/admin/work/?tab=team")
    figures["queries"] = len(caught)
    deep = work_page(Criteria(tab=Tab.TEAM, today=TODAY), desk, size=size // 20).following
    figures["deep_page_ms"] = _page(client, f"tab=team&from={deep}")
    for tab in (Tab.MINE, Tab.UNASSIGNED, Tab.OVERDUE, Tab.ALL):
        figures[f"{tab}_ms"] = _page(client, f"tab={tab}")
    figures["by_due_ms"] = _page(client, f"tab=team&sort={Sort.DUE}")
    return figures


def _page(client: Client, query: str) -> float:
    def get() -> None:
        if client.get(f"/admin/work/?{query}").status_code != 200:
            raise AssertionError(query)

    return median_ms(get, ROUNDS)


def _bare(desk: Desk) -> None:
    (office,) = desk.office_ids
    with connection.cursor() as cursor:
        asked = {"office": office, "kinds": list(desk.kinds_by_office[office]), "limit": PAGE_SIZE}
        cursor.execute(BARE, asked)
        if len(cursor.fetchall()) != PAGE_SIZE:
            raise AssertionError("the page is not full")


def _people() -> User:
    """Offices, units and staff; the officer measured sees the first office through every role of its staff."""
    offices = Organisation.objects.bulk_create(
        Organisation(name=f"第{n}分署", kind=Organisation.Kind.BRANCH) for n in range(OFFICES)
    )
    Organisation.objects.bulk_create(
        Organisation(name=f"訓練單位{n}", kind=Organisation.Kind.UNIT) for n in range(UNITS)
    )
    roles = [role for role in all_roles() if role.staff and "branch" in role.kinds and _views(role.rights)]
    staff = []
    for n in range(STAFF):
        user = User.objects.create(
            account_name=f"staff{n}", email=f"staff{n}@example.org", name=f"承辦{n}", is_staff=True
        )
        for role in roles if n == 0 else roles[:1]:
            grant_role(user=user, role_code=role.code, organisation=offices[0], by=None, at=AT)
        staff.append(user)
    return staff[0]


def _views(rights: tuple[str, ...]) -> bool:
    seen = {code for about in all_casetypes() for code in about.view_rights if right(code).side is Side.OFFICE}
    return bool(seen & set(rights))


def _fill(size: int) -> None:
    """As an office has them: most are over, three in ten wait for it, one in seven of those has no officer yet."""
    about = all_casetypes()[0]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE casework_case CASCADE")
        cursor.execute(
            """
            INSERT INTO casework_case (number, kind, state, turn, title, organisation_id, office_id, assignee_id, created_at,
                filed_at, received_on, due_on, version, events_count, digest, changed_at)
            SELECT 'BN-115-' || lpad(n::text, greatest(6, length(n::text)), '0'), %(kind)s, %(state)s,
                CASE WHEN n %% 10 < 3 THEN 'office' WHEN n %% 10 = 3 THEN 'applicant' ELSE 'nobody' END,
                '115年度帳號申請' || n,
                units.ids[1 + (n * 7) %% array_length(units.ids, 1)],
                offices.ids[1 + CASE WHEN n %% 2 = 0 THEN 0 ELSE n %% array_length(offices.ids, 1) END],
                CASE WHEN n %% 7 = 0 THEN NULL ELSE staff.ids[1 + (n / 7) %% array_length(staff.ids, 1)] END,
                %(at)s, %(at)s, %(today)s,
                CASE WHEN n %% 3 = 0 THEN %(today)s::date + (n %% 60) - 3 END,
                1, 0, '', %(at)s::timestamptz - make_interval(mins => ((n::bigint * 7919) %% %(size)s)::int)
            FROM generate_series(1, %(size)s) n,
                (SELECT array_agg(id ORDER BY id) ids FROM accounts_organisation WHERE kind = 'unit') units,
                (SELECT array_agg(id ORDER BY id) ids FROM accounts_organisation WHERE kind = 'branch') offices,
                (SELECT array_agg(id ORDER BY id) ids FROM accounts_user) staff
            """,
            {"kind": about.kind, "state": about.table.initial, "at": AT, "today": TODAY, "size": size},
        )
        cursor.execute("VACUUM ANALYZE casework_case")
