"""Forms of the branch's registers: filters, intakes, openings of password sign-in."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.clock import today
from accounts.models import Organisation
from casework.forms import ActForm, PortalForm, RocDateField
from kernel.dates import roc_year
from ojt_accounts.models import Intake, TrainingAccount
from ojt_accounts.params import PLANS
from ojt_accounts.rules.accounts import year_in_hand

ALL = ("", "全部")
YEARS_SHOWN = 6


def program_years() -> list[int]:
    """Next year, this one and those before, newest first."""
    year = roc_year(today())
    return list(range(year + 1, year + 1 - YEARS_SHOWN, -1))


class RegisterFilter(PortalForm):
    """Bound to the query string of a register; what cannot be read is left out of the question."""

    q = forms.CharField(label="單位、統編、姓名或帳號", required=False, max_length=60)
    branch = forms.ChoiceField(label="分署", required=False)
    year = forms.TypedChoiceField(label="計畫年度", required=False, coerce=int, empty_value=None)
    plan = forms.ChoiceField(label="計畫", required=False, choices=[ALL, *PLANS.items()])
    state = forms.ChoiceField(label="帳號狀態", required=False, choices=[ALL, *TrainingAccount.State.choices])

    def __init__(self, data: Any, *, branches: QuerySet[Organisation]) -> None:
        super().__init__(data, auto_id="filter_%s")
        offered = [(str(one.pk), one.label) for one in branches]
        self.fields["branch"].choices = [ALL, *offered]  # type: ignore[attr-defined]
        if len(offered) < 2:
            del self.fields["branch"]
        self.fields["year"].choices = [ALL, *((str(y), f"{y} 年度") for y in program_years())]  # type: ignore[attr-defined]
        self.full_clean()

    def asked(self) -> dict[str, Any]:
        """What was asked, by name; empty answers are left out."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class YearFilter(PortalForm):
    year = forms.TypedChoiceField(label="計畫年度", coerce=int, required=False, empty_value=None)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        years = program_years()
        self.fields["year"].choices = [(str(y), f"{y} 年度") for y in years]  # type: ignore[attr-defined]
        self.full_clean()

    @property
    def chosen(self) -> int:
        return self.cleaned_data.get("year") or year_in_hand(today())


class IntakeForm(ActForm):
    """受理期間. The branch is not changed afterwards."""

    branch = forms.ModelChoiceField(Organisation.objects.none(), label="分署", empty_label=None)
    program_year = forms.TypedChoiceField(label="計畫年度", coerce=int)
    name = forms.CharField(label="名稱", max_length=60, help_text="例：上半年")
    opens_on = RocDateField(label="受理起日")
    closes_on = RocDateField(label="受理申請截止日", help_text="TTQS 與立案年數依這一天判斷，例：113/12/12")

    def __init__(self, *args: Any, branches: QuerySet[Organisation], row: Intake | None = None, **kwargs: Any) -> None:
        if row:
            names = ("branch", "program_year", "name", "opens_on", "closes_on")
            kwargs["initial"] = {name: getattr(row, name) for name in names}
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]
        self.fields["branch"].label_from_instance = lambda one: one.label  # type: ignore[attr-defined]
        years = {*program_years()[:3], *([row.program_year] if row else [])}
        self.fields["program_year"].choices = [(y, f"{y} 年度") for y in sorted(years)]  # type: ignore[attr-defined]
        if row is None:
            self.fields["program_year"].initial = roc_year(today())
        else:
            del self.fields["branch"], self.fields["program_year"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("opens_on"), data.get("closes_on")
        if start and end and end < start:
            self.add_error("closes_on", "截止日早於受理起日，請核對。")
        return data
