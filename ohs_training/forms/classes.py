"""附表二至五: the plan, teachers, timetable, roster."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import County
from casework.errors import Refused
from casework.forms import ActForm, BirthdayField, NameField, PdfField, PersonIdField, PhoneField, RocDateField
from kernel.asked import whole_number
from kernel.dates import TAIPEI, DateError, parse_clock, parse_day
from ohs_training.models import Teacher, Trainee, TrainingClass
from ohs_training.models.classes import AUDIENCES, CATEGORIES
from ohs_training.rules.training import TRAININGS
from ohs_training.services.roster import REPUBLIC, WESTERN


class ClassForm(ActForm):
    """A new class."""

    training = forms.ChoiceField(label="訓練類別", choices=list(TRAININGS.items()), widget=forms.RadioSelect)
    audience = forms.ChoiceField(label="訓練對象", choices=AUDIENCES, widget=forms.RadioSelect)
    title = forms.CharField(label="訓練名稱", max_length=100, help_text="例：勞工健康服務護理人員；類別由系統加註於後")
    starts_on = RocDateField(label="開訓日")
    ends_on = RocDateField(label="結訓日")
    county = forms.ModelChoiceField(County.objects.in_order(), label="訓練所在縣市", empty_label="請選擇")


class PlanForm(ActForm):
    """附表二、訓練計畫報備書."""

    title = forms.CharField(label="訓練名稱", max_length=100)
    audience = forms.ChoiceField(label="訓練對象", choices=AUDIENCES)
    starts_on = RocDateField(label="開訓日")
    ends_on = RocDateField(label="結訓日")
    place = forms.CharField(label="訓練場所名稱", max_length=100, required=False)
    address = forms.CharField(label="訓練場所地址", max_length=200, required=False)
    room = forms.CharField(label="教室名稱", max_length=60, required=False, help_text="例：第 301 教室")
    tutor = NameField(label="輔導員", required=False)
    tutor_phone = PhoneField(label="輔導員電話", required=False)
    tutor_fax = PhoneField(label="輔導員傳真", required=False)
    head = NameField(label="負責人姓名", required=False)
    expected = forms.IntegerField(label="預計受訓人數", min_value=0, max_value=200, required=False)
    materials = forms.ChoiceField(label="教材", choices=TrainingClass.Materials.choices)
    materials_note = forms.CharField(label="教材名稱、編印單位及版次", max_length=200, required=False)
    fee = forms.IntegerField(label="收費金額（元）", min_value=0, max_value=1_000_000, required=False)

    NAMES = (
        "title", "audience", "starts_on", "ends_on", "place", "address", "room", "tutor", "tutor_phone", "tutor_fax", "head",
        "expected", "materials", "materials_note", "fee",
    )  # fmt: skip

    def __init__(self, *args: Any, training_class: TrainingClass, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: getattr(training_class, name) for name in self.NAMES}, **kwargs)

    @property
    def answers(self) -> dict[str, Any]:
        given = super().answers
        return {**given, "expected": given["expected"] or 0, "fee": given["fee"] or 0}


def numbered(data: QueryDict, names: tuple[str, ...], main: str) -> list[dict[str, str]]:
    """Lines of a table typed as name-0, name-1 …; lines without their main field are left out."""
    rows = []
    for n in range(400):
        if f"{main}-{n}" not in data:
            continue
        row = {name: data.get(f"{name}-{n}", "").strip() for name in names}
        if any(row[name] for name in names if name not in ("id", "DELETE")) and not data.get(f"DELETE-{n}"):
            rows.append({**row, "n": str(n)})
    return rows


TEACHER = ("id", "name", "education", "experience", "clause")
ROW = ("day", "start", "end", "course", "hours", "teacher", "category", "practice")


def read_teachers(data: QueryDict) -> list[dict[str, Any]]:
    """Raises Refused naming the line."""
    rows = numbered(data, TEACHER, "name")
    for position, row in enumerate(rows, 1):
        if not row["name"]:
            raise Refused(f"第 {position} 位講師未填姓名。")
        for name in ("name", "education", "experience", "clause"):
            most = Teacher._meta.get_field(name).max_length or 0
            if len(row[name]) > most:
                raise Refused(f"第 {position} 位講師：{Teacher._meta.get_field(name).verbose_name}超過 {most} 字。")
        row["id"] = whole_number(row["id"])
    return rows


def read_timetable(data: QueryDict, training_class: TrainingClass) -> list[dict[str, Any]]:
    """Rows with real moments and teachers. Raises Refused naming the row and what is wrong."""
    teachers = {str(one.pk): one for one in training_class.teachers.all()}
    made = []
    for position, row in enumerate(numbered(data, ROW, "day"), 1):
        try:
            day: date = parse_day(row["day"])
        except DateError as error:
            raise Refused(f"第 {position} 列：{error}。") from error
        try:
            start, end = parse_clock(row["start"]), parse_clock(row["end"])
        except DateError as error:
            raise Refused(f"第 {position} 列：{error}。") from error
        try:
            hours = Decimal(row["hours"])
        except InvalidOperation as error:
            raise Refused(f"第 {position} 列：時數請輸入數字，例：2 或 1.5。") from error
        if not Decimal("0.1") <= hours <= 12:
            raise Refused(f"第 {position} 列：時數應在 0.1 至 12 之間。")
        if row["teacher"] not in teachers:
            raise Refused(f"第 {position} 列：請選擇講師（先填講師名冊）。")
        if row["category"] and row["category"] not in dict(CATEGORIES):
            raise Refused(f"第 {position} 列：沒有這一種課程類別。")
        if not row["course"] or len(row["course"]) > 100:
            raise Refused(f"第 {position} 列：請填寫課程名稱（100 字以內）。")
        made.append(
            {
                "starts_at": datetime.combine(day, start, TAIPEI),
                "ends_at": datetime.combine(day, end, TAIPEI),
                "course": row["course"],
                "hours": hours.quantize(Decimal("0.1")),
                "teacher": teachers[row["teacher"]],
                "category": row["category"],
                "practice": bool(row["practice"]),
            }
        )
    return made


class RosterFileForm(ActForm):
    file = forms.FileField(label="名冊檔案", help_text="XLSX、ODS 或 CSV，須有欄名列")
    years = forms.ChoiceField(
        label="日期儲存格的年份",
        choices=[("", "請選擇"), (WESTERN, "西元年（如顯示）"), (REPUBLIC, "民國年（輸入 75/3/4，顯示成 1975/3/4）")],
        required=False,
        help_text="出生年月日輸入成日期格式、年份看不出是西元或民國時才需要選擇",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {"accept": ".xlsx,.ods,.csv,.txt", "data-max-bytes": 10 * 2**20}


class RosterConfirmForm(ActForm):
    sealed = forms.CharField(widget=forms.HiddenInput, label="預覽")
    checked = forms.BooleanField(
        label="已逐一查核受訓人員之醫師或護理人員資格證書（附表五附註一）",
        error_messages={"required": "請逐一查核資格證書後勾選。"},
    )


class TraineeForm(ActForm):
    name = NameField(label="姓名")
    born_on = BirthdayField(label="出生年月日")
    national_id = PersonIdField(label="身分證字號")
    qualification_number = forms.CharField(label="資格證書字號", max_length=60, required=False)
    qualification_checked = forms.BooleanField(label="已查核資格證書（附表五附註一）", required=False)
    education = forms.CharField(label="學歷", max_length=100, required=False)
    employer = forms.CharField(label="服務單位", max_length=100, required=False)
    job_title = forms.CharField(label="職稱", max_length=60, required=False)
    address = forms.CharField(label="聯絡地址", max_length=200, required=False)
    email = forms.EmailField(label="電子郵件地址", required=False)
    phone = PhoneField(label="電話", required=False)
    remark = forms.CharField(label="備註", max_length=200, required=False)

    NAMES = (
        "name", "born_on", "national_id", "qualification_number", "qualification_checked", "education", "employer", "job_title",
        "address", "email", "phone", "remark",
    )  # fmt: skip

    def __init__(self, *args: Any, trainee: Trainee | None = None, **kwargs: Any) -> None:
        self.kept = trainee.national_id if trainee else ""
        initial = {name: getattr(trainee, name) for name in self.NAMES if name != "national_id"} if trainee else {}
        super().__init__(*args, initial=initial, **kwargs)
        if trainee:
            self.fields["national_id"].required = False
            self.fields["national_id"].help_text = f"目前：{trainee.masked_national_id}，不更改請留空"

    def clean_national_id(self) -> str:
        return self.cleaned_data["national_id"] or self.kept


class PhotoForm(ActForm):
    photo = forms.FileField(label="照片", help_text="JPEG 或 PNG，8 MB 以內，正面半身")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].widget.attrs |= {"accept": "image/jpeg,image/png", "data-max-bytes": 8 * 2**20}


class ExemptionForm(ActForm):
    course = forms.ChoiceField(label="抵免課程")
    paper = forms.CharField(label="繳驗之證明文件名稱", max_length=100)
    file = PdfField(label="證明文件")

    def __init__(self, *args: Any, training_class: TrainingClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = training_class.rows.order_by("starts_at").values_list("course", flat=True)
        self.fields["course"].choices = [(name, name) for name in dict.fromkeys(names)]  # type: ignore[attr-defined]
