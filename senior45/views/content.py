"""上稿與審稿: the content board, writing, reviewing with differences, preview."""

import difflib
import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.rights import organisations_with
from accounts.roles import Side
from casework.cases import casepage
from casework.cases.access import rights_on
from casework.cases.doing import perform
from casework.errors import NotPermitted
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.views import acts, words
from casework.views.acting import acting, into_form, once_here
from kernel.dates import ONE_DAY, roc
from senior45.acts import ARTICLE_ACTS
from senior45.forms.content import ArticleForm, FileForm, PictureForm
from senior45.models import Article, ArticleFile, ArticlePicture, ArticleVersion
from senior45.params import CATEGORY_LABELS, Category
from senior45.permissions import REVIEW, WRITE
from senior45.selectors import articles_waiting, board, categories_of, compared_version, my_offices, newest_version
from senior45.services import articles
from senior45.states import WRITABLE
from senior45.views import front

PER_PAGE = 30
TABS = (
    ("draft", "草稿與退回", WRITABLE),
    ("waiting", "待審稿", ("waiting",)),
    ("published", "已刊登", ("published",)),
    ("expiring", "即將期滿", ("published",)),
    ("over", "期滿、下架及捨棄", ("expired", "withdrawn", "discarded")),
)
SOON = 14 * ONE_DAY


@require_GET
def content(request: HttpRequest) -> HttpResponse:
    """內容看板, at the drafts."""
    return _board(request, "draft" if _writes(request) else "waiting")


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """內容看板, at what waits for review."""
    return _board(request, "waiting")


def waiting_rows(request: HttpRequest) -> list[dict[str, Any]]:
    """等我處理 on the start page: texts waiting for this reviewer, but for their own."""
    reviewing = organisations_with(request.user, REVIEW)
    rows = articles_waiting(reviewing, request.user)
    return [
        {
            "title": one.case.title,
            "url": reverse("senior45:article", args=[one.case.number]),
            "number": one.case.number,
            "state_label": ARTICLE_ACTS.state(one.case.state).label,
            "tone": "info",
        }
        for one in rows[:8]
    ]


def _board(request: HttpRequest, first: str) -> HttpResponse:
    mine, on = board(request.user), today()
    current = request.GET.get("tab", "")
    current = current if current in {code for code, _, _ in TABS} else first
    tabs = []
    rows = mine
    for code, label, states in TABS:
        found = mine.filter(case__state__in=states)
        if code == "expiring":
            found = found.filter(ends_before__isnull=False, ends_before__lte=on + SOON)
        tabs.append({"label": label, "url": f"?tab={code}", "current": code == current, "count": found.count()})
        if code == current:
            rows = found
    page = Paginator(rows.prefetch_related("versions").order_by("-case__changed_at", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "tabs": tabs,
        "page": page,
        "rows": [_row(one) for one in page],
        "query": f"tab={current}&",
        "may_write": _writes(request),
    }
    return render(request, "senior45/content.html", context)


def _writes(request: HttpRequest) -> bool:
    return organisations_with(request.user, WRITE).exists()


def _row(article: Article) -> dict[str, Any]:
    newest = max(article.versions.all(), key=lambda one: one.number)
    state = ARTICLE_ACTS.state(article.case.state)
    until = newest.ends_before - ONE_DAY if newest.ends_before else None
    return {
        "article": article,
        "version": newest,
        "badge": words.badge(state.label, state.tone),
        "category": CATEGORY_LABELS[Category(newest.category)],
        "days": f"{roc(newest.starts_on)} 起" + (f"至 {roc(until)}" if until else ""),
        "live": article.is_public(today()),
    }


def _article(request: HttpRequest, number: str) -> Article:
    """Raises Case.DoesNotExist alike for no such number and for another office's."""
    try:
        return board(request.user).get(case__number=number)
    except Article.DoesNotExist as error:
        raise Case.DoesNotExist(number) from error


# --- writing ---------------------------------------------------------------------------------------------------------


@acting
def write(request: HttpRequest) -> HttpResponse:
    """新文稿."""
    offices = my_offices(request.user, WRITE)
    if not offices:
        raise Case.DoesNotExist
    form = ArticleForm(request.POST or None, offices=offices, initial={"office": offices[0].pk})
    form.offer(
        sorted(
            {one for office in offices for one in categories_of(office, on=today(), law=law_in_force())},
            key=list(Category).index,
        )
    )
    if request.method == "POST" and form.is_valid():
        at = now()

        def do() -> dict[str, Any]:
            made = articles.start(
                office=form.cleaned_data["office"], data=form.data_for_service, by=request.user, at=at
            )
            return {"number": made.case.number}

        with into_form(request, form) as tried:
            answer, _ = once_here(request, form, "senior45.write", at=at, do=do)
        if tried.ok:
            messages.success(request, "草稿已儲存。可以加入圖片與附件，預覽後送審。")
            return redirect("senior45:article", answer["number"])
    return render(request, "senior45/write.html", {"form": form, "article": None}, status=422 if form.errors else 200)


@acting
def edit(request: HttpRequest, number: str) -> HttpResponse:
    article = _article(request, number)
    newest = newest_version(article)
    form = ArticleForm(
        request.POST or None,
        offices=my_offices(request.user, WRITE),
        version=newest,
        article=article,
        case=article.case,
    )
    form.offer(categories_of(article.office, on=today(), law=law_in_force()))
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            given = {"data": form.data_for_service, "version": form.posted_version}
            perform(article.case, "edited", by=request.user, at=now(), **given)
        if tried.ok:
            messages.success(request, "草稿已儲存。")
            return redirect("senior45:article", number)
    return render(
        request, "senior45/write.html", {"form": form, "article": article}, status=422 if form.errors else 200
    )


@require_POST
@acting
def add_media(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """A picture or a file."""
    article = _article(request, number)
    form: Any = (PictureForm if what == "picture" else FileForm)(request.POST, request.FILES, auto_id=f"{what}_%s")
    if form.is_valid():
        with into_form(request, form) as tried:
            perform(article.case, f"{what}.added", by=request.user, at=now(), **form.cleaned_data)
        if tried.ok:
            messages.success(request, "已加入。")
            return redirect(f"{reverse('senior45:article', args=[number])}#media")
    return _page(request, article, 422, **{f"{what}_form": form})


@require_POST
@acting
def remove_media(request: HttpRequest, number: str, what: str, pk: int) -> HttpResponse:
    article = _article(request, number)
    rows: Any = ArticlePicture if what == "picture" else ArticleFile
    get_object_or_404(rows, pk=pk, version__article=article)
    perform(article.case, f"{what}.removed", pk=pk, by=request.user, at=now())
    messages.success(request, "已移除。")
    return redirect(f"{reverse('senior45:article', args=[number])}#media")


# --- one article -----------------------------------------------------------------------------------------------------


def _buttons(request: HttpRequest, case: Case, tried: acts.Button | None) -> list[acts.Button]:
    """What writers and reviewers do in this state, in the order of the table; what was tried just now with its errors."""
    rights = rights_on(request.user, case)
    shown = {one.act.code: one for side in Side for one in acts.buttons(case, rights, side)}
    if tried is not None:
        shown[tried.act.code] = tried
    return [shown[act.code] for act in ARTICLE_ACTS if act.code in shown and case.state in act.sources]


@require_GET
@acting
def article(request: HttpRequest, number: str) -> HttpResponse:
    """One article: what it says, what changed, what can be done."""
    return _page(request, _article(request, number))


def _page(request: HttpRequest, found: Article, status: int = 200, **forms: Any) -> HttpResponse:
    version = newest_version(found)
    before = compared_version(found, version)
    state = ARTICLE_ACTS.state(found.case.state)
    writes = organisations_with(request.user, WRITE).filter(pk=found.office.organisation_id).exists()
    context = {
        "article": found,
        "row": _row(found),
        "version": version,
        "before": before,
        "differences": differences(before, version) if before else [],
        "versions": found.versions.select_related("written_by", "reviewed_by").order_by("-number"),
        "state": state,
        "buttons": _buttons(request, found.case, forms.get("tried")),
        "editable": writes and found.case.state in WRITABLE,
        "picture_form": forms.get("picture_form") or PictureForm(auto_id="picture_%s"),
        "file_form": forms.get("file_form") or FileForm(auto_id="file_%s"),
        "timeline": words.timeline(found.case, casepage.events(found.case, internal=True)),
    }
    return render(request, "senior45/article.html", context, status=status)


@require_POST
@acting
def press(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """送審, 核准, 退回, 修訂, 下架, 捨棄."""
    case = _article(request, number).case
    pressed = next((one for one in ARTICLE_ACTS.buttons if one.code == act), None)
    if pressed is None:
        raise Case.DoesNotExist(number)
    if not rights_on(request.user, case).has(pressed.right):
        raise NotPermitted("您沒有辦理這個動作的權限。")
    tried, goal = acts.press(pressed, case, request)
    if goal is None:
        return _page(request, _article(request, number), 422, tried=tried)
    return redirect("senior45:content" if act == "discard" else reverse("senior45:article", args=[number]))


@require_GET
@acting
def preview(request: HttpRequest, number: str, version: int | None = None) -> HttpResponse:
    """The page itself, with the version as it stands; no visitor can reach it."""
    found = _article(request, number)
    shown = get_object_or_404(found.versions, number=version) if version else newest_version(found)
    return front.article_page(request, found, shown, preview=True)


@require_GET
@acting
def picture(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A picture of any version, for those who write and review it."""
    found = _article(request, number)
    one = get_object_or_404(ArticlePicture, pk=pk, version__article=found)
    return FileResponse(one.file.open("rb"), content_type="image/png" if one.extension == "png" else "image/jpeg")


# --- differences -----------------------------------------------------------------------------------------------------

_WORDS = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)


def differences(before: ArticleVersion, after: ArticleVersion) -> list[dict[str, Any]]:
    """What the newer version changes, field by field; the text as runs of (kept, added, removed)."""
    found = []
    for name in ("category", "title", "summary", "starts_on", "ends_before"):
        old, new = _field(before, name), _field(after, name)
        if old != new:
            label = "刊登迄日" if name == "ends_before" else str(ArticleVersion._meta.get_field(name).verbose_name)
            found.append({"label": label, "runs": [("removed", old), ("added", new)] if old else [("added", new)]})
    if before.body != after.body:
        found.append({"label": "內文", "runs": runs(before.body, after.body)})
    for label, rows in (("圖片", "pictures"), ("附件", "files")):
        old_set = {one.sha256: _media(one) for one in getattr(before, rows).all()}
        new_set = {one.sha256: _media(one) for one in getattr(after, rows).all()}
        changed = [("removed", old_set[key]) for key in old_set if new_set.get(key) != old_set[key]]
        changed += [("added", new_set[key]) for key in new_set if new_set[key] != old_set.get(key)]
        if changed:
            found.append({"label": label, "runs": changed})
    return found


def _media(one: Any) -> str:
    return f"{one.original_name}（{getattr(one, 'alt', '') or one.label}）　"


def _field(version: ArticleVersion, name: str) -> str:
    value = getattr(version, name)
    if name == "category":
        return CATEGORY_LABELS[Category(value)]
    if name == "ends_before":
        return roc(value - ONE_DAY) if value else "不限期"
    return roc(value) if name == "starts_on" else value


def runs(old: str, new: str) -> list[tuple[str, str]]:
    """Line by line first, then within the lines that changed: quick for long texts, exact for small changes."""
    found: list[tuple[str, str]] = []
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        before, after = "".join(a[i1:i2]), "".join(b[j1:j2])
        if kind == "equal":
            found.append(("kept", before))
        elif kind == "replace" and len(before) + len(after) < 4000:
            x, y = _WORDS.findall(before), _WORDS.findall(after)
            for what, p1, p2, q1, q2 in difflib.SequenceMatcher(None, x, y, autojunk=False).get_opcodes():
                if what == "equal":
                    found.append(("kept", "".join(x[p1:p2])))
                    continue
                found += [(name, "".join(part)) for name, part in (("removed", x[p1:p2]), ("added", y[q1:q2])) if part]
        else:
            found += [(name, part) for name, part in (("removed", before), ("added", after)) if part]
    return found
