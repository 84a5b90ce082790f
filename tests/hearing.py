"""While tests run every rule says who asks it (kernel/asking.py); here is what hears it, page by page and paper by paper.

`./dev test` puts together what its processes heard (devtools/asked.py). Of no account is what a test made for itself: a rule, a kind
of case or a page that is not of the site.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.base import Template
from django.test.signals import template_rendered

from casework.cases.casetypes import KINDS
from casework.management.clause_list import known_screens
from casework.papers.rendering import PAPERS
from kernel.asking import ASKER, LISTENERS, asking
from kernel.rulebook import RULES


@dataclass(eq=False)
class Heard:
    """Rule → who asked it → whether it was refused there; and every page opened and template drawn."""

    rules: dict[str, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    drawn: set[str] = field(default_factory=set)

    def __call__(self, rule_id: str, who: str, refused: bool) -> None:
        if who:
            self.rules[rule_id][who] = refused or self.rules[rule_id].get(who, False)

    def drew(self, sender: Template, **kwargs: Any) -> None:
        self.drawn.add(str(sender.name))

    def as_json(self) -> dict[str, dict[str, list[str]]]:
        """What the site itself asked. A promise is asked where one of its screens was drawn."""
        screens = {f"page:{name}" for name in known_screens() if not name.startswith("paper:")}
        acts = {f"act:{about.kind}.{act.code}" for about in KINDS for act in about.table}
        papers = {f"paper:{paper.code}" for paper in PAPERS if paper.template in self.drawn}
        found = {}
        for rule in RULES:
            if rule.function is None:
                pages = {f"page:{name}" for name in rule.screens} & self.drawn
                here = dict.fromkeys(pages | {*rule.screens} & papers, False)
            else:
                here = {
                    who: refused
                    for who, refused in self.rules.get(rule.id, {}).items()
                    if who in screens or who in acts or who.startswith("job:")
                }
            if here:
                found[rule.id] = {"asked": sorted(here), "refused": sorted(who for who in here if here[who])}
        return found


#: What the tests of this process ask together.
suite = Heard()


class Pages:
    """Middleware: while a page answers, the page asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asking(""):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        who = f"page:{request.resolver_match.view_name}" if request.resolver_match else ""
        suite.drawn.add(who)
        ASKER.set(who)


@contextmanager
def hearing(heard: Heard) -> Iterator[Heard]:
    LISTENERS.append(heard)
    template_rendered.connect(heard.drew)
    try:
        yield heard
    finally:
        LISTENERS.remove(heard)
        template_rendered.disconnect(heard.drew)
