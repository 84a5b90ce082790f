"""The scheme's public side: home, course board, lecturer look-up, job board, news, downloads, questions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.clock import now, today
from accounts.rights import can_anywhere
from casework.papers import odt
from casework.views.acting import acting, into_form
from kernel.asked import before_page
from vrs_credentials.documents import blanks
from vrs_credentials.forms.institution import QuestionForm
from vrs_credentials.models import Course
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.params.figures import GROUPS
from vrs_credentials.permissions import VIEW_OWN
from vrs_credentials.selectors import site
from vrs_credentials.selectors.casepage import AUDIENCE
from vrs_credentials.services import site as acts
from vrs_credentials.views.common import page, pressed_once

PER_PAGE = 20


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首頁: six doors of the professional, the institution's area, news and courses."""
    day = today()
    works = request.user.is_authenticated and can_anywhere(request.user, VIEW_OWN)
    context = {
        "news": site.published_news(on=day)[:5],
        "courses": site.public_courses(on=day)[:5],
        "jobs": site.open_jobs(on=day)[:5],
        "institution": works,
    }
    return page(request, "home", context, title="職業重建專業人員認證")


def _pages(request: HttpRequest, rows: object) -> object:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]


@login_not_required
@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """繼續教育課程專區."""
    words, kind, group = (request.GET.get(name, "").strip()[:100] for name in ("q", "kind", "group"))
    past = request.GET.get("past") == "1"
    rows = site.public_courses(
        on=today(), words=words, kind=kind if kind in KINDS else "", group=group if group in GROUPS else "", past=past
    )
    found = _pages(request, rows)
    query = before_page(q=words, kind=kind, group=group, past="1" if past else "")
    context = {
        "found": found, "query": query, "words": words, "kind": kind, "group": group, "past": past,
        "kinds": KINDS.items(), "groups": GROUPS.items(),
    }  # fmt: skip
    return page(request, "public_courses", context, title="課程專區")


@login_not_required
@require_safe
def course(request: HttpRequest, number: str) -> HttpResponse:
    one = get_object_or_404(
        Course.objects.select_related("case__organisation").prefetch_related("fields", "lecturers"),
        number=number, is_public=True, case__state__in=site.PASSED,
    )  # fmt: skip
    audience = "、".join(AUDIENCE[code] for code in one.audience)
    return page(
        request,
        "public_course",
        {"one": one, "audience": audience},
        title=one.title,
        crumbs=[("課程專區", "/vrs/courses/")],
    )


@login_not_required
@require_safe
def lecturers(request: HttpRequest) -> HttpResponse:
    """講師查詢: who was passed for what."""
    words = request.GET.get("q", "").strip()[:100]
    return page(
        request,
        "public_lecturers",
        {"found": _pages(request, site.approved_lecturers(words)), "words": words},
        title="講師查詢",
    )


@login_not_required
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """求才專區."""
    words, kind = request.GET.get("q", "").strip()[:100], request.GET.get("kind", "")
    found = _pages(request, site.open_jobs(on=today(), kind=kind if kind in KINDS else "", words=words))
    return page(
        request, "public_jobs", {"found": found, "words": words, "kind": kind, "kinds": KINDS.items()}, title="求才專區"
    )


@login_not_required
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(site.open_jobs(on=today()), pk=pk)
    return page(request, "public_job", {"one": one}, title=one.title, crumbs=[("求才專區", "/vrs/jobs/")])


@login_not_required
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """訊息專區."""
    return page(request, "news", {"found": _pages(request, site.published_news(on=today()))}, title="訊息專區")


@login_not_required
@require_safe
def news_item(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(site.published_news(on=today()), pk=pk)
    return page(request, "news_item", {"one": one}, title=one.title, crumbs=[("訊息專區", "/vrs/news/")])


@login_not_required
@require_safe
def downloads(request: HttpRequest) -> HttpResponse:
    """下載專區: blank forms."""
    return page(request, "downloads", {"rows": list(blanks.BLANKS.items())}, title="下載專區")


@login_not_required
@require_safe
def download(request: HttpRequest, code: str, form: str = blanks.PDF) -> HttpResponse:
    if code not in blanks.BLANKS or form not in _FORMS:
        raise Http404
    response = HttpResponse(blanks.blank(code, on=today(), form=form), content_type=_FORMS[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{blanks.BLANKS[code]}.{form}") or ""
    return response


_FORMS = {blanks.PDF: "application/pdf", blanks.ODT: odt.MEDIA_TYPE}


@login_not_required
@acting
def questions(request: HttpRequest) -> HttpResponse:
    """常見問題及留言板: read by everybody, asked by whoever is signed in."""
    form = QuestionForm(request.POST or None) if request.user.is_authenticated else None
    if request.method == "POST" and form is None:
        return redirect(f"/accounts/login/?next={request.path}")
    if request.method == "POST" and form and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            pressed_once(
                request, form, "vrs.question", at, lambda: {"pk": acts.ask(**form.answers, by=request.user, at=at).pk}
            )
        if tried.ok:
            messages.success(request, "已送出留言，回復後會通知您。")
            return redirect("vrs_credentials:questions")
    context = {"found": _pages(request, site.shown_questions(request.user)), "form": form}
    return page(
        request, "questions", context, title="留言板", status=422 if form and form.is_bound and form.errors else 200
    )
