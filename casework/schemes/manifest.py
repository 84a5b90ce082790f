"""What a scheme is: one manifest in `<app>/scheme.py`, from which everything that is shared between schemes follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from django.http import HttpResponse

from accounts.parts import Part, into, parts
from casework.cases.casetypes import KINDS, CaseType
from casework.deadlines.handlers import HANDLERS, Handler
from casework.deadlines.things import THINGS, Things
from casework.entitlements import ANSWERERS, Answerer
from casework.jobs.exports import EXPORTERS, Exporter
from casework.law.impact import SOURCES, Source
from casework.law.whatif import QUESTIONS, WhatIf
from casework.notices.kinds import CLASSIFIED, Classified
from casework.papers.rendering import PAPERS, Paper
from casework.papers.wordings import WORDINGS, FirstWording
from kernel.acts import Acts
from kernel.law import FIGURES, Figure
from kernel.registry import Registry
from kernel.sources import Contradiction


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """A page of work in the back office: in the menu for those who hold the right (and checked by the view).

    A page without a label is reached from another page.
    """

    route: str
    view: Callable[..., HttpResponse]
    name: str
    label: str = ""
    right: str | None = None


AGENCY_PAGES: Registry[AgencyPage] = Registry("page of the back office", attrgetter("name"))


@dataclass(frozen=True, kw_only=True)
class CaseworkPart(Part):
    """What a part brings to casework beside what every part may bring."""

    figures: tuple[Figure, ...] = into(FIGURES)
    kinds: tuple[CaseType, ...] = into(KINDS)
    #: Things with an end of their own (an account, a certificate), on which deadlines hang.
    things: tuple[Things, ...] = into(THINGS)
    #: What a passed day does.
    handlers: tuple[Handler, ...] = into(HANDLERS)
    #: Kinds of notices; a code named nowhere is mailed at once.
    notices: tuple[Classified, ...] = into(CLASSIFIED)
    papers: tuple[Paper, ...] = into(PAPERS)
    #: The first versions of texts that the agency words.
    wordings: tuple[FirstWording, ...] = into(WORDINGS)
    pages: tuple[AgencyPage, ...] = into(AGENCY_PAGES)
    exporters: tuple[Exporter, ...] = into(EXPORTERS)
    #: What stands open, for impact sheets.
    open_things: tuple[Source, ...] = into(SOURCES)
    #: What may be asked without doing it.
    questions: tuple[WhatIf, ...] = into(QUESTIONS)
    #: What it answers other schemes.
    answers: tuple[Answerer, ...] = into(ANSWERERS)


@dataclass(frozen=True, kw_only=True)
class Scheme(CaseworkPart):
    """One source document as the portal keeps it."""

    #: Before the dot of its figures' codes.
    prefix: str
    title: str
    #: What it stands on, and where that disagrees.
    documents: tuple[str, ...]
    contradictions: tuple[Contradiction, ...] = ()
    #: Every id of its rules; `manage.py clauses` counts a missing one as a gap.
    rules: tuple[str, ...]
    #: Tables of things with a life of their own that are no cases (an enrolment, a line of payment).
    machines: tuple[Acts, ...] = ()

    @property
    def tables(self) -> tuple[Acts, ...]:
        """Every table of the scheme: of its kinds of case, and of its things."""
        kinds = {about.kind: about.table for about in self.kinds}
        return (*kinds.values(), *(one for one in self.machines if one.kind not in kinds))

    @property
    def slug(self) -> str:
        return self.name.replace("_", "-")


def schemes() -> tuple[Scheme, ...]:
    """In the order of the settings."""
    return tuple(part for part in parts() if isinstance(part, Scheme))
