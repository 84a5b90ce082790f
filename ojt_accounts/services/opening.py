"""開放密碼登入 for people of the branch and of its units (OA-12)."""

from datetime import date, datetime

from django.db.models import Q

from accounts.models import Organisation, PasswordOpening, User
from accounts.rights import organisations_with
from accounts.services import openings
from accounts.services.lockout import person_named
from casework.errors import NotPermitted, Refused
from ojt_accounts.permissions import SET_ACCOUNT


def people_in_care(by: User) -> Q:
    """Users of the branches where `by` sets accounts: their own people, holders of accounts, contacts of their units."""
    branches = organisations_with(by, SET_ACCOUNT)
    units = Organisation.objects.filter(
        Q(ojt_registrations__branch__in=branches) | Q(cases__office__in=branches), kind=Organisation.Kind.UNIT
    )
    places = Q(groups__held_role__organisation__in=branches) | Q(groups__held_role__organisation__in=units)
    return places | Q(training_accounts__registration__branch__in=branches)


def open_password(*, person: str, reason: str, until: date, by: User, at: datetime) -> PasswordOpening:
    """For one person by account name or address. Somebody else's people are answered as if they were not there."""
    if not organisations_with(by, SET_ACCOUNT).exists():
        raise NotPermitted("您沒有開放密碼登入的權限。")
    named = person_named(person.strip())
    if named is None or not User.objects.filter(people_in_care(by), pk=named.pk).exists():
        raise Refused("在本分署查無這個帳號或電子郵件，請確認後再試。", field="person")
    return openings.open_password(user=named, reason=reason, until=until, by=by, at=at)


def withdraw(*, pk: int, by: User, at: datetime) -> PasswordOpening:
    """Raises PasswordOpening.DoesNotExist for somebody else's."""
    mine = User.objects.filter(people_in_care(by)).values("pk")
    opening = PasswordOpening.objects.select_related("user").get(pk=pk, user__in=mine)
    openings.withdraw_opening(opening, by=by, at=at)
    return opening
