"""The desk: what waits, the work list, and acts on many cases at once."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.http import SignedIn
from accounts.limits import EXPORT, limited
from accounts.rights import holds, rights_of
from casework.desk.desk import Desk, desk_of
from casework.desk.saved_filters import delete_filter, keep_filter
from casework.desk.search import index_of
from casework.desk.worklist import Criteria, Sort, Tab, spell_count, tab_counts, work_page
from casework.forms import ActForm
from casework.forms.worklist import WorkFilter
from casework.jobs import watch
from casework.jobs.exports import request_export
from casework.models import SavedFilter
from casework.rights import WATCH
from casework.sheets.writing import LABELS
from casework.views import bulk_acts, words
from casework.views.acting import acting, once_here

PAGE = "work"


def page(request: SignedIn, template: str, context: dict[str, Any], *, title: str, status: int = 200) -> HttpResponse:
    """A page of the browser admin."""
    shown = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"casework/agency/{template}.html", shown, status=status)


def tabs(desk: Desk, current: Tab | None, kept: str = "") -> list[dict[str, Any]]:
    """The tabs of the list with what waits behind each."""
    counts = tab_counts(desk, today())
    return [
        {
            "label": tab.label,
            "url": f"{reverse('admin:work')}?tab={tab}{f'&{kept}' if kept else ''}",
            "current": tab == current,
            "count": spell_count(counts[tab]) if tab in counts else "",
        }
        for tab in Tab
    ]


@require_GET
def index(request: SignedIn, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """我的工作臺: my queue, what is late, and what does not run."""
    desk, day = desk_of(request.user, rights_of(request)), today()
    turn = work_page(Criteria(tab=Tab.MY_TURN, today=day), desk, size=8).rows
    mine = work_page(Criteria(tab=Tab.MINE, today=day, sort=Sort.DUE), desk, size=8).rows
    newest = work_page(Criteria(tab=Tab.MINE, today=day), desk, size=8).rows
    first = list({case.pk: case for case in (*turn, *mine, *newest)}.values())[:8]
    context = {
        "tabs": tabs(desk, None),
        "rows": [words.row(case, day) for case in first],
        "watch": watch.troubles(now(), day) if holds(request, WATCH) else None,
        "registers": admin.site.get_app_list(request),
        "has_desk": bool(desk.kinds_by_office or desk.granted),
    }
    return page(request, "index", context, title="我的工作臺")


def work(request: SignedIn) -> HttpResponse:
    """案件清單. A search is posted, so that an identifier never stands in an address; the address carries its digest."""
    if request.method == "POST" or index_of(request.GET.get("q", "")):
        return _to_search(request)
    desk, day = desk_of(request.user, rights_of(request)), today()
    form = WorkFilter(request.GET, desk=desk, today=day)
    criteria = form.criteria()
    found = work_page(criteria, desk, cursor=request.GET.get("from", ""))
    query = form.query()
    saved = list(SavedFilter.objects.filter(user=request.user, page=PAGE).order_by("name"))
    context = {
        "form": form,
        "filter_fields": form.visible_fields(),
        "tabs": tabs(desk, form.tab_asked),
        "tab": form.tab_asked,
        "rows": [words.row(case, day) for case in found.rows],
        "following": f"?{query}&{urlencode({'from': found.following})}" if found.following else "",
        "preceding": f"?{query}&{urlencode({'from': found.preceding})}" if found.preceding else "",
        "query": query,
        "search": criteria.search,
        "saved": saved,
        "bulk": ActForm(),
        "colleagues": form.colleagues,
        "formats": LABELS,
        "today": day,
    }
    return page(request, "work", context, title="案件清單")


def _to_search(request: SignedIn) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    typed = asked.get("q", "").strip()
    digest = index_of(typed)
    number = typed.upper()
    if not digest and desk_of(request.user, rights_of(request)).cases().filter(number=number).exists():
        return redirect("admin:case", number)
    question = {"who": digest} if digest else {"q": typed[:100]}
    return redirect(f"{reverse('admin:work')}?{urlencode(question)}" if typed else reverse("admin:work"))


@require_POST
@acting
def bulk(request: SignedIn) -> HttpResponse:
    """One act on many cases: what became of each, row by row."""
    desk = desk_of(request.user, rights_of(request))
    envelope = ActForm(request.POST)
    chosen = bulk_acts.chosen(request.POST.getlist("case"))
    back = reverse("admin:work") + (f"?{request.POST['query']}" if request.POST.get("query") else "")
    if not envelope.is_valid() or not chosen:
        messages.warning(request, "請先勾選要辦理的案件。")
        return HttpResponseRedirect(back)
    what = bulk_acts.read(request.POST.get("act", ""), request.POST.get("to", ""), desk)
    if what.problem:
        messages.warning(request, what.problem)
        return HttpResponseRedirect(back)
    at = now()
    answer, _ = once_here(
        request,
        envelope,
        f"bulk.{what.code}",
        at=at,
        do=lambda: {"label": what.label, "rows": bulk_acts.run(what, chosen, desk, by=request.user, at=at)},
    )
    done = sum(row["ok"] for row in answer["rows"])
    context = {
        "label": answer["label"],
        "rows": answer["rows"],
        "done": done,
        "left": len(answer["rows"]) - done,
        "back": back,
    }
    return page(request, "bulk", context, title=f"{answer['label']}：辦理結果")


@require_POST
@acting
@limited(EXPORT)
def export(request: SignedIn) -> HttpResponse:
    """The list as asked for, written in the background."""
    form = WorkFilter(
        QueryDict(request.POST.get("query", "")), desk=desk_of(request.user, rights_of(request)), today=today()
    )
    label = form.tab_asked.label
    request_export(
        user=request.user,
        page=PAGE,
        title=f"案件清單（{label}）",
        query=form.query(tab=form.tab_asked.value),
        format=request.POST.get("format", ""),
        at=now(),
    )
    messages.success(request, "已開始產製清單，完成後會通知您，也可在本頁下載。")
    return redirect("casework:exports")


@require_POST
@acting
def save_filter(request: SignedIn) -> HttpResponse:
    query = WorkFilter(
        QueryDict(request.POST.get("query", "")), desk=desk_of(request.user, rights_of(request)), today=today()
    ).query()
    keep_filter(user=request.user, page=PAGE, name=request.POST.get("name", ""), query=query)
    messages.success(request, "已儲存為我的篩選。")
    return redirect(f"{reverse('admin:work')}?{query}")


@require_POST
def drop_filter(request: SignedIn, pk: int) -> HttpResponse:
    delete_filter(get_object_or_404(SavedFilter, pk=pk, user=request.user))
    messages.success(request, "已刪除這組篩選。")
    return redirect("admin:work")
