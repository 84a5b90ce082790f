"""The public front: what is there, what is gone, feeds, and that the cache is right at once."""

import xml.etree.ElementTree as ET
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.intake.sample import paper
from kernel.dates import TAIPEI
from senior45.models import Article
from senior45.services import front
from tests.senior45 import world as w
from tests.senior45.test_refusals import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(django_capture_on_commit_callbacks):  # type: ignore[no-untyped-def]
    """Acts commit: what follows a commit follows."""

    def run(do, *given, **named):  # type: ignore[no-untyped-def]
        with django_capture_on_commit_callbacks(execute=True):
            return do(*given, **named)

    return run


def at(article: Article) -> str:
    return reverse("plus45:article", args=[article.pk])


def test_published_is_seen_at_once_and_withdrawn_gone_at_once(here: w.World, client: Client, act) -> None:
    w.with_editor(here)
    page = reverse("plus45:category", args=["event"])
    assert "銀髮徵才活動" not in client.get(page).content.decode()
    article = w.submitted(here)
    assert client.get(at(article)).status_code == 404
    act(perform, article.case, "publish", by=here.reviewer, at=now())
    assert "銀髮徵才活動" in client.get(page).content.decode()
    shown = client.get(at(article))
    assert shown.status_code == 200 and shown["Cache-Control"] == "public, max-age=20" and not shown.cookies
    assert "<h2>時間</h2>" in shown.content.decode() and "<strong>11月30日</strong>" in shown.content.decode()
    act(perform, article.case, "withdraw", reason="誤植", by=here.reviewer, at=now())
    gone = client.get(at(article))
    assert gone.status_code == 410 and "已由刊登機關下架" in gone.content.decode()
    assert "銀髮徵才活動" not in client.get(page).content.decode()


def test_an_old_page_of_another_process_is_older_than_a_minute_never() -> None:
    assert front.SECONDS + front.BROWSER_SECONDS < 60


def test_days_begin_and_end_without_any_job(here: w.World, client: Client, act) -> None:
    w.with_editor(here)
    first, last = today() + timedelta(days=2), today() + timedelta(days=4)
    article = w.submitted(here, starts_on=first, ends_before=last + timedelta(days=1))
    act(perform, article.case, "publish", by=here.reviewer, at=now())
    for day, status in ((first - timedelta(days=1), 404), (first, 200), (last, 200), (last + timedelta(days=1), 410)):
        with time_machine.travel(datetime(day.year, day.month, day.day, 0, 0, 1, tzinfo=TAIPEI), tick=False):
            answer = client.get(at(article))
            assert answer.status_code == status, day
            listed = client.get(reverse("plus45:category", args=["event"])).content.decode()
            assert ("銀髮徵才活動" in listed) is (status == 200), day


def test_what_is_published_stays_while_the_next_version_is_written(here: w.World, client: Client, act) -> None:
    w.with_editor(here)
    article = w.submitted(here)
    act(perform, article.case, "publish", by=here.reviewer, at=now())
    case = act(perform, article.case, "revise", by=here.editor, at=now()).case
    act(
        perform,
        case,
        "edited",
        data={**w.TEXT, "title": "改期公告", "starts_on": today(), "ends_before": None},
        by=here.editor,
        at=now(),
    )
    assert "銀髮徵才活動" in client.get(at(article)).content.decode()
    client.force_login(here.editor)
    preview = client.get(reverse("senior45:preview", args=[case.number])).content.decode()
    assert "改期公告" in preview and "預覽" in preview
    assert client.get(reverse("senior45:preview", args=[case.number]))["Cache-Control"] == "private, no-store"
    act(perform, case, "submit", by=here.editor, at=now())
    client.force_login(here.reviewer)
    page = client.get(reverse("senior45:article", args=[case.number])).content.decode()
    assert "<del>" in page and "<ins>" in page and "與刊登中的第1版的差異" in page
    act(perform, case, "publish", by=here.reviewer, at=now())
    assert "改期公告" in Client().get(at(article)).content.decode()


def test_pictures_and_files_are_public_with_their_article_only(here: w.World, client: Client, act) -> None:
    w.with_editor(here)
    article = w.written(here)
    one = perform(
        article.case, "picture.added", picture=picture(300, 200), alt="面談現場", by=here.editor, at=now()
    ).answer
    file = perform(
        article.case,
        "file.added",
        file=SimpleUploadedFile("a.pdf", paper("表", ["x"])),
        label="報名表",
        by=here.editor,
        at=now(),
    ).answer
    addresses = [reverse("plus45:picture", args=[one.pk]), reverse("plus45:file", args=[file.pk])]
    assert [client.get(a).status_code for a in addresses] == [404, 404]
    perform(article.case, "submit", by=here.editor, at=now())
    act(perform, Article.objects.get(pk=article.pk).case, "publish", by=here.reviewer, at=now())
    for address, kind in zip(addresses, ("image/jpeg", "application/pdf"), strict=True):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, kind, "nosniff")
        assert b"".join(answer.streaming_content)
    html = client.get(at(article)).content.decode()
    assert 'alt="面談現場"' in html and "報名表" in html
    act(perform, Article.objects.get(pk=article.pk).case, "withdraw", reason="x", by=here.reviewer, at=now())
    assert [client.get(a).status_code for a in addresses] == [404, 404]


def test_search_paging_feeds_and_sitemap(here: w.World, client: Client, act) -> None:
    w.with_editor(here)
    for n in range(14):
        article = w.submitted(here, title=f"徵才第{n:02d}場", starts_on=today() - timedelta(days=n))
        act(perform, article.case, "publish", by=here.reviewer, at=now())
    page = reverse("plus45:category", args=["event"])
    first, second = client.get(page).content.decode(), client.get(f"{page}?page=2").content.decode()
    assert "徵才第00場" in first and "徵才第13場" not in first and "徵才第13場" in second
    assert "徵才第07場" in client.get(f"{page}?q=第07場").content.decode()
    assert '找到 <span class="num">0</span> 篇' in client.get(f"{page}?q=沒有這個").content.decode()
    assert client.get(f"{page}?page=abc").status_code == client.get(f"{page}?q={'長' * 500}").status_code == 200
    assert client.get(reverse("plus45:category", args=["no-such"])).status_code == 404
    feed = client.get(reverse("plus45:feed", args=["event"]))
    assert feed["Content-Type"].startswith("application/rss+xml")
    items = ET.fromstring(feed.content).findall("./channel/item")
    assert len(items) == 14 and items[0].findtext("title") == "徵才第00場"
    site = ET.fromstring(client.get(reverse("plus45:sitemap")).content)
    assert len(site) == 1 + 8 + 14


def test_searching_for_code_shows_it_as_text(here: w.World, client: Client) -> None:
    html = client.get(reverse("plus45:home") + "?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize("n", [2, 12])
def test_a_list_asks_as_often_for_two_as_for_twelve(
    here: w.World, client: Client, django_assert_num_queries, n: int
) -> None:
    w.with_editor(here)
    for k in range(n):
        w.published(here, title=f"文{k}")
    front.renew()
    with django_assert_num_queries(2):
        client.get(reverse("plus45:category", args=["event"]))
    with django_assert_num_queries(0):
        client.get(reverse("plus45:category", args=["event"]))


def test_the_matrix_is_shown_cell_by_cell_with_its_source(here: w.World, client: Client) -> None:
    html = client.get(reverse("senior45:matrix")).content.decode()
    assert html.count("附件2「使用權限」列") == 10 and html.count("原始文件未載明") >= 5
    assert "上稿審核權在各局處" in html


@pytest.mark.parametrize("day", [date(2026, 11, 21)])
def test_terms_and_blank_form_are_public(here: w.World, client: Client, day: date) -> None:
    """S45-07, S45-12."""
    assert "密碼" in client.get(reverse("senior45:terms")).content.decode()
    blank = client.get(reverse("senior45:blank"))
    assert blank.content.startswith(b"%PDF-")
