"""Two different acts of the 45+ site at one instant, each with a control that fails once the promise is taken away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.clock import now, today
from accounts.models import User
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.cases.moving import lock
from casework.deadlines import sweeping
from casework.deadlines.sweeping import sweep
from casework.errors import NotAllowed, Refused
from casework.models import Case
from kernel.dates import TAIPEI
from senior45.models import AccountRequest, Article, InventoryLine
from senior45.services import designating, inventory, requests
from tests import lock_order
from tests.meeting import walk
from tests.parallel import meet, together, unlocked
from tests.senior45 import world as w

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def _meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    real = getattr(module, name)

    def held(*given: Any, **named: Any) -> Any:
        meet()
        return real(*given, **named)

    monkeypatch.setattr(module, name, held)


@contextmanager
def _without_trigger() -> Iterator[None]:
    def set_(how: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE senior45_accountrequest {how} TRIGGER senior45_one_open_request")

    set_("DISABLE")
    try:
        yield
    finally:
        set_("ENABLE")


def test_one_request_of_a_person_in_an_office_is_open(here: w.World) -> None:
    answers = together([lambda: w.drafted(here)] * 3)
    assert AccountRequest.objects.count() == 1
    assert sum(isinstance(one, Refused) and "已有辦理中的申請" in one.message for one in answers) == 2, answers


def test_control_without_the_offices_row_the_trigger_alone_refuses(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch, requests)
    _meeting(monkeypatch, requests, "open_case")
    answers = together([lambda: w.drafted(here)] * 2)
    assert AccountRequest.objects.count() == 1
    assert [type(one) for one in answers if isinstance(one, Exception)] == [IntegrityError], answers


def test_control_without_either_there_are_two(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, requests)
    _meeting(monkeypatch, requests, "open_case")
    with _without_trigger():
        together([lambda: w.drafted(here)] * 2)
    assert AccountRequest.objects.count() == 2


def _two_windows(here: w.World) -> list[Callable[[], Any]]:
    second = w.person("第二窗口")
    grant_role(user=second, role_code="s45_window", organisation=here.point.organisation, by=None, at=now())
    return [
        lambda u=user: designating.undesignate(here.point, role_code="s45_window", user=u, by=here.opener, at=now())
        for user in (here.window, second)
    ]


def _windows(here: w.World) -> int:
    held = {"groups__held_role__role": "s45_window", "groups__held_role__organisation": here.point.organisation}
    return User.objects.filter(**held).count()


def test_the_last_window_stays_however_many_go_at_once(here: w.World) -> None:
    answers = together(_two_windows(here))
    assert _windows(here) == 1
    assert sum(isinstance(one, Refused) and "唯一" in one.message for one in answers) == 1, answers


def test_control_without_the_offices_row_none_is_left(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = _two_windows(here)
    unlocked(monkeypatch, designating)
    _meeting(monkeypatch, designating, "revoke_role")
    together(gone)
    assert _windows(here) == 0


def _expiring(here: w.World) -> tuple[Article, Any, datetime]:
    w.with_editor(here)
    day = today() + timedelta(days=3)
    return w.published(here, ends_before=day), day, datetime.combine(day, datetime.min.time(), TAIPEI)


def test_an_article_in_somebodys_hands_is_left_by_the_sweep(here: w.World) -> None:
    article, day, at = _expiring(here)
    with transaction.atomic():
        lock(article.case)
        (report,) = together([lambda: sweep(on=day, at=at)])
    assert (report.left, report.lapsed.total(), report.failed) == (1, 0, [])
    assert sweep(on=day, at=at).lapsed == {"senior45.article_expire": 1}
    assert Case.objects.get(pk=article.case_id).state == "expired"


def test_control_a_sweep_that_takes_the_thing_first_goes_back(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, day, at = _expiring(here)
    monkeypatch.setattr(sweeping, "case_path", lambda kind: "")
    sweep(on=day, at=at)
    assert any("senior45.Article" in one and "then casework.Case" in one for one in lock_order.inversions)


def test_windows_answer_while_their_term_lapses(here: w.World) -> None:
    """Nobody reads an error page, and what else was due that night has its effect."""
    w.with_editor(here)
    for n in range(8):
        w.account(w.person(f"人{n}"), here.point, "editor")
    campaign = inventory.open_due(at=now())
    assert campaign is not None
    lines = list(InventoryLine.objects.filter(office=here.point).values_list("pk", flat=True))
    day = campaign.answer_by + timedelta(days=1)
    at = datetime.combine(day, datetime.min.time(), TAIPEI)
    works = [lambda pk=pk: inventory.answer(campaign, [(pk, "keep", "")], by=here.window, at=at) for pk in lines]
    report, *answers = together([lambda: sweep(on=day, at=at), *works])
    assert answers == [1] * len(lines)
    assert report.failed == []
    if report.left:  # it met an answer, and comes again
        report = sweep(on=day, at=at)
    assert (report.left, report.failed) == (0, [])


def test_a_campaign_ends_while_its_results_are_carried_out(here: w.World) -> None:
    campaign = inventory.open_due(at=now())
    assert campaign is not None
    after = now() + timedelta(days=60)
    perform(campaign.case, "finish", by=here.inventory, at=after)
    answers = together(
        [
            lambda: inventory.carry_out_due(at=after),
            lambda: perform(campaign.case, "finish", by=here.inventory, at=after),
        ]
    )
    assert answers[0] == 1
    assert isinstance(answers[1], NotAllowed), answers


def test_many_people_at_a_few_cases_break_nothing(here: w.World) -> None:
    w.filed(here)
    w.with_editor(here)
    w.published(here)
    inventory.open_due(at=now())
    walked = walk("senior45", steps=10)
    assert not walked.unexpected, walked.said()
    assert not walked.broken, walked.said()
    assert walked.outcomes["done"], walked.said()
