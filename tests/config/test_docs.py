"""文件: what README and docs name is there: files, commands, tests, links."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: What ./dev knows.
OWN = set(re.findall(r"add_parser\(\s*\"([a-z]+)\"", (ROOT / "devtools" / "commands.py").read_text("utf-8")))
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)")
#: A path of this repository; the tests docs/security.md names behind its paths are asked for in tests/security.
PATH = re.compile(r"(?<![\w/<.-])((?:[a-z]\w*/)+(?:[\w-]+(?:\.\w+)?)?|[a-z]\w*\.(?:py|md|html|yml|toml))(?![\w(…<-])")
#: Made where the portal runs or is measured, or somebody else's.
ELSEWHERE = ("pg_", "s3/", "application/", "text/", "media/", "and/")


def named(page: Path) -> Iterator[tuple[str, str]]:
    for words in CODE.findall(page.read_text("utf-8")):
        if "<" not in words and "…" not in words and not words.startswith(("GET ", "POST ", "/")):
            yield from PATH.findall(words)


def there(page: Path, path: str) -> bool:
    """A short name may stand for the file of any app, a module without its ending or with a name in it."""
    if (page.parent / path).exists():
        return True
    module = path.rpartition(".")[0] or path
    tries = (path, f"{path}.py", f"{module}.py")
    return any(any(ROOT.glob(depth + one)) for depth in ("", "*/", "*/*/") for one in tries)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [link for link in LINK.findall(text) if "://" not in link and not (page.parent / link).exists()]
    missing += [path for path in named(page) if not path.startswith(ELSEWHERE) and not there(page, path)]
    assert not missing


def test_commands_the_pages_name_exist() -> None:
    known, texts = set(get_commands()), {page.name: page.read_text("utf-8") for page in PAGES}
    missing = {(name, one) for name, text in texts.items() for one in re.findall(r"manage\.py ([a-z_]+)", text)}
    missing = {pair for pair in missing if pair[1] not in known}
    mine = {(name, one) for name, text in texts.items() for one in re.findall(r"\./dev ([a-z]+)", text)}
    assert not missing and not {pair for pair in mine if pair[1] not in OWN}
