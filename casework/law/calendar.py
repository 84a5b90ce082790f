"""The office calendar 辦公日曆: the official table taken over whole or not at all, and days set by hand with a reason.

A changed day changes what is counted from now on. Deadlines already set keep their day until an act recomputes them; how
many open ones lie on a changed day is shown before anything is changed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction

from accounts.models import AccessLog, User
from accounts.rights import can_anywhere
from accounts.services.access import record_access
from casework.errors import NotPermitted, Refused
from casework.intake.sheet_table import SheetError
from casework.models import CalendarDay, Deadline
from casework.rights import CALENDAR
from casework.sheets.records import Column, read_records
from kernel.dates import WEEKDAYS, DateError, WorkingCalendar, parse_day, roc
from kernel.identifiers import plain

COLUMNS = (
    Column("day", "西元日期"),
    Column("weekday", "星期"),
    Column("off", "是否放假"),
    Column("name", "備註"),
)
OFF = {"2": True, "0": False}
YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the official table."""

    day: date
    works: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in a row of the file (the first row is 1)."""

    row: int
    message: str


@dataclass(frozen=True)
class Preview:
    """What an import would do, before it does it. Nothing is imported while there is an error."""

    days: tuple[Day, ...] = ()
    errors: tuple[RowError, ...] = ()
    #: Days whose 上班／放假 would become another than what is counted on now.
    changed: tuple[Day, ...] = ()
    same: int = 0
    #: Set by hand otherwise than the file says: they stay as set.
    conflicts: tuple[Day, ...] = ()
    #: Open deadlines on days that change; they keep their day.
    deadlines: int = 0
    years: tuple[int, ...] = field(default=())

    @property
    def ready(self) -> bool:
        return bool(self.days) and not self.errors


def require_calendar(by: User) -> None:
    """Raises NotPermitted."""
    if not can_anywhere(by, CALENDAR):
        raise NotPermitted("您沒有維護辦公日曆的權限。")


# --- the official table ----------------------------------------------------------------------------------------------


def preview(data: bytes) -> Preview:
    """Read the official CSV (UTF-8 or Big5; XLSX and ODS too) and say what it would change. Changes nothing."""
    days, errors = parse(data)
    known = {one.day: one for one in CalendarDay.objects.filter(day__in=[one.day for one in days])}
    by_hand = {day for day, one in known.items() if one.source == CalendarDay.Source.MANUAL}
    counted = _counted(known.values())
    changed = tuple(one for one in days if one.day not in by_hand and counted.works(one.day) != one.works)
    return Preview(
        days=tuple(days),
        errors=tuple(errors or incomplete(days)),
        changed=changed,
        same=len(days) - len(changed),
        conflicts=tuple(one for one in days if one.day in by_hand and known[one.day].works != one.works),
        deadlines=open_deadlines_on(one.day for one in changed),
        years=tuple(sorted({one.day.year for one in days})),
    )


def _counted(known: Iterable[CalendarDay]) -> WorkingCalendar:
    return WorkingCalendar({one.day: one.works for one in known})


def open_deadlines_on(days: Iterable[date]) -> int:
    return Deadline.objects.filter(due_on__in=list(days), met_at=None, lapsed_at=None, withdrawn_at=None).count()


def parse(data: bytes) -> tuple[list[Day], list[RowError]]:
    """Days and errors of an official table. A file without a single good row has an error, and so has a year not whole."""
    try:
        found = read_records(data, COLUMNS, key="day")
    except SheetError as error:
        return [], [RowError(1, str(error))]
    if missing := [column.label for column in COLUMNS[:3] if column.name not in found.found]:
        labels = "、".join(column.label for column in COLUMNS)
        return [], [RowError(1, f"第一列應為欄名「{labels}」，缺少「{'、'.join(missing)}」。")]
    days: dict[date, Day] = {}
    errors: list[RowError] = []
    for row in found.rows:
        try:
            if row.errors:
                raise ValueError(f"{'、'.join(row.errors)}。")
            one = _day(row.values)
            if one.day in days:
                raise ValueError(f"{roc(one.day)} 在檔案裡出現兩次。")
            days[one.day] = one
        except ValueError as error:
            errors.append(RowError(row.number, str(error)))
    if not days and not errors:
        errors.append(RowError(1, "檔案裡沒有任何日期。"))
    return sorted(days.values(), key=lambda one: one.day), errors


def incomplete(days: Iterable[Day]) -> list[RowError]:
    """A year of which days are missing: the official table has all of them."""
    by_year: dict[int, set[date]] = {}
    for one in days:
        by_year.setdefault(one.day.year, set()).add(one.day)
    errors = []
    for year, there in sorted(by_year.items()):
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        gone = [day for n in range(first, last + 1) if (day := date.fromordinal(n)) not in there]
        if gone:
            errors.append(
                RowError(
                    1,
                    f"民國 {year - 1911} 年應有 {last - first + 1} 日，檔案缺 {len(gone)} 日，第一個是 {roc(gone[0])}；請使用完整年度的檔案。",
                )
            )
    return errors


def _day(cells: Mapping[str, str]) -> Day:
    """Raises ValueError with a sentence (DateError is one)."""
    typed, weekday, off = cells["day"], cells["weekday"], plain(cells["off"])
    if not typed:
        raise ValueError("沒有日期，例：20261120。")
    day = parse_day(typed)
    if not re.match(rf"\D*{day.year}", plain(typed)):
        raise DateError(f"「{typed}」不是西元日期，例：20261120。")
    if day.year not in YEARS:
        raise DateError(f"「{typed}」的年份不在合理範圍，例：20261120。")
    if weekday.removeprefix("星期").removeprefix("週") != WEEKDAYS[day.weekday()]:
        raise ValueError(f"{roc(day)} 是星期{WEEKDAYS[day.weekday()]}，檔案寫「{weekday}」。")
    if off not in OFF:
        raise ValueError(f"「是否放假」應為 0（上班）或 2（放假），檔案寫「{off}」。")
    return Day(day, not OFF[off], cells.get("name", "")[:100])


@transaction.atomic
def import_calendar(data: bytes, *, by: User, at: datetime) -> Preview:
    """Take over the official table whole. Days set by hand stay. Raises Refused when any row is wrong, NotPermitted."""
    require_calendar(by)
    _lock_calendar()
    found = preview(data)
    if not found.ready:
        first = found.errors[0]
        raise Refused(
            f"檔案有 {len(found.errors)} 個錯誤，未匯入任何一天。第 {first.row} 列：{first.message}", field="file"
        )
    by_hand = set(CalendarDay.objects.filter(source=CalendarDay.Source.MANUAL).values_list("day", flat=True))
    rows = [
        CalendarDay(
            day=one.day, works=one.works, name=one.name, source=CalendarDay.Source.OFFICIAL, set_at=at, set_by=by
        )
        for one in found.days
        if one.day not in by_hand
    ]
    CalendarDay.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["works", "name", "source", "reason", "set_at", "set_by"],
    )
    record_access(
        AccessLog.Action.OVERRIDE,
        at=at,
        user=by,
        subject=f"辦公日曆 {found.days[0].day} 至 {found.days[-1].day}",
        reason=f"匯入官方日曆 {len(rows)} 日，{len(found.changed)} 日變更",
    )
    return found


# --- by hand ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_day(*, day: date, works: bool, name: str = "", reason: str, by: User, at: datetime) -> CalendarDay:
    """A day that offices work, or do not, otherwise than the table says (天然災害停止上班). Raises Refused, NotPermitted."""
    require_calendar(by)
    if not reason.strip():
        raise Refused("請填寫原因，例：海葵颱風停止上班。", field="reason")
    _lock_calendar()
    before = CalendarDay.objects.filter(day=day).first()
    if before is not None and before.source == CalendarDay.Source.MANUAL and before.works == works:
        raise Refused(f"{roc(day)} 已設定為{_word(works)}（{before.reason}）。", field="day")
    if _counted([before] if before else []).works(day) == works:
        raise Refused(f"{roc(day)} 原本就是{_word(works)}日，不必另行設定。", field="day")
    row, _ = CalendarDay.objects.update_or_create(
        day=day,
        defaults={
            "works": works,
            "name": (name or reason)[:100],
            "source": CalendarDay.Source.MANUAL,
            "reason": reason.strip()[:200],
            "set_at": at,
            "set_by": by,
        },
    )
    record_access(
        AccessLog.Action.OVERRIDE, at=at, user=by, subject=f"辦公日曆 {roc(day)} {_word(works)}", reason=reason
    )
    return row


@transaction.atomic
def clear_day(*, day: date, reason: str, by: User, at: datetime) -> None:
    """Take back a day set by hand; what the package knows counts until the official table is imported again.

    Raises Refused, NotPermitted.
    """
    require_calendar(by)
    if not reason.strip():
        raise Refused("請填寫取消的原因。", field="reason")
    _lock_calendar()
    deleted, _ = CalendarDay.objects.filter(day=day, source=CalendarDay.Source.MANUAL).delete()
    if not deleted:
        raise Refused(f"{roc(day)} 沒有人工設定。", field="day")
    record_access(AccessLog.Action.OVERRIDE, at=at, user=by, subject=f"辦公日曆 {roc(day)} 取消設定", reason=reason)


def _lock_calendar() -> None:
    """Two people at the calendar go one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('casework.calendar'))")


def _word(works: bool) -> str:
    return "上班" if works else "放假"


def year_sheet(year: int) -> list[tuple[date, bool, str, str]]:
    """Every day of a year as it is counted: day, works, name, where that is known from (empty: the package's guess)."""
    known = {one.day: one for one in CalendarDay.objects.filter(day__year=year)}
    calendar = _counted(known.values())
    first = date(year, 1, 1).toordinal()
    days = (date.fromordinal(first + n) for n in range(date(year, 12, 31).toordinal() - first + 1))
    return [
        (day, calendar.works(day), known[day].name, known[day].get_source_display())
        if day in known
        else (day, calendar.works(day), "", "")
        for day in days
    ]
