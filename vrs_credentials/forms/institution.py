"""Forms of an institution: courses, lecturers, attendance, jobs."""

from typing import Any

from django import forms

from casework.forms import ActForm, NameField, PersonIdField, PortalForm, RocDateField
from kernel.saying import plain
from vrs_credentials.forms.applying import NOT_CHOSEN
from vrs_credentials.models import Course, Lecturer
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.params.figures import GROUPS
from vrs_credentials.selectors.casepage import AUDIENCE

CLAUSES = [(n, f"條款{n}") for n in "1234"]


class CourseForm(ActForm):
    title = forms.CharField(label="課程名稱", max_length=200)
    is_public = forms.BooleanField(label="課程資料公開（刊登於課程專區）", required=False, initial=True)
    mode = forms.ChoiceField(label="授課方式", choices=[*NOT_CHOSEN, *Course.Mode.choices])
    mode_reason = forms.CharField(label="實體、視訊皆採用之原因", max_length=200, required=False)
    slot = forms.ChoiceField(label="上課時段", choices=[*NOT_CHOSEN, *Course.Slot.choices])
    starts_on = RocDateField(label="開課期間起日")
    ends_on = RocDateField(label="開課期間迄日")
    fee = forms.IntegerField(
        label="訓練費用（元）", min_value=0, max_value=1_000_000, initial=0, help_text="向學員收取的費用"
    )
    place = forms.CharField(label="受訓地點", max_length=200)
    group_1 = forms.ChoiceField(label="課程類別一", choices=[*NOT_CHOSEN, *GROUPS.items()])
    competence_1 = forms.CharField(label="核心能力一", max_length=100)
    area_1 = forms.CharField(label="課程領域一", max_length=100)
    hours_1 = forms.DecimalField(label="課程時數一", min_value=0.5, max_value=500, max_digits=5, decimal_places=1)
    group_2 = forms.ChoiceField(label="課程類別二（跨領域才填）", choices=[("", "無"), *GROUPS.items()], required=False)
    competence_2 = forms.CharField(label="核心能力二", max_length=100, required=False)
    area_2 = forms.CharField(label="課程領域二", max_length=100, required=False)
    hours_2 = forms.DecimalField(
        label="課程時數二", min_value=0.5, max_value=500, max_digits=5, decimal_places=1, required=False
    )
    handling = forms.CharField(label="辦理方式", max_length=60, required=False, help_text="例：自辦、委辦、合辦")
    audience = forms.MultipleChoiceField(
        label="辦理對象", choices=list(AUDIENCE.items()), widget=forms.CheckboxSelectMultiple
    )
    admission = forms.CharField(
        label="參訓資格", max_length=255, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    lecturers = forms.ModelMultipleChoiceField(
        Lecturer.objects.none(),
        label="講師",
        widget=forms.CheckboxSelectMultiple,
        help_text="清單沒有的講師，請先至「講師維護」建檔。",
    )

    def __init__(self, *args: Any, lecturers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lecturers"].queryset = lecturers

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["starts_on"] > data["ends_on"]:
            self.add_error("ends_on", "開課期間迄日不得早於起日。")
        if data.get("mode") == Course.Mode.BOTH and not data.get("mode_reason"):
            self.add_error("mode_reason", "實體、視訊皆採用者，請輸入原因說明。")
        second = [data.get(f"{name}_2") for name in ("group", "competence", "area", "hours")]
        if any(second) and not all(second):
            self.add_error("group_2", "第二組課程類別、核心能力、課程領域及時數請一併填寫。")
        return data

    def sets(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        numbers = [1, 2] if data.get("group_2") else [1]
        return [{name: data[f"{name}_{n}"] for name in ("group", "competence", "area", "hours")} for n in numbers]


class LecturerForm(ActForm):
    name = NameField(label="講師姓名")
    national_id = PersonIdField(label="身分證字號或統一證號", required=False)
    phone = forms.CharField(label="聯絡電話（手機）", max_length=40, required=False)
    email = forms.EmailField(label="E-Mail", required=False)
    address = forms.CharField(label="通訊地址", max_length=100, required=False)
    clause = forms.ChoiceField(label="講師符合資格（附表7）", choices=CLAUSES, widget=forms.RadioSelect)
    certificate_number = forms.CharField(label="教育部審定講師級資格之證書字號（條款1）", max_length=60, required=False)
    teachable_areas = forms.CharField(
        label="可授課之課程領域（條款1必填）", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    degree = forms.CharField(label="學歷", max_length=200, required=False)
    post = forms.CharField(label="現職", max_length=200, required=False)
    expertise = forms.CharField(
        label="專長領域及經歷（條款2至4必填）", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["national_id"].required = new
        if not new:
            self.fields["national_id"].help_text = "已建檔，不變更者免填。"


class RosterForm(ActForm):
    """上課記錄匯入 and 簽到表 together."""

    sheet = forms.FileField(label="簽到表（PDF 或 JPG，10 MB 以內）", required=False)

    def __init__(self, *args: Any, fields: list[Any], sheet_there: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in fields:
            self.fields[f"roster_{one.position}"] = forms.FileField(
                label=f"上課紀錄－{one.label}（{plain(one.hours)} 小時）",
                help_text="CSV（UTF-8、Big5）、XLSX 或 ODS，10 MB 以內；表頭及範例列請勿刪除。",
            )
        self.fields["sheet"].required = not sheet_there
        if sheet_there:
            self.fields["sheet"].help_text = "已上傳簽到表；不更換者免選。"
        self.order_fields([*(f"roster_{one.position}" for one in fields), "sheet", "version", "key"])


class AttendanceSearchForm(PortalForm):
    """課程名稱, 身分證字號, 開課期間: those of the manual's screen."""

    course = forms.CharField(label="課程名稱或編號", max_length=100, required=False)
    person = PersonIdField(label="身分證字號（居留證號）", required=False, on_record=True)
    held_from = RocDateField(label="上課日期（起）", required=False)
    held_until = RocDateField(label="上課日期（迄）", required=False)


class JobForm(ActForm):
    title = forms.CharField(label="職務名稱", max_length=100)
    kind = forms.ChoiceField(label="所需資格", choices=[*NOT_CHOSEN, *KINDS.items()])
    place = forms.CharField(label="工作地點", max_length=200)
    pay = forms.CharField(label="待遇", max_length=100, help_text="經常性薪資未達 4 萬元者，請填明金額。")
    body = forms.CharField(label="工作內容及條件", max_length=5000, widget=forms.Textarea(attrs={"rows": 5}))
    contact = forms.CharField(label="聯絡方式", max_length=200)
    opens_on = RocDateField(label="刊登起日")
    closes_on = RocDateField(label="截止日")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("opens_on") and data.get("closes_on") and data["closes_on"] < data["opens_on"]:
            self.add_error("closes_on", "截止日不得早於刊登起日。")
        return data


class QuestionForm(ActForm):
    subject = forms.CharField(label="主旨", max_length=100)
    body = forms.CharField(
        label="問題",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="請勿填寫身分證字號等個人資料。",
    )


class AnswerForm(PortalForm):
    answer = forms.CharField(label="回復", max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    is_public = forms.BooleanField(label="公開於留言板", required=False)


class NewsForm(ActForm):
    title = forms.CharField(label="主旨", max_length=200)
    body = forms.CharField(label="說明", max_length=20000, widget=forms.Textarea(attrs={"rows": 8}))
    pinned = forms.BooleanField(label="置頂", required=False)
    published_on = RocDateField(label="發布日")
