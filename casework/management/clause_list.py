"""Clause → rule → screen → test, for every rule of the rulebook: what `manage.py clauses` prints and a test keeps whole."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from casework import forms
from casework.papers import rendering
from casework.schemes import schemes
from kernel import identifiers, rulebook

KERNEL = "kernel"
KERNEL_RULES = identifiers.RULES
#: A rule of a scheme is tested where the scheme's tests are; what tests the machinery names rules in passing.
NOT_OF_SCHEMES = {"casework", "kernel", "bench", "config", "accounts"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule id and where it is kept. `gaps` are Chinese words for what is missing."""

    id: str
    app: str
    clause: str = ""
    kept_by: str = ""
    screens: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [self.id, self.clause, self.kept_by, "、".join(self.screens), "、".join(self.tests)]
        if self.gaps:
            parts.append(f"缺：{'、'.join(self.gaps)}")
        return "｜".join(part or "－" for part in parts)


def entries() -> list[Entry]:
    """Every rule id there is or should be, scheme by scheme."""
    rules: dict[str, dict[str, rulebook.Rule]] = {app: {} for app in (KERNEL, *(one.name for one in schemes()))}
    for rule in rulebook.all_rules():
        app = rule.module.partition(".")[0]
        if app in rules:
            rules[app][rule.id] = rule
    screens, tests = known_screens(), tests_by_id(settings.BASE_DIR / "tests")
    return [
        _entry(app, rule_id, rules[app].get(rule_id), screens, tests.get(rule_id, ()))
        for app in rules
        for rule_id in wanted(app, rules[app])
    ]


def wanted(app: str, found: Collection[str]) -> list[str]:
    """The ids an app's manifest says it has, with any other it entered."""
    declared = KERNEL_RULES if app == KERNEL else next(one.rules for one in schemes() if one.name == app)
    return [*declared, *sorted(set(found) - set(declared))]


def _entry(app: str, rule_id: str, rule: rulebook.Rule | None, known: Collection[str], tests: Iterable[str]) -> Entry:
    found = tuple(one for one in tests if _counts(app, one))
    if rule is None:
        return Entry(rule_id, app, tests=found, gaps=("規定",))
    gaps = []
    if not rule.clause.strip():
        gaps.append("條次")
    if not rule.screens:
        gaps.append("畫面")
    gaps += [f"畫面「{one}」不存在" for one in rule.screens if one not in known]
    if not found:
        gaps.append("測試")
    name = f"{rule.module}.{rule.function.__name__}" if rule.function else f"{rule.module}（資料庫、畫面或文件）"
    return Entry(rule_id, app, rule.clause, name, rule.screens, found, tuple(gaps))


def _counts(app: str, path: str) -> bool:
    return app == KERNEL or path.split("/")[1] not in NOT_OF_SCHEMES


# --- what there is ---------------------------------------------------------------------------------------------------


def known_screens() -> set[str]:
    """Where a person can meet a rule: a page (URL name), a paper (`paper:…`), a form field of the kernel (`field:…`)."""
    fields = {f"field:{name}" for name in vars(forms) if name.endswith("Field")}
    return {*_url_names(get_resolver().url_patterns), *(f"paper:{one.code}" for one in rendering.PAPERS), *fields}


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
