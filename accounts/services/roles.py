"""Granting and taking back roles; keeping groups and guardian rows equal to the roles declared in code."""

from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.errors import Refused
from accounts.locks import locking
from accounts.models import AccessLog, Organisation, OrganisationGroupObjectPermission, RoleGroup, User
from accounts.roles import RIGHTS, ROLES, right, role
from accounts.services.access import record_access


class RoleNotHere(Exception):
    """This role cannot be held in this kind of organisation; the message is a Chinese sentence."""


def not_to_oneself(user: User, by: User | None) -> None:
    """Nobody gives or takes a role or a right of their own, whatever the way to it. Raises Refused; a job is nobody."""
    if by is not None and by.pk == user.pk:
        raise Refused("不能為自己授予或收回角色、權限，請由其他有權辦理的人員辦理。")


@transaction.atomic
def sync_rights() -> None:
    """After migrate: a Permission row per declared right, and each existing role group's rows as the role says now."""
    kind = ContentType.objects.get_for_model(Organisation)
    Permission.objects.bulk_create(
        [Permission(content_type=kind, codename=one.codename, name=one.label) for one in RIGHTS],
        update_conflicts=True,
        unique_fields=["content_type", "codename"],
        update_fields=["name"],
    )
    declared = [one.code for one in ROLES]
    for held in RoleGroup.objects.filter(role__in=declared).select_related("group", "organisation"):
        _set_rows(held)


def _set_rows(held: RoleGroup) -> None:
    wanted = {right(code).codename for code in role(held.role).rights}
    rows = OrganisationGroupObjectPermission.objects.filter(group=held.group, content_object=held.organisation)
    rows.exclude(permission__codename__in=wanted).delete()
    present = set(rows.values_list("permission__codename", flat=True))
    kind = ContentType.objects.get_for_model(Organisation)
    known = {one.codename: one for one in Permission.objects.filter(content_type=kind, codename__in=wanted - present)}
    OrganisationGroupObjectPermission.objects.bulk_create(
        OrganisationGroupObjectPermission(permission=known[code], group=held.group, content_object=held.organisation)
        for code in wanted - present
    )


def role_group(*, role_code: str, organisation: Organisation) -> RoleGroup:
    """The group for a role in an organisation, made at first use."""
    one = role(role_code)
    if organisation.kind not in one.kinds:
        raise RoleNotHere(f"「{one.label}」不能設在{organisation.get_kind_display()}。")
    held = RoleGroup.objects.filter(role=role_code, organisation=organisation).select_related("group").first()
    if held is None:
        group, _ = Group.objects.get_or_create(name=f"{role_code}@{organisation.pk}")
        held, _ = RoleGroup.objects.get_or_create(role=role_code, organisation=organisation, defaults={"group": group})
        _set_rows(held)
    return held


def _locked(user: User) -> User:
    """The person's row, held first: what `is_staff` must be is judged from the roles, and two may change them at once."""
    return locking(User.objects).get(pk=user.pk)


def _set_staff(locked: User, is_staff: bool, user: User) -> None:
    if locked.is_staff != is_staff:
        locked.is_staff = is_staff
        locked.save(update_fields=["is_staff"])
    user.is_staff = is_staff  # the caller's row is as old as its reading


@transaction.atomic
def grant_role(
    *, user: User, role_code: str, organisation: Organisation, by: User | None, at: datetime, reason: str = ""
) -> None:
    not_to_oneself(user, by)
    locked = _locked(user)
    held = role_group(role_code=role_code, organisation=organisation)
    user.groups.add(held.group)
    _set_staff(locked, locked.is_staff or role(role_code).staff, user)
    record_access(AccessLog.Action.ROLE_GRANTED, at=at, user=by, subject=f"{user.account_name} {held}", reason=reason)


@transaction.atomic
def revoke_role(
    *, user: User, role_code: str, organisation: Organisation, by: User | None, at: datetime, reason: str = ""
) -> None:
    locked = _locked(user)
    held = RoleGroup.objects.filter(role=role_code, organisation=organisation).first()
    if held is None or not user.groups.filter(pk=held.group_id).exists():
        return
    user.groups.remove(held.group)
    staff_roles = [one.code for one in ROLES if one.staff]
    remains = locked.is_superuser or user.groups.filter(held_role__role__in=staff_roles).exists()
    _set_staff(locked, locked.is_staff and remains, user)
    record_access(AccessLog.Action.ROLE_REVOKED, at=at, user=by, subject=f"{user.account_name} {held}", reason=reason)
