"""Forms of the branch: checks, confirmations, signing, setting."""

from collections.abc import Callable
from typing import Any

from django import forms

from accounts.clock import today
from casework.forms import PortalForm, RocDateField
from casework.models import Case, SignOff
from ojt_accounts.models import Application
from ojt_accounts.permissions import SET_ACCOUNT
from ojt_accounts.selectors import application_of, live_pledges
from ojt_accounts.services.signing import forms_due

Choices = list[tuple[str, str]]


class CaseForm(PortalForm):
    """A form drawn for one case."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class WithdrawForm(CaseForm):
    reason = forms.CharField(label="撤回原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RefuseForm(CaseForm):
    reason = forms.CharField(
        label="不予核准的理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="會連同不符規定的條次一併通知申請單位。",
    )


class ChecksForm(CaseForm):
    """What the officer looked up elsewhere."""

    letter_to_us = forms.BooleanField(label="公文受文者為本分署，字號與日期相符", required=False)
    latest_grade = forms.ChoiceField(
        label="最近一次辦訓等級",
        required=False,
        choices=[("", "未曾核列"), ("A", "A 級"), ("B", "B 級"), ("C", "C 級"), ("D", "D 級")],
    )
    grade_checked_on = RocDateField(label="辦訓等級查核日期", required=False)
    owes_premiums = forms.NullBooleanField(
        label="工會積欠勞保費",
        required=False,
        widget=forms.Select(choices=[("", "未查核／非工會"), ("false", "無積欠"), ("true", "有積欠")]),
    )
    premiums_checked_on = RocDateField(label="勞保費查核日期", required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        application = application_of(case)
        for name in ("latest_grade", "grade_checked_on", "owes_premiums", "premiums_checked_on"):
            self.fields[name].initial = getattr(application, name)
        self.fields["letter_to_us"].initial = application.letter_confirmed_at is not None
        if application.kind == Application.Kind.CANCELLATION:
            for name in ("latest_grade", "grade_checked_on", "owes_premiums", "premiums_checked_on"):
                del self.fields[name]
        elif application.unit_kind != "union":
            del self.fields["owes_premiums"], self.fields["premiums_checked_on"]
        for field in ("grade_checked_on", "premiums_checked_on"):
            if field in self.fields:
                self.fields[field].latest = today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("owes_premiums") is not None and not data.get("premiums_checked_on"):
            self.add_error("premiums_checked_on", "請填寫勞保費查核日期，例：113/12/12。")
        if data.get("latest_grade") and not data.get("grade_checked_on"):
            self.add_error("grade_checked_on", "請填寫辦訓等級查核日期，例：113/12/12。")
        looked_up = [data.get(name) for name in ("letter_to_us", "grade_checked_on", "premiums_checked_on")]
        if not self.errors and not any(looked_up):
            # 未曾核列 counts only with the day it was looked up; nothing at all would be a record of nothing
            self.add_error(
                "grade_checked_on" if "grade_checked_on" in self.fields else "letter_to_us", "請填寫查核日期。"
            )
        return data


class ConfirmForm(CaseForm):
    """Per document 「與正本相符」, per pledge a signature by hand."""

    papers = forms.MultipleChoiceField(
        label="已逐件核對，與正本相符並蓋有職章", required=False, widget=forms.CheckboxSelectMultiple
    )
    pledges = forms.MultipleChoiceField(
        label="切結書確為本人簽名或蓋章", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        papers = case.attachments.filter(removed_at=None, confirmed_at=None).exclude(field__in=["pledge", "letter"])
        self._offer("papers", [(str(a.pk), f"{a.label}（{a.pages} 頁）") for a in papers])
        pledges = [p for p in live_pledges(application_of(case)) if p.scan_id and not p.scan_confirmed_at]
        self._offer("pledges", [(str(p.pk), f"{p.label}（{p.capacity_labels}）") for p in pledges])

    def _offer(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        if not choices:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = {name: [int(pk) for pk in data.get(name, [])] for name in ("papers", "pledges")}
        if not any(chosen.values()):
            raise forms.ValidationError("請至少勾選一件；文件都已確認時不必再送出。")
        return {**data, **chosen}


def _due(case: Case, right: str) -> Choices:
    """Forms on which this right's step is due."""
    return [(form.code, form.label) for form in forms_due(application_of(case), right)]


class SignForm(CaseForm):
    right = ""
    codes = forms.MultipleChoiceField(label="簽核的表單", widget=forms.CheckboxSelectMultiple)
    decision = forms.ChoiceField(
        label="意見", choices=SignOff.Decision.choices, initial=SignOff.Decision.APPROVE, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label="簽註意見",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回時必填。",
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        choices = _due(case, self.right)
        self.fields["codes"].choices = choices  # type: ignore[attr-defined]
        self.fields["codes"].initial = [code for code, _ in choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == SignOff.Decision.RETURN and not (data.get("comment") or "").strip():
            self.add_error("comment", "退回請填寫理由。")
        return data


def sign_form(right: str) -> Callable[..., forms.Form]:
    """The signing form of the step that takes `right`."""
    return type("SignForm", (SignForm,), {"right": right})


class SetForm(CaseForm):
    """The administrator: which accounts were set, on which day."""

    codes = forms.MultipleChoiceField(label="已完成設定的帳號", widget=forms.CheckboxSelectMultiple)
    set_on = RocDateField(label="啟用／註銷／賦予日期")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        choices = _due(case, SET_ACCOUNT)
        self.fields["codes"].choices = choices  # type: ignore[attr-defined]
        self.fields["codes"].initial = [code for code, _ in choices]
        self.fields["set_on"].initial = today()


class DropForm(CaseForm):
    """The administrator: which accounts cannot be set any more, and why."""

    codes = forms.MultipleChoiceField(label="不予設定的帳號", widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label="不予設定的理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="會通知申請單位，例：年度已終了；帳號已由另一案註銷。",
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["codes"].choices = _due(case, SET_ACCOUNT)  # type: ignore[attr-defined]
