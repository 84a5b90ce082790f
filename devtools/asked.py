"""Who asked each rule while tests ran: kept under the command's own home, and its summary in docs/asked.json.

A line a rule: the acts, pages and jobs that asked it, where it was refused, and the day on which a test last asked it.
`manage.py clauses` reads the summary. After the whole suite no act may have lost a rule that the summary says it asks.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from devtools.environment import HOME, ROOT, Refused, locked, say

KEPT, SUMMARY = HOME / "asked.json", ROOT / "docs" / "asked.json"
#: Options of pytest that leave no test out.
HARMLESS = ("-q", "-v", "-x", "-n", "-s", "-r", "--maxfail=", "--durations=", "--tb=", "-p")
Record = dict[str, dict[str, Any]]


def is_whole(arguments: list[str]) -> bool:
    return all(argument.startswith(HARMLESS) for argument in arguments)


def keep(folder: Path, *, day: str, whole: bool) -> int:
    """Put together what the processes of a run heard. Part of the suite speaks only for the rules it asked."""
    heard = _together(folder, day)
    with locked("asked.lock"):
        if not whole:
            heard = _added(_read(KEPT) or _read(SUMMARY), heard)
        KEPT.write_text(_written(heard))
    return _lost(_read(SUMMARY), heard) if whole else 0


def write() -> int:
    """docs/asked.json anew, from what the last runs heard."""
    if not (kept := _read(KEPT)):
        raise Refused("no test has run here: ./dev test first")
    SUMMARY.write_text(_written(kept))
    say(f"wrote {SUMMARY.relative_to(ROOT)}")
    return 0


def _together(folder: Path, day: str) -> Record:
    heard: Record = {}
    for part in sorted(folder.glob("*.json")):
        heard = _added(heard, json.loads(part.read_text()))
    return {rule: {"day": day, **line} for rule, line in heard.items()}


def _added(known: Record, heard: Record) -> Record:
    """What was heard beside what was known; its day is the later one."""
    both = {**known, **heard}
    for rule in known.keys() & heard.keys():
        askers = {word: sorted({*known[rule][word], *heard[rule][word]}) for word in ("asked", "refused")}
        both[rule] = heard[rule] | askers
    return both


def _lost(known: Record, heard: Record) -> int:
    """Says which acts ask no longer what they asked, and which rules nothing asks any more."""
    lost = [
        f"{rule} is not asked any more by {who}"
        for rule, line in known.items()
        for who in line["asked"]
        if who.startswith("act:") and who not in heard.get(rule, {"asked": ()})["asked"]
    ]
    lost += [f"nothing asks {rule} any more" for rule in known if rule not in heard]
    for line in lost:
        say(line)
    if lost:
        say("mend it, or if that is meant: ./dev asked writes docs/asked.json anew")
    return 1 if lost else 0


def _read(path: Path) -> Record:
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _written(record: Record) -> str:
    lines = [f"{json.dumps(rule)}: {json.dumps(record[rule])}" for rule in sorted(record)]
    return "{\n" + ",\n".join(lines) + "\n}\n"
