"""The list and the single question give the same answer, for everybody."""

from itertools import product
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import F

from accounts.models import Organisation, OrganisationUserObjectPermission, User
from accounts.rights import can, can_anywhere, holders, organisations_with, permission_row, visible_to
from accounts.roles import right
from accounts.services.roles import grant_role, revoke_role

pytestmark = pytest.mark.django_db
RIGHTS = ("probe.decide", "probe.read", "probe.file")


@pytest.fixture
def people(declared, make_user, branch, other_branch, unit, grant) -> dict[str, object]:
    grant(officer := make_user(), "probe.officer", branch)
    grant(chief := make_user(), "probe.chief", branch)
    grant(outsider := make_user(), "probe.chief", other_branch)
    grant(contact := make_user(), "probe.contact", unit)
    grant(closed := make_user(), "probe.chief", branch)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    helped = make_user()
    OrganisationUserObjectPermission.objects.create(
        user=helped, permission=permission_row("probe.decide"), content_object=other_branch
    )
    model_level = make_user()
    model_level.user_permissions.set(Permission.objects.all())
    return {
        "officer": officer,
        "chief": chief,
        "outsider": outsider,
        "contact": contact,
        "closed": User.objects.get(pk=closed.pk),
        "helped": helped,
        "model_level": User.objects.get(pk=model_level.pk),
        "superuser": make_user(is_superuser=True, is_staff=True),
        "nobody": make_user(),
        "anonymous": AnonymousUser(),
    }


HOLDS = {
    ("officer", "probe.read"): {"雲嘉南分署"},
    ("chief", "probe.read"): {"雲嘉南分署"},
    ("chief", "probe.decide"): {"雲嘉南分署"},
    ("outsider", "probe.read"): {"高屏澎東分署"},
    ("outsider", "probe.decide"): {"高屏澎東分署"},
    ("contact", "probe.file"): {"某某職業訓練中心"},
    ("helped", "probe.decide"): {"高屏澎東分署"},
}


def test_each_person_holds_exactly_what_was_granted(people):
    for name, code in product(people, RIGHTS):
        found = set(organisations_with(people[name], code).values_list("name", flat=True))
        assert found == HOLDS.get((name, code), set()), (name, code)
        assert can_anywhere(people[name], code) is bool(found)


def test_list_and_question_agree_on_organisations(people):
    for name, code, place in product(people, RIGHTS, Organisation.objects.all()):
        listed = organisations_with(people[name], code).filter(pk=place.pk).exists()
        assert can(people[name], code, place) is listed, (name, code, place)


def test_list_and_question_agree_on_things(people, branch, other_branch, unit):
    """A thing that has an office and an organisation, as a case has. Organisation rows stand in for cases here: each is
    its own office."""
    things = Organisation.objects.annotate(office_id=F("pk"), organisation_id=F("pk"))
    for name, code in product(people, RIGHTS):
        listed = set(visible_to(people[name], (code,), things).values_list("pk", flat=True))
        asked = {
            place.pk
            for place in things
            if can(people[name], code, SimpleNamespace(office_id=place.pk, organisation_id=place.pk))
        }
        assert listed == asked, (name, code)


def test_the_side_of_a_right_decides_which_organisation_counts(people, branch, unit):
    case = SimpleNamespace(office_id=branch.pk, organisation_id=unit.pk)
    turned = SimpleNamespace(office_id=unit.pk, organisation_id=branch.pk)
    assert can(people["chief"], "probe.decide", case)
    assert can(people["contact"], "probe.file", case)
    assert not can(people["chief"], "probe.decide", turned)
    assert not can(people["contact"], "probe.file", turned)


def test_a_person_closed_and_opened_again(people, branch):
    closed = people["closed"]
    assert not can(closed, "probe.decide", branch)
    closed.is_active = True
    closed.save(update_fields=["is_active"])
    assert can(closed, "probe.decide", branch)


def test_a_reused_key_keeps_no_grants(grant, make_user, declared):
    office = Organisation.objects.create(name="一時設的分署", kind="branch")
    grant(keeper := make_user(), "probe.chief", office)
    key = office.pk
    assert can(keeper, "probe.decide", office)
    Organisation.objects.filter(pk=key).delete()
    again = Organisation.objects.create(pk=key, name="後來的分署", kind="branch")
    assert not can(keeper, "probe.decide", again)
    assert organisations_with(keeper, "probe.decide").count() == 0


def test_holders_are_the_active_people_of_the_office(people, branch, other_branch):
    assert {one.pk for one in holders("probe.decide", branch)} == {people["chief"].pk}
    assert {one.pk for one in holders("probe.read", branch)} == {people["officer"].pk, people["chief"].pk}
    assert {one.pk for one in holders("probe.decide", other_branch)} == {people["outsider"].pk}


def test_grant_and_revoke_take_effect_at_once(declared, make_user, branch, at):
    someone = make_user()
    assert not can(someone, "probe.decide", branch)
    grant_role(user=someone, role_code="probe.chief", organisation=branch, by=None, at=at)
    assert can(someone, "probe.decide", branch)
    revoke_role(user=someone, role_code="probe.chief", organisation=branch, by=None, at=at)
    assert not can(someone, "probe.decide", branch)


def test_the_questions_cost_a_fixed_number_of_queries(people, branch, django_assert_num_queries):
    with django_assert_num_queries(1):
        can(people["chief"], "probe.decide", branch)
    with django_assert_num_queries(1):
        list(organisations_with(people["chief"], "probe.decide"))
    with django_assert_num_queries(3):
        list(
            visible_to(
                people["chief"], RIGHTS, Organisation.objects.annotate(office_id=F("pk"), organisation_id=F("pk"))
            )
        )


def test_codename_is_the_rights_own(declared):
    assert permission_row("probe.decide").codename == right("probe.decide").codename == "probe__decide"
