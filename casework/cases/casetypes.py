"""How a regulation plugs in: each scheme's casetype.py holds one CaseType per kind of case.

The kernel never names an app; everything it needs to know about a kind stands here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import User
from accounts.roles import Side, right
from casework.models import Case, Event
from kernel.acts import Act as Row
from kernel.acts import Acts, Turn
from kernel.identifiers import mask_person_id
from kernel.law import Law
from kernel.machine import Machine
from kernel.outcome import Outcome
from kernel.registry import Registry


@dataclass(frozen=True)
class Act:
    """A button on the case page: one service function behind it.

    `perform(case, by=, at=, version=, **cleaned)`; `why_not(case, user)` is the sentence shown beside a button that is off,
    empty when it is on. `form(case=…)` builds the form shown with the button, `form(data=, files=, case=…)` the posted one; a
    form's `layout` names a template of its own. `perform` may return the address to go to. The service checks the right again.
    """

    code: str
    label: str
    right: str
    perform: Callable[..., Any]
    why_not: Callable[[Case, User], str] = lambda case, user: ""
    form: Callable[..., forms.Form] | None = None
    tone: str = "primary"
    confirm: str = ""


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
    table: Acts = None  # type: ignore[assignment]
    machine: Machine | None = None
    #: Transition guards by name; each raises errors.Refused.
    guards: Mapping[str, Callable[[Case, User | None, datetime], None]] = field(default_factory=dict)
    acts: Sequence[Act] = ()
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

    def __post_init__(self) -> None:
        if self.table is None:
            assert self.machine is not None, self.kind
            object.__setattr__(self, "table", _merged(self.machine, self.acts))


@dataclass(frozen=True, slots=True)
class Whole(Row):
    """A row of the older way: its function locks and moves by itself, and says by itself why it is off."""

    old: Act = None  # type: ignore[assignment]


def _merged(machine: Machine, buttons: Sequence[Act]) -> Acts:
    named = {act.code: act for act in buttons}
    rows: list[Row] = []
    for row in machine.acts:
        act = named.pop(row.code, None)
        rows.append(row if act is None else _whole(act, row))
    rows += [_whole(act, Row(act.code, act.label, machine.initial, act.right)) for act in named.values()]
    order = [act.code for act in buttons]
    rows.sort(key=lambda row: order.index(row.code) if row.code in order else len(order))
    merged = Acts(machine.kind, machine.states, tuple(rows))
    object.__setattr__(merged, "guards", machine.guards)
    return merged


def _whole(act: Act, row: Row) -> Whole:
    return Whole(
        row.code, row.label, row.way, row.right, act.perform, row.clause, (), row.reason,
        button=act.label, form=act.form, tone=act.tone, confirm=act.confirm, old=act,
    )  # fmt: skip


KINDS: Registry[CaseType] = Registry("kind of case", attrgetter("kind"))


def casetype(kind: str) -> CaseType:
    return KINDS[kind]


def all_casetypes() -> list[CaseType]:
    return list(KINDS)
