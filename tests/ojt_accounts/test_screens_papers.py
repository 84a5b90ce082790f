"""Pages of several parts: a refused file or a wrong number keeps everything else (issue section 5; OA-15, OA-16, OA-23)."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.clock import now
from casework.cases.doing import perform
from casework.intake.sample import paper
from ojt_accounts.models import Application
from ojt_accounts.selectors import live_pledges
from tests.casework.files import hostile
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import account, at, envelope, errors_at, name, pdf, posted, value_of

pytestmark = pytest.mark.django_db


# --- papers -----------------------------------------------------------------------------------------------------------------


def standing(here: w.World, **changes: Any) -> dict[str, Any]:
    return posted(w.standing(w.taipei_day(now())) | changes)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("letter_on", "115/02/30", "日"),
        ("letter_on", "明天", "例"),
        ("letter_on", "200/01/01", "不得晚於"),
        ("founded_on", "", "例：109/05/01"),
        ("ttqs_valid_until", "100/01/01", "早於生效日"),
        ("letter_number", "", "請填寫「公文發文字號」"),
    ],
)
def test_particulars(mine: Client, here: w.World, application: Application, field: str, typed: str, said: str) -> None:
    page = at("papers", application.case.number)
    sent = {**standing(here), **envelope(mine.get(page)), field: typed}
    answer = mine.post(page, {**sent, "letter-file": pdf(paper("公文", ["內容"]))})
    assert answer.status_code == 422
    assert said in errors_at(answer, field), errors_at(answer, field)
    if typed:
        assert value_of(answer, field) == typed
    kept = Application.objects.get(pk=application.pk)
    assert kept.unit_kind == "" and kept.letter_number == ""
    assert application.case.attachments.filter(removed_at=None).count() == 1  # what was fine is kept
    again = mine.post(page, {**standing(here), **envelope(answer)})
    assert again.status_code == 302 and Application.objects.get(pk=application.pk).unit_kind == "foundation"


HOSTILE = [
    (hostile.plain_text, "PDF"),
    (hostile.user_password, "密碼"),
    (hostile.script_on_opening, "程式"),
    (hostile.half_a_file, ""),
    (hostile.file_embedded, "檔案"),
    (lambda: paper("大", ["x"]) + b" " * (11 * 2**20), "10"),
]


@pytest.mark.parametrize(
    ("content", "said"), HOSTILE, ids=["not_pdf", "encrypted", "script", "truncated", "embedded", "11MB"]
)
def test_a_refused_file_says_why_and_keeps_everything_else(
    mine: Client, here: w.World, application: Application, content: Any, said: str
) -> None:
    page = at("papers", application.case.number)
    sent = {**standing(here), **envelope(mine.get(page)), "letter-file": pdf(paper("公文", ["內容"]))}
    answer = mine.post(page, {**sent, "licence-file": pdf(content(), "證書.pdf"), "licence-attested": "on"})
    assert answer.status_code == 422
    assert errors_at(answer, "licence-file") and said in errors_at(answer, "licence-file")
    assert value_of(answer, "letter_number") == "南瀛字第1150000123號"
    assert [one.field for one in application.case.attachments.filter(removed_at=None)] == ["letter"]
    assert Application.objects.get(pk=application.pk).unit_kind == "foundation"
    good = {**standing(here), **envelope(answer), "licence-file": pdf(paper("證書", ["x"])), "licence-attested": "on"}
    assert mine.post(page, good).status_code == 302
    assert {one.field for one in application.case.attachments.filter(removed_at=None)} == {"letter", "licence"}


def test_a_copy_must_be_attested(mine: Client, here: w.World, application: Application) -> None:
    page = at("papers", application.case.number)
    answer = mine.post(page, {**standing(here), **envelope(mine.get(page)), "licence-file": pdf(paper("證書", ["x"]))})
    assert "與正本相符" in errors_at(answer, "licence-attested")
    assert not application.case.attachments.exists()


def test_papers_are_replaced_and_removed_and_typed_text_stays(
    mine: Client, here: w.World, application: Application
) -> None:
    page = at("papers", application.case.number)
    for called in ("一.pdf", "二.pdf"):
        sent = {**envelope(mine.get(page)), "letter-file": pdf(paper("公文", [called]), called)}
        assert mine.post(page, sent).status_code == 302
    current = application.case.attachments.get(removed_at=None)
    assert current.original_name == "二.pdf" and application.case.attachments.count() == 2
    answer = mine.post(page, {**envelope(mine.get(page)), "letter_number": "未存字第1號", "remove": str(current.pk)})
    assert answer.status_code == 200 and value_of(answer, "letter_number") == "未存字第1號"
    assert not application.case.attachments.filter(removed_at=None).exists()
    assert Application.objects.get(pk=application.pk).letter_number == ""


def test_pressed_twice_a_page_of_papers_is_taken_once(mine: Client, here: w.World, application: Application) -> None:
    page = at("papers", application.case.number)
    sent = {**standing(here), **envelope(mine.get(page))}
    for _ in range(2):
        assert mine.post(page, {**sent, "letter-file": pdf(paper("公文", ["內容"]))}).status_code == 302
    assert application.case.attachments.count() == 1
    assert application.case.events.filter(code="standing.saved").count() == 1


@pytest.mark.parametrize("page", ["papers", "pledges"])
def test_a_page_pressed_again_by_way_of_back_says_that_nothing_more_was_saved(
    mine: Client, here: w.World, application: Application, page: str
) -> None:
    """Refused in part at first, so that its second press does not look like the saving of what was refused."""
    perform(application.case, "unit_form.saved", data=w.UNIT_FORM, by=here.contact, at=now())
    wrong = {"papers": {**standing(here), "letter_on": "明天"}}.get(page) or {
        f"p{live_pledges(application)[0].pk}-national_id": "A123456788"
    }
    sent = {**wrong, **envelope(mine.get(at(page, application.case.number)))}
    assert mine.post(at(page, application.case.number), sent).status_code == 422
    again = mine.post(at(page, application.case.number), sent, follow=True)
    assert again.status_code == 200 and "這個畫面先前已經送出過，這次沒有再存入" in again.content.decode()


def test_a_stale_page_of_papers_uploads_nothing(mine: Client, here: w.World, application: Application) -> None:
    page = at("papers", application.case.number)
    drawn = envelope(mine.get(page))
    perform(application.case, "unit_form.saved", data=w.UNIT_FORM, by=here.contact, at=now())
    answer = mine.post(page, {**standing(here), **drawn, "letter-file": pdf(paper("公文", ["內容"]))})
    assert answer.status_code == 409 and "南瀛字第1150000123號" in answer.content.decode()
    assert not application.case.attachments.exists()


# --- pledges ----------------------------------------------------------------------------------------------------------------


def test_pledges_one_at_a_time(mine: Client, here: w.World, application: Application) -> None:
    perform(application.case, "unit_form.saved", data=w.UNIT_FORM, by=here.contact, at=now())
    perform(application.case, "account_form.saved", data=account(1), position=None, by=here.contact, at=now())
    page = at("pledges", application.case.number)
    people = {one.name: one for one in live_pledges(application)}
    assert set(people) == {"陳美惠", "王志明", name(1)}
    first, second, third = (people[name].pk for name in ("陳美惠", "王志明", name(1)))
    filled = {
        f"p{first}-national_id": w.national_id(31), f"p{first}-address": "臺南市新營區民治路36號", f"p{first}-phone": "06-632-2231",
        f"p{second}-national_id": "A123456788", f"p{second}-address": "臺南市官田區", f"p{second}-phone": "06-698-5946",
        f"p{third}-national_id": "", f"p{third}-address": "", f"p{third}-phone": people[name(1)].phone,
    }  # fmt: skip
    answer = mine.post(page, {**filled, **envelope(mine.get(page))})
    assert answer.status_code == 422 and "身分證" in errors_at(answer, f"p{second}-national_id")
    assert value_of(answer, f"p{second}-address") == "臺南市官田區"
    assert "王志明的身分證字號" in answer.content.decode()
    assert w.national_id(31) not in answer.content.decode()  # saved: masked again
    people = {one.name: one for one in live_pledges(application)}
    assert people["陳美惠"].national_id == w.national_id(31) and people["王志明"].national_id == ""
    untouched = {**filled, f"p{first}-national_id": "", f"p{second}-national_id": "", f"p{second}-address": ""}
    untouched |= {
        f"p{pk}-phone": next(one.phone for one in live_pledges(application) if one.pk == pk) for pk in (first, second)
    }
    scan = {**untouched, **envelope(answer), f"s{first}-file": pdf(paper("切結書", ["已簽名"]))}
    assert mine.post(page, scan).status_code == 302
    assert next(one for one in live_pledges(application) if one.pk == first).scan is not None
    early = mine.post(page, {**untouched, **envelope(mine.get(page)), f"s{third}-file": pdf(paper("切結書", ["x"]))})
    assert "請先填妥" in errors_at(early, f"s{third}-file")


def test_a_stale_page_of_pledges_gives_back_every_persons_words(
    mine: Client, here: w.World, application: Application
) -> None:
    perform(application.case, "unit_form.saved", data=w.UNIT_FORM, by=here.contact, at=now())
    page = at("pledges", application.case.number)
    drawn = envelope(mine.get(page))
    first, second = (one.pk for one in live_pledges(application))
    perform(application.case, "unit_form.saved", data={**w.UNIT_FORM, "head": "林文川"}, by=here.contact, at=now())
    answer = mine.post(page, {**drawn, f"p{first}-address": "臺南市新營區", f"p{second}-address": "臺南市官田區"})
    shown = answer.content.decode()
    assert answer.status_code == 409 and "臺南市新營區" in shown and "臺南市官田區" in shown


@pytest.mark.parametrize("page", ["papers", "pledges"])
def test_enter_saves_and_never_removes(here: w.World, client: Client, page: str) -> None:
    """A browser presses the first submit button of the form when somebody presses Enter in a field."""
    case = w.drafted(here)
    client.force_login(here.contact, backend=settings.AUTHENTICATION_BACKENDS[0])
    text = client.get(reverse(f"ojt_accounts:{page}", args=[case.number])).content.decode()
    form = text[text.index('enctype="multipart/form-data"') :]
    first = re.search(r"<button[^>]*type=\"submit\"[^>]*>", form)
    assert first and "remove" not in first.group() and "form-default" in first.group()


def test_a_paper_says_only_what_was_declared_of_it(mine: Client, here: w.World) -> None:
    """OA-15: the letter is an original, nobody ticks anything for it."""
    case = w.drafted(here)
    page = mine.get(at("papers", case.number)).content.decode()
    said = {
        code: "已聲明與正本相符" in page.split(f'id="{code}"')[1].split("</section>")[0]
        for code in ("letter", "licence")
    }
    assert said == {"letter": False, "licence": True}
