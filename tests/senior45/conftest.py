import hashlib
from pathlib import Path
from typing import Any

import pytest

from casework.intake import judge
from casework.intake.judge import Verdict
from casework.services import attachments
from tests.senior45 import world as worlds

_known: dict[tuple[str, Any], Verdict] = {}


@pytest.fixture(autouse=True)
def _each_file_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes get the same verdict: the confined subprocess runs once per file and not once per upload."""

    def remembered(path: Path, **given: Any) -> Verdict:
        key = (hashlib.sha256(Path(path).read_bytes()).hexdigest(), str(given))
        if key not in _known:
            _known[key] = judge(path, **given)
        return _known[key]

    monkeypatch.setattr(attachments, "judge", remembered)


@pytest.fixture
def here(db: None) -> worlds.World:
    return worlds.world()
