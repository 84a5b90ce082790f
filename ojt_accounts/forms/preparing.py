"""Forms of the training unit. Labels and required marks are those of the printed forms (OA-18)."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.clock import today
from accounts.models import County, Organisation
from casework.forms import (
    ActForm,
    NameField,
    PdfField,
    PersonIdField,
    PhoneField,
    PortalForm,
    PostalCodeField,
    RocDateField,
    UnifiedNumberField,
)
from casework.law.in_force import law_in_force
from kernel.dates import roc, roc_year
from kernel.identifiers import IdentifierError, mask_person_id, odd_letter_number, read_person_id
from ojt_accounts.models import AccountForm, Application, Intake, Pledge, Registration, UnitForm
from ojt_accounts.params import CATEGORIES, EDITIONS, GRADES, PLANS, UNIT_KINDS
from ojt_accounts.rules import standing
from ojt_accounts.rules.papers import PAPERS
from ojt_accounts.selectors import application_of, open_intakes

PLAN_CHOICES = list(PLANS.items())
NOT_CHOSEN = [("", "請選擇")]


class StartForm(ActForm):
    """What the unit applies for, and where: the branch follows from the county of training (OA-17)."""

    kind = forms.ChoiceField(label="申請項目", choices=Application.Kind.choices, widget=forms.RadioSelect)
    county = forms.ModelChoiceField(County.objects.none(), label="訓練地縣市", empty_label="請選擇")
    program_year = forms.TypedChoiceField(label="計畫年度", coerce=int)
    intake = forms.ModelChoiceField(
        Intake.objects.none(),
        label="受理期間",
        required=False,
        empty_label="請選擇",
        help_text="註銷案不需選擇；分署只有一個受理期間時可以不選，由系統帶入。TTQS 與立案年數以受理申請截止日判斷。",
    )

    def __init__(self, *args: Any, unit: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        day = today()
        year = roc_year(day)
        self.fields["county"].queryset = County.objects.filter(branch__isnull=False).select_related("branch").in_order()  # type: ignore[attr-defined]
        self.fields["county"].label_from_instance = lambda county: f"{county.name}（{county.branch.label}）"  # type: ignore[attr-defined]
        offered = open_intakes(on=day)
        known = Registration.objects.filter(organisation=unit, registered_on__isnull=False).values("branch")
        if self["kind"].value() != Application.Kind.NEW_UNIT and known:
            offered = offered.filter(branch__in=known)
        self.fields["intake"].queryset = offered  # type: ignore[attr-defined]
        self.fields["intake"].label_from_instance = (  # type: ignore[attr-defined]
            lambda one: f"{one.branch.label}　{one}（{roc(one.closes_on)} 截止）"
        )
        self.fields["program_year"].choices = [(y, f"{y} 年度") for y in (year, year + 1)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The branch follows from the county: where it takes in once, that intake is meant."""
        data = super().clean() or {}
        county, year = data.get("county"), data.get("program_year")
        if county and not data.get("intake") and "intake" not in self.errors:
            found = open_intakes(on=today()).filter(branch=county.branch_id, program_year=year)[:2]
            data["intake"] = found[0] if len(found) == 1 else None
        return data


class UnitFormForm(ActForm):
    """訓練機構名稱申請表 (p.3)."""

    plans = forms.MultipleChoiceField(label="專案計畫名稱", choices=PLAN_CHOICES, widget=forms.CheckboxSelectMultiple)
    full_name = forms.CharField(label="機構名稱全銜", max_length=200)
    unified_number = UnifiedNumberField(label="統一編號", help_text="8 個數字，例：04595257")
    licence_number = forms.CharField(label="立案證號", max_length=60)
    category = forms.ChoiceField(
        label="機構別代碼", choices=[*NOT_CHOSEN, *((code, f"{code}　{label}") for code, label in CATEGORIES.items())]
    )
    ran_last_year = forms.TypedChoiceField(
        label="上年度是否辦理本計畫",
        choices=[("true", "是"), ("false", "否")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "true",
    )
    ttqs_edition = forms.ChoiceField(label="通過訓練品質評核版本", choices=[*NOT_CHOSEN, *EDITIONS.items()])
    ttqs_grade = forms.ChoiceField(
        label="評核等級", choices=[*NOT_CHOSEN, *((code, label) for code, label in GRADES.items() if code != "fail")]
    )
    postal_code = PostalCodeField(label="郵遞區號", required=False)
    address = forms.CharField(label="地址", max_length=200, help_text="系統套印契約書之地址")
    host = NameField(label="計畫主持人", required=False)
    host_phone = PhoneField(label="主持人電話", required=False)
    in_charge = NameField(label="負責人姓名", help_text="系統套印契約書之負責人")
    in_charge_phone = PhoneField(label="負責人電話", required=False)
    contact = NameField(label="聯絡人姓名")
    contact_mobile = PhoneField(label="聯絡人行動電話", mobile=True, required=False)
    contact_phone = PhoneField(label="聯絡人電話", help_text="含區碼，例：06-6985945#123")
    contact_fax = PhoneField(label="聯絡人傳真", required=False)
    contact_email = forms.EmailField(label="聯絡人 E-MAIL", required=False)
    custodian = NameField(label="個人資料檔案保管人員")
    custodian_phone = PhoneField(label="個人資料檔案保管人員電話")
    custodian_email = forms.EmailField(label="個人資料檔案保管人員電子郵件")
    insurance_number = forms.CharField(label="保險證號", max_length=20)
    specialities = forms.CharField(label="專長訓練職類", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    introduction = forms.CharField(label="機構簡介", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    capacity = forms.CharField(label="訓練容量", required=False, max_length=60)
    fire_safety = forms.CharField(label="消防安檢狀況", required=False, max_length=100)
    members = forms.IntegerField(label="會員人數", required=False, min_value=0)
    members_insured = forms.IntegerField(label="勞保加保人數－會員人數", required=False, min_value=0)
    employees_insured = forms.IntegerField(label="勞保加保人數－員工人數", required=False, min_value=0)
    registered_address = forms.CharField(label="立案地址／會址", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        edition, grade = data.get("ttqs_edition"), data.get("ttqs_grade")
        external = grade in ("pass", "qualified")
        if edition and grade and not (external if edition == "external_training" else grade != "qualified"):
            self.add_error("ttqs_grade", f"{EDITIONS[edition]}沒有「{GRADES[grade]}」，請核對證書。")
        elif edition and grade and self.case is not None:
            self._ttqs_serves(data.get("plans", []), edition, grade)
        return data

    def _ttqs_serves(self, plans: Sequence[str], edition: str, grade: str) -> None:
        """What will be refused at filing is said where it is written (OA-03)."""
        application, law = application_of(self.case), law_in_force()
        on = application.intake.closes_on if application.intake else today()
        judged = [standing.ttqs_edition(plan, edition, grade, on=on, law=law) for plan in plans]
        if wrong := "".join(one.sentence for one in judged if not one.met):
            self.add_error("ttqs_edition", wrong)

    #: Headings of the page: (heading, fields).
    GROUPS = (
        ("機構資料", ("plans", "full_name", "unified_number", "licence_number", "category", "ran_last_year", "ttqs_edition", "ttqs_grade", "postal_code", "address", "registered_address", "insurance_number")),
        ("負責人與計畫主持人", ("in_charge", "in_charge_phone", "host", "host_phone")),
        ("聯絡人", ("contact", "contact_phone", "contact_mobile", "contact_fax", "contact_email")),
        ("個人資料檔案保管人員", ("custodian", "custodian_phone", "custodian_email")),
        ("其他", ("specialities", "introduction", "capacity", "fire_safety", "members", "members_insured", "employees_insured")),
    )  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(heading, [self[name] for name in names]) for heading, names in self.GROUPS]

    @classmethod
    def initial_of(cls, unit: UnitForm) -> dict[str, Any]:
        values = {name: getattr(unit, name) for name in UnitForm.FIELDS}
        if values["ran_last_year"] is not None:
            values["ran_last_year"] = "true" if values["ran_last_year"] else "false"
        return values


class KeptPersonId:
    """An identifier already filled in is shown masked and typed again only to change it (OA-20)."""

    kept_person_id = ""

    def keep_person_id(self, number: str) -> None:
        self.kept_person_id = number
        if number:
            field = self.fields["national_id"]  # type: ignore[attr-defined]
            field.required = False
            field.help_text = f"已填 {mask_person_id(number)}，不更改者請留空"

    def clean_national_id(self) -> str:
        return self.cleaned_data["national_id"] or self.kept_person_id  # type: ignore[attr-defined,no-any-return]


#: What an account form can ask for, by kind of application.
REQUESTS_OF = {
    Application.Kind.NEW_UNIT: (AccountForm.Request.OPEN,),
    Application.Kind.RENEWAL: (AccountForm.Request.GRANT, AccountForm.Request.OPEN),
    Application.Kind.CANCELLATION: (AccountForm.Request.CLOSE,),
}
_MEANINGS = {
    AccountForm.Request.OPEN: "申請：還沒有帳號的人",
    AccountForm.Request.GRANT: "賦予：已有帳號，開通新年度權限",
    AccountForm.Request.CLOSE: "註銷：停止帳號的計畫權限",
}


class AccountFormForm(KeptPersonId, ActForm):
    """使用者帳號 申請／註銷／賦予 單 (p.4)."""

    request = forms.ChoiceField(label="申請別", choices=AccountForm.Request.choices, widget=forms.RadioSelect)
    plans = forms.MultipleChoiceField(label="專案計畫名稱", choices=PLAN_CHOICES, widget=forms.CheckboxSelectMultiple)
    name = NameField(label="申請人姓名")
    national_id = PersonIdField(label="身分證字號", help_text="須與自然人憑證相符；居留證統一證號亦可", on_record=True)
    email = forms.EmailField(label="申請人 Email", help_text="密碼設定連結寄送至此信箱")
    phone = PhoneField(label="聯絡電話", help_text="含區碼，例：06-6985945#123")
    account_name = forms.CharField(
        label="使用者帳號",
        required=False,
        max_length=40,
        help_text="選「申請」時必填：5～15 碼，第 1 碼為英文，限英文字母及數字。選「賦予」者沿用原帳號，不必填寫。",
        error_messages={"required": "新帳號請填寫使用者帳號，例：yct2026a。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    whole_account = forms.BooleanField(
        label="一併註銷帳號",
        required=False,
        help_text="勾選後，這個帳號的所有計畫一併停止。不勾選時只註銷上面所勾的計畫，還有其他計畫的帳號可繼續使用。",
    )
    reason = forms.CharField(label="註銷原因", max_length=200, help_text="例：人員離職；業務調整，不再辦理充電起飛計畫")

    def __init__(self, *args: Any, kind: str, row: AccountForm | None = None, **kwargs: Any) -> None:
        """`row` is the form being changed; `kind` the application's."""
        super().__init__(*args, **kwargs)
        offered = REQUESTS_OF[Application.Kind(kind)]
        self.fields["request"].choices = [(code, _MEANINGS[code]) for code in offered]  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.fields["request"].initial = offered[0]
            self.fields["account_name"].required = offered[0] == AccountForm.Request.OPEN
            self.fields["account_name"].help_text = "5～15 碼，第 1 碼為英文，限英文字母及數字"
        if AccountForm.Request.CLOSE in offered:
            del self.fields["account_name"]
            self.fields["plans"].label = "註銷的專案計畫"
            self.fields["email"].help_text = ""  # nobody is sent a link
        else:
            del self.fields["whole_account"], self.fields["reason"]
        if row:
            self.keep_person_id(row.national_id)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("account_name", "")
        if (
            data.get("request") == AccountForm.Request.OPEN
            and not data["account_name"]
            and "account_name" not in self.errors
        ):
            self.add_error("account_name", "新帳號請填寫使用者帳號，例：yct2026a。")
        if data.get("request") == AccountForm.Request.OPEN and data.get("national_id"):
            try:  # 賦予 and 註銷 speak of an account on record, whatever number it was opened with
                read_person_id(data["national_id"], entered_on=today())
            except IdentifierError as error:
                self.add_error("national_id", str(error))
        return data

    #: What the row keeps; the identifier stays out of the page.
    OF_ROW = ("request", "plans", "name", "email", "phone", "account_name", "whole_account", "reason")

    @classmethod
    def initial_of(cls, form: AccountForm) -> dict[str, Any]:
        return {name: getattr(form, name) for name in cls.OF_ROW}


class CopyForm(ActForm):
    """帶入現有帳號: of a 註銷 the reason may be given once for all; each form can say its own afterwards."""

    reason = forms.CharField(
        label="註銷原因", required=False, max_length=200, help_text="套用到帶入的每一張，可再逐張修改"
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != Application.Kind.CANCELLATION:
            del self.fields["reason"]


class StandingForm(ActForm):
    """What the papers say: kind and founding, TTQS, the official letter. Papers may be handed in before it is filled in."""

    use_required_attribute = False
    letter_number = forms.CharField(label="公文發文字號", max_length=60, help_text="例：南瀛字第1150000123號")
    letter_on = RocDateField(label="公文發文日期")
    unit_kind = forms.ChoiceField(label="單位類別", choices=[*NOT_CHOSEN, *UNIT_KINDS.items()])
    founded_on = RocDateField(
        label="立案日期", required=False, help_text="依立案／設立證書，例：109/05/01；大專校院免填"
    )
    ttqs_valid_from = RocDateField(label="TTQS 證書生效日")
    ttqs_valid_until = RocDateField(label="TTQS 證書有效期限")

    NAMES = (
        "letter_number", "letter_on", "unit_kind", "founded_on", "ttqs_valid_from", "ttqs_valid_until",
    )  # fmt: skip

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if application.kind == Application.Kind.CANCELLATION:
            for name in self.NAMES[2:]:
                del self.fields[name]
        for name in ("letter_on", "founded_on", "ttqs_valid_from"):
            if name in self.fields:
                self.fields[name].latest = today()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("ttqs_valid_from"), data.get("ttqs_valid_until")
        if start and end and end < start:
            self.add_error("ttqs_valid_until", "證書有效期限早於生效日，請核對證書。")
        kind = data.get("unit_kind")
        if kind and kind != "university" and not data.get("founded_on") and "founded_on" not in self.errors:
            self.add_error("founded_on", "請填寫立案日期，例：109/05/01。")
        return data

    @property
    def warning(self) -> str:
        """Odd, not wrong: shown after saving."""
        return odd_letter_number(self.cleaned_data.get("letter_number", ""))


class UploadForm(PortalForm):
    """One paper; the browser already says what is too big, and lets the other parts of the page be sent without it."""

    use_required_attribute = False
    file = PdfField(label="選擇檔案")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["data-max-bytes"] = self.fields["file"].limits.max_bytes  # type: ignore[attr-defined]


class PaperForm(UploadForm):
    """One paper of the checklist. Everything but the letter may be a copy and is attested (OA-15)."""

    attested = forms.BooleanField(label="本文件與正本相符，並已加蓋職章", required=False)

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, prefix=code, **kwargs)
        self.fields["file"].label = PAPERS[code]
        if code == "letter":
            del self.fields["attested"]


class PledgeForm(KeptPersonId, PortalForm):
    """What is printed on a person's pledge. The page holds one per person; they may be filled in one at a time."""

    use_required_attribute = False
    national_id = PersonIdField(label="身分證字號")
    address = forms.CharField(label="戶籍地址", max_length=200)
    phone = PhoneField(label="聯絡電話")

    def __init__(self, *args: Any, pledge: Pledge, **kwargs: Any) -> None:
        initial = {"address": pledge.address, "phone": pledge.phone}
        super().__init__(*args, prefix=f"p{pledge.pk}", initial=initial, **kwargs)
        self.keep_person_id(pledge.national_id)


class ScanForm(UploadForm):
    def __init__(self, *args: Any, pledge: Pledge, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"s{pledge.pk}", **kwargs)
        self.fields["file"].label = "換一份掃描檔" if pledge.scan_id else "簽章後的掃描檔"
        self.fields["file"].required = not pledge.scan_id


class RegisterForm(PortalForm):
    """A unit that has nobody in the portal yet: its contact registers (the branch verifies unit and person at review)."""

    unit_name = forms.CharField(label="機構名稱全銜", max_length=200)
    unified_number = UnifiedNumberField(label="統一編號", help_text="8 個數字，例：04595257")
    name = NameField(label="聯絡人姓名")
    email = forms.EmailField(label="電子郵件", help_text="設定密碼連結寄送至此信箱")
    phone = PhoneField(label="聯絡電話", help_text="含區碼，例：06-6985945#123")
    account_name = forms.CharField(label="帳號", max_length=40, help_text="5～15 碼，第 1 碼為英文，限英文字母及數字")
