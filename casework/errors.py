"""Why an act did not happen. Every message is a Chinese sentence for the person who tried."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from accounts.errors import BUSY, NotPermitted
from accounts.errors import Refused as AccountsRefused
from kernel.acts import NotAllowed
from kernel.outcome import Outcome

if TYPE_CHECKING:
    from casework.models import Case


class Refused(AccountsRefused):
    """A rule or the state of things refuses. `field` names the form field it belongs to; `outcomes` hold the lines."""

    def __init__(self, message: str, *, field: str | None = None, outcomes: Sequence[Outcome] = ()) -> None:
        super().__init__(message, field=field)
        self.outcomes = tuple(outcomes)


class Busy(Refused):
    """Somebody else held what this act needs, longer than a person should wait."""

    def __init__(self) -> None:
        super().__init__(BUSY)


class Stale(Exception):
    """The form was drawn from an earlier version of the case."""

    def __init__(self, case: "Case", posted: int) -> None:
        super().__init__(f"這份表單是依第 {posted} 版填寫，案件已更新為第 {case.version} 版。")
        self.case, self.posted = case, posted


__all__ = ["Busy", "NotAllowed", "NotPermitted", "Refused", "Stale"]
