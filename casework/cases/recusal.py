"""迴避 (行政程序法第32條): nobody handles for the office a case in which they, or a body they work in, stand.

Asked by casework.cases.moving.require, which every act on a case passes, by the desk for what waits for a person, and by the pages for
the sentence beside a button.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import TruncDate

from accounts.identity import numbers_of
from accounts.models import Membership, RoleGroup, User
from casework.cases.casetypes import CaseType, all_casetypes
from casework.errors import Refused
from casework.models import Case, CasePerson
from kernel.dates import TAIPEI

RECUSED = "您是本案當事人（或屬申請單位），依行政程序法第32條應自行迴避，請改由其他同仁辦理。"


def bodies_of(user: User, on: date) -> set[int]:
    """Organisations a person works in: by a membership that is not over on the day, or by a role held there."""
    member = Membership.objects.filter(Q(ends_before=None) | Q(ends_before__gt=on), user=user)
    roles = RoleGroup.objects.filter(group__user=user)
    return set(member.values_list("organisation", flat=True).union(roles.values_list("organisation", flat=True)))


def works_in(user: Any, *, body: str = "organisation", since: str = "created_at") -> Q:
    """Rows of whose body (the path to it) the person is: by a role held there, or as a member when the row's matter began or later."""
    began = TruncDate(ExpressionWrapper(OuterRef(since), DateTimeField()), tzinfo=TAIPEI)
    members = Membership.objects.filter(Q(ends_before=None) | Q(ends_before__gt=began), user=user)
    roles = RoleGroup.objects.filter(group__user=user, organisation=OuterRef(body))
    return Exists(members.filter(organisation=OuterRef(body))) | Exists(roles)


def standing_in(user: Any, kinds: Sequence[CaseType] | None = None) -> Q:
    """The cases that a person stays away from on the office's side, as one condition: what the desk leaves out is what acts refuse.

    A case stands for its people by key and by national ID, and for its unit; an office that applies to itself (45+ 本署) is no
    unit: there the people count alone. Who belonged to the unit when the case began is of it, whatever came after.
    """
    found = Q(organisation__isnull=False) & ~Q(organisation=F("office")) & works_in(user)
    if user.national_id:  # a number somebody only claims keeps them away as well: that harms nobody
        found |= Q(pk__in=CasePerson.objects.filter(id_index__in=numbers_of(user)).values("case"))
    for about in all_casetypes() if kinds is None else kinds:
        found |= Q(kind=about.kind) & about.parties(about, user)
    return found


def why_recused(user: Any, case: Case) -> str:
    """The sentence why this person stays away from the office's side of the case; empty when nothing stands against it."""
    about = next((one for one in all_casetypes() if one.kind == case.kind), None)
    if about is None or not user.is_authenticated:
        return ""
    return RECUSED if Case.objects.filter(standing_in(user, [about]), pk=case.pk).exists() else ""


def keep_away(user: Any, case: Case) -> None:
    """Raises Refused where the person stays away from the office's side of the case."""
    if why := why_recused(user, case):
        raise Refused(why)
