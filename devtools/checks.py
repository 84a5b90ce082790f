"""What `./dev check` runs, in order. A step is a title, a Python command line (or a function) and extra environment."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Callable

from devtools.environment import ROOT, say

Step = tuple[str, "list[str] | Callable[[], int]", dict[str, str]]

#: A scheme is a folder with a manifest.
APPS = sorted(path.parent.name for path in ROOT.glob("*/scheme.py"))
PURE = ("rules", "params", "states", "sources")
# as a production site is set; the keys are thrown away
PRODUCTION = {
    "DEBUG": "0",
    "DEMO": "0",
    "STAFF_SECOND_FACTOR": "1",
    "ALLOWED_HOSTS": "portal.example",
    "SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
    "BEHIND_PROXY": "1",
}
# Written in pieces, so that this file does not find itself.
UNWANTED = {
    "a path of one machine": r"(?<![\w.<])/(?:wo"
    r"rk/(?:ma"
    r"in|sha"
    r"red)|ro"
    r"ot|ho"
    r"me/\w+|Us"
    r"ers/\w+|tm"
    r"p/\w+)\b(?!-)",
    "the address of a package registry": r"py" r"pi\.org|pythonho" r"sted|registry\.np" r"mjs|deb\.deb" r"ian\.org",
    "unfinished work": r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b",
}


#: They read files and need no database: before each commit.
QUICK = ("ruff check", "ruff format", "layers", "dependencies", "tracked text")


def steps(*, quick: bool = False) -> list[Step]:
    return [step for step in _all() if not quick or step[0] in QUICK]


def _all() -> list[Step]:
    return [
        ("ruff check", ["-m", "ruff", "check", "."], {}),
        ("ruff format", ["-m", "ruff", "format", "--check", "."], {}),
        ("mypy", ["-m", "mypy", *_typed()], {}),
        ("layers", ["-c", "from importlinter.cli import lint_imports_command as run; run()"], {}),
        ("migrations are written", ["manage.py", "makemigrations", "--check", "--dry-run"], {}),
        ("migrations are safe", ["-m", "devtools.migrations"], {}),
        ("deployment", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        ("dependencies", ["-m", "devtools.dependencies"], {}),
        ("tracked text", tracked_text, {}),
        ("clauses", ["manage.py", "clauses"], {}),
    ]


def _typed() -> list[str]:
    """What mypy reads: all that schemes share, and what decides in each."""
    modules = ["kernel", "accounts", "casework", "config", "devtools"]
    for app in APPS:
        for name in PURE:
            modules += [str(path.relative_to(ROOT)) for path in sorted((ROOT / app).glob(f"{name}*")) if path.exists()]
    return modules


def tracked_text() -> int:
    """No machine's path, registry's address or note of unfinished work in any tracked file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        say("no git here: tracked text is not looked at")
        return 0
    bad = 0
    for name in filter(None, listed.stdout.split("\0")):
        try:
            text = (ROOT / name).read_text()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        for what, pattern in UNWANTED.items():
            for found in re.finditer(pattern, text):
                bad += 1
                say(f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {what}: {found.group()}")
    return bad
