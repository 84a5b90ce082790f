"""The unit's forms: plan, screening, attendance, results, closing."""

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms

from accounts.clock import today
from accounts.models import County
from casework.forms import ActForm, PdfField, PhoneField, RocDateField
from casework.law.in_force import law_in_force
from kernel.asked import whole_number
from kernel.dates import WEEKDAYS, DateError, parse_day, roc
from ojt_subsidy.models import Course, CourseIntake, CourseSession, Enrolment
from ojt_subsidy.models.course import KINDS, PLANS
from ojt_subsidy.params import CATEGORIES
from ojt_subsidy.selectors.courses import open_intakes

WEEKLY_ROWS = 4
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def _listed(text: str) -> list[str]:
    """What people write between 、 and its likes: 「機械，電機」 are two."""
    return [one.strip() for one in re.split("[、,，;；]", text) if one.strip()]


class CourseForm(ActForm):
    intake = forms.ModelChoiceField(CourseIntake.objects.none(), label="受理期間", empty_label=None)
    plan = forms.ChoiceField(label="計畫別", choices=PLANS)
    unit_kind = forms.ChoiceField(label="單位類別", choices=KINDS)
    title = forms.CharField(label="課程名稱", max_length=100)
    category = forms.ChoiceField(label="課程類別", choices=list(CATEGORIES.items()))
    occupation = forms.CharField(label="訓練職類", max_length=60)
    county = forms.ModelChoiceField(County.objects.in_order(), label="辦訓縣市", help_text="計畫送辦訓地轄區分署審查")
    place = forms.CharField(label="辦訓地點", max_length=200)
    licensed_place = forms.CharField(
        label="設立證書所載地點", max_length=200, required=False, help_text="職業訓練機構必填"
    )
    licensed_occupations = forms.CharField(
        label="設立證書所載職類", max_length=600, required=False, help_text="以頓號分開"
    )
    starts_on = RocDateField(label="開訓日")
    ends_on = RocDateField(label="結訓日", help_text="例：113/12/12")
    days_off = forms.CharField(
        label="停課日", max_length=600, required=False, help_text="以頓號分開，例：116/02/17、116/02/18"
    )
    content = forms.CharField(label="課程內容", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    teachers = forms.CharField(label="師資", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    conditions = forms.CharField(
        label="學員資格", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    fee = forms.IntegerField(label="訓練費用（元／人）", min_value=0, max_value=999_999)
    seats = forms.IntegerField(label="申請補助人數", min_value=1, max_value=500)
    others = forms.IntegerField(label="另招非補助人數", min_value=0, max_value=100, initial=0)
    credit_class = forms.BooleanField(label="學分班", required=False)
    advance_percent = forms.TypedChoiceField(
        label="先收取訓練費用", choices=[(100, "全額"), (50, "50%（提升勞工自主學習計畫）")], coerce=int
    )
    contact_phone = PhoneField(label="報名洽詢電話", required=False)

    def __init__(self, *args: Any, course: Course | None = None, **kwargs: Any) -> None:
        if course:
            initial = {name: getattr(course, name) for name in self.base_fields if hasattr(course, name)}
            initial |= {
                "days_off": "、".join(map(roc, course.days_off)),
                "licensed_occupations": "、".join(course.licensed_occupations),
            }
            for n, row in enumerate(course.weekly[:WEEKLY_ROWS], 1):
                initial |= {f"weekday_{n}": row["weekday"], f"from_{n}": row["from"], f"until_{n}": row["until"]}
            kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        known = [course.intake_id] if course else []
        intakes = CourseIntake.objects.filter(pk__in=[*(one.pk for one in open_intakes(today())), *known])
        self.fields["intake"].queryset = intakes  # type: ignore[attr-defined]
        law, on = law_in_force(), today()
        self.fields[
            "ends_on"
        ].help_text = f"開課期間不得超過 {law.at('sub.course_months', on).value} 個月，例：113/12/12"
        self.fields["others"].help_text = f"不得超過核定人數 {law.at('sub.others_percent', on).value}%"
        for n in range(1, WEEKLY_ROWS + 1):
            days = [("", "—"), *((k, f"星期{WEEKDAYS[k]}") for k in range(7))]
            self.fields[f"weekday_{n}"] = forms.ChoiceField(label=f"時段 {n} 星期", choices=days, required=n == 1)
            self.fields[f"from_{n}"] = forms.TimeField(label="開始", required=n == 1, widget=TIME)
            self.fields[f"until_{n}"] = forms.TimeField(label="結束", required=n == 1, widget=TIME)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The form by subject, as the page prints it."""
        named = [
            ("計畫與單位", ("intake", "plan", "unit_kind", "licensed_place", "licensed_occupations")),
            ("課程", ("title", "category", "occupation", "content", "teachers", "conditions", "credit_class")),
            ("地點與期間", ("county", "place", "starts_on", "ends_on", "days_off")),
            (
                "每週授課時段",
                tuple(f"{k}_{n}" for n in range(1, WEEKLY_ROWS + 1) for k in ("weekday", "from", "until")),
            ),
            ("費用與人數", ("fee", "advance_percent", "seats", "others", "contact_phone")),
        ]
        return [(legend, [self[name] for name in names]) for legend, names in named]

    def clean_days_off(self) -> list[date]:
        return [_day(text) for text in _listed(self.cleaned_data["days_off"])]

    def clean_licensed_occupations(self) -> list[str]:
        return _listed(self.cleaned_data["licensed_occupations"])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        rows = []
        for n in range(1, WEEKLY_ROWS + 1):
            one = given.pop(f"weekday_{n}", ""), given.pop(f"from_{n}", None), given.pop(f"until_{n}", None)
            if any(value not in ("", None) for value in one):
                if any(value in ("", None) for value in one):
                    self.add_error(f"weekday_{n}", "請一併填寫星期、開始與結束時間。")
                    continue
                rows.append(
                    {"weekday": int(one[0]), "from": f"{_time(one[1]):%H:%M}", "until": f"{_time(one[2]):%H:%M}"}
                )
        given["weekly"] = rows
        if given.get("starts_on") and given.get("ends_on") and given["ends_on"] < given["starts_on"]:
            self.add_error("ends_on", "結訓日不得早於開訓日。")
        return given

    def add_error(self, field: str | None, error: Any) -> None:
        """What the service says of the weekly plan stands at its first row."""
        super().add_error("weekday_1" if field == "weekly" else field, error)

    @property
    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in super().answers.items() if name not in ("intake", "county")}


def _time(value: Any) -> time:
    assert isinstance(value, time)
    return value


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except DateError as error:
        raise forms.ValidationError(str(error)) from None


class ScreenForm(ActForm):
    """One act on one filing. Holds the fields of that act alone; their ids name the row, so that the summary leads there."""

    #: What a press does: its label, its tone, what it asks, whether it is folded.
    ACTS: Mapping[str, tuple[str, str, tuple[str, ...], bool]] = {
        "ask": ("通知繳費", "primary", ("respond_by",), False),
        "admit": ("錄訓", "primary", ("fee_paid_on", "papers_on"), False),
        "lapse": ("逾期取消", "", (), False),
        "reject": ("不予錄訓", "danger", ("reason",), True),
        "no_show": ("未到訓", "", (), False),
        "drop": ("離退訓", "danger", ("reason",), True),
    }

    act = forms.ChoiceField(
        label="動作", choices=[(code, said[0]) for code, said in ACTS.items()], widget=forms.HiddenInput
    )
    enrolment = forms.IntegerField(label="報名", widget=forms.HiddenInput)
    respond_by = RocDateField(label="期限（可空白）", required=False, help_text="")
    fee_paid_on = RocDateField(label="繳費日", help_text="")
    papers_on = RocDateField(label="繳件日", help_text="")
    reason = forms.CharField(label="理由", required=False, max_length=500)

    def __init__(self, data: Mapping[str, Any] | None = None, *, act: str = "", row: int = 0) -> None:
        if data:
            asked, number = str(data.get("act", "")), str(data.get("enrolment", ""))
            act, row = asked if asked in self.ACTS else "", whole_number(number) or 0
        super().__init__(data, initial={"act": act, "enrolment": row}, auto_id=f"{act}-{row}-%s")
        self.label, self.tone, wanted, self.folded = self.ACTS.get(act, ("", "", (), False))
        for name in {"respond_by", "fee_paid_on", "papers_on", "reason"} - set(wanted):
            del self.fields[name]

    @property
    def about(self) -> tuple[str, int]:
        """(act, filing) it was drawn for."""
        return self.initial["act"], self.initial["enrolment"]


class AttendanceForm(ActForm):
    """點名: hours missed, one field per trainee."""

    def __init__(
        self, *args: Any, session: CourseSession, rows: list[Enrolment], known: dict[int, Decimal], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"hours_{row.pk}"] = forms.DecimalField(
                label=f"第 {row.number} 號　{row.name}", min_value=Decimal(0), max_value=session.hours, max_digits=4, decimal_places=1,
                initial=known.get(row.pk, Decimal(0)), help_text="缺課時數，全到填 0",
            )  # fmt: skip

    @property
    def missed(self) -> dict[int, Decimal]:
        return {row.pk: self.cleaned_data[f"hours_{row.pk}"] for row in self.rows}


class GradeForm(ActForm):
    enrolment = forms.IntegerField(label="學員")
    passed = forms.TypedChoiceField(
        label="考核", choices=[("yes", "通過"), ("no", "未通過")], coerce=lambda v: v == "yes"
    )
    certificate = forms.CharField(label="證書字號", required=False, max_length=40)
    reason = forms.CharField(label="未通過理由", required=False, max_length=500)


class ClosingPaperForm(ActForm):
    label = forms.CharField(label="文件名稱", max_length=60, initial="學員簽到表")
    file = PdfField(label="檔案")


class PassOnForm(ActForm):
    line = forms.IntegerField(label="補助款")
    passed_on_on = RocDateField(label="轉撥日")
