"""迴避 over every scheme (行政程序法第32條): whoever stands in a case, or belongs to its unit, does nothing on the office's side of it,
whatever rights the office gave them. Cases and people are the demonstration's; each kind is tried in every state its acts leave.
"""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.clock import now
from accounts.models import Membership, Organisation, OrganisationUserObjectPermission, User
from accounts.roles import Side, all_rights, right
from casework import casetypes
from casework.errors import Refused
from casework.models import Case, Event, Message
from casework.selectors import rights_on
from casework.selectors.recusal import RECUSED
from casework.services import messages, work
from casework.services.cases import lock, move, open_case
from casework.views import acts
from tests.security import demonstration

pytestmark = pytest.mark.django_db
#: Kinds in which nobody stands: the office's own work. Of an article the unit alone is tried: who wrote a version does not review it by
#: 附件2's own rule (tests/senior45/test_refusals.py).
APART = {"senior45.campaign"}


@pytest.fixture(scope="module")
def shown(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), demonstration.loaded(tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(autouse=True)
def _as_in_the_demonstration(_nothing_left_over: None, shown: None, settings: Any) -> None:
    settings.DEMO, settings.STAFF_SECOND_FACTOR = True, False


def fresh(people: Iterator[int] = count(1)) -> User:  # noqa: B008 - one row of numbers for all
    name = f"recusal{next(people)}"
    return User.objects.create_user(name, name="某同仁", email=f"{name}@example.org")


def appointed(user: User, case: Case) -> User:
    """Every right an office can give, in the office of the case."""
    codes = [one.codename for one in all_rights() if one.side is Side.OFFICE]
    rows = Permission.objects.filter(codename__in=codes, content_type__app_label="accounts")
    OrganisationUserObjectPermission.objects.bulk_create(
        [OrganisationUserObjectPermission(user=user, permission=row, content_object=case.office) for row in rows],
        ignore_conflicts=True,
    )
    User.objects.filter(pk=user.pk).update(is_staff=True, is_active=True, must_change_password=False)
    return User.objects.get(pk=user.pk)


def bare(kind: str) -> Case:
    """A case of a kind that the demonstration does not show, of somebody who applies for themselves."""
    office = Organisation.objects.filter(kind="branch").order_by("pk")[0]
    who = fresh()
    return open_case(kind=kind, title="試辦", office=office, person=who, by=who, at=now())


def parties(case: Case) -> Iterator[User]:
    """One of those who stand in the case, and one who merely works in its unit."""
    if found := sorted(casetypes.casetype(case.kind).parties(case)):
        yield User.objects.get(pk=found[0])
    if case.organisation_id not in (None, case.office_id):
        made = fresh()
        Membership.objects.create(user=made, organisation=case.organisation, starts_on=date(2020, 1, 1))
        yield made


def kinds() -> list[str]:
    return sorted(one.kind for one in casetypes.all_casetypes() if not one.kind.startswith("toy."))


def test_no_party_takes_a_step_of_the_office() -> None:
    tried: dict[str, int] = {}
    for kind in kinds():
        machine = casetypes.casetype(kind).machine
        case = Case.objects.filter(kind=kind).order_by("filed_at", "pk").first() or bare(kind)
        for user in parties(case):
            user = appointed(user, case)
            for step in (t for t in machine.transitions if right(t.permission).side is Side.OFFICE):
                for state in step.sources:
                    Case.objects.filter(pk=case.pk).update(state=state)
                    before = (Case.objects.values().get(pk=case.pk), Event.objects.count())
                    with pytest.raises(Refused, match=RECUSED), transaction.atomic():
                        move(lock(case), step.name, by=user, at=now(), reason="理由充分")
                    assert (Case.objects.values().get(pk=case.pk), Event.objects.count()) == before
                    tried[kind] = tried.get(kind, 0) + 1
    assert set(tried) == set(kinds()) - APART, tried
    assert sum(tried.values()) > 100, tried


def test_their_buttons_are_off_with_the_sentence_and_the_desk_gives_them_nothing() -> None:
    seen = 0
    for kind in sorted(set(kinds()) - APART):
        rows = Case.objects.filter(kind=kind, turn="office", filed_at__isnull=False)
        case = rows.select_related("office").order_by("pk").first()
        if case is None:
            continue
        for user in parties(case):
            user = appointed(user, case)
            shown = acts.buttons(case, rights_on(user, case), Side.OFFICE)
            assert {one.why for one in shown} <= {RECUSED} and all(one.form is None for one in shown), (kind, shown)
            seen += len(shown)
            assert not acts.any_open(case, rights_on(user, case), Side.OFFICE)
            before = set(Event.objects.values_list("pk"))
            Case.objects.filter(pk=case.pk).update(assignee=None)
            with pytest.raises(Refused, match=RECUSED):
                work.claim(case, by=user, at=now())
            colleague = appointed(fresh(), case)
            with pytest.raises(Refused, match="應予迴避"):
                work.reassign(case, to=user, by=colleague, at=now())
            with pytest.raises(Refused, match=RECUSED):
                messages.write(case, kind=Message.Kind.NOTE, body="註記", by=user, at=now())
            assert set(Event.objects.values_list("pk")) == before
            browser = Client()
            browser.force_login(user, demonstration.BACKEND)
            page = browser.get(reverse("admin:case", args=[case.number]))
            assert page.status_code == 200, kind
            if shown:
                assert RECUSED in page.content.decode(), kind
    assert seen > 20


def test_a_colleague_of_the_office_is_no_party() -> None:
    """The control: the same rights in a hand that has nothing to do with the case."""
    for kind in sorted(set(kinds()) - APART):
        case = Case.objects.filter(kind=kind).order_by("pk").first() or bare(kind)
        rights = rights_on(appointed(fresh(), case), case)
        assert RECUSED not in {one.why for one in acts.buttons(case, rights, Side.OFFICE)}
        Case.objects.filter(pk=case.pk).update(assignee=None)
        work.claim(case, by=rights.user, at=now())
