"""Registers in the browser admin: to look things up. Nothing is changed here but through services; history is shown."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import AccessLog, County, Membership, Organisation, User
from accounts.rights import holds
from accounts.roles import all_roles
from casework.desk.desk import desk_of
from casework.models import CalendarDay, Document, Notice, Wording
from casework.rights import PEOPLE, WATCH, WORDING
from casework.templatetags.casework import roc, roc_moment
from kernel.asked import whole_number
from kernel.links import without_tokens


def day(name: str, label: str) -> Callable[[Any], str]:
    """A column or field with a day as offices write it."""

    @admin.display(description=label, ordering=name)
    def shown(row: Any) -> str:
        return roc(getattr(row, name)) or "—"

    return shown


def moment(name: str, label: str) -> Callable[[Any], str]:
    @admin.display(description=label, ordering=name)
    def shown(row: Any) -> str:
        return roc_moment(getattr(row, name)) or "—"

    return shown


class ReadOnly(admin.ModelAdmin):
    """Looked at by whoever holds `opened_by` (None: all staff); added, changed and deleted by nobody."""

    opened_by: str | None = None
    actions = None
    list_per_page = 50
    show_full_result_count = False
    list_max_show_all = 0
    change_form_template = "casework/agency/register.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        staff = request.user.is_active and request.user.is_staff
        return staff and (self.opened_by is None or holds(request, self.opened_by))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Columns of ours stand among the fields: the admin wants them named here too."""
        return (*self.readonly_fields, *(one for one in self.fields or () if callable(one)))


def _are_keys(*given: str) -> None:
    """The package asks the database whatever the address says, and what is no number ends in an error page."""
    if any(whole_number(one) is None for one in given):
        raise Http404


class WithHistory(ReadOnly, SimpleHistoryAdmin):
    """The former states of a row can be read, never restored."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        _are_keys(object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> Any:
        _are_keys(object_id, version_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_view_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """A former state is shown, not offered for editing: without this the package draws its form."""
        match = request.resolver_match
        if match and (match.url_name or "").endswith("_simple_history"):
            return tuple(self.fields or (one.name for one in self.opts.fields if one.editable and not one.primary_key))
        return super().get_readonly_fields(request, obj)

    def history_view_title(self, request: HttpRequest, obj: Any) -> str:
        return f"異動紀錄：{obj}"

    def history_form_view_title(self, request: HttpRequest, obj: Any) -> str:
        return f"當時的資料：{obj}"


class MembershipLines(admin.StackedInline):
    model = Membership
    verbose_name_plural = "所屬單位"
    extra = 0
    can_delete = False
    fields: ClassVar[Any] = ("where", "title", day("starts_on", "起始日"), day("ends_before", "終止日（不含）"))
    readonly_fields: ClassVar[Any] = fields

    @admin.display(description="單位")
    def where(self, row: Membership) -> str:
        return row.organisation.name

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, PEOPLE)


@admin.register(User)
class UserAdmin(WithHistory):
    opened_by = PEOPLE
    list_display: Any = (
        "account_name",
        "name",
        "email",
        "is_staff",
        "is_active",
        moment("created_at", "建立時間"),
    )
    list_filter = ("is_active", "is_staff")
    search_fields = ("=account_name", "=email", "name")
    search_help_text = "帳號、電子郵件（完整）或姓名。以身分證字號查詢請用案件清單的搜尋。"
    fields: ClassVar[Any] = (
        "account_name",
        "name",
        "email",
        "phone",
        "identifier",
        "is_active",
        "is_staff",
        "must_change_password",
        moment("closed_at", "停用時間"),
        "closed_reason",
        moment("last_login", "上次登入"),
        moment("created_at", "建立時間"),
        "roles",
    )
    readonly_fields: ClassVar[Any] = ("identifier", "roles")
    inlines = (MembershipLines,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found = super().get_queryset(request)
        on_list = request.resolver_match is None or request.resolver_match.url_name == "accounts_user_changelist"
        return found.defer("national_id") if on_list else found

    @admin.display(description="身分證字號")
    def identifier(self, user: User) -> str:
        if not user.national_id:
            return "未登錄"
        url = reverse("admin:reveal_person", args=[user.pk])
        return format_html('{}　<a href="{}">檢視完整字號（須填理由）</a>', user.masked_national_id, url)

    @admin.display(description="角色")
    def roles(self, user: User) -> str:
        labels = {role.code: role.label for role in all_roles()}
        held = user.groups.filter(held_role__isnull=False).select_related("held_role__organisation")
        rows = (group.held_role for group in held)
        return "、".join(f"{row.organisation.label}：{labels.get(row.role, row.role)}" for row in rows) or "—"


@admin.register(Organisation)
class OrganisationAdmin(WithHistory):
    opened_by = PEOPLE
    list_display: Any = ("name", "kind", "unified_number", "parent", "phone", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("parent",)
    search_fields = ("name", "short_name", "=unified_number")
    search_help_text = "名稱、簡稱或統一編號"


@admin.register(County)
class CountyAdmin(ReadOnly):
    list_display: Any = ("code", "name", "branch", "authority")
    list_select_related = ("branch", "authority")
    search_fields = ("name",)


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    opened_by = PEOPLE
    list_display: Any = (
        "person",
        "where",
        "title",
        day("starts_on", "起始日"),
        day("ends_before", "終止日（不含）"),
    )
    search_fields = ("user__name", "=user__account_name", "organisation__name")
    search_help_text = "姓名、帳號（完整）或單位名稱"
    fields = list_display
    readonly_fields: ClassVar[Any] = ("person", "where")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "organisation").defer("user__national_id")

    @admin.display(description="姓名", ordering="user__name")
    def person(self, row: Membership) -> str:
        return row.user.name

    @admin.display(description="單位", ordering="organisation__name")
    def where(self, row: Membership) -> str:
        return row.organisation.name


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnly):
    list_display: Any = (day("day", "日期"), "works", "name", "source", "reason", "set_by")
    list_filter = ("source", "works")
    ordering = ("-day",)
    list_select_related = ("set_by",)
    fields: ClassVar[Any] = (
        day("day", "日期"),
        "works",
        "name",
        "source",
        "reason",
        moment("set_at", "設定時間"),
        "set_by",
    )


@admin.register(Wording)
class WordingAdmin(ReadOnly):
    opened_by = WORDING
    list_display: Any = ("code", "title", day("in_force_from", "生效日"), "set_by")
    list_select_related = ("set_by",)
    search_fields = ("code", "title")
    fields: ClassVar[Any] = (
        "code",
        "title",
        "body",
        day("in_force_from", "生效日"),
        moment("set_at", "設定時間"),
        "set_by",
    )


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    opened_by = WATCH
    list_display: Any = (
        moment("created_at", "時間"),
        "subject",
        "addressee",
        "mail_state",
        "address",
        "said",
    )
    list_filter = ("mail_state",)
    search_fields = ("=case__number", "subject")
    search_help_text = "案號（完整）或主旨"
    fields: ClassVar[Any] = (
        "subject",
        "letter",
        "addressee",
        "case",
        moment("created_at", "時間"),
        moment("read_at", "已讀"),
        "mail_state",
        "address",
        "tries",
        moment("sent_at", "寄出時間"),
        "said",
    )
    readonly_fields: ClassVar[Any] = ("letter", "addressee", "address", "said")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return super().get_queryset(request).select_related("user", "case").defer("user__national_id")

    @admin.display(description="收件人")
    def addressee(self, row: Notice) -> str:
        return row.addressee()

    @admin.display(description="寄送至")
    def address(self, row: Notice) -> str:
        return row.address()

    @admin.display(description="退信原因")
    def said(self, row: Notice) -> str:
        return row.said()

    @admin.display(description="內容")
    def letter(self, row: Notice) -> str:
        # In the demonstration this page stands for everybody's mailbox.
        return row.body if settings.DEMO else without_tokens(row.body)


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnly):
    opened_by = PEOPLE
    list_display: Any = (moment("at", "時間"), "action", "user", "attempted", "subject", "reason", "address")
    fields: ClassVar[Any] = (*list_display, "path")
    list_filter = ("action",)
    search_fields = ("=user__account_name", "subject")
    search_help_text = "帳號（完整）或對象"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessLog]:
        return super().get_queryset(request).select_related("user").defer("user__national_id")


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    """Papers of the cases on the person's desk."""

    list_display: Any = ("number", "title", "case", "state", moment("issued_at", "製發時間"), "pages")
    list_filter = ("state",)
    search_fields = ("=number", "=case__number")
    search_help_text = "文件編號或案號（完整）"
    fields: ClassVar[Any] = (
        "link",
        "title",
        "case",
        "state",
        "state_reason",
        moment("issued_at", "製發時間"),
        "issuer",
        "pages",
        "sha256",
    )
    readonly_fields: ClassVar[Any] = ("link", "issuer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        cases = desk_of(request.user).cases().values("pk")
        return super().get_queryset(request).filter(case__in=cases).select_related("case").defer("context")

    @admin.display(description="文件編號")
    def link(self, row: Document) -> str:
        return format_html('<a href="{}">{}</a>', reverse("casework:document", args=[row.number]), row.number)

    @admin.display(description="製發人")
    def issuer(self, row: Document) -> str:
        """The office where nobody of it pressed: a certificate issued anew to its holder is the agency's all the same."""
        return str(row.issued_by or (row.case.office if row.case else self.get_empty_value_display()))
