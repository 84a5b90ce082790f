"""The branch's forms: intakes, insurance exchange, batches, reversals, courses of other programmes."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.clock import today
from accounts.models import Organisation
from casework.forms import ActForm, PersonIdField, RocDateField
from kernel.dates import roc_year
from ojt_subsidy.models.money import SCHEMES


class OfficeForm(ActForm):
    """Asks which branch where the person works for several."""

    office = forms.ModelChoiceField(Organisation.objects.none(), label="分署", empty_label=None)

    def __init__(self, *args: Any, offices: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        self.fields["office"].label_from_instance = lambda one: one.label  # type: ignore[attr-defined]


class CourseIntakeForm(ActForm):
    program_year = forms.TypedChoiceField(label="計畫年度", coerce=int)
    name = forms.CharField(label="名稱", max_length=60, help_text="例：上半年")
    opens_on = RocDateField(label="受理起日")
    closes_on = RocDateField(label="受理截止日")
    reason = forms.CharField(label="增加受理之理由", required=False, max_length=200, help_text="一年二次以外才填")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = roc_year(today())
        self.fields["program_year"].choices = [(y, f"{y} 年度") for y in (year + 1, year)]  # type: ignore[attr-defined]
        self.fields["program_year"].initial = year


class ExchangeOutForm(OfficeForm):
    """The file holds full identifiers for the bureau: whoever takes it says what for, as for a single one (OA-20)."""

    day = RocDateField(label="開訓日（比對日）", help_text="開訓當日起才能產製，例：113/12/12")
    reason = forms.CharField(label="下載理由", max_length=200, help_text="例：函請勞保局比對 113/12/12 開訓課程")


class FileForm(ActForm):
    """A CSV, XLSX or ODS; its content is judged by the service."""

    file = forms.FileField(label="檔案", help_text="CSV（UTF-8 或 Big5）、XLSX 或 ODS，10 MB 以內")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > 10 * 2**20:
            raise forms.ValidationError("檔案超過 10 MB，請分批匯入。")
        return file


class ExchangeInForm(OfficeForm, FileForm):
    apply = forms.BooleanField(label="確認匯入（未勾選時只預覽，不寫入）", required=False)


class TakeOutForm(ActForm):
    reference = forms.CharField(label="序號或報名序號", help_text="明細前兩欄，例：3（即 00003）或 115-000123-0004")
    reason = forms.CharField(label="理由", max_length=200, help_text="200 字以內")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser would cut what is pasted without a word; the sentence of the field says how much is too much.
        del self.fields["reason"].widget.attrs["maxlength"]


class LineForm(ActForm):
    act = forms.ChoiceField(
        label="動作", choices=[(c, c) for c in ("ask", "approve", "refuse", "account", "correct", "reverse", "all")]
    )
    line = forms.IntegerField(label="補助款", required=False)
    reason = forms.CharField(label="理由", required=False, max_length=500)
    amount = forms.IntegerField(label="金額", required=False, min_value=1)
    #: Of 確認受款帳戶: which account, and what of it, the officer was shown.
    shown = forms.CharField(label="受款帳戶", required=False, max_length=64)


class ClaimForm(ActForm):
    """Of another account that says it has the number of this line's person."""

    other = forms.IntegerField(label="另一帳號", widget=forms.HiddenInput)
    same = forms.TypedChoiceField(
        label="兩個帳號",
        choices=[
            ("", "請選擇"),
            ("yes", "是同一人：另一帳號領過的補助計入其補助額度"),
            ("no", "不是同一人：字號非另一帳號所有"),
        ],
        coerce=lambda value: value == "yes",
    )
    reason = forms.CharField(label="認定的理由", max_length=200, help_text="例：兩個帳號之證件與照片均為同一人")


class BirthForm(ActForm):
    receipt = forms.CharField(label="報名序號", max_length=40, help_text="學員任一筆報名，例：115-000123-0004")
    born_on = RocDateField(label="證件所載出生日期", help_text="例：79/05/01")
    document = forms.ChoiceField(
        label="核對的證明", choices=[(name, name) for name in ("國民身分證", "居留證", "戶籍謄本", "新式戶口名簿")]
    )
    reason = forms.CharField(label="更正的理由", max_length=200, help_text="例：本人臨櫃，原登錄年份有誤")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["born_on"].latest = today()  # type: ignore[attr-defined]


class OutsideForm(ActForm):
    national_id = PersonIdField(label="學員身分證字號", on_record=True)
    scheme = forms.ChoiceField(label="計畫", choices=SCHEMES)
    title = forms.CharField(label="課程名稱", max_length=100)
    starts_on = RocDateField(label="開訓日")
    amount = forms.IntegerField(label="補助金額（元）", min_value=0, max_value=999_999)
    employed = forms.BooleanField(label="以在職勞工或自營作業者身分參訓", required=False, initial=True)
