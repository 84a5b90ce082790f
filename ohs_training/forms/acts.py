"""Forms shown with the buttons of the case pages."""

from typing import Any

from django import forms

from accounts.clock import today
from casework.forms import DatedCorrectionForm, PdfField, PortalForm, RocDateField
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import ONE_DAY, validity_end
from ohs_training.models import Application, Order
from ohs_training.params import AMENDED_ON


class CaseForm(PortalForm):
    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class ReasonOf(CaseForm):
    label = "理由"
    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = self.label
        self.fields["reason"].error_messages["required"] = f"請填寫「{self.label}」。"


def reason_form(label: str) -> type[ReasonOf]:
    return type("ReasonForm", (ReasonOf,), {"label": label})


class OptionalReason(CaseForm):
    reason = forms.CharField(label="原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class SupplementForm(DatedCorrectionForm):
    """通知補正: items, message and the day."""


class AccreditForm(CaseForm):
    starts_on = RocDateField(label="認可起日")
    ends_on = RocDateField(label="認可迄日", help_text="不得逾認可期間上限（要點五第2項），例：116/12/11")
    letter_number = forms.CharField(label="認可函文號", max_length=60, help_text="例：勞職衛2字第1151001234號")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        application = Application.objects.select_related("renews").get(case=case)
        start = max(today(), application.renews.ends_before) if application.renews else today()
        years = law_in_force().at("ohs.accreditation_years", start).value
        self.fields["starts_on"].initial = start
        self.fields["ends_on"].initial = validity_end(start, years=years)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "認可迄日不得早於起日。")
        return data


class RevokeForm(CaseForm):
    decision = forms.ChoiceField(
        label="處分",
        choices=[("revoked", "撤銷（認可自始有瑕疵）"), ("withdrawn", "廢止（認可後違規）")],
        widget=forms.RadioSelect,
    )
    grounds = forms.MultipleChoiceField(label="事由（要點十四第1項）", widget=forms.CheckboxSelectMultiple)
    happened_on = RocDateField(label="違規行為日")
    heard_on = RocDateField(label="陳述意見日")
    hearing = forms.CharField(label="陳述意見紀要", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    letter_number = forms.CharField(label="處分函文號", max_length=60)
    reason = forms.CharField(label="處分理由", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        law = law_in_force()
        every = law.at("ohs.revocation_grounds", today()).value
        before = law.at("ohs.revocation_grounds", AMENDED_ON - ONE_DAY).value
        choices = [
            (code, f"第{n}款　{text}" + ("" if code in before else "（修正後始有）"))
            for n, (code, text) in enumerate(every.items(), 1)
        ]
        self.fields["grounds"].choices = choices  # type: ignore[attr-defined]
        for name in ("happened_on", "heard_on"):
            self.fields[name].latest = today()  # type: ignore[attr-defined]


class AcknowledgeForm(CaseForm):
    acknowledgement = forms.CharField(
        label="備查文號", max_length=60, help_text="例：府勞安字第1150012345號；將列印於結業證書"
    )


class AcknowledgeChangeForm(CaseForm):
    acknowledgement = forms.CharField(label="變動備查文號", max_length=60, help_text="例：府勞安字第1150012345號")


class ReportForm(CaseForm):
    report_number = forms.CharField(label="函報文號", max_length=60, help_text="例：健訓字第1150000123號")


class OrderForm(CaseForm):
    letter_number = forms.CharField(label="發文字號", max_length=60)
    answer_by = RocDateField(label="改善期限")
    reason = forms.CharField(label="限期改善事項說明", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        order = Order.objects.get(case=case)
        self.fields["reason"].initial = order.breach
        self.fields["answer_by"].earliest = today()  # type: ignore[attr-defined]


class AnswerOrderForm(CaseForm):
    report = forms.CharField(label="改善情形", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    paper = PdfField(label="書面改善報告")
