"""Pressing an act's button, the same on both sides."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.datastructures import MultiValueDict

from accounts.clock import now
from accounts.http import SignedIn
from accounts.roles import Side, right
from casework.cases.access import CaseRights
from casework.cases.doing import perform, why_not
from casework.cases.recusal import why_recused
from casework.errors import Stale
from casework.forms import ActForm
from casework.models import Case
from casework.views import words
from casework.views.acting import answered_here, into_form, once_here
from kernel.acts import Act

#: What a page was drawn from is never left out: an act on a case somebody saw says which one they saw.
NO_VERSION = "這個畫面沒有帶著案件的版本；請重新開啟本頁，確認內容後再送出。"


@dataclass
class Button:
    """An act as shown: its form, the envelope that goes with it, and why it is off."""

    act: Act
    why: str
    form: forms.Form | None
    envelope: ActForm

    @property
    def press_label(self) -> str:
        """The button that does it: two buttons of one name, one to open and one to send, would be one too many."""
        opens_first = self.form is not None or self.act.confirm
        return (
            f"確認{self.act.pressed}" if opens_first and not self.act.pressed.startswith("確認") else self.act.pressed
        )

    @property
    def layout(self) -> str:
        return getattr(self.form, "layout", "components/form.html")


def _form(act: Act, case: Case, request: SignedIn | None = None) -> forms.Form | None:
    if act.form is None:
        return None
    form = act.form(case=case) if request is None else act.form(data=request.POST, files=request.FILES, case=case)
    form.auto_id = f"{act.code}_%s"
    for name in ("version", "key"):
        form.fields.pop(name, None)  # the envelope carries them
    return form


def acts_of(case: Case, rights: CaseRights, side: Side) -> list[Act]:
    """The acts of one side that the person may do on this case, whatever its state."""
    kind = words.about(case)
    return (
        [act for act in kind.table.buttons if right(act.right).side is side and rights.has(act.right)] if kind else []
    )


def buttons(case: Case, rights: CaseRights, side: Side) -> list[Button]:
    """For the case page: the acts there are in this state. One that is off comes without its form, and only to whose turn it is."""
    stays_away = _stays_away(case, rights, side)
    here = [act for act in acts_of(case, rights, side) if case.state in act.sources]
    asked = [(act, stays_away or why_not(act, case, rights.user, now())) for act in here]
    return [
        Button(act, why, None if why else _form(act, case), _envelope(act, case))
        for act, why in asked
        if not why or case.turn == side.value
    ]


def any_open(case: Case, rights: CaseRights, side: Side) -> bool:
    """Whether the case stands where the person has an act, though a rule may still refuse it today."""
    there = any(case.state in act.sources for act in acts_of(case, rights, side))
    return there and not _stays_away(case, rights, side)


def _stays_away(case: Case, rights: CaseRights, side: Side) -> str:
    """迴避 is the office's; the applicant's own acts are theirs."""
    return why_recused(rights.user, case) if side is Side.OFFICE else ""


def _envelope(act: Act, case: Case, data: MultiValueDict[str, Any] | None = None) -> ActForm:
    return ActForm(data, case=case, auto_id=f"{act.code}_envelope_%s")


def find(case: Case, rights: CaseRights, side: Side, code: str) -> Act:
    """Raises Case.DoesNotExist when the person has no such act here."""
    for act in acts_of(case, rights, side):
        if act.code == code:
            return act
    raise Case.DoesNotExist(code)


def asked(act: Act, case: Case, rights: CaseRights) -> Button:
    """The act's own page: its form where it is on."""
    why = _stays_away(case, rights, right(act.right).side) or why_not(act, case, rights.user, now())
    return Button(act, why, None if why else _form(act, case), _envelope(act, case))


def press(act: Act, case: Case, request: SignedIn) -> tuple[Button, str | None]:
    """Do it once. Returns the button (with its errors) and the address to go to, None when it was refused."""
    form, envelope = _form(act, case, request), _envelope(act, case, request.POST)
    button = Button(act, "", form, envelope)
    judged = form if form is not None else envelope
    request.acting_forms = [judged]  # type: ignore[attr-defined]  # its labels name what was typed on the 409 page
    if not envelope.is_valid():
        return button, None
    answer = answered_here(request, envelope, _name(act, case))
    if answer is None:
        posted = envelope.posted_version
        if posted is None:
            judged.is_valid()  # an error is added to what was judged
            judged.add_error(None, NO_VERSION)
            return button, None
        if posted != case.version:  # before the form is judged: what it offered may be gone by what happened meanwhile
            raise Stale(case, posted)
        if not judged.is_valid():
            return button, None
        with into_form(request, judged) as tried:
            answer = _once(act, case, request, envelope, dict(form.cleaned_data) if form is not None else {})
        if answer is None or not tried.ok:
            return button, None
    messages.success(request, f"「{act.pressed}」已完成。")
    return button, answer["next"]


def _once(act: Act, case: Case, request: SignedIn, envelope: ActForm, given: dict[str, Any]) -> dict[str, Any]:
    at = now()

    def do() -> dict[str, Any]:
        went = perform(case, act.code, by=request.user, at=at, version=envelope.posted_version, **given).answer
        return {"next": went if isinstance(went, str) else ""}

    answer, _ = once_here(request, envelope, _name(act, case), at=at, do=do)
    return answer


def _name(act: Act, case: Case) -> str:
    return f"{case.kind}.{act.code}"
