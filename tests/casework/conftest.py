"""Fixtures of the tests of both faces."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from tests.casework import faces, toy

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def toys(db: None) -> Iterator[None]:
    """The toy kinds of case, for one test."""
    with toy.entered():
        yield


@pytest.fixture
def scene(toys: None) -> Iterator[faces.Scene]:
    """People and offices on 115/11/20."""
    with time_machine.travel(NOW, tick=False):
        yield faces.build()
