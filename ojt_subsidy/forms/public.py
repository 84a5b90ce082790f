"""Forms of the public front: looking for courses, joining."""

import re
from typing import Any

from django import forms

from accounts.models import County, Organisation
from accounts.offices import BRANCHES
from casework.forms import NameField, PortalForm, RocDateField
from ojt_subsidy.models.course import PLANS
from ojt_subsidy.params import CATEGORIES
from ojt_subsidy.selectors.catalogue import Asked

ALL = ("", "全部")


class CatalogueForm(PortalForm):
    """Bound to the query string; what cannot be read asks nothing."""

    q = forms.CharField(label="關鍵字", required=False, max_length=60, help_text="課程、單位、地點或內容，可用空格分開")
    branch = forms.ChoiceField(label="分署", required=False)
    county = forms.ChoiceField(label="縣市", required=False)
    from_on = RocDateField(label="開訓日自", required=False)
    until_on = RocDateField(label="開訓日至", required=False)
    category = forms.ChoiceField(label="類別", required=False, choices=[ALL, *CATEGORIES.items()])
    plan = forms.ChoiceField(label="計畫", required=False, choices=[ALL, *PLANS])
    seats_left = forms.BooleanField(label="只列有名額的課程", required=False)
    past = forms.BooleanField(label="包含已開訓", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        codes = [one.code for one in BRANCHES]
        offices = Organisation.objects.filter(kind=Organisation.Kind.BRANCH).order_by("pk")
        branches = [(str(o.pk), o.label) for o in offices if o.code in codes or o.is_active]
        self.fields["branch"].choices = [ALL, *branches]  # type: ignore[attr-defined]
        counties = County.objects.in_order().values_list("code", "name")
        self.fields["county"].choices = [ALL, *counties]  # type: ignore[attr-defined]
        self.full_clean()

    def asked(self) -> Asked:
        given = self.cleaned_data
        return Asked(
            q=given.get("q") or "",
            branch=int(given["branch"]) if given.get("branch") else None,
            county=given.get("county") or "",
            from_on=given.get("from_on"),
            until_on=given.get("until_on"),
            category=given.get("category") or "",
            plan=given.get("plan") or "",
            seats_left=bool(given.get("seats_left")),
            coming=not given.get("past"),
        )


class JoinForm(PortalForm):
    name = NameField(label="姓名", own=True)
    email = forms.EmailField(
        label="電子郵件", max_length=254, help_text="設定密碼的連結會寄到這裡",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    account = forms.CharField(
        label="帳號", max_length=30, help_text="英文字母開頭，4 到 30 個英文字母或數字",
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    agreed = forms.BooleanField(label="我已閱讀個人資料蒐集告知")

    def clean_account(self) -> str:
        account: str = self.cleaned_data["account"]
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{3,29}", account):
            raise forms.ValidationError("帳號須以英文字母開頭，4 到 30 個英文字母或數字，例：wang2026")
        return account
