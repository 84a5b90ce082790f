"""機關作業後臺: the browser admin as a place of work. Its index is the desk; its pages of work come before the registers."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, path, reverse

from accounts.catalogue import APPOINT, HELP_SIGN_IN
from accounts.rights import holds
from casework.rights import WATCH, WORDING
from casework.schemes import AGENCY_PAGES
from casework.views import (
    agency,
    agency_case,
    amendments,
    calendar,
    identity,
    people,
    registers,
    sign_in_help,
    standing,
    wordings,
)

#: (label, URL name, right that opens it; None: every member of staff)
NAVIGATION: tuple[tuple[str, str, str | None], ...] = (
    ("我的工作臺", "admin:index", None),
    ("案件清單", "admin:work", None),
    ("辦公日曆", "admin:calendar", None),
    ("法規數值", "admin:law", None),
    ("法規修正案", "admin:amendments", None),
    ("範本文字", "admin:wordings", WORDING),
    ("排程", "admin:jobs", WATCH),
    ("郵件紀錄", "admin:mail_log", WATCH),
    ("人員與角色", "admin:people", APPOINT),
    ("登入協助", "admin:sign_in_help", HELP_SIGN_IN),
    ("匯出檔案", "casework:exports", None),
)


#: Pages that stand under another entry of the menu.
SECTIONS = {
    "admin:case": "admin:work",
    "admin:case_act": "admin:work",
    "admin:case_as_of": "admin:work",
    "admin:people_person": "admin:people",
    "admin:people_add": "admin:people",
    "admin:people_office": "admin:people",
    "admin:people_grant": "admin:people",
    "admin:people_take_back": "admin:people",
    "admin:sign_in_help_person": "admin:sign_in_help",
    "admin:sign_in_help_act": "admin:sign_in_help",
    "admin:amendment": "admin:amendments",
    "admin:amendment_value": "admin:amendments",
    "admin:amendment_figures": "admin:amendments",
    "admin:impact": "admin:amendments",
}


CLOSED = {"auth", "account", "mfa", "usersessions"}


class PortalAdminSite(admin.AdminSite):
    site_title = site_header = "訓練業務作業後臺"
    index_title = "我的工作臺"
    enable_nav_sidebar = False
    empty_value_display = "—"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Packages bring pages for their tables too: roles, addresses, second factors and sessions change by acts only."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_label not in CLOSED]
        super().register(ours, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        def at(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, self.admin_view(view), name=name)

        own = [
            at("", agency.index, "index"),
            at("work/", agency.work, "work"),
            at("work/bulk/", agency.bulk, "bulk"),
            at("work/export/", agency.export, "export"),
            at("work/filters/", agency.save_filter, "save_filter"),
            at("work/filters/<int:pk>/delete/", agency.drop_filter, "drop_filter"),
            at("case/<case:number>/", agency_case.case, "case"),
            at("case/<case:number>/act/<slug:act>/", agency_case.act, "case_act"),
            at("case/<case:number>/desk/<slug:what>/", agency_case.desk, "case_desk"),
            at("case/<case:number>/as-of/", standing.of_office, "case_as_of"),
            at("case/<case:number>/message/", agency_case.message, "case_message"),
            at("case/<case:number>/papers/<int:pk>/confirm/", agency_case.confirm, "case_confirm"),
            at("case/<case:number>/notices/<int:pk>/resend/", agency_case.resend_notice, "case_resend"),
            at("case/<case:number>/reveal/<slug:code>/", agency_case.reveal, "case_reveal"),
            at("people/", people.people, "people"),
            at("people/add/", people.add, "people_add"),
            at("people/office/", people.office, "people_office"),
            at("people/<int:pk>/", people.person, "people_person"),
            at("people/<int:pk>/grant/", people.grant, "people_grant"),
            at("people/<int:pk>/take-back/", people.take_back, "people_take_back"),
            at("people/<int:pk>/reveal/", registers.reveal_person, "reveal_person"),
            at("calendar/", calendar.year, "calendar"),
            at("calendar/upload/", calendar.upload, "calendar_upload"),
            at("calendar/day/", calendar.day, "calendar_day"),
            at("wordings/", wordings.wordings, "wordings"),
            at("law/", registers.law, "law"),
            at("law/amendments/", amendments.register, "amendments"),
            at("law/amendments/new/", amendments.new, "amendment_new"),
            at("law/amendments/<int:pk>/", amendments.amendment, "amendment"),
            at("law/amendments/<int:pk>/edit/", amendments.edit, "amendment_edit"),
            at("law/amendments/<int:pk>/figures/", amendments.figures, "amendment_figures"),
            at("law/amendments/<int:pk>/values/<str:code>/", amendments.value, "amendment_value"),
            at("law/amendments/<int:pk>/act/<slug:what>/", amendments.act, "amendment_act"),
            at("law/impact/<int:pk>/", amendments.sheet, "impact"),
            at("law/impact/<int:pk>/export/", amendments.export, "impact_export"),
            at("jobs/", registers.jobs, "jobs"),
            at("sign-in/", sign_in_help.people, "sign_in_help"),
            at("sign-in/proof/<int:pk>/", identity.proof, "sign_in_help_proof"),
            at("sign-in/<int:pk>/", sign_in_help.person, "sign_in_help_person"),
            at("sign-in/<int:pk>/<slug:act>/", sign_in_help.act, "sign_in_help_act"),
            at("mail/", registers.mail_log, "mail_log"),
            at("mail/<int:pk>/resend/", registers.resend_mail, "resend_mail"),
        ]
        own += [at(page.route, page.view, page.name) for page in AGENCY_PAGES]
        stock = [one for one in super().get_urls() if getattr(one, "name", "") != "index"]
        return own + stock

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The stock site counts every model's rights for its sidebar; ours has a menu of its own."""
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": "/",
            "has_permission": self.has_permission(request),
            "available_apps": [],
            "is_popup": False,
            "is_nav_sidebar_enabled": False,
            "log_entries": (),
            "agency_nav": self.navigation(request) if self.has_permission(request) else [],
        }

    def navigation(self, request: HttpRequest) -> list[dict[str, Any]]:
        here = request.resolver_match.view_name if request.resolver_match else ""
        section = SECTIONS.get(here, here)
        return [
            {"label": label, "url": reverse(name), "current": name == section}
            for label, name, code in (
                *NAVIGATION,
                *((page.label, f"admin:{page.name}", page.right) for page in AGENCY_PAGES if page.label),
            )
            if code is None or holds(request, code)
        ]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page, with its limits and second factor."""
        if request.user.is_authenticated and not self.has_permission(request):
            return HttpResponseRedirect("/")
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"), "account_login")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(resolve_url("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(resolve_url("account_change_password"))

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(f"{reverse('admin:index')}#registers")
