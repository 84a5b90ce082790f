"""Bad input over HTTP: refused with the clause and what would make it right; what was typed stays, nothing is changed."""

import base64
import io
import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from casework.cases.doing import perform
from casework.models import Case
from casework.sheets.writing import write
from ohs_training.models import Certificate, SignRecord, Sitting
from ohs_training.selectors.classes import class_of
from tests.ohs_training import world as w
from tests.ohs_training.faces import address, client_of, envelope, press, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(settings) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_fourteen_trainees() -> None:
    """OHS-07."""
    here = w.world()
    case = w.planned(here, people=14)
    with time_machine.travel(w.PLANNED, tick=False):
        staff = client_of(here.staff)
        shown = said(staff.get(address("class", case)))
        assert "報名 14 人，須達 15 人以上" in shown and "附表二" in shown
        answer = press(staff, case, "file")
        assert answer.status_code == 422 and "報名 14 人，須達 15 人以上" in said(answer)
    assert state(case) == "draft"


def test_the_fourteenth_day_before_the_first() -> None:
    """OHS-06: with the last day that would have been possible."""
    here = w.world()
    case = w.planned(here)
    with time_machine.travel(datetime.fromisoformat("2026-11-23T09:00:00+08:00"), tick=False):
        staff = client_of(here.staff)
        answer = press(staff, case, "file")
        assert answer.status_code == 422 and "最遲應於 115/11/22" in said(answer)
        typed = staff.get("/ohs/classes/last-day/", {"starts_on": "115/12/07"})
        assert "已逾報備期限" in typed.content.decode() and "115/11/22" in typed.content.decode()
        nonsense = staff.get("/ohs/classes/last-day/", {"starts_on": "十二月"})
        assert nonsense.status_code == 200 and "看不懂" in nonsense.content.decode()
    assert state(case) == "draft"


def table(case: Case) -> dict[str, str]:
    """The timetable's page as it would be sent."""
    found = {}
    for n, one in enumerate(w.table(class_of(case), w.FIRST, 2)):
        found |= {
            f"day-{n}": one["starts_at"].strftime("%Y-%m-%d"), f"start-{n}": f"{one['starts_at']:%H:%M}", f"end-{n}": f"{one['ends_at']:%H:%M}",
            f"course-{n}": one["course"], f"hours-{n}": str(one["hours"]), f"teacher-{n}": str(one["teacher"].pk), f"category-{n}": "",
        }  # fmt: skip
    return found


def test_a_teacher_in_two_rooms() -> None:
    """OHS-21: the row, the teacher, the day and the clause; the table as it was typed."""
    here = w.world()
    w.planned(here)
    case = w.planned(here)
    names = [
        {"id": t.pk, "name": f"講師1{word}", "education": "", "experience": "", "clause": "一"}
        for t, word in zip(class_of(case).teachers.order_by("position"), "甲乙", strict=True)
    ]
    perform(case, "save_teachers", teachers=names, by=here.staff, at=w.PLANNED)
    with time_machine.travel(w.PLANNED, tick=False):
        staff, page = client_of(here.staff), address("timetable", case)
        answer = staff.post(page, {**table(case), "course-0": "改過的課名", **envelope(case)})
        assert answer.status_code == 422
        assert "講師1甲" in said(answer) and "同一時間另有課程" in said(answer)
        assert "改過的課名" in answer.content.decode()
        for wrong, words in (
            ({"start-1": "09:00"}, "重疊"),
            ({"day-0": "115/13/01"}, "第 1 列"),
            ({"end-0": "08:00"}, "第 1 列"),
            ({"hours-0": "兩"}, "時數請輸入數字"),
            ({"teacher-0": "999999"}, "請選擇講師"),
            ({"day-0": "115/12/20"}, "不在訓練期間內"),
        ):
            answer = staff.post(page, {**table(case), **wrong, **envelope(case)})
            assert answer.status_code == 422 and words in said(answer), words
    assert not class_of(case).rows.filter(course="改過的課名").exists() and class_of(case).rows.count() == 8


def test_a_certificate_for_somebody_with_a_fifth_absent() -> None:
    """OHS-17: no mark, no certificate, and the page says why with the clause."""
    here = w.world()
    case = w.ended(here, away={1: {(w.FIRST, "morning")}})
    w.practised(here, case)
    w.photographed(here, case)
    first = w.people(case)[0]
    later = w.at(w.SECOND + timedelta(days=3), "10:00")
    with time_machine.travel(later, tick=False):
        county, staff = client_of(here.authority), client_of(here.staff)
        marks = {f"mark-{one.pk}": "80" for one in w.people(case)}
        given = {"number": "1", "sat_on": "115/12/10", "examiner": "監考官"}
        answer = county.post(address("admin:ohs_marks", case), {**given, **marks, **envelope(case)})
        assert answer.status_code == 422 and "不得參加測驗" in said(answer) and "要點七第2項" in said(answer)
        assert not Sitting.objects.exists()
        del marks[f"mark-{first.pk}"]
        assert county.post(address("admin:ohs_marks", case), {**given, **marks, **envelope(case)}).status_code == 302
        press(staff, case, "issue")
        shown = said(staff.get(address("certificates", case)))
        assert "達應上課總時數五分之一以上（要點十三第2款）" in shown
    assert Certificate.objects.count() == 14 and not Certificate.objects.filter(trainee=first).exists()


@pytest.mark.parametrize("mark", ["一百", "101", "-1", "NaN", "1e9"])
def test_a_mark_that_is_none(mark: str) -> None:
    here = w.world()
    case = w.ended(here)
    one = w.people(case)[0]
    with time_machine.travel(w.at(w.SECOND + timedelta(days=3), "10:00"), tick=False):
        given = {"number": "1", "sat_on": "115/12/10", f"mark-{one.pk}": mark, **envelope(case)}
        answer = client_of(here.authority).post(address("admin:ohs_marks", case), given)
        assert answer.status_code == 422 and "成績" in said(answer) and mark in answer.content.decode()
    assert not Sitting.objects.exists()


@pytest.mark.parametrize("content", [b"MZ not a picture", b"%PDF-1.7 neither", b"\xff\xd8\xff\xe0 cut short"])
def test_a_photograph_that_is_no_picture(content: bytes) -> None:
    here = w.world()
    case = w.planned(here, people=1)
    one = w.people(case)[0]
    with time_machine.travel(w.PLANNED, tick=False):
        given = {"send_photo": "1", "photo": SimpleUploadedFile("photo.jpg", content, "image/jpeg"), **envelope(case)}
        answer = client_of(here.staff).post(address("trainee", case, one.pk), given)
    assert answer.status_code == 422 and "圖片" in said(answer)
    one.refresh_from_db()
    assert not one.photo


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_a_roster_with_duplicate_ids(kind: str) -> None:
    """OHS-19: every wrong line with what is wrong; the others are taken when confirmed, whole, and the wrong ones named."""
    here = w.world()
    case = w.planned(here, training="in_service", people=1)
    head = ["姓名", "出生年月日", "身分證字號"]
    good = [[one["name"], "79/05/06", one["national_id"]] for one in w.lines(3, 20)]
    bad = [
        *good,
        ["陳重複", "79/05/06", w.national_id(20)],
        ["王在冊", "79/05/06", w.national_id(1)],
        ["李", "79/02/30", "A1"],
    ]

    def sent(rows: list[list[str]]) -> SimpleUploadedFile:
        file = io.BytesIO()
        write(kind, file, title="名冊", header=head, rows=rows)
        return SimpleUploadedFile(f"roster.{kind}", file.getvalue())

    with time_machine.travel(w.PLANNED, tick=False):
        staff, page = client_of(here.staff), address("roster", case)
        answer = staff.post(page, {"file": sent(bad), **envelope(case)})
        shown = said(answer)
        assert answer.status_code == 200
        assert "身分證字號與第 2 列重複" in shown and "已在名冊上（座號 01）" in shown and "匯入這 3 人" in shown
        assert "以上標示的列不會匯入" in shown and len(w.people(case)) == 1
        nobody = staff.post(page, {"file": sent(bad[4:]), **envelope(case)})
        assert nobody.status_code == 422 and "沒有匯入任何一筆" in said(nobody)
        preview = staff.post(page, {"file": sent(good), **envelope(case)})
        assert preview.status_code == 200 and "匯入這 3 人" in said(preview)
        sealed = preview.context["confirm"]["sealed"].value()
        forged = staff.post(page, {"sealed": sealed[:-4] + "AAAA", "checked": "on", **envelope(case)})
        assert forged.status_code == 422 and "請重新上傳名冊" in said(forged)
        assert preview.context["confirm"]["checked"].value() is None, "nobody said yet that they looked"
        unseen = staff.post(page, {"sealed": sealed, **envelope(case)})
        assert unseen.status_code == 422 and "請逐一查核資格證書後勾選。" in unseen.content.decode()
        assert unseen.context["confirm"]["sealed"].value() == sealed
        assert staff.post(page, {"sealed": sealed, "checked": "on", **envelope(case)}).status_code == 302
        assert len(w.people(case)) == 4
        part = staff.post(page, {"file": sent([[*good[0][:2], w.national_id(30)], bad[-1]]), **envelope(case)})
        sealed = part.context["confirm"]["sealed"].value()
        done = staff.post(page, {"sealed": sealed, "checked": "on", **envelope(case)}, follow=True)
        assert len(w.people(case)) == 5 and "未匯入 1 列" in said(done) and "第 3 列李" in said(done)
        event = case.events.filter(code="roster.imported").latest("pk")
        assert "另 1 列未匯入" in event.label and "第 3 列李" in event.reason
        nothing = staff.post(page, {"file": SimpleUploadedFile("a.xlsx", b"%PDF-1.7"), **envelope(case)})
        assert nothing.status_code == 422 and "不是試算表" in said(nothing)


# --- the tablet -----------------------------------------------------------------------------------------------------------------------


def sent(one: Any, *, wall: datetime, offset_ms: float = 0, image: bytes = w.SIGNATURE, **given: Any) -> dict[str, Any]:
    picture = "data:image/png;base64," + base64.b64encode(image).decode()
    return {
        "key": str(uuid4()), "trainee": one.pk, "half": "morning", "leaving": False, "wall": wall.timestamp() * 1000, "offset": offset_ms,
        "image": picture, **given,
    }  # fmt: skip


def test_the_clock_of_the_tablet_was_moved() -> None:
    """OHS-08: refused with the clause and the way on; the other signatures of the same sending stand."""
    here = w.world()
    case = w.running(here)
    one, two, three = w.people(case)[:3]
    at = w.at(w.FIRST, "09:20")
    with time_machine.travel(at, tick=False):
        tutor = client_of(here.tutor)
        assert "上午簽到 08:00 至 11:40、簽退至 12:40" in tutor.get(address("tablet", case)).content.decode()
        # the clock stands twenty-five minutes back since `one` was drawn; `two` was drawn after and carries the new offset
        wall = at - timedelta(minutes=25)
        items = [
            sent(one, wall=wall),
            sent(two, wall=wall, offset_ms=25 * 60_000),
            sent(three, wall=wall, offset_ms=25 * 60_000, image=b"\x89PNG broken"),
        ]
        body = json.dumps({"wall": wall.timestamp() * 1000, "items": items})
        answer = tutor.post(address("tablet_sign", case), body, content_type="application/json")
        first, second, third = answer.json()["answers"]
        assert not first["kept"] and "平板時鐘在簽名後曾變更" in first["text"] and "要點七" in first["text"]
        assert "請重新簽名" in first["text"]
        assert second["kept"] and second["at"] == "09:20" and "視為曠課" in second["text"]
        assert not third["kept"] and "請清除後重簽" in third["text"]
        for nonsense in (
            "",
            "[]",
            "{}",
            '{"wall":"x","items":[]}',
            '{"wall":1e99,"items":[]}',
            '{"wall":1,"items":[{"key":1}]}',
        ):
            again = tutor.post(address("tablet_sign", case), nonsense, content_type="application/json")
            assert again.status_code == 400 and "重新整理" in again.json()["error"], nonsense
        stranger = client_of(here.stranger).post(address("tablet_sign", case), body, content_type="application/json")
        assert stranger.status_code == 404
    assert list(SignRecord.objects.values_list("trainee", flat=True)) == [two.pk]


def test_the_tablets_page_may_be_left_for_the_hour_without_network() -> None:
    """Other pages sign out after half an hour. What the tablet asks by itself is no activity, and changes nothing of it."""
    here = w.world()
    case = w.running(here)
    with time_machine.travel(w.at(w.FIRST, "08:50"), tick=False) as clock:
        tutor = client_of(here.tutor)
        page = tutor.get(address("tablet", case))
        assert 'data-idle-seconds="7200"' in page.content.decode()
        assert tutor.get("/ohs/worker.js").status_code == 200
        assert tutor.post("/session/keep/").status_code == 204
        clock.shift(timedelta(minutes=62))
        one = w.people(case)[0]
        drawn = w.at(w.FIRST, "08:52")
        body = json.dumps({"wall": w.at(w.FIRST, "09:52").timestamp() * 1000, "items": [sent(one, wall=drawn)]})
        answer = tutor.post(address("tablet_sign", case), body, content_type="application/json")
        assert answer.status_code == 200 and answer.json()["answers"][0]["done"]
        background = {"headers": {"X-Background": "1"}}
        clock.shift(timedelta(minutes=119))
        assert tutor.get(address("tablet_state", case), **background).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert tutor.get(address("tablet_state", case), **background).status_code == 302
    with time_machine.travel(w.at(w.FIRST, "13:00"), tick=False) as clock:
        tutor = client_of(here.tutor)
        tutor.get(address("tablet", case))
        tutor.get(address("class", case))  # another page: its own half hour
        clock.shift(timedelta(minutes=31))
        assert tutor.get(address("class", case)).status_code == 302


def test_sheet_results_that_cannot_be() -> None:
    here = w.world()
    case = w.running(here)
    one = w.people(case)[0]
    with time_machine.travel(w.at(w.FIRST, "16:00"), tick=False):
        tutor, page = client_of(here.tutor), address("sheet", case)
        period = {"period": f"{w.FIRST.isoformat()}.morning"}
        for given, words in (
            ({f"came-{one.pk}": "九點"}, "看不懂時間"),
            ({f"came-{one.pk}": "09:30", f"left-{one.pk}": "09:00"}, "簽退時間不得早於簽到時間"),
            ({"period": "2026-12-25.morning", f"came-{one.pk}": "09:00"}, "課程表沒有這個時段"),
        ):
            answer = tutor.post(page, {**period, **given, **envelope(case)})
            assert answer.status_code == 422 and words in said(answer), words
        file = io.BytesIO()
        write(
            "csv",
            file,
            title="簽到",
            header=["座號", "簽到", "簽退", "塗改"],
            rows=[["1", "09:00", "11:40", ""], ["99", "", "", ""]],
        )
        upload = SimpleUploadedFile("sheet.csv", file.getvalue())
        answer = tutor.post(page, {**period, "file": upload, **envelope(case)})
        assert answer.status_code == 422 and "座號「99」不在名冊上" in said(answer)
        assert not SignRecord.objects.exists()
        good = {f"came-{one.pk}": "09:16", f"left-{one.pk}": "11:40"}
        assert tutor.post(page, {**period, **good, **envelope(case)}).status_code == 302
        changed = {f"came-{one.pk}": "08:55", f"left-{one.pk}": "11:40"}
        answer = tutor.post(page, {**period, **changed, **envelope(case)})
        assert answer.status_code == 422 and "更正請填寫理由" in said(answer)
    assert SignRecord.objects.filter(trainee=one, source="sheet").count() == 2


def test_a_class_longer_than_the_accreditation_or_of_another_kind() -> None:
    here = w.world()
    assert here.accreditation is not None
    with time_machine.travel(w.PLANNED, tick=False):
        staff = client_of(here.staff)
        given = {
            "training": "professional", "audience": "nurse", "title": "訓練", "starts_on": "118/08/31", "ends_on": "118/09/01",
            "county": here.county.pk, "key": str(uuid4()),
        }  # fmt: skip
        answer = staff.post("/ohs/classes/new/", given)
        assert (
            answer.status_code == 422
            and "認可至 118/08/31 止" in said(answer)
            and "118/09/01" in answer.content.decode()
        )
        here.accreditation.trainings = ["in_service"]
        here.accreditation.save()
        answer = staff.post("/ohs/classes/new/", {**given, "ends_on": "118/08/31", "key": str(uuid4())})
        assert answer.status_code == 422 and "沒有辦理這個訓練類別的認可" in said(answer)
        swapped = staff.post("/ohs/classes/new/", {**given, "ends_on": "118/08/30", "key": str(uuid4())})
        assert swapped.status_code == 422
    assert not Case.objects.filter(kind="ohs_training.class").exists()
    assert date(2029, 8, 31) == here.accreditation.ends_on
