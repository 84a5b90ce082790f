"""法規說明: the rules in plain words, made from rulebook, figures and sources; nothing here is written twice.

Which figures a rule asks for is read from its own code: the codes it names, and those named by functions of its module it calls.
"""

import ast
import functools
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.schemes import Scheme, schemes
from kernel import rulebook
from kernel.dates import roc
from kernel.law import Figure, Law, Value
from kernel.rulebook import Rule
from kernel.sources import Contradiction


def scheme_label(code: str) -> str:
    """The name of the scheme a figure belongs to."""
    prefix = code.partition(".")[0]
    return next((one.title for one in schemes() if one.prefix == prefix), "其他")


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure as the public reads it: the version in force, those that come, those that were."""

    code: str
    label: str
    unit: str
    value: str
    citation: str
    since: date | None
    confirmed: bool
    note: str
    coming: tuple["ShownVersion", ...]
    former: tuple["ShownVersion", ...]

    @property
    def text(self) -> str:
        return f"{self.value} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class ShownVersion:
    value: str
    citation: str
    since: date | None


@dataclass(frozen=True, slots=True)
class ShownRule:
    id: str
    clause: str
    sentence: str
    figures: tuple[ShownFigure, ...]


@dataclass(frozen=True, slots=True)
class SchemePage:
    scheme: Scheme
    rules: tuple[ShownRule, ...]
    #: Figures no rule names by itself: word lists, reminders, limits of screens.
    others: tuple[ShownFigure, ...]
    contradictions: Sequence[Contradiction]


def shown_figure(figure: Figure, on: date) -> ShownFigure:
    begun = [one for one in figure.values if one.in_force_from is None or one.in_force_from <= on]
    later = [one for one in figure.values if one not in begun]
    now = begun[-1] if begun else figure.values[0]
    return ShownFigure(
        figure.code,
        figure.label,
        figure.unit if now.value is not None else "",
        plain(figure, now.value),
        now.citation,
        now.in_force_from,
        now.confirmed,
        now.note,
        tuple(shown_version(figure, one) for one in later),
        tuple(shown_version(figure, one) for one in reversed(begun[:-1])),
    )


#: What a program calls a thing; a person is told its name or nothing.
_CODE = re.compile(r"[a-z][a-z0-9_]*\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


def plain(figure: Figure, value: Any) -> str:
    """A value in words: codes by their name, those without a name left out where the text beside says it."""
    match value:
        case None:
            return "尚無此規定"
        case bool():
            return "是" if value else "否"
        case int():
            return f"{value:,}"
        case list() | tuple() if value and isinstance(value[0], Mapping):
            return "；".join(plain(figure, one).rstrip("。") for one in value)
        case list() | tuple() if value and isinstance(value[0], list | tuple):
            return "、".join("／".join(plain(figure, part) for part in one) for one in value)
        case list() | tuple():
            named = [plain(figure, one) for one in value]
            told = [one for one in named if not _CODE.match(one)]
            return "、".join(told or named)
        case str() if _DAY.match(value):
            return roc(date.fromisoformat(value))
        case Mapping():
            return "；".join(filter(None, (_entry(figure, key, one).rstrip("。") for key, one in value.items())))
        case _:
            return figure.words.get(str(value), str(value))


def _entry(figure: Figure, key: Any, one: Any) -> str:
    name = figure.words.get(str(key), "" if _CODE.match(str(key)) else str(key))
    if isinstance(one, bool | int) and not name:
        return ""  # a mark of the program beside the text that says it
    said = plain(figure, one)
    if not name and (_CODE.match(said) or (isinstance(one, list) and all(_CODE.match(str(part)) for part in one))):
        return ""
    return f"{name}：{said}" if name and said and name != said else said


def shown_version(figure: Figure, value: Value) -> ShownVersion:
    unit = f" {figure.unit}" if figure.unit and value.value is not None else ""
    return ShownVersion(plain(figure, value.value) + unit, value.citation, value.in_force_from)


def scheme_page(scheme: Scheme, law: Law, on: date, asked: str = "") -> SchemePage:
    """One scheme's rules, figures and contradictions; with `asked`, those that say it."""
    codes = sorted(code for code in law if code.startswith(f"{scheme.prefix}."))
    figures = {code: shown_figure(law[code], on) for code in codes}
    used: set[str] = set()
    rules = []
    for rule in rules_of(scheme):
        named = figures_named(rule, tuple(codes))
        used.update(named)
        rules.append(ShownRule(rule.id, rule.clause, rule.sentence, tuple(figures[code] for code in named)))
    others = tuple(figures[code] for code in codes if code not in used)
    if not asked:
        return SchemePage(scheme, tuple(rules), others, scheme.contradictions)
    return SchemePage(
        scheme,
        tuple(one for one in rules if _says(asked, one.id, one.clause, one.sentence, *_texts(one.figures))),
        tuple(one for one in others if _says(asked, *_texts((one,)))),
        [
            one
            for one in scheme.contradictions
            if _says(asked, one.subject, one.choice, *(said.text for said in one.says))
        ],
    )


def _texts(figures: Sequence[ShownFigure]) -> Iterator[str]:
    for one in figures:
        yield from (one.code, one.label, one.value, one.citation)


def _says(asked: str, *texts: str) -> bool:
    return any(asked.lower() in text.lower() for text in texts)


def rules_of(scheme: Scheme) -> list[Rule]:
    return [one for one in rulebook.all_rules() if one.module.partition(".")[0] == scheme.name]


def all_pages(law: Law, on: date, asked: str = "") -> list[SchemePage]:
    return [scheme_page(one, law, on, asked) for one in schemes()]


# --- which figures a rule names ----------------------------------------------------------------------------------------


def figures_named(rule: Rule, codes: tuple[str, ...]) -> list[str]:
    """Codes in the order of the register; one made of parts (`s45.categories.` and a kind) stands for all that are made so."""
    if rule.function is None:
        return []
    named = [re.compile(one) for one in _texts_of(rule.module, inspect.unwrap(rule.function).__name__)]
    return [code for code in codes if any(one.fullmatch(code) for one in named)]


@functools.cache
def _functions(module: str) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Of each function of a module: the codes in it as expressions, and the names it uses."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            inside = list(ast.walk(node))
            texts = {_pattern(one) for one in inside if isinstance(one, ast.Constant | ast.JoinedStr)}
            names = {one.id for one in inside if isinstance(one, ast.Name)}
            found[node.name] = (frozenset(filter(None, texts)), frozenset(names - {node.name}))
    return found


#: A text that can be a figure's code, with `{}` where a value is put in.
_FIGURE = re.compile(r"[a-z0-9]+\.[a-z0-9_.{}]*[a-z0-9_}]")


def _pattern(node: ast.expr) -> str:
    """The expression codes are matched by; empty for a text that is none."""
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    else:
        text = str(node.value) if isinstance(node, ast.Constant) else ""
    return re.escape(text).replace(r"\{\}", "[a-z0-9_]+") if _FIGURE.fullmatch(text) else ""


@functools.cache
def _texts_of(module: str, function: str) -> frozenset[str]:
    functions = _functions(module)
    texts: set[str] = set()
    waiting, seen = [function], set()
    while waiting:
        name = waiting.pop()
        if name in functions and name not in seen:
            seen.add(name)
            texts |= functions[name][0]
            waiting += functions[name][1]
    return frozenset(texts)
