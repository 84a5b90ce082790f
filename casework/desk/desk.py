"""The desk: the offices a person works in and the kinds of case they see there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Organisation, OrganisationGroupObjectPermission, User
from accounts.rights import held
from accounts.roles import RIGHTS, Side, right
from casework.cases.access import granted_cases, unfiled
from casework.cases.casetypes import CaseType, all_casetypes
from casework.cases.recusal import standing_in
from casework.models import Case


@dataclass(frozen=True)
class Desk:
    user: Any
    #: Office → kinds of case seen there.
    kinds_by_office: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    #: Cases opened to the person one by one.
    granted: tuple[int, ...] = ()
    #: Office-side right the person holds → offices it is held in: whose turn it can be.
    turns: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def my_turn(self) -> Q:
        """Cases whose next signature or setting is this person's to give."""
        mine = Q(pk__in=[])
        for code, offices in self.turns.items():
            mine |= Q(awaiting=code, office_id__in=offices)
        return ~Q(awaiting="") & mine & ~standing_in(self.user)

    @property
    def office_ids(self) -> list[int]:
        return sorted(self.kinds_by_office)

    def visible(self) -> Q:
        """The rows of the desk as one condition."""
        allowed = Q(pk__in=self.granted)
        by_kinds: dict[tuple[str, ...], list[int]] = {}
        for office, kinds in self.kinds_by_office.items():
            by_kinds.setdefault(kinds, []).append(office)
        for kinds, offices in by_kinds.items():
            allowed |= Q(office_id__in=offices, kind__in=kinds)
        return allowed & ~unfiled()

    def cases(self) -> QuerySet[Case]:
        return Case.objects.filter(self.visible())

    def parts(self) -> list[Q]:
        """The desk cut by office: each part is read in order from one index, however many cases there are."""
        cut = [Q(office_id=office, kind__in=kinds) for office, kinds in sorted(self.kinds_by_office.items())]
        return [part & ~unfiled() for part in ([*cut, Q(pk__in=self.granted)] if self.granted else cut)]

    def kinds(self) -> list[CaseType]:
        seen = {kind for kinds in self.kinds_by_office.values() for kind in kinds}
        return [about for about in all_casetypes() if about.kind in seen or self.granted]

    def offices(self) -> QuerySet[Organisation]:
        return Organisation.objects.filter(pk__in=self.kinds_by_office).only("name", "short_name").order_by("pk")

    def colleagues(self, case: Case | None = None) -> QuerySet[User]:
        """Active staff to whom a case may be given: who handle its kind in its office; without a case, any of the desk's kinds."""
        handled: dict[int, set[str]] = {}
        for office, kinds in self.kinds_by_office.items() if case is None else [(case.office_id, (case.kind,))]:
            handled[office] = {one for kind in kinds for one in handling_rights(kind)}
        holds = Q(pk__in=[])
        for office, codenames in handled.items():
            holds |= Q(content_object=office, permission__codename__in=codenames)
        groups = OrganisationGroupObjectPermission.objects.filter(holds).values("group")
        people = User.objects.filter(is_active=True, is_staff=True, groups__in=groups)
        return people.distinct().only("name", "account_name").order_by("name", "pk")


def handling_rights(kind: str) -> set[str]:
    """Codenames of the office's rights by which cases of a kind are handled: those of its acts, not those to look
    on or to judge one assigned case; a kind that moves by none of them is handled by whoever sees it.
    """
    about = next((one for one in all_casetypes() if one.kind == kind), None)
    if about is None:
        return set()
    declared = {one.code: one for one in RIGHTS if one.side is Side.OFFICE}
    codes = {act.right for act in about.table} & declared.keys() or set(about.view_rights) & declared.keys()
    return {declared[code].codename for code in codes}


def desk_of(user: Any, rights: Mapping[str, set[int]] | None = None) -> Desk:
    """The cases granted one by one are a query, the rights held two more, unless the caller has them."""
    if not (user.is_authenticated and user.is_active):
        return Desk(user)
    if rights is None:
        rights = held(user)
    kinds: dict[int, list[str]] = {}
    for about in all_casetypes():
        offices: set[int] = set()
        for code in about.view_rights:
            if right(code).side is Side.OFFICE:
                offices |= rights.get(right(code).codename, set())
        for office in offices:
            kinds.setdefault(office, []).append(about.kind)
    turns = {
        one.code: frozenset(rights[one.codename])
        for one in RIGHTS
        if one.side is Side.OFFICE and rights.get(one.codename)
    }
    by_office = {office: tuple(found) for office, found in kinds.items()}
    return Desk(user, by_office, tuple(granted_cases(user, Side.OFFICE)), turns)
