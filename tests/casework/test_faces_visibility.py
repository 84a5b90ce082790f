"""What a list shows is what may be opened, for every person and case."""

import random

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from guardian.shortcuts import assign_perm

from accounts.rights import can
from accounts.roles import Side, right
from casework.cases.access import applicant_cases, case_on_side, rights_on, side_of
from casework.cases.casetypes import casetype
from casework.desk.desk import desk_of
from casework.models import Case, CaseGroupObjectPermission, CaseUserObjectPermission
from tests.casework import toy
from tests.casework.conftest import NOW
from tests.factories import OrganisationFactory, UnitFactory, UserFactory


def grant(receiver, case, code):
    """A right on one case: guardian wants the permission's row to be of the case's table."""
    kind = ContentType.objects.get_for_model(Case)
    named = {"codename": right(code).codename, "content_type": kind}
    permission, _ = Permission.objects.get_or_create(**named, defaults={"name": code})
    if isinstance(receiver, Group):
        CaseGroupObjectPermission.objects.create(group=receiver, content_object=case, permission=permission)
    else:
        CaseUserObjectPermission.objects.create(user=receiver, content_object=case, permission=permission)


def opens(user, case):
    """The rule in one place: a right to view on its side, or the application is one's own."""
    sides = {right(code).side for code in casetype(case.kind).view_rights if can(user, code, case)}
    if user.is_active and case.person_id == user.pk:
        sides.add(Side.APPLICANT)
    return sides - {Side.OFFICE} if case.state == "draft" else sides


@pytest.mark.parametrize("seed", range(4))
def test_lists_show_exactly_what_can_be_opened(toys, seed):
    dice = random.Random(seed)
    offices = [OrganisationFactory() for _ in range(3)]
    units = [UnitFactory() for _ in range(3)]
    users = []
    for _ in range(8):
        roles = [
            (dice.choice((toy.OFFICER, toy.READER)), office) for office in dice.sample(offices, dice.randint(0, 2))
        ]
        roles += [(toy.CONTACT, unit) for unit in dice.sample(units, dice.randint(0, 2))]
        users.append(UserFactory(roles=roles, is_active=dice.random() > 0.2))
    # Neither a superuser nor a right at large opens a case.
    users.append(UserFactory(is_superuser=True, is_staff=True))
    users.append(UserFactory(is_staff=True))
    assign_perm(f"accounts.{right(toy.VIEW).codename}", users[-1])
    cases = [
        toy.case(
            office=dice.choice(offices),
            unit=dice.choice([*units, None]),
            at=NOW,
            kind=dice.choice((toy.KIND, toy.OTHER)),
            person=dice.choice([*users, None, None, None]),
            state=dice.choice(("filed", "filed", "draft")),
        )
        for _ in range(24)
    ]
    circle, member = Group.objects.create(name="reviewers"), UserFactory()
    member.groups.add(circle)
    users.append(member)
    grant(dice.choice(users), dice.choice(cases), toy.VIEW)
    grant(circle, dice.choice(cases), toy.VIEW)
    for user in users:
        expected = {case.pk: opens(user, case) for case in cases}
        for side, listed in ((Side.OFFICE, desk_of(user).cases()), (Side.APPLICANT, applicant_cases(user))):
            assert set(listed.values_list("pk", flat=True)) == {pk for pk, sides in expected.items() if side in sides}
        for case in cases:
            assert side_of(user, case) == expected[case.pk]


def test_a_draft_is_its_writers_until_it_is_filed(scene):
    """Addressed to an office and not filed: its list, its search, its page and the papers in it know nothing of it."""
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW, state="draft")
    officer = scene.client(scene.officer)
    assert officer.get(f"/admin/case/{case.number}/").status_code == 404
    assert case.number not in officer.get("/admin/work/?tab=all").text
    assert scene.client(scene.contact).get(f"/cases/{case.number}/").status_code == 200
    assert side_of(scene.officer, case) == set()
    case.filed_at = NOW
    case.save()
    assert side_of(scene.officer, case) == {Side.OFFICE}


def test_rights_of_a_page_answer_as_can_does(scene):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    grant(scene.stranger, case, toy.DECIDE)
    for user in (scene.officer, scene.reader, scene.outsider, scene.contact, scene.stranger):
        rights = rights_on(user, case)
        for code in (toy.VIEW, toy.DECIDE, toy.OWN, toy.PREPARE):
            assert rights.has(code) == can(user, code, case), (user, code)


def test_no_such_number_and_somebody_elses_are_told_alike(scene):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    for number in (case.number, "TY-115-999999"):
        with pytest.raises(Case.DoesNotExist):
            case_on_side(scene.outsider, number, Side.OFFICE)
