"""特定對象身分 on the screens: age from the birth date, one relative who suffices, the licence as people type it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from casework.cases.doing import perform
from casework.papers.wordings import sync_wordings
from kernel.dates import add_months
from ojt_subsidy.forms.unit import _listed
from ojt_subsidy.models import Evidence
from ojt_subsidy.services import planning
from tests.ojt_accounts.world import pdf
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db


def reserved(row):
    return row.entries.aggregate(sum=Sum("amount"))["sum"]


@pytest.mark.parametrize(("later", "amount"), [(-1, 10_000), (0, 10_000), (1, 8_000)])
def test_forty_five_on_the_first_day_is_paid_in_full_without_a_paper(here, later, amount):
    """SUB-07, 學員問答第8題: 中高齡者 follows from the birth date on file."""
    course = w.published(here)
    born_on = add_months(course.starts_on, -45 * 12) + timedelta(days=later)
    row = w.admitted(here, course, w.trainee(born_on=born_on))
    assert reserved(row) == amount
    assert not Evidence.objects.exists()


def test_the_page_of_statuses_asks_no_paper_for_an_age(here):
    sync_wordings(at=w.now())
    mine = Client(headers={"host": "localhost"})
    mine.force_login(w.trainee())
    page = mine.get(reverse("ojt_subsidy:identity")).content.decode()
    assert "不必送證明" in page and 'value="middle_aged"' not in page and 'value="disabled"' in page
    asked = {"key": uuid4(), "identity": "middle_aged", "county": "67000", "file": pdf()}
    assert mine.post(reverse("ojt_subsidy:identity"), asked).status_code == 422
    assert not Evidence.objects.exists()


def test_a_supported_parent_takes_nothing_from_a_supported_child(here):
    """SUB-08, 學員問答第9題（二）: the child fulfils the clause, the parent is left out."""
    sync_wordings(at=w.now())
    mine = Client(headers={"host": "localhost"})
    mine.force_login(w.trainee())
    year = w.now().year - 1911
    answers = {
        "key": uuid4(), "ground": "unmarried", "county": "67000", "relation_1": "descendant", "born_on_1": f"{year - 8}/01/01",
        "relation_2": "ascendant", "born_on_2": f"{year - 81}/01/01",
    }  # fmt: skip
    text = mine.post(reverse("ojt_subsidy:single_supporter"), answers | {"ask_it": ""}).content.decode()
    assert "受扶養者2之親屬關係不屬本事由範圍，不列計" in text
    filed = mine.post(reverse("ojt_subsidy:single_supporter"), answers | {"file_it": "", "file": pdf()})
    assert filed.status_code == 302
    assert Evidence.objects.get().outcome["met"] is True


@pytest.mark.parametrize(
    ("typed", "ok"), [("台南市官田區 工業路１００－１號", True), ("臺南市官田區工業路100之1號", True), ("臺南市官田區工業路101號", False)]
)  # fmt: skip
def test_a_licence_is_the_same_however_it_is_typed(here, typed, ok):
    """SUB-20, 辦訓單位問答第5題."""
    case = w.drafted(
        here, unit_kind="training_institution", place="臺南市官田區工業路100之1號", licensed_place=typed,
        occupation="ＣＮＣ車床", licensed_occupations=["烘焙", "CNC 車床"],
    )  # fmt: skip
    if ok:
        assert perform(case, "file", by=here.clerk, at=w.now()).case.state == "filed"
    else:
        with pytest.raises(planning.Refused, match="不符"):
            perform(case, "file", by=here.clerk, at=w.now())


def test_occupations_are_parted_by_any_comma():
    assert _listed("機械，電機、烘焙,美容；造園 ") == ["機械", "電機", "烘焙", "美容", "造園"]
