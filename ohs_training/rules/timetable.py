"""附表三、附表四: the timetable and its teachers (OHS-21), and the periods 時段 that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Literal

from kernel import dates
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import plain
from ohs_training.rules.training import Training

NOON = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One line of 附表三. Half-open: a row may start the minute another ends. `teacher_clause`: 符合規定之資格條款 (附表四)."""

    starts_at: datetime
    ends_at: datetime
    course: str
    hours: Decimal
    teacher: str
    teacher_clause: str = ""
    category: str | None = None
    practice: bool = False

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise Impossible("課程的結束時間應晚於開始時間。")
        if self.hours <= 0:
            raise Impossible("課程時數應大於 0。")

    @property
    def day(self) -> date:
        return dates.taipei_day(self.starts_at)

    @property
    def minutes(self) -> Decimal:
        return Decimal(int((self.ends_at - self.starts_at).total_seconds())) / 60


@dataclass(frozen=True, slots=True)
class TimetableFacts:
    """`elsewhere`: rows of the same teachers in other classes."""

    training: Training
    rows: tuple[Row, ...]
    elsewhere: tuple[Row, ...] = ()


@rule("OHS-21", facts=TimetableFacts)
def timetable(facts: TimetableFacts, *, on: date, law: Law) -> Outcome:
    """附表三：課程表載明日期、星期、時間、課程名稱、時數、講師，在職教育訓練註明課程類別；同一時間不得重疊，講師應符合資格條款。"""
    why = Reasoning("OHS-21", on=on, law=law)
    why.judge(bool(facts.rows), f"課程 {len(facts.rows)} 列", otherwise="課程表尚無課程")
    clashes = overlapping(facts.rows)
    for a, b in clashes:
        why.judge(False, f"{dates.roc(a.day)}「{a.course}」與「{b.course}」時間重疊")
    for row in facts.rows:
        for other in facts.elsewhere:
            if row.teacher == other.teacher and _overlap(row, other):
                why.judge(False, f"講師{row.teacher}於 {dates.roc(row.day)} 同一時間另有課程「{other.course}」")
        _row(row, facts, why, on=on, law=law)
    hours: dict[str, Decimal] = {}
    categories: dict[str, Decimal] = {}
    for row in facts.rows:
        hours[row.course] = hours.get(row.course, Decimal(0)) + row.hours
        if row.category:
            categories[row.category] = categories.get(row.category, Decimal(0)) + row.hours
    total = sum(hours.values(), Decimal(0))
    why.note(f"課程總時數 {plain(total)} 小時")
    return why.outcome(total_hours=total, hours=hours, category_hours=categories, overlaps=len(clashes))


def _row(row: Row, facts: TimetableFacts, why: Reasoning, *, on: date, law: Law) -> None:
    name = f"{dates.roc(row.day)}「{row.course}」"
    if not row.course.strip():
        why.judge(False, f"{dates.roc(row.day)} 有課程未填名稱")
    if not row.teacher.strip():
        why.judge(False, f"{name}未填講師")
    class_hour = law.at("ohs.class_hour_minutes", on).value
    if row.minutes < row.hours * class_hour:
        why.figure("ohs.class_hour_minutes")
        why.judge(
            False,
            f"{name}時數 {plain(row.hours)} 小時超過起訖時間",
            comparison=f"{plain(row.minutes)} ≥ {plain(row.hours)} × {class_hour}",
        )
    if facts.training == "professional":
        if not row.practice and not row.teacher_clause.strip():
            why.judge(False, f"{name}講師應註明符合規定之資格條款", citation="要點附表一備註二、附表四")
    elif row.category not in law.at("ohs.in_service_categories", on).value:
        why.judge(False, f"{name}應註明本規則第五條之一之課程類別", citation="要點附表三備註")


def _overlap(a: Row, b: Row) -> bool:
    return a.starts_at < b.ends_at and b.starts_at < a.ends_at


def overlapping(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Every pair of rows that share a minute."""
    ordered = sorted(rows, key=lambda r: (r.starts_at, r.ends_at))
    return [(a, b) for i, a in enumerate(ordered) for b in ordered[i + 1 :] if _overlap(a, b)]


@dataclass(frozen=True, slots=True)
class Period:
    """A half day 時段 with its rows: what one signs in to and out of. `first`: the day's first, where the roll is called."""

    day: date
    half: Literal["morning", "afternoon"]
    rows: tuple[Row, ...]
    first: bool

    @property
    def starts_at(self) -> datetime:
        return self.rows[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return max(r.ends_at for r in self.rows)


def _half(row: Row) -> Literal["morning", "afternoon"]:
    # 要點七 knows 上、下午 only: an evening row is the afternoon's, a row over noon belongs where it starts.
    return "morning" if row.starts_at.astimezone(dates.TAIPEI).hour < NOON else "afternoon"


def periods(rows: Iterable[Row]) -> list[Period]:
    """The periods of a timetable in order of time."""
    ordered = sorted(rows, key=lambda r: (r.starts_at, r.ends_at))
    found: list[Period] = []
    for (day, half), group in groupby(ordered, key=lambda r: (r.day, _half(r))):
        first = not found or found[-1].day != day
        found.append(Period(day, half, tuple(group), first))
    return found
