"""A case as it stood at the end of a day: from its events, what was decided and issued by then, and what its rows looked like."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from accounts.fields import EncryptedTextField
from casework.cases.casetypes import CaseType
from casework.errors import Refused
from casework.models import Attachment, Case, Deadline, Document, Event
from kernel.dates import end_of_day
from kernel.facts import Impossible
from kernel.jsonable import jsonable
from kernel.law import Figure, Law, UnknownFigure, Value, WatchedLaw


@dataclass(frozen=True, slots=True)
class Row:
    """One field of one of the scheme's rows: what it said then, and now."""

    label: str
    then: str
    now: str

    @property
    def changed(self) -> bool:
        return self.then != self.now


@dataclass(frozen=True, slots=True)
class Figured:
    """A figure the case's rules ask for: the version of that day and today's."""

    figure: Figure
    then: Value | None
    now: Value

    @property
    def changed(self) -> bool:
        return self.then is None or self.then.value != self.now.value


@dataclass(frozen=True)
class Standing:
    case: Case
    on: date
    #: None before the case was opened.
    state: str | None
    events: Sequence[Event] = ()
    attachments: Sequence[Attachment] = ()
    documents: Sequence[tuple[Document, str]] = ()
    deadlines: Sequence[Deadline] = ()
    signers: Sequence[str] = ()
    tables: Sequence[tuple[str, Sequence[Row]]] = field(default_factory=tuple)
    figures: Sequence[Figured] = ()


def as_it_stood(
    case: Case, kind: CaseType | None, *, on: date, today: date, law: Law, events: QuerySet[Event], office: bool
) -> Standing:
    """`events`: those the reader sees; `office`: with the rows behind the pages, which only the office sees."""
    moment = end_of_day(on)
    if case.created_at >= moment:
        return Standing(case, on, None)
    moved = case.events.filter(at__lt=moment).exclude(to_state="").order_by("-seq").first()
    first = case.events.exclude(from_state="").order_by("seq").values_list("from_state", flat=True).first()
    state = moved.to_state if moved else first or case.state
    return Standing(
        case,
        on,
        state,
        list(events.filter(at__lt=moment)),
        [
            one
            for one in case.attachments.filter(uploaded_at__lt=moment)
            if not one.removed_at or one.removed_at >= moment
        ],
        [(one, _state_then(one, moment)) for one in case.documents.filter(issued_at__lt=moment).defer("context")],
        [one for one in case.deadlines.filter(set_at__lt=moment) if not one.withdrawn_at or one.withdrawn_at >= moment],
        list(dict.fromkeys(case.signoffs.filter(at__lt=moment).order_by("at").values_list("person__name", flat=True))),
        _tables(case, moment) if office else (),
        _figures(case, kind, on=on, today=today, law=law),
    )


def _state_then(document: Document, moment: datetime) -> str:
    later = document.state_at is not None and document.state_at >= moment
    return Document.State.ISSUED.label if later else document.get_state_display()


# --- rows ------------------------------------------------------------------------------------------------------------


def _tables(case: Case, moment: datetime) -> list[tuple[str, list[Row]]]:
    """The rows that have this case one to one, by their history."""
    found = []
    for relation in Case._meta.related_objects:
        model = relation.related_model
        if not relation.one_to_one or not hasattr(model, "history"):
            continue
        now = model._base_manager.filter(**{relation.field.name: case}).first()
        then = (
            model.history.filter(**{relation.field.name: case, "history_date__lt": moment})
            .order_by("-history_date", "-history_id")
            .first()
        )
        if then is not None:
            kept = {one.name for one in type(then)._meta.get_fields()}
            rows = [
                Row(str(one.verbose_name), _text(one, then), _text(one, now))
                for one in _shown(model)
                if one.name in kept
            ]
            found.append((str(model._meta.verbose_name), [row for row in rows if row.then != "—" or row.changed]))
    return found


def _shown(model: type[models.Model]) -> list[Any]:
    """Plain fields with a name for people; identifiers are never among them."""
    return [
        one
        for one in model._meta.fields
        if not one.is_relation and not one.primary_key and not isinstance(one, EncryptedTextField)
        and not one.name.endswith("_index") and str(one.verbose_name) != one.name.replace("_", " ")
    ]  # fmt: skip


def _text(one: Any, row: Any) -> str:
    value = getattr(row, one.attname, None)
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    plain = jsonable(value)
    return "、".join(map(str, plain)) if isinstance(plain, list) else str(plain)


# --- figures -----------------------------------------------------------------------------------------------------------


def _figures(case: Case, kind: CaseType | None, *, on: date, today: date, law: Law) -> list[Figured]:
    """What the rules that speak on the case ask for, by the law of the day and of today."""
    if kind is None:
        return []
    watched = WatchedLaw(law.figures, law.calendar)
    with suppress(Impossible, Refused, UnknownFigure):
        kind.findings(case, today, watched)
    found = []
    for code in sorted({code for code, _ in watched.asked}):
        try:
            then = law.at(code, on)
        except UnknownFigure:
            then = None
        found.append(Figured(law[code], then, law.at(code, today)))
    return found
