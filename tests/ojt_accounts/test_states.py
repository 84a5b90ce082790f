"""Every state × act × role of an account application: who may do it, from where, and nobody else."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.clock import now
from accounts.models import User
from casework.cases.doing import perform, why_not
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.models import Case
from ojt_accounts.acts import APPLICATION
from tests.ojt_accounts import world as w
from tests.tables import do_barely, is_asked

ROLES = ("contact", "officer", "chief", "approver", "admin", "stranger", "other_officer", "account_holder")
IN_HAND = {"draft", "correction"}
#: Act → the states it leaves, the one role that may do it, where it leads (nowhere: ""). Written out, not derived from the table
#: under test.
ALLOWED = {
    "file": ({"draft"}, "contact", "filed"),
    "refile": ({"correction"}, "contact", "filed"),
    "withdraw": ({"draft", "filed", "correction"}, "contact", "withdrawn"),
    "checks": ({"filed"}, "officer", ""),
    "confirm": ({"filed"}, "officer", ""),
    "ask_correction": ({"filed"}, "officer", "correction"),
    "sign_officer": ({"filed"}, "officer", ""),
    "sign_chief": ({"filed"}, "chief", ""),
    "sign_approver": ({"filed"}, "approver", ""),
    "approve": ({"filed"}, "approver", "setting"),
    "refuse": ({"filed"}, "approver", "refused"),
    "resume": ({"correction"}, "officer", "filed"),
    "set": ({"setting"}, "admin", ""),
    "drop": ({"setting"}, "admin", ""),
    "complete": ({"setting"}, "admin", "done"),
    "unit_form.saved": (IN_HAND, "contact", ""),
    "account_form.saved": (IN_HAND, "contact", ""),
    "account_form.removed": (IN_HAND, "contact", ""),
    "account_form.copied": (IN_HAND, "contact", ""),
    "standing.saved": (IN_HAND, "contact", ""),
    "paper.added": (IN_HAND, "contact", ""),
    "paper.removed": (IN_HAND, "contact", ""),
    "pledge.saved": (IN_HAND, "contact", ""),
    "pledge.separated": (IN_HAND, "contact", ""),
    "pledge.scanned": (IN_HAND, "contact", ""),
}
#: In the order of the case page.
BUTTONS = [
    "file", "refile", "withdraw", "checks", "confirm", "ask_correction", "sign_officer", "sign_chief", "sign_approver", "refuse",
    "resume", "set", "drop",
]  # fmt: skip
STATES = {"draft", "filed", "correction", "setting", "done", "refused", "withdrawn"}


@pytest.fixture
def people(here: w.World) -> dict[str, User]:
    """Everybody; strangers hold the same roles elsewhere."""
    _, stranger = w.unit("別的單位", "22099131", now())
    _, elsewhere = w.branch("中彰投分署", "BR-TC", now())
    holder = w.person("帳號使用者")
    w.grant_role(user=holder, role_code="unit_user", organisation=here.unit, by=None, at=now())
    return {
        "contact": here.contact,
        "officer": here.officer,
        "chief": here.chief,
        "approver": here.approver,
        "admin": here.admin,
        "stranger": stranger,
        "other_officer": elsewhere["officer"],
        "account_holder": holder,
    }


def test_the_table_is_the_one_written_here() -> None:
    assert {s.code for s in APPLICATION.states} == STATES
    assert {act.code: (set(act.sources), act.target) for act in APPLICATION} == {
        code: (sources, target) for code, (sources, _, target) in ALLOWED.items()
    }
    assert [act.code for act in APPLICATION.buttons] == BUTTONS


def _draft(here: w.World) -> Case:
    return w.preparing.start(
        unit=here.unit, kind="new_unit", program_year=here.intake.program_year, county=here.county, intake=here.intake,
        by=here.contact, at=now(),
    ).case  # fmt: skip


@pytest.mark.parametrize("code", sorted(ALLOWED))
def test_each_act_from_every_state_by_every_role(
    code: str, here: w.World, people: dict[str, User], whole: bool
) -> None:
    """What an act asks and what it does have their own tests."""
    case = _draft(here)
    sources, role, target = ALLOWED[code]
    for state in sorted(STATES):
        for who in ROLES:
            if not is_asked(state, sorted(STATES), sources, may=who == role, whole=whole):
                continue
            Case.objects.filter(pk=case.pk).update(state=state)
            came_to = _try(case, code, people[who])
            if who != role:
                assert came_to is NotPermitted, (state, code, who)
            elif state not in sources:
                assert came_to is NotAllowed, (state, code, who)
            else:
                assert came_to == (target or state), (state, code, who)


def _try(case: Case, code: str, by: User) -> type[Exception] | str:
    """The state it went to, or the kind of refusal; whatever was done is undone."""
    try:
        with transaction.atomic():
            raise _Undo(do_barely(case, code, by=by, at=now()).state)
    except _Undo as done:
        return str(done)
    except (NotPermitted, NotAllowed) as error:
        return type(error)


class _Undo(Exception):
    """Carries the state out of the transaction."""


# --- two steps by two persons ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["sign_chief", "sign_approver", "refuse"])
def test_who_handled_the_case_neither_reviews_nor_decides_it(code: str, here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    for role in ("branch_chief", "branch_approver"):
        w.grant_role(user=here.officer, role_code=role, organisation=here.branch, by=None, at=now())
    given = {"reason": "文件不實"} if code == "refuse" else {"codes": w.codes(case)}
    with pytest.raises(Refused, match="您已辦理本案「登錄查核結果」，同一人不得再辦理"):
        perform(case, code, by=here.officer, at=now(), **given)
    assert Case.objects.get(pk=case.pk).state == "filed"


@pytest.mark.parametrize("code", ["set", "drop"])
def test_who_decided_sets_no_account(code: str, here: w.World) -> None:
    case = w.approved(here)
    w.grant_role(user=here.approver, role_code="branch_account_admin", organisation=here.branch, by=None, at=now())
    given = {"reason": "年度已終了"} if code == "drop" else {"set_on": w.taipei_day(now())}
    with pytest.raises(Refused, match="您已辦理本案「核定」，同一人不得再辦理"):
        perform(case, code, by=here.approver, at=now(), codes=["account.1"], **given)
    assert Case.objects.get(pk=case.pk).state == "setting"


# --- a button is off in the words the act refuses with -----------------------------------------------------------------------


def _off(case: Case, code: str, by: User, **given: Any) -> str:
    """Why the act is off, said by the button and by the act alike."""
    why = why_not(APPLICATION.act(code), case, by, now())
    with pytest.raises(Refused) as refused:
        perform(case, code, by=by, at=now(), **given)
    assert refused.value.message == why
    return why


def test_filing_is_off_for_what_is_missing_and_after_the_closing_date(here: w.World) -> None:
    assert re.fullmatch(
        r"尚缺 \d+ 項：尚未填妥訓練機構名稱申請表；.+；.+等，請看檢核表。", _off(_draft(here), "file", here.contact)
    )
    here.intake.closes_on = w.taipei_day(now()) - timedelta(days=1)
    here.intake.save()
    assert "截止，請於下一次受理期間申請" in _off(Case.objects.get(), "file", here.contact)


def test_a_released_unit_files_nothing(here: w.World) -> None:
    case = w.drafted(here)
    here.unit.is_active = False
    here.unit.save()
    assert "已由分署釋出統一編號" in _off(case, "file", here.contact)


def test_signing_is_off_until_it_is_the_persons_turn(here: w.World) -> None:
    case = w.filed(here)
    given = {"codes": w.codes(case)}
    assert "請先確認公文受文者為本分署" in _off(case, "sign_officer", here.officer, **given)
    assert _off(case, "sign_approver", here.approver, **given) == "目前輪到「分署承辦人」核章。"
    w.checked(here, case)
    case = w.signed(here, case, here.officer)
    assert _off(case, "sign_officer", here.officer, **given) == "目前輪到「分署科室主管」核章。"
    assert why_not(APPLICATION.act("sign_chief"), case, here.chief, now()) == ""
