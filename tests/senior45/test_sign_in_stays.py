"""第3點第4款 stops an account of the 45+ site: whichever way it closes, the person's sign-in and other rights stay."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.test import Client

from accounts.clock import now, today
from accounts.models import AccessLog, User
from accounts.services.roles import grant_role
from accounts.services.users import close_user
from casework.cases.doing import perform
from casework.deadlines.sweeping import sweep
from casework.models import Notice
from kernel.dates import TAIPEI
from senior45.models import Campaign, InventoryLine, SiteAccount
from senior45.services import designating, inventory, leavers, requests
from tests.senior45 import world as w

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=TAIPEI)


def stopped(here: w.World, account: SiteAccount) -> None:
    """A leaver's stop, filed and completed."""
    data = {**w.FORM, "change": "stop", "leaves_on": today(), "rights": []}
    case = requests.start(
        office=account.office, change="stop", account=account, data=data, by=here.window, at=now()
    ).case
    for act, by in (("submit", here.window), ("approve", here.head), ("file", here.window), ("complete", here.opener)):
        perform(case, act, by=by, at=now())


def left(here: w.World, account: SiteAccount) -> None:
    leavers.report_leaving(account, leaves_on=DAY, by=here.window, at=now())
    for days in range(1, 9):
        with time_machine.travel(noon(DAY + timedelta(days)), tick=False):
            sweep(on=today(), at=now())


def idle(here: w.World, account: SiteAccount) -> None:
    with time_machine.travel(noon(DAY + timedelta(181)), tick=False):
        sweep(on=today(), at=now())


def listed(here: w.World, account: SiteAccount) -> None:
    campaign = inventory.open_due(at=now())
    assert campaign is not None
    line = InventoryLine.objects.get(campaign=campaign, account=account)
    inventory.answer(campaign, [(line.pk, "stop", "已調離")], by=here.window, at=now())
    Campaign.objects.filter(pk=campaign.pk).update(answer_by=today() - timedelta(1))
    perform(campaign.case, "finish", by=here.inventory, at=now())
    inventory.carry_out_due(at=now())


WAYS: list[tuple[Callable[[w.World, SiteAccount], None], str]] = [
    (stopped, "request"), (left, "leaver"), (idle, "idle"), (listed, "inventory"),
]  # fmt: skip


@pytest.mark.parametrize("elsewhere", [False, True], ids=["nothing-else", "a-role-elsewhere"])
@pytest.mark.parametrize(("way", "closing"), WAYS, ids=[name for _, name in WAYS])
def test_the_sign_in_stays_whichever_way_the_account_closes(
    here: w.World, way: Callable[[w.World, SiteAccount], None], closing: str, elsewhere: bool
) -> None:
    with time_machine.travel(noon(DAY), tick=False):
        place = here.job_center if way is idle else here.point
        account = w.account(here.newcomer, place, "editor")
        if elsewhere:
            grant_role(
                user=here.newcomer,
                role_code="branch_officer",
                organisation=here.branch.organisation,
                by=None,
                at=now(),
            )
        way(here, account)
        account.refresh_from_db()
        assert (account.state, account.closing) == ("closed", closing)
        user = User.objects.get(pk=here.newcomer.pk)
        assert user.is_active and user.is_staff is elsewhere
        roles = set(user.groups.values_list("held_role__role", flat=True))
        assert roles == ({"branch_officer"} if elsewhere else set())
        client = Client()
        assert client.login(username=user.account_name, password="x")
        assert client.get("/senior45/").status_code == 200


def test_a_leaver_comes_back_and_goes_elsewhere(here: w.World) -> None:
    """恢復使用 in the office, and 新增 in another (調職)."""
    account = w.account(here.newcomer, here.point, "editor")
    stopped(here, account)
    again = requests.start(
        office=here.point, change="resume", data={**w.FORM, "change": "resume"}, by=here.newcomer, at=now()
    ).case
    perform(again, "submit", accepted=True, by=here.newcomer, at=now())
    for act, by in (("approve", here.head), ("file", here.window), ("complete", here.opener)):
        perform(again, act, by=by, at=now())
    account.refresh_from_db()
    assert account.is_open
    head = w.person("就業中心主管")
    grant_role(user=head, role_code="s45_head", organisation=here.job_center.organisation, by=None, at=now())
    w.filed(here, place=here.job_center, role="service_staff", head=head, window=here.branch_window)


def test_whoever_was_closed_by_a_stop_before_is_opened_again(here: w.World) -> None:
    """The migration: those a stop of 45+ had shut out of the whole portal, and nobody else."""
    wrongly, rightly = here.newcomer, here.editor
    close_user(user=wrongly, reason="離職停用（SA-115-000123）", by=here.opener, at=now())
    close_user(user=rightly, reason="單位登錄釋出（OA-115-000009）", by=None, at=now())
    import_module("senior45.migrations.0005_sign_in_stays").open_again(apps, None)
    wrongly.refresh_from_db()
    rightly.refresh_from_db()
    assert wrongly.is_active and wrongly.closed_at is None and wrongly.closed_reason == ""
    assert wrongly.history.latest().is_active
    assert not rightly.is_active
    assert AccessLog.objects.filter(action="user_opened").count() == 1
    # set as head again, as the opener's page does
    designating.designate(
        here.point, role_code="s45_head", name=wrongly.name, email=wrongly.email, phone="", by=here.opener, at=now()
    )
    assert wrongly.groups.filter(held_role__role="s45_head").exists()


def test_a_closed_person_who_registers_is_not_sent_to_sign_in(here: w.World) -> None:
    close_user(user=here.newcomer, reason="其他", by=None, at=now())
    known = {"name": "新人", "email": here.newcomer.email, "phone": "06-2991111", "account_name": "another01"}
    assert designating.register(**known, at=now()) is None
    letter = Notice.objects.get(user=here.newcomer, code__endswith="senior45.register")
    assert "目前停用" in letter.body and "請以原帳號登入" not in letter.body
