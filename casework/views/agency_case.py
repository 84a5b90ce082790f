"""案件頁 of the office: form panels beside the papers, findings, acts, corrections, messages, mail and timeline."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.catalogue import REVEAL
from accounts.clock import now, today
from accounts.http import SignedIn
from accounts.limits import REVEALING, limited
from accounts.models import AccessLog
from accounts.rights import holds, rights_of
from accounts.roles import Side
from accounts.services.access import record_access
from accounts.services.identifiers import require_reason
from casework.cases import attachments, casepage, work
from casework.cases.access import CaseRights, case_on_side
from casework.cases.casetypes import Identifier
from casework.cases.recusal import keep_away
from casework.desk.desk import desk_of
from casework.errors import NotPermitted, Stale
from casework.forms import ActForm, OfficeMessageForm, ReassignForm
from casework.law.in_force import law_in_force
from casework.models import Case, Message
from casework.notices import outbox
from casework.notices.messages import write
from casework.views import acts, words
from casework.views.acting import acting, into_form
from casework.views.agency import page
from casework.views.parts import panels, revealing


def _load(request: SignedIn, number: str) -> tuple[Case, CaseRights]:
    return case_on_side(request.user, number, Side.OFFICE)


@require_GET
@acting
def case(request: SignedIn, number: str) -> HttpResponse:
    return _page(request, *_load(request, number))


def _page(request: SignedIn, found: Case, rights: CaseRights, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The whole page. `forms` holds a form that comes back with errors, by name."""
    day, kind = today(), words.about(found)
    papers = list(casepage.papers(found))
    shown = _shown(request, papers)
    ours = rights.of_office()
    events = list(casepage.office_events(rights))
    buttons = acts.buttons(found, rights, Side.OFFICE)
    outcomes = kind.findings(found, day, law_in_force()) if kind else ()
    findings = [words.finding(outcome) for outcome in outcomes]
    context = {
        "case": found,
        "ours": ours,
        "row": words.row(found, day),
        "in_hands": words.in_hands(found),
        "panels": panels(request, found),
        "buttons": buttons,
        "envelope": ActForm(case=found, auto_id=False),
        "papers": papers,
        "may_confirm": ours and acts.any_open(found, rights, Side.OFFICE),
        "paper": shown,
        "unmet": [one for one in findings if one.met is False],
        "others": [one for one in findings if one.met is not False],
        "corrections": list(casepage.corrections(found)),
        "messages_of_case": list(casepage.messages(found, internal=True)) if ours else [],
        "message_form": forms.get("message") or OfficeMessageForm(case=found, auto_id="message_%s"),
        "reassign_form": forms.get("reassign") or _reassign_form(request, found),
        "deadlines": [words.deadline(one, day) for one in casepage.deadlines(found)],
        "notices": [words.mail(one) for one in casepage.notices(found)] if ours else [],
        "documents": list(casepage.documents(found)),
        "timeline": words.timeline(found, events),
        "identifiers": identifiers(found) if ours and holds(request, REVEAL) else [],
        "over": words.state_of(found).final,
        "is_mine": found.assignee_id == request.user.pk,
        "may_work": work.may_work(request.user, found),
    }
    return page(request, "case", context, title=f"{found.number} {found.title}", status=status)


def _shown(request: SignedIn, papers: list[Any]) -> Any:
    """The paper in the viewer: the one asked for, else the first not yet confirmed, else the first."""
    asked = request.GET.get("paper", "")
    for one in papers:
        if str(one.pk) == asked:
            return one
    return next((one for one in papers if not one.confirmed_at), papers[0] if papers else None)


def _reassign_form(request: SignedIn, found: Case, data: Any = None) -> ReassignForm:
    colleagues = desk_of(request.user, rights_of(request)).colleagues(found)
    return ReassignForm(data, case=found, colleagues=colleagues, auto_id="reassign_%s")


@acting
def act(request: SignedIn, number: str, act: str) -> HttpResponse:
    """The page of one act: its form, or a question whether one is sure; after an error with everything typed."""
    found, rights = _load(request, number)
    one = acts.find(found, rights, Side.OFFICE, act)
    if request.method == "POST":
        button, goal = acts.press(one, found, request)
        if goal is not None:
            return redirect(goal or reverse("admin:case", args=[number]))
    else:
        button = acts.asked(one, found, rights)
    context = {"case": found, "row": words.row(found, today()), "button": button}
    return page(request, "act", context, title=one.pressed, status=422 if request.method == "POST" else 200)


@require_POST
@acting
def desk(request: SignedIn, number: str, what: str) -> HttpResponse:
    """Claim, release, reassign."""
    found, rights = _load(request, number)
    form = ActForm(request.POST, case=found) if what != "reassign" else _reassign_form(request, found, request.POST)
    if not form.is_valid():
        return _page(request, found, rights, status=422, reassign=form)
    given: dict[str, Any] = {"by": request.user, "at": now(), "version": form.posted_version}
    if what == "reassign":
        with into_form(request, form) as tried:
            work.reassign(found, to=form.cleaned_data["to"], **given)
        if not tried.ok:
            return _page(request, found, rights, status=422, reassign=form)
        messages.success(request, f"已改分給{form.cleaned_data['to']}。")
    elif what == "claim":
        work.claim(found, **given)
        messages.success(request, "已認領，案件在您的清單中。")
    elif what == "release":
        work.release(found, **given)
        messages.success(request, "已釋出，案件回到未分案。")
    else:
        raise Case.DoesNotExist(what)
    return redirect("admin:case", number)


@require_POST
@acting
def message(request: SignedIn, number: str) -> HttpResponse:
    """A note for colleagues or a message to the applicant. Adding words is never stale: the version is not asked."""
    found, rights = _load(request, number)
    if not rights.of_office():
        raise NotPermitted("註記與訊息由承辦機關人員書寫。")
    form = OfficeMessageForm(request.POST, case=found, auto_id="message_%s")
    if form.is_valid():
        with into_form(request, form) as tried:
            kind = Message.Kind(form.cleaned_data["kind"])
            write(found, kind=kind, body=form.cleaned_data["body"], by=request.user, at=now())
        if tried.ok:
            messages.success(request, "已記下註記。" if kind == Message.Kind.NOTE else "訊息已送出。")
            return redirect(f"{reverse('admin:case', args=[number])}#messages")
    return _page(request, found, rights, status=422, message=form)


@require_POST
@acting
def confirm(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """確認與正本相符, paper by paper, by whoever of the office has an act open on the case."""
    found, rights = _load(request, number)
    if not (rights.of_office() and acts.any_open(found, rights, Side.OFFICE)):
        raise NotPermitted("案件目前不由您辦理，不能確認文件。")
    form = ActForm(request.POST, case=found)
    paper = get_object_or_404(found.attachments, pk=pk)
    version = form.posted_version if form.is_valid() else None
    if version is not None and version != found.version:
        raise Stale(found, version)
    attachments.confirm_copy(paper, by=request.user, at=now(), version=version)
    messages.success(request, f"已確認「{paper.label}」與正本相符。")
    return redirect(f"{reverse('admin:case', args=[number])}#papers")


@require_POST
@acting
def resend_notice(request: SignedIn, number: str, pk: int) -> HttpResponse:
    found, rights = _load(request, number)
    if not rights.of_office():
        raise NotPermitted("您沒有重寄通知的權限。")
    keep_away(request.user, found)
    notice = get_object_or_404(found.notices, pk=pk)
    outbox.resend(notice, by=request.user, at=now())
    messages.success(request, "已排入寄送。")
    return redirect(f"{reverse('admin:case', args=[number])}#notices")


# --- identifiers ---------------------------------------------------------------------------------------------------------


def identifiers(found: Case) -> list[Identifier]:
    """Those the case type names, and the applicant's own."""
    kind = words.about(found)
    named = list(kind.identifiers(found)) if kind else []
    person = found.person
    if person is not None and person.national_id:
        claim = "" if person.national_id_proven_at else "（尚未確認）"
        named.append(Identifier("applicant", f"申請人{person.name}{claim}", person.national_id))
    return named


@acting
@limited(REVEALING)
def reveal(request: SignedIn, number: str, code: str) -> HttpResponse:
    """One full identifier, shown once, after the reason is logged (OA-20)."""
    found, rights = _load(request, number)
    if not (rights.of_office() and holds(request, REVEAL)):
        raise NotPermitted("您沒有檢視完整身分證字號的權限。")
    keep_away(request.user, found)
    one = next((one for one in identifiers(found) if one.code == code), None)
    if one is None:
        raise Case.DoesNotExist(code)
    return revealing(
        request,
        label=one.label,
        masked=one.masked,
        back=reverse("admin:case", args=[number]),
        read=lambda reason: _logged(request, one, found, reason),
    )


def _logged(request: SignedIn, one: Identifier, found: Case, reason: str) -> str:
    reason = require_reason(reason)
    subject = f"{found.number} {one.label}"
    record_access(AccessLog.Action.REVEAL, at=now(), user=request.user, subject=subject, reason=reason, request=request)
    return one.number
