"""What an act leaves in the case's events where its words say more than its row."""

from typing import Any

from casework.cases.doing import Doing
from casework.cases.events import record


def say(doing: Doing, code: str, label: str, **more: Any) -> None:
    """An event of the act's own, under its clause and with its reason."""
    record(doing.case, code, label, by=doing.by, at=doing.at, clause=doing.act.clause, reason=doing.reason, **more)
