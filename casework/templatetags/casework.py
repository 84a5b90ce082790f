"""Days and moments as offices write them, and words the pages share."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template

from accounts.clock import today
from casework.law.in_force import law_in_force
from kernel import dates
from kernel.dates import WEEKDAYS
from kernel.outcome import Line
from kernel.saying import said, size

register = template.Library()

_LESSER = re.compile(r"\bmin\(([\d,]+(?:\.\d+)?), ([\d,]+(?:\.\d+)?)\)")
_FRACTION = re.compile(r"(\d{2}:\d{2}:\d{2})\.\d+")


@register.filter
def for_people(text: str) -> str:
    """A stored line as people read it: no function's name, no fraction of a second."""
    return _FRACTION.sub(r"\1", _LESSER.sub(r"\1 與 \2 取較低者", text))


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
def typed_day(text: str) -> str:
    """A day out of a sheet: 113/12/12 where it was understood, else as it was typed."""
    try:
        return dates.roc(dates.parse_day(text)) if text else ""
    except dates.DateError:
        return text


@register.filter
def roc_day(value: Any) -> str:
    """113/12/12（四）"""
    day = _day(value)
    return f"{dates.roc(day)}（{WEEKDAYS[day.weekday()]}）" if day else ""


@register.filter
def roc_moment(value: datetime | None) -> str:
    """113/12/12 14:05"""
    return dates.roc_moment(value) if value else ""


@register.filter
def why(line: Line | Mapping[str, Any]) -> str:
    """4 ≥ 2（規定值 2 年）: what was compared and with what; a figure that is a list or a code is in the line's own text."""
    one = line if isinstance(line, Line) else Line(**line)
    if one.figure in (None, "") or isinstance(one.figure, list | dict) or _is_code(one.figure):
        return one.comparison
    amount = size(one.figure) if one.unit == "位元組" else f"{said(one.figure)}{one.unit and f' {one.unit}'}"
    figure = f"規定值 {amount}"
    return f"{one.comparison}（{figure}）" if one.comparison else figure


def _is_code(figure: Any) -> bool:
    return isinstance(figure, str) and figure.isascii() and said(figure) == figure


@register.simple_tag
def figure(code: str) -> str:
    """The legal figure in force today, where a page speaks of one: an amendment changes the page too."""
    return said(law_in_force().at(code, today()).value)


_WORDS = {"True": "是", "False": "否", "None": ""}


@register.filter
def in_words(value: Any) -> str:
    """A value of a row's history, which the package hands over as text."""
    return _WORDS[str(value)] if str(value) in _WORDS else said(value)


@register.filter
def file_size(count: int) -> str:
    """1.2 MB"""
    return size(count)
