"""Why an act on users, passwords or access did not happen. Every message is a Chinese sentence for the person who tried."""


class Refused(Exception):
    """A rule or the state of things refuses. `field` names the form field the sentence belongs to."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message, field


class SignInRefused(Refused):
    """Who tried is not signed in."""


class NotPermitted(Exception):
    """The person does not hold the right."""
