"""What is looked up by code. Every list that the parts of the site fill together is a `Registry`.

The parts enter their entries once, at the start (accounts/parts.py). A second entry of one code is a mistake in the code
and is refused, so that no part replaces what another one brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar

T = TypeVar("T")


class EnteredTwice(ValueError):
    """Two entries have one code; the message names both."""


def address(function: Callable[..., Any]) -> str:
    """The code of a plain function: where it stands."""
    return f"{function.__module__}.{function.__qualname__}"


class Registry(Generic[T]):
    """Entries by their code, in the order in which they were entered."""

    every: ClassVar[list[Registry[Any]]] = []

    def __init__(self, what: str, code: Callable[[T], str] = attrgetter("code")) -> None:
        self.what, self._code, self._entries = what, code, dict[str, T]()
        self.every.append(self)

    def add(self, *entries: T) -> None:
        for entry in entries:
            code = self._code(entry)
            if code in self._entries:
                raise EnteredTwice(f"{self.what} {code} is entered twice: {self._entries[code]!r:.160}, {entry!r:.160}")
            self._entries[code] = entry

    def put(self, *entries: T) -> None:
        """Enter these, also in the place of others: for what stands in only while something is tried."""
        self._entries.update((self._code(entry), entry) for entry in entries)

    def clear(self) -> None:
        self._entries.clear()

    def codes(self) -> list[str]:
        return list(self._entries)

    def __getitem__(self, code: str) -> T:
        try:
            return self._entries[code]
        except KeyError:
            raise KeyError(f"there is no {self.what} {code}") from None

    def get(self, code: str) -> T | None:
        return self._entries.get(code)

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Whatever is entered inside is gone afterwards."""
        before = dict(self._entries)
        try:
            yield
        finally:
            self._entries = before
