"""The roster as institutions send it: years that may be read in two ways, one person under two numbers, rows that wait."""

import datetime as dt
from typing import Any

import pytest

from casework.cases.doing import perform
from casework.errors import Refused
from ohs_training.models import TrainingClass
from ohs_training.selectors.classes import class_of
from ohs_training.selectors.people import trainees_of
from ohs_training.services import roster
from tests.accounts.changes import renewed
from tests.casework.workbooks import sheet
from tests.factories import AT, UserFactory, proven
from tests.ohs_training import world as w

pytestmark = pytest.mark.django_db
HEAD = [column.label for column in roster.COLUMNS]
ON = dt.date(2026, 12, 1)


def row(**given: Any) -> list[Any]:
    kept = {"name": "林雅婷", "born_on": "75/3/4", "national_id": w.national_id(1), "phone": "0912345678", **given}
    return [kept.get(column.name) for column in roster.COLUMNS]


def preview(*rows: list[Any], years: str = "") -> roster.Preview:
    training_class = TrainingClass.objects.first() or class_of(w.planned(w.world(), people=0))
    training_class.training = "in_service"
    training_class.save()
    return roster.read_roster(sheet([HEAD, *rows]), training_class, on=ON, years=years)


def test_a_year_that_may_be_read_in_two_ways_is_asked_about_and_answered() -> None:
    asked = preview(row(born_on=dt.date(1975, 3, 4)))
    assert not asked.good and "西元 1975 年（民國 64 年）或民國 75 年" in asked.rows[0].errors[0]
    shown = preview(row(born_on=dt.date(1975, 3, 4)), years=roster.WESTERN)
    assert (shown.good, shown.rows[0].values["born_on"]) == (True, "1975-03-04")
    meant = preview(row(born_on=dt.date(1975, 3, 4)), years=roster.REPUBLIC)
    assert (meant.good, meant.rows[0].values["born_on"]) == (True, "1986-03-04")
    assert meant.rows[0].word == "出生年月日由西元 1975 年改讀為民國 75 年"


@pytest.mark.parametrize("typed", ["75/3/4", "1986/3/4", dt.date(2003, 5, 6)])
def test_a_year_that_can_be_read_in_one_way_is_not_asked_about(typed: Any) -> None:
    assert preview(row(born_on=typed)).good


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"born_on": "116/1/1"}, "晚於今天"),
        ({"born_on": "110/1/1"}, "未滿 15 歲"),
        ({"born_on": "1870/1/1"}, "合理範圍"),
        ({"born_on": "#N/A"}, "錯誤值"),
        ({"phone": "9.12346E+11"}, "科學記號"),
        ({"phone": "02-1"}, "電話"),
        ({"email": "a＠"}, "電子郵件"),
        ({"name": "王\ue000"}, "自造字"),
        ({"name": "王\U00030000"}, "缺字"),
        ({"employer": "甲" * 200}, "超過 100 字"),
    ],
)
def test_the_same_rules_as_typed_and_one_row_is_one_row(given: dict[str, Any], word: str) -> None:
    other = row(name="陳大同", national_id=w.national_id(2))
    found = preview(row(**given), other)
    assert word in "；".join(found.rows[0].errors)
    assert [one.number for one in found.takeable] == [3]
    assert found.left_out[0].startswith("第 2 列") and word in found.left_out[0]


def test_one_person_under_an_old_and_a_new_residence_number_is_asked_about() -> None:
    one, other = (
        row(name="NGUYEN THI ANH", national_id="AD30196818"),
        row(name="Nguyen, Thi Anh", national_id="A900207177"),
    )
    found = preview(one, other)
    assert not found.good and "與第 2 列同姓名、同生日而證號不同" in found.rows[1].errors[0]
    assert preview(one, row(name="NGUYEN THI ANH", national_id="A900207177", born_on="75/3/5")).good


def test_what_is_put_back_is_said_and_numbers_are_kept_as_people_know_them() -> None:
    found = preview(row(name="王小⼀", phone=912345678, email="ａ＠example.com"))
    assert found.good and "改為「一」" in found.rows[0].word
    assert {name: found.rows[0].values[name] for name in ("name", "phone", "email")} == {
        "name": "王小一", "phone": "0912-345-678", "email": "a@example.com",
    }  # fmt: skip


def test_a_person_on_the_roster_under_an_earlier_number_is_on_it_under_the_new_one() -> None:
    """換發新號: whoever was entered under the number of before is not entered again."""
    here = w.world()
    case = w.planned(here, people=1)
    trainee = w.people(case)[0]
    user = proven(UserFactory(name=trainee.name), trainee.national_id)
    new = w.national_id(9_001)
    listed = row(national_id=new, name="另一位", born_on="70/1/1")
    before = roster.read_roster(sheet([HEAD, listed]), class_of(case), on=ON)
    assert not any("已在名冊上" in one for one in before.rows[0].errors)
    renewed(user, new)
    after = roster.read_roster(sheet([HEAD, listed]), class_of(case), on=ON)
    assert any("已在名冊上（座號 01）" in one for one in after.rows[0].errors)
    with pytest.raises(Refused, match="已在名冊上") as met:
        perform(case, "save_trainee", by=here.staff, at=AT, pk=None, data={"national_id": new})
    assert met.value.field == "national_id"
    assert list(trainees_of(user)) == [trainee], "and it is theirs to see"
