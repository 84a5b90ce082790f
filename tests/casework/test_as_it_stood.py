"""A case as it stood on a day: events, decisions and papers of then, nothing of later; each side sees its own."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile

from casework.cases.doing import perform
from casework.models import Attachment
from tests.casework import toy
from tests.casework.conftest import NOW

FILED, ASKED, TODAY = NOW, NOW + timedelta(days=3), NOW + timedelta(days=10)


@pytest.fixture
def case(scene):
    found = toy.case(office=scene.branch, unit=scene.unit, by=scene.contact, at=FILED)
    for name, at in (("公文一", FILED), ("公文二", ASKED)):
        one = Attachment(
            case=found, field=name, label=name, original_name=f"{name}.pdf", media_type="application/pdf", size=9,
            sha256=name[-1] * 64, pages=1, state="clean", uploaded_at=at, uploaded_by=scene.contact,
            removed_at=ASKED if name == "公文一" else None,
        )  # fmt: skip
        one.file.save(f"{name}.pdf", ContentFile(b"%PDF"), save=False)
        one.save()
    item = {"target": "letter", "label": "公文", "problem": "用印不清"}
    return perform(found, "ask", by=scene.officer, at=ASKED, items=[item], message="請補正").case


def seen(scene, who, path, day: date):
    with time_machine.travel(TODAY, tick=False):
        return scene.client(who).get(f"{path}as-of/", {"on": f"{day.year - 1911}/{day.month}/{day.day}"})


@pytest.mark.parametrize(
    ("days", "there", "not_there"),
    [
        (-1, ["當日本案尚未建立"], ["審查中"]),
        (0, ["審查中", "公文一", "目前：待補正"], ["公文二", "請補正"]),
        (2, ["審查中", "公文一"], ["公文二"]),
        (3, ["待補正", "公文二"], ["公文一", "目前："]),
        (4, ["待補正", "公文二"], ["公文一"]),
    ],
)
def test_the_office_sees_the_day_it_asks_for(scene, case, days, there, not_there):
    text = seen(scene, scene.officer, f"/admin/case/{case.number}/", (NOW + timedelta(days=days)).date()).text
    assert [one for one in there if one not in text] == []
    assert [one for one in not_there if one in text] == []


def test_the_applicant_sees_their_own_and_no_internal_events(scene, case):
    answer = seen(scene, scene.contact, f"/cases/{case.number}/", TODAY.date())
    assert "待補正" in answer.text
    assert not any(event.internal for event in answer.context["stood"].events)
    assert seen(scene, scene.stranger, f"/cases/{case.number}/", TODAY.date()).status_code == 404
    assert seen(scene, scene.outsider, f"/admin/case/{case.number}/", TODAY.date()).status_code == 404


def test_a_day_to_come_is_refused_at_the_field(scene, case):
    answer = seen(scene, scene.officer, f"/admin/case/{case.number}/", (TODAY + timedelta(days=1)).date())
    assert "日期不得晚於今日" in answer.context["form"].errors["on"][0]
    assert answer.context["stood"] is None
