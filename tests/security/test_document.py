"""docs/security.md names only tests and settings that exist; and what it says of the whole tree."""

import ast
import inspect
import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from config.celery import app
from kernel import cases

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text()
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


@pytest.mark.parametrize("path", sorted({path for path, _ in TESTS}))
def test_every_test_it_names_is_there(path: str) -> None:
    defined = {
        node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)
    }
    assert {name for file, name in TESTS if file == path} <= defined


def test_every_setting_and_file_it_names_is_there() -> None:
    named = set(re.findall(r"`settings\.(\w+)`", TEXT))
    assert len(named) > 15
    assert {name for name in named if not hasattr(settings, name)} == set()
    files = set(re.findall(r"\b((?:docs|docker|accounts|tests)/[\w./-]+\.(?:md|py|conf))", TEXT))
    assert {name for name in files if not (ROOT / name).exists()} == set()


def test_nothing_is_unpickled() -> None:
    """Sessions, jobs and drafts are JSON; the cache's own pickles are written and read by Redis' client alone."""
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert list(app.conf.accept_content) == ["json"]
    assert app.conf.task_serializer == "json"
    folders = ("accounts", "casework", "config", "kernel", *settings.SCHEMES)
    wrong = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bpickle\b|\bmarshal\b|yaml\.load\(", path.read_text())
    ]
    # rule cases are read by a loader of our own, which makes nothing but plain values
    assert [str(path.relative_to(ROOT)) for path in wrong] == ["kernel/cases.py"]
    assert issubclass(cases._Loader, yaml.SafeLoader)


def test_jobs_carry_keys_and_nothing_of_people() -> None:
    """What stands in Redis, and in its dump on disk: numbers of rows."""
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert len(ours) > 5
    for name, task in ours.items():
        kinds = {one.annotation for one in inspect.signature(task.run).parameters.values()}
        assert kinds <= {int, "int"}, name
