"""六: 備查 takes note and permits nothing; a returned filing keeps its day; a class begins only as it was filed."""

import importlib
import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, transaction

from casework.cases.doing import perform
from casework.deadlines.sweeping import sweep
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Event, Notice
from casework.papers import rendering
from kernel.dates import roc
from ohs_training import documents
from ohs_training.models import ClassVersion, SignRecord, TrainingClass, VersionAnswer
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import class_of, content_of, unfiled
from ohs_training.selectors.links import class_links
from ohs_training.services import attending
from tests.ohs_training import world as w
from tests.ohs_training.faces import address, client_of, page_of, press, said

pytestmark = pytest.mark.django_db
EVE = w.FIRST - timedelta(days=1)
LAST_DAY_TO_FILE = w.FIRST - timedelta(days=15)


@pytest.fixture(autouse=True)
def _plain(settings) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def edit(here: w.World, case: Case, day: date = EVE, **plan: Any) -> None:
    perform(case, "save_plan", data=plan or {"tutor": "王代班"}, by=here.staff, at=w.at(day, "09:00"))


def change(here: w.World, case: Case, day: date = EVE, clock: str = "10:00") -> Case:
    return perform(case, "change", reason="輔導員請假", by=here.staff, at=w.at(day, clock)).case


def links(case: Case, day: date) -> dict[str, Any]:
    training_class = class_of(case)
    law = law_in_force()
    chain = class_chain(training_class, on=day, law=law, at=w.at(day, "12:00"))
    deadlines = list(Deadline.objects.filter(case=case))
    return {one.code: one for one in class_links(chain, on=day, law=law, deadlines=deadlines)}


def paper_of(case: Case, word: str, day: date, monkeypatch: pytest.MonkeyPatch) -> str:
    """The words of a form, before they become a PDF."""
    seen: list[str] = []
    monkeypatch.setattr(rendering, "render_html", lambda text: seen.append(text) or b"")
    documents.printed(class_of(case), word, law=law_in_force(), at=w.at(day, "12:00"), today=day)
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", "", seen[0], flags=re.S))


# --- a change that was filed in time ----------------------------------------------------------------------------------------


def test_a_change_filed_the_day_before_holds_nothing_up() -> None:
    """OHS-23: filed on the eve, begun in the morning, signed at the tablet, keyed from the sheet; acknowledged afterwards."""
    here = w.world()
    case = w.acknowledged(here)
    number = class_of(case).acknowledgement
    edit(here, case)
    assert change(here, case, clock="23:50").state == "acknowledged"
    second = class_of(case).versions.get(number=2)
    assert second.differences == [{"label": "輔導員", "before": "林輔導", "after": "王代班"}]
    assert (second.received, second.late, second.answered) == (EVE, False, None)
    assert Notice.objects.filter(
        user=here.authority, code="ohs_training.class_filed", subject__contains="變動"
    ).exists()

    at = w.at(w.FIRST, "08:50")
    case = perform(fresh(case), "start", by=here.tutor, at=w.at(w.FIRST, "08:30")).case
    one, two = w.people(case)[:2]
    (answer,) = attending.sign(case, items=[w.signing(one, wall=at)], sent_wall=at, by=here.tutor, at=at)
    assert answer.kept
    line = {"trainee": two.pk, "came": w.at(w.FIRST, "08:55"), "left": w.at(w.FIRST, "11:45"), "tampered": False}
    noon = w.at(w.FIRST, "12:10")
    assert perform(case, "enter_sheet", day=w.FIRST, half="morning", lines=[line], by=here.tutor, at=noon).answer == 2
    assert SignRecord.objects.count() == 3

    assert links(case, w.FIRST)["change_filed"].state == "todo"
    case = perform(fresh(case), "acknowledge_change", acknowledgement="府勞安字第2號", by=here.authority, at=noon).case
    assert case.state == "running" and class_of(case).acknowledgement == number
    assert links(case, w.FIRST)["change_filed"].state == "good"
    assert Notice.objects.filter(user=here.staff, code="ohs_training.change_acknowledged").exists()
    with pytest.raises(Refused, match="沒有待備查"):
        perform(case, "acknowledge_change", acknowledgement="府勞安字第3號", by=here.authority, at=noon)


def test_it_begins_by_itself_on_its_day_though_the_change_waits() -> None:
    here = w.world()
    case = w.acknowledged(here)
    edit(here, case)
    change(here, case)
    sweep(on=w.FIRST, at=w.at(w.FIRST, "00:10"))
    assert fresh(case).state == "running"


def test_a_first_day_put_off_in_time_begins_on_the_new_day() -> None:
    here = w.world()
    case = w.acknowledged(here)
    rows = [
        {**row, "starts_at": row["starts_at"] + timedelta(days=7), "ends_at": row["ends_at"] + timedelta(days=7)}
        for row in w.table(class_of(case), w.FIRST, 2)
    ]
    perform(case, "save_timetable", rows=[], by=here.staff, at=w.at(EVE, "09:00"))
    edit(here, case, starts_on=w.FIRST + timedelta(days=7), ends_on=w.SECOND + timedelta(days=7))
    perform(case, "save_timetable", rows=rows, by=here.staff, at=w.at(EVE, "09:05"))
    change(here, case)
    sweep(on=w.FIRST, at=w.at(w.FIRST, "00:10"))
    assert fresh(case).state == "acknowledged"
    later = w.FIRST + timedelta(days=7)
    sweep(on=later, at=w.at(later, "00:10"))
    assert fresh(case).state == "running"


def test_who_drops_out_after_the_filing_is_reported() -> None:
    """附表二附註1: fifteen is asked for when the plan is filed, not of the class."""
    here = w.world()
    case = w.acknowledged(here)
    perform(case, "remove_trainee", pk=w.people(case)[0].pk, by=here.staff, at=w.at(EVE, "09:00"))
    assert change(here, case).state == "acknowledged"
    assert links(case, EVE)["head_count"].state == "good"
    with pytest.raises(Refused, match="須達 15 人"):
        perform(w.planned(here, people=14), "file", by=here.staff, at=w.PLANNED)


def test_the_class_acknowledged_never_does_not_begin() -> None:
    """附表十 prints 同意開班文號: the first filing is noted once before the class begins."""
    here = w.world()
    case = w.filed(here)
    sweep(on=w.FIRST, at=w.at(w.FIRST, "00:10"))
    assert fresh(case).state == "filed"


def test_the_countys_pages_show_a_change_that_waits() -> None:
    here = w.world()
    case = w.acknowledged(here)
    edit(here, case)
    change(here, case)
    with time_machine.travel(w.at(EVE, "15:00"), tick=False):
        county = client_of(here.authority)
        assert "變動待備查" in said(county.get("/admin/ohs/"))
        shown = said(county.get(address("admin:ohs_class", case)))
        assert "第 2 版變動報備（待備查）" in shown and "王代班" in shown and "林輔導" in shown
        silent = press(county, case, "return_change", office=True, reason="")
        assert silent.status_code == 422 and not VersionAnswer.objects.filter(version__number=2).exists()
        press(county, case, "acknowledge_change", office=True, acknowledgement="府勞安字第2號")
        assert VersionAnswer.objects.get(version__number=2).number == "府勞安字第2號"
        assert "變動待備查" not in said(county.get("/admin/ohs/"))
        assert press(county, case, "acknowledge_change", office=True, acknowledgement="再一次").status_code == 422
        assert client_of(here.stranger).get(address("versions", case)).status_code == 404
    with pytest.raises(NotPermitted):
        perform(case, "return_change", reason="甲", by=here.other_authority, at=w.at(EVE, "16:00"))


# --- returned by the county ---------------------------------------------------------------------------------------------------


def test_a_first_filing_returned_late_goes_back_by_its_first_day() -> None:
    """OHS-06: filed on day −15, returned on day −10, filed again on day −8, acknowledged, begun."""
    here = w.world()
    case = w.planned(here)
    perform(case, "file", by=here.staff, at=w.at(LAST_DAY_TO_FILE, "23:50"))
    with time_machine.travel(w.at(w.FIRST - timedelta(days=10), "10:00"), tick=False):
        press(client_of(here.authority), case, "return", office=True, reason="請補場所證明")
        shown = said(client_of(here.staff).get(address("class", case)))
        assert fresh(case).state == "returned" and "已逾報備期限" not in shown
        assert f"{roc(LAST_DAY_TO_FILE)} 收件，經退回補正" in shown
        told = Notice.objects.get(user=here.staff, code="ohs_training.returned")
        assert "請補場所證明" in told.body and f"仍以 {roc(LAST_DAY_TO_FILE)} 收件認定" in told.body
    edit(here, case, w.FIRST - timedelta(days=8), place="成功大樓二樓")
    with time_machine.travel(w.at(w.FIRST - timedelta(days=8), "10:00"), tick=False):
        assert press(client_of(here.staff), case, "file").status_code == 302
    case = fresh(case)
    assert (case.state, case.received_on, class_of(case).filed_on) == ("filed", LAST_DAY_TO_FILE, LAST_DAY_TO_FILE)
    at = w.at(w.FIRST - timedelta(days=7), "10:00")
    case = perform(case, "acknowledge", acknowledgement="府勞安字第1號", by=here.authority, at=at).case
    assert [v.said for v in class_of(case).versions.order_by("number")] == [
        f"{roc(w.FIRST - timedelta(days=10))} 退回",
        f"{roc(w.FIRST - timedelta(days=7))} 府勞安字第1號 備查",
    ]
    assert perform(case, "start", by=here.tutor, at=w.at(w.FIRST, "08:30")).case.state == "running"


def test_what_was_never_filed_in_time_is_not_helped() -> None:
    here = w.world()
    case = w.planned(here)
    with pytest.raises(Refused, match="最遲應於 115/11/22"):
        perform(case, "file", by=here.staff, at=w.at(LAST_DAY_TO_FILE + timedelta(days=1), "00:01"))
    # nor may a returned filing come nearer than fifteen days by another first day, or after its first day
    returned = w.filed(here, start=w.FIRST + timedelta(days=20))
    perform(returned, "return", reason="補正", by=here.authority, at=w.at(EVE, "09:00"))
    perform(returned, "save_timetable", rows=[], by=here.staff, at=w.at(EVE, "10:00"))
    with pytest.raises(Refused, match="開訓日提前後，報備期限為 .*，已逾期"):
        edit(here, returned, starts_on=w.FIRST + timedelta(days=2))
    with pytest.raises(Refused, match="開訓日 115/12/27 已過"):
        perform(fresh(returned), "file", by=here.staff, at=w.at(date(2026, 12, 28), "09:00"))


def test_a_change_returned_goes_back_as_a_change_by_the_day_it_was_received() -> None:
    """Received on the eve, returned on the first morning, filed again the same morning: in time, and the class begins."""
    here = w.world()
    case = w.acknowledged(here)
    edit(here, case)
    change(here, case)
    case = perform(
        fresh(case), "return_change", reason="請註明輔導員電話", by=here.authority, at=w.at(EVE, "16:00")
    ).case
    assert case.state == "acknowledged" and links(case, EVE)["change_filed"].state == "bad"
    with pytest.raises(Refused, match="第 2 版變動報備經地方主管機關退回"):
        perform(case, "start", by=here.tutor, at=w.at(w.FIRST, "08:00"))
    with time_machine.travel(w.at(w.FIRST, "08:05"), tick=False):
        staff = client_of(here.staff)
        shown = said(staff.get(address("class", case)))
        assert "已逾變動期限" not in shown and "變動報備經地方主管機關退回" in shown
        given = {"tutor_phone": "06-7654321"}
        perform(case, "save_plan", data=given, by=here.staff, at=w.at(w.FIRST, "08:06"))
        assert press(staff, case, "change", reason="補輔導員電話").status_code == 302
    third = class_of(case).versions.get(number=3)
    assert (third.received, third.late) == (EVE, False)
    assert perform(fresh(case), "start", by=here.tutor, at=w.at(w.FIRST, "08:30")).case.state == "running"


def test_a_change_returned_after_the_first_day_is_answered_in_words() -> None:
    """The class goes on; what is filed is no longer rewritten, and the county has the last word before the case is closed."""
    here = w.world()
    case = w.acknowledged(here)
    edit(here, case)
    change(here, case)
    case = perform(fresh(case), "start", by=here.tutor, at=w.at(w.FIRST, "08:30")).case
    noon = w.at(w.FIRST, "12:00")
    case = perform(case, "return_change", reason="請說明", by=here.authority, at=noon).case
    assert case.state == "running" and links(case, w.FIRST)["change_filed"].state == "bad"
    with pytest.raises(NotAllowed, match="不能「填寫訓練計畫」"):
        edit(here, case, w.FIRST, tutor="再換一人")
    assert change(here, fresh(case), w.FIRST, "13:00").state == "running"
    with pytest.raises(Refused, match="不能變動報備"):
        change(here, fresh(case), w.FIRST, "13:05")
    Case.objects.filter(pk=case.pk).update(state="reported", turn="office")
    with pytest.raises(Refused, match="第 3 版變動報備尚未備查或退回"):
        perform(fresh(case), "close", acknowledgement="甲", by=here.authority, at=noon)


# --- what was not filed ---------------------------------------------------------------------------------------------------------


def test_what_was_not_filed_holds_the_class_up() -> None:
    """十四(九): five out and one in on the eve, another tutor, another course; nothing filed."""
    here = w.world()
    case = w.acknowledged(here, people=20)
    night = w.at(EVE, "22:00")
    for one in w.people(case)[:5]:
        perform(case, "remove_trainee", pk=one.pk, by=here.staff, at=night)
    w.add_people(case, 1, by=here.staff, when=night, first=40)
    edit(here, case)
    rows = w.table(class_of(case), w.FIRST, 2)
    rows[0]["course"] = "別的課程"
    perform(case, "save_timetable", rows=rows, by=here.staff, at=night)
    sweep(on=w.FIRST, at=w.at(w.FIRST, "00:10"))
    assert fresh(case).state == "acknowledged"
    told = Notice.objects.get(user=here.staff, code="ohs_training.not_begun")
    assert "9 項變動尚未報備" in told.body
    with time_machine.travel(w.at(w.FIRST, "08:00"), tick=False):
        assert press(client_of(here.tutor), case, "start").status_code == 422
        assert fresh(case).state == "acknowledged"
        for client, page in ((client_of(here.staff), "class"), (client_of(here.authority), "admin:ohs_class")):
            shown = said(client.get(address(page, case)))
            assert "有 9 項變動尚未報備" in shown and "王代班" in shown and "別的課程" in shown
        assert "有不符合項目" in page_of(client_of(here.authority), "admin:ohs_class", case)
    # filed on the day itself: it begins, and is late for ever
    assert change(here, fresh(case), w.FIRST, "08:10").state == "acknowledged"
    second = class_of(case).versions.get(number=2)
    assert second.late and second.change_by == EVE
    assert Event.objects.get(case=case, code="change").label == "逾期變動報備"
    assert Notice.objects.filter(user=here.authority, subject__contains="逾期變動報備").exists()
    case = perform(fresh(case), "start", by=here.tutor, at=w.at(w.FIRST, "08:30")).case
    perform(case, "acknowledge_change", acknowledgement="府勞安字第2號", by=here.authority, at=w.at(w.FIRST, "12:00"))
    w.attend(case)
    case = perform(fresh(case), "end", by=here.tutor, at=w.at(w.SECOND, "16:00")).case
    late = links(case, w.SECOND)["late_2"]
    assert late.state == "bad" and "115/12/07 始報備，期限為 115/12/06" in late.text


def test_taken_back_to_what_was_filed_it_begins() -> None:
    here = w.world()
    case = w.acknowledged(here)
    edit(here, case)
    with pytest.raises(Refused, match="1 項變動尚未報備.*輔導員「林輔導」改為「王代班」"):
        perform(fresh(case), "start", by=here.tutor, at=w.at(w.FIRST, "08:00"))
    edit(here, case, w.FIRST, tutor="林輔導")
    assert perform(fresh(case), "start", by=here.tutor, at=w.at(w.FIRST, "08:30")).case.state == "running"


def test_the_day_after_is_late_though_the_first_day_was_put_off_unfiled() -> None:
    """A first day that was moved counts once it is filed: until then the term runs by the day that was filed."""
    here = w.world()
    case = w.acknowledged(here)
    perform(case, "save_timetable", rows=[], by=here.staff, at=w.at(EVE, "09:00"))
    later = {"starts_on": w.FIRST + timedelta(days=20), "ends_on": w.SECOND + timedelta(days=20)}
    edit(here, case, **later)
    rows = w.table(class_of(case), w.FIRST + timedelta(days=20), 2)
    perform(case, "save_timetable", rows=rows, by=here.staff, at=w.at(EVE, "09:05"))
    change(here, fresh(case), w.FIRST)
    second = class_of(case).versions.get(number=2)
    assert second.late and second.change_by == EVE


def test_what_stands_otherwise_stays_red_in_every_later_state() -> None:
    """A class that began under the former rule with things unfiled: its line is there to the end."""
    here = w.world()
    case = w.acknowledged(here)
    edit(here, case)
    for state, turn in (("running", "applicant"), ("ended", "applicant"), ("reported", "office"), ("closed", "nobody")):
        Case.objects.filter(pk=case.pk).update(state=state, turn=turn)
        found = links(fresh(case), w.SECOND)["change"]
        assert found.state == "bad" and "林輔導" in found.text, state


def test_no_paper_shows_as_acknowledged_what_was_not_filed(monkeypatch: pytest.MonkeyPatch) -> None:
    here = w.world()
    case = w.acknowledged(here)
    number = class_of(case).acknowledgement
    assert "未經報備" not in paper_of(case, "filing", EVE, monkeypatch)
    edit(here, case)
    gone = w.people(case)[0]
    perform(case, "remove_trainee", pk=gone.pk, by=here.staff, at=w.at(EVE, "09:00"))
    filing_form = paper_of(case, "filing", EVE, monkeypatch)
    assert f"{number} 備查" in filing_form and "四、輔導員林輔導" in filing_form.replace(" ", "")
    assert "受訓人員名冊 15 人" in filing_form
    for word in ("filing", "timetable", "teachers", "roster"):
        words = paper_of(case, word, EVE, monkeypatch)
        assert "2 項變動未經報備（要點六第2項），不在備查範圍" in words and gone.name in words, word
    change(here, fresh(case))
    waits = paper_of(case, "filing", EVE, monkeypatch)
    assert "未經報備" not in waits and "王代班" in waits and f"第 2 版變動報備 {roc(EVE)} 收件，待備查" in waits


def test_an_answer_of_the_county_is_not_rewritten() -> None:
    here = w.world()
    case = w.acknowledged(here)
    answer = VersionAnswer.objects.get(version__training_class=class_of(case))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        VersionAnswer.objects.filter(pk=answer.pk).update(number="別的文號")
    assert ClassVersion.objects.get().said.endswith("備查") and not unfiled(class_of(case))


def test_classes_of_before_are_given_the_answers_they_had() -> None:
    """The migration: what only the class said is said of its last version; what waits still waits."""
    move = importlib.import_module("ohs_training.migrations.0004_version_answers").from_classes
    here, found = w.world(), {}
    for state in ("acknowledged", "running", "returned", "filed"):
        case = w.planned(here, people=0, start=w.FIRST + timedelta(days=7 * len(found)))
        training_class = found[state] = class_of(case)
        Case.objects.filter(pk=case.pk).update(state=state)
        if state in ("acknowledged", "running"):
            TrainingClass.objects.filter(pk=training_class.pk).update(
                acknowledgement="府勞安字第9號", acknowledged_on=EVE
            )
        for number in (1, 2):
            ClassVersion.objects.create(
                training_class=training_class, number=number, filed_at=w.PLANNED, filed_by=here.staff,
                content=content_of(training_class),
            )  # fmt: skip
    move(apps, None)
    said = {state: [v.said for v in one.versions.order_by("number")] for state, one in found.items()}
    assert said["acknowledged"] == said["running"] == ["待備查", f"{roc(EVE)} 府勞安字第9號 備查"]
    assert said["returned"][1].endswith("退回") and said["filed"] == ["待備查", "待備查"]
