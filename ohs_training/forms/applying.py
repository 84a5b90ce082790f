"""申請認可: the particulars, the seven parts, the papers."""

from typing import Any

from django import forms

from accounts.clock import today
from accounts.models import County
from casework.forms import ActForm, NameField, PdfField, PhoneField, RocDateField
from casework.law.in_force import law_in_force
from ohs_training.models import Application
from ohs_training.models.accreditation import APPLICANT_KINDS, KINDS


class StartForm(ActForm):
    kind = forms.ChoiceField(label="申請資格（附表一）", choices=APPLICANT_KINDS, widget=forms.RadioSelect)


class ApplicationForm(ActForm):
    trainings = forms.MultipleChoiceField(
        label="訓練類別", choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    law_hours = forms.DecimalField(
        label="職業安全衛生相關法規（小時）", required=False, min_value=0, max_value=200, decimal_places=1
    )
    risk_hours = forms.DecimalField(
        label="職場健康風險評估（小時）", required=False, min_value=0, max_value=200, decimal_places=1
    )
    practice_hours = forms.DecimalField(
        label="職場健康管理實務（小時）", required=False, min_value=0, max_value=200, decimal_places=1
    )
    course_given_on = RocDateField(label="最近一次開授職業醫學或職業衛生護理課程日期", required=False)
    county = forms.ModelChoiceField(County.objects.in_order(), label="所在縣市", required=False, empty_label="請選擇")
    head = NameField(label="負責人姓名", required=False)
    contact = NameField(label="聯絡人", required=False)
    contact_phone = PhoneField(label="聯絡電話", required=False)
    contact_email = forms.EmailField(label="電子郵件", required=False)

    NAMES = (
        "trainings",
        "law_hours",
        "risk_hours",
        "practice_hours",
        "course_given_on",
        "county",
        "head",
        "contact",
        "contact_phone",
        "contact_email",
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        initial = {name: getattr(application, name) for name in self.NAMES}
        written = {one.code: one.body for one in application.sections.all()}
        self.section_labels: dict[str, str] = law_in_force().at("ohs.plan_sections", today()).value
        initial |= {f"section_{code}": written.get(code, "") for code in self.section_labels}
        super().__init__(*args, initial=initial, **kwargs)
        for n, (code, label) in enumerate(self.section_labels.items(), 1):
            self.fields[f"section_{code}"] = forms.CharField(
                label=f"（{'一二三四五六七'[n - 1]}）{label}",
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 5}),
            )
        if application.kind != "university":
            del self.fields["course_given_on"]
        else:
            self.fields["course_given_on"].latest = today()  # type: ignore[attr-defined]

    def section_fields(self) -> list[Any]:
        return [self[f"section_{code}"] for code in self.section_labels]

    def plain_fields(self) -> list[Any]:
        return [
            self[name]
            for name in ("county", "head", "contact", "contact_phone", "contact_email", "course_given_on")
            if name in self.fields
        ]

    def hour_fields(self) -> list[Any]:
        return [self[name] for name in ("law_hours", "risk_hours", "practice_hours")]

    @property
    def particulars(self) -> dict[str, Any]:
        data = self.cleaned_data
        given = {name: data[name] for name in self.NAMES if name in self.fields}
        for name in ("law_hours", "risk_hours", "practice_hours"):
            given[name] = given[name] or 0
        return given

    @property
    def sections(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"section_{code}"].replace("\r\n", "\n") for code in self.section_labels}


class PaperForm(ActForm):
    """One paper of 附表一."""

    file = PdfField(label="選擇檔案")
    attested = forms.BooleanField(label="本文件與正本相符", required=False)

    def __init__(self, *args: Any, code: str, label: str, **kwargs: Any) -> None:
        super().__init__(*args, prefix=code, **kwargs)
        self.fields["file"].label = label
        self.fields["file"].widget.attrs["data-max-bytes"] = self.fields["file"].limits.max_bytes  # type: ignore[attr-defined]
