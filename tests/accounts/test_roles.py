"""Granting, taking back, and keeping guardian rows equal to the roles declared in code."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from accounts.errors import Refused
from accounts.models import AccessLog, OrganisationGroupObjectPermission, RoleGroup
from accounts.rights import can
from accounts.roles import ROLES, Role
from accounts.services.roles import RoleNotHere, grant_role, revoke_role, sync_rights

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def rows(organisation) -> set[str]:
    found = OrganisationGroupObjectPermission.objects.filter(content_object=organisation)
    return set(found.values_list("permission__codename", flat=True))


def test_a_role_is_held_only_in_its_kind_of_organisation(declared, user, unit, at):
    with pytest.raises(RoleNotHere, match="「主管」不能設在訓練單位"):
        grant_role(user=user, role_code="probe.chief", organisation=unit, by=None, at=at)
    assert user.groups.count() == 0
    assert AccessLog.objects.count() == 0


def test_nobody_gives_themselves_a_role_whatever_the_way(declared, user, unit, at):
    with pytest.raises(Refused, match="不能為自己授予"):
        grant_role(user=user, role_code="probe.contact", organisation=unit, by=user, at=at)
    assert user.groups.count() == 0


def test_who_writes_a_role_or_a_right_asks_whether_it_is_their_own():
    """Every function of ours that makes such a row calls the guard, or the one function that does."""
    writes = ("groups.add", "AccountRight.objects.create", "AccountRight.objects.get_or_create")
    found = {}
    for tree in ("accounts", "casework", *settings.SCHEMES):
        for path in (ROOT / tree).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            text = path.read_text()
            for one in ast.walk(ast.parse(text)) if any(act in text for act in writes) else ():
                if isinstance(one, ast.FunctionDef) and any(act in ast.get_source_segment(text, one) for act in writes):
                    found[f"{path.stem}.{one.name}"] = "not_to_oneself(" in ast.get_source_segment(text, one)
    assert found == {"roles.grant_role": True, "accounts.give_right": True}


def test_staff_follows_the_roles_held(declared, user, branch, other_branch, unit, at):
    grant_role(user=user, role_code="probe.contact", organisation=unit, by=None, at=at)
    assert not user.is_staff
    grant_role(user=user, role_code="probe.officer", organisation=branch, by=None, at=at)
    grant_role(user=user, role_code="probe.chief", organisation=other_branch, by=None, at=at)
    user.refresh_from_db()
    assert user.is_staff
    revoke_role(user=user, role_code="probe.officer", organisation=branch, by=None, at=at)
    user.refresh_from_db()
    assert user.is_staff, "still chief elsewhere"
    revoke_role(user=user, role_code="probe.chief", organisation=other_branch, by=None, at=at)
    user.refresh_from_db()
    assert not user.is_staff


def test_both_are_written_down_once(declared, user, make_user, branch, at):
    boss = make_user()
    grant_role(user=user, role_code="probe.officer", organisation=branch, by=boss, at=at)
    revoke_role(user=user, role_code="probe.officer", organisation=branch, by=boss, at=at)
    revoke_role(user=user, role_code="probe.officer", organisation=branch, by=boss, at=at)
    lines = list(AccessLog.objects.order_by("pk").values_list("action", "user", "at"))
    assert lines == [("role_granted", boss.pk, at), ("role_revoked", boss.pk, at)]
    assert all(user.account_name in line.subject and "雲嘉南分署" in line.subject for line in AccessLog.objects.all())


def test_sync_follows_the_code(declared, user, branch, at):
    grant_role(user=user, role_code="probe.officer", organisation=branch, by=None, at=at)
    assert rows(branch) == {"probe__read"}
    wider = Role("probe.officer", "承辦人", ("probe.decide",), ("branch",), staff=True)
    ROLES.put(wider)
    sync_rights()
    assert rows(branch) == {"probe__decide"}
    assert can(user, "probe.decide", branch)
    assert not can(user, "probe.read", branch)
    sync_rights()
    assert rows(branch) == {"probe__decide"}


def test_sync_leaves_roles_it_does_not_know(declared, user, branch, at):
    """A site that switches a scheme off keeps who held what."""
    grant_role(user=user, role_code="probe.officer", organisation=branch, by=None, at=at)
    others = [one for one in ROLES if one.code != "probe.officer"]
    ROLES.clear()
    ROLES.add(*others)
    sync_rights()
    assert rows(branch) == {"probe__read"}
    assert RoleGroup.objects.filter(role="probe.officer").exists()


def test_one_group_per_role_and_organisation(declared, make_user, branch, at):
    for _ in range(2):
        grant_role(user=make_user(), role_code="probe.officer", organisation=branch, by=None, at=at)
    assert RoleGroup.objects.filter(role="probe.officer", organisation=branch).count() == 1
