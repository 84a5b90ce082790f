"""Attendance, leave, make-up, practice, marks, fees, confirmation."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.clock import now, today
from casework.forms import ActForm, PdfField, RocDateField
from kernel.dates import TAIPEI, DateError, parse_clock
from ohs_training.models import TrainingClass
from ohs_training.selectors.classes import live_trainees


class TimeField(forms.CharField):
    """時:分 → datetime.time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": "例：09:00", **kwargs})
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_clock(text).replace(tzinfo=TAIPEI)
        except DateError as error:
            raise ValidationError(f"{error}。") from None

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The length was the text's."""


class OfClass(ActForm):
    """A form about one person of the class."""

    def __init__(self, *args: Any, training_class: TrainingClass, **kwargs: Any) -> None:
        self.training_class = training_class
        super().__init__(*args, **kwargs)
        if "trainee" in self.fields:
            people = [(str(one.pk), str(one)) for one in live_trainees(training_class)]
            self.fields["trainee"].choices = [("", "請選擇"), *people]  # type: ignore[attr-defined]


class LeaveForm(OfClass):
    trainee = forms.TypedChoiceField(label="受訓人員", coerce=int)
    day = RocDateField(label="請假日期")
    start = TimeField(label="開始時間")
    end = TimeField(label="結束時間")
    asked_day = RocDateField(label="填寫請假單日期")
    asked_time = TimeField(label="填寫請假單時間")
    sick = forms.BooleanField(label="病假（須補相關證明）", required=False)
    reason = forms.CharField(label="事由", max_length=200)
    proof = PdfField(label="證明文件（可後補）", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = now().astimezone(TAIPEI)
        self.fields["asked_day"].initial, self.fields["asked_time"].initial = here.date(), f"{here:%H:%M}"

    @property
    def answers(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "trainee": data["trainee"],
            "starts_at": datetime.combine(data["day"], data["start"]),
            "ends_at": datetime.combine(data["day"], data["end"]),
            "asked_at": datetime.combine(data["asked_day"], data["asked_time"]),
            "sick": data["sick"],
            "reason": data["reason"],
            "proof": data["proof"] or None,
        }


class ProofForm(ActForm):
    proof = PdfField(label="證明文件")


class MakeUpForm(OfClass):
    trainee = forms.TypedChoiceField(label="受訓人員", coerce=int)
    course = forms.ChoiceField(label="課程")
    hours = forms.DecimalField(label="補課時數", min_value=Decimal("0.1"), max_value=24, decimal_places=1)
    held_on = RocDateField(label="補課日")
    teacher = forms.CharField(label="講師", max_length=100)
    place = forms.CharField(label="地點", max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.training_class.rows.order_by("starts_at").values_list("course", flat=True)
        self.fields["course"].choices = [(name, name) for name in dict.fromkeys(names)]  # type: ignore[attr-defined]
        self.fields["held_on"].latest = today()  # type: ignore[attr-defined]


class PracticeForm(OfClass):
    trainee = forms.TypedChoiceField(label="受訓人員", coerce=int)
    practice_from = RocDateField(label="實習起日", required=False)
    practice_until = RocDateField(label="實習迄日", required=False)
    practice_place = forms.CharField(label="實習場所名稱", max_length=100, required=False)
    report_mark = forms.DecimalField(label="報告成績", required=False, min_value=0, max_value=100, decimal_places=2)
    approved = forms.BooleanField(label="報告審核通過", required=False)


class ImpersonationForm(OfClass):
    trainee = forms.TypedChoiceField(label="受訓人員", coerce=int)
    on = RocDateField(label="查獲日")
    text = forms.CharField(label="情形", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PaymentForm(OfClass):
    trainee = forms.TypedChoiceField(label="受訓人員", coerce=int)
    amount = forms.IntegerField(label="金額（元）", min_value=1, max_value=1_000_000)
    paid_on = RocDateField(label="收費日")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = self.training_class.fee or None
        self.fields["paid_on"].initial = today()
        self.fields["paid_on"].latest = today()  # type: ignore[attr-defined]


class SpendingForm(ActForm):
    item = forms.CharField(label="支出項目", max_length=100)
    amount = forms.IntegerField(label="金額（元）", min_value=0, max_value=100_000_000)
    spent_on = RocDateField(label="支出日")
    voucher = forms.CharField(label="憑證號碼", max_length=40, required=False)


class MarksForm(ActForm):
    """One sitting of `people`: a field mark-<trainee> each, shown in the table of people."""

    number = forms.TypedChoiceField(label="次別", choices=[(1, "測驗"), (2, "補考")], coerce=int)
    sat_on = RocDateField(label="測驗日")
    examiner = forms.CharField(label="監考人員", max_length=100, required=False)
    reason = forms.CharField(label="更正理由", max_length=300, required=False, help_text="更正已登錄之成績時必填")

    def __init__(self, *args: Any, people: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marks = {f"mark-{one.pk}": one for one in people}
        for name, one in self.marks.items():
            self.fields[name] = forms.DecimalField(
                label=f"{one}的成績", min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w-time", "aria-label": f"{one.name}的成績"}),
                error_messages={"min_value": "成績應在 0 至 100 分之間。", "max_value": "成績應在 0 至 100 分之間。"},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and not self.typed:
            raise forms.ValidationError("請至少填寫一人的成績。")
        return given

    @property
    def typed(self) -> list[dict[str, Any]]:
        """As the act takes them."""
        given = ((one.pk, self.cleaned_data.get(name)) for name, one in self.marks.items())
        return [{"trainee": pk, "mark": mark} for pk, mark in given if mark is not None]

    @property
    def sitting(self) -> list[forms.BoundField]:
        """What is asked once for all of them."""
        return [field for field in self.visible_fields() if field.name not in self.marks]


class CertificateActForm(ActForm):
    """補發 or 撤銷 of one: the certificate that stood on the page."""

    certificate = forms.IntegerField(widget=forms.HiddenInput, label="證書")
    reason = forms.CharField(label="原因", max_length=300)


class ConfirmForm(ActForm):
    answer = forms.ChoiceField(
        label="確認結果", choices=[("confirmed", "時數無誤"), ("disputed", "對時數有意見")], widget=forms.RadioSelect
    )
    remark = forms.CharField(label="意見", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ReplyForm(ActForm):
    reply = forms.CharField(label="回復內容", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RetentionForm(ActForm):
    decision = forms.ChoiceField(
        label="決定", choices=[("keep", "繼續保存"), ("destroy", "銷毀")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="理由", max_length=300)


class SheetFileForm(ActForm):
    """Results of a paper sheet as a table: 座號, 簽到, 簽退, 塗改."""

    file = forms.FileField(label="簽到結果檔案", help_text="XLSX、ODS 或 CSV，欄名：座號、簽到、簽退、塗改")
