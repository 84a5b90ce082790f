"""使用說明 /guide/: short pages by role, in the product. Pictures are made by `python -m tests.browser.pictures` from the demonstration."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from accounts.context_processors import register_help


@dataclass(frozen=True, slots=True)
class Page:
    """`scheme`: shown where the site offers it; none: everybody's."""

    slug: str
    title: str
    audience: str
    text: str
    scheme: str = ""
    #: Namespaces and URL names it speaks of; the longest name that fits a page is behind its 「使用說明」.
    about: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        return f"guide/{self.slug}.html"


_OF_CLASSES = ("classes", "file_course", "enrolments", "attendance", "results", "closing", "pass_on")
_OF_SYSTEM = ("calendar", "law", "jobs", "mail_log", "wordings", "people", "sign_in_help")

PAGES = (
    Page(
        "sign-in", "登入與帳號安全", "所有使用者", "憑證與密碼登入、設定密碼、兩步驟驗證、自動登出。",
        about=("account_", "mfa_", "usersessions_"),
    ),
    Page("cases", "送件、補正與查進度", "所有申請人", "草稿、送件、補正、訊息、文件下載與查驗。", about=("casework:",)),
    Page(
        "notices", "通知、期限與行事曆", "所有使用者", "哪些會寄信、每日彙整、把期限放進手機行事曆。",
        about=("casework:reach", "casework:inbox", "casework:notice"),
    ),
    Page(
        "unit", "申請在職訓練系統帳號", "訓練單位聯絡人", "新單位申請、年度賦予、註銷與切結書。",
        "ojt_accounts", ("ojt_accounts:",),
    ),
    Page("office", "審查案件", "機關承辦、主管、核定人員", "案件清單、逐件確認、補正、簽核與設定。", about=("admin:",)),
    Page(
        "course", "開課、報名與核銷", "訓練單位課程人員", "訓練計畫、報名審核、點名、考核與結訓核銷。",
        "ojt_subsidy", tuple(f"ojt_subsidy:{one}" for one in _OF_CLASSES),
    ),
    Page(
        "trainee", "報名課程與補助費", "參訓學員", "選課、報名序號、身分證明、補助額度與撥款。",
        "ojt_subsidy", ("ojt_subsidy:",),
    ),
    Page(
        "payment", "補助款撥款", "分署撥款人員", "清冊、銀行檔、銀行回覆與退匯。",
        "ojt_subsidy", ("admin:subsidy_batch",),
    ),
    Page(
        "site", "45+ 網站帳號與上稿", "資源網使用機關", "帳號新增與停用、寫稿、核稿、定期清查。",
        "senior45", ("senior45:",),
    ),
    Page(
        "health", "勞工健康服務人員訓練", "訓練機構", "申請認可、報備班次、點名、證書與函報。",
        "ohs_training", ("ohs_training:",),
    ),
    Page(
        "credential", "職業重建專業人員資格", "專業人員與訓練單位", "資格認證、繼續教育時數、更新與補發。",
        "vrs_credentials", ("vrs_credentials:",),
    ),
    Page(
        "system", "系統管理", "系統管理者", "人員與角色、辦公日曆、法規數值、排程、退信與範本文字。",
        about=tuple(f"admin:{one}" for one in _OF_SYSTEM),
    ),
    Page(
        "law", "修正法規數值", "法規承辦人、法規核定人", "起草、影響試算與核定。", about=("admin:amendment", "admin:impact"),
    ),
)  # fmt: skip


def offered() -> list[Page]:
    return [page for page in PAGES if not page.scheme or page.scheme in settings.SCHEMES]


def help_for(request: HttpRequest) -> str:
    """The page of the guide that speaks of where the visitor is; the index where none does."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    fitting = [(len(name), one.slug) for one in offered() for name in one.about if here.startswith(name)]
    return reverse("guide:page", args=[max(fitting)[1]]) if fitting else reverse("guide:index")


register_help(help_for)


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "guide/index.html", {"pages": offered()})


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    pages = offered()
    here = next((n for n, one in enumerate(pages) if one.slug == slug), None)
    if here is None:
        raise Http404
    following = pages[here + 1] if here + 1 < len(pages) else None
    return render(request, pages[here].template, {"page": pages[here], "following": following})


@login_not_required
@require_safe
def english(request: HttpRequest) -> HttpResponse:
    """What a foreign professional needs to know before asking somebody who reads Chinese."""
    return render(request, "guide/english.html", {"pages": offered()})


urlpatterns = [
    path("guide/", index, name="index"),
    path("guide/<slug:slug>/", page, name="page"),
    path("en/", english, name="english"),
]
