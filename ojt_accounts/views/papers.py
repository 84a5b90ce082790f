"""Papers and pledges: pages of several parts. What is fine is kept, what is refused says why at its own place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from casework.cases.doing import perform
from casework.cases.drafts import drop_draft
from casework.forms import ENVELOPE, ActForm
from casework.models import Attachment, Case
from casework.views.acting import acting, into_form
from kernel.asked import whole_number
from ojt_accounts.forms.preparing import PaperForm, PledgeForm, ScanForm, StandingForm
from ojt_accounts.models import Pledge
from ojt_accounts.rules.papers import PAPERS, papers_needed
from ojt_accounts.selectors import live_pledges
from ojt_accounts.views.wizard import (
    Wizard,
    closed,
    draft_key,
    fresh,
    keep,
    kept,
    load,
    pressed,
    redrawn,
    shown,
    typed_before,
)

SAVED = "已儲存。"
PARTLY = "沒有問題的部分已儲存，其餘請依說明修正。"
AGAIN = "這個畫面先前已經送出過，這次沒有再存入；以下為目前已存的內容，請核對。"


@dataclass
class PaperRow:
    """A paper of the checklist: what is there, and the place for another."""

    code: str
    form: PaperForm
    present: Attachment | None

    @property
    def label(self) -> str:
        return PAPERS[self.code]


@acting
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """Particulars and papers in one form: a refused file keeps the other files and everything typed (OA-15, OA-16)."""
    wizard = load(request, number)
    if not wizard.editable:
        return closed(request, wizard)
    key = draft_key(wizard, "papers")
    if request.method == "POST":
        if "discard" in request.POST:
            drop_draft(user=request.user, key=key)
            return redirect(wizard.url("papers"))
        return _post_papers(request, wizard, key)
    draft = kept(request, wizard, "papers")
    initial = typed_before(draft, StandingForm) if draft else _standing(wizard)
    form = StandingForm(case=wizard.case, application=wizard.application, initial=initial)
    return _papers_page(request, wizard, form, {}, draft=draft)


def _standing(wizard: Wizard) -> dict[str, Any]:
    """What is saved."""
    return {name: getattr(wizard.application, name) for name in StandingForm.NAMES}


def _post_papers(request: HttpRequest, wizard: Wizard, key: str) -> HttpResponse:
    form = StandingForm(request.POST, case=wizard.case, application=wizard.application, initial=_standing(wizard))
    if "draft" in request.POST:
        keep(request, wizard, "papers", form)
        return redirect(wizard.url("papers"))
    removing, typed = "remove" in request.POST, _typed(form)
    codes = papers_needed(wizard.application.kind, wizard.application.unit_kind)  # type: ignore[arg-type]
    rows = {
        code: PaperForm(request.POST, request.FILES, code=code) for code in PAPERS if request.FILES.get(f"{code}-file")
    }
    valid = form.is_valid()

    def do(at: datetime) -> None:
        fresh(wizard.case, form.posted_version)
        if removing:
            pk = whole_number(request.POST["remove"]) or 0
            perform(wizard.case, "paper.removed", pk=pk, by=request.user, at=at)
        elif typed and valid:
            version = form.posted_version
            perform(wizard.case, "standing.saved", data=form.answers, by=request.user, at=at, version=version)
        for code, row in rows.items():
            if row.is_valid():
                given = {"upload": row.cleaned_data["file"], "attested": bool(row.cleaned_data.get("attested"))}
                with into_form(request, row):
                    perform(wizard.case, "paper.added", paper=code, by=request.user, at=at, **given)

    request.acting_forms = [form]  # type: ignore[attr-defined]  # its labels name what was typed on the 409 page
    if not pressed(request, form, "papers", do):
        messages.info(request, AGAIN)  # the first press may have been refused in part: nothing new would pass for saved
        return redirect(wizard.url("papers"))
    troubled = {code: row for code, row in rows.items() if row.errors}
    if not troubled and not removing and (valid or not typed):
        drop_draft(user=request.user, key=key)
        messages.success(request, SAVED)
        after = papers_needed(
            load(request, wizard.case.number).application.kind, form.cleaned_data.get("unit_kind", "")
        )
        stay = "go" not in request.POST or set(after) - set(codes)
        return redirect(wizard.url("papers") if stay else wizard.following("papers"))
    again = load(request, wizard.case.number)
    data = redrawn(request.POST, again.case)
    if removing:
        messages.success(request, "已移除一份文件。")
    if removing or not typed:
        initial = {name: data.get(name, "") for name in StandingForm.NAMES}
        form = StandingForm(case=again.case, application=again.application, initial=initial)
    else:
        form = StandingForm(data, case=again.case, application=again.application, initial=_standing(again))
    if rows.keys() - troubled.keys() or (troubled and typed and valid):
        messages.warning(request, PARTLY)
    return _papers_page(request, again, form, troubled, status=200 if removing and not troubled else 422)


def _typed(form: StandingForm) -> bool:
    """Whether the particulars were touched: papers may be handed in before them."""
    return bool(set(form.changed_data) - set(ENVELOPE))


def _papers_page(
    request: HttpRequest,
    wizard: Wizard,
    form: StandingForm,
    troubled: Mapping[str, PaperForm],
    *,
    draft: Any = None,
    status: int = 200,
) -> HttpResponse:
    present = {one.field: one for one in wizard.case.attachments.filter(removed_at=None, subject="").order_by("pk")}
    needed = papers_needed(wizard.application.kind, wizard.application.unit_kind)  # type: ignore[arg-type]
    rows = [PaperRow(code, troubled.get(code) or PaperForm(code=code), present.get(code)) for code in needed]
    extra = [one for code, one in present.items() if code not in needed]
    context = {
        "form": form,
        "rows": rows,
        "extra": extra,
        "forms": [one for one in (form, *troubled.values()) if one.errors],
        "draft": draft,
        "draft_key": draft_key(wizard, "papers"),
        "ttqs_at": "" if wizard.cancelling else f"{wizard.url('unit')}#id_ttqs_edition",
        "kind_known": wizard.cancelling or bool(wizard.application.unit_kind),
    }
    return shown(request, "papers", wizard, "papers", context, status=status)


# --- 資訊安全保密切結書 ------------------------------------------------------------------------------------------------------


@dataclass
class PledgeRow:
    pledge: Pledge
    form: PledgeForm
    scan: ScanForm

    @property
    def both(self) -> str:
        """As what the unit form names an applicant, by name alone."""
        named = [Pledge.CAPACITIES[one] for one in Pledge.OFFICES if one in self.pledge.capacities]
        return "、".join(named) if "applicant" in self.pledge.capacities else ""

    @property
    def printable(self) -> bool:
        return bool(self.pledge.national_id and self.pledge.address)


@acting
def pledges(request: HttpRequest, number: str) -> HttpResponse:
    """One pledge per person: fill in, print, sign by hand, upload the scan (OA-08, OA-20, OA-23)."""
    wizard = load(request, number)
    if not wizard.editable:
        return closed(request, wizard)
    if wizard.cancelling:
        raise Case.DoesNotExist(number)
    if request.method == "POST":
        return _post_pledges(request, wizard)
    rows = [PledgeRow(one, PledgeForm(pledge=one), ScanForm(pledge=one)) for one in live_pledges(wizard.application)]
    return _pledges_page(request, wizard, rows)


def _post_pledges(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    envelope = ActForm(request.POST, case=wizard.case)
    rows = [
        PledgeRow(one, PledgeForm(request.POST, pledge=one), ScanForm(request.POST, request.FILES, pledge=one))
        for one in live_pledges(wizard.application)
    ]
    envelope.is_valid()
    saved, apart = 0, request.POST.get("apart", "")

    def do(at: datetime) -> None:
        nonlocal saved
        fresh(wizard.case, envelope.posted_version)
        if (pk := whole_number(apart)) is not None:
            perform(wizard.case, "pledge.separated", pk=pk, by=request.user, at=at)
        for row in rows:
            saved += _save_pledge(request, wizard, row, at)

    request.acting_forms = [row.form for row in rows]  # type: ignore[attr-defined]
    if not pressed(request, envelope, "pledges", do):
        messages.info(request, AGAIN)
        return redirect(wizard.url("pledges"))
    if not any(form.errors for form in _asked(request, rows)):
        messages.success(request, SAVED)
        return redirect(wizard.following("pledges") if "go" in request.POST and not apart else wizard.url("pledges"))
    if saved:
        messages.warning(request, PARTLY)
    again = load(request, wizard.case.number)
    standing = {one.pk: one for one in live_pledges(again.application)}
    kept_rows = []
    for row in rows:
        if row.pledge.pk not in standing and not (row.form.errors or row.scan.errors):
            continue
        row.pledge = standing.get(row.pledge.pk, row.pledge)
        if not _touched(row) or not row.form.errors:
            row.form = PledgeForm(pledge=row.pledge)  # saved or never asked for: the identifier is masked again
        if not request.FILES.get(row.scan.add_prefix("file")) or not row.scan.errors:
            row.scan = ScanForm(pledge=row.pledge)
        kept_rows.append(row)
    return _pledges_page(request, again, kept_rows, status=422)


def _touched(row: PledgeRow) -> bool:
    return row.form.has_changed()


def _asked(request: HttpRequest, rows: list[PledgeRow]) -> list[Any]:
    """The parts of the page that somebody filled in."""
    forms = [row.form for row in rows if _touched(row)]
    return [*forms, *(row.scan for row in rows if request.FILES.get(row.scan.add_prefix("file")))]


def _save_pledge(request: HttpRequest, wizard: Wizard, row: PledgeRow, at: datetime) -> int:
    """How many parts of the row were saved."""
    saved, given = 0, {"by": request.user, "at": at, "pk": row.pledge.pk}
    if _touched(row) and row.form.is_valid():
        with into_form(request, row.form) as tried:
            perform(wizard.case, "pledge.saved", **row.form.cleaned_data, **given)
        saved += tried.ok
    if request.FILES.get(row.scan.add_prefix("file")) and row.scan.is_valid():
        with into_form(request, row.scan) as tried:
            perform(wizard.case, "pledge.scanned", upload=row.scan.cleaned_data["file"], **given)
        saved += tried.ok
    return saved


def _problems(name: str, form: Any) -> list[dict[str, str]]:
    """What the summary says on top: whose, which field, what is wrong, and where."""
    found = [{"text": f"{name}：{error}", "field": ""} for error in form.non_field_errors()]
    if form.is_bound:
        fields = [(field, error) for field in form.visible_fields() for error in field.errors]
        found += [{"text": f"{name}的{field.label}：{error}", "field": field.auto_id} for field, error in fields]
    return found


def _pledges_page(request: HttpRequest, wizard: Wizard, rows: list[PledgeRow], *, status: int = 200) -> HttpResponse:
    wording = rows[0].pledge.wording if rows else None
    context = {
        "rows": rows,
        "envelope": ActForm(case=wizard.case, auto_id=False),
        "problems": [one for row in rows for form in (row.form, row.scan) for one in _problems(row.pledge.label, form)],
        "wording": wording,
        "articles": wording.body.splitlines() if wording else [],
    }
    return shown(request, "pledges", wizard, "pledges", context, status=status)
