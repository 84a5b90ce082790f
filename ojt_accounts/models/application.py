"""What a unit files: the application with its unit form, account forms and pledges."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from simple_history.models import HistoricalRecords

from accounts.fields import EncryptedTextField
from kernel.identifiers import NAME_LENGTH, mask_person_id
from ojt_accounts.params import CATEGORIES, EDITIONS, GRADES, PLANS, REQUESTS, UNIT_KINDS


class Intake(models.Model):
    """An announced intake 受理期間 of a branch: its closing date is what TTQS and founding are judged by."""

    branch = models.ForeignKey("accounts.Organisation", models.PROTECT, verbose_name="分署", related_name="+")
    program_year = models.PositiveSmallIntegerField("計畫年度（民國）")
    name = models.CharField("名稱", max_length=60)
    opens_on = models.DateField("受理起日")
    closes_on = models.DateField("受理申請截止日")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "受理期間"
        ordering = ("-closes_on",)
        constraints = [
            models.UniqueConstraint(fields=["branch", "program_year", "name"], name="intake_once"),
            models.CheckConstraint(condition=models.Q(closes_on__gte=models.F("opens_on")), name="intake_order"),
        ]

    def __str__(self) -> str:
        return f"{self.program_year}年度{self.name}"


class Application(models.Model):
    """An account application 帳號申請 of a unit to a branch; the case carries number, state and events."""

    class Kind(models.TextChoices):
        NEW_UNIT = "new_unit", "新單位申請"
        RENEWAL = "renewal", "舊單位：賦予／新帳號"
        CANCELLATION = "cancellation", "帳號註銷"

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="ojt_application")
    kind = models.CharField("申請項目", max_length=12, choices=Kind)
    program_year = models.PositiveSmallIntegerField("計畫年度（民國）")
    intake = models.ForeignKey(Intake, models.PROTECT, null=True, blank=True, verbose_name="受理期間")
    county = models.ForeignKey("accounts.County", models.PROTECT, verbose_name="訓練地縣市", related_name="+")
    # OA-03, OA-04: what the officer finds on the papers
    unit_kind = models.CharField("單位類別", max_length=30, choices=list(UNIT_KINDS.items()), blank=True)
    founded_on = models.DateField("立案日期", null=True, blank=True)
    # edition and grade are written once, on the unit form (`ttqs`); these two hold what older applications said here as well
    ttqs_edition = models.CharField("TTQS 版本", max_length=25, choices=list(EDITIONS.items()), blank=True)
    ttqs_grade = models.CharField("TTQS 等級", max_length=10, choices=list(GRADES.items()), blank=True)
    ttqs_valid_from = models.DateField("TTQS 證書生效日", null=True, blank=True)
    ttqs_valid_until = models.DateField("TTQS 證書有效期限", null=True, blank=True)
    # OA-16
    letter_number = models.CharField("公文發文字號", max_length=60, blank=True)
    letter_on = models.DateField("公文發文日期", null=True, blank=True)
    letter_confirmed_at = models.DateTimeField("承辦人確認受文者", null=True, blank=True)
    # OA-05, OA-06: the officer's own checks
    latest_grade = models.CharField("最近一次辦訓等級", max_length=1, blank=True)
    grade_checked_on = models.DateField("等級查核日期", null=True, blank=True)
    owes_premiums = models.BooleanField("積欠勞保費", null=True, blank=True)
    premiums_checked_on = models.DateField("勞保費查核日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "帳號申請案"

    def __str__(self) -> str:
        return f"{self.program_year}年度{self.get_kind_display()}"

    @property
    def ttqs(self) -> tuple[str, str]:
        """Edition and grade as the unit form prints them (OA-03); empty where nothing is written."""
        unit = getattr(self, "unit_form", None)
        return (unit.ttqs_edition, unit.ttqs_grade) if unit else ("", "")


class UnitForm(models.Model):
    """在職訓練 OJT 系統建立訓練機構名稱申請表. Field labels are those of the printed form (p.3)."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="unit_form")
    plans = ArrayField(models.CharField(max_length=20), verbose_name="專案計畫名稱", default=list, blank=True)
    full_name = models.CharField("機構名稱全銜", max_length=200, blank=True)
    unified_number = models.CharField("統一編號", max_length=8, blank=True)
    licence_number = models.CharField("立案證號", max_length=60, blank=True)
    category = models.CharField("機構別代碼", max_length=1, choices=list(CATEGORIES.items()), blank=True)
    ran_last_year = models.BooleanField("上年度是否辦理本計畫", null=True, blank=True)
    ttqs_edition = models.CharField("通過訓練品質評核版本", max_length=25, choices=list(EDITIONS.items()), blank=True)
    ttqs_grade = models.CharField("評核等級", max_length=10, choices=list(GRADES.items()), blank=True)
    postal_code = models.CharField("郵遞區號", max_length=7, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    host = models.CharField("計畫主持人", max_length=NAME_LENGTH, blank=True)
    host_phone = models.CharField("主持人電話", max_length=40, blank=True)
    in_charge = models.CharField("負責人姓名", max_length=NAME_LENGTH, blank=True)
    in_charge_phone = models.CharField("負責人電話", max_length=40, blank=True)
    contact = models.CharField("聯絡人姓名", max_length=NAME_LENGTH, blank=True)
    contact_mobile = models.CharField("聯絡人行動電話", max_length=40, blank=True)
    contact_phone = models.CharField("聯絡人電話", max_length=40, blank=True)
    contact_fax = models.CharField("聯絡人傳真", max_length=40, blank=True)
    contact_email = models.EmailField("聯絡人 E-MAIL", blank=True)
    custodian = models.CharField("個人資料檔案保管人員", max_length=NAME_LENGTH, blank=True)
    custodian_phone = models.CharField("個人資料檔案保管人員電話", max_length=40, blank=True)
    custodian_email = models.EmailField("個人資料檔案保管人員電子郵件", blank=True)
    insurance_number = models.CharField("保險證號", max_length=20, blank=True)
    specialities = models.TextField("專長訓練職類", blank=True)
    introduction = models.TextField("機構簡介", blank=True)
    capacity = models.CharField("訓練容量", max_length=60, blank=True)
    fire_safety = models.CharField("消防安檢狀況", max_length=100, blank=True)
    members = models.PositiveIntegerField("會員人數", null=True, blank=True)
    members_insured = models.PositiveIntegerField("勞保加保人數－會員人數", null=True, blank=True)
    employees_insured = models.PositiveIntegerField("勞保加保人數－員工人數", null=True, blank=True)
    registered_address = models.CharField("立案地址／會址", max_length=200, blank=True)
    saved_at = models.DateTimeField("填妥時間", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "訓練機構名稱申請表"

    #: Compared with the last approved form (OA-02) and copied from it.
    FIELDS = (
        "plans", "full_name", "unified_number", "licence_number", "category", "ran_last_year", "ttqs_edition", "ttqs_grade",
        "postal_code", "address", "host", "host_phone", "in_charge", "in_charge_phone", "contact", "contact_mobile",
        "contact_phone", "contact_fax", "contact_email", "custodian", "custodian_phone", "custodian_email",
        "insurance_number", "specialities", "introduction", "capacity", "fire_safety", "members", "members_insured",
        "employees_insured", "registered_address",
    )  # fmt: skip
    #: The words of codes that are no choices of a field.
    LABELS = {"plans": PLANS, "category": {code: f"{code}　{label}" for code, label in CATEGORIES.items()}}
    #: Marked * on the printed form (OA-18).
    MANDATORY = (
        "plans", "full_name", "unified_number", "licence_number", "category", "ran_last_year", "ttqs_edition", "ttqs_grade",
        "address", "in_charge", "contact", "contact_phone", "custodian", "custodian_phone", "custodian_email", "insurance_number",
    )  # fmt: skip


class AccountForm(models.Model):
    """在職訓練 OJT 系統使用者帳號 申請／註銷／賦予 單: one per person (OA-08)."""

    class Request(models.TextChoices):
        OPEN = "open", REQUESTS["open"]
        GRANT = "grant", REQUESTS["grant"]
        CLOSE = "close", REQUESTS["close"]

    application = models.ForeignKey(Application, models.PROTECT, related_name="account_forms")
    position = models.PositiveSmallIntegerField("序")
    request = models.CharField("申請別", max_length=6, choices=Request)
    plans = ArrayField(models.CharField(max_length=20), verbose_name="專案計畫名稱")
    name = models.CharField("申請人姓名", max_length=NAME_LENGTH)
    national_id = EncryptedTextField("身分證字號")
    national_id_index = models.CharField(max_length=64)
    email = models.EmailField("申請人 Email")
    phone = models.CharField("聯絡電話", max_length=40)
    #: Empty when the request is for an account that exists (同過往).
    account_name = models.CharField("使用者帳號", max_length=15, blank=True)
    account = models.ForeignKey(
        "ojt_accounts.TrainingAccount",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="forms",
        verbose_name="既有帳號",
    )
    # of a 註銷單 only
    reason = models.CharField("註銷原因", max_length=200, blank=True, default="", db_default="")
    whole_account = models.BooleanField("一併註銷帳號", default=False, db_default=False)
    set_on = models.DateField("帳號啟用／註銷／賦予日期", null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["national_id"])

    class Meta:
        verbose_name = verbose_name_plural = "使用者帳號申請單"
        ordering = ("application", "position")
        constraints = [
            models.UniqueConstraint(fields=["application", "position"], name="account_form_position_once"),
            models.UniqueConstraint(
                fields=["application", "national_id_index"],
                condition=models.Q(removed_at=None),
                name="account_form_person_once",
            ),
            models.CheckConstraint(
                condition=models.Q(request="open", account=None) | ~models.Q(request="open") & ~models.Q(account=None),
                name="account_form_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_request_display()}：{self.name}"

    #: What tells this person from another of the same name in the case; set by `selectors.live_forms`.
    apart = ""

    @property
    def label(self) -> str:
        return f"{self.name} {self.apart}".strip()

    @property
    def code(self) -> str:
        """What sign-offs, papers and pledges call this form, and its person, within the case."""
        return f"account.{self.position}"

    @property
    def plan_labels(self) -> list[str]:
        return [PLANS[p] for p in self.plans]

    @property
    def scope(self) -> str:
        """How far a 註銷單 goes, in the words of paper and page; empty of the other two."""
        if self.request != self.Request.CLOSE:
            return ""
        if self.whole_account:
            return "一併註銷帳號"
        return "僅註銷所勾計畫；沒有計畫留下時，帳號一併註銷"

    @property
    def masked_national_id(self) -> str:
        return mask_person_id(self.national_id)


class Pledge(models.Model):
    """資訊安全保密切結書: one per person, whatever roles they fill (OA-08); signed by hand, scanned back (OA-23)."""

    OFFICES = CONTACT, CUSTODIAN = ("contact", "custodian")

    application = models.ForeignKey(Application, models.PROTECT, related_name="pledges")
    #: Whose: the code of their account form, or as what the unit form names them. The name is a label: two may share it.
    person = models.CharField(max_length=20, default="", db_default="")
    #: The unit's word: this contact or custodian is not the applicant of the same name.
    namesake = models.BooleanField("與申請人同名的另一人", default=False, db_default=False)
    name = models.CharField("姓名", max_length=NAME_LENGTH)
    national_id = EncryptedTextField("身分證字號", blank=True)
    national_id_index = models.CharField(max_length=64, blank=True)
    address = models.CharField("戶籍地址", max_length=200, blank=True)
    phone = models.CharField("聯絡電話", max_length=40, blank=True)
    #: Why this person signs: contact 聯絡人, custodian 個資保管人員, applicant 申請人.
    capacities = ArrayField(models.CharField(max_length=12), default=list)
    wording = models.ForeignKey("casework.Wording", models.PROTECT, verbose_name="切結書版本", related_name="+")
    scan = models.ForeignKey(
        "casework.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="掃描檔"
    )
    scan_confirmed_at = models.DateTimeField("承辦人確認簽章", null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["national_id"])

    class Meta:
        verbose_name = verbose_name_plural = "保密切結書"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person"],
                condition=models.Q(removed_at=None) & ~models.Q(person=""),
                name="pledge_of_a_person_once",
            )
        ]

    CAPACITIES = {"contact": "聯絡人", "custodian": "個人資料檔案保管人員", "applicant": "帳號申請人"}

    #: As of an account form; set by `selectors.live_pledges`.
    apart = ""

    @property
    def label(self) -> str:
        return f"{self.name} {self.apart}".strip()

    @property
    def code(self) -> str:
        return f"pledge.{self.pk}"

    @property
    def capacity_labels(self) -> str:
        return "、".join(self.CAPACITIES[c] for c in self.capacities)

    @property
    def masked_national_id(self) -> str:
        return mask_person_id(self.national_id) if self.national_id else ""
