"""更名、更正字號, as officers do it."""

from typing import Any

from accounts.models import IdentityChange, User
from accounts.services import identity_changes
from kernel.dates import taipei_day
from tests.accounts.cards import AT
from tests.factories import UserFactory

RENEWED, MISTAKEN = IdentityChange.Kind.RENEWED.value, IdentityChange.Kind.MISTAKEN.value


def check(
    user: User, *, by: User, name: str = "", national_id: str = "", kind: str = "", **other: Any
) -> IdentityChange:
    """The first officer."""
    given = {"document": "戶籍謄本", "seen_on": taipei_day(AT), "reason": "本人臨櫃", **other}
    return identity_changes.check_identity_change(
        user=user, name=name, national_id=national_id, kind=kind, by=by, at=AT, **given
    )


def changed(user: User, **given: Any) -> IdentityChange:
    """Both officers. The row given is as it was."""
    change = check(user, by=UserFactory(), **given)
    identity_changes.confirm_identity_change(change, by=UserFactory(), at=AT)
    change.refresh_from_db()
    return change


def renewed(user: User, number: str) -> IdentityChange:
    """Another number of the same person; the row given is as it is now."""
    change = changed(user, national_id=number, kind=RENEWED)
    user.refresh_from_db()
    return change
