"""The office's case page: what it shows, and every act from it."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from casework.models import Attachment, Case, CorrectionRequest, Message, Notice
from casework.notices.outbox import notify
from tests.casework import toy
from tests.casework.conftest import NOW


@pytest.fixture
def case(scene):
    return toy.case(office=scene.branch, unit=scene.unit, by=scene.contact, at=NOW)


@pytest.fixture
def client(scene):
    return scene.client(scene.officer)


def page(case, what=""):
    return f"/admin/case/{case.number}/{what}"


def posted(case, **fields):
    return {"version": case.version, "key": str(uuid.uuid4()), **fields}


def paper(case, by, **fields):
    one = Attachment(
        **{
            "case": case,
            "field": "letter",
            "label": "公文",
            "original_name": "公文 1.pdf",
            "media_type": "application/pdf",
            "size": 9,
            "sha256": "a" * 64,
            "pages": 1,
            "state": Attachment.State.CLEAN,
            "uploaded_at": NOW,
            "uploaded_by": by,
            "attested_at": NOW,
            **fields,
        }
    )
    one.file.save("公文.pdf", ContentFile(b"%PDF-1.7\n"), save=False)
    one.save()
    return one


def test_page_shows_everything_of_the_case(scene, case, client):
    one = paper(case, scene.contact)
    notify(users=[scene.contact], code="x", subject="收件通知", body="已收件", key="k", case=case, at=NOW)
    text = client.get(page(case)).content.decode()
    for word in (
        case.number,
        "審查中",
        "臺南市官田區工業路40號",
        "單位成立滿 2 年",
        "4 ≥ 2（規定值 2 年）",
        "113/01/01 起適用",
        "此數值尚待主管機關確認",
        "訓練品質評核結果逾期",
        "核定日期",
        "通知補正",
        f'src="/cases/papers/{one.pk}/"',
        "確認與正本相符",
        "收件通知",
        "待寄送",
        "送件",
        "測試要點第 1 點",
        "A12****789",
    ):
        assert word in text, word
    assert "A123456789" not in text


def test_page_costs_the_same_however_much_hangs_on_the_case(scene, case, client):
    def fill(count):
        for n in range(count):
            paper(case, scene.contact, subject=str(n))
            notify(
                users=[scene.contact],
                code="x",
                subject="通知",
                body="…",
                key=f"k{case.notices.count()}",
                case=case,
                at=NOW,
            )
            Message.objects.create(case=case, kind="note", body="註記", at=NOW, by=scene.officer)

    fill(2)
    client.get(page(case))
    with CaptureQueriesContext(connection) as few:
        client.get(page(case))
    fill(10)
    with CaptureQueriesContext(connection) as more:
        client.get(page(case))
    assert len(more) == len(few)
    assert len(few) <= 22


def test_a_button_that_is_off_says_why(scene, case, client):
    text = client.get(page(case)).content.decode()
    assert "保存年限未屆。" in text
    assert f'action="{page(case, "act/archive/")}"' not in text
    refused = client.post(page(case, "act/archive/"), posted(case))
    assert refused.status_code == 422
    assert "保存年限未屆。" in refused.content.decode()


def test_buttons_that_are_off_are_not_shown_while_the_case_lies_elsewhere(scene, client):
    draft = toy.case(office=scene.branch, unit=scene.unit, at=NOW, state="draft")
    text = client.get(page(draft)).content.decode()
    assert "案件不在這個階段。" not in text
    assert "核定日期" not in text


def test_a_reader_sees_the_page_without_its_acts(scene, case):
    text = scene.client(scene.reader).get(page(case)).content.decode()
    assert "您的角色在這個案件沒有可辦理的動作。" in text
    assert scene.client(scene.reader).get(page(case, "act/approve/")).status_code == 404


def test_approve(scene, case, client):
    answer = client.post(page(case, "act/approve/"), posted(case, decided_on="1151120", opinion="符合規定"))
    assert answer.headers["Location"] == page(case)
    case.refresh_from_db()
    assert (case.state, str(case.decided_on)) == ("approved", "2026-11-20")
    assert "「核定」已完成。" in client.get(page(case)).content.decode()


def test_an_error_keeps_everything_typed(scene, case, client):
    answer = client.post(page(case, "act/approve/"), posted(case, decided_on="115/02/30", opinion="符合第三點"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "這一天不存在" in text
    assert "符合第三點" in text
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_what_a_rule_refuses_is_said_at_its_field(scene, case, client):
    answer = client.post(page(case, "act/approve/"), posted(case, decided_on="115/11/20", opinion="保留"))
    assert answer.context["button"].form.errors == {"opinion": ["審查意見不得為「保留」。"]}
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_stale_page_answers_with_both_sides(scene, case, client):
    old = posted(case, decided_on="115/11/20", opinion="這段意見寫了很久")
    scene.client(scene.colleague).post(page(case, "desk/claim/"), posted(case))
    answer = client.post(page(case, "act/approve/"), old)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "這段意見寫了很久" in text
    assert "審查意見" in text
    assert "認領案件" in text
    assert "陳同仁" in text
    assert "收件" not in text.partition("這段時間發生的事")[2]
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_a_double_press_is_one_act(scene, case, client):
    form = posted(case, decided_on="115/11/20", opinion="符合規定")
    first = client.post(page(case, "act/approve/"), form)
    second = client.post(page(case, "act/approve/"), form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert case.events.filter(code="approve").count() == 1


def test_correction_item_by_item(scene, case, client):
    answer = client.post(page(case, "act/ask/"), posted(case, problem_0="請補村里", problem_1=" ", message="請儘速"))
    assert answer.status_code == 302
    request = CorrectionRequest.objects.get(case=case)
    assert [(item.target, item.label, item.problem) for item in request.items.all()] == [
        ("unit.address", "地址", "請補村里")
    ]
    case.refresh_from_db()
    assert (case.state, case.turn) == ("correction", "applicant")
    assert "請補村里" in client.get(page(case)).content.decode()


def test_correction_without_an_item_is_refused(scene, case, client):
    answer = client.post(page(case, "act/ask/"), posted(case, message="請儘速"))
    assert "請至少填寫一項應補正事項。" in answer.content.decode()
    assert "請儘速" in answer.content.decode()


def test_claim_release_reassign(scene, case, client):
    client.post(page(case, "desk/claim/"), posted(case))
    case.refresh_from_db()
    assert case.assignee == scene.officer
    client.post(page(case, "desk/reassign/"), posted(case, to=scene.colleague.pk))
    case.refresh_from_db()
    assert case.assignee == scene.colleague
    refused = client.post(page(case, "desk/release/"), posted(case))
    assert refused.status_code == 422
    assert "這件案件不在您手上。" in refused.content.decode()
    assert client.post(page(case, "desk/burn/"), posted(case)).status_code == 404
    assert client.post(page(case, "desk/claim/"), {"version": 1}).status_code == 409


def test_reassign_to_nobody_comes_back_with_the_page(scene, case, client):
    """Neither an officer of another office nor somebody who only looks on in this one is offered."""
    for person in (scene.outsider, scene.reader):
        answer = client.post(page(case, "desk/reassign/"), posted(case, to=person.pk))
        assert answer.status_code == 422
        assert answer.context["reassign_form"].errors["to"]
    offered = answer.context["reassign_form"].fields["to"].queryset
    assert scene.colleague in offered and scene.reader not in offered
    assert "---------" not in answer.content.decode() and ">請選擇</option>" in answer.content.decode()


def test_note_stays_inside_and_message_goes_out(scene, case, client):
    client.post(page(case, "message/"), posted(case, kind="note", body="內部討論"))
    client.post(page(case, "message/"), posted(case, kind="to_applicant", body="請來電"))
    mine = scene.client(scene.contact).get(f"/cases/{case.number}/").content.decode()
    assert "請來電" in mine
    assert "內部討論" not in mine
    empty = client.post(page(case, "message/"), posted(case, kind="note", body=" "))
    assert empty.status_code == 422


def test_confirm_copy_of_one_paper(scene, case, client):
    one, silent = paper(case, scene.contact), paper(case, scene.contact, subject="b", attested_at=None)
    client.post(page(case, f"papers/{one.pk}/confirm/"), posted(case))
    one.refresh_from_db()
    assert (one.confirmed_by, one.confirmed_at) == (scene.officer, NOW)
    case.refresh_from_db()
    refused = client.post(page(case, f"papers/{silent.pk}/confirm/"), posted(case))
    assert "尚未聲明與正本相符" in refused.content.decode()
    elsewhere = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    assert client.post(page(elsewhere, f"papers/{one.pk}/confirm/"), posted(elsewhere)).status_code == 404


def test_only_whoever_has_an_act_open_confirms(scene, case, client):
    one = paper(case, scene.contact)
    reader = scene.client(scene.reader)
    assert "確認與正本相符" not in reader.get(page(case)).content.decode()
    assert reader.post(page(case, f"papers/{one.pk}/confirm/"), posted(case)).status_code == 404
    Case.objects.filter(pk=case.pk).update(state="refused", turn="nobody")
    assert client.post(page(case, f"papers/{one.pk}/confirm/"), posted(case)).status_code == 404
    one.refresh_from_db()
    assert one.confirmed_at is None


def test_confirming_on_a_stale_page(scene, case, client):
    one, old = paper(case, scene.contact), posted(case)
    client.post(page(case, "desk/claim/"), posted(case))
    assert client.post(page(case, f"papers/{one.pk}/confirm/"), old).status_code == 409


def test_resend_of_refused_mail(scene, case, client):
    (one,) = notify(users=[scene.contact], code="x", subject="通知", body="…", key="k", case=case, at=NOW)
    Notice.objects.update(mail_state=Notice.Mail.REFUSED, error="信箱已滿")
    assert "信箱已滿" in client.get(page(case)).content.decode()
    client.post(page(case, f"notices/{one.pk}/resend/"))
    one.refresh_from_db()
    assert one.mail_state == Notice.Mail.QUEUED


def test_reveal_is_logged_before_it_is_shown(scene, case, client):
    address = page(case, "reveal/first/")
    assert "A123456789" not in client.get(address).content.decode()
    short = client.post(address, {"reason": "看"})
    assert "至少 4 個字" in short.content.decode()
    assert not AccessLog.objects.filter(action="reveal").exists()
    answer = client.post(address, {"reason": "核對領據"})
    assert "A123456789" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    line = AccessLog.objects.get(action="reveal")
    assert (line.user, line.reason) == (scene.officer, "核對領據")
    assert "A123456789" not in line.subject


def test_reveal_needs_its_right(scene, case):
    reader = scene.client(scene.reader)
    assert "身分證字號</h2>" not in reader.get(page(case)).content.decode()
    assert reader.post(page(case, "reveal/first/"), {"reason": "核對領據"}).status_code == 404
    refused = AccessLog.objects.get(action="refused")
    assert refused.user == scene.reader


def test_somebody_elses_case_is_not_there(scene, case):
    one = paper(case, scene.contact)
    (notice,) = notify(users=[scene.contact], code="x", subject="通知", body="…", key="k", case=case, at=NOW)
    for user in (scene.outsider, scene.contact, scene.stranger):
        client = scene.client(user)
        expected = 404 if user.is_staff else 302
        assert client.get(page(case)).status_code == expected
        for what in (
            "act/approve/",
            "desk/claim/",
            "message/",
            f"papers/{one.pk}/confirm/",
            f"notices/{notice.pk}/resend/",
            "reveal/first/",
        ):
            assert client.post(page(case, what), posted(case)).status_code == expected, what
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("filed", None)


def test_a_case_of_a_kind_no_longer_offered_stays_readable_to_its_person(scene, case):
    Case.objects.filter(pk=case.pk).update(kind="gone.kind", person=scene.stranger)
    assert scene.client(scene.stranger).get(f"/cases/{case.number}/").status_code == 200
