"""Forms of the office: the acts on a case."""

from typing import Any

from django import forms

from accounts.clock import today
from accounts.models import User
from casework.forms import PortalForm, RocDateField
from casework.kernel.identifiers import odd_letter_number
from casework.models import Case
from vrs_credentials.models import CommitteeSession, Opinion, OwnEducation, SessionCase
from vrs_credentials.services import reviewing


class CaseForm(PortalForm):
    """A form drawn for one case."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class CaseReasonForm(CaseForm):
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawForm(CaseForm):
    reason = forms.CharField(label="撤回原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ApproveForm(CaseForm):
    letter_number = forms.CharField(label="核定發文字號", max_length=60, help_text="例：勞動發特字第1150512345號")
    letter_on = RocDateField(label="核定發文日期")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["letter_on"].latest = today()

    def clean_letter_number(self) -> str:
        text: str = " ".join(self.cleaned_data["letter_number"].split())
        if len(text) < 4 or (odd_letter_number(text) and "號" not in text):
            raise forms.ValidationError("發文字號看起來不完整，例：勞動發特字第1150512345號。")
        return text


class EducationApproveForm(ApproveForm):
    approved_hours = forms.DecimalField(label="核定時數", min_value=0.5, max_digits=5, decimal_places=1)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        asked = OwnEducation.objects.get(case=case).asked_hours
        self.fields["approved_hours"].initial = asked
        self.fields["approved_hours"].help_text = f"申請 {asked.normalize():f} 小時；加成由系統計算。"


class AssignForm(CaseForm):
    """Only those whom nothing keeps away (迴避)."""

    reviewers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="審查委員",
        widget=forms.CheckboxSelectMultiple,
        help_text="請選擇 2 位；與申請人同一機構單位者已排除。",
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        able = [one.pk for one in reviewing.candidates(case) if not reviewing.why_not_reviewer(case, one, today())]
        self.fields["reviewers"].queryset = User.objects.filter(pk__in=able).order_by("name")
        self.fields["reviewers"].initial = [one.reviewer_id for one in reviewing.assignments(case)]

    def clean_reviewers(self) -> list[User]:
        chosen = list(self.cleaned_data["reviewers"])
        if len(chosen) != 2:
            raise forms.ValidationError("請選擇 2 位審查委員。")
        return chosen


class OpinionForm(CaseForm):
    verdict = forms.ChoiceField(label="審查意見", choices=Opinion.Verdict.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label="審查說明", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="疑義或請補充資料時必填。另一位委員提出意見前，其他人看不到您的意見。",
    )  # fmt: skip


class ReferForm(CaseForm):
    session = forms.ModelChoiceField(
        CommitteeSession.objects.none(),
        label="複審會議",
        empty_label="請選擇",
        help_text="尚無會議時，請先至「複審會議」建立。",
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["session"].queryset = reviewing.open_sessions(case.office)


class DecideForm(CaseForm):
    decision = forms.ChoiceField(label="決議", choices=SessionCase.Decision.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="決議說明", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class SessionForm(PortalForm):
    held_on = RocDateField(label="會議日期")
    place = forms.CharField(label="地點", max_length=200)
    chair = forms.CharField(label="主席", max_length=100)
    members = forms.CharField(label="出席委員", max_length=500, required=False)


class MinutesForm(PortalForm):
    members = forms.CharField(label="出席委員", max_length=500)
    minutes = forms.CharField(label="會議紀錄", max_length=20000, widget=forms.Textarea(attrs={"rows": 10}))
