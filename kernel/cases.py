"""Rule cases: YAML anybody who knows the rules can write, run on the rulebook without a database.

Each case is `name`, `rule`, `on` (optional), `facts`, `expect`. Everything under `expect` must be in the outcome's
result with that value; `expect: {refused: true}` wants the facts themselves refused as impossible. Whatever is written
wrongly (an unknown key, rule or fact, a missing fact) fails: a case never passes by not being understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from kernel import rulebook
from kernel.dates import TAIPEI
from kernel.facts import FactsError, Impossible
from kernel.jsonable import jsonable
from kernel.law import Law, UnknownFigure
from kernel.outcome import Outcome

KEYS = {"name", "rule", "on", "facts", "expect"}
NEEDED = ("name", "rule", "facts", "expect")


class CasesError(ValueError):
    """The file is not a list of cases; the message says where."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case. `message` is empty when it passed."""

    name: str
    rule: str
    passed: bool
    message: str = ""
    outcome: Outcome | None = None


# --- reading ---------------------------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """Safe YAML with the plain words of YAML 1.2: `on` is a key and not True, 012 and 12:30 are text."""


_BOOL, _INT, _MERGE = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:merge"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in (_BOOL, _INT)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver(_INT, re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    """A name written twice would silently lose its first value."""
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == _MERGE:
            continue
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str | int):
            raise CasesError(f"line {key_node.start_mark.line + 1}: {key!r} is not a name")
        if key in seen:
            raise CasesError(f"line {key_node.start_mark.line + 1}: {key} is written twice")
        seen.add(key)
    loader.flatten_mapping(node)
    return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load(text: str) -> list[Any]:
    """The cases of one file: ISO days as dates, moments with their offset. Raises CasesError."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise CasesError(f"not YAML: {error}") from None
    except ValueError as error:
        raise CasesError(str(error)) from None
    if found is None:
        return []
    if not isinstance(found, list):
        raise CasesError("a file of rule cases is a list (every case begins with a dash)")
    return found


# --- running ---------------------------------------------------------------------------------------------------------


def run(cases: Iterable[Any], law: Law, *, today: date) -> list[Result]:
    """One result per case, in order. `today` is the day asked where a case names none."""
    return [_run_one(case, law, today) for case in cases]


def summary(results: Iterable[Result]) -> str:
    """`N passed, M failed`"""
    passed = [result.passed for result in results]
    return f"{sum(passed)} passed, {len(passed) - sum(passed)} failed"


def _run_one(case: Any, law: Law, today: date) -> Result:
    if not isinstance(case, Mapping):
        return Result(str(case), "", False, "a case has name, rule, facts and expect")
    name, rule_id = str(case.get("name", "?")), str(case.get("rule", "?"))
    try:
        on, facts, expect = _read(case, today)
        outcome = rulebook.ask(rule_id, facts, on=on, law=law)
    except Impossible as error:
        if case["expect"] == {"refused": True}:
            return Result(name, rule_id, True)
        return Result(name, rule_id, False, f"the facts were refused: {error}")
    except (FactsError, UnknownFigure) as error:
        return Result(name, rule_id, False, str(error))
    except Exception as error:  # a rule that breaks is a failed case; the others still run
        return Result(name, rule_id, False, f"the rule broke: {type(error).__name__}: {error}")
    differences = list(_differences(expect, outcome))
    return Result(name, rule_id, not differences, "; ".join(differences), outcome)


def _read(case: Mapping[str, Any], today: date) -> tuple[date, Mapping[str, Any], Mapping[str, Any]]:
    if unknown := set(case) - KEYS:
        raise FactsError(f"unknown key: {', '.join(sorted(map(str, unknown)))}")
    if missing := [key for key in NEEDED if key not in case]:
        raise FactsError(f"missing key: {', '.join(missing)}")
    on, facts, expect = case.get("on", today), case["facts"], case["expect"]
    if not isinstance(on, date) or isinstance(on, datetime):
        raise FactsError(f"on: {on!r} is not a day (YYYY-MM-DD)")
    if not isinstance(facts, Mapping):
        raise FactsError("facts: expected names with values")
    if not isinstance(expect, Mapping) or not expect:
        raise FactsError("expect: nothing to compare")
    if expect.get("refused") is True and len(expect) > 1:
        raise FactsError("expect: refused facts have no result beside")
    if not isinstance(expect.get("refused", True), bool):
        raise FactsError("expect: refused is true or false")
    return on, facts, expect


def _differences(expect: Mapping[str, Any], outcome: Outcome) -> Iterable[str]:
    for key, wanted in expect.items():
        if key == "refused":
            if wanted:
                yield "expected the facts to be refused"
        elif key not in outcome.result:
            yield f"{key}: not in the result ({', '.join(outcome.result)})"
        elif _plain(outcome.result[key]) != _plain(wanted):
            yield f"{key}: expected {_spell(wanted)}, got {_spell(outcome.result[key])}"


def _plain(value: Any) -> Any:
    """A form in which only equal values are equal: true is not 1, a moment is one however its offset is written."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, datetime):
        return (value.astimezone(TAIPEI) if value.tzinfo else value).isoformat()
    if isinstance(value, str) and len(value) > len("2024-02-01"):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment.astimezone(TAIPEI).isoformat() if moment.tzinfo else value
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return jsonable(value)


def _spell(value: Any) -> str:
    return str(jsonable(value)) if not isinstance(value, bool) else str(value).lower()
