"""Two different acts on a unit and its people at one instant, each with a control that fails once the promise is taken away."""

from typing import Any

import pytest

from accounts.clock import now
from accounts.models import Organisation, SetPasswordLink
from accounts.services import passwords
from accounts.services.users import close_user
from casework.cases import doing
from casework.cases.doing import perform
from casework.cases.moving import lock
from casework.errors import NotPermitted, Refused
from casework.models import Case
from casework.papers.wordings import set_wording
from kernel.dates import taipei_day
from ojt_accounts.services import preparing, releasing
from ojt_accounts.wordings import PLEDGE
from tests.meeting import walk
from tests.ojt_accounts import world as w
from tests.parallel import meanwhile, meet, together, unlocked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def _release(here: w.World) -> None:
    releasing.release_unit(here.unit, reason="冒名登錄", by=here.officer, at=now())


def _filed_of_a_released_unit(here: w.World) -> bool:
    released = not Organisation.objects.get(pk=here.unit.pk).is_active
    return released and Case.objects.filter(organisation=here.unit, state="filed").exists()


def test_a_unit_that_files_keeps_its_number(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = w.drafted(here)
    came_to = meanwhile(
        monkeypatch, releasing, "holders", lambda: perform(case, "file", by=here.contact, at=now()).case, wait=1
    )
    _release(here)
    assert isinstance(came_to(), NotPermitted), "their role went with the registration"
    assert not _filed_of_a_released_unit(here)


def test_control_without_the_units_row_it_files_under_no_number(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = w.drafted(here)
    monkeypatch.setattr(doing, "take", lambda *rows: (*rows[:-1], lock(rows[-1])))
    came_to = meanwhile(
        monkeypatch, releasing, "holders", lambda: perform(case, "file", by=here.contact, at=now()).case
    )
    _release(here)
    came_to()
    assert _filed_of_a_released_unit(here)


def test_a_released_unit_begins_no_application(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    came_to = meanwhile(monkeypatch, preparing, "hold_unit", lambda: _release(here))
    with pytest.raises(Refused, match="已由分署釋出"):
        preparing.start(
            unit=here.unit, kind="new_unit", program_year=here.intake.program_year, county=here.county, intake=here.intake,
            by=here.contact, at=now(),
        )  # fmt: skip
    assert came_to() is None
    assert not Case.objects.filter(organisation=here.unit).exists()


def test_whose_sign_in_was_closed_signs_nothing_more(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = w.filed(here)
    w.checked(here, case)
    w.signed(here, case, here.officer, here.chief)
    came_to = meanwhile(
        monkeypatch, doing, "lock", lambda: close_user(user=here.approver, reason="離職", by=None, at=now())
    )
    with pytest.raises(NotPermitted):
        perform(case, "sign_approver", codes=w.codes(case), by=here.approver, at=now())
    assert came_to() is None
    assert Case.objects.get(pk=case.pk).state == "filed"


def _links(here: w.World) -> int:
    return SetPasswordLink.objects.filter(user=here.contact, used_at=None, expires_at__gt=now()).count()


def _two_links(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = passwords.new_token
    monkeypatch.setattr(passwords, "new_token", lambda: (meet(1), real())[1])
    at = now()
    together([lambda: passwords.issue_password_link(user=here.contact, by=None, at=at)] * 2)


def test_of_two_links_asked_for_at_once_one_works(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    _two_links(here, monkeypatch)
    assert _links(here) == 1


def test_control_without_the_persons_row_both_work(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, passwords)
    _two_links(here, monkeypatch)
    assert _links(here) == 2


def test_two_wordings_of_one_day_are_one_and_a_sentence(here: w.World) -> None:
    day: Any = taipei_day(now())
    given = {"code": PLEDGE, "body": "新版", "in_force_from": day, "by": here.officer, "at": now(), "today": day}
    answers = together([lambda: set_wording(**given)] * 3)
    assert sum(isinstance(one, Refused) for one in answers) == 2, answers


def test_many_people_at_a_few_cases_break_nothing(here: w.World) -> None:
    w.filed(here)
    walked = walk("ojt_accounts", steps=10)
    assert not walked.unexpected, walked.said()
    assert not walked.broken, walked.said()
    assert walked.outcomes["done"], walked.said()
