"""Opening a case, holding it, and going on to another state. `Case.state` changes in `go` and nowhere else."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts import crypto
from accounts.locks import locking
from accounts.models import Organisation, User
from accounts.rights import can
from accounts.roles import Side, right
from casework.cases.casetypes import casetype
from casework.cases.events import record
from casework.cases.recusal import keep_away
from casework.errors import NotPermitted, Stale
from casework.models import Case, CasePerson, Event
from kernel.acts import Act
from kernel.dates import roc_year, taipei_day


def next_number(series: str, *, at: datetime) -> str:
    """The next number of a series in the ROC year of `at`: OA-115-000123. The series row stays locked until commit."""
    year = roc_year(taipei_day(at))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_numberseries (series, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (series, year) DO UPDATE SET last = casework_numberseries.last + 1 RETURNING last",
            [series, year],
        )
        (serial,) = cursor.fetchone()
    return f"{series}-{year}-{serial:06d}"


@transaction.atomic
def open_case(
    *,
    kind: str,
    title: str,
    office: Organisation,
    organisation: Organisation | None = None,
    person: User | None = None,
    by: User | None,
    at: datetime,
    as_name: str = "",
) -> Case:
    """A new case in its first state. Who may open it is the regulation's question."""
    about = casetype(kind)
    state = about.table.state(about.table.initial)
    case = Case.objects.create(
        number=next_number(about.series, at=at),
        kind=kind,
        state=state.code,
        turn=state.turn.value,
        title=title,
        office=office,
        organisation=organisation,
        person=person,
        created_at=at,
        created_by=by,
        changed_at=at,
    )
    record(case, "opened", "建立案件", by=by, at=at, to_state=state.code, as_name=as_name)
    return case


def lock(case: Case | int, *, version: int | None = None) -> Case:
    """The case's row, locked until the transaction ends. Raises Stale when `version` is given and has passed."""
    pk = case.pk if isinstance(case, Case) else case
    locked = locking(Case.objects).get(pk=pk)
    if version is not None and locked.version != version:
        raise Stale(locked, version)
    return locked


def require(user: User | None, code: str, case: Case) -> None:
    """Raises NotPermitted unless the user holds the right on the case, Refused where the office's right is used by one of its parties
    (迴避). No user is the system's own job.
    """
    if user is None:
        return
    # asked of the database: the sign-in may have been closed while this act was on its way
    if not User.objects.filter(pk=user.pk, is_active=True).exists() or not can(user, code, case):
        raise NotPermitted("您沒有辦理這個動作的權限。")
    if right(code).side is Side.OFFICE:
        keep_away(user, case)


def go(case: Case, act: Act, *, by: User | None, at: datetime, **told: Any) -> Event:
    """To the act's state, with its event; an act that leads nowhere leaves its event alone. Asked before: casework.cases.doing."""
    table, before = casetype(case.kind).table, case.state
    way: dict[str, Any] = {}
    if act.target:
        target = table.state(act.target)
        case.enter(target.code, turn=target.turn.value, awaiting=target.awaits)
        way = {"from_state": before, "to_state": target.code}
    of_office = right(act.right).side is Side.OFFICE
    return record(
        case, act.code, act.label, by=by, at=at, clause=act.clause, of_office=of_office, apart=act.apart, **way, **told
    )


def set_people(case: Case, people: Iterable[tuple[str, str]]) -> None:
    """The (identifier, name) pairs that stand in a case, for exact search."""
    wanted = {crypto.index(number): name for number, name in people if number}
    case.people.exclude(id_index__in=wanted).delete()
    CasePerson.objects.bulk_create(
        [CasePerson(case=case, id_index=index, name=name) for index, name in wanted.items()],
        update_conflicts=True,
        unique_fields=["case", "id_index"],
        update_fields=["name"],
    )
