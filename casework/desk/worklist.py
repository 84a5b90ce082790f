"""One page of the work list, and the counts over its tabs.

The page is read by keyset from the ends of indexes, office by office and turn by turn, so that its cost does not grow with the cases behind
it; counts stop at COUNT_CAP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from casework.cases.access import as_lines
from casework.desk.desk import Desk
from casework.desk.search import Search
from casework.models import Case
from kernel.acts import Turn

PAGE_SIZE = 50
COUNT_CAP = 1000


class Tab(StrEnum):
    MINE = "mine"
    MY_TURN = "turn"
    TEAM = "team"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    ALL = "all"

    @property
    def label(self) -> str:
        return {
            "mine": "我的",
            "turn": "待我簽核",
            "team": "本單位",
            "unassigned": "未分案",
            "overdue": "逾期",
            "all": "全部案件",
        }[self]


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"

    @property
    def label(self) -> str:
        return {"newest": "最近異動在前", "oldest": "最久未動在前", "due": "期限近的在前（僅列有期限者）"}[self]

    @property
    def column(self) -> str:
        return "due_on" if self is Sort.DUE else "changed_at"

    @property
    def descending(self) -> bool:
        return self is Sort.NEWEST


@dataclass(frozen=True)
class Criteria:
    """What is asked of the list, already read from the query string."""

    tab: Tab = Tab.MINE
    today: date = date.min
    kind: str = ""
    state: str = ""
    turn: str = ""
    office: int | None = None
    assignee: int | None = None
    since: date | None = None
    until: date | None = None
    search: Search | None = None
    sort: Sort = Sort.NEWEST

    def turns(self) -> list[str]:
        """Whose turn the rows are of; the list is read turn by turn."""
        if self.turn:
            return [self.turn]
        return [turn.value for turn in Turn] if self.tab is Tab.ALL else [Turn.OFFICE.value]

    def where(self, desk: Desk) -> Q:
        """Everything asked but the turn, which parts the reading."""
        asked = Q()
        if self.tab is Tab.MINE:
            asked &= Q(assignee_id=desk.user.pk)
        elif self.tab is Tab.MY_TURN:
            asked &= desk.my_turn()
        elif self.tab is Tab.UNASSIGNED:
            asked &= Q(assignee=None)
        elif self.tab is Tab.OVERDUE:
            asked &= Q(due_on__lt=self.today)
        if self.sort is Sort.DUE:
            asked &= Q(due_on__isnull=False)
        for name, column in (
            ("kind", "kind"),
            ("state", "state"),
            ("office", "office_id"),
            ("assignee", "assignee_id"),
        ):
            if value := getattr(self, name):
                asked &= Q(**{column: value})
        if self.since:
            asked &= Q(received_on__gte=self.since)
        if self.until:
            asked &= Q(received_on__lte=self.until)
        if self.search:
            asked &= self.search.where
        return asked

    def rows(self, desk: Desk) -> QuerySet[Case]:
        """Every row asked for: what an export writes."""
        return desk.cases().filter(self.where(desk), turn__in=self.turns())


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the last row's sort value and key; `back` reads towards the first page."""

    value: Any
    pk: int
    back: bool = False

    def spell(self) -> str:
        return f"{'-' if self.back else ''}{self.pk}~{self.value.isoformat()}"

    @classmethod
    def read(cls, text: str, sort: Sort) -> "Cursor | None":
        """None for what nobody of ours wrote: the list then begins at its start."""
        key, _, value = text.partition("~")
        reader = date.fromisoformat if sort is Sort.DUE else datetime.fromisoformat
        try:
            found = cls(reader(value), int(key.removeprefix("-")), key.startswith("-"))
        except ValueError:
            return None
        if isinstance(found.value, datetime) and found.value.tzinfo is None:
            return None
        return found


@dataclass(frozen=True)
class WorkPage:
    rows: Sequence[Case] = ()
    following: str = ""
    preceding: str = ""


def _arms(criteria: Criteria, desk: Desk, cursor: Cursor | None) -> tuple[list[QuerySet[Case]], bool]:
    """The question cut into parts that are each read in the order of one index, and whether that is from high to low."""
    sort = criteria.sort
    down = sort.descending != bool(cursor and cursor.back)
    sign, step = ("-", "lt") if down else ("", "gt")
    asked = criteria.where(desk)
    if cursor:
        # The first condition bounds the index; the second settles equal moments.
        asked &= Q(**{f"{sort.column}__{step}e": cursor.value}) & (
            Q(**{f"{sort.column}__{step}": cursor.value}) | Q(**{f"pk__{step}": cursor.pk})
        )
    one_person = criteria.tab in (Tab.MINE, Tab.MY_TURN) or criteria.assignee
    parts = [desk.visible()] if one_person or criteria.search else desk.parts()
    order = (f"{sign}{sort.column}", f"{sign}pk")
    arms = [Case.objects.filter(part, asked, turn=turn).order_by(*order) for part in parts for turn in criteria.turns()]
    return arms, down


def _rows(criteria: Criteria, desk: Desk, cursor: Cursor | None, limit: int) -> list[Case]:
    """The next rows in reading order. One part is one query; several are merged by their keys first."""
    arms, down = _arms(criteria, desk, cursor)
    if len(arms) < 2:
        return list(as_lines(arms[0])[:limit]) if arms else []
    column = criteria.sort.column
    first, *rest = (arm.values_list("pk", column)[:limit] for arm in arms)
    keys = sorted(set(first.union(*rest, all=True)), key=lambda row: (row[1], row[0]), reverse=down)[:limit]
    by_pk = as_lines(Case.objects.all()).in_bulk([pk for pk, _ in keys])
    return [by_pk[pk] for pk, _ in keys]


def work_page(criteria: Criteria, desk: Desk, *, cursor: str = "", size: int = PAGE_SIZE) -> WorkPage:
    """One page: one query where the desk is one office and the turn is given, else two."""
    at = Cursor.read(cursor, criteria.sort) if cursor else None
    back = bool(at and at.back)
    rows = _rows(criteria, desk, at, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if not rows:
        return WorkPage()
    if back:
        rows.reverse()
    column = criteria.sort.column
    first, last = rows[0], rows[-1]
    following = Cursor(getattr(last, column), last.pk).spell() if more or back else ""
    preceding = Cursor(getattr(first, column), first.pk, back=True).spell() if (more if back else at) else ""
    return WorkPage(rows, following, preceding)


def count(criteria: Criteria, desk: Desk) -> int:
    """How many rows, up to COUNT_CAP + 1 (which means more).

    Where one index has the rows in its order they are counted in that order: unordered, PostgreSQL gathers every row of the
    desk in a bitmap before it counts the first, and the count grows with what waits there.
    """
    one_walk = criteria.tab is Tab.MINE or (criteria.tab is not Tab.MY_TURN and len(desk.parts()) == 1)
    order = ("due_on" if criteria.tab is Tab.OVERDUE else "-changed_at",) if one_walk else ()
    return criteria.rows(desk).order_by(*order)[: COUNT_CAP + 1].count()


def tab_counts(desk: Desk, today: date) -> dict[Tab, int]:
    """What waits on the desk: one bounded count per tab."""
    tabs = (Tab.MINE, Tab.MY_TURN, Tab.TEAM, Tab.UNASSIGNED, Tab.OVERDUE)
    return {tab: count(Criteria(tab=tab, today=today), desk) for tab in tabs}


def spell_count(number: int) -> str:
    return f"{COUNT_CAP:,}+" if number > COUNT_CAP else f"{number:,}"
