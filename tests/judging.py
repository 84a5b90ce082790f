"""The same bytes get the same verdict: the confined subprocess runs once per file and not once per upload."""

import hashlib
from pathlib import Path
from typing import Any

from casework.intake import judge
from casework.intake.judge import Verdict

_known: dict[tuple[str, Any], Verdict] = {}


def judged_once(path: Path, **given: Any) -> Verdict:
    """The verdict of the judge, remembered for these bytes in this process."""
    key = (hashlib.sha256(Path(path).read_bytes()).hexdigest(), str(given))
    if key not in _known:
        _known[key] = judge(path, **given)
    return _known[key]
