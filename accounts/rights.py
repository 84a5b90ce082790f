"""Who may: the two questions every view and act asks. `can(user, right, thing)` and `visible_to(user, right, queryset)`.

A right is held on an Organisation through the group (role, organisation). A thing is judged through the organisation on the
right's side: `thing.office` or `thing.organisation`; an Organisation is judged by itself. Model-level permissions and
superuser status open nothing here, and an inactive user may nothing.
"""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import Organisation, OrganisationGroupObjectPermission, OrganisationUserObjectPermission, User
from accounts.roles import Side, right


def organisations_with(user: Any, code: str) -> QuerySet[Organisation]:
    """The organisations in which the user holds the right: two index look-ups in one query."""
    if not (user.is_authenticated and user.is_active):
        return Organisation.objects.none()
    rows = {"permission__codename": right(code).codename}
    by_group = OrganisationGroupObjectPermission.objects.filter(group__user=user, **rows)
    by_user = OrganisationUserObjectPermission.objects.filter(user=user, **rows)
    return Organisation.objects.filter(
        Q(pk__in=by_group.values("content_object")) | Q(pk__in=by_user.values("content_object"))
    )


def held(user: Any) -> dict[str, set[int]]:
    """Every right the user holds, with the organisations it is held in: codename → organisation keys. Two queries."""
    found: dict[str, set[int]] = {}
    if user.is_authenticated and user.is_active:
        for rows in (
            OrganisationGroupObjectPermission.objects.filter(group__user=user),
            OrganisationUserObjectPermission.objects.filter(user=user),
        ):
            for codename, organisation in rows.values_list("permission__codename", "content_object_id"):
                found.setdefault(codename, set()).add(organisation)
    return found


def rights_of(request: HttpRequest) -> dict[str, set[int]]:
    """What the person holds, asked once per request."""
    if not hasattr(request, "_held_rights"):
        request._held_rights = held(request.user)  # type: ignore[attr-defined]
    return request._held_rights  # type: ignore[attr-defined]


def holds(request: HttpRequest, code: str) -> bool:
    """Whether the person asking holds the right in any organisation."""
    return bool(rights_of(request).get(right(code).codename))


def _organisation_path(code: str) -> str:
    return "office" if right(code).side is Side.OFFICE else "organisation"


def can(user: Any, code: str, thing: Any) -> bool:
    """Whether the user holds the right on the thing (an Organisation, or anything with office and organisation)."""
    held = organisations_with(user, code)
    if isinstance(thing, Organisation):
        return held.filter(pk=thing.pk).exists()
    if held.filter(pk=getattr(thing, f"{_organisation_path(code)}_id")).exists() or applies_alone(user, code, thing):
        return True
    extra = getattr(thing, "grants_to", None)
    return bool(user.is_authenticated and user.is_active and extra and extra(user, right(code).codename))


def applies_alone(user: Any, code: str, thing: Any) -> bool:
    """Somebody who applies for themselves, with no unit behind them, holds the applicant's rights on their own case."""
    return bool(
        right(code).side is Side.APPLICANT
        and user.is_authenticated
        and user.is_active
        and getattr(thing, "organisation_id", None) is None
        and getattr(thing, "person_id", None) == user.pk
    )


def can_anywhere(user: Any, code: str) -> bool:
    return organisations_with(user, code).exists()


#: What these offices decide holds for every office.
CENTRAL = (Organisation.Kind.MINISTRY, Organisation.Kind.AGENCY)


def holds_centrally(user: Any, code: str) -> bool:
    """Whether the right is held in the agency itself, so that it reaches every office."""
    return organisations_with(user, code).filter(kind__in=CENTRAL).exists()


def where_held(rights: dict[str, set[int]], code: str) -> Q:
    """Rows a right opens: those whose office (or unit, by the right's side) is among `rights[code]`."""
    return Q(**{f"{_organisation_path(code)}_id__in": rights.get(right(code).codename, set())})


def visible_to(user: Any, codes: tuple[str, ...], things: QuerySet[Any]) -> QuerySet[Any]:
    """Rows on which the user holds at least one of the rights."""
    rights = held(user)
    allowed = Q(pk__in=[])
    for code in codes:
        allowed |= where_held(rights, code)
    return things.filter(allowed)


def holders(code: str, organisation: Organisation) -> QuerySet[User]:
    """Active users who hold the right in an organisation (through a role)."""
    groups = OrganisationGroupObjectPermission.objects.filter(
        permission__codename=right(code).codename, content_object=organisation
    )
    return User.objects.filter(is_active=True, groups__in=groups.values("group")).distinct()


def permission_row(code: str) -> Permission:
    """The Permission row of a declared right (made after migrate)."""
    return Permission.objects.get(content_type__app_label="accounts", codename=right(code).codename)
