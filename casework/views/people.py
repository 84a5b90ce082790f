"""人員與角色: who holds which role in which office; an administrator appoints somebody, grants a role, takes one back."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.catalogue import APPOINT
from accounts.clock import now
from accounts.http import SignedIn
from accounts.models import RoleGroup, User
from accounts.reach import granted_roles, office_named, offices_in_reach, people_in_reach, roles_in
from accounts.rights import holds_centrally
from accounts.roles import Role, all_roles
from accounts.services.appointing import appoint, appoint_person, dismiss
from accounts.services.offices import ADDED_BY_HAND, add_office
from casework.errors import NotPermitted
from casework.forms import ActForm, NameField, UnifiedNumberField
from casework.views.acting import acting, into_form, once_here
from casework.views.agency import page
from casework.views.registers import require
from kernel.asked import before_page

PER_PAGE = 50


def _reason(example: str) -> forms.CharField:
    return forms.CharField(
        label="理由",
        max_length=300,
        help_text=f"例：{example}。會記錄並通知本人",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GrantForm(ActForm):
    """A role in an office of the administrator's."""

    role = forms.ChoiceField(label="角色")
    office = forms.CharField(
        label="機關（單位）",
        max_length=200,
        help_text="可從清單選取；也可填代碼，訓練單位及機構可填統一編號",
        widget=forms.TextInput(attrs={"list": "offices", "autocomplete": "off"}),
    )
    reason = _reason("115 年 12 月 1 日到職，接辦帳號申請審查")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        kinds = set(offices_in_reach(by).values_list("kind", flat=True))
        self.roles: dict[str, Role] = {one.code: one for one in granted_roles(kinds)}
        self.fields["role"].choices = [("", "請選擇"), *((code, one.label) for code, one in self.roles.items())]  # type: ignore[attr-defined]

    @property
    def granted(self) -> dict[str, Any]:
        """What the services ask for. Raises Refused where the office is not found."""
        given = dict(self.answers)
        one, office = self.roles[given.pop("role")], given.pop("office")
        return {**given, "role_code": one.code, "organisation": office_named(office, offices_in_reach(self.by), one)}


class AddForm(GrantForm):
    name = NameField(label="姓名")
    email = forms.EmailField(label="電子郵件", help_text="設定密碼的連結寄到這裡；請用本人的公務信箱")
    account_name = forms.CharField(
        label="帳號",
        required=False,
        max_length=150,
        help_text="新人員必填，5～30 碼，第 1 碼為英文，限英文字母及數字，例：chenmh01；已有帳號的人可不填",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ("version", "key", "name", "email", "account_name", "role", "office", "reason")


class TakeBackForm(ActForm):
    held = forms.IntegerField(widget=forms.HiddenInput, label="角色")
    reason = _reason("115 年 12 月 1 日調職")


class OfficeForm(ActForm):
    kind = forms.ChoiceField(label="類別", choices=[("", "請選擇"), *((one.value, one.label) for one in ADDED_BY_HAND)])
    name = forms.CharField(label="名稱", max_length=200, help_text="登記的全名")
    unified_number = UnifiedNumberField(label="統一編號", required=False, help_text="機構單位必填")


def _rows(held: Iterable[RoleGroup]) -> list[dict[str, Any]]:
    """A role as shown: its label, and by which act it came where it is not taken back here."""
    known = {one.code: one for one in all_roles()}
    rows = []
    for one in held:
        declared = known.get(one.role)  # none where the site no longer offers the scheme
        label, comes_from = (declared.label, declared.comes_from) if declared else (one.role, "本站未開放的業務")
        rows.append({"held": one, "office": one.organisation, "label": label, "comes_from": comes_from})
    return rows


# --- the list --------------------------------------------------------------------------------------------------------


@require_GET
@acting
def people(request: SignedIn) -> HttpResponse:
    return _list(request)


def _list(request: SignedIn, *, status: int = 200, **tried: forms.Form) -> HttpResponse:
    """Whoever holds a role in reach; a search finds also who holds none yet."""
    require(request, APPOINT)
    by, asked = request.user, request.GET.get("q", "").strip()[:100]
    rows, offices = people_in_reach(by), offices_in_reach(by)
    if asked:
        rows = rows.filter(Q(name__holding=asked) | Q(account_name__iexact=asked) | Q(email__iexact=asked))
    else:
        rows = rows.filter(pk__in=User.groups.through.objects.filter(group__held_role__isnull=False).values("user"))
    held = RoleGroup.objects.filter(organisation__in=offices).select_related("organisation").order_by("role")
    rows = rows.defer("national_id", "password").order_by("name", "pk")
    rows = rows.prefetch_related(Prefetch("groups__held_role", held))
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": shown,
        "query": before_page(q=asked),
        "rows": [
            {"person": one, "roles": _rows(group.held_role for group in one.groups.all() if _is_held(group))}
            for one in shown
        ],
        "form": tried.get("form") or AddForm(by=by, auto_id="add_%s"),
        "office_form": tried.get("office_form") or OfficeForm(auto_id="office_%s"),
        "everywhere": holds_centrally(by, APPOINT),
        "offices": _suggested(by),
        "bound": bool(tried),
    }
    return page(request, "people", context, title="人員與角色", status=status)


def _is_held(group: Any) -> bool:
    return getattr(group, "held_role", None) is not None


def _suggested(by: User) -> list[str]:
    """Offices of the agency's side by name; units and institutions are too many to list and have a number."""
    kinds = {kind for one in granted_roles() if one.staff for kind in one.kinds}
    rows = offices_in_reach(by).filter(is_active=True, kind__in=kinds).order_by("kind", "code", "name")
    return list(rows.values_list("name", flat=True)[:300])


def _pressed(request: SignedIn, act: str, form: ActForm, do: Callable[[], int]) -> int | None:
    """Once per key; the number of the row it was about, None where it was refused (the form says why)."""
    answer: dict[str, Any] = {}
    with into_form(request, form) as tried:
        at = now()
        answer, _ = once_here(request, form, act, at=at, do=lambda: {"pk": do()})
    return answer["pk"] if tried.ok else None


@require_POST
@acting
def add(request: SignedIn) -> HttpResponse:
    """A person with a first role; somebody known is granted it."""
    require(request, APPOINT)
    by, at = request.user, now()
    form = AddForm(request.POST, by=by, auto_id="add_%s")

    def do() -> int:
        return appoint_person(**form.granted, by=by, at=at).pk

    if form.is_valid() and (pk := _pressed(request, "people.add", form, do)) is not None:
        messages.success(request, "已授予角色並通知本人。")
        return redirect("admin:people_person", pk)
    return _list(request, status=422, form=form)


@require_POST
@acting
def office(request: SignedIn) -> HttpResponse:
    """登錄機關（單位）: a body in which roles can then be granted."""
    if not holds_centrally(request.user, APPOINT):
        raise NotPermitted("您沒有登錄機關（單位）的權限。")
    form = OfficeForm(request.POST, auto_id="office_%s")

    def do() -> int:
        return add_office(**form.answers, by=request.user).pk

    if form.is_valid() and _pressed(request, "people.office", form, do) is not None:
        messages.success(request, f"已登錄「{form.cleaned_data['name']}」，可授予這個機關（單位）的角色。")
        return redirect("admin:people")
    return _list(request, status=422, office_form=form)


# --- one person ------------------------------------------------------------------------------------------------------


@require_GET
@acting
def person(request: SignedIn, pk: int) -> HttpResponse:
    return _person(request, _theirs(request, pk))


def _theirs(request: SignedIn, pk: int) -> User:
    require(request, APPOINT)
    return get_object_or_404(people_in_reach(request.user), pk=pk)


def _person(request: SignedIn, user: User, *, status: int = 200, **tried: ActForm) -> HttpResponse:
    by = request.user
    rows = _rows(roles_in(user, offices_in_reach(by)))
    for row in rows:
        pk = row["held"].pk
        typed = tried.get(f"held_{pk}")
        row["form"] = typed or TakeBackForm(initial={"held": pk}, auto_id=f"held_{pk}_%s")
        row["open"] = typed is not None
    context = {
        "person": user,
        "rows": rows,
        "form": tried.get("form") or GrantForm(by=by),
        "own": user.pk == by.pk,
        "offices": _suggested(by),
    }
    return page(request, "people_person", context, title=f"人員與角色：{user.name}", status=status)


@require_POST
@acting
def grant(request: SignedIn, pk: int) -> HttpResponse:
    user, by, at = _theirs(request, pk), request.user, now()
    form = GrantForm(request.POST, by=by)

    def do() -> int:
        appoint(user=user, **form.granted, by=by, at=at)
        return user.pk

    if form.is_valid() and _pressed(request, "people.grant", form, do) is not None:
        messages.success(request, "已授予角色並通知本人。")
        return redirect("admin:people_person", pk)
    return _person(request, user, status=422, form=form)


@require_POST
@acting
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    user, by, at = _theirs(request, pk), request.user, now()
    form = TakeBackForm(request.POST)
    form.full_clean()
    number = form.cleaned_data.get("held") or 0
    held = get_object_or_404(
        RoleGroup.objects.select_related("organisation").filter(organisation__in=offices_in_reach(by)),
        pk=min(number, 2**31 - 1),
    )
    form.auto_id = f"held_{held.pk}_%s"

    def do() -> int:
        dismiss(
            user=user,
            role_code=held.role,
            organisation=held.organisation,
            reason=form.cleaned_data["reason"],
            by=by,
            at=at,
        )
        return user.pk

    if form.is_valid() and _pressed(request, "people.take_back", form, do) is not None:
        messages.success(request, "已收回角色並通知本人。")
        there = people_in_reach(by).filter(pk=pk).exists()
        return redirect("admin:people_person", pk) if there else redirect("admin:people")
    return _person(request, user, status=422, **{f"held_{held.pk}": form})
