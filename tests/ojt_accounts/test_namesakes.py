"""Two people of one name are two people: each signs, each is printed, none hides the other (OA-01, OA-08)."""

import importlib
from typing import Any

import pytest
from django.apps import apps

from accounts.clock import now
from accounts.models import User
from casework.cases.casetypes import casetype
from casework.cases.doing import perform
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.identifiers import mask_person_id
from ojt_accounts.documents import cover_context, pledge_context
from ojt_accounts.models import Application, Pledge, TrainingAccount
from ojt_accounts.rules.papers import ChecklistFacts, checklist
from ojt_accounts.selectors import application_of, checklist_facts, live_pledges
from ojt_accounts.services.signing import forms_to_sign
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import at, envelope, signed_in

pytestmark = pytest.mark.django_db
NAME = "陳怡君"


@pytest.fixture
def two(here: w.World, application: Application) -> Case:
    """A draft of two applicants of one name."""
    case = application.case
    perform(case, "unit_form.saved", data=w.UNIT_FORM, by=here.contact, at=now())
    perform(case, "standing.saved", data=w.standing(w.taipei_day(now())), by=here.contact, at=now())
    for n in (1, 2):
        save(here, case, n, name=NAME)
    return case


def save(here: w.World, case: Case, n: int, position: int | None = None, **given: Any) -> None:
    perform(case, "account_form.saved", data=w.account(n, **given), position=position, by=here.contact, at=now())


def of(case: Case, name: str = NAME) -> list[Pledge]:
    return [one for one in live_pledges(application_of(case)) if one.name == name]


def sign(here: w.World, case: Case, pledge: Pledge, number: str = "") -> None:
    given = {"national_id": number or pledge.national_id, "address": "臺南市新營區民治路36號", "phone": "06-698-5945"}
    perform(case, "pledge.saved", pk=pledge.pk, **given, by=here.contact, at=now())
    perform(case, "pledge.scanned", pk=pledge.pk, upload=w.pdf("切結書.pdf"), by=here.contact, at=now())


def test_two_of_one_name_have_a_pledge_each(here: w.World, two: Case) -> None:
    first, second = of(two)
    assert {first.national_id, second.national_id} == {w.national_id(1), w.national_id(2)}
    assert first.capacities == second.capacities == ["applicant"] and first.label != second.label
    page = signed_in(here.contact).get(at("pledges", two.number)).content.decode()
    assert page.count(f"<legend>{NAME} ") == 2 and w.national_id(1) not in page


def test_the_same_name_spelled_otherwise_is_told_apart_too(here: w.World, two: Case) -> None:
    save(here, two, 2, position=2, name="陳 怡君")
    spelled = [one.label for one in live_pledges(application_of(two)) if one.person.startswith("account.")]
    assert spelled == [f"{NAME} {mask_person_id(w.national_id(1))}", f"陳 怡君 {mask_person_id(w.national_id(2))}"]
    labels = [one.label for one in forms_to_sign(application_of(two))]
    assert f"帳號申請單（{NAME} yct2026n1）" in labels and "帳號申請單（陳 怡君 yct2026n2）" in labels


def test_one_of_the_two_signed_is_not_enough(here: w.World, two: Case) -> None:
    w.complete_papers(here, two)
    second = of(two)[1]
    Pledge.objects.filter(pk=second.pk).update(scan=None)
    with pytest.raises(Refused, match=rf"缺少{NAME} A10\*\*\*\*\d+的資訊安全保密切結書"):
        perform(two, "file", by=here.contact, at=now())
    facts = checklist_facts(application_of(two))
    assert len(facts.pledges_needed) == 4 and len(facts.pledges_signed) == 3


def test_end_to_end_both_accounts_are_opened_and_the_papers_tell_them_apart(here: w.World, two: Case) -> None:
    w.complete_papers(here, two)
    perform(two, "file", by=here.contact, at=now())
    w.checked(here, two)
    labels = [one.label for one in forms_to_sign(application_of(two))]
    assert len(set(labels)) == 3 and f"帳號申請單（{NAME} yct2026n1）" in labels
    targets = [one.label for one in casetype(two.kind).targets(two)]
    assert len(set(targets)) == len(targets)
    case = w.signed(here, two, here.officer, here.chief, here.approver)
    perform(case, "set", codes=["account.1", "account.2"], set_on=w.taipei_day(now()), by=here.admin, at=now())
    assert TrainingAccount.objects.filter(name=NAME, state="open").count() == 2
    assert User.objects.filter(name=NAME, is_active=True).count() == 2
    titles = list(case.documents.values_list("title", flat=True))
    assert len(set(titles)) == len(titles) == 3
    numbers = {pledge_context(application_of(case), one)["national_id"] for one in of(case)}
    assert numbers == {w.national_id(1), w.national_id(2)}
    rows = {row["label"]: row for row in cover_context(application_of(case), today=w.taipei_day(now()))["rows"]}
    assert rows["資訊安全保密切結書"]["copies"] == 4


def test_one_of_the_two_leaves_and_the_others_pledge_stays(here: w.World, two: Case) -> None:
    _, second = of(two)
    sign(here, two, second)
    perform(two, "account_form.removed", position=1, by=here.contact, at=now())
    (left,) = of(two)
    assert left.pk == second.pk and left.scan_id and left.national_id == w.national_id(2)


# --- a name is corrected (M8) ------------------------------------------------------------------------------------------------


def test_a_corrected_name_keeps_what_the_person_signed(here: w.World, two: Case) -> None:
    first, _ = of(two)
    sign(here, two, first)
    Pledge.objects.filter(pk=first.pk).update(scan_confirmed_at=now())
    for name in ("陳貽君", NAME):
        save(here, two, 1, position=1, name=name)
        pledge = Pledge.objects.get(pk=first.pk)
        assert (pledge.name, pledge.removed_at) == (name, None) and pledge.scan_id and pledge.address
        assert pledge.scan_confirmed_at is None  # the officer looks at it again: it bears another name


def test_another_person_on_the_same_form_signs_anew(here: w.World, two: Case) -> None:
    first, _ = of(two)
    sign(here, two, first)
    save(here, two, 3, position=1, name="林佳穎")
    (pledge,) = of(two, "林佳穎")
    assert pledge.scan_id is None and pledge.national_id == w.national_id(3)
    save(here, two, 1, position=1, name=NAME)
    assert {one.pk for one in of(two)} >= {first.pk} and Pledge.objects.get(pk=first.pk).scan_id


def test_two_people_who_change_places_keep_their_own(here: w.World, two: Case) -> None:
    first, _ = of(two)
    sign(here, two, first)
    perform(two, "account_form.removed", position=2, by=here.contact, at=now())
    save(here, two, 2, position=1, name=NAME)
    save(here, two, 1, name=NAME, account_name="other2026", email="other@example.com")
    kept = {one.national_id: (one.pk, bool(one.scan_id)) for one in of(two)}
    assert kept[w.national_id(1)] == (first.pk, True) and kept[w.national_id(2)][1] is False


def test_a_contact_whose_name_is_corrected_keeps_the_scan_once_the_number_says_so(here: w.World, two: Case) -> None:
    contact = w.UNIT_FORM["contact"]
    (pledge,) = of(two, contact)
    sign(here, two, pledge, w.national_id(50))
    perform(two, "unit_form.saved", data={**w.UNIT_FORM, "contact": "陳美慧"}, by=here.contact, at=now())
    (anew,) = of(two, "陳美慧")
    assert anew.scan_id is None  # by the name alone it may be somebody else
    given = {"national_id": w.national_id(50), "address": pledge.address or "x", "phone": "06-698-5945"}
    perform(two, "pledge.saved", pk=anew.pk, **given, by=here.contact, at=now())
    (anew,) = of(two, "陳美慧")
    assert anew.scan_id and anew.scan_confirmed_at is None
    perform(two, "unit_form.saved", data=w.UNIT_FORM, by=here.contact, at=now())
    (back,) = of(two, contact)
    assert back.pk == pledge.pk and back.scan_id and back.address


# --- the contact bears an applicant's name ----------------------------------------------------------------------------------


def named_contact(here: w.World, case: Case) -> None:
    perform(case, "unit_form.saved", data={**w.UNIT_FORM, "contact": NAME}, by=here.contact, at=now())


def test_of_two_applicants_the_number_says_which_is_the_contact(here: w.World, two: Case) -> None:
    named_contact(here, two)
    own = next(one for one in of(two) if one.person == "contact")
    assert len(of(two)) == 3
    given = {"national_id": w.national_id(2), "address": "臺南市新營區民治路36號", "phone": "06-698-5945"}
    perform(two, "pledge.saved", pk=own.pk, **given, by=here.contact, at=now())
    rows = {one.national_id: one.capacities for one in of(two)}
    assert rows == {w.national_id(1): ["applicant"], w.national_id(2): ["contact", "applicant"]}


def test_a_contact_who_is_not_the_applicant_of_that_name_signs_too(here: w.World, application: Application) -> None:
    case = application.case
    named_contact(here, case)
    save(here, case, 1, name=NAME)
    (both,) = of(case)
    assert both.capacities == ["contact", "applicant"]
    mine, page = signed_in(here.contact), at("pledges", case.number)
    shown = mine.get(page)
    assert "不是同一人，只是同名" in shown.content.decode()
    mine.post(page, {"apart": str(both.pk), **envelope(shown)})
    rows = {one.person: one for one in of(case)}
    assert set(rows) == {"contact", "account.1"} and rows["account.1"].capacities == ["applicant"]
    assert rows["contact"].namesake and not rows["contact"].national_id
    sign(here, case, rows["contact"], w.national_id(60))
    save(here, case, 1, position=1, name=NAME, phone="06-111-1111")
    assert {one.person for one in of(case)} == {"contact", "account.1"}
    # the number of the applicant after all: one person, one pledge
    again = next(one for one in of(case) if one.person == "contact")
    given = {"national_id": w.national_id(1), "address": "臺南市新營區民治路36號", "phone": "06-698-5945"}
    perform(case, "pledge.saved", pk=again.pk, **given, by=here.contact, at=now())
    (one,) = of(case)
    assert one.capacities == ["contact", "applicant"]


def test_a_pledge_that_stepped_aside_is_a_sentence_not_a_fault(here: w.World, two: Case) -> None:
    first, _ = of(two)
    perform(two, "account_form.removed", position=1, by=here.contact, at=now())
    given = {"national_id": w.national_id(1), "address": "x", "phone": "06-698-5945"}
    with pytest.raises(Refused, match="已不需要"):
        perform(two, "pledge.saved", pk=first.pk, **given, by=here.contact, at=now())


# --- the rule, and what was kept by name -------------------------------------------------------------------------------------


def facts(needed: tuple[str, ...], signed: tuple[str, ...]) -> ChecklistFacts:
    return ChecklistFacts("renewal", "", False, True, 2, ("letter", "ttqs", "ttqs_letter"), needed, signed)


@pytest.mark.parametrize(("signed", "met"), [(0, False), (1, False), (2, True)])
def test_of_two_of_one_name_each_needs_a_pledge(signed: int, met: bool) -> None:
    law, on = law_in_force(), w.taipei_day(now())
    assert checklist(facts((NAME, NAME), (NAME,) * signed), on=on, law=law).met is met


def test_the_migration_gives_every_pledge_its_person(here: w.World, two: Case) -> None:
    """As before the change: one row by name for both, and one for the contact."""
    first, second = of(two)
    Pledge.objects.filter(pk=second.pk).delete()
    Pledge.objects.update(person="")
    Pledge.objects.filter(pk=first.pk).update(capacities=["applicant", "applicant"])
    migration = importlib.import_module("ojt_accounts.migrations.0002_pledges_by_person")
    for _ in range(2):
        migration.by_person(apps, None)
    rows = {one.person: one for one in live_pledges(application_of(two))}
    assert set(rows) == {"contact", "custodian", "account.1", "account.2"}
    assert rows["account.1"].pk == first.pk and rows["account.1"].capacities == ["applicant"]
    assert rows["account.2"].national_id == w.national_id(2) and rows["account.2"].scan_id is None
