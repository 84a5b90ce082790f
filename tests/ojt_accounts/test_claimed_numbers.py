"""Whose account an account form speaks of: nobody takes it by typing the number into a profile (OA-12)."""

import pytest

from accounts.clock import now
from accounts.models import User
from casework.cases.doing import perform
from casework.errors import Refused
from ojt_accounts.models import TrainingAccount
from ojt_accounts.selectors import application_of
from ojt_accounts.services import preparing
from tests.accounts.changes import renewed
from tests.factories import UserFactory, proven
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db


def _account() -> TrainingAccount:
    return TrainingAccount.objects.select_related("user").get()


def test_a_number_claimed_between_filing_and_decision_takes_no_account(here: w.World) -> None:
    """F1: 送件, the claim of a stranger, 決行."""
    case = w.filed(here)
    stranger = UserFactory(name="馬洛里", national_number=w.national_id(1))
    w.checked(here, case)
    w.signed(here, case, here.officer, here.chief, here.approver)
    made = _account().user
    assert made is not None and made != stranger
    assert (made.account_name, made.email) == ("yct2026n1", "applicant1@example.com")
    assert made.national_id == w.national_id(1)
    assert made.national_id_proven_at is None, "the unit wrote the number; the branch has seen no document"


def test_whose_number_is_proven_has_the_account(here: w.World) -> None:
    owner = UserFactory(name="申請人1", account_name="yct2026n1", email="applicant1@example.com")
    proven(owner, w.national_id(1))
    UserFactory(name="馬洛里", national_number=w.national_id(1))
    w.approved(here)
    assert _account().user == owner


def test_an_account_is_the_persons_under_every_number_of_theirs(here: w.World) -> None:
    """換發新號: applied for again under the new number, it is the account there is; last year's is copied under the new one."""
    owner = UserFactory(name="申請人1", account_name="yct2026n1", email="applicant1@example.com")
    proven(owner, w.national_id(1))
    w.done(here)
    account = _account()
    case = w.drafted(here, kind="renewal", numbers=())
    asked = {
        "national_id": w.national_id(66),
        "request": "grant",
        "name": "申請人1",
        "account_name": "yct2026n1",
        "email": owner.email,
    }
    with pytest.raises(Refused, match="查無這個人"):
        preparing.check_account_form(application_of(case), asked, position=None, on=now().date())
    renewed(owner, w.national_id(66))
    assert preparing.check_account_form(application_of(case), asked, position=None, on=now().date()) == account
    perform(case, "account_form.copied", by=here.contact, at=now())
    form = application_of(case).account_forms.get()
    assert (form.account, form.national_id) == (account, w.national_id(66))
    with pytest.raises(Refused, match="一人一張"):
        preparing.check_account_form(
            application_of(case), {**asked, "national_id": w.national_id(1)}, position=None, on=now().date()
        )


def test_an_earlier_account_of_the_unit_is_found_though_nothing_is_proven(here: w.World) -> None:
    """Closed and applied for again: the same user, not a second one under a taken name."""
    w.done(here)
    first = _account()
    TrainingAccount.objects.update(state="closed", closed_on=now().date())
    UserFactory(name="馬洛里", national_number=w.national_id(1))
    case = w.drafted(here, kind="renewal")
    case = perform(case, "file", by=here.contact, at=now()).case
    w.checked(here, case)
    w.signed(here, case, here.officer, here.chief, here.approver)
    again = TrainingAccount.objects.exclude(pk=first.pk).get()
    assert again.user == first.user


def test_a_contact_who_claims_another_number_gets_no_account_of_this_one(here: w.World) -> None:
    User.objects.filter(pk=here.contact.pk).update(name="申請人1")
    here.contact.refresh_from_db()
    here.contact.set_national_id(w.national_id(55))
    here.contact.save()
    case = w.drafted(here, numbers=())
    mine = {"name": "申請人1", "email": here.contact.email, "account_name": here.contact.account_name}
    with pytest.raises(Refused, match="聯絡人本人申請時"):
        perform(case, "account_form.saved", data=w.account(1, **mine), position=None, by=here.contact, at=now())
    perform(
        case,
        "account_form.saved",
        data=w.account(1, **mine, national_id=w.national_id(55)),
        position=None,
        by=here.contact,
        at=now(),
    )
