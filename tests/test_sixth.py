"""A sixth scheme (tests/schemes/sixth) is a folder and one word: every page and every walk meets it without being told."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.template import engines

from accounts.clock import now
from accounts.models import Organisation
from accounts.services.roles import grant_role, sync_rights
from casework.cases.doing import perform
from casework.cases.moving import open_case
from casework.errors import Refused
from casework.management.clause_list import entries
from casework.models import Document
from tests.factories import UserFactory
from tests.hearing import Heard, hearing
from tests.test_alone import ROOT, site_with

SCHEMES = ROOT / "tests" / "schemes"
WALKS = (
    "tests/test_state_tables.py",
    "tests/test_clauses.py",
    "tests/test_urls.py",
    "tests/config/test_schedule.py",
    "tests/config/test_guide.py",
    "tests/kernel/test_clean_process.py",
    "tests/kernel/test_shape.py",
)


@pytest.mark.django_db
@pytest.mark.parametrize("others", [(), tuple(settings.SCHEMES)], ids=["alone", "beside the others"])
def test_one_word_installs_it(others: tuple[str, ...]) -> None:
    site = site_with(*others, "sixth", path=SCHEMES)
    assert "sixth.tasks.count_waiting" in site["beat"]
    assert "sixth:home" in site["urls"]
    assert site["kinds"][-1] == "sixth.visit"
    assert "SX-01" in site["rules"]
    assert site["missing_tasks"] == []
    assert [gap.rpartition("｜")[2] for gap in site["gaps"]] == ["缺：詢問（僅測試使用）"], (
        "until its tests have run as the site's"
    )
    assert site["demo"][-1] == "sixth1"
    codes = {code for found in site["codes"].values() for code in found}
    assert {"sixth.decide", "sixth_officer", "sixth.proof", "sx.group_size", "sixth.receipt"} <= codes
    for address in ("/", "/sitemap/"):
        assert 'href="/sixth/"' in site["pages"][address]
    assert "職場見學試辦業務共用" in site["pages"]["/"]
    assert f"{'六' if others else '一'}項業務" in site["pages"]["/"]
    assert 'href="/guide/visit/"' in site["pages"]["/guide/"]
    assert "Visits of workplaces" in site["pages"]["/en/"]
    assert "職場見學承辦人" in site["pages"]["/accounts/login/"]
    assert "/rules/sixth/" in site["pages"]["/rules/"] or 'id="SX-01"' in site["pages"]["/rules/"]


def test_every_walk_meets_it() -> None:
    """The walks of the others run over it; it must be entered into the table of who may open which address, and its tests must run
    before anybody knows who asks its rule."""
    changes = {"SCHEMES": ",".join([*settings.SCHEMES, "sixth"]), "PYTHONPATH": str(SCHEMES), "ASKED_FOLDER": ""}
    environ = os.environ | changes
    options = ("-q", "-n0", "-rA", "-m", "quick", "-p", "no:randomly", "-p", "no:cacheprovider")
    walked = subprocess.run(
        [sys.executable, "-m", "pytest", *WALKS, *options], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    said = walked.stdout.splitlines()
    assert {one.partition(" - ")[0] for one in said if one.startswith(("FAILED", "ERROR"))} == {
        "FAILED tests/test_urls.py::test_every_address_has_a_row",
        "FAILED tests/test_clauses.py::test_no_rule_lacks_clause_asker_or_test",
    }, walked.stdout[-3000:]
    assert "sixth:home    sixth/" in walked.stdout and "SX-01｜" in walked.stdout
    met = {one.removeprefix("PASSED ") for one in said if one.startswith("PASSED")}
    for test in (
        "tests/test_state_tables.py::test_only_the_listed_acts_exist[sixth.visit filed approve]",
        "tests/test_state_tables.py::test_no_state_is_a_dead_end_and_rights_are_of_the_scheme[sixth.visit]",
        "tests/config/test_schedule.py::test_what_is_scheduled_is_there[sixth.tasks.count_waiting]",
    ):
        assert test in met


@pytest.mark.django_db
def test_it_works_from_draft_to_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCHEMES))
    from sixth.scheme import SCHEME

    templates = engines["django"].engine
    monkeypatch.setattr(templates, "dirs", [*templates.dirs, SCHEMES / "sixth" / "templates"])
    with SCHEME.entered(), hearing(Heard()) as heard:
        sync_rights()
        office = Organisation.objects.create(name="測試分署", kind=Organisation.Kind.BRANCH)
        unit = Organisation.objects.create(name="測試學校", kind=Organisation.Kind.UNIT)
        clerk, officer = UserFactory(), UserFactory(is_staff=True)
        grant_role(user=clerk, role_code="sixth_unit", organisation=unit, by=None, at=now())
        grant_role(user=officer, role_code="sixth_officer", organisation=office, by=None, at=now())
        case = open_case(kind="sixth.visit", title="參觀工廠", office=office, organisation=unit, by=clerk, at=now())
        with pytest.raises(Refused, match="超過 20 人"):
            perform(case, "file", people=21, by=clerk, at=now())
        perform(case, "file", people=20, by=clerk, at=now())
        case = perform(case, "approve", by=officer, at=now()).case
        assert (case.state, case.number[:2]) == ("approved", "SX")
        assert Document.objects.get(case=case).paper == "sixth.proof"
        asked = heard.as_json()
        assert asked["SX-01"] == {"asked": ["act:sixth.visit.file"], "refused": ["act:sixth.visit.file"]}
        assert not [one.gaps for one in entries(asked) if one.id == "SX-01" and one.gaps]
