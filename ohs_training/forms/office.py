"""Forms of county and ministry."""

from typing import Any

from django import forms

from accounts.clock import today
from accounts.models import County, Organisation
from casework.forms import ActForm, PortalForm, RocDateField
from ohs_training.models import Accreditation, TrainingClass


class InspectionForm(ActForm):
    accreditation = forms.ModelChoiceField(Accreditation.objects.none(), label="訓練機構", empty_label="請選擇")
    training_class = forms.ModelChoiceField(
        TrainingClass.objects.none(), label="班次", required=False, empty_label="（不指定班次）"
    )
    inspected_on = RocDateField(label="查核日")
    papers_asked = forms.CharField(
        label="索取資料", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    findings = forms.CharField(label="查核情形", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    breach = forms.CharField(
        label="違反規定事項",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="有違反規定時填寫，將開立限期改善案",
    )
    clause = forms.CharField(label="違反條次", required=False, max_length=100, help_text="例：要點七第1項")

    def __init__(self, *args: Any, office: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = TrainingClass.objects.exclude(case__state__in=["draft", "cancelled"]).select_related(
            "accreditation__organisation"
        )
        accreditations = Accreditation.objects.select_related("organisation").order_by("organisation__name")
        if office.kind == Organisation.Kind.COUNTY:
            classes = classes.filter(case__office=office)
            accreditations = accreditations.filter(classes__in=classes).distinct()
        self.fields["accreditation"].queryset = accreditations  # type: ignore[attr-defined]
        field = self.fields["training_class"]
        field.queryset = classes.order_by("-starts_on")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.accreditation.organisation.name} {one}"  # type: ignore[attr-defined]
        self.fields["inspected_on"].initial = today()
        self.fields["inspected_on"].latest = today()  # type: ignore[attr-defined]


class ListForm(PortalForm):
    """The public list's questions."""

    q = forms.CharField(label="機構名稱", required=False, max_length=60)
    county = forms.ModelChoiceField(County.objects.in_order(), label="所在縣市", required=False, empty_label="全部")
    training = forms.ChoiceField(
        label="訓練類別",
        required=False,
        choices=[("", "全部"), ("professional", "專業訓練"), ("in_service", "在職教育訓練")],
    )
    state = forms.ChoiceField(label="狀態", required=False, choices=[("", "全部"), *Accreditation.State.choices])

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.full_clean()

    def asked(self) -> dict[str, str]:
        """Questions with an answer, as they stand in an address."""
        given = {**self.cleaned_data, "county": getattr(self.cleaned_data.get("county"), "pk", "")}
        return {name: value for name, value in given.items() if value}
