"""From plain data (a rule case, a stored outcome) to a rule's typed facts, strictly.

Unknown and missing names, wrong types and values outside the listed words are `FactsError`: the case is written
wrongly. `Impossible` is different: well-formed facts that cannot be true (21 absent hours of 20). Facts classes raise
it from `__post_init__` with a Chinese sentence.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from kernel.dates import roc

T = TypeVar("T")


class FactsError(ValueError):
    """The facts are not written as the rule needs them."""


class Impossible(ValueError):
    """The facts are well written and cannot be true; the message is a Chinese sentence."""


def happened(label: str, day: date | None, *, on: date) -> None:
    """What is said to have happened cannot lie after the day on which the rule is asked. Raises Impossible."""
    if day is not None and day > on:
        raise Impossible(f"{label} {roc(day)} 不可能晚於判斷之日 {roc(on)}。")


def build(cls: type[T], data: Mapping[str, Any]) -> T:
    """An instance of the facts dataclass `cls`. `metadata={"name": …}` spells a field otherwise (from, to)."""
    if not isinstance(data, Mapping):
        raise FactsError(f"expected names with values, got {data!r}")
    hints = get_type_hints(cls)
    by_name = {f.metadata.get("name", f.name): f for f in fields(cls)}  # type: ignore[arg-type]
    unknown = set(data) - set(by_name)
    if unknown:
        raise FactsError(f"unknown fact: {', '.join(sorted(map(str, unknown)))}")
    missing = [n for n, f in by_name.items() if n not in data and f.default is MISSING and f.default_factory is MISSING]
    if missing:
        raise FactsError(f"missing fact: {', '.join(missing)}")
    return cls(**{by_name[n].name: _coerce(hints[by_name[n].name], v, n) for n, v in data.items()})


def _coerce(kind: Any, value: Any, name: str) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        errors = []
        for arm in args:
            if arm is type(None):
                continue
            try:
                return _coerce(arm, value, name)
            except FactsError as error:
                errors.append(str(error))
        raise FactsError("; ".join(errors))
    if origin is Literal:
        if value not in args:
            raise FactsError(f"{name}: {value!r} is not one of {', '.join(map(str, args))}")
        return value
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise FactsError(f"{name}: expected a list")
        return tuple(_coerce(args[0], v, f"{name}[{i}]") for i, v in enumerate(value))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        if not isinstance(value, Mapping):
            raise FactsError(f"{name}: expected names with values")
        return {_coerce(args[0], k, name): _coerce(args[1], v, f"{name}.{k}") for k, v in value.items()}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        try:
            return kind(value)
        except ValueError:
            raise FactsError(f"{name}: {value!r} is not one of {', '.join(str(m.value) for m in kind)}") from None
    if is_dataclass(kind) and isinstance(kind, type):
        return value if isinstance(value, kind) else build(kind, value)
    return _coerce_scalar(kind, value, name)


def _coerce_scalar(kind: Any, value: Any, name: str) -> Any:
    if kind is bool or kind is str:
        if isinstance(value, kind):
            return value
    elif kind is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
    elif kind is Decimal:
        if isinstance(value, Decimal):
            return value
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            try:
                number = Decimal(str(value))
            except ArithmeticError:
                number = Decimal("NaN")
            if number.is_finite():
                return number
    elif kind is datetime:
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise FactsError(f"{name}: {value!r} is not a moment") from None
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise FactsError(f"{name}: a moment carries its offset (+08:00)")
            return value
    elif kind is date:
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise FactsError(f"{name}: {value!r} is not a day (YYYY-MM-DD)") from None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
    raise FactsError(f"{name}: {value!r} is not a {getattr(kind, '__name__', kind)}")
