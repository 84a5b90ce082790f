"""迴避 (行政程序法第32條): nobody handles for the office a case in which they, or a body they work in, stand.

Asked by casework.cases.moving.require, which every act on a case passes, and by the pages for the sentence beside a button.
"""

from datetime import date
from typing import Any

from django.db.models import Q

from accounts import crypto
from accounts.models import Membership, RoleGroup, User
from casework.cases.casetypes import all_casetypes
from casework.models import Case
from kernel.dates import taipei_day

RECUSED = "您是本案當事人（或屬申請單位），依行政程序法第32條應自行迴避，請改由其他同仁辦理。"


def bodies_of(user: User, on: date) -> set[int]:
    """Organisations a person works in: by a membership that is not over on the day, or by a role held there."""
    member = Membership.objects.filter(Q(ends_before=None) | Q(ends_before__gt=on), user=user)
    roles = RoleGroup.objects.filter(group__user=user)
    return set(member.values_list("organisation", flat=True).union(roles.values_list("organisation", flat=True)))


def why_recused(user: Any, case: Case) -> str:
    """The sentence why this person stays away from the office's side of the case; empty when nothing stands against it.

    A case stands for its people by key and by national ID, and for its unit; an office that applies to itself (45+ 本署) is no
    unit: there the people count alone. Who belonged to the unit when the case began is of it, whatever came after.
    """
    about = next((one for one in all_casetypes() if one.kind == case.kind), None)
    if about is None or not user.is_authenticated:
        return ""
    if user.pk in about.parties(case):
        return RECUSED
    # a number somebody only claims keeps them away as well: that harms nobody
    if user.national_id and case.people.filter(id_index=crypto.index(user.national_id)).exists():
        return RECUSED
    if case.organisation_id in (None, case.office_id):
        return ""
    began = taipei_day(case.created_at)
    return RECUSED if case.organisation_id in bodies_of(user, began) else ""
