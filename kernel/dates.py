"""Days and periods as 民法 §119–123 and 行政程序法 §48 count them, in the Taipei day and the calendar of the Republic.

Every function takes and returns `datetime.date`; no clock is read here.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kernel.characters import half_width

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


_SEPARATED = re.compile(
    r"^(?:中華民國|民國|西元|公元|生於)?\s*([0-9]{1,4})\s*[-/.,、年]\s*([0-9]{1,2})\s*[-/.,、月]\s*([0-9]{1,2})\s*[日號生.]*$"
)
_DIGITS = re.compile(r"^(?:中華民國|民國|西元|公元)?\s*([0-9]{6,8})$")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
#: What people write behind a day: (一), （星期二）, 星期三.
_WEEKDAY = re.compile(r"\s*\(?(?:(?:星期|週|周|禮拜)[一二三四五六日天]\)?|[一二三四五六日]\))$")
#: How a spreadsheet writes a cell that holds a day: 2022/12/6 00:00:00, 2022/12/6 上午 12:00:00, 2022-12-06T00:00:00.
_TIME = re.compile(r"(?<=[\d日])(?:\s+(?:[上下]午\s*)?|T)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?$")


def parse_day(text: str) -> date:
    """Read 113/12/12, 1131212, 中華民國113年12月12日, 2024-12-12 or 20241212. Years below 1000 are of the Republic.

    Six or seven digits are of the Republic, eight are 西元. A time of day after the day is no part of it. Raises DateError.
    """
    plain = _TIME.sub("", half_width(text).strip())
    plain = _WEEKDAY.sub("", _HYPHENS.sub("-", plain)).replace("元年", "1年")
    if not plain:
        raise DateError("請填寫日期，例：113/12/12")
    found = _SEPARATED.match(plain)
    if found:
        year, month, day = (int(g) for g in found.groups())
    elif found := _DIGITS.match(plain):
        digits = found[1]
        year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
    else:
        raise DateError(f"看不懂日期「{text}」，請輸入民國日期，例：113/12/12")
    if year >= 1000 and "民國" in plain:
        raise DateError(f"「{text}」的年份不是民國年，例：民國113年12月12日")
    if year < 1000 and ("西元" in plain or "公元" in plain):
        raise DateError(f"「{text}」的年份不是西元年，例：西元2024年12月12日")
    if year < 1000:
        year += 1911
    if not 1850 <= year <= 2200:
        raise DateError(f"「{text}」的年份不在合理範圍，例：113/12/12")
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(f"「{text}」這一天不存在，請檢查月份與日數，例：113/02/29") from None


_CLOCK = re.compile(
    r"(?:(上午|早上|凌晨|am|下午|晚上|中午|pm)\s*)?([0-9]{1,2})\s*(?:[:.時點]\s*(?:([0-9]{1,2})\s*分?)?(?::[0-9]{2}(?:\.[0-9]+)?)?|([0-9]{2}))?"
    r"\s*(am|pm)?",
    re.IGNORECASE,
)


def parse_clock(text: str) -> time:
    """A time of day as people and spreadsheets write it: 9:00, ０９：００, 0900, 上午 9:00, 下午1時30分, 1:30 PM, 09:00:00.

    Raises DateError.
    """
    wrong = DateError(f"看不懂時間「{text}」，請輸入時:分，例：09:00")
    plain = half_width(text).strip().replace("半", "30分").replace(".m.", "m")
    found = _CLOCK.fullmatch(plain)
    if not found or (plain.isdecimal() and len(plain) not in (3, 4)):
        raise wrong
    before, hours, spelled, digits, after = found.groups()
    if plain.isdecimal():
        hours, digits = plain[:-2], plain[-2:]
    hour, minute, half = int(hours), int(spelled or digits or 0), (before or after or "").lower()
    if half in ("下午", "晚上", "pm", "中午") and hour < 12 and not (half == "中午" and hour == 11):
        hour += 12
    elif half in ("上午", "早上", "凌晨", "am") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        raise wrong
    return time(hour, minute)


#: Nobody who deals with an office is younger than the labour law lets work (勞動基準法第44條), unless a form says otherwise.
WORKING_AGE = 15
_OLDEST_BIRTHDAY = date(1900, 1, 1)


def wrong_birthday(day: date, on: date, *, least: int = WORKING_AGE) -> str:
    """Why a day cannot be the birthday of somebody of at least `least` years on a day; empty where it can. Typed or imported."""
    if day > on:
        return f"出生日期 {roc(day)} 晚於今天，請核對年份"
    if day < _OLDEST_BIRTHDAY:
        return f"出生日期的年份不在合理範圍（西元 {day.year} 年），請核對年份，例：75/03/21"
    if years_since(day, on) < least:
        return f"出生日期 {roc(day)}，未滿 {least} 歲，請核對年份"
    return ""


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
