"""A value as a person reads it: days in the calendar of the Republic, yes and no, numbers, shares, lists joined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kernel.dates import TAIPEI, roc
from kernel.jsonable import jsonable

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def said(value: Any, labels: Mapping[Any, Any] | None = None) -> str:
    """`labels`: the words of the codes a field may hold. Empty for None; ISO days, as stored answers hold them, are read too."""
    match value:
        case None | "":
            return ""
        case bool():
            return "是" if value else "否"
        case str():
            if labels and value in labels:
                return str(labels[value])
            return roc(date.fromisoformat(value)) if _DAY.fullmatch(value) else value
        case datetime():
            here = value.astimezone(TAIPEI)
            return f"{roc(here.date())} {here:%H:%M}"
        case date():
            return roc(value)
        case int():
            return f"{value:,}"
        case Mapping():
            return "、".join(f"{said(name, labels)}：{said(one, labels)}" for name, one in value.items())
        case list() | tuple():
            return "、".join(said(one, labels) for one in value)
        case _:
            return said(jsonable(value), labels) if not isinstance(value, float) else str(value)


def plain(number: Decimal | float) -> str:
    """60, 59.5: without the noughts a decimal carries along, so that 3, 3.0 and 3.00 hours give one and the same line."""
    return f"{Decimal(str(number)).normalize():f}"


def size(count: int) -> str:
    """584 → 1 KB, 1,258,291 → 1.2 MB: how large a file is."""
    if count >= 2**20:
        return f"{count / 2**20:.1f}".removesuffix(".0") + " MB"
    return f"{max(1, round(count / 1024))} KB"


def share(percent: Decimal | float) -> str:
    """20 → 五分之一, 50 → 二分之一, 25 → 四分之一, 30 → 百分之30: as a clause writes a share."""
    of = Fraction(str(percent)) / 100
    if of.numerator == 1 and 2 <= of.denominator <= 10:
        return f"{'二三四五六七八九十'[of.denominator - 2]}分之一"
    return f"百分之{plain(percent)}"
