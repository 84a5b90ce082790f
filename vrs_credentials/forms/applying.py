"""Forms of the professional: joining, the wizard, hours, own education, renewal, extension, planner."""

from typing import Any

from django import forms

from accounts.clock import today
from casework.forms import (
    ActForm,
    BirthdayField,
    NameField,
    PersonIdField,
    PhoneField,
    PortalForm,
    PostalCodeField,
    RocDateField,
    UnifiedNumberField,
)
from vrs_credentials.models import ClassRecord, HoursApplication
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.params.figures import DISABILITIES, EXTENSION_REASONS, GROUPS, OWN_WAYS
from vrs_credentials.rules.qualification import QUESTIONS

#: Nothing is chosen for anybody beforehand (請選擇 of the manual's screens).
NOT_CHOSEN = [("", "請選擇")]
YES_NO = [("true", "是"), ("false", "否")]
KIND_CHOICES = list(KINDS.items())
SPECIALITIES = [(code, label) for code, label in KIND_CHOICES if code != "supervisor"]


def _yes_no(label: str, required: bool = True, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=YES_NO, coerce=lambda text: text == "true", empty_value=None, required=required,
        widget=forms.RadioSelect, help_text=help_text,
    )  # fmt: skip


class ProfileForm(PortalForm):
    birth_on = BirthdayField(label="出生日期", own=True)
    postal_code = PostalCodeField(label="郵遞區號", own=True)
    address = forms.CharField(
        label="通訊地址", max_length=200, help_text="核定公文寄到這個地址。",
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )  # fmt: skip
    mobile = PhoneField(label="行動電話", mobile=True, own=True)


class JoinForm(ProfileForm):
    account_name = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9]{4,14}$", label="帳號", help_text="5 至 15 碼英數字，第 1 碼為英文；請勿使用身分證字號。",
        error_messages={"invalid": "帳號應為 5 至 15 碼英數字，第 1 碼為英文。"},
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    name = NameField(label="姓名", own=True)
    national_id = PersonIdField(label="身分證字號或統一證號")
    email = forms.EmailField(
        label="電子郵件", max_length=254, help_text="設定密碼的連結會寄到這裡。",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    agree = forms.BooleanField(label="我已閱讀並同意個人資料蒐集告知及會員同意書")
    field_order = (
        "account_name",
        "name",
        "national_id",
        "email",
        "birth_on",
        "postal_code",
        "address",
        "mobile",
        "agree",
    )


class JoinInstitutionForm(PortalForm):
    unified_number = UnifiedNumberField(label="統一編號", help_text="統一編號即為登入帳號。")
    name = forms.CharField(label="單位全銜", max_length=200)
    address = forms.CharField(label="單位地址", max_length=200)
    phone = PhoneField(label="聯絡電話")
    contact = NameField(label="聯絡人")
    email = forms.EmailField(label="電子郵件", max_length=254)
    agree = forms.BooleanField(label="我已閱讀並同意會員同意書")


class OwnInstitutionForm(JoinInstitutionForm):
    """By somebody signed in: the person in charge is they, the account theirs."""

    unified_number = UnifiedNumberField(label="統一編號")
    contact = None  # type: ignore[assignment]


class InstitutionForm(ActForm):
    name = forms.CharField(label="單位全銜", max_length=200)
    address = forms.CharField(label="單位地址", max_length=200)
    phone = PhoneField(label="聯絡電話")
    email = forms.EmailField(label="電子郵件", max_length=254)


# --- the wizard ------------------------------------------------------------------------------------------------------------


class WizardForm(ActForm):
    """Plain questions; a clause follows from the answers (rules.wizard)."""

    kind = forms.ChoiceField(label="您要申請哪一種資格？", choices=[*NOT_CHOSEN, *KIND_CHOICES])
    speciality = forms.ChoiceField(
        label="（督導）您督導哪一種業務？", choices=[("", "不是申請督導"), *SPECIALITIES], required=False
    )
    licence = _yes_no("您是否領有社會工作師、職能治療師、物理治療師、心理師證書或特殊教育教師證？", False)
    skill = forms.ChoiceField(
        label="您領有哪一種技術士證？", required=False,
        choices=[("none", "沒有"), ("b_placement", "就業服務乙級"), ("ab", "甲級或乙級（其他職類）"), ("c", "丙級")],
    )  # fmt: skip
    degree = forms.ChoiceField(
        label="您的最高學歷？",
        choices=[*NOT_CHOSEN, ("institute", "復健諮商研究所"), ("related", "大專校院相關科系、所"), ("other", "大專校院其他科系"), ("high", "高中職"), ("less", "其他")],
    )  # fmt: skip
    programme = _yes_no("您是否取得身心障礙者職業重建服務學分學程證明？", False)
    training = forms.IntegerField(
        label="您在進用前完成多少小時專業訓練？", min_value=0, max_value=2000, initial=0, required=False
    )
    years = forms.IntegerField(label="您有幾年相關工作經驗？", min_value=0, max_value=60, initial=0, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == "supervisor" and not data.get("speciality"):
            self.add_error("speciality", "申請督導請選擇所督導之業務。")
        if data.get("kind") != "supervisor":
            data["speciality"] = ""
        return data


class AnswersForm(ActForm):
    """What the checklist asks for this clause, and the day of being taken on."""

    hired_on = RocDateField(
        label="初次進用日（尚未任職免填）", required=False, help_text="用來計算進用後專業訓練期限，例：113/12/12"
    )

    def __init__(self, *args: Any, questions: list[str], options: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in questions:
            if name == "chosen":
                self.fields[name] = forms.ChoiceField(
                    label=QUESTIONS[name], choices=options, widget=forms.RadioSelect, required=False
                )
            else:
                self.fields[name] = _yes_no(QUESTIONS[name], False)
        self.fields["hired_on"].latest = today()
        self.order_fields([*questions, "hired_on", "version", "key"])


class UploadForm(ActForm):
    """One field for a paper. Its files are read from the request, for there may be several; here stands what is wrong with them."""

    files = forms.FileField(required=False)
    by_hand = forms.BooleanField(label="本切結書係列印後親自簽名再掃描，未使用電子簽名", required=False)

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].label = label


# --- hours -----------------------------------------------------------------------------------------------------------------


class HoursStartForm(ActForm):
    """After being taken on, kind and clause are those of the certificate."""

    purpose = forms.ChoiceField(label="訓練性質", choices=HoursApplication.Purpose.choices, widget=forms.RadioSelect)
    certificate = forms.ModelChoiceField(
        None, label="資格證明（進用後必選）", required=False, empty_label="遴用前，尚無證明"
    )
    kind = forms.ChoiceField(label="資格名稱（遴用前必選）", choices=[*NOT_CHOSEN, *KIND_CHOICES], required=False)
    clause = forms.ChoiceField(label="遴用條款（遴用前必選）", required=False)

    def __init__(self, *args: Any, certificates: Any, clauses: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["certificate"].queryset = certificates
        self.fields["clause"].choices = [*NOT_CHOSEN, *clauses]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("purpose") == HoursApplication.Purpose.AFTER:
            if one := data.get("certificate"):
                data["kind"], data["clause"] = one.kind, one.clause
            elif "certificate" not in self.errors:
                self.add_error("certificate", "進用後訓練請選擇資格證明；尚未取得者請選「遴用前」。")
        elif data.get("purpose"):
            data["certificate"] = None
            for name, label in (("kind", "資格名稱"), ("clause", "遴用條款")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, f"請選擇{label}。")
        return data


class RecordForm(ActForm):
    course = forms.CharField(label="課程名稱", max_length=200)
    hours = forms.DecimalField(label="課程時數", min_value=0.5, max_value=500, max_digits=5, decimal_places=1)
    trainer = forms.CharField(label="訓練機關", max_length=200, required=False)
    class_name = forms.CharField(label="訓練班名", max_length=200, required=False)
    starts_on = RocDateField(label="課程期間（起）", required=False)
    ends_on = RocDateField(label="課程期間（迄）")
    disabilities = forms.MultipleChoiceField(
        label="資格服務項目", choices=list(DISABILITIES.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    matches = forms.CharField(
        label="資格課程對應", max_length=ClassRecord._meta.get_field("matches").max_length, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["starts_on"] > data["ends_on"]:
            self.add_error("ends_on", "課程期間迄日不得早於起日。")
        return data


class EducationForm(ActForm):
    way = forms.ChoiceField(label="實施方式", choices=[*NOT_CHOSEN, *OWN_WAYS.items()])
    organiser = forms.CharField(label="辦理單位", max_length=200)
    title = forms.CharField(label="課程名稱", max_length=200, help_text="論文、專書請填題名。")
    capacity = forms.CharField(label="身份", max_length=40, required=False, help_text="例：學員、講師、第一作者。")
    group = forms.ChoiceField(label="課程類別", choices=[*NOT_CHOSEN, *GROUPS.items()])
    competence = forms.CharField(label="核心能力", max_length=100)
    area = forms.CharField(label="課程領域", max_length=100)
    starts_on = RocDateField(label="上課日期（起）")
    ended_on = RocDateField(label="上課日期（迄）", help_text="論文、專書請填出版日。例：113/12/12")
    asked_hours = forms.DecimalField(label="申請時數", min_value=0.5, max_value=200, max_digits=5, decimal_places=1)
    island = forms.BooleanField(label="加倍計算：離島地區", required=False)
    international = forms.BooleanField(label="加倍計算：國際性質", required=False)
    lecturer = forms.BooleanField(label="加倍計算：授課者", required=False)
    kinds = forms.MultipleChoiceField(label="資格名稱", choices=KIND_CHOICES, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, held: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(code, label) for code, label in KIND_CHOICES if code in held]
        if len(held) == 1:
            self.fields["kinds"].initial = held

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ended_on") and data["starts_on"] > data["ended_on"]:
            self.add_error("ended_on", "上課日期迄日不得早於起日。")
        return data


# --- certificates ----------------------------------------------------------------------------------------------------------


class ExtensionForm(ActForm):
    reason = forms.ChoiceField(label="事由", choices=[*NOT_CHOSEN, *EXTENSION_REASONS.items()])
    away_from = RocDateField(label="留職停薪起日", help_text="休假的第一天，例：113/12/12")
    away_until = RocDateField(label="留職停薪迄日", help_text="休假的最後一天，例：114/06/11")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("away_from") and data.get("away_until") and data["away_until"] < data["away_from"]:
            self.add_error("away_until", "留職停薪迄日不得早於起日。")
        return data


class ReissueForm(ActForm):
    reason = forms.CharField(label="遺失情形", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class PlanForm(PortalForm):
    """What if: nothing of it is saved."""

    away_from = RocDateField(label="如果我從這天起離開職場", required=False, help_text="例：116/03/01")
    away_until = RocDateField(label="到這天為止", required=False, help_text="例：116/08/31")
    more_professional = forms.DecimalField(
        label="如果再完成專業課程、法規時數", required=False, min_value=0, max_value=200, decimal_places=1
    )
    more_ethics = forms.DecimalField(
        label="如果再完成倫理、品質時數", required=False, min_value=0, max_value=200, decimal_places=1
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("away_from"), data.get("away_until")
        if bool(first) != bool(last):
            self.add_error("away_until" if first else "away_from", "請同時填寫起日與迄日。")
        elif first and last and last < first:
            self.add_error("away_until", "迄日不得早於起日。")
        return data
