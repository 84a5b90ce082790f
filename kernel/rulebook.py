"""The rulebook: every rule of every scheme by its permanent id.

A rule is a pure function `(facts, *, on, law) -> Outcome`. Its docstring opens with the clause, a full-width colon and
the rule in a sentence (Chinese); that paragraph is the error message and the manual page. What follows after a blank
line is for the reader of the code.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any

from kernel.asking import tell
from kernel.facts import FactsError, Impossible, build
from kernel.jsonable import jsonable
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry. `function` is None where the database or a screen keeps the rule (a constraint, a printed paper)."""

    id: str
    clause: str
    sentence: str
    module: str
    facts: type | None = None
    function: Callable[..., Outcome] | None = None
    #: Where a promise is kept: a URL name (`ojt_accounts:file`, `admin:case`) or a paper (`paper:pledge`). Who asks a function is found
    #: by running (kernel/asking.py).
    screens: tuple[str, ...] = ()


#: How the id of a rule is written: OA-07. A case number (OA-115-000123) is none.
RULE_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{1,4}-\d{1,2}(?!\d)")

#: A rule enters itself where it is defined; the manifest of its scheme names it.
RULES: Registry[Rule] = Registry("rule", attrgetter("id"))


def _split(text: str, rule_id: str) -> tuple[str, str]:
    first = inspect.cleandoc(text).split("\n\n")[0].replace("\n", "")
    clause, colon, sentence = first.partition("：")
    if not (clause and colon and sentence):
        raise ValueError(f"{rule_id}: the docstring must open with 「條次：規定。」")
    return clause, sentence


def _enter(rule: Rule) -> None:
    old = RULES.get(rule.id)
    if old is not None and (old.module, old.sentence) == (rule.module, rule.sentence):
        RULES.put(rule)
    else:
        RULES.add(rule)


def rule(rule_id: str, *, facts: type) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Enter a pure function into the rulebook. Its outcomes carry the facts they were reached on."""

    def enter(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
        clause, sentence = _split(function.__doc__ or "", rule_id)

        def asked(facts: Any, *, on: date, law: Law) -> Outcome:
            outcome = function(facts, on=on, law=law)
            tell(rule_id, refused=outcome.met is False)
            return replace(outcome, facts=jsonable(facts))

        asked.__name__, asked.__doc__, asked.__module__ = function.__name__, function.__doc__, function.__module__
        asked.__wrapped__ = function  # type: ignore[attr-defined]
        _enter(Rule(rule_id, clause, sentence, function.__module__, facts, asked))
        return asked

    return enter


def promise(module: str, rule_id: str, text: str, *, screens: tuple[str, ...] = ()) -> None:
    """Enter a rule that is not a computation: kept by a constraint, a state table, a screen or a paper.

    `module` is the caller's `__name__`: its app is the scheme of the rule. `text` as a rule's docstring opens: 「條次：規定。」
    """
    clause, sentence = _split(text, rule_id)
    _enter(Rule(rule_id, clause, sentence, module, None, None, screens))


def all_rules() -> list[Rule]:
    return sorted(RULES, key=attrgetter("id"))


def get(rule_id: str) -> Rule:
    """Raises FactsError for an id nobody entered."""
    found = RULES.get(rule_id)
    if found is None:
        raise FactsError(f"unknown rule {rule_id}")
    return found


def clause_of(rule_id: str) -> str:
    found = RULES.get(rule_id)
    return found.clause if found else rule_id


def ask(rule_id: str, facts: Mapping[str, Any], *, on: date, law: Law) -> Outcome:
    """Run a rule on plain data. Raises FactsError (badly written) or Impossible (cannot be true)."""
    found = get(rule_id)
    if found.function is None or found.facts is None:
        raise FactsError(f"{rule_id} is not asked with facts")
    return found.function(build(found.facts, facts), on=on, law=law)


def again(outcome: Outcome, *, law: Law) -> Outcome:
    """The same question on the stored facts: with the same law it gives the same lines."""
    return ask(outcome.rule, outcome.facts, on=outcome.on, law=law)


__all__ = ["FactsError", "Impossible", "Rule", "again", "all_rules", "ask", "clause_of", "get", "promise", "rule"]
