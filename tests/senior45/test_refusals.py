"""Bad input of every kind: refused with the clause, at the field, and nothing changed."""

import io
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from PIL import Image

from accounts.clock import now, today
from accounts.models import AccessLog
from casework.cases.doing import perform
from casework.deadlines.sweeping import sweep
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.intake.sample import paper
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import TAIPEI
from senior45.models import AccountRight, Article, ArticleVersion, InventoryLine, SiteAccount
from senior45.selectors import idle_outcome
from senior45.services import accounts, inventory, leavers, requests, text
from senior45.states import REQUEST_KIND
from tests.senior45 import world as w

pytestmark = pytest.mark.django_db


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=TAIPEI)


# --- requests --------------------------------------------------------------------------------------------------------


def test_a_second_reviewer_is_refused_naming_the_holder(here: w.World) -> None:
    """S45-08: at the form already, and again where the seat was taken since."""
    form = {"place": here.bureau, "role": "county_officer", "duty": "officer", "rights": ["reviewer"]}
    with pytest.raises(Refused, match=r"限1人，現由reviewer擔任.*附件1.*接替現任人員") as refused:
        w.at_head(here, **form)
    assert refused.value.field == "rights"
    assert Case.objects.get(kind=REQUEST_KIND).state == "draft"


def test_a_seat_taken_since_is_refused_at_the_opening(here: w.World) -> None:
    """S45-08."""
    AccountRight.objects.filter(account__user=here.reviewer).update(ends_before=today())
    form = {"place": here.bureau, "role": "county_officer", "duty": "officer", "rights": ["reviewer"]}
    case = w.filed(here, head=here.bureau_head, window=here.bureau_window, **form)
    w.account(w.person("先到者"), here.bureau, "reviewer")
    with pytest.raises(Refused, match="現由先到者擔任"):
        perform(case, "complete", by=here.opener, at=now())
    assert Case.objects.get(pk=case.pk).state == "filed"
    assert not SiteAccount.objects.filter(user=here.newcomer).exists()


def test_a_hand_over_ends_the_old_as_the_new_begins(here: w.World) -> None:
    """S45-08: on a later day, with both rights without a gap or overlap."""
    form = {
        "place": here.bureau,
        "role": "county_officer",
        "duty": "officer",
        "rights": ["reviewer"],
        "hand_over": True,
    }
    case = w.filed(here, head=here.bureau_head, window=here.bureau_window, **form)
    day = today() + timedelta(days=5)
    perform(case, "complete", by=here.opener, at=now(), starts_on=day)
    old, new = AccountRight.objects.filter(office=here.bureau, right="reviewer").order_by("starts_on")
    assert (old.ends_before, new.starts_on, new.ends_before) == (day, day, None)
    held = here.reviewer.groups.filter(held_role__role="s45_reviewer")
    assert held.exists() and not here.newcomer.groups.filter(held_role__role="s45_reviewer").exists()
    with time_machine.travel(noon(day), tick=False):
        sweep(on=day, at=now())
        assert not here.reviewer.groups.filter(held_role__role="s45_reviewer").exists()
        assert here.newcomer.groups.filter(held_role__role="s45_reviewer").exists()


def test_without_the_head_nothing_is_filed(here: w.World) -> None:
    """S45-02."""
    case = w.at_head(here)
    with pytest.raises(NotAllowed):
        perform(case, "file", by=here.window, at=now())
    Case.objects.filter(pk=case.pk).update(state="at_window")  # as if somebody had gone round the head
    with pytest.raises(Refused, match=r"尚未經單位主管核定.*第3點"):
        perform(Case.objects.get(pk=case.pk), "file", by=here.window, at=now())


def test_only_the_window_files(here: w.World) -> None:
    """S45-02."""
    case = w.at_window(here)
    for other in (here.head, here.newcomer, here.bureau_window, here.opener):
        with pytest.raises(NotPermitted):
            perform(case, "file", by=other, at=now())


@pytest.mark.parametrize(
    ("changes", "said", "field"),
    [
        ({"duty": "officer"}, "第2點第3款", "duty"),
        ({"duty": "other"}, "第2點第3款", "duty"),
        ({"business": False}, "業務未涉及", "duty"),
        ({"rights": []}, "附件1", "rights"),
        ({"rights": ["opener"]}, "不設帳號開通人員", "rights"),
        ({"rights": ["reviewer"]}, "上稿審核權在各局處", "rights"),
        ({"rights": ["system_admin"]}, "不設系統總管理者", "rights"),
        ({"role": "other", "role_text": ""}, "請說明", "role_text"),
        ({"role": "agency_head"}, "「本署及所屬分署主管」不是銀髮人才服務據點之帳號角色.*附件1", "role"),
        # two faults at once: where the first is put right; who holds the seat is no matter of the role
        ({"role": "agency_head", "rights": ["opener"]}, "不設帳號開通人員", "role"),
    ],
)
def test_who_and_which_right(here: w.World, changes: dict[str, Any], said: str, field: str) -> None:
    """S45-01, S45-08: each at its field, whatever the sentence says."""
    with pytest.raises(Refused, match=said) as refused:
        w.at_head(here, **changes)
    assert refused.value.field == field
    assert "接替現任人員" not in str(refused.value)


def test_the_terms_are_accepted_with_their_version(here: w.World) -> None:
    """S45-07."""
    made = w.drafted(here)
    with pytest.raises(Refused, match="第5點、第6點"):
        perform(made.case, "submit", by=here.newcomer, at=now())
    perform(made.case, "submit", accepted=True, by=here.newcomer, at=now())
    made.refresh_from_db()
    assert made.terms.code == "senior45.terms" and made.accepted_at


def test_one_request_at_a_time_and_no_second_account(here: w.World) -> None:
    w.drafted(here)
    with pytest.raises(Refused, match="已有辦理中的申請"):
        w.drafted(here)
    with pytest.raises(Refused, match="沒有已停用的帳號"):
        w.drafted(here, by=here.editor, change="resume")
    w.with_editor(here)
    with pytest.raises(Refused, match="已有使用中的帳號"):
        w.drafted(here, by=here.editor)


def test_somebody_elses_account_is_not_stopped(here: w.World) -> None:
    account = w.with_editor(here)
    with pytest.raises(NotPermitted):
        requests.start(office=here.point, change="stop", account=account, data={**w.FORM}, by=here.newcomer, at=now())


def test_the_opener_of_another_branch_decides_nothing(here: w.World) -> None:
    case = w.filed(here)
    for act, given in (
        ("complete", {}),
        ("refuse", {"reason": "x"}),
        ("send_back", {"reason": "x"}),
    ):
        with pytest.raises(NotPermitted):
            perform(case, act, by=here.other_opener, at=now(), **given)
    assert Case.objects.get(pk=case.pk).state == "filed"


# --- leavers ---------------------------------------------------------------------------------------------------------


def test_a_leaver_is_closed_ex_officio_when_the_third_day_is_over(here: w.World) -> None:
    """S45-05: left 115/11/20; third working day 11/25."""
    with time_machine.travel(noon(date(2026, 11, 20)), tick=False):
        account = w.opened(here)
        leavers.report_leaving(account, leaves_on=date(2026, 11, 20), by=here.window, at=now())
    for day, open_ in ((date(2026, 11, 24), True), (date(2026, 11, 25), True), (date(2026, 11, 26), False)):
        with time_machine.travel(noon(day), tick=False):
            sweep(on=day, at=now())
        account.refresh_from_db()
        assert account.is_open is open_, day
    assert account.closing == "leaver" and "第3點第4款" in account.closed_clause
    from casework.models import Notice

    told = set(Notice.objects.filter(code="senior45.closed_of").values_list("user__name", flat=True))
    assert told == {"window", "opener"}
    sweep(on=date(2026, 11, 26), at=noon(date(2026, 11, 26)))
    assert account.events.filter(code="closed_leaver").count() == 1


def test_a_stop_filed_in_time_keeps_the_system_away(here: w.World) -> None:
    """S45-05."""
    with time_machine.travel(noon(date(2026, 11, 20)), tick=False):
        account = w.opened(here)
        leavers.report_leaving(account, leaves_on=date(2026, 11, 20), by=here.window, at=now())
        data = {**w.FORM, "change": "stop", "leaves_on": date(2026, 11, 20)}
        made = requests.start(office=here.point, change="stop", account=account, data=data, by=here.window, at=now())
        case = perform(made.case, "submit", by=here.window, at=now()).case
        case = perform(case, "approve", by=here.head, at=now()).case
        case = perform(case, "file", by=here.window, at=now()).case
    with time_machine.travel(noon(date(2026, 11, 26)), tick=False):
        sweep(on=date(2026, 11, 26), at=now())
        account.refresh_from_db()
        assert account.is_open
        perform(Case.objects.get(pk=case.pk), "refuse", reason="資料有誤", by=here.opener, at=now())
    with time_machine.travel(noon(date(2026, 11, 27)), tick=False):
        sweep(on=date(2026, 11, 27), at=now())
    account.refresh_from_db()
    assert account.closing == "leaver"  # the stop came to nothing: the three days stand as they were


def test_only_the_window_reports_a_leaving(here: w.World) -> None:
    account = w.opened(here)
    for other in (here.bureau_window, here.head, here.newcomer):
        with pytest.raises(NotPermitted):
            leavers.report_leaving(account, leaves_on=today(), by=other, at=now())
    with pytest.raises(Refused, match="超過一年"):
        leavers.report_leaving(account, leaves_on=today() + timedelta(days=400), by=here.window, at=now())


# --- content ---------------------------------------------------------------------------------------------------------


def test_a_category_outside_the_matrix(here: w.World) -> None:
    """S45-06."""
    w.with_editor(here)
    with pytest.raises(Refused, match=r"不得刊登新聞稿，僅得刊登熱門消息、活動訊息.*附件2「使用權限」列") as refused:
        w.written(here, category="press_release")
    assert refused.value.field == "category" and not Article.objects.exists()
    article = w.written(here)
    with pytest.raises(Refused, match="附件2"):
        perform(
            article.case,
            "edited",
            data={**w.TEXT, "category": "generations", "starts_on": today(), "ends_before": None},
            by=here.editor,
            at=now(),
        )
    assert article.versions.get().category == "event"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//x>",
        '<img src=x onerror="alert(1)">',
        "[點我](javascript:alert(1))",
        "[點我](JaVaScRiPt:alert(1))",
        "<a href='data:text/html,<script>1</script>'>x</a>",
        "<iframe src=https://x></iframe>",
        "<svg><animate onbegin=alert(1)>",
        "<p style=x onclick=alert(1)>文</p>",
        "<javascript:alert(1)>",
        "<form action=https://x><input></form>",
        "<math><mtext></p><script>1</script>",
    ],
)
def test_code_in_the_text(here: w.World, hostile: str) -> None:
    """S45-06: refused to the writer, and clean even if it were not."""
    w.with_editor(here)
    with pytest.raises(Refused, match="第4點、第5點") as refused:
        w.written(here, body=f"活動說明\n\n{hostile}\n")
    assert refused.value.field == "body" and not ArticleVersion.objects.exists()
    html = text.render(f"活動說明\n\n{hostile}\n").lower()
    assert "<script" not in html and "javascript:" not in html and "onerror=" not in html and "<iframe" not in html


def test_what_the_cleaner_keeps() -> None:
    html = text.render(
        "# 標題\n\n**粗** [連結](https://example.com) \n\n- 一\n- 二\n\n|a|b|\n|---|---|\n|1|2|\n\n<font color=red>紅</font>"
    )
    assert "<h2>標題</h2>" in html and "<strong>粗</strong>" in html and "<li>一</li>" in html and "<td>1</td>" in html
    assert (
        'href="https://example.com"' in html
        and 'rel="noopener noreferrer"' in html
        and "<font" not in html
        and "紅" in html
    )


def picture(width: int, height: int, kind: str = "JPEG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("L", (width, height), 200).save(out, kind)
    return SimpleUploadedFile(f"p.{kind.lower()}", out.getvalue())


def test_a_drawing_of_more_than_forty_megapixels(here: w.World) -> None:
    """A photograph is made smaller as it is read; a drawing (PNG) is not."""
    w.with_editor(here)
    article = w.written(here)
    with pytest.raises(Refused, match="影像的尺寸過大") as refused:
        perform(article.case, "picture.added", picture=picture(8001, 5000, "PNG"), alt="大圖", by=here.editor, at=now())
    assert refused.value.field == "picture"


def test_a_picture_is_made_smaller_and_stripped(here: w.World) -> None:
    w.with_editor(here)
    article = w.written(here)
    exif = Image.Exif()
    exif[0x010E] = "GPS of somebody's house"
    out = io.BytesIO()
    Image.new("RGB", (4000, 3000), "#334455").save(out, "JPEG", exif=exif)
    kept = perform(
        article.case,
        "picture.added",
        picture=SimpleUploadedFile("p.jpg", out.getvalue()),
        alt="活動",
        by=here.editor,
        at=now(),
    ).answer
    with kept.file.open("rb") as file, Image.open(file) as shown:
        assert shown.size == (1600, 1200) == (kept.width, kept.height) and not shown.getexif()
    with pytest.raises(Refused, match="替代文字"):
        perform(article.case, "picture.added", picture=picture(10, 10), alt=" ", by=here.editor, at=now())
    with pytest.raises(Refused, match="不是 JPEG 或 PNG"):
        perform(
            article.case,
            "picture.added",
            picture=SimpleUploadedFile("p.jpg", b"GIF89a..."),
            alt="x",
            by=here.editor,
            at=now(),
        )


def odf(*names: str, kind: str = "application/vnd.oasis.opendocument.text") -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", kind)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        for name in names:
            packed.writestr(name, "x")
    return SimpleUploadedFile("a.odt", out.getvalue())


def test_files_are_pdf_or_odf_without_macros(here: w.World) -> None:
    w.with_editor(here)
    article = w.written(here)
    add = {"label": "報名表", "by": here.editor, "at": now()}
    assert perform(article.case, "file.added", file=odf("content.xml"), **add).answer.extension == "odt"
    assert (
        perform(
            article.case, "file.added", file=SimpleUploadedFile("a.pdf", paper("表", ["x"])), **add
        ).answer.extension
        == "pdf"
    )
    for wrong, said in (
        (odf("Basic/script.xml"), "巨集"),
        (odf("content.xml", kind="application/zip"), "只接受 PDF 或 ODF"),
        (SimpleUploadedFile("a.docx", b"PK\x03\x04broken"), "只接受 PDF 或 ODF"),
        (SimpleUploadedFile("a.pdf", b"MZ not a pdf"), "PDF"),
    ):
        with pytest.raises(Refused, match=said):
            perform(article.case, "file.added", file=wrong, **add)


def test_nobody_reviews_their_own_text(here: w.World) -> None:
    """S45-11: also whoever changed it last, and by the database alone."""
    both = w.person("一人兩職")
    w.account(both, here.other_branch, "editor", "reviewer")
    article = w.written(here, by=both, place=here.other_branch)
    with pytest.raises(Refused, match=r"不得審核自己上稿之內容.*附件2"):
        perform(article.case, "submit", by=both, at=now())
    Case.objects.filter(pk=article.case_id).update(state="waiting", turn="office")
    for act, given in (("publish", {}), ("send_back", {"reason": "x"})):
        with pytest.raises(Refused, match="不得審核自己上稿之內容"):
            perform(Case.objects.get(pk=article.case_id), act, by=both, at=now(), **given)
    version = article.versions.get()
    with pytest.raises(IntegrityError, match="s45_not_own_text"), transaction.atomic():
        ArticleVersion.objects.filter(pk=version.pk).update(approved=True, reviewed_by=both)


def test_publishing_after_the_right_ended(here: w.World) -> None:
    """S45-11: the right's days decide, also while the role is still there until the night."""
    w.with_editor(here)
    article = w.submitted(here)
    AccountRight.objects.filter(account__user=here.reviewer).update(ends_before=today())
    assert here.reviewer.groups.filter(held_role__role="s45_reviewer").exists()
    with pytest.raises(Refused, match=r"審稿人員權限已於 .* 終止.*附件2"):
        perform(article.case, "publish", by=here.reviewer, at=now())
    assert Case.objects.get(pk=article.case_id).state == "waiting"


def test_another_offices_reviewer_and_editor(here: w.World) -> None:
    w.with_editor(here)
    article = w.submitted(here)
    for act, given in (("publish", {}), ("send_back", {"reason": "x"})):
        with pytest.raises(NotPermitted):
            perform(article.case, act, by=here.center_reviewer, at=now(), **given)
    with pytest.raises(NotPermitted):
        perform(
            article.case,
            "edited",
            data={**w.TEXT, "starts_on": today(), "ends_before": None},
            by=here.center_editor,
            at=now(),
        )
    with pytest.raises(NotPermitted):
        w.written(here, by=here.center_editor)


def test_a_version_sent_for_review_never_changes(here: w.World) -> None:
    w.with_editor(here)
    article = w.submitted(here)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        ArticleVersion.objects.filter(article=article).update(body="偷改")
    perform(article.case, "send_back", reason="請補電話", by=here.reviewer, at=now())
    perform(
        article.case,
        "edited",
        data={**w.TEXT, "body": "補上電話", "starts_on": today(), "ends_before": None},
        by=here.editor,
        at=now(),
    )
    assert list(article.versions.values_list("number", "body")) == [(1, w.TEXT["body"]), (2, "補上電話")]


def test_what_was_published_is_not_discarded_and_days_make_sense(here: w.World) -> None:
    w.with_editor(here)
    article = w.published(here)
    perform(article.case, "revise", by=here.editor, at=now())
    with pytest.raises(Refused, match="曾經刊登"):
        perform(article.case, "discard", by=here.editor, at=now())
    with pytest.raises(Refused, match="迄日不得早於起日"):
        w.written(here, ends_before=today())


# --- inventory -------------------------------------------------------------------------------------------------------


def test_a_window_answering_for_another_office(here: w.World) -> None:
    """S45-10: refused with the clause, logged, nothing answered."""
    w.with_editor(here)
    campaign = inventory.open_due(at=now())
    own = InventoryLine.objects.get(account__user=here.editor)
    foreign = InventoryLine.objects.get(account__user=here.reviewer)
    with pytest.raises(Refused, match=r"只能回覆本機關.*附件2"):
        inventory.answer(campaign, [(own.pk, "keep", ""), (foreign.pk, "stop", "x")], by=here.window, at=now())
    assert set(InventoryLine.objects.values_list("state", flat=True)) == {"pending"}
    assert AccessLog.objects.filter(action="refused", user=here.window).count() == 1
    with pytest.raises(Refused, match="請填寫說明"):
        inventory.answer(campaign, [(own.pk, "stop", " ")], by=here.window, at=now())


# --- the database alone ----------------------------------------------------------------------------------------------


def test_the_database_alone_refuses_two_holders(here: w.World) -> None:
    """S45-08: overlapping days and two open rows, whatever the code does."""
    second = SiteAccount.objects.create(
        user=here.newcomer, office=here.bureau, role="county_officer", opened_on=today(), idle_from=today()
    )
    for right in ("reviewer",):
        with pytest.raises(IntegrityError, match="one holder at a time"), transaction.atomic():
            AccountRight.objects.create(account=second, office=here.bureau, right=right, starts_on=today())
        with pytest.raises(IntegrityError, match="one holder at a time"), transaction.atomic():
            AccountRight.objects.create(
                account=second,
                office=here.bureau,
                right=right,
                starts_on=today(),
                ends_before=today() + timedelta(days=9),
            )
    with pytest.raises(IntegrityError, match="different offices"), transaction.atomic():
        AccountRight.objects.create(account=second, office=here.point, right="editor", starts_on=today())
    AccountRight.objects.create(account=second, office=here.bureau, right="editor", starts_on=today())


def test_what_happened_stays(here: w.World) -> None:
    account = w.with_editor(here)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE senior45_accountevent SET label = 'x' WHERE account_id = %s", [account.pk])
    assert accounts.days_left(account, on=today(), days=180) == 181


def test_who_signs_in_past_midnight_stops_no_job_of_the_day_before(here: w.World) -> None:
    """S45-09: a sign-in after the day asked is refused as a fact; the night's job counts it as of its own day."""
    account = SiteAccount.objects.get(user=here.opener)
    account.last_sign_in_on = today() + timedelta(days=1)
    assert idle_outcome(account, on=today(), law=law_in_force()).result["idle_days"] == 0
