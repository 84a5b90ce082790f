"""使用說明: every page stands, every picture it shows is there and light, and every picture there is shown."""

import re
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from accounts.guide import GUIDE
from tests.browser.pictures import FOLDER, MOST_BYTES, PICTURES, SIZE

SHOWN = re.compile(r"guide/([a-z-]+)(?:\.[0-9a-f]+)?\.webp")
MOST_PICTURES = 25


def pictures_of(html: str) -> set[str]:
    return set(SHOWN.findall(html))


@pytest.mark.django_db
def test_every_page_stands_and_shows_pictures_that_are_there() -> None:
    shown: set[str] = set()
    index = Client().get("/guide/").content.decode()
    for page in GUIDE:
        answer = Client().get(f"/guide/{page.slug}/")
        assert answer.status_code == 200 and f'href="/guide/{page.slug}/"' in index
        html = answer.content.decode()
        assert page.title in html and html.count("<h2>") >= 2
        shown |= pictures_of(html)
    assert shown == set(PICTURES) == {path.stem for path in FOLDER.glob("*.webp")}
    assert Client().get("/guide/no-such-page/").status_code == 404


@pytest.mark.django_db
def test_the_english_page_says_so_to_the_reader_of_the_screen() -> None:
    html = Client().get("/en/").content.decode()
    assert '<div lang="en">' in html and "residence certificate" in html


def test_pictures_are_few_light_and_of_one_size() -> None:
    found = sorted(FOLDER.glob("*.webp"))
    assert len(found) <= MOST_PICTURES

    def size(path: Path) -> tuple[int, int]:
        with Image.open(path) as picture:
            return picture.size

    assert {path.name: path.stat().st_size for path in found if path.stat().st_size > MOST_BYTES} == {}
    assert {size(path) for path in found} == {SIZE}
