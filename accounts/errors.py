"""Why an act on users, passwords or access did not happen. Every message is a Chinese sentence for the person who tried."""

import errno


class Refused(Exception):
    """A rule or the state of things refuses. `field` names the form field the sentence belongs to."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message, field


class SignInRefused(Refused):
    """Who tried is not signed in."""


class NotPermitted(Exception):
    """The person does not hold the right."""


#: What PostgreSQL says of two that wait for one another, of one that waited too long, of one that took too long.
_MET = frozenset({"40P01", "55P03", "57014"})
BUSY = "有人正在辦理同一件事，這次沒有存入，請稍後再試。"


def is_busy(error: BaseException | None) -> bool:
    """Whether the database gave up waiting for somebody else: nothing is broken, the same act goes through a moment later."""
    return getattr(getattr(error, "__cause__", None), "sqlstate", None) in _MET


#: A disk is full, a quota used up, a disk turned read-only.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def out_of_room(error: BaseException | None) -> bool:
    """Whether this, or what it came from, is a full disk: ours or PostgreSQL's (53100 disk_full)."""
    while error is not None:
        if getattr(error, "errno", None) in NO_ROOM or getattr(error, "sqlstate", None) == "53100":
            return True
        error = error.__cause__ or error.__context__
    return False
