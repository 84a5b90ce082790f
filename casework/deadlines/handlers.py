"""What happens when a deadline passes unmet, and whom to remind of it: one entry per deadline code, brought by each scheme.

Handlers get lists, so that a thousand lapsing rights are a few statements and not a thousand. They run inside the sweep's
transaction with the deadlines' cases and things locked, and must leave mail and files to `transaction.on_commit` (notify does).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kernel.registry import Registry

if TYPE_CHECKING:
    from casework.models import Deadline, Reminder

Lapse = Callable[[list["Deadline"], datetime], None]
#: The reminder's `days_before` is what was planned; a late sweep sends it later: write `deadline.due_on`, not a count.
Remind = Callable[[list[tuple["Deadline", "Reminder"]], datetime], None]


@dataclass(frozen=True, slots=True)
class Handler:
    code: str
    on_lapse: Lapse | None = None
    on_remind: Remind | None = None
    #: The act is still owed after the day (an office's answer): the case stays overdue until it is met or withdrawn.
    #: False where passing the day is the end of it (a right that lapses, a case closed for want of an answer).
    owed_after: bool = False


HANDLERS: Registry[Handler] = Registry("handler of the deadline")


def handler(code: str) -> Handler:
    """A code nobody declared has no effect but being late: still owed."""
    return HANDLERS.get(code) or Handler(code, owed_after=True)


def closed_by_lapse() -> list[str]:
    """Codes that are over once their day has passed."""
    return [one.code for one in HANDLERS if not one.owed_after]
