"""From a newcomer's form to a published text, a closed account and its way back: what each step leaves behind."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from accounts.clock import now, today
from accounts.models import SetPasswordLink
from accounts.rights import can
from casework.cases.doing import perform
from casework.cases.events import broken_links
from casework.deadlines.sweeping import sweep
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Document, Notice
from casework.papers.documents import bytes_of
from kernel.dates import TAIPEI
from kernel.outcome import Outcome
from kernel.rulebook import again
from senior45.models import AccountRequest, Article, SiteAccount
from senior45.permissions import WRITE
from senior45.services import idling, requests
from tests.senior45 import world as w

pytestmark = pytest.mark.django_db


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=TAIPEI)


@pytest.mark.quick
def test_a_newcomer_gets_an_account_for_a_silver_point_from_the_right_branch(here: w.World) -> None:
    """S45-02, S45-03, S45-04, S45-12."""
    with time_machine.travel(noon(date(2026, 11, 20)), tick=False):
        case = w.filed(here)
        assert case.office == here.branch.organisation
        deadline = Deadline.objects.get(case=case, code=requests.ANSWER)
        assert deadline.due_on == date(2026, 11, 27) and deadline.case.due_on == deadline.due_on
        told = set(Notice.objects.filter(code="senior45.filed").values_list("user__name", flat=True))
        assert told == {"opener"}
        here.newcomer.set_unusable_password()
        here.newcomer.save()
        case = perform(Case.objects.get(pk=case.pk), "complete", by=here.opener, at=now()).case
    assert (case.state, case.turn, case.due_on) == ("done", "nobody", None)
    account = SiteAccount.objects.get(user=here.newcomer)
    assert account.is_open and [r.right for r in account.rights.all()] == ["editor"]
    assert can(here.newcomer, WRITE, here.point.organisation)
    assert SetPasswordLink.objects.filter(user=here.newcomer, used_at=None).count() == 1
    letter = Notice.objects.get(code="senior45.opened", user=here.newcomer)
    assert here.newcomer.account_name in letter.body and "設定密碼" in letter.body
    copy = Notice.objects.get(code="senior45.opened", user=here.window)
    assert here.newcomer.account_name in copy.body and "密碼" not in copy.body
    document = Document.objects.get(case=case)
    agency = document.context["agency"]
    assert agency["unit"] == here.branch.organisation.name and agency["reviewer"] == "opener"
    assert agency["received_on"] == agency["answered_on"] == agency["done_on"] == "115/11/20"
    assert bytes_of(document).startswith(b"%PDF-")
    assert broken_links(Case.objects.get(pk=case.pk)) == []


def test_outcomes_kept_with_a_request_give_the_same_again(here: w.World) -> None:
    case = w.filed(here)
    stored = [one for event in case.events.all() for one in event.outcomes]
    assert {one["rule"] for one in stored} >= {"S45-01", "S45-02"}
    for one in stored:
        outcome = Outcome.from_json(one)
        assert again(outcome, law=law_in_force()).lines == outcome.lines


def test_the_sixth_working_day_is_escalated(here: w.World) -> None:
    """S45-03: 115/11/20 + 5 working days is 11/27; the sixth is 11/30."""
    with time_machine.travel(noon(date(2026, 11, 20)), tick=False):
        case = w.filed(here)
    for day, late in ((date(2026, 11, 27), 0), (date(2026, 11, 28), 3), (date(2026, 11, 30), 3)):
        with time_machine.travel(noon(day), tick=False):
            sweep(on=day, at=now())
        notices = Notice.objects.filter(code="senior45.answer_late")
        assert notices.count() == late, day
    assert set(notices.values_list("user__name", flat=True)) == {"opener", "lead_opener", "admin"}
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 11, 27)


def test_a_text_of_a_silver_point_is_reviewed_by_its_bureau_and_expires(here: w.World) -> None:
    """S45-06, S45-11."""
    w.with_editor(here)
    last = today() + timedelta(days=3)
    article = w.submitted(here, ends_before=last + timedelta(days=1))
    assert article.case.office == here.bureau.organisation and article.case.state == "waiting"
    assert Notice.objects.filter(code="senior45.article_to_review", user=here.reviewer).count() == 1
    perform(article.case, "publish", by=here.reviewer, at=now())
    article = Article.objects.get(pk=article.pk)
    assert article.is_public(today()) and article.is_public(last) and not article.is_public(last + timedelta(days=1))
    with time_machine.travel(noon(last), tick=False):
        sweep(on=last, at=now())
    assert Case.objects.get(pk=article.case_id).state == "published"
    with time_machine.travel(noon(last + timedelta(days=1)), tick=False):
        sweep(on=last + timedelta(days=1), at=now())
    assert Case.objects.get(pk=article.case_id).state == "expired"


def test_an_idle_account_is_warned_closed_explained_and_resumed(here: w.World, client) -> None:
    """S45-09: the vector of the requirement, last sign-in 115/05/24."""
    start = date(2026, 5, 24)
    with time_machine.travel(noon(start), tick=False):
        account = w.account(here.newcomer, here.job_center, "editor")
    closes = date(2026, 11, 21)
    for days, warned in ((31, 0), (30, 1), (29, 1), (15, 1), (14, 2), (4, 2), (3, 3), (1, 3)):
        day = closes - timedelta(days=days)
        with time_machine.travel(noon(day), tick=False):
            sweep(on=day, at=now())
        count = Notice.objects.filter(code="senior45.idle_warning", user=here.newcomer).count()
        assert count == warned, (days, count)
        account.refresh_from_db()
        assert account.is_open
    with time_machine.travel(noon(closes), tick=False):
        sweep(on=closes, at=now())
        account.refresh_from_db()
        assert (account.state, account.closing, account.closed_on) == ("closed", "idle", closes)
        assert not can(here.newcomer, WRITE, here.job_center.organisation)
        assert account.rights.get().ends_before == closes
        sweep(on=closes, at=now())
        assert Notice.objects.filter(code="senior45.closed", user=here.newcomer).count() == 1
        assert account.events.filter(code="closed_idle").count() == 1
        assert account.history.first().state == "closed"
        client.force_login(here.newcomer)
        page = client.get("/senior45/").content.decode()
        assert "180天未登入" in page and "附件2" in page and "申請恢復使用" in page
        here.people["head"] = w.person("就業中心主管")
        w.grant_role(user=here.head, role_code="s45_head", organisation=here.job_center.organisation, by=None, at=now())
        case = w.filed(here, place=here.job_center, change="resume", role="service_staff", window=here.branch_window)
        perform(case, "complete", by=here.opener, at=now())
        account.refresh_from_db()
        assert account.is_open and account.resumed_on == closes and account.idle_from == closes
        assert Deadline.objects.get(
            thing_id=account.pk, code="senior45.idle", met_at=None, lapsed_at=None, withdrawn_at=None
        ).due_on == closes + timedelta(180)
        assert can(here.newcomer, WRITE, here.job_center.organisation)


def test_a_sign_in_anywhere_starts_the_days_anew(here: w.World, client) -> None:
    """S45-09."""
    start = date(2026, 5, 24)
    with time_machine.travel(noon(start), tick=False):
        account = w.account(here.newcomer, here.job_center, "editor")
    with time_machine.travel(noon(date(2026, 11, 20)), tick=False):
        client.force_login(here.newcomer)
    account.refresh_from_db()
    assert account.last_sign_in_on == account.idle_from == date(2026, 11, 20)
    with time_machine.travel(noon(date(2026, 11, 21)), tick=False):
        sweep(on=date(2026, 11, 21), at=now())
    account.refresh_from_db()
    assert account.is_open


def test_a_sign_in_whose_signal_was_lost_still_counts(here: w.World) -> None:
    """S45-09: `last_login` is the witness the sweep asks."""
    with time_machine.travel(noon(date(2026, 5, 24)), tick=False):
        account = w.account(here.newcomer, here.job_center, "editor")
    here.newcomer.last_login = noon(date(2026, 11, 1))
    here.newcomer.save(update_fields=["last_login"])
    with time_machine.travel(noon(date(2026, 11, 21)), tick=False):
        sweep(on=date(2026, 11, 21), at=now())
    account.refresh_from_db()
    assert account.is_open and account.idle_from == date(2026, 11, 1)
    open_ = Deadline.objects.get(
        thing_id=account.pk, code=idling_code(), lapsed_at=None, withdrawn_at=None, met_at=None
    )
    assert open_.due_on == date(2026, 11, 1) + timedelta(180)


def idling_code() -> str:
    from senior45.services.accounts import IDLE

    return IDLE


def test_a_county_kind_is_listed_and_never_closed(here: w.World) -> None:
    """S45-09: the cell is empty."""
    with time_machine.travel(noon(date(2026, 1, 1)), tick=False):
        account = w.account(here.newcomer, here.point, "editor")
    with time_machine.travel(noon(date(2026, 11, 21)), tick=False):
        sweep(on=date(2026, 11, 21), at=now())
        account.refresh_from_db()
        assert account.is_open
        from senior45.selectors import accounts, idle_accounts

        assert account in idle_accounts(accounts(), on=today(), days=180)


def test_returned_and_sent_again_unchanged_the_head_signs_anew(here: w.World) -> None:
    case = w.filed(here)
    case = perform(case, "send_back", reason="請補職稱", by=here.opener, at=now()).case
    assert case.state == "returned" and case.due_on is None
    case = perform(case, "submit", accepted=True, by=here.newcomer, at=now()).case
    case = perform(case, "approve", by=here.head, at=now()).case
    case = perform(case, "file", by=here.window, at=now()).case
    assert case.state == "filed"
    assert perform(case, "complete", by=here.opener, at=now()).case.state == "done"


def test_the_only_head_asking_for_an_account_is_approved_by_the_office_above(here: w.World) -> None:
    case = w.at_head(here, by=here.head)
    with pytest.raises(Refused, match="同一人不得再辦理「單位主管核定」"):
        perform(case, "approve", by=here.head, at=now())
    with pytest.raises(Refused, match="不能核定自己的申請"):
        perform(case, "decline", by=here.head, at=now(), reason="不符")
    case = perform(case, "approve", by=here.bureau_head, at=now()).case
    assert case.state == "at_window"


def test_stopping_closes_and_tells(here: w.World) -> None:
    """S45-04."""
    account = w.opened(here)
    data = {**w.FORM, "change": "stop", "stop_reason": "業務調整", "rights": ["editor"]}
    made = requests.start(office=here.point, change="stop", account=account, data=data, by=here.window, at=now())
    case = perform(made.case, "submit", by=here.window, at=now()).case
    case = perform(case, "approve", by=here.head, at=now()).case
    case = perform(case, "file", by=here.window, at=now()).case
    perform(case, "complete", by=here.opener, at=now())
    account.refresh_from_db()
    assert (account.state, account.closing, account.closed_reason) == ("closed", "request", "業務調整")
    assert AccountRequest.objects.get(case=case).result_text == "同意停止使用"
    assert idling.signed_in(user=here.newcomer, at=now()) == 0


def test_an_amendment_of_the_matrix_reaches_accounts_that_are_open(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S45-09: the county cell, once the agency fills it."""
    from kernel.law import Value
    from senior45.services import accounts

    account = w.with_editor(here)
    before = law_in_force()
    amended = before.amended([("s45.idle_lock.silver_point", Value(True, "測試函釋", today()))])
    assert idling.follow_the_law(at=now()) == 0
    for module in (idling, accounts):
        monkeypatch.setattr(module, "law_in_force", lambda: amended)
    assert idling.follow_the_law(at=now()) == 1
    owed = Deadline.objects.filter(thing_id=account.pk, code=accounts.IDLE, withdrawn_at=None)
    assert owed.get().due_on == today() + timedelta(180)
    assert idling.follow_the_law(at=now()) == 0
    for module in (idling, accounts):
        monkeypatch.setattr(module, "law_in_force", lambda: before)
    assert idling.follow_the_law(at=now()) == 1 and not owed.exists()
