"""Clause → rule → who asks it → test, for every rule of the rulebook: what `manage.py clauses` prints and a test keeps whole.

Who asks a rule is not declared: the tests of the whole site heard it (docs/asked.json, which `./dev asked` writes).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from casework.papers import rendering
from casework.schemes import schemes
from kernel import identifiers, rulebook

KERNEL = "kernel"
KERNEL_RULES = identifiers.RULES
#: A rule of a scheme is tested where the scheme's tests are; what tests the machinery names rules in passing.
NOT_OF_SCHEMES = {"casework", "kernel", "bench", "config", "accounts"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule id and where it is kept. `asked`: the acts, jobs, pages and papers that ask it, found by running the tests, last on
    `day`. `gaps` are Chinese words for what is missing."""

    id: str
    app: str
    clause: str = ""
    kept_by: str = ""
    asked: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    day: str = ""
    gaps: tuple[str, ...] = ()

    def __str__(self) -> str:
        asked = (f"{who}（曾不符）" if who in self.refused else who for who in self.asked)
        parts = [self.id, self.clause, self.kept_by, "、".join(asked), "、".join(self.tests), self.day]
        if self.gaps:
            parts.append(f"缺：{'、'.join(self.gaps)}")
        return "｜".join(part or "－" for part in parts)


def entries(heard: Mapping[str, Any] | None = None) -> list[Entry]:
    """Every rule id there is or should be, scheme by scheme. `heard`: who asked what; else what docs/asked.json says."""
    heard = heard_in_tests() if heard is None else heard
    rules: dict[str, dict[str, rulebook.Rule]] = {app: {} for app in (KERNEL, *(one.name for one in schemes()))}
    for rule in rulebook.all_rules():
        app = rule.module.partition(".")[0]
        if app in rules:
            rules[app][rule.id] = rule
    screens, tests = known_screens(), tests_by_id(settings.BASE_DIR / "tests")
    return [
        _entry(app, rule_id, rules[app].get(rule_id), screens, tests.get(rule_id, ()), heard.get(rule_id, {}))
        for app in rules
        for rule_id in wanted(app, rules[app])
    ]


def heard_in_tests() -> dict[str, Any]:
    """Rule → `asked`, `refused`, `day`."""
    path = settings.BASE_DIR / "docs" / "asked.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def wanted(app: str, found: Collection[str]) -> list[str]:
    """The ids an app's manifest says it has, with any other it entered."""
    declared = KERNEL_RULES if app == KERNEL else next(one.rules for one in schemes() if one.name == app)
    return [*declared, *sorted(set(found) - set(declared))]


def _entry(
    app: str,
    rule_id: str,
    rule: rulebook.Rule | None,
    known: Collection[str],
    tests: Iterable[str],
    heard: Mapping[str, Any],
) -> Entry:
    found = tuple(one for one in tests if _counts(app, one))
    if rule is None:
        return Entry(rule_id, app, tests=found, gaps=("規定",))
    asked = tuple(heard.get("asked", ()))
    gaps = []
    if not rule.clause.strip():
        gaps.append("條次")
    if rule.function is None:
        gaps += _promise_gaps(rule, known, asked)
    elif not asked:
        gaps.append("詢問（僅測試使用）")
    if not found:
        gaps.append("測試")
    name = f"{rule.module}.{rule.function.__name__}" if rule.function else f"{rule.module}（資料庫、畫面或文件）"
    refused, day = tuple(heard.get("refused", ())), heard.get("day", "")
    return Entry(rule_id, app, rule.clause, name, asked, refused, found, day, tuple(gaps))


def _promise_gaps(rule: rulebook.Rule, known: Collection[str], drawn: Collection[str]) -> list[str]:
    """A promise says where it is kept: each of these is there, and some test has drawn it."""
    if not rule.screens:
        return ["畫面"]
    names = {one.removeprefix("page:") for one in drawn}
    gaps = [f"畫面「{one}」不存在" for one in rule.screens if one not in known]
    return gaps + [f"畫面「{one}」未經測試" for one in rule.screens if one in known and one not in names]


def _counts(app: str, path: str) -> bool:
    return app == KERNEL or path.split("/")[1] not in NOT_OF_SCHEMES


# --- what there is ---------------------------------------------------------------------------------------------------


def known_screens() -> set[str]:
    """Where a person can meet a rule: a page (URL name) or a paper (`paper:…`)."""
    return {*_url_names(get_resolver().url_patterns), *(f"paper:{one.code}" for one in rendering.PAPERS)}


def _url_names(patterns: Iterable[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _url_names(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
        elif one.name:
            yield f"{space}{one.name}"


def tests_by_id(folder: Path) -> Mapping[str, list[str]]:
    """Rule id → files under tests/ that name it."""
    found: dict[str, list[str]] = {}
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.yaml")]):
        for rule_id in sorted(set(rulebook.RULE_ID.findall(path.read_text(encoding="utf-8")))):
            found.setdefault(rule_id, []).append(path.relative_to(folder.parent).as_posix())
    return found
