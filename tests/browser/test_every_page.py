"""The control of the walk: a page that is broken is found, and the sample leaves out nothing that pages share."""

from django.http import HttpResponse

from tests.browser import every_page
from tests.security.walk import Visit

GOOD = '<p><a href="/">首頁</a></p>'
BROKEN = {
    "": None,
    '<p><img src="/static/img/mark.svg"></p>': "image-alt",
    '<p style="color: #ccc; background: #fff">看不清</p>': "color-contrast",
    '<p style="width: 400px">太寬</p>': "is wider than",
    '<p><img alt="圖" src="/static/not-there.png"></p>': "answer: 404",
    '<p><img alt="圖" src="/mine.png"></p>': "answer: 403",
}


def visit(body: str, address: str = "/", *templates: str, status: int = 200) -> Visit:
    page = f'<!doctype html><html lang="zh-Hant"><head><title>頁</title></head><body><main><h1>頁</h1>{body}</main></body></html>'
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Visit("", "page", address, status, "text/html", headers, page.encode(), frozenset(templates))


class Refusing:
    def get(self, address: str) -> HttpResponse:
        return HttpResponse("", status=403)


def test_broken_pages_are_found_and_whole_ones_are_not(chromium_path: str) -> None:
    pages = [visit(GOOD + part, f"/{number}/") for number, part in enumerate(BROKEN)]
    wrong = every_page.judged(chromium_path, pages, lambda who: Refusing())
    expected = list(filter(None, BROKEN.values()))
    assert len(wrong) == len(expected)
    assert [says for says in expected if not any(says in one for one in wrong)] == []


def test_the_sample_shows_whatever_two_pages_share() -> None:
    pages = [
        visit("", "/a/", "base", "a"),
        visit("", "/b/", "base", "form", "b"),
        visit("", "/c/", "base", "form", "table", "c"),
        visit("", "/d/", "base", "table", "tabs", "d"),
        visit("", "/e/", "other", "tabs", "e"),
        visit("", "/f/", "other", "f"),
    ]
    chosen = every_page.sample(pages)
    assert {"base", "form", "table", "tabs", "other"} <= set().union(*(one.templates for one in chosen))
    assert [one.address for one in chosen] == ["/c/", "/e/"]


def test_pages_are_looked_at_once_and_only_where_they_answered() -> None:
    again, case = "/portal/no/such/", "/cases/OA-115-000001/"
    met = [
        visit("first", case),
        visit("second", case.replace("1/", "2/")),
        visit("other", case.replace("OA", "VC")),
        visit("", again, status=404),
    ]
    assert every_page.each_once(met) == [met[0], met[2]]
