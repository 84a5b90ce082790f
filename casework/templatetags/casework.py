"""Days and moments as offices write them, and words the pages share."""

from datetime import date, datetime
from typing import Any

from django import template

from casework.kernel import dates
from casework.kernel.dates import TAIPEI, WEEKDAYS

register = template.Library()


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return dates.taipei_day(value)
    if isinstance(value, str) and value:
        return date.fromisoformat(value[:10])
    return value or None


@register.filter
def roc(value: Any) -> str:
    """113/12/12"""
    day = _day(value)
    return dates.roc(day) if day else ""


@register.filter
def roc_day(value: Any) -> str:
    """113/12/12（四）"""
    day = _day(value)
    return f"{dates.roc(day)}（{WEEKDAYS[day.weekday()]}）" if day else ""


@register.filter
def roc_moment(value: datetime | None) -> str:
    """113/12/12 14:05"""
    if not value:
        return ""
    here = value.astimezone(TAIPEI)
    return f"{dates.roc(here.date())} {here:%H:%M}"


@register.filter
def file_size(size: int) -> str:
    """1.2 MB"""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, round(size / 1024))} KB"
