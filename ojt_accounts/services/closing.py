"""When a person's sign-in 登入 ends with what this scheme takes back (OA-14)."""

from datetime import datetime

from django.conf import settings

from accounts.models import User
from accounts.services.users import close_user
from ojt_accounts.models import TrainingAccount


def end_sign_in(user: User, *, reason: str, by: User, at: datetime) -> None:
    """Close the sign-in of a person to whom nothing is left in the portal: no role, no account, no case, no other scheme."""
    open_accounts = user.training_accounts.exclude(state=TrainingAccount.State.CLOSED)
    if not (user.groups.exists() or open_accounts.exists() or user.cases.exists() or known_elsewhere(user)):
        close_user(user=user, reason=reason, by=by, at=at, scheme=TrainingAccount._meta.app_label)


def known_elsewhere(user: User) -> bool:
    """Whether another scheme has rows of the person's own: relations with a name on the person (`+` is who did a thing)."""
    others = set(settings.SCHEMES) - {TrainingAccount._meta.app_label}
    return any(
        one.related_model._base_manager.filter(**{one.field.name: user}).exists()
        for one in User._meta.related_objects
        if not one.hidden and one.related_model._meta.app_label in others
    )
