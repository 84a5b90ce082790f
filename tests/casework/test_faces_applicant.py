"""The applicant's side: my applications, one application, notices, drafts, files."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from casework.cases.doing import perform
from casework.cases.moving import lock
from casework.cases.work import claim
from casework.models import Draft, Message
from casework.notices.messages import write
from casework.notices.outbox import notify
from tests.casework import toy
from tests.casework.conftest import NOW
from tests.casework.test_faces_case import paper
from tests.factories import UserFactory


@pytest.fixture
def client(scene):
    return scene.client(scene.contact)


@pytest.fixture
def case(scene):
    return toy.case(office=scene.branch, unit=scene.unit, by=scene.contact, at=NOW)


def page(case, what=""):
    return f"/cases/{case.number}/{what}"


def posted(case, **fields):
    return {"version": case.version, "key": str(uuid.uuid4()), **fields}


def asked(scene, case):
    """A correction with two items."""
    items = [
        {"target": "unit.address", "label": "地址", "problem": "請補村里"},
        {"target": "paper.ttqs", "label": "TTQS 證書", "problem": "掃描不清"},
    ]
    perform(case, "ask", by=scene.officer, at=NOW, items=items, message="請於期限內補正", due_on=NOW.date())
    case.refresh_from_db()
    return list(case.correction_requests.get().items.all())


def lock_now(case):
    from django.db import transaction

    with transaction.atomic():
        return lock(case)


# --- my applications -------------------------------------------------------------------------------------------------


def test_empty_list_says_where_to_begin(scene, client):
    text = client.get("/cases/").content.decode()
    assert "您還沒有申請案" in text
    assert "選擇要辦理的業務" in text


def test_drafts_come_first_then_what_waits_for_the_applicant(scene, client):
    for n, state in enumerate(("approved", "filed", "correction", "draft", "filed")):
        toy.case(office=scene.branch, unit=scene.unit, at=NOW + timedelta(minutes=n), state=state, title=f"{state}{n}")
    toy.case(office=scene.branch, unit=scene.other_unit, at=NOW, title="別人的")
    answer = client.get("/cases/")
    assert [one["row"].case.title for one in answer.context["rows"]] == [
        "draft3",
        "correction2",
        "filed4",
        "filed1",
        "approved0",
    ]
    text = answer.content.decode()
    assert "繼續填寫" in text
    assert "處理「待補正」" in text
    assert "別人的" not in text


def test_list_costs_the_same_for_more_rows(scene, client):
    def count():
        with CaptureQueriesContext(connection) as caught:
            client.get("/cases/")
        return len(caught)

    for n in range(3):
        toy.case(office=scene.branch, unit=scene.unit, at=NOW, title=str(n))
    client.get("/cases/")
    few = count()
    for n in range(17):
        toy.case(office=scene.branch, unit=scene.unit, at=NOW, title=str(n))
    assert count() == few


def test_search_among_ones_own(scene, client):
    one = toy.case(office=scene.branch, unit=scene.unit, at=NOW, title="續辦申請")
    toy.case(office=scene.branch, unit=scene.unit, at=NOW, title="新單位申請")
    assert client.get("/cases/search/", {"q": "續辦"}).headers["Location"].startswith("/cases/?q=")
    rows = client.get("/cases/", {"q": "續辦"}).context["rows"]
    assert [row["row"].case.pk for row in rows] == [one.pk]
    assert "找不到符合的申請案" in client.get("/cases/", {"q": "沒有"}).content.decode()
    assert "A123456789" not in client.get("/cases/search/", {"q": "A123456789"}).headers["Location"]
    staff = scene.client(scene.officer).get("/cases/search/", {"q": "A123456789"}).headers["Location"]
    assert staff.startswith("/admin/work/?who=")


# --- one application -------------------------------------------------------------------------------------------------


def test_page_says_who_has_it_and_that_nothing_is_to_be_done(scene, case, client):
    text = client.get(page(case)).content.decode()
    assert "目前由雲嘉南分署辦理" in text
    assert "您現在不需要做任何事" in text
    assert "審查中" in text
    assert "撤回" in text


def test_progress_shows_the_way_gone_and_ahead(scene, case, client):
    steps = client.get(page(case)).context["progress"]
    assert [(step["label"], step["state"]) for step in steps] == [
        ("草稿", "done"),
        ("審查中", "current"),
        ("已核定", "todo"),
    ]
    asked(scene, case)
    steps = client.get(page(case)).context["progress"]
    assert [(step["label"], step["state"]) for step in steps] == [
        ("草稿", "done"),
        ("審查中", "done"),
        ("待補正", "current"),
        ("已核定", "todo"),
    ]


def test_what_the_office_does_within_itself_is_not_shown(scene, case, client):
    claim(case, by=scene.officer, at=NOW)
    write(case, kind=Message.Kind.NOTE, body="內部討論", by=scene.officer, at=NOW)
    text = client.get(page(case)).content.decode()
    assert "認領" not in text
    assert "內部討論" not in text
    assert "林承辦" not in text


def test_withdraw_once(scene, case, client):
    form = posted(case)
    assert client.post(page(case, "act/withdraw/"), form).headers["Location"] == page(case)
    client.post(page(case, "act/withdraw/"), form)
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert case.events.filter(code="withdraw").count() == 1
    assert "本案已結案" in client.get(page(case)).content.decode()


def test_acts_of_the_office_are_not_the_applicants(scene, case, client):
    assert client.get(page(case, "act/approve/")).status_code == 404
    assert client.post(page(case, "act/approve/"), posted(case)).status_code == 404


def test_an_act_that_is_off_is_refused_with_its_reason(scene, case, client):
    answer = client.post(page(case, "act/file/"), posted(case))
    assert answer.status_code == 422
    assert "案件目前為「" in answer.content.decode()


def test_a_stale_press_shows_nothing_internal(scene, case, client):
    old = posted(case)
    claim(case, by=scene.officer, at=NOW)
    answer = client.post(page(case, "act/withdraw/"), old)
    assert answer.status_code == 409
    assert "認領" not in answer.content.decode()


def test_message_to_the_office(scene, case, client):
    client.post(page(case, "message/"), posted(case, body="請問還缺什麼？"))
    assert "請問還缺什麼？" in scene.client(scene.officer).get(f"/admin/case/{case.number}/").content.decode()
    assert client.post(page(case, "message/"), posted(case, body="")).status_code == 422


def test_correction_is_answered_item_by_item(scene, case, client):
    first, second = asked(scene, case)
    text = client.get(page(case)).content.decode()
    assert "請補村里" in text
    assert "前往修改" in text
    assert "輪到您處理" in text
    client.post(page(case, f"corrections/{first.pk}/"), posted(case, text="已補上"))
    first.refresh_from_db()
    assert (first.answer, first.answered_by) == ("已補上", scene.contact)
    case.refresh_from_db()
    refused = client.post(page(case, "act/file/"), posted(case))
    assert "尚有補正項目未回復：TTQS 證書" in refused.content.decode()
    client.post(page(case, f"corrections/{second.pk}/"), posted(case, text="已重新掃描"))
    case.refresh_from_db()
    assert client.post(page(case, "act/file/"), posted(case)).status_code == 302
    case.refresh_from_db()
    assert case.state == "filed"


def test_an_empty_answer_comes_back_with_the_page(scene, case, client):
    first, _ = asked(scene, case)
    answer = client.post(page(case, f"corrections/{first.pk}/"), posted(case, text=" "))
    assert answer.status_code == 422
    assert "請填寫「補正說明」。" in answer.content.decode()


def test_an_answer_on_a_stale_page_keeps_its_text(scene, case, client):
    first, second = asked(scene, case)
    old = posted(case, text="這段說明寫了很久")
    client.post(page(case, f"corrections/{second.pk}/"), posted(case, text="先回這項"))
    answer = client.post(page(case, f"corrections/{first.pk}/"), old)
    assert answer.status_code == 409
    assert "這段說明寫了很久" in answer.content.decode()
    first.refresh_from_db()
    assert first.answer == ""


def test_an_answer_when_the_case_lies_with_the_office(scene, case, client):
    first, _ = asked(scene, case)
    perform(case, "withdraw", by=scene.contact, at=NOW)
    case.refresh_from_db()
    answer = client.post(page(case, f"corrections/{first.pk}/"), posted(case, text="已補"))
    assert answer.status_code == 422
    first.refresh_from_db()
    assert first.answered_at is None


def test_who_only_looks_on_answers_nothing(scene, case):
    """The right to see the unit's application is not the right to act in its name."""
    item, _ = asked(scene, case)
    looker = scene.client(UserFactory(roles=((toy.LOOKER, scene.unit),)))
    shown = looker.get(page(case))
    assert "請補村里" in shown.text
    assert f"corrections/{item.pk}/" not in shown.text
    assert looker.post(page(case, f"corrections/{item.pk}/"), posted(case, text="已補")).status_code == 404
    item.refresh_from_db()
    assert item.answered_at is None


def test_somebody_elses_case_is_not_there(scene, case):
    item, _ = asked(scene, case)
    one = paper(case, scene.contact)
    for user in (scene.stranger, scene.outsider, scene.officer):
        client = scene.client(user)
        assert client.get(page(case)).status_code == 404
        for what in ("act/withdraw/", "message/", f"corrections/{item.pk}/"):
            assert client.post(page(case, what), posted(case)).status_code == 404
    for user in (scene.stranger, scene.outsider):
        assert scene.client(user).get(f"/cases/papers/{one.pk}/").status_code == 404


def test_items_of_another_case_are_not_there(scene, case, client):
    item, _ = asked(scene, case)
    other = toy.case(office=scene.branch, unit=scene.unit, at=NOW, state="correction")
    assert client.post(page(other, f"corrections/{item.pk}/"), posted(other, text="x")).status_code == 404


# --- papers ----------------------------------------------------------------------------------------------------------


def test_paper_is_streamed_shut_in_and_logged(scene, case):
    one = paper(case, scene.contact)
    for user in (scene.contact, scene.officer, scene.reader):
        answer = scene.client(user).get(f"/cases/papers/{one.pk}/")
        assert b"".join(answer.streaming_content) == b"%PDF-1.7\n"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline; filename*=utf-8''")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert AccessLog.objects.filter(action="download").count() == 3
    saved = scene.client(scene.contact).get(f"/cases/papers/{one.pk}/?download")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(saved.streaming_content)


@pytest.mark.parametrize("media", ["image/png", "text/html", ""])
def test_what_is_no_pdf_is_sandboxed(scene, case, media):
    one = paper(case, scene.contact, media_type=media)
    answer = scene.client(scene.contact).get(f"/cases/papers/{one.pk}/")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert b"".join(answer.streaming_content)


def test_a_paper_whose_file_is_gone_or_was_refused_is_not_there(scene, case, client):
    gone, bad = paper(case, scene.contact), paper(case, scene.contact, subject="b", state="refused")
    gone.file.storage.delete(gone.file.name)
    assert client.get(f"/cases/papers/{gone.pk}/").status_code == 404
    assert client.get(f"/cases/papers/{bad.pk}/").status_code == 404


# --- notices, drafts -------------------------------------------------------------------------------------------------


def test_inbox_and_notice_are_the_persons_own(scene, case, client):
    (one,) = notify(
        users=[scene.contact], code="x", subject="請補正", body="第一行\n第二行", key="k", case=case, at=NOW
    )
    assert "請補正" in client.get("/cases/inbox/").content.decode()
    assert "第二行" in client.get(f"/cases/inbox/{one.pk}/").content.decode()
    one.refresh_from_db()
    assert one.read_at == NOW
    assert scene.client(scene.stranger).get(f"/cases/inbox/{one.pk}/").status_code == 404
    assert "還沒有通知" in scene.client(scene.stranger).get("/cases/inbox/").content.decode()


def test_all_read_at_once(scene, case, client):
    for n in range(3):
        notify(users=[scene.contact, scene.stranger], code="x", subject="…", body="…", key=f"k{n}", case=case, at=NOW)
    client.post("/cases/inbox/")
    assert scene.contact.notices.filter(read_at=None).count() == 0
    assert scene.stranger.notices.filter(read_at=None).count() == 3


def test_autosave_keeps_what_is_typed_but_no_identifier(scene, client):
    answer = client.post(
        "/cases/autosave/",
        {
            "draft_key": "toy:1",
            "address": "官田區",
            "national_id": "A123456789",
            "password": "x",
            "version": "3",
            "plan": ["a", "b"],
        },
    )
    assert answer.json() == {"saved": True, "saved_at": "115/11/20 10:00"}
    draft = Draft.objects.get(user=scene.contact)
    assert set(draft.data) == {"address", "plan"}
    assert client.post("/cases/autosave/", {"address": "x"}).status_code == 400
    assert client.get("/cases/autosave/").status_code == 405


def test_a_case_of_a_person_alone(scene):
    person = UserFactory()
    found = toy.case(office=scene.branch, at=NOW, person=person)
    client = scene.client(person)
    assert found.number in client.get("/cases/").content.decode()
    assert client.get(page(found)).status_code == 200
