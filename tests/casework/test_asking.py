"""Who asks a rule is heard while tests run: the act, the page, the job. What only a test asks nobody asks."""

from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import pytest

from accounts.tasks import clear_sessions
from casework.cases.casetypes import casetype
from casework.cases.doing import perform
from casework.errors import Refused
from casework.management import clause_list
from kernel import identifiers
from kernel.acts import Acts
from kernel.asking import LISTENERS, asking
from kernel.law import Law, declared_law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from tests.casework import toy
from tests.casework.conftest import NOW
from tests.hearing import Heard, hearing, suite

ON, LAW = date(2026, 11, 20), declared_law()


@dataclass(frozen=True, slots=True)
class Size:
    size: int


def planted(rule_id: str):
    """A rule of a scheme that is none of the site's."""

    def judge(facts: Size, *, on: date, law: Law) -> Outcome:
        """測試要點第1點：不得超過 20 人。"""
        why = Reasoning(rule_id, on=on, law=law)
        why.judge(facts.size <= 20, "未超過 20 人", otherwise="超過 20 人", citation="測試要點第1點")
        return why.outcome()

    judge.__module__ = "zz_built.rules"
    return rule(rule_id, facts=Size)(judge)


@pytest.fixture
def heard():
    with hearing(Heard()) as heard:
        yield heard


@pytest.fixture
def case(scene):
    return toy.case(office=scene.branch, unit=scene.unit, by=scene.contact, at=NOW)


@pytest.fixture
def size(toys, monkeypatch):
    """How many people the toy's refusal is asked about: ZZ-01 judges it, and nothing asks ZZ-02."""
    found = SimpleNamespace(now=20, alone=planted("ZZ-02"))
    judge, about = planted("ZZ-01"), casetype(toy.KIND)
    rows = tuple(
        replace(act, asks=(lambda case, by, at: judge(Size(found.now), on=ON, law=LAW),))
        if act.code == "refuse"
        else act
        for act in toy.ACTS
    )
    object.__setattr__(about, "table", Acts(toy.KIND, toy.STATES, rows))
    monkeypatch.setattr(clause_list, "schemes", lambda: (SimpleNamespace(name="zz_built", rules=("ZZ-01", "ZZ-02")),))
    yield found
    object.__setattr__(about, "table", Acts(toy.KIND, toy.STATES, toy.ACTS))


def gaps(heard: Heard) -> dict[str, bool]:
    return {
        one.id: "詢問（僅測試使用）" in one.gaps
        for one in clause_list.entries(heard.as_json())
        if one.app == "zz_built"
    }


def test_a_rule_that_an_act_asks_is_found_and_one_that_nobody_asks_is_a_gap(scene, case, size, heard):
    size.alone(Size(20), on=ON, law=LAW)
    assert gaps(heard) == {"ZZ-01": True, "ZZ-02": True}
    size.now = 21
    with pytest.raises(Refused, match="超過 20 人"):
        perform(case, "refuse", by=scene.officer, at=NOW, reason="不符")
    assert heard.as_json()["ZZ-01"] == {"asked": ["act:toy.case.refuse"], "refused": ["act:toy.case.refuse"]}
    assert gaps(heard) == {"ZZ-01": False, "ZZ-02": True}


def test_one_that_was_met_refused_nothing(scene, case, size, heard):
    perform(case, "refuse", by=scene.officer, at=NOW, reason="不符")
    assert heard.as_json()["ZZ-01"] == {"asked": ["act:toy.case.refuse"], "refused": []}


def test_a_page_that_draws_the_button_asks(scene, case, size, heard):
    size.now = 21
    assert "超過 20 人" in scene.client(scene.officer).get(f"/admin/case/{case.number}/").content.decode()
    assert heard.as_json()["ZZ-01"] == {"asked": ["page:admin:case"], "refused": ["page:admin:case"]}
    size.alone(Size(20), on=ON, law=LAW)
    assert "ZZ-02" not in heard.as_json(), "the page is over"


def test_a_job_asks(size, heard, monkeypatch):
    monkeypatch.setattr(clear_sessions, "run", lambda: size.alone(Size(20), on=ON, law=LAW))
    clear_sessions()
    assert heard.rules["ZZ-02"] == {f"job:{clear_sessions.name}": False}


def test_of_no_account_is_who_is_not_of_the_site(size, heard):
    for who in ("act:toy.case.nothing", "page:nowhere"):
        with asking(who):
            size.alone(Size(20), on=ON, law=LAW)
    assert "ZZ-02" not in heard.as_json()


def test_a_promise_is_kept_where_its_page_or_paper_was_drawn():
    promise = next(one for one in clause_list.rulebook.all_rules() if one.function is None and len(one.screens) > 1)
    assert promise.id not in Heard().as_json()
    page = next(one for one in promise.screens if not one.startswith("paper:"))
    assert Heard(drawn={f"page:{page}"}).as_json()[promise.id] == {"asked": [f"page:{page}"], "refused": []}


@pytest.mark.parametrize(
    ("text", "rule_id", "refused"),
    [
        ("A123456789", "ID-1", False),
        ("A123456788", "ID-1", True),
        ("A800000014", "ID-2", False),
        ("AB00000000", "ID-2", True),
    ],
)
def test_whoever_reads_a_number_asks_its_rule(heard, text, rule_id, refused):
    with asking("page:somewhere"):
        try:
            identifiers.read_person_id(text)
        except identifiers.IdentifierError:
            assert refused
    assert heard.rules == {rule_id: {"page:somewhere": refused}}


def test_the_running_site_has_no_listener():
    """Only the suite's own listens."""
    assert [suite] == LISTENERS
