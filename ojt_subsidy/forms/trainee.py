"""The trainee's forms: personal data, enrolling, evidence, survey, complaint."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms

from accounts.models import County, User
from casework.forms import (
    ActForm,
    BirthdayField,
    PdfField,
    PersonIdField,
    PhoneField,
    PostalCodeField,
    ReadField,
    RocDateField,
    UnifiedNumberField,
)
from kernel import identifiers
from ojt_subsidy.models import Complaint, Course, Trainee
from ojt_subsidy.models.money import IDENTITIES
from ojt_subsidy.params import Identity
from ojt_subsidy.rules.identity import BY_AGE, GROUNDS
from ojt_subsidy.services.profile import changes_account, why_not_birth
from ojt_subsidy.services.running import QUESTIONS


class BankCodeField(ReadField):
    attrs = {"inputmode": "numeric"}

    def read(self, text: str) -> str:
        return identifiers.read_bank_code(text)


class BankAccountField(ReadField):
    attrs = {"inputmode": "numeric"}

    def read(self, text: str) -> str:
        return identifiers.read_bank_account(text)


class HolderField(ReadField):
    """戶名. What was typed is read whole: a line break in it is refused, not cut off."""

    def read(self, text: str) -> str:
        return identifiers.read_account_holder(text)


class ProfileForm(ActForm):
    """個人報名資料. Numbers on file are never sent back to the page: the fields say that there is one."""

    national_id = PersonIdField(label="身分證字號或統一證號", required=False)
    born_on = BirthdayField(label="出生日期", own=True)
    mobile = PhoneField(label="行動電話", mobile=True, own=True)
    postal_code = PostalCodeField(label="郵遞區號", required=False, own=True)
    address = forms.CharField(
        label="通訊地址",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    employer = forms.CharField(label="服務單位", max_length=120, help_text="投保於職業工會者請填工會名稱")
    employer_number = UnifiedNumberField(label="服務單位統一編號", required=False)
    bank_code = BankCodeField(label="金融機構代碼", required=False, help_text="3 或 7 碼")
    bank_account = BankAccountField(label="本人帳號", required=False)
    bank_holder = HolderField(label="戶名", required=False, help_text="須為本人，空白時以姓名為準")
    bank_note = forms.CharField(
        label="戶名與姓名不同的理由",
        required=False,
        max_length=200,
        help_text="戶名就是本人姓名者免填；分署承辦人確認後才會撥款",
    )
    password = forms.CharField(
        label="目前密碼", required=False, strip=False, help_text="更改已登錄的受款帳戶時才需要輸入",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, trainee: Trainee | None, **kwargs: Any) -> None:
        if trainee:
            names = (
                "born_on",
                "mobile",
                "postal_code",
                "address",
                "employer",
                "employer_number",
                "bank_code",
                "bank_holder",
                "bank_note",
            )
            kwargs["initial"] = {name: getattr(trainee, name) for name in names}
        super().__init__(*args, **kwargs)
        if trainee and (why := why_not_birth(user)):
            self.fields["born_on"].help_text = why
            self.fields["born_on"].widget.attrs["readonly"] = True
        if user.national_id:
            claim = "" if user.national_id_proven_at else "（尚未確認，方式見「我的資料」）"
            self.fields["national_id"].help_text = f"已登錄 {user.masked_national_id}{claim}，更正請洽分署。"
            self.fields["national_id"].disabled = True
        self.user, self.trainee = user, trainee
        if not (trainee and trainee.bank_account):
            del self.fields["password"]  # nothing is changed yet
        if trainee and trainee.bank_account:
            self.fields["bank_account"].help_text = f"已登錄 {trainee.masked_account}，不更改請留空白。"

    def clean(self) -> dict[str, Any]:
        """Money changes are asked twice: another account than the one on file wants the password."""
        given = self.cleaned_data
        if not changes_account(self.trainee, given, self.user.name):
            return given
        if not self.user.has_usable_password():
            self.add_error("password", "您的帳號尚未設定密碼，請先由登入頁「忘記密碼」設定，再更改受款帳戶。")
        elif not given.get("password"):
            self.add_error("password", "更改受款帳戶請輸入目前密碼。")
        else:
            try:
                if not get_adapter().reauthenticate(self.user, given["password"]):
                    self.add_error("password", "目前密碼不正確，受款帳戶尚未更改，請再輸入一次。")
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given

    @property
    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in super().answers.items() if name != "password"}


class EnrolForm(ActForm):
    """`person`: whom the page was drawn for."""

    person = forms.IntegerField(widget=forms.HiddenInput, required=False, label="報名人")


class AcceptPlaceForm(ActForm):
    aware = forms.BooleanField(label="我已了解遞補前未上課的時數計入缺課，超過缺課上限者不能申請補助", required=False)


class SurveyForm(ActForm):
    comment = forms.CharField(
        label="其他建議", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        marks = [(5, "非常同意"), (4, "同意"), (3, "普通"), (2, "不同意"), (1, "非常不同意")]
        for code, label in QUESTIONS.items():
            self.fields[f"q_{code}"] = forms.TypedChoiceField(
                label=label, choices=marks, coerce=int, widget=forms.RadioSelect
            )
        self.order_fields([*(f"q_{code}" for code in QUESTIONS), "comment"])

    @property
    def scores(self) -> dict[str, int]:
        return {code: self.cleaned_data[f"q_{code}"] for code in QUESTIONS}


class IdentityForm(ActForm):
    identity = forms.ChoiceField(
        label="身分",
        choices=[("", "請選擇"), *(one for one in IDENTITIES if one[0] not in BY_AGE)],
        help_text="中高齡者及 65 歲以上者依報名資料的出生日期認定，不必送證明",
    )
    county = forms.ModelChoiceField(County.objects.in_order(), label="辦訓地或居住地縣市", help_text="由轄區分署審核")
    valid_from = RocDateField(label="證明生效日", required=False)
    valid_until = RocDateField(label="證明有效期限", required=False, help_text="證明未載明期限者免填")
    file = PdfField(label="證明文件")

    def clean_identity(self) -> str:
        identity: str = self.cleaned_data["identity"]
        if identity == Identity.SINGLE_SUPPORTER:
            raise forms.ValidationError("獨力負擔家計者請改由「獨力負擔家計者資格問答」辦理。")
        return identity


RELATIONS = [
    ("", "—"),
    ("descendant", "直系血親卑親屬（子女、孫子女）"),
    ("ascendant", "直系血親尊親屬（父母、祖父母）"),
    ("spouse_lineal", "配偶之直系血親"),
    ("former_spouse_lineal", "前配偶之直系血親"),
]
STUDIES = [
    ("none", "沒有在學"),
    ("day", "日間就讀公立或立案私立學校"),
    ("open_university", "空中專科或大學"),
    ("continuing", "高級中等以上進修學校"),
    ("in_service", "在職班"),
    ("credit", "學分班"),
    ("night_weekend", "僅於夜間或假日上課"),
    ("distance", "遠距教學"),
]
RELATIVES = 3


class SupporterForm(ActForm):
    """獨力負擔家計者資格問答 (SUB-08), question by question."""

    ground = forms.ChoiceField(
        label="一、您屬於下列哪一種情形",
        choices=[(g.value, f"{t.clause} {t.label}") for g, t in GROUNDS.items()],
        widget=forms.RadioSelect,
    )
    reported_on = RocDateField(label="配偶失蹤者：向警察機關報案日", required=False)
    lives_with_partner = forms.BooleanField(label="未婚者：家庭內有與您同居關係的成員", required=False)
    county = forms.ModelChoiceField(County.objects.in_order(), label="辦訓地或居住地縣市", help_text="由轄區分署審核")
    file = PdfField(label="證明文件（確認資格後上傳）", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, RELATIVES + 1):
            self.fields[f"relation_{n}"] = forms.ChoiceField(label="親屬關係", choices=RELATIONS, required=n == 1)
            self.fields[f"born_on_{n}"] = BirthdayField(label="出生日期", required=n == 1, least=0)
            self.fields[f"study_{n}"] = forms.ChoiceField(label="在學情形", choices=STUDIES, required=False)
            self.fields[f"card_{n}"] = forms.BooleanField(label="領有身心障礙者手冊或證明", required=False)
            self.fields[f"months_{n}"] = forms.IntegerField(
                label="診斷必須治療或療養的月數", required=False, min_value=0, max_value=600
            )

    def relatives(self) -> list[dict[str, Any]]:
        return [
            {
                "number": n,
                "fields": [self[f"{name}_{n}"] for name in ("relation", "born_on", "study", "card", "months")],
            }
            for n in range(1, RELATIVES + 1)
        ]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for n in range(2, RELATIVES + 1):
            if bool(given.get(f"relation_{n}")) != bool(given.get(f"born_on_{n}")):
                self.add_error(f"born_on_{n}", "請一併填寫親屬關係與出生日期。")
        return given

    def questionnaire(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "ground": given["ground"],
            "reported_on": given.get("reported_on"),
            "lives_with_partner": given.get("lives_with_partner", False),
            "relatives": [
                {
                    "relation": given[f"relation_{n}"],
                    "born_on": given[f"born_on_{n}"],
                    "study": given[f"study_{n}"] or "none",
                    "disability_card": given[f"card_{n}"],
                    "treatment_months": given[f"months_{n}"] or 0,
                }
                for n in range(1, RELATIVES + 1)
                if given.get(f"relation_{n}")
            ],
        }


class PaperForm(ActForm):
    file = PdfField(label="證明文件")


class ComplaintForm(ActForm):
    course = forms.ModelChoiceField(
        Course.objects.none(), label="課程", required=False, help_text="與特定課程無關者免選"
    )
    county = forms.ModelChoiceField(County.objects.in_order(), label="辦訓地縣市", help_text="由轄區分署處理")
    about = forms.ChoiceField(label="事項", choices=Complaint.About.choices)
    body = forms.CharField(label="內容", max_length=4000, widget=forms.Textarea(attrs={"rows": 8}))
    confidential = forms.BooleanField(
        label="請對我的身分保密",
        required=False,
        help_text="訓練單位及無權限的人員都看不到您是誰，通知與歷程也不記載姓名",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Course.objects.filter(enrolments__person=user).distinct().order_by("-starts_on")
        self.fields["course"].queryset = mine  # type: ignore[attr-defined]


class PayeeForm(ActForm):
    bank_code = BankCodeField(label="金融機構代碼", help_text="3 或 7 碼")
    bank_account = BankAccountField(label="帳號")
    bank_holder = HolderField(label="戶名")
