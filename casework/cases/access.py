"""On which side a person sees a case, and which rights they hold on it: asked once per page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.rights import applies_alone, held, where_held
from accounts.roles import RIGHTS, Side, right
from casework.cases.casetypes import all_casetypes
from casework.models import Case, CaseGroupObjectPermission, CaseUserObjectPermission
from kernel.acts import Turn


def unfiled() -> Q:
    """Drafts 未送件: written for an office, and not yet the office's to read."""
    drafts = {about.table.initial for about in all_casetypes()}
    return Q(filed_at=None, turn=Turn.APPLICANT, state__in=drafts)


def is_unfiled(case: Case) -> bool:
    """The same of one case."""
    drafts = {about.table.initial for about in all_casetypes()}
    return case.filed_at is None and case.turn == Turn.APPLICANT and case.state in drafts


@dataclass(frozen=True)
class CaseRights:
    """The rights of one person on one case."""

    user: Any
    case: Case
    held: Mapping[str, set[int]]
    granted: frozenset[str]

    def has(self, code: str) -> bool:
        """The same answer as accounts.rights.can, without asking the database again."""
        one = right(code)
        place = self.case.office_id if one.side is Side.OFFICE else self.case.organisation_id
        if applies_alone(self.user, code, self.case):
            return True
        return place in self.held.get(one.codename, ()) or one.codename in self.granted

    def of_office(self) -> bool:
        """Whether the person is one of the office, by a right of the kind held there. Who sees the case by a grant on it alone
        (審查委員) is its guest: notes, messages, mail and 確認與正本相符 are not theirs.
        """
        codes = [right(code) for code in view_rights(self.case.kind) if right(code).side is Side.OFFICE]
        return any(self.case.office_id in self.held.get(one.codename, ()) for one in codes)

    def sides(self) -> set[Side]:
        """Through which side's right to view the person sees the case. An office sees no draft that was not filed."""
        found = {right(code).side for code in view_rights(self.case.kind) if self.has(code)}
        found |= {one.side for one in RIGHTS if one.codename in self.granted}
        if self.user.is_active and self.case.person_id == self.user.pk:
            found.add(Side.APPLICANT)
        return found - {Side.OFFICE} if is_unfiled(self.case) else found


def view_rights(kind: str) -> tuple[str, ...]:
    """None for a kind whose scheme this site no longer offers."""
    return next((about.view_rights for about in all_casetypes() if about.kind == kind), ())


def granted_codenames(user: Any, case: Case) -> frozenset[str]:
    by_user = CaseUserObjectPermission.objects.filter(user=user.pk, content_object=case)
    by_group = CaseGroupObjectPermission.objects.filter(group__user=user.pk, content_object=case)
    names = by_user.values_list("permission__codename").union(by_group.values_list("permission__codename"))
    return frozenset(name for (name,) in names)


def granted_cases(user: Any, side: Side) -> list[int]:
    """Keys of the cases opened to the person one by one, read from the grants and not by asking every case."""
    of_side = {"permission__codename__in": [one.codename for one in RIGHTS if one.side is side]}
    by_user = CaseUserObjectPermission.objects.filter(user=user.pk, **of_side)
    by_group = CaseGroupObjectPermission.objects.filter(group__user=user.pk, **of_side)
    keys = by_user.values_list("content_object_id").union(by_group.values_list("content_object_id"))
    return sorted(key for (key,) in keys)


def rights_on(user: Any, case: Case) -> CaseRights:
    """Three queries."""
    active = user.is_authenticated and user.is_active
    return CaseRights(user, case, held(user), granted_codenames(user, case) if active else frozenset())


def side_of(user: Any, case: Case) -> set[Side]:
    return rights_on(user, case).sides()


def with_people(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with what their pages show of offices and people, in one query and without anybody's identifiers."""
    return cases.select_related("office", "organisation", "assignee", "person").defer(
        *(f"{who}__{name}" for who in ("assignee", "person") for name in ("national_id", "password"))
    )


#: What a line of a list shows.
_LINE = (
    "number",
    "kind",
    "state",
    "turn",
    "title",
    "received_on",
    "filed_at",
    "due_on",
    "changed_at",
    "version",
    "awaiting",
)
_NAMES = ("organisation__name", "office__name", "assignee__name", "person__name")


def as_lines(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases for a list: what a line shows and no more."""
    return cases.select_related("office", "organisation", "assignee", "person").only(*_LINE, *_NAMES)


def case_on_side(user: User, number: str, side: Side) -> tuple[Case, CaseRights]:
    """The case and the rights on it. Raises Case.DoesNotExist alike for no such number and for somebody else's."""
    case = with_people(Case.objects.all()).get(number=number)
    rights = rights_on(user, case)
    if side not in rights.sides():
        raise Case.DoesNotExist(number)
    return case, rights


def applicant_cases(user: Any) -> QuerySet[Case]:
    """What the person applied for, alone or with their unit."""
    if not (user.is_authenticated and user.is_active):
        return Case.objects.none()
    rights = held(user)
    allowed = Q(person=user.pk) | Q(pk__in=granted_cases(user, Side.APPLICANT))
    for about in all_casetypes():
        for code in about.view_rights:
            if right(code).side is Side.APPLICANT and rights.get(right(code).codename):
                allowed |= Q(kind=about.kind) & where_held(rights, code)
    return Case.objects.filter(allowed)
