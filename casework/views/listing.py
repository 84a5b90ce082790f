"""The work list as a sheet: the same question asked again with the rights of the moment it is written."""

from collections.abc import Iterable

from django.http import QueryDict

from accounts.clock import today
from accounts.models import User
from casework.cases.access import with_people
from casework.desk.desk import desk_of
from casework.forms.worklist import WorkFilter
from casework.models import Case
from casework.views import words

COLUMNS = (
    "案號",
    "案件種類",
    "案由",
    "申請單位／申請人",
    "狀態",
    "目前在誰手上",
    "承辦機關",
    "承辦人",
    "收件日",
    "核定日",
    "期限",
    "最後異動",
)


def work_rows(user: User, query: str) -> tuple[list[str], Iterable[list[object]]]:
    """Header and rows. Where all rows are of one kind, that kind's own columns follow."""
    desk = desk_of(user)
    form = WorkFilter(QueryDict(query), desk=desk, today=today())
    criteria = form.criteria()
    kinds = [about for about in desk.kinds() if about.kind == criteria.kind] or desk.kinds()
    extra = kinds[0].export_row if len(kinds) == 1 else None
    cases = with_people(criteria.rows(desk)).order_by("-changed_at", "-pk")
    names: list[str] = []
    if extra and (first := cases.first()):
        names = list(extra(first))

    def rows() -> Iterable[list[object]]:
        for case in cases.iterator(chunk_size=2000):
            own = extra(case) if extra else {}
            yield [*_cells(case), *(own.get(name, "") for name in names)]

    return [*COLUMNS, *names], rows()


def _cells(case: Case) -> list[object]:
    return [
        case.number,
        words.kind_label(case),
        case.title,
        words.applicant(case),
        words.state_of(case).label,
        case.get_turn_display(),
        case.office.name,
        case.assignee.name if case.assignee else "",
        case.received_on,
        case.decided_on,
        case.due_on,
        case.changed_at,
    ]
