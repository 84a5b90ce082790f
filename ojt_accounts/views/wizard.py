"""What the pages of one application share: who may, the steps on top, a press that counts once."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.clock import now, today
from accounts.roles import Side
from casework.cases.access import CaseRights, case_on_side
from casework.cases.drafts import draft, drop_draft, save_draft
from casework.errors import Stale
from casework.forms import ENVELOPE, ActForm
from casework.law.in_force import law_in_force
from casework.models import Case, Draft
from casework.views.acting import once_here
from kernel.identifiers import looks_like_person_id
from kernel.law import Law
from kernel.outcome import Line, Outcome
from ojt_accounts.models import Application
from ojt_accounts.params import PACK
from ojt_accounts.permissions import PREPARE
from ojt_accounts.rules import papers
from ojt_accounts.selectors import (
    Difference,
    application_of,
    checklist_facts,
    differences,
    standing_missing,
)
from ojt_accounts.states import EDITABLE, KIND


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist: what, whether it is there, and where its field is."""

    label: str
    state: str
    url: str
    note: str = ""


@dataclass
class Wizard:
    """One application on the unit's side."""

    case: Case
    application: Application
    rights: CaseRights

    @property
    def editable(self) -> bool:
        return self.case.state in EDITABLE

    @property
    def cancelling(self) -> bool:
        return self.application.kind == Application.Kind.CANCELLATION

    @cached_property
    def on(self) -> date:
        return today()

    @cached_property
    def law(self) -> Law:
        return law_in_force()

    @cached_property
    def changes(self) -> list[Difference]:
        """Against the unit's last approved form (OA-02)."""
        return differences(self.application)

    @cached_property
    def checklist(self) -> Outcome:
        return papers.checklist(checklist_facts(self.application, self.changes), on=self.on, law=self.law)

    @cached_property
    def standing_left(self) -> list[str]:
        return standing_missing(self.application)

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"ojt_accounts:{name}", args=[self.case.number, *args])

    def items(self) -> list[Item]:
        """Everything asked for, in the pack's order, each with the place to mend it (OA-01)."""
        lines = self.checklist.lines
        found = [self._item(line) for line in lines if line.inputs["target"] != "kind" or line.met is False]
        left = "、".join(self.standing_left)
        standing = Item(
            "資格與公文資料", "todo" if left else "done", self.url("papers"), f"尚未填寫：{left}" if left else ""
        )
        if not self.cancelling and not self._unit_form_needed:
            found.insert(0, Item("訓練機構名稱申請表", "none", self.url("unit"), "與前次核定內容相同，免附"))
        return [*found, standing]

    @property
    def _unit_form_needed(self) -> bool:
        return papers.unit_form_needed(self.application.kind, unit_changed=bool(self.changes))  # type: ignore[arg-type]

    def _item(self, line: Line) -> Item:
        page, _, code = str(line.inputs["target"]).partition(".")
        if page == "kind":  # nothing on this application mends it
            return Item(line.text, "todo", reverse("ojt_accounts:start"), line.citation.removeprefix(PACK).strip())
        address = self.url({"unit": "unit", "accounts": "accounts", "pledges": "pledges", "paper": "papers"}[page])
        return Item(
            line.text,
            "done" if line.met else "todo",
            f"{address}#{code}" if code else address,
            line.citation.removeprefix(PACK).strip(),
        )

    def _left(self, target: str) -> bool:
        return any(str(name).partition(".")[0] == target for name in self.checklist.result["missing"])

    def steps(self, here: str) -> list[dict[str, str]]:
        """Items of components/stepper.html. `here`: unit, accounts, papers, pledges, checklist."""
        steps = [("accounts", "帳號申請單", not self._left("accounts"))]
        papers_done = not self._left("paper") and not self.standing_left
        steps.append(("papers", "資格與文件", papers_done))
        if not self.cancelling:
            unit = getattr(self.application, "unit_form", None)
            steps.insert(0, ("unit", "機構申請表", bool(unit and unit.saved_at)))
            has_forms = not self._left("accounts")
            steps.append(("pledges", "保密切結書", has_forms and not self._left("pledges")))
        steps.append(("checklist", "檢核與送件", False))
        return [
            {
                "label": label,
                "state": "current" if name == here else "done" if done else "todo",
                "url": "" if name == here else self.url(name),
                "note": "",
            }
            for name, label, done in steps
        ]

    def following(self, here: str) -> str:
        """Where 「儲存並繼續」 leads."""
        order = (
            ["accounts", "papers", "checklist"]
            if self.cancelling
            else ["unit", "accounts", "papers", "pledges", "checklist"]
        )
        return self.url(order[order.index(here) + 1])


def load(request: HttpRequest, number: str) -> Wizard:
    """Raises Case.DoesNotExist for a case that is not there, is somebody else's, or that the person may only look at."""
    case, rights = case_on_side(request.user, number, Side.APPLICANT)
    if case.kind != KIND or not rights.has(PREPARE):
        raise Case.DoesNotExist(number)
    return Wizard(case, application_of(case), rights)


def closed(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    """The case is not in the unit's hands: its own page says in whose."""
    messages.info(request, "案件已送出，內容不能再修改；進度與結果在本頁。")
    return redirect("casework:case", wizard.case.number)


def shown(
    request: HttpRequest, template: str, wizard: Wizard, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    given = {
        "case": wizard.case,
        "application": wizard.application,
        "wizard": wizard,
        "steps": wizard.steps(here),
        "back": wizard.url("checklist"),
        **context,
    }
    return render(request, f"ojt_accounts/{template}.html", given, status=status)


def pressed(request: HttpRequest, form: ActForm, act: str, do: Callable[[datetime], Any]) -> bool:
    """Run an act under its form's key: a second press of the same page changes nothing, raises nothing, and is False."""
    at = now()

    def first() -> dict[str, Any]:
        do(at)
        return {}

    _, was_first = once_here(request, form, f"ojt_accounts.{act}", at=at, do=first)
    return was_first


def fresh(case: Case, posted: int | None) -> None:
    """Raises Stale when a page of several parts was drawn from an earlier version: asked once, before the first part."""
    if posted is not None and posted != case.version:
        raise Stale(case, posted)


def redrawn(data: QueryDict, case: Case) -> QueryDict:
    """What was typed, with the envelope of the case as it stands now: some parts of the page were saved."""
    case.version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
    again = data.copy()
    again["version"], again["key"] = str(case.version), str(uuid.uuid4())
    return again


# --- drafts: what was typed and not saved ----------------------------------------------------------------------------------


def draft_key(wizard: Wizard, page: str) -> str:
    return f"ojt_accounts.{page}:{wizard.case.number}"


def kept(request: HttpRequest, wizard: Wizard, page: str, *, saved_at: datetime | None = None) -> Draft | None:
    """The draft to restore; one older than what has been saved since is dropped."""
    found = draft(user=request.user, key=draft_key(wizard, page))
    if found and saved_at and found.saved_at <= saved_at:
        drop_draft(user=request.user, key=found.key)
        return None
    return found


def keep(request: HttpRequest, wizard: Wizard, page: str, form: ActForm) -> None:
    """暫存 without script: the form's own fields as typed; identifiers are not kept."""
    data: dict[str, Any] = {}
    for name in form.fields:
        values = request.POST.getlist(form.add_prefix(name))
        if name not in ENVELOPE and values and not any(map(looks_like_person_id, values)):
            data[name] = values[0] if len(values) == 1 else values
    save_draft(user=request.user, key=draft_key(wizard, page), data=data, at=now())
    messages.success(request, "已暫存，尚未檢查內容；下次開啟本頁會帶回。")


def typed_before(found: Draft, form_class: type[ActForm]) -> dict[str, Any]:
    """Initial values of a form as the draft left it, with nothing in the fields that were emptied."""
    return {name: found.data.get(name, "") for name in form_class.base_fields if name not in ENVELOPE}


__all__ = [
    "Item",
    "Wizard",
    "closed",
    "draft_key",
    "fresh",
    "keep",
    "kept",
    "load",
    "pressed",
    "redrawn",
    "shown",
    "typed_before",
]
