"""The same bytes get the same verdict: the confined subprocess runs once per file and not once per upload."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from casework.intake import judge
from casework.intake.judge import Verdict
from casework.services import attachments

_known: dict[tuple[str, Any], Verdict] = {}


def _remembered(path: Path, **given: Any) -> Verdict:
    key = (hashlib.sha256(Path(path).read_bytes()).hexdigest(), str(given))
    if key not in _known:
        _known[key] = judge(path, **given)
    return _known[key]


@pytest.fixture
def judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "judge", _remembered)
