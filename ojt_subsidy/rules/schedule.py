"""每週授課時段: a weekly plan becomes sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from kernel.dates import TAIPEI, WEEKDAYS, roc
from kernel.facts import Impossible
from ojt_subsidy.rules.enrolment import Session


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on this weekday (0 = Monday). `until` not later than `from_` is on the following day."""

    weekday: int
    from_: time = field(metadata={"name": "from"})
    until: time

    def on(self, day: date) -> Session:
        start = datetime.combine(day, self.from_, TAIPEI)
        end = datetime.combine(day, self.until, TAIPEI)
        return Session(start, end if end > start else end + timedelta(days=1))

    @property
    def label(self) -> str:
        over = "翌日" if self.until <= self.from_ else ""
        return f"每週{WEEKDAYS[self.weekday]} {self.from_:%H:%M}–{over}{self.until:%H:%M}"


def sessions_of(
    starts_on: date, ends_on: date, weekly: Iterable[Weekly], days_off: Iterable[date] = ()
) -> list[Session]:
    """All sessions between the two days, both held. Raises Impossible where they overlap or a day of the ends has none."""
    if ends_on < starts_on:
        raise Impossible("結訓日不可能早於開訓日。")
    if (ends_on - starts_on).days > 400:
        raise Impossible("開訓日至結訓日超過一年，請檢查年份。")
    plan, off = list(weekly), set(days_off)
    days = (starts_on + timedelta(days=n) for n in range((ends_on - starts_on).days + 1))
    found = sorted(
        (one.on(day) for day in days if day not in off for one in plan if one.weekday == day.weekday()),
        key=lambda s: s.starts_at,
    )
    if not found:
        raise Impossible("期間內沒有任何授課時段，請檢查星期與日期。")
    for a, b in pairwise(found):
        if b.starts_at < a.ends_at:
            day = roc(b.starts_at.astimezone(TAIPEI).date())
            raise Impossible(
                f"{day} 的授課時段重疊：前一堂 {a.ends_at:%H:%M} 才結束，後一堂 {b.starts_at:%H:%M} 已開始。"
            )
    if found[0].starts_at.date() != starts_on:
        raise Impossible(f"開訓日 {roc(starts_on)} 當天沒有授課時段，第一堂課在 {roc(found[0].starts_at.date())}。")
    if found[-1].starts_at.date() != ends_on:
        raise Impossible(f"結訓日 {roc(ends_on)} 當天沒有授課時段，最後一堂課在 {roc(found[-1].starts_at.date())}。")
    return found


class Held(Protocol):
    """Whatever is held from a moment until another."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def hours_of(sessions: Iterable[Held]) -> Decimal:
    """Hours to a tenth."""
    seconds = sum(int((s.ends_at - s.starts_at).total_seconds()) for s in sessions)
    return (Decimal(seconds) / 3600).quantize(Decimal("0.1"))
