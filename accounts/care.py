"""登入協助: whose sign-in an officer may help with (解除鎖定、改綁憑證、開放密碼).

Somebody who holds the right in the agency itself may help everybody; one who holds it elsewhere, the people of that office and
those a scheme says are its own (the accounts of a branch's units).
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from accounts.catalogue import HELP_SIGN_IN
from accounts.models import User
from accounts.rights import holds_centrally, organisations_with
from kernel.registry import Registry, address

#: Given the officer, which users are theirs by this scheme.
Care = Callable[[User], Q]
CARE: Registry[Care] = Registry("care", address)


def in_care_of(officer: User) -> QuerySet[User]:
    offices = organisations_with(officer, HELP_SIGN_IN)
    if not offices.exists():
        return User.objects.none()
    if holds_centrally(officer, HELP_SIGN_IN):
        return User.objects.all()
    theirs = Q(groups__held_role__organisation__in=offices)
    for people in CARE:
        theirs |= people(officer)
    return User.objects.filter(pk__in=User.objects.filter(theirs).values("pk"))
