"""The public front at /45plus/: lists, articles, feeds, site map. Pages are the same for everybody and kept whole (services.front)."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import feedgenerator
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.clock import today
from accounts.limits import PUBLIC_DATA, limited
from kernel.asked import whole_number
from kernel.dates import ONE_DAY, taipei_day
from senior45.models import Article, ArticleFile, ArticlePicture, ArticleVersion
from senior45.params import CATEGORY_LABELS, Category
from senior45.selectors import public_articles, search_articles
from senior45.services import front, text

PER_PAGE = 12
FEED = 30
#: /45plus/c/<slug>/
SLUGS = {one.value.replace("_", "-"): one for one in Category}
SLUG_OF = {one: slug for slug, one in SLUGS.items()}
INTRO = {
    Category.HOT_NEWS: "各機關最新消息",
    Category.EVENT: "徵才、講座與課程",
    Category.PRESS_RELEASE: "新聞稿",
    Category.ANNOUNCEMENT: "公告事項",
    Category.SUCCESS_STORY: "中高齡者及高齡者的就業故事",
    Category.FRIENDLY_EMPLOYER: "友善中高齡者的雇主",
    Category.MASTERS_FORUM: "名人談工作與人生",
    Category.GENERATIONS: "青銀共事的做法",
}


def public_page(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """No sign-in, no cookie read, kept whole for everybody. A view returns bytes, or an HttpResponse that is not kept."""

    @login_not_required
    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = "text/html; charset=utf-8"
        if request.path.endswith(".xml"):
            kind = "application/rss+xml; charset=utf-8" if "rss" in request.path else "application/xml; charset=utf-8"
        # Searches are many, and each is asked once: they are not kept. Neither is a page number nobody is led to.
        number = whole_number(request.GET.get("page", "1"))
        lasting = not request.GET.get("q") and number is not None and number < 10_000
        key, content = front.kept(f"{request.path}:{number}", on=today()) if lasting else ("", None)
        if content is None:
            made = view(request, *args, **kwargs)
            if isinstance(made, HttpResponse):
                return made
            content = made.encode()
            if lasting:
                front.keep(key, content)
        response = HttpResponse(content, content_type=kind)
        response["Cache-Control"] = f"public, max-age={front.BROWSER_SECONDS}"
        return response

    return shown


def _categories(current: Category | None = None) -> list[dict[str, Any]]:
    return [
        {
            "label": CATEGORY_LABELS[one],
            "url": reverse("plus45:category", args=[SLUG_OF[one]]),
            "current": one is current,
            "intro": INTRO[one],
        }
        for one in Category
    ]


def _page(template: str, context: dict[str, Any]) -> str:
    return render_to_string(
        f"senior45/front/{template}.html", {"categories": _categories(context.get("category")), **context}
    )


@public_page
def home(request: HttpRequest) -> str:
    rows = public_articles(today())
    newest = list(rows[:6])
    context = {"newest": newest, "intro": True, "site": settings.SITE_URL}
    if asked := request.GET.get("q", "").strip()[:60]:
        return _list(request, rows, None, asked)
    return _page("home", context)


@public_page
def category(request: HttpRequest, slug: str) -> str:
    if slug not in SLUGS:
        raise Http404
    one = SLUGS[slug]
    asked = request.GET.get("q", "").strip()[:60]
    return _list(request, public_articles(today()).filter(category=one.value), one, asked)


def _list(request: HttpRequest, rows: Any, category: Category | None, asked: str) -> str:
    found = search_articles(rows, asked) if asked else rows
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    slug = SLUG_OF[category] if category else ""
    context = {
        "category": category,
        "heading": CATEGORY_LABELS[category] if category else f"搜尋「{asked}」",
        "page": page,
        "asked": asked,
        "query": f"{urlencode({'q': asked})}&" if asked else "",
        "feed": reverse("plus45:feed", args=[slug]) if slug else reverse("plus45:feed_all"),
        "action": reverse("plus45:category", args=[slug]) if slug else reverse("plus45:home"),
    }
    return _page("list", context)


@public_page
def article(request: HttpRequest, pk: int) -> str | HttpResponse:
    found = get_object_or_404(Article.objects.select_related("live", "office__organisation"), pk=pk)
    if not found.is_public(today()):
        return gone(request, found)
    assert found.live is not None
    return _article(found, found.live, preview=False)


def gone(request: HttpRequest, found: Article) -> HttpResponse:
    """410 with a sentence for what was here; 404 for what never was."""
    if found.first_published_at is None or (
        found.starts_on and found.starts_on > today() and found.withdrawn_at is None
    ):
        raise Http404
    assert found.live is not None
    withdrawn = found.withdrawn_at is not None
    context = {
        "title": found.live.title,
        "withdrawn": withdrawn,
        "ended_on": found.ends_before - ONE_DAY if found.ends_before else None,
    }
    response = HttpResponse(_page("gone", context), status=410)
    response["Cache-Control"] = f"public, max-age={front.BROWSER_SECONDS}"
    return response


def article_page(request: HttpRequest, found: Article, version: ArticleVersion, *, preview: bool) -> HttpResponse:
    """The page itself for a version nobody has published yet."""
    response = HttpResponse(_article(found, version, preview=preview))
    response["Cache-Control"] = "private, no-store"
    return response


def _article(found: Article, version: ArticleVersion, *, preview: bool) -> str:
    one = Category(version.category)

    def address(name: str, picture: ArticlePicture) -> str:
        if preview:
            return reverse("senior45:picture", args=[found.case.number, picture.pk])
        return reverse(f"plus45:{name}", args=[picture.pk])

    context = {
        "article": found,
        "version": version,
        "category": one,
        "category_label": CATEGORY_LABELS[one],
        "category_url": reverse("plus45:category", args=[SLUG_OF[one]]),
        "pictures": [{"picture": picture, "url": address("picture", picture)} for picture in version.pictures.all()],
        "files": list(version.files.all()),
        "until": version.ends_before - ONE_DAY if version.ends_before else None,
        "description": version.summary or text.plain(version.html)[:120],
        "address": settings.SITE_URL.rstrip("/") + reverse("plus45:article", args=[found.pk]),
        "preview": preview,
    }
    return _page("article", context)


# --- files -----------------------------------------------------------------------------------------------------------


def _public_file(model: type[Any], pk: int) -> Any:
    """The row, where its version is what the public reads now."""
    one = get_object_or_404(model.objects.select_related("version__article"), pk=pk)
    found: Article = one.version.article
    if found.live_id != one.version_id or not found.is_public(today()):
        raise Http404
    return one


@login_not_required
@require_safe
def picture(request: HttpRequest, pk: int) -> FileResponse:
    one: ArticlePicture = _public_file(ArticlePicture, pk)
    response = FileResponse(one.file.open("rb"), content_type="image/png" if one.extension == "png" else "image/jpeg")
    return _safe(response)


@login_not_required
@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    one: ArticleFile = _public_file(ArticleFile, pk)
    response = FileResponse(one.file.open("rb"), content_type=one.media_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{one.label}.{one.extension}") or "attachment"
    return _safe(response)


def _safe(response: FileResponse) -> FileResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"public, max-age={front.BROWSER_SECONDS}"
    return response


# --- feeds -----------------------------------------------------------------------------------------------------------


def _feed(rows: Any, title: str, link: str) -> str:
    site = settings.SITE_URL.rstrip("/")
    feed = feedgenerator.Rss201rev2Feed(
        title=f"{title}｜45+就業資源網",
        link=site + link,
        description=f"45+就業資源網「{title}」最新內容",
        language="zh-hant-TW",
    )
    for one in rows[:FEED]:
        address = site + reverse("plus45:article", args=[one.pk])
        feed.add_item(
            title=one.live.title,
            link=address,
            description=one.live.summary or text.plain(one.live.html)[:200],
            author_name=one.office.organisation.name,
            unique_id=address,
            pubdate=one.published_at,
            categories=[CATEGORY_LABELS[Category(one.category)]],
        )
    return feed.writeString("utf-8")


@public_page
@limited(PUBLIC_DATA)
def feed(request: HttpRequest, slug: str) -> str:
    if slug not in SLUGS:
        raise Http404
    one = SLUGS[slug]
    return _feed(
        public_articles(today()).filter(category=one.value),
        CATEGORY_LABELS[one],
        reverse("plus45:category", args=[slug]),
    )


@public_page
@limited(PUBLIC_DATA)
def feed_all(request: HttpRequest) -> str:
    return _feed(public_articles(today()), "全部類別", reverse("plus45:home"))


@public_page
@limited(PUBLIC_DATA)
def sitemap(request: HttpRequest) -> str:
    """sitemap.xml of what is public today."""
    site = settings.SITE_URL.rstrip("/")
    pages: list[tuple[str, date | None]] = [(reverse("plus45:home"), None)]
    pages += [(reverse("plus45:category", args=[slug]), None) for slug in SLUGS]
    rows = public_articles(today()).select_related(None).values_list("pk", "published_at")[:45_000]
    pages += [(reverse("plus45:article", args=[pk]), taipei_day(at)) for pk, at in rows]
    return render_to_string(
        "senior45/front/sitemap.xml", {"pages": [{"url": site + url, "on": on} for url, on in pages]}
    )
