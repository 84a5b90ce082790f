"""What the guide names in 「」 is what the pages say: a button, a heading, a choice of a form or a transition's label."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from accounts.guide import GUIDE, GuidePage

NAMED = re.compile(r"「([^」]+)」")
#: Said of programs that are not ours.
ELSEWHERE = {"以網址訂閱"}


def _sources() -> Iterator[str]:
    root = Path(settings.BASE_DIR)
    for folder in ("templates", "accounts", "casework", "kernel", *settings.SCHEMES):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".html", ".py") and not {"guide", "migrations"} & set(path.parts):
                yield path.read_text()


@pytest.fixture(scope="module")
def labels() -> str:
    return "\n".join(_sources())


def _stands(name: str, labels: str) -> bool:
    """At the beginning of a text of a page, or of a label in quotes. A press that opens first is 「確認」 and its act."""
    names = {name, name.removeprefix("確認")}
    return any(re.search(rf"""[>"'}}]\s*{re.escape(one)}""", labels) for one in names)


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.slug)
def test_every_button_the_guide_names_is_on_a_page(page: GuidePage, labels: str) -> None:
    text = Path(get_template(page.template).origin.name).read_text()
    named = set(NAMED.findall(text)) - ELSEWHERE
    assert [one for one in sorted(named) if not _stands(one, labels)] == []


def test_what_is_not_there_is_found_missing(labels: str) -> None:
    assert not any(_stands(one, labels) for one in ("提出訓練計畫", "提出異議", "寫一篇", "單位帳號"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("payment", ("製作清冊", "確認送交銀行", "下載銀行檔", "帳戶已更正")),
        ("law", ("法規承辦人", "開始試算", "法規核定人", "核定，排定生效")),
        ("course", ("填寫訓練計畫", "由分署公告招生", "結訓次日起 21 日內")),
        ("site", ("連續 180 天沒有登入", "未載明的機關不會自動關閉", "每半年清查一次")),
        ("cases", ("輸入文件編號與查驗碼",)),
    ],
)
def test_the_guide_says_who_acts_and_when(slug: str, words: tuple[str, ...]) -> None:
    html = re.sub(r"<[^>]+>", "", Client().get(reverse("guide:page", args=[slug])).content.decode())
    assert [one for one in words if one not in html] == []
