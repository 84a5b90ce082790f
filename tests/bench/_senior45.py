"""Many accounts of the 45+ site at once, written by a few statements."""

from datetime import date, datetime

from django.db import connection

from accounts.models import Organisation
from accounts.services.roles import role_group
from senior45.models import SiteOffice
from senior45.params import OfficeKind


def office(name: str, kind: OfficeKind, organisation_kind: str, branch: SiteOffice | None = None) -> SiteOffice:
    made = Organisation.objects.create(name=name, short_name=name[-20:], kind=organisation_kind)
    return SiteOffice.objects.create(organisation=made, kind=kind, branch=branch)


def lead() -> SiteOffice:
    return office("身心障礙者及特定對象就業組", OfficeKind.HQ_LEAD, Organisation.Kind.AGENCY)


def centres(count: int) -> list[SiteOffice]:
    branch = office("雲嘉南分署", OfficeKind.BRANCH, Organisation.Kind.BRANCH)
    return [office(f"就業中心{n:05d}", OfficeKind.JOB_CENTER, Organisation.Kind.SERVICE, branch) for n in range(count)]


def accounts(count: int, places: list[SiteOffice], *, idle_from: date) -> None:
    """`count` people, each with an account and the editor's right and role, spread over the places."""
    groups = {one.pk: role_group(role_code="s45_editor", organisation=one.organisation).group_id for one in places}
    keys = [one.pk for one in places]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE senior45_accountright DISABLE TRIGGER USER")  # each row would ask for its office
        cursor.execute(
            "INSERT INTO accounts_user (password, is_superuser, account_name, email, name, phone, is_active, is_staff, "
            "must_change_password, closed_reason, created_at) SELECT '!', false, 'bench' || n, 'bench' || n || '@example.com', "
            "'測試人員' || n, '', true, false, false, '', now() FROM generate_series(1, %s) n",
            [count],
        )
        cursor.execute(
            "INSERT INTO senior45_siteaccount (user_id, office_id, role, role_text, title, state, opened_on, idle_from, closing, "
            "closed_reason, closed_clause) SELECT u.id, (%s::bigint[])[1 + u.id %% %s], 'service_staff', '', '', 'open', %s, %s, '', '', '' "
            "FROM accounts_user u WHERE u.account_name LIKE 'bench%%'",
            [keys, len(keys), idle_from, idle_from],
        )
        cursor.execute(
            'INSERT INTO senior45_accountright (account_id, office_id, "right", starts_on) '
            "SELECT id, office_id, 'editor', opened_on FROM senior45_siteaccount"
        )
        cursor.execute("ALTER TABLE senior45_accountright ENABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO accounts_user_groups (user_id, group_id) SELECT a.user_id, g.group_id FROM senior45_siteaccount a "
            "JOIN unnest(%s::bigint[], %s::int[]) AS g (office_id, group_id) ON g.office_id = a.office_id",
            [list(groups), list(groups.values())],
        )


def deadlines(at: datetime, due_on: date) -> None:
    """Every account's day, all of them far away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_deadline (thing_kind, thing_id, code, rule, label, citation, counted_from, due_on, outcome, set_at) "
            "SELECT 'senior45.siteaccount', id, 'senior45.idle', 'S45-09', '未登入自動關閉', '附件2', idle_from, %s, '{}', %s "
            "FROM senior45_siteaccount",
            [due_on, at],
        )


def analysed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
