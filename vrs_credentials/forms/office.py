"""Forms of the office: the acts on a case."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.clock import today
from accounts.models import User
from casework.forms import BirthdayField, NameField, PersonIdField, PortalForm, RocDateField
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import roc
from kernel.identifiers import odd_letter_number
from kernel.saying import plain
from vrs_credentials.models import Certificate, CommitteeSession, LedgerEntry, Opinion, OwnEducation, SessionCase
from vrs_credentials.params.figures import GROUPS
from vrs_credentials.selectors.outcomes import assignments, resolution
from vrs_credentials.selectors.register import entries_of
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


class LetterForm(PortalForm):
    """Number and day of a letter of the ministry's."""

    letter_number = forms.CharField(label="發文字號", max_length=60, help_text="例：勞動發特字第1150512345號")
    letter_on = RocDateField(label="發文日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["letter_on"].latest = today()

    def clean_letter_number(self) -> str:
        text: str = " ".join(self.cleaned_data["letter_number"].split())
        if len(text) < 4 or (odd_letter_number(text) and "號" not in text):
            raise forms.ValidationError("發文字號看起來不完整，例：勞動發特字第1150512345號。")
        return text


class ApproveForm(LetterForm, CaseForm):
    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["letter_number"].label, self.fields["letter_on"].label = "核定發文字號", "核定發文日期"


class RejectForm(LetterForm, CaseForm):
    """不予核定: the letter, and the reason it gives. What the committee said stands there to begin with."""

    reason = forms.CharField(
        label="不予核定理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="載明於不予核定函。"
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        if item := resolution(case):
            self.fields["reason"].initial = item.reasoning[:500]


class EducationApproveForm(ApproveForm):
    approved_hours = forms.DecimalField(label="核定時數", min_value=0.5, max_digits=5, decimal_places=1)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        asked = OwnEducation.objects.get(case=case).asked_hours
        self.fields["approved_hours"].initial = asked
        self.fields["approved_hours"].help_text = f"申請 {plain(asked)} 小時；加成由系統計算。"


class AssignForm(CaseForm):
    """Only those whom nothing keeps away (迴避)."""

    reviewers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="審查委員",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        able = [one.pk for one in reviewing.candidates(case) if not reviewing.why_not_reviewer(case, one, today())]
        self.needed = law_in_force().at("vrs.reviewers", today()).value
        self.fields["reviewers"].help_text = f"請選擇 {self.needed} 位；與申請人同一機構單位者已排除。"
        self.fields["reviewers"].queryset = User.objects.filter(pk__in=able).order_by("name")
        self.fields["reviewers"].initial = [one.reviewer_id for one in assignments(case)]

    def clean_reviewers(self) -> list[User]:
        chosen = list(self.cleaned_data["reviewers"])
        if len(chosen) != self.needed:
            raise forms.ValidationError(f"請選擇 {self.needed} 位審查委員。")
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


# --- the register ---------------------------------------------------------------------------------------------------------


class CorrectForm(PortalForm):
    corrects = forms.ModelChoiceField(
        LedgerEntry.objects.none(), label="更正哪一筆（補登免選）", required=False, empty_label="補登一筆"
    )
    group = forms.ChoiceField(label="時數類別", choices=list(GROUPS.items()))
    hours = forms.DecimalField(
        label="時數（扣除請填負數）", max_digits=6, decimal_places=1, min_value=Decimal(-500), max_value=Decimal(500)
    )
    held_on = RocDateField(label="上課日期")
    reason = forms.CharField(label="更正理由", max_length=200)

    def __init__(self, *args: Any, certificate: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["corrects"]
        field.queryset = entries_of(certificate).exclude(source=LedgerEntry.Source.CORRECTION)
        field.label_from_instance = lambda e: f"{roc(e.held_on)} {e.title} {plain(e.hours)} 小時"


class HiredForm(PortalForm):
    hired_on = RocDateField(label="進用日")
    consent = forms.BooleanField(label="主管機關已同意（先行提供服務或延長）", required=False)
    before_hours = forms.DecimalField(
        label="進用前專業訓練時數（職評員）", min_value=0, max_digits=6, decimal_places=1, initial=0, required=False
    )
    case_manager_years = forms.IntegerField(
        label="個管員年資（職評員）", min_value=0, max_value=60, initial=0, required=False
    )


class WayBackForm(PortalForm):
    away_from = RocDateField(label="離開職場起日")
    away_until = RocDateField(label="離開職場迄日")
    consent_on = RocDateField(label="同意日期")
    consent_letter = forms.CharField(label="同意文號", max_length=60)


class CertificateForm(PortalForm):
    """更正證明記載事項."""

    holder_name = NameField(label="姓名")
    #: Never shown here in full; left empty it stays.
    national_id = PersonIdField(
        label="身分證字號或統一證號", required=False, help_text="有誤時填寫正確號碼，否則免填。"
    )
    birth_on = BirthdayField(label="出生日期")
    reason = forms.CharField(label="更正理由", max_length=200)
    proof = forms.CharField(
        label="佐證文件", max_length=200, help_text="例：戶籍謄本（臺北市中正區戶政事務所 115/11/30）"
    )

    def __init__(self, *args: Any, certificate: Certificate, **kwargs: Any) -> None:
        initial = {"holder_name": certificate.holder_name, "birth_on": certificate.holder_birth_on}
        super().__init__(*args, initial=initial, **kwargs)


class RevokeForm(LetterForm):
    reason = forms.CharField(
        label="撤銷事由（事實及理由）",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="載明於處分函並通知持有人；對外查驗只顯示已撤銷與日期。以這張證明辦理中之更新、展延及時數申請一併終止。",
    )
