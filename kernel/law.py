"""Law as data: every legal figure is declared once, dated and cited, and reaches a rule as an argument.

A `Figure` is one thing a regulation fixes (a term in days, a cap, a list of kinds). It has one `Value` per version of
the law. `Law` is a set of figures plus the calendar of working days; production law, a draft amendment and "as it stood
on that day" are three `Law` objects running through the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kernel.dates import WorkingCalendar
from kernel.registry import Registry


class UnknownFigure(LookupError):
    """A rule asked for a figure nobody declared, or for a day before its first version."""


@dataclass(frozen=True, slots=True)
class Value:
    """One version of a figure. `in_force_from` is the first day on which it is the law; None = since the beginning."""

    value: Any
    citation: str
    in_force_from: date | None = None
    checked_on: date | None = None
    #: False shows 「原始文件未載明」 beside the value wherever a person meets it.
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A legal figure: permanent code (`oa.account_cap`), Chinese label, unit printed after the value, versions.

    `words` spells codes inside the value for people (`university` → 大專校院); it is also what an amendment may choose from.
    `span`: the value is two numbers, from and to.
    """

    code: str
    label: str
    unit: str
    values: tuple[Value, ...]
    words: Mapping[str, str] = field(default_factory=dict, compare=False)
    span: bool = False

    def __post_init__(self) -> None:
        starts = [v.in_force_from or date.min for v in self.values]
        if not starts or starts != sorted(set(starts)):
            raise ValueError(f"{self.code}: values must be dated, distinct and in order")

    def on(self, day: date) -> Value:
        """The version in force on `day`."""
        found = None
        for value in self.values:
            if (value.in_force_from or date.min) <= day:
                found = value
        if found is None:
            raise UnknownFigure(f"{self.code} 於 {day} 尚無規定")
        return found

    def spelled(self, value: Any) -> Any:
        """A version's value with its codes in words."""
        if isinstance(value, str):
            return self.words.get(value, value)
        if isinstance(value, list | tuple):
            return [self.spelled(one) for one in value]
        if isinstance(value, Mapping):
            return {self.words.get(str(key), key): self.spelled(one) for key, one in value.items()}
        return value

    def amended(self, value: Value) -> Figure:
        """This figure with a later (or corrected) version added."""
        kept = [v for v in self.values if v.in_force_from != value.in_force_from]
        ordered = sorted([*kept, value], key=lambda v: v.in_force_from or date.min)
        return replace(self, values=tuple(ordered))


@dataclass(frozen=True)
class Law(Mapping[str, Figure]):
    """All figures by code, with the calendar that working-day rules count on."""

    figures: Mapping[str, Figure] = field(default_factory=dict)
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)

    def __getitem__(self, code: str) -> Figure:
        try:
            return self.figures[code]
        except KeyError:
            raise UnknownFigure(code) from None

    def __contains__(self, code: object) -> bool:
        return code in self.figures

    def __iter__(self) -> Iterator[str]:
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)

    def at(self, code: str, on: date) -> Value:
        """The dated, cited value of a figure on a day. Raises UnknownFigure."""
        return self[code].on(on)

    def amended(self, changes: Iterable[tuple[str, Value]]) -> Law:
        """The law as it would be with these values added: what a draft amendment is."""
        figures = dict(self.figures)
        for code, value in changes:
            figures[code] = self[code].amended(value)
        return replace(self, figures=figures)


@dataclass(frozen=True)
class WatchedLaw(Law):
    """A law that remembers what was asked of it: (code, day). Whoever asked nothing that an amendment changes is not moved by it."""

    asked: set[tuple[str, date]] = field(default_factory=set)

    def at(self, code: str, on: date) -> Value:
        self.asked.add((code, on))
        return super().at(code, on)


#: Every figure that the parts of the site bring.
FIGURES: Registry[Figure] = Registry("figure")


def declared_law(calendar: WorkingCalendar | None = None) -> Law:
    """The law as written in the code, before any amendment entered in the back office."""
    return Law({figure.code: figure for figure in FIGURES}, calendar or WorkingCalendar())
