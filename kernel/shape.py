"""What a new version of a figure must look like: as the versions before it, so that the rules that read it can.

Rules take a figure's value for granted: a number where there was a number, two numbers where there was a span, codes they know.
`check` holds an amendment to that, leaf by leaf; `leaves` cuts a value into what a person can type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from kernel.law import Figure

Path = tuple[str | int, ...]
#: Values the rules compare codes with: letters a program chose, never a sentence.
_CODE = re.compile(r"[a-z][a-z0-9_]*\Z")
LONGEST = 500


class Kind(StrEnum):
    """How one leaf is typed."""

    FLAG = "是或否"
    NUMBER = "數字"
    DECIMAL = "小數"
    DAY = "日期"
    CHOICE = "選項"
    TEXT = "文字"
    NUMBERS = "數字清單"
    CHOICES = "選項清單"
    TEXTS = "文字清單"
    PAIRS = "對照清單"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a value that is typed by itself: where it stands, how it is typed, what it is now."""

    path: Path
    kind: Kind
    value: Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a proposed value, and where."""

    path: Path
    sentence: str


def example(figure: Figure) -> Any:
    """The newest version that says something: what a new one must look like."""
    return next((one.value for one in reversed(figure.values) if one.value is not None), None)


def may_be_nothing(figure: Figure) -> bool:
    """Whether the rules know a time without this figure (「尚無此規定」)."""
    return any(one.value is None for one in figure.values)


def kind_of(figure: Figure, value: Any) -> Kind | None:
    """None for what is made of parts."""
    if isinstance(value, bool):
        return Kind.FLAG
    if isinstance(value, int | float):
        return Kind.NUMBER
    if isinstance(value, str):
        return _kind_of_text(figure, value)
    if isinstance(value, list | tuple):
        first = value[0] if value else ""
        if isinstance(first, list | tuple):
            return Kind.PAIRS
        if isinstance(first, Mapping):
            return None
        if isinstance(first, int) and not isinstance(first, bool):
            return Kind.NUMBERS
        return Kind.CHOICES if all(one in figure.words for one in value) and figure.words else Kind.TEXTS
    return None


def _kind_of_text(figure: Figure, value: str) -> Kind:
    if figure.words and value in figure.words:
        return Kind.CHOICE
    try:
        date.fromisoformat(value)
        return Kind.DAY
    except ValueError:
        pass
    return Kind.DECIMAL if _decimal(value) is not None else Kind.TEXT


def leaves(figure: Figure, value: Any, path: Path = ()) -> Iterator[Leaf]:
    """Every part of a value in order."""
    kind = kind_of(figure, value)
    if kind is not None:
        yield Leaf(path, kind, value)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from leaves(figure, one, (*path, key))
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from leaves(figure, one, (*path, place))


def put(value: Any, path: Path, leaf: Any) -> Any:
    """The value with one part replaced; the rest is as it was."""
    if not path:
        return leaf
    here, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return {key: put(one, rest, leaf) if key == here else one for key, one in value.items()}
    return [put(one, rest, leaf) if place == here else one for place, one in enumerate(value)]


# --- checking --------------------------------------------------------------------------------------------------------


#: Beyond these a number is a slip of the hand, and a day counted from it may lie outside every calendar.
MOST = {
    "日": 3650, "天": 3650, "天前": 3650, "個工作日": 3650, "個月": 1200, "年": 100, "歲": 130, "時": 23, "分": 100, "分鐘": 1440,
    "小時": 10_000,
}  # fmt: skip


def check(figure: Figure, proposed: Any) -> list[Problem]:
    """What is wrong with a new value, as sentences at their place; empty when the rules can read it."""
    if proposed is None:
        return [] if may_be_nothing(figure) else [Problem((), "這個數值不得空白。")]
    model = example(figure)
    if model is None:
        return [Problem((), "這個數值尚無任何有內容的版本可供比對，請由系統維護人員處理。")]
    return list(_compare(figure, model, proposed, ()))


def _compare(figure: Figure, model: Any, new: Any, path: Path) -> Iterator[Problem]:
    if isinstance(model, Mapping):
        yield from _mapping(figure, model, new, path)
    elif isinstance(model, list | tuple) and kind_of(figure, model) is None:
        if not isinstance(new, list | tuple) or len(new) < 1:
            yield Problem(path, "應為清單，且至少一項。")
            return
        for place, one in enumerate(new):
            yield from _compare(figure, model[min(place, len(model) - 1)], one, (*path, place))
    elif (type(new), new) != (type(model), model) and (sentence := _leaf(figure, model, new)):
        yield Problem(path, sentence)


def _mapping(figure: Figure, model: Mapping[Any, Any], new: Any, path: Path) -> Iterator[Problem]:
    if not isinstance(new, Mapping):
        yield Problem(path, "應為項目與內容的對照。")
        return
    versions = [_at(one.value, path) for one in figure.values]
    known = [set(one) for one in versions if isinstance(one, Mapping)]
    for key in sorted(set.intersection(*known) - set(new)):
        yield Problem((*path, key), f"不得刪除「{figure.words.get(str(key), key)}」：規則會用到這一項。")
    pattern = next(iter(model.values()))
    for key, one in new.items():
        if key not in set.union(*known) and not (isinstance(pattern, str) and _CODE.match(str(key))):
            yield Problem((*path, key), f"「{key}」不是規則認得的項目。")
        else:
            yield from _compare(figure, model.get(key, pattern), one, (*path, key))


def _at(value: Any, path: Path) -> Any:
    """A part of another version, None where it has no such part."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _leaf(figure: Figure, model: Any, new: Any) -> str:
    kind = kind_of(figure, model)
    if kind is Kind.FLAG:
        return "" if isinstance(new, bool) else "請選擇「是」或「否」。"
    if kind is Kind.NUMBER:
        return _number(figure, new)
    if kind in (Kind.CHOICE, Kind.DAY, Kind.DECIMAL, Kind.TEXT):
        return _text(figure, kind, new)
    if not isinstance(new, list | tuple):
        return "應為清單，每行一項。"
    return _listed(figure, kind, model, new)


def _number(figure: Figure, new: Any) -> str:
    if isinstance(new, bool) or not isinstance(new, int):
        return "請填寫整數，例：20。"
    if new < 0:
        return "不得小於 0。"
    if figure.unit == "%" and new > 100:
        return "百分比應在 0 至 100 之間。"
    most = MOST.get(figure.unit)
    return f"不得超過 {most:,} {figure.unit}。" if most is not None and new > most else ""


def _text(figure: Figure, kind: Kind, new: Any) -> str:
    if not isinstance(new, str) or not new.strip():
        return "請填寫內容。"
    if kind is Kind.CHOICE:
        return "" if new in figure.words else f"「{new}」不是可選的項目。"
    if kind is Kind.DAY:
        try:
            date.fromisoformat(new)
        except ValueError:
            return "請填寫日期。"
    if kind is Kind.DECIMAL and ((number := _decimal(new)) is None or number < 0):
        return "請填寫數字，例：1.5。"
    return f"不得超過 {LONGEST} 字。" if len(new) > LONGEST else ""


def _listed(figure: Figure, kind: Kind | None, model: Any, new: Any) -> str:
    plain = [tuple(one) if isinstance(one, list) else one for one in new]
    if len(set(map(str, plain))) != len(plain) and not figure.span:
        return "清單內有重複的項目。"
    if not new:
        return "至少一項。" if model else ""
    if kind is Kind.NUMBERS:
        if wrong := next((said for one in new if (said := _number(figure, one))), ""):
            return wrong
        if figure.span and (len(new) != 2 or new[0] > new[1]):
            return "應為兩個數字：下限、上限，由小到大。"
        return ""
    if kind is Kind.PAIRS:
        width = len(model[0])
        if any(not isinstance(one, list | tuple) or len(one) != width for one in new):
            return f"每行應有 {width} 個項目。"
        columns = [{str(one[at]) for one in model} for at in range(width)]
        outside = [code for one in new for at, code in enumerate(one) if not _in_column(figure, code, at, columns)]
        return f"「{figure.words.get(outside[0], outside[0])}」不能放在這個位置。" if outside else ""
    if any(not isinstance(one, str) or not one.strip() for one in new):
        return "清單內有空白的項目。"
    if kind is Kind.CHOICES and (unknown := [one for one in new if one not in figure.words]):
        return f"「{unknown[0]}」不是可選的項目。"
    return ""


def _in_column(figure: Figure, code: Any, at: int, columns: list[set[str]]) -> bool:
    """A word of the figure that does not belong to another column."""
    elsewhere = set().union(*(seen for place, seen in enumerate(columns) if place != at)) - columns[at]
    return code in figure.words and code not in elsewhere


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
