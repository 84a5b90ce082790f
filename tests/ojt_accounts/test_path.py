"""One application from draft to accounts, and what each step leaves behind."""

import pytest

from accounts.clock import now
from accounts.models import SetPasswordLink, User
from accounts.rights import can
from casework.cases.doing import perform
from casework.cases.events import broken_links
from casework.law.in_force import law_in_force
from casework.models import Case, Document, Notice
from casework.papers.documents import bytes_of
from kernel.outcome import Outcome
from kernel.rulebook import again
from ojt_accounts.models import PlanRight, Registration, TrainingAccount
from ojt_accounts.permissions import VIEW_UNIT
from ojt_accounts.selectors import application_of, differences, unit_form_needed
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db


@pytest.mark.quick
def test_new_unit_from_draft_to_account(here: w.World) -> None:
    case = w.done(here, numbers=(1, 2))
    assert (case.state, case.turn) == ("done", "nobody")
    registration = Registration.objects.get(organisation=here.unit, branch=here.branch)
    assert registration.registered_on and registration.form["full_name"] == here.unit.name
    accounts = list(registration.accounts.all())
    assert [(a.seat, a.state) for a in accounts] == [(1, "open"), (2, "open")]
    user = User.objects.get(account_name="yct2026n1")
    assert user.is_active and not user.has_usable_password() and user.national_id == w.national_id(1)
    assert can(user, VIEW_UNIT, here.unit)
    right = PlanRight.objects.get(account=accounts[0])
    assert (right.program_year, right.plan) == (here.intake.program_year, "industry_talent")
    assert (right.ends_before.month, right.ends_before.day) == (1, 1)
    assert SetPasswordLink.objects.filter(user=user, used_at=None).count() == 1
    assert Notice.objects.filter(user=user, code="ojt_accounts.account_opened").count() == 1
    assert broken_links(Case.objects.get(pk=case.pk)) == []


def test_the_decision_keeps_its_lines_and_gives_them_again(here: w.World) -> None:
    case = w.approved(here)
    stored = case.events.get(code="approve").outcomes
    rules = [one["rule"] for one in stored]
    assert rules == ["OA-01", "OA-03", "OA-04", "OA-05", "OA-06", "OA-07", "OA-07"]
    for one in stored:
        outcome = Outcome.from_json(one)
        assert again(outcome, law=law_in_force()).as_json() == one


def test_papers_are_issued_once_and_checked(here: w.World) -> None:
    case = w.done(here)
    papers = {d.paper: d for d in Document.objects.filter(case=case)}
    assert set(papers) == {"ojt.unit_form", "ojt.account_form"}
    form = papers["ojt.account_form"]
    content = bytes_of(form)
    assert bytes_of(Document.objects.get(pk=form.pk)) == content
    assert w.national_id(1) not in str(form.public)


def test_renewal_asks_for_the_unit_form_only_when_something_changed(here: w.World) -> None:
    w.done(here)
    case = w.drafted(here, kind="renewal", numbers=(2,))
    application = application_of(case)
    assert differences(application) == [] and not unit_form_needed(application)
    perform(case, "unit_form.saved", data={**w.UNIT_FORM, "custodian": "黃淑芬"}, by=here.contact, at=now())
    application = application_of(case)
    assert [d.label for d in differences(application)] == ["個人資料檔案保管人員"]
    assert unit_form_needed(application)
    assert {p.name for p in application.pledges.filter(removed_at=None)} == {"陳美惠", "黃淑芬", "申請人2"}


def test_copying_last_year_makes_a_grant_per_account(here: w.World) -> None:
    w.done(here, numbers=(1, 2))
    case = w.drafted(here, kind="renewal", numbers=())
    assert perform(case, "account_form.copied", by=here.contact, at=now()).answer == 2
    forms = application_of(case).account_forms.all()
    assert [(f.request, f.account_name) for f in forms] == [("grant", "yct2026n1"), ("grant", "yct2026n2")]
    assert perform(case, "account_form.copied", by=here.contact, at=now()).answer == 0


def test_cancellation_stops_access_at_once_and_keeps_the_name(here: w.World) -> None:
    w.done(here)
    case = w.drafted(here, kind="cancellation", numbers=())
    perform(case, "account_form.copied", by=here.contact, at=now(), reason="人員離職")
    perform(case, "file", by=here.contact, at=now())
    w.checked(here, case)
    case = w.signed(here, case, here.officer, here.chief, here.approver)
    perform(case, "set", codes=["account.1"], set_on=w.taipei_day(now()), by=here.admin, at=now())
    account = TrainingAccount.objects.get()
    user = User.objects.get(account_name="yct2026n1")
    assert account.state == "closed" and account.name == "申請人1"
    assert not user.is_active and not can(user, VIEW_UNIT, here.unit)
    assert not account.plan_rights.filter(withdrawn_on=None).exists()
