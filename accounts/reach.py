"""人員與角色: how far an administrator reaches, and what stands there. Held in the agency itself the right reaches every office."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.catalogue import APPOINT
from accounts.errors import Refused
from accounts.models import Organisation, OrganisationGroupObjectPermission, RoleGroup, User
from accounts.rights import CENTRAL, holds_centrally, organisations_with
from accounts.roles import Role, all_roles, right


def offices_in_reach(by: User) -> QuerySet[Organisation]:
    if holds_centrally(by, APPOINT):
        return Organisation.objects.all()
    return organisations_with(by, APPOINT)


def people_in_reach(by: User) -> QuerySet[User]:
    """Everybody for the agency itself, else whoever holds a role in the office."""
    if holds_centrally(by, APPOINT):
        return User.objects.all()
    here = User.objects.filter(groups__held_role__organisation__in=offices_in_reach(by))
    return User.objects.filter(pk__in=here.values("pk"))


def roles_in(user: User, offices: QuerySet[Organisation]) -> QuerySet[RoleGroup]:
    """The roles a person holds in these offices."""
    rows = RoleGroup.objects.filter(group__user=user, organisation__in=offices)
    return rows.select_related("organisation").order_by("organisation__name", "role")


def granted_roles(kinds: Collection[str] | None = None) -> list[Role]:
    """The roles an administrator grants; of those, the ones that can be held in one of these kinds of organisation."""
    return [one for one in all_roles() if not one.comes_from and (kinds is None or set(kinds) & set(one.kinds))]


def administrator_role() -> Role:
    return next(one for one in all_roles() if APPOINT in one.rights)


def central_administrators() -> QuerySet[User]:
    """Active people who may appoint in every office: there is always one."""
    rows = OrganisationGroupObjectPermission.objects.filter(
        permission__codename=right(APPOINT).codename, content_object__kind__in=CENTRAL
    )
    return User.objects.filter(
        is_active=True, pk__in=User.groups.through.objects.filter(group__in=rows.values("group")).values("user")
    )


def office_named(typed: str, offices: QuerySet[Organisation], one: Role) -> Organisation:
    """The office of this name, short name, code or 統一編號 in which the role can be held. Raises Refused at `office`."""
    typed = typed.strip()
    named = Q(name=typed) | Q(short_name=typed) | Q(code=typed) | Q(unified_number=typed)
    found = list(offices.filter(named, is_active=True)[:50]) if typed else []
    fitting = [office for office in found if office.kind in one.kinds]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Refused(f"有 {len(fitting)} 個機關（單位）符合「{typed}」，請改填代碼或統一編號。", field="office")
    if found:
        kind = found[0].get_kind_display()
        raise Refused(f"「{one.label}」不能設在{kind}，請填寫可設這個角色的機關。", field="office")
    raise Refused(f"在您可管理的範圍內查無機關（單位）「{typed}」，請從清單選取或填統一編號。", field="office")
