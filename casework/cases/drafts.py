"""Autosave: what somebody typed and has not yet saved, per person and form."""

from datetime import datetime
from typing import Any

from accounts.models import User
from casework.models import Draft

#: More than any form of ours; a runaway page is cut off here.
MAX_FIELDS = 400


def _text(value: Any) -> str | list[str]:
    """As the form posts it: one text, or several where a field has several."""
    if isinstance(value, list):
        return [str(one)[:20_000] for one in value[:MAX_FIELDS]]
    return str(value)[:20_000]


def save_draft(*, user: User, key: str, data: dict[str, Any], at: datetime) -> None:
    kept = {str(name)[:120]: _text(value) for name, value in list(data.items())[:MAX_FIELDS]}
    Draft.objects.update_or_create(user=user, key=key, defaults={"data": kept, "saved_at": at})


def draft(*, user: User, key: str) -> Draft | None:
    return Draft.objects.filter(user=user, key=key).first()


def drop_draft(*, user: User, key: str) -> None:
    Draft.objects.filter(user=user, key=key).delete()
