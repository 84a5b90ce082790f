"""Texts the agency words itself, in dated versions. Each scheme brings its first version; later ones come from the back office."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from casework.errors import Refused
from casework.models import Wording
from kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class FirstWording:
    code: str
    title: str
    body: str
    in_force_from: date


WORDINGS: Registry[FirstWording] = Registry("wording")


def sync_wordings(*, at: datetime) -> None:
    """After migrate: the first version of every declared text stands in the table."""
    for first in WORDINGS:
        if not Wording.objects.filter(code=first.code).exists():
            Wording.objects.create(
                code=first.code, title=first.title, body=first.body, in_force_from=first.in_force_from, set_at=at
            )


def wording(code: str, *, on: date) -> Wording:
    """The version in force on a day (the first one for days before it)."""
    rows = Wording.objects.filter(code=code)
    found = (
        rows.filter(in_force_from__lte=on).order_by("-in_force_from").first() or rows.order_by("in_force_from").first()
    )
    if found is None:
        raise Wording.DoesNotExist(code)
    return found


@transaction.atomic
def set_wording(*, code: str, body: str, in_force_from: date, by: User, at: datetime, today: date) -> Wording:
    """A new version from a day on. Past versions are never changed: people accepted them."""
    if in_force_from < today:
        raise Refused("新版文字的生效日不得早於今日。", field="in_force_from")
    if not body.strip():
        raise Refused("請填寫內容。", field="body")
    if Wording.objects.filter(code=code, in_force_from=in_force_from).exists():
        raise Refused("這一天已有一個版本。", field="in_force_from")
    title = wording(code, on=today).title
    try:
        with transaction.atomic():
            return Wording.objects.create(
                code=code, title=title, body=body.strip(), in_force_from=in_force_from, set_at=at, set_by=by
            )
    except IntegrityError as error:  # by somebody else at this very moment
        raise Refused("這一天已有一個版本。", field="in_force_from") from error
