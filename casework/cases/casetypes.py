"""How a regulation plugs in: each scheme's casetype.py holds one CaseType per kind of case.

The kernel never names an app; everything it needs to know about a kind stands here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import Side, right
from casework.models import Case, Event
from kernel.acts import Acts, Turn
from kernel.identifiers import mask_person_id
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.registry import Registry


@dataclass(frozen=True)
class Target:
    """Something a correction can ask for: a field, a paper. `url` is where the applicant mends it."""

    code: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of the case page: template and its context."""

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Identifier:
    """A personal identifier in a case: masked on the page, whole only with a reason that is logged."""

    code: str
    label: str
    number: str = field(repr=False)

    @property
    def masked(self) -> str:
        return mask_person_id(self.number)


def _nothing(*args: Any, **kwargs: Any) -> tuple[()]:
    return ()


def applicants(about: "CaseType", user: Any) -> Q:
    """Cases of a kind that somebody applied in: for themselves, as who wrote it, or by a step of the applicant's side."""
    table = about.table
    own = [act.code for act in table.moves if right(act.right).side is Side.APPLICANT]
    found = Q(person=user) | Q(pk__in=Event.objects.filter(by=user, code__in=own).values("case"))
    return found | Q(created_by=user) if table.state(table.initial).turn is Turn.APPLICANT else found


@dataclass(frozen=True)
class CaseType:
    kind: str
    label: str
    #: Prefix of case numbers: OA → OA-115-000123.
    series: str
    #: The rights that let a person see the case: one per side.
    view_rights: tuple[str, ...]
    #: Its states and acts (`<app>/acts.py`).
    table: Acts
    #: Outcome of every rule that speaks on this case today.
    findings: Callable[[Case, date, Law], Sequence[Outcome]] = _nothing
    panels: Callable[[Case, User], Sequence[Panel]] = _nothing
    targets: Callable[[Case], Sequence[Target]] = _nothing
    #: The cases of this kind in which a person stands: they handle none of them for the office (迴避, casework.cases.recusal).
    parties: Callable[["CaseType", Any], Q] = applicants
    #: Personal identifiers that the office may reveal one at a time.
    identifiers: Callable[[Case], Sequence[Identifier]] = _nothing
    #: The applicant's next page for a case in their hands.
    applicant_url: Callable[[Case], str] = lambda case: ""
    #: Who on the applicant's side has it where that is not the person looking (單位主管, 聯繫窗口); empty where it is them.
    waits_for: Callable[[Case, User], str] = lambda case, user: ""
    #: Keys of people on the office's side whose names the applicant is not told (審查委員).
    unnamed: Callable[[Case], Collection[int]] = _nothing
    #: What goes on while it is nobody's turn and not the end (訓練中): a heading, and pages of it as label → address.
    ongoing: Callable[[Case, User], tuple[str, Mapping[str, str]]] = lambda case, user: ("", {})
    #: Columns an export adds: label → value.
    export_row: Callable[[Case], Mapping[str, Any]] = lambda case: {}
    #: Whether the applicant may write messages: they carry the writer's name, which a confidential case must not hold.
    open_messages: Callable[[Case], bool] = lambda case: True
    #: Sentences naming rows that contradict each other (manage.py check_consistency).
    consistency: Callable[[], Sequence[str]] = _nothing


KINDS: Registry[CaseType] = Registry("kind of case", attrgetter("kind"))


def casetype(kind: str) -> CaseType:
    return KINDS[kind]


def all_casetypes() -> list[CaseType]:
    return list(KINDS)
