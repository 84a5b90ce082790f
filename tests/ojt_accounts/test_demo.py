"""What the demonstration tells must be what the rules allow and the map says."""

from collections import Counter
from datetime import date

import pytest

from accounts.services.offices import load_offices
from ojt_accounts import demo
from ojt_accounts.models import Application, Intake
from ojt_accounts.states import UNDECIDED
from tests.security.demonstration import quick_papers

pytestmark = pytest.mark.django_db
CODES = {
    "臺南市新營區": "730", "臺南市中西區": "700", "臺南市東區": "701", "嘉義市東區": "600", "嘉義市西區": "600",
    "嘉義縣民雄鄉": "621", "雲林縣斗六市": "640", "新北市板橋區": "220",
}  # fmt: skip


def test_postal_codes_are_those_of_the_districts_and_a_new_unit_applies_once() -> None:
    load_offices()
    with quick_papers():
        demo.build()
    rows = list(Application.objects.select_related("case__organisation"))
    units = {one.case.organisation for one in rows if one.case.organisation}
    assert len(units) == 8
    for unit in units:
        (code,) = {code for area, code in CODES.items() if unit.address.startswith(area)}
        assert unit.postal_code == code, unit
    new = [one for one in rows if one.kind == "new_unit" and one.case.state in UNDECIDED]
    assert max(Counter(one.case.organisation_id for one in new).values()) == 1
    assert {one.case.state for one in rows} >= {
        "draft",
        "filed",
        "correction",
        "setting",
        "done",
        "refused",
        "withdrawn",
    }


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2026, 12, 31)])
def test_the_second_intake_closes_within_its_year(today: date) -> None:
    load_offices()
    demo._offices(today)
    assert set(Intake.objects.filter(name="下半年受理").values_list("closes_on", flat=True)) == {date(2026, 12, 31)}
