"""Paths on which a case could stick, and signatures that could outlive what they were given for."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.clock import now
from accounts.models import Membership, Organisation, User
from accounts.services.roles import grant_role
from casework.cases import corrections
from casework.cases.doing import perform
from casework.errors import NotAllowed, Refused
from casework.models import Case, Deadline, Notice
from kernel.dates import taipei_day
from ojt_accounts.models import Application, PlanRight, TrainingAccount
from ojt_accounts.selectors import application_of, live_pledges, seat_facts
from ojt_accounts.services import attaching, filing
from ojt_accounts.services.signing import decided, forms_to_sign, states_of
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db
ITEM: Any = {"target": "paper.ttqs", "label": "TTQS 評核證書", "problem": "證書模糊"}


def _set(here: w.World, case: Case, code: str = "account.1", **given: Any) -> Case:
    return perform(case, "set", codes=[code], set_on=taipei_day(now()), by=here.admin, at=now(), **given).case


def _through(here: w.World, case: Case) -> Case:
    """Filed, checked, signed."""
    perform(case, "file", by=here.contact, at=now())
    w.checked(here, case)
    return w.signed(here, case, here.officer, here.chief, here.approver)


def _cancelled(here: w.World) -> Case:
    """An approved cancellation of every account in use."""
    case = w.drafted(here, kind="cancellation", numbers=())
    perform(case, "account_form.copied", by=here.contact, at=now(), reason="人員離職")
    return _through(here, case)


def _grant(here: w.World) -> Case:
    case = w.drafted(here, kind="renewal", numbers=())
    given = w.account(1, request="grant", account_name="")
    perform(case, "account_form.saved", data=given, position=None, by=here.contact, at=now())
    w.complete_papers(here, case)
    return _through(here, case)


# --- setting -----------------------------------------------------------------------------------------------------------------


def test_an_account_opened_by_another_case_before_its_own(here: w.World) -> None:
    first = w.approved(here)
    second = _grant(here)
    assert _set(here, second).state == "done"
    assert TrainingAccount.objects.get().state == "open"
    assert _set(here, first).state == "done"


def test_an_account_cancelled_twice_is_cancelled(here: w.World) -> None:
    w.done(here)
    first, second = _cancelled(here), _cancelled(here)
    _set(here, first)
    assert _set(here, second).state == "done"
    assert second.events.filter(label__contains="帳號已於").exists()


def test_what_cannot_be_set_any_more_is_dropped_with_a_reason(here: w.World) -> None:
    case = w.approved(here, numbers=(1, 2))
    _set(here, case, "account.1")
    last_year = here.intake.program_year - 1
    Application.objects.filter(case=case).update(program_year=last_year)
    with pytest.raises(Refused, match="不予設定"):
        _set(here, case, "account.2")
    given: dict[str, Any] = {"by": here.admin, "at": now()}
    with pytest.raises(Refused) as refused:
        perform(case, "drop", codes=["account.2"], reason=" ", **given)
    assert refused.value.field == "reason"
    with pytest.raises(Refused, match="請選擇"):
        perform(case, "drop", codes=["account.1"], reason="已設定", **given)
    case = perform(case, "drop", codes=["account.2"], reason="年度已終了", **given).case
    assert case.state == "done"
    assert [a.state for a in TrainingAccount.objects.order_by("seat")] == ["open", "closed"]
    assert Notice.objects.filter(user=here.contact, body__contains="年度已終了").exists()
    assert not User.objects.get(account_name="yct2026n2").is_active


def test_an_earlier_year_set_later_keeps_the_deadline_of_the_last_year(here: w.World) -> None:
    w.done(here)
    account = TrainingAccount.objects.get()
    last = PlanRight.objects.get()
    PlanRight.objects.filter(pk=last.pk).update(
        program_year=last.program_year + 1, ends_before=last.ends_before.replace(year=last.ends_before.year + 1)
    )
    _set(here, _grant(here))
    last.refresh_from_db()
    due = Deadline.objects.get(thing_id=account.pk, withdrawn_at=None)
    assert due.due_on == last.ends_before - timedelta(days=1)


def test_seats_of_a_decided_case_are_not_counted_twice(here: w.World) -> None:
    case = w.done(here, numbers=(1, 2, 3, 4))
    facts = seat_facts(application_of(case))
    assert (facts.taken, facts.asked) == (0, 4)


def test_closing_leaves_what_the_person_is_elsewhere(here: w.World) -> None:
    w.done(here)
    user = User.objects.get(account_name="yct2026n1")
    Case.objects.filter(pk=w.drafted(here, kind="renewal", numbers=()).pk).update(organisation=None, person=user)
    _set(here, _cancelled(here))
    user.refresh_from_db()
    assert user.is_active and not user.groups.exists()


def test_closing_a_contacts_account_leaves_the_contact_a_member(here: w.World) -> None:
    w.done(here)
    user = User.objects.get(account_name="yct2026n1")
    grant_role(user=user, role_code="unit_contact", organisation=here.unit, by=None, at=now())
    _set(here, _cancelled(here))
    assert Membership.objects.get(user=user, organisation=here.unit).ends_before is None


# --- corrections -------------------------------------------------------------------------------------------------------------


def _asked(here: w.World, case: Case) -> None:
    perform(case, "ask_correction", items=[ITEM], message="", by=here.officer, at=now())


def test_a_correction_ends_the_round_of_every_form(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    case = w.signed(here, case, here.officer, here.chief)
    _asked(here, case)
    item = corrections.unanswered(case)[0]
    corrections.answer(item, case=Case.objects.get(pk=case.pk), text="已換新", by=here.contact, at=now())
    case = perform(case, "refile", by=here.contact, at=now()).case
    for form in forms_to_sign(application_of(case)):
        states = states_of(case, form)
        assert not decided(states) and states[0].signoff is None
    case = w.signed(here, case, here.officer, here.chief, here.approver)
    assert _set(here, case).state == "done"


def test_another_letter_is_read_anew(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    _asked(here, case)
    assert application_of(case).letter_confirmed_at
    perform(case.pk, "paper.added", paper="letter", upload=w.pdf(), attested=False, by=here.contact, at=now())
    assert application_of(case).letter_confirmed_at is None
    Application.objects.filter(case=case).update(letter_confirmed_at=now())
    perform(case, "standing.saved", data={"letter_number": "南瀛字第9號"}, by=here.contact, at=now())
    assert application_of(case).letter_confirmed_at is None


def test_another_number_on_the_account_form_asks_for_the_pledge_again(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    _asked(here, case)
    perform(
        case,
        "account_form.saved",
        data=w.account(1, national_id=w.national_id(77)),
        position=1,
        by=here.contact,
        at=now(),
    )
    pledge = next(p for p in live_pledges(application_of(case)) if p.name == "申請人1")
    assert pledge.national_id == w.national_id(77) and pledge.scan_confirmed_at is None


def test_a_term_that_passed_brings_the_case_back_to_the_branch(here: w.World) -> None:
    case = w.filed(here)
    _asked(here, case)
    due_on = corrections.open_request(case).due_on  # type: ignore[union-attr]
    last_day, after = (now() + (day - taipei_day(now())) for day in (due_on, due_on + timedelta(days=1)))
    with pytest.raises(Refused, match="期滿"):
        perform(case, "resume", by=here.officer, at=last_day)
    perform(case, "resume", by=here.officer, at=after)
    case = Case.objects.get(pk=case.pk)
    assert (case.state, corrections.open_request(case)) == ("filed", None)
    assert [d.code for d in case.deadlines.filter(met_at=None, withdrawn_at=None)] == [filing.HANDLE]
    with pytest.raises(NotAllowed):
        perform(case, "refile", by=here.contact, at=after)
    assert perform(case, "refuse", reason="逾期未補正", by=here.approver, at=after).case.state == "refused"


def test_a_paper_judged_while_the_case_was_filed_is_refused(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = w.drafted(here)
    judged = attaching.attachments.judged

    def filed_meanwhile(*args: Any, **given: Any) -> Any:
        verdict = judged(*args, **given)
        perform(case, "file", by=here.contact, at=now())
        return verdict

    before = case.attachments.count()
    monkeypatch.setattr(attaching.attachments, "judged", filed_meanwhile)
    with pytest.raises(NotAllowed, match="審查中"):
        perform(case, "paper.added", paper="ttqs", upload=w.pdf(), attested=True, by=here.contact, at=now())
    assert case.attachments.count() == before


# --- a contact who registered themselves and applies for themselves (OA-08) ------------------------------------------------------


def test_the_contact_applies_for_themselves_under_their_own_name(here: w.World) -> None:
    contact = here.contact
    contact.account_name = "contact01"
    contact.save()
    own = {"name": contact.name, "email": contact.email, "account_name": "Contact01"}
    case = w.drafted(here, numbers=())
    with pytest.raises(Refused, match="聯絡人本人") as refused:
        perform(
            case, "account_form.saved", data=w.account(1, **own | {"name": "別人"}), position=None, by=contact, at=now()
        )
    assert refused.value.field == "account_name"
    perform(case, "account_form.saved", data=w.account(1, **own), position=None, by=contact, at=now())
    w.complete_papers(here, case)
    _set(here, _through(here, case))
    contact.refresh_from_db()
    assert contact.national_id == w.national_id(1)
    assert TrainingAccount.objects.get().user == contact
    assert User.objects.filter(training_accounts__isnull=False).count() == 1


def test_another_units_contact_is_nobody_here(here: w.World) -> None:
    other, stranger = w.unit("另一個單位", "22099131", now())
    assert isinstance(other, Organisation)
    case = w.drafted(here, numbers=())
    theirs = {"name": stranger.name, "email": stranger.email, "account_name": stranger.account_name}
    with pytest.raises(Refused, match="不能使用這個帳號"):
        perform(case, "account_form.saved", data=w.account(1, **theirs), position=None, by=here.contact, at=now())
