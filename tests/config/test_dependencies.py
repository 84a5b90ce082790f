"""`./dev check` notices an inexact pin, a missing hash, a named source and a licence that binds us; offline."""

import json
from email.message import Message
from pathlib import Path

import pytest

from devtools import dependencies

HASH = f"--hash=sha256:{'0' * 64}"


def pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> list[str]:
    folder = tmp_path / "requirements"
    folder.mkdir()
    for name in dependencies.PINS:
        (folder / name).write_text(text)
    monkeypatch.setattr(dependencies, "ROOT", tmp_path)
    return dependencies.pin_faults()


def test_what_is_pinned_here_is_without_fault() -> None:
    assert dependencies.main() == 0


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"django>=5.2 \\\n    {HASH}\n", "not an exact pin"),
        ("django==5.2.1\n", "django has no hash"),
        (f"--index-url https://packages.example\ndjango==5.2.1 {HASH}\n", "names a source"),
        (f"django @ git+ssh://example/django {HASH}\n", "names a source"),
    ],
)
def test_a_fault_of_a_pin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, fault: str) -> None:
    assert any(fault in one for one in pinned(monkeypatch, tmp_path, text))


def test_a_good_pin_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert pinned(monkeypatch, tmp_path, f"# made\ndjango==5.2.1 \\\n    {HASH} \\\n    {HASH}\n") == []


@pytest.mark.parametrize(
    ("header", "text", "free"),
    [
        ("License-Expression", "BSD-3-Clause", True),
        ("Classifier", "License :: OSI Approved :: MIT License", True),
        ("License-Expression", "LGPL-3.0-only", True),
        ("License-Expression", "AGPL-3.0-or-later", False),
        ("License", "GPLv3", False),
        ("Classifier", "Programming Language :: Python", False),
    ],
)
def test_licences(header: str, text: str, free: bool) -> None:
    package = Message()
    package[header] = text
    assert bool(dependencies.FREE.search(dependencies.licence_of(package))) is free


ANSWERS = {
    "clean": ({"name": "django", "version": "5.2.1", "vulns": []}, 0, "1 packages looked up, 0 with"),
    "weak": (
        {"name": "django", "version": "5.2.0", "vulns": [{"id": "CVE-2026-0001", "fix_versions": ["5.2.1"]}]},
        1,
        "django 5.2.0: CVE-2026-0001, mended in 5.2.1",
    ),
    # the scanner itself calls this "No known vulnerabilities found"
    "skipped": ({"name": "django", "skip_reason": "not found"}, 0, "not audited: 1 of 1 packages"),
}


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    programs = tmp_path / "audit" / "bin"
    programs.mkdir(parents=True)
    monkeypatch.setattr(dependencies, "HOME", tmp_path)
    program = programs / "pip-audit"
    program.touch(0o755)
    return program


@pytest.mark.parametrize("name", ANSWERS)
def test_the_audit_tells_found_clean_and_not_looked_up_apart(
    scanner: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    package, result, sentence = ANSWERS[name]
    scanner.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps({'dependencies': [package]})}\nEND\nexit {result}\n")
    assert dependencies.audit() == result
    assert sentence in capsys.readouterr().err


def test_without_network_the_audit_says_so_and_fails_nothing(scanner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scanner.write_text("#!/bin/sh\necho 'ConnectionError: no route' >&2\nexit 1\n")
    assert dependencies.audit() == 0
    assert "not audited: the advisory database gave no answer (ConnectionError" in capsys.readouterr().err


def test_every_package_is_imported_or_run_and_every_import_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dependencies.use_faults() == []
    used, named = dependencies.imported(), dependencies.declared()
    monkeypatch.setattr(dependencies, "imported", lambda: used - {"segno"})
    assert [one.split(":")[0] for one in dependencies.use_faults()] == ["segno"]
    monkeypatch.setattr(dependencies, "imported", lambda: used | {"urllib3", "kombu"})
    assert "kombu: imported, and pyproject.toml does not name its package" in dependencies.use_faults()
    monkeypatch.setattr(dependencies, "imported", lambda: used)
    monkeypatch.setattr(dependencies, "declared", lambda: named - {"gunicorn"})
    assert dependencies.use_faults() == ["gunicorn: said to be run, and no dependency"]
