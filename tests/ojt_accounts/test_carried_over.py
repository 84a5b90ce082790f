"""What a form says of a person is taken over when the account is set, and printed where the office looks for it."""

import pytest

from accounts.clock import now
from accounts.models import AddressChange, User
from casework.cases.doing import perform
from casework.models import Case, Event, Notice
from casework.notices.delivery import message
from kernel.dates import taipei_day
from ojt_accounts.documents import cover_context
from ojt_accounts.selectors import application_of
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db


def test_a_new_telephone_on_the_form_becomes_the_persons_and_a_new_address_is_asked_about() -> None:
    here = w.world()
    case = w.approved(here)
    person = User.objects.get(account_name="yct2026n1")
    person.email, person.phone = "before@example.com", "06-0000000"
    person.save()
    form = application_of(case).account_forms.get()
    perform(case, "set", codes=[form.code], set_on=taipei_day(now()), by=here.admin, at=now())
    person.refresh_from_db()
    assert (person.email, person.phone) == ("before@example.com", form.phone)
    assert AddressChange.objects.get(user=person).address == form.email
    letter = Notice.objects.get(code="ojt_accounts.account_opened")
    assert letter.mail_to == "before@example.com" and "/set-password/" in letter.body
    # the office sees what stood there before; the unit does not
    told = Event.objects.get(case=case, code="account.contact")
    assert told.internal and [(one["label"], one["before"]) for one in told.changes] == [
        ("聯絡電話", "06-0000000"),
        ("電子郵件", "before@example.com"),
    ]
    assert Event.objects.get(case=case, code="account.opened").changes == []


def test_the_cover_has_the_senders_postal_code_and_the_letter_the_branch_with_its_telephone() -> None:
    here = w.world()
    here.branch.phone = "06-698-5945"
    here.branch.save()
    case = w.filed(here)
    form = application_of(case).unit_form
    cover = cover_context(application_of(case), today=now().date())
    assert cover["unit_postal_code"] == form.postal_code and cover["unit_address"] == form.address
    receipt = Notice.objects.get(case=Case.objects.get(pk=case.pk), code="ojt_accounts.receipt")
    assert f"承辦機關：{here.branch.name}　電話：06-698-5945" in message(receipt).body
