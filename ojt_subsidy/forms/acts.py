"""Forms of acts on the case page."""

from typing import Any

from django import forms

from casework.forms import PortalForm, RocDateField
from casework.models import Case
from ojt_subsidy.models import Evidence
from ojt_subsidy.params import INSURANCE_LABELS, MARK_LABELS
from ojt_subsidy.selectors.courses import course_of
from ojt_subsidy.services.evidence import evidence_of

TEXT = forms.Textarea(attrs={"rows": 3})


class CaseForm(PortalForm):
    """A form drawn for one case."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class ReasonForm(CaseForm):
    reason = forms.CharField(label="理由", max_length=500, widget=TEXT, help_text="會通知對方，請寫清楚。")


class CommentForm(CaseForm):
    comment = forms.CharField(label="簽註意見", required=False, max_length=500, widget=TEXT)


class ForwardForm(CommentForm):
    approved_seats = forms.IntegerField(label="擬核定補助人數", min_value=1, max_value=999)
    approved_fee = forms.IntegerField(label="擬核定訓練費用（元）", min_value=0, max_value=9_999_999)
    field_order = ("approved_seats", "approved_fee", "comment")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        course = course_of(case)
        self.initial |= {"approved_seats": course.subsidised_seats, "approved_fee": course.cost}


class RemarksForm(CaseForm):
    remarks = forms.CharField(label="單位說明", required=False, max_length=1000, widget=TEXT)


class AnswerForm(CaseForm):
    text = forms.CharField(label="答覆內容", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))


class AcceptForm(CaseForm):
    """採認: the validity of an identity's paper, or the record an insurance statement shows."""

    valid_from = RocDateField(label="證明生效日", required=False)
    valid_until = RocDateField(label="證明有效期限", required=False)
    kind = forms.ChoiceField(
        label="保險別", choices=[("", "請選擇"), *((k.value, label) for k, label in INSURANCE_LABELS.items())]
    )
    from_on = RocDateField(label="加保日")
    to_on = RocDateField(label="退保日", required=False, help_text="仍在保者免填")
    mark = forms.ChoiceField(
        label="註記", required=False, choices=[("", "無"), *((m.value, label) for m, label in MARK_LABELS.items())]
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        evidence = evidence_of(case)
        insurance = evidence.kind == Evidence.Kind.INSURANCE
        for name in ("valid_from", "valid_until") if insurance else ("kind", "from_on", "to_on", "mark"):
            del self.fields[name]
        if insurance and (read := evidence.answers.get("unit")):
            self.initial |= {
                "kind": read["kind"],
                "from_on": read["from"],
                "to_on": read["to"],
                "mark": read["mark"] or "",
            }
        elif not insurance:
            self.initial |= {"valid_from": evidence.valid_from, "valid_until": evidence.valid_until}

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "kind" not in self.fields or self.errors:
            return given
        if given["to_on"] and given["to_on"] < given["from_on"]:
            self.add_error("to_on", "退保日不得早於加保日。")
        return {"records": [record_of(given)]}


def record_of(given: dict[str, Any]) -> dict[str, Any]:
    """An insurance record as it is kept."""
    to_on = given.get("to_on")
    return {
        "kind": given["kind"],
        "from": given["from_on"].isoformat(),
        "to": to_on.isoformat() if to_on else None,
        "mark": given.get("mark") or None,
    }
