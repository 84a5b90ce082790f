"""Registers in the browser admin: to look things up. Nothing is changed here but through services; history is shown."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import AccessLog, County, Membership, Organisation, User
from accounts.services.passwords import without_links
from casework import navigation
from casework.admin_site import holds
from casework.listing import work_rows
from casework.models import CalendarDay, Document, Notice, Wording
from casework.rights import PEOPLE, WATCH, WORDING
from casework.selectors import desk_of
from casework.services.exports import register_exporter
from casework.templatetags.casework import roc, roc_moment
from casework.views.agency import PAGE

navigation.enter()
register_exporter(PAGE, work_rows)


class ReadOnly(admin.ModelAdmin):
    """Looked at by whoever holds `opened_by` (None: all staff); added, changed and deleted by nobody."""

    opened_by: str | None = None
    actions = None
    list_per_page = 50
    show_full_result_count = False
    list_max_show_all = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff and (
            self.opened_by is None or holds(request, self.opened_by)
        )  # fmt: skip

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WithHistory(ReadOnly, SimpleHistoryAdmin):
    """The former states of a row can be read, never restored."""

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_view_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)


class MembershipLines(admin.TabularInline):
    model = Membership
    extra = 0
    can_delete = False
    fields = ("user", "organisation", "title", "from_day", "to_day")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, PEOPLE)

    @admin.display(description="起始日")
    def from_day(self, row: Membership) -> str:
        return roc(row.starts_on)

    @admin.display(description="終止日（不含）")
    def to_day(self, row: Membership) -> str:
        return roc(row.ends_before)


@admin.register(User)
class UserAdmin(WithHistory):
    opened_by = PEOPLE
    list_display = ("account_name", "name", "email", "is_staff", "is_active", "created")
    list_filter = ("is_active", "is_staff")
    search_fields = ("=account_name", "=email", "name")
    search_help_text = "帳號、電子郵件（完整）或姓名。以身分證字號查詢請用案件清單的搜尋。"
    fields = (
        "account_name",
        "name",
        "email",
        "phone",
        "identifier",
        "is_active",
        "is_staff",
        "must_change_password",
        "closed_at",
        "closed_reason",
        "last_login",
        "created_at",
        "roles",
    )
    readonly_fields = ("identifier", "roles")
    inlines = (MembershipLines,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found = super().get_queryset(request)
        on_list = request.resolver_match is None or request.resolver_match.url_name == "accounts_user_changelist"
        return found.defer("national_id") if on_list else found

    @admin.display(description="建立時間", ordering="created_at")
    def created(self, user: User) -> str:
        return roc_moment(user.created_at)

    @admin.display(description="身分證字號")
    def identifier(self, user: User) -> str:
        if not user.national_id:
            return "未登錄"
        url = reverse("admin:reveal_person", args=[user.pk])
        return format_html('{}　<a href="{}">檢視完整字號（須填理由）</a>', user.masked_national_id, url)

    @admin.display(description="角色")
    def roles(self, user: User) -> str:
        from accounts.roles import all_roles

        labels = {role.code: role.label for role in all_roles()}
        held = user.groups.filter(held_role__isnull=False).select_related("held_role__organisation")
        rows = (group.held_role for group in held)
        return "、".join(f"{row.organisation.label}：{labels.get(row.role, row.role)}" for row in rows) or "—"


@admin.register(Organisation)
class OrganisationAdmin(WithHistory):
    opened_by = PEOPLE
    list_display = ("name", "kind", "unified_number", "parent", "phone", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("parent",)
    search_fields = ("name", "short_name", "=unified_number")
    search_help_text = "名稱、簡稱或統一編號"


@admin.register(County)
class CountyAdmin(ReadOnly):
    list_display = ("code", "name", "branch", "authority")
    list_select_related = ("branch", "authority")
    search_fields = ("name",)


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    opened_by = PEOPLE
    list_display = ("user", "organisation", "title", "from_day", "to_day")
    search_fields = ("user__name", "user__account_name", "organisation__name")
    fields = ("user", "organisation", "title", "starts_on", "ends_before")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "organisation").defer("user__national_id")

    @admin.display(description="起始日", ordering="starts_on")
    def from_day(self, row: Membership) -> str:
        return roc(row.starts_on)

    @admin.display(description="終止日（不含）", ordering="ends_before")
    def to_day(self, row: Membership) -> str:
        return roc(row.ends_before) or "—"


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnly):
    list_display = ("roc_date", "works", "name", "source", "reason", "set_by")
    list_filter = ("source", "works")
    ordering = ("-day",)
    list_select_related = ("set_by",)

    @admin.display(description="日期", ordering="day")
    def roc_date(self, row: CalendarDay) -> str:
        return roc(row.day)


@admin.register(Wording)
class WordingAdmin(ReadOnly):
    opened_by = WORDING
    list_display = ("code", "title", "from_day", "set_by")
    list_select_related = ("set_by",)
    search_fields = ("code", "title")

    @admin.display(description="生效日", ordering="in_force_from")
    def from_day(self, row: Wording) -> str:
        return roc(row.in_force_from)


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    opened_by = WATCH
    list_display = ("when", "subject", "user", "mail_state", "mail_to", "error")
    list_filter = ("mail_state",)
    search_fields = ("=case__number", "subject")
    search_help_text = "案號（完整）或主旨"
    fields = (
        "subject",
        "letter",
        "user",
        "case",
        "created_at",
        "read_at",
        "mail_state",
        "mail_to",
        "tries",
        "sent_at",
        "error",
    )
    readonly_fields = ("letter",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return super().get_queryset(request).select_related("user", "case").defer("user__national_id")

    @admin.display(description="時間", ordering="created_at")
    def when(self, row: Notice) -> str:
        return roc_moment(row.created_at)

    @admin.display(description="內容")
    def letter(self, row: Notice) -> str:
        # In the demonstration this page stands for everybody's mailbox.
        return row.body if settings.DEMO else without_links(row.body)


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnly):
    opened_by = PEOPLE
    list_display = ("when", "action", "user", "attempted", "subject", "reason", "address")
    list_filter = ("action",)
    search_fields = ("=user__account_name", "subject")
    search_help_text = "帳號（完整）或對象"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessLog]:
        return super().get_queryset(request).select_related("user").defer("user__national_id")

    @admin.display(description="時間", ordering="at")
    def when(self, row: AccessLog) -> str:
        return roc_moment(row.at)


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    """Papers of the cases on the person's desk."""

    list_display = ("number", "title", "case", "state", "issued", "pages")
    list_filter = ("state",)
    search_fields = ("=number", "=case__number")
    search_help_text = "文件編號或案號（完整）"
    fields = ("link", "title", "case", "state", "state_reason", "issued_at", "issued_by", "pages", "sha256")
    readonly_fields = ("link",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        cases = desk_of(request.user).cases().values("pk")
        return super().get_queryset(request).filter(case__in=cases).select_related("case").defer("context")

    @admin.display(description="製發時間", ordering="issued_at")
    def issued(self, row: Document) -> str:
        return roc_moment(row.issued_at)

    @admin.display(description="文件編號")
    def link(self, row: Document) -> str:
        return format_html('<a href="{}">{}</a>', reverse("casework:document", args=[row.number]), row.number)


