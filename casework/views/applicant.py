"""The applicant's side: my applications, and one application with who has it now and what comes next."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.http import SignedIn
from accounts.roles import Side
from casework.cases import casepage, corrections
from casework.cases.access import CaseRights, case_on_side
from casework.cases.mine import mine_page
from casework.cases.moving import lock
from casework.desk.search import index_of
from casework.errors import NotPermitted
from casework.forms import AnswerForm, MessageForm
from casework.models import Case, CorrectionItem, Message
from casework.notices.messages import write
from casework.views import acts, words
from casework.views.acting import acting, into_form
from casework.views.parts import panels
from kernel.acts import Turn
from kernel.asked import before_page

PER_PAGE = 20


@require_GET
def mine(request: SignedIn) -> HttpResponse:
    """我的申請: drafts and what waits for the applicant first."""
    asked, day = request.GET.get("q", "").strip()[:100], today()
    found = Paginator(mine_page(request.user, asked), PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "row": words.row(case, day),
            "next": next_step(case, request.user),
            "hands": words.in_hands(case, request.user),
        }
        for case in found
    ]
    context = {"rows": rows, "page": found, "asked": asked, "query": before_page(q=asked)}
    return render(request, "casework/mine.html", context)


@require_GET
def search(request: SignedIn) -> HttpResponse:
    """The box in the page head: staff search their offices' cases, applicants their own."""
    goal = "admin:work" if request.user.is_staff else "casework:mine"
    asked = request.GET.get("q", "").strip()[:100]
    if digest := index_of(asked):
        question = {"who": digest} if request.user.is_staff else {}
    else:
        question = {"q": asked} if asked else {}
    return redirect(f"{reverse(goal)}?{urlencode(question)}" if question else reverse(goal))


def next_step(case: Case, user: Any) -> dict[str, str]:
    """What the applicant does now: a label and an address; an address only where there is something to do."""
    kind, state = words.about(case), words.state_of(case)
    page = reverse("casework:case", args=[case.number])
    if case.turn != Turn.APPLICANT or kind is None or words.waits_for(case, user):
        label = "查看進度" if case.turn != Turn.NOBODY or words.goes_on(case) else "查看結果"
        return {"label": label, "url": page, "due": "", "draft": "", "said": ""}
    draft = state.code == kind.table.initial
    return {
        "label": "繼續填寫" if draft else f"處理「{state.label}」",
        "url": kind.applicant_url(case) or page,
        "due": "yes",
        "draft": "yes" if draft else "",
        "said": "",
    }


def _next_here(case: Case, request: SignedIn, buttons: list[acts.Button], *, mending: bool) -> dict[str, str]:
    """The next step on the case's own page: an anchor and what is to be done, unless another page has it."""
    step = next_step(case, request.user)
    if not step["due"] or step["url"] != request.path:
        return step
    if mending:
        return {**step, "url": "#corrections"}
    if not (open_now := [one.act.pressed for one in buttons if not one.why and one.act.tone != "danger"]):
        return step
    said = f"本案目前為「{words.state_of(case).label}」，等您辦理：{'、'.join(open_now)}。"
    return {**step, "label": f"前往{open_now[0]}", "url": "#acts", "said": said}


def _load(request: SignedIn, number: str) -> tuple[Case, CaseRights]:
    return case_on_side(request.user, number, Side.APPLICANT)


@require_GET
@acting
def case(request: SignedIn, number: str) -> HttpResponse:
    return _page(request, *_load(request, number))


def _page(request: SignedIn, found: Case, rights: CaseRights, *, status: int = 200, **forms: Any) -> HttpResponse:
    day = today()
    events = list(casepage.events(found, internal=False))
    asked = list(casepage.corrections(found))
    buttons = acts.buttons(found, rights, Side.APPLICANT)
    answers = _answers(found, rights, asked, forms)
    context = {
        "case": found,
        "row": words.row(found, day),
        "in_hands": words.in_hands(found, request.user),
        "ongoing": words.ongoing(found, request.user),
        "next": _next_here(found, request, buttons, mending=bool(answers)),
        "progress": words.progress(found, events),
        "corrections": asked,
        "answers": answers,
        "panels": panels(request, found),
        "buttons": buttons,
        "papers": list(casepage.papers(found)),
        "messages_of_case": list(casepage.messages(found, internal=False)),
        "message_form": _message_form(found, forms.get("message")),
        "deadlines": [words.deadline(one, day) for one in casepage.deadlines(found)],
        "documents": list(casepage.documents(found)),
        "timeline": words.timeline(found, events, to_applicant=True),
    }
    return render(request, "casework/case.html", context, status=status)


def _may_answer(found: Case, rights: CaseRights) -> bool:
    """Whoever may act for the applicant; who only looks on may not."""
    return bool(acts.acts_of(found, rights, Side.APPLICANT))


def _answers(found: Case, rights: CaseRights, asked: list[Any], forms: dict[str, Any]) -> list[dict[str, Any]]:
    """The open request's items, each with its form while the case is in the applicant's hands."""
    mending = found.turn == Turn.APPLICANT and _may_answer(found, rights)
    kind = words.about(found)
    urls = {one.code: one.url for one in kind.targets(found)} if kind and asked else {}
    answers = []
    for request in asked:
        if request.closed_at is None:
            for item in request.items.all():
                bound = forms.get(f"item_{item.pk}")
                fresh = AnswerForm(case=found, initial={"text": item.answer}, auto_id=f"answer_{item.pk}_%s")
                form = bound or (fresh if mending else None)
                answers.append({"item": item, "form": form, "url": urls.get(item.target, "")})
    return answers


@acting
def act(request: SignedIn, number: str, act: str) -> HttpResponse:
    found, rights = _load(request, number)
    one = acts.find(found, rights, Side.APPLICANT, act)
    if request.method == "POST":
        button, goal = acts.press(one, found, request)
        if goal is not None:
            return redirect(goal or reverse("casework:case", args=[number]))
    else:
        button = acts.asked(one, found, rights)
    context = {"case": found, "row": words.row(found, today()), "button": button}
    return render(request, "casework/act.html", context, status=422 if request.method == "POST" else 200)


def _message_form(case: Case, posted: MessageForm | None) -> MessageForm | None:
    """None where the case must not hold the writer's name."""
    kind = words.about(case)
    if kind and not kind.open_messages(case):
        return None
    return posted or MessageForm(case=case, auto_id="message_%s")


@require_POST
@acting
def message(request: SignedIn, number: str) -> HttpResponse:
    found, rights = _load(request, number)
    form = MessageForm(request.POST, case=found, auto_id="message_%s")
    if form.is_valid():
        with into_form(request, form) as tried:
            write(found, kind=Message.Kind.TO_OFFICE, body=form.cleaned_data["body"], by=request.user, at=now())
        if tried.ok:
            messages.success(request, "訊息已送給承辦機關。")
            return redirect(f"{reverse('casework:case', args=[number])}#messages")
    return _page(request, found, rights, status=422, message=form)


@require_POST
@acting
def correction_answer(request: SignedIn, number: str, item: int) -> HttpResponse:
    """One item of a correction answered."""
    found, rights = _load(request, number)
    if not _may_answer(found, rights):
        raise NotPermitted("您沒有為這件案件辦理補正的權限。")
    one = get_object_or_404(CorrectionItem.objects.select_related("request"), pk=item, request__case=found)
    form = AnswerForm(request.POST, case=found, auto_id=f"answer_{item}_%s")
    if found.turn != Turn.APPLICANT:
        form.is_valid()
        form.add_error(None, "案件目前不在您手上，無法回復補正。")
    elif form.is_valid():
        with into_form(request, form) as tried, transaction.atomic():
            locked = lock(found, version=form.posted_version)
            corrections.answer(one, case=locked, text=form.cleaned_data["text"], by=request.user, at=now())
        if tried.ok:
            messages.success(request, f"已回復「{one.label}」。")
            return redirect(f"{reverse('casework:case', args=[number])}#corrections")
    return _page(request, found, rights, status=422, **{f"item_{item}": form})
