"""Days and periods as 民法 §119–123 and 行政程序法 §48 count them, in the Taipei day and the calendar of the Republic.

Every function takes and returns `datetime.date`; no clock is read here.
"""

from __future__ import annotations

import calendar
import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

TAIPEI = ZoneInfo("Asia/Taipei")
ONE_DAY = timedelta(days=1)
WEEKDAYS = "一二三四五六日"


class DateError(ValueError):
    """A day nobody can read or that does not exist; the message is a Chinese sentence with an example."""


def taipei_day(moment: datetime) -> date:
    """The day in Taipei of an aware moment."""
    return moment.astimezone(TAIPEI).date()


def end_of_day(day: date) -> datetime:
    """The moment the Taipei day is over, in UTC."""
    return datetime.combine(day + ONE_DAY, datetime.min.time(), TAIPEI).astimezone(UTC)


# --- the calendar of the Republic 民國 ------------------------------------------------------------------------------


def roc(day: date) -> str:
    """113/12/12"""
    return f"{day.year - 1911}/{day.month:02d}/{day.day:02d}"


def roc_long(day: date) -> str:
    """中華民國113年12月12日"""
    return f"中華民國{day.year - 1911}年{day.month}月{day.day}日"


_SLASHED = re.compile(r"(?<![\d/])(\d{2,3})/(\d{1,2})/(\d{1,2})(?![\d/])")


def roc_moment(moment: datetime) -> str:
    """113/12/12 14:05"""
    here = moment.astimezone(TAIPEI)
    return f"{roc(here.date())} {here:%H:%M}"


def days_spelled(text: str) -> str:
    """A sentence as a letter 函 writes its days: 113/12/12 → 113年12月12日."""
    return _SLASHED.sub(lambda m: f"{int(m[1])}年{int(m[2])}月{int(m[3])}日", text)


def roc_year(day: date) -> int:
    return day.year - 1911


_SEPARATED = re.compile(r"^(?:中華民國|民國)?\s*(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_DIGITS = re.compile(r"^(\d{6,8})$")
#: How a spreadsheet writes a cell that holds a day: 2022/12/6 00:00:00, 2022/12/6 上午 12:00:00, 2022-12-06T00:00:00.
_TIME = re.compile(r"(?<=[\d日])(?:\s+(?:[上下]午\s*)?|T)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?$")


def parse_day(text: str) -> date:
    """Read 113/12/12, 1131212, 中華民國113年12月12日, 2024-12-12 or 20241212. Years below 1000 are of the Republic.

    Six or seven digits are of the Republic, eight are 西元. A time of day after the day is no part of it. Raises DateError.
    """
    plain = _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    if not plain:
        raise DateError("請填寫日期，例：113/12/12")
    found = _SEPARATED.match(plain)
    if found:
        year, month, day = (int(g) for g in found.groups())
        if year >= 1000 and "民國" in plain:
            raise DateError(f"「{text}」的年份不是民國年，例：民國113年12月12日")
    elif _DIGITS.match(plain):
        year, month, day = int(plain[:-4]), int(plain[-4:-2]), int(plain[-2:])
    else:
        raise DateError(f"看不懂日期「{text}」，請輸入民國日期，例：113/12/12")
    if year < 1000:
        year += 1911
    if not 1850 <= year <= 2200:
        raise DateError(f"「{text}」的年份不在合理範圍，例：113/12/12")
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(f"「{text}」這一天不存在，請檢查月份與日數，例：113/02/29") from None


# --- periods 期間 --------------------------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """The corresponding day (相當日), or the month's last day where there is none (民法 §121)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_after(day: date, days: int) -> date:
    """Last day of a term of `days`; the first day does not count (民法 §120 II)."""
    return day + timedelta(days=days)


def days_before(day: date, days: int) -> date:
    """Counting back: the last day on which "at least `days` before" still holds. Does not move for holidays."""
    return day - timedelta(days=days)


def months_after(day: date, months: int) -> date:
    """Last day of a term of months that begins the day after `day`."""
    return add_months(day, months)


def validity_end(starts_on: date, *, years: int = 0, months: int = 0) -> date:
    """Last valid day of a validity that starts on (and counts) a day: 113/12/12 + 3 years → 116/12/11.

    民法 §121 II: the period ends the day before the corresponding day; where the last month has no such day, on its
    last day (113/02/29 + 3 years → 116/02/28).
    """
    target = add_months(starts_on, years * 12 + months)
    return target if target.day < starts_on.day else target - ONE_DAY


def months_before_window(last_day: date, months: int) -> date:
    """First day of "within `months` months before": the mirror of validity_end (116/12/11, 3 → 116/09/12)."""
    return add_months(last_day + ONE_DAY, -months)


def years_since(day: date, on: date) -> int:
    """Whole years completed on a day (age, years since founding).

    民法 §124: age counts from the day of birth and is reached on the birthday; born on 29 February, on 1 March of
    years without that day.
    """
    years = on.year - day.year
    return years - ((on.month, on.day) < (day.month, day.day))


def overlap(a_from: date, a_until: date, b_from: date, b_until: date) -> bool:
    """Whether two closed spans of days share a day."""
    return a_from <= b_until and b_from <= a_until


#: What a term's days are: the words of a figure that an amendment may choose between.
DAY_KINDS = {"working": "工作日", "calendar": "日曆天"}


# --- working days 工作日 --------------------------------------------------------------------------------------------


@functools.cache
def _package_year(year: int) -> HolidayBase:
    import holidays

    return holidays.country_holidays("TW", years=year, language="zh_TW")


def _package_is_off(day: date) -> bool:
    return not _package_year(day.year).is_working_day(day)


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days offices work. `days`: what is official or set by hand (day → works); the rest is the package's."""

    days: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        known = self.days.get(day)
        return known if known is not None else not _package_is_off(day)

    def next_working(self, day: date) -> date:
        """The day itself when offices work, else the next working day (民法 §122)."""
        while not self.works(day):
            day += ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """The day itself or the last working day before it: when to remind somebody whose last day is a holiday."""
        while not self.works(day):
            day -= ONE_DAY
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (the day itself does not count)."""
        while count > 0:
            day += ONE_DAY
            count -= self.works(day)
        return day

    def term(self, day: date, count: int, kind: str) -> date:
        """Last day of a term of `count` days of a kind (DAY_KINDS); the day it runs from does not count."""
        return self.working_days_after(day, count) if kind == "working" else days_after(day, count)

    def working_days_between(self, after: date, until: date) -> int:
        """Working days in (after, until]; negative when `until` is earlier."""
        if until < after:
            return -self.working_days_between(until, after)
        return sum(self.works(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))

    def act_by(self, last_day: date) -> date:
        """A citizen's last day moved past Saturday, Sunday and holidays (民法 §122, 行政程序法 §48 IV)."""
        return self.next_working(last_day)
