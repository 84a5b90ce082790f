"""What must hold when people press at the same instant, each with a control that fails once the promise is taken away."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.clock import now, today
from casework.cases import doing
from casework.cases.doing import perform
from casework.cases.moving import lock
from casework.deadlines.sweeping import sweep
from casework.errors import Refused
from casework.models import Case, Deadline, Notice
from kernel.dates import TAIPEI
from senior45.models import AccountRight, Campaign, InventoryLine, LineAnswer, SiteAccount, SiteOffice
from senior45.services import accounts, idling, inventory
from tests.parallel import meet, together
from tests.senior45 import world as w

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def _ready(here: w.World, n: int, right: str) -> Case:
    """A request of the bureau for a single seat, filed: only the opener is left."""
    form = {"place": here.bureau, "role": "county_officer", "duty": "officer", "rights": [right]}
    return w.filed(here, by=w.person(f"申請人{n}"), head=here.bureau_head, window=here.bureau_window, **form)


def _free(here: w.World) -> None:
    AccountRight.objects.filter(account__user=here.reviewer).delete()


def test_six_approvals_at_one_instant_make_one_reviewer(here: w.World) -> None:
    """S45-08."""
    _free(here)
    ready = [_ready(here, n, "reviewer") for n in range(6)]
    answers = together([lambda c=case: perform(c, "complete", by=here.opener, at=now()) for case in ready])
    assert sum(isinstance(one, doing.Doing) for one in answers) == 1, answers
    refused = [one for one in answers if isinstance(one, Refused)]
    assert len(refused) == 5 and all("限1人，現由申請人" in one.message for one in refused), answers
    assert AccountRight.objects.filter(office=here.bureau, right="reviewer").count() == 1
    # the five left nothing behind: no account, still under review
    assert SiteAccount.objects.filter(office=here.bureau, user__name__startswith="申請人").count() == 1
    assert (
        sorted(Case.objects.filter(kind="senior45.request").values_list("state", flat=True)) == ["done"] + ["filed"] * 5
    )


def test_control_without_lock_trigger_and_index_there_are_several(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _free(here)
    ready = [_ready(here, n, "reviewer") for n in range(6)]
    unlocked = SiteOffice.objects.select_related("organisation").get(pk=here.bureau.pk)
    monkeypatch.setattr(doing, "take", lambda *things: (lock(things[-1]),))
    monkeypatch.setattr(accounts, "lock_office", lambda office: unlocked)
    giving = accounts.give_right

    def slowly(*given: Any, **named: Any) -> AccountRight:
        made = giving(*given, **named)
        meet()
        return made

    monkeypatch.setattr(accounts, "give_right", slowly)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX s45_single_holder")
        cursor.execute("ALTER TABLE senior45_accountright DISABLE TRIGGER senior45_single_holder_insert")
    try:
        answers = together([lambda c=case: perform(c, "complete", by=here.opener, at=now()) for case in ready])
        assert sum(isinstance(one, doing.Doing) for one in answers) > 1, answers
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE senior45_accountright CASCADE")
            cursor.execute("ALTER TABLE senior45_accountright ENABLE TRIGGER senior45_single_holder_insert")
            cursor.execute(
                'CREATE UNIQUE INDEX s45_single_holder ON senior45_accountright (office_id, "right") '
                "WHERE ends_before IS NULL AND \"right\" IN ('system_admin', 'opener', 'reviewer')"
            )


def test_the_trigger_alone_keeps_days_apart_under_two_connections(here: w.World) -> None:
    """S45-08: overlapping spans that end – the index does not see them – from two connections at once."""
    _free(here)
    people = [
        SiteAccount.objects.create(
            user=w.person(f"人{n}"), office=here.bureau, role="county_officer", opened_on=today(), idle_from=today()
        )
        for n in range(2)
    ]

    def take(account: SiteAccount) -> Any:
        with transaction.atomic():
            made = AccountRight.objects.create(
                account=account,
                office=here.bureau,
                right="reviewer",
                starts_on=today(),
                ends_before=today() + timedelta(days=5),
            )
            connection.cursor().execute("SELECT pg_sleep(0.3)")
            return made

    answers = together([lambda a=one: take(a) for one in people])
    assert sum(isinstance(one, AccountRight) for one in answers) == 1, answers
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE senior45_accountright CASCADE")
        cursor.execute("ALTER TABLE senior45_accountright DISABLE TRIGGER senior45_single_holder_insert")
    try:
        answers = together([lambda a=one: take(a) for one in people])
        assert sum(isinstance(one, AccountRight) for one in answers) == 2  # the control
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE senior45_accountright CASCADE")
            cursor.execute("ALTER TABLE senior45_accountright ENABLE TRIGGER senior45_single_holder_insert")


def test_two_jobs_at_once_open_one_inventory(here: w.World) -> None:
    """S45-10."""
    at = now()
    answers = together([lambda: inventory.open_due(at=at)] * 4)
    assert sum(isinstance(one, Campaign) for one in answers) == 1 and not any(
        isinstance(one, Exception) for one in answers
    ), answers
    assert InventoryLine.objects.count() == SiteAccount.objects.filter(state="open").count()


def test_two_windows_answering_one_line_leave_both_facts_and_one_answer(here: w.World) -> None:
    """S45-10."""
    w.with_editor(here)
    second = w.person("第二窗口")
    w.grant_role(user=second, role_code="s45_window", organisation=here.point.organisation, by=None, at=now())
    campaign = inventory.open_due(at=now())
    line = InventoryLine.objects.get(account__user=here.editor)
    given = [(here.window, "keep", ""), (second, "stop", "調離")]
    answers = together(
        [lambda g=one: inventory.answer(campaign, [(line.pk, g[1], g[2])], by=g[0], at=now()) for one in given]
    )
    assert answers == [1, 1]
    line.refresh_from_db()
    last = LineAnswer.objects.filter(line=line).exclude(act="correct").latest("pk")
    assert line.state == last.act and line.answered_by == last.by
    assert LineAnswer.objects.filter(line=line).count() == 3  # two answers and the correction between them


def test_the_sweep_and_a_sign_in_at_one_instant(here: w.World) -> None:
    """S45-09: whoever holds the account first decides; never closed with today's sign-in, never told twice."""
    on = date(2026, 11, 21)
    at = datetime(2026, 11, 21, 0, 10, tzinfo=TAIPEI)
    then = datetime(2026, 5, 24, 12, tzinfo=TAIPEI)
    users = [w.person(f"閒置{n}") for n in range(4)]
    for user in users:
        w.account(user, here.job_center, "editor", at=then)
    works = [
        lambda: sweep(on=on, at=at),
        lambda: sweep(on=on, at=at),
        *(lambda u=one: idling.signed_in(user=u, at=at) for one in users),
    ]
    answers = together(works)
    assert not [one for one in answers if isinstance(one, Exception)], answers
    sweep(on=on, at=at)
    for account in SiteAccount.objects.filter(user__in=users):
        assert account.is_open == (account.last_sign_in_on == on)
        assert Notice.objects.filter(code="senior45.closed", user=account.user_id).count() == (
            0 if account.is_open else 1
        )
        open_ = Deadline.objects.filter(
            thing_id=account.pk, code=accounts.IDLE, met_at=None, lapsed_at=None, withdrawn_at=None
        )
        assert open_.count() == (1 if account.is_open else 0)
