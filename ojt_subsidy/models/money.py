"""Money: evidence of identity and insurance, the entries of each person's cap, the closing of a class, what is paid."""

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.fields import EncryptedTextField
from ojt_subsidy.models.course import Course
from ojt_subsidy.models.enrolment import Enrolment
from ojt_subsidy.params import IDENTITY_LABELS, SCHEME_LABELS
from ojt_subsidy.states import PAYMENT

IDENTITIES = [(one.value, label) for one, label in IDENTITY_LABELS.items() if one.value != "none"]
PAYMENT_STATES = [(state.code, state.label) for state in PAYMENT.states]
SCHEMES = [(one.value, label) for one, label in SCHEME_LABELS.items()]


class Evidence(models.Model):
    """A trainee's evidence, a case of its own so that only they and the office see it: an identity (SUB-07, SUB-08) or
    insurance on the first day of class (SUB-06)."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", "特定對象身分證明"
        INSURANCE = "insurance", "開訓當日投保明細"

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="subsidy_evidence")
    kind = models.CharField("種類", max_length=10, choices=Kind)
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="subsidy_evidence", verbose_name="學員")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, blank=True, related_name="evidence")
    identity = models.CharField("身分", max_length=20, choices=IDENTITIES, blank=True)
    valid_from = models.DateField("證明生效日", null=True, blank=True)
    valid_until = models.DateField("證明有效期限", null=True, blank=True)
    #: The guided questionnaire's answers and what it found (SUB-08); insurance records as the unit read them.
    answers = models.JSONField(default=dict, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "學員證明文件"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="identity") & ~models.Q(identity="") | models.Q(kind="insurance", identity=""),
                name="evidence_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="evidence_validity",
            ),
        ]


class ExchangeFile(models.Model):
    """A file exchanged with the insurance bureau. The same result file twice is the same import (digest is unique)."""

    class Direction(models.TextChoices):
        OUT = "out", "比對名冊"
        IN = "in", "比對結果"

    office = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name="分署")
    direction = models.CharField("方向", max_length=3, choices=Direction)
    day = models.DateField("比對日")
    rows = models.PositiveIntegerField("筆數")
    sha256 = models.CharField(max_length=64)
    report = models.JSONField("逐筆結果", default=list)
    at = models.DateTimeField("時間")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="承辦人")

    class Meta:
        verbose_name = verbose_name_plural = "投保資料交換檔"
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "sha256"], name="exchange_in_once", condition=models.Q(direction="in")
            )
        ]


class InsuranceCheck(models.Model):
    """What insurance a person had on the first day of class, and what SUB-05 says of it. The latest counts."""

    class Source(models.TextChoices):
        EXCHANGE = "exchange", "勞保局勾稽"
        STATEMENT = "statement", "學員投保明細表"

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="insurance_checks")
    source = models.CharField("來源", max_length=10, choices=Source)
    file = models.ForeignKey(ExchangeFile, models.PROTECT, null=True, blank=True, related_name="checks")
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="checks")
    #: The birth date the person was found by: a line is approved on this one alone.
    born_on = models.DateField("比對之出生日期", null=True)
    records = models.JSONField("投保紀錄", default=list)
    matched = models.BooleanField("查有紀錄")
    eligible = models.BooleanField("符合補助資格")
    outcome = models.JSONField(default=dict)
    at = models.DateTimeField("時間")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")

    class Meta:
        verbose_name = verbose_name_plural = "投保查核"
        ordering = ("enrolment", "at", "pk")
        indexes = [models.Index(fields=["enrolment", "-at"], name="insurance_latest")]


class OutsideCourse(models.Model):
    """A course of another programme that begins or fills the three-year window (SUB-09), entered by a branch."""

    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="outside_courses", verbose_name="學員")
    scheme = models.CharField("計畫", max_length=20, choices=SCHEMES)
    title = models.CharField("課程名稱", max_length=100)
    starts_on = models.DateField("開訓日")
    amount = models.PositiveIntegerField("補助金額（元）", default=0)
    employed = models.BooleanField("以在職勞工或自營作業者身分參訓", default=True)
    entered_at = models.DateTimeField("登錄時間")
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "其他計畫參訓紀錄"
        constraints = [
            models.UniqueConstraint(fields=["person", "scheme", "starts_on", "title"], name="outside_course_once")
        ]


class MoneyEntry(models.Model):
    """補助額度帳: every change of what a course takes of a person's cap. Append-only (trigger); the sum is what stands."""

    class Kind(models.TextChoices):
        RESERVE = "reserve", "保留額度"
        ADJUST = "adjust", "更正保留額度"
        RELEASE = "release", "釋出額度"
        REVERSE = "reverse", "追繳沖回"
        #: Paid, but beyond the cap as it turned out later: counts no more, until it is recovered.
        EXCESS = "excess", "溢領應追繳"

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="entries")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    kind = models.CharField("種類", max_length=8, choices=Kind)
    amount = models.IntegerField("金額（元）")
    at = models.DateTimeField("時間")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="人員")
    reason = models.CharField("事由", max_length=200, blank=True)
    outcome = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "補助額度帳"
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["person", "enrolment"], name="money_of_person")]
        constraints = [models.CheckConstraint(condition=~models.Q(amount=0), name="money_entry_moves")]


class Closing(models.Model):
    """結訓核銷案: one per class."""

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="subsidy_closing")
    course = models.OneToOneField(Course, models.PROTECT, related_name="closing")
    filed_on = models.DateField("送件日", null=True, blank=True)
    close_by = models.DateField("結訓作業期限")
    outcome = models.JSONField(default=dict)
    remarks = models.TextField("單位說明", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "結訓核銷"


class PaymentBatch(models.Model):
    """撥款清冊 to the bank: frozen bytes with control totals, and the result file that settles it."""

    class State(models.TextChoices):
        OPEN = "open", "待送銀行"
        SENT = "sent", "已送銀行"
        SETTLED = "settled", "已回覆"

    number = models.CharField("清冊編號", max_length=20, unique=True)
    office = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name="分署")
    state = models.CharField("狀態", max_length=8, choices=State, default=State.OPEN)
    made_at = models.DateTimeField("製作時間")
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="製作人")
    count = models.PositiveIntegerField("筆數")
    total = models.PositiveBigIntegerField("總金額（元）")
    #: The file as sent, encrypted: it holds account numbers.
    content = EncryptedTextField("檔案內容", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField("送出時間", null=True, blank=True)
    sent_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="送出人"
    )
    result_sha256 = models.CharField(max_length=64, blank=True)
    result_report = models.JSONField(default=dict, blank=True)
    settled_at = models.DateTimeField("回覆時間", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "撥款清冊"
        ordering = ("-made_at", "-pk")

    def let_go(self, line: "PaymentLine") -> None:
        """移出一筆: the control totals without it. Both rows are held locked, the batch first, as whoever sends it."""
        self.count, self.total = self.count - 1, self.total - line.amount
        self.save(update_fields=["count", "total"])
        line.batch, line.reference = None, ""


class PaymentLine(models.Model):
    """補助款明細: one per subsidised trainee of a class."""

    class Payee(models.TextChoices):
        TRAINEE = "trainee", "學員"
        UNIT = "unit", "訓練單位"

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="lines")
    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="payment")
    state = models.CharField("狀態", max_length=10, choices=PAYMENT_STATES, default="pending")
    amount = models.PositiveIntegerField("補助金額（元）", default=0)
    payee = models.CharField("受款人", max_length=8, choices=Payee, default=Payee.TRAINEE)
    #: Outcomes of SUB-05, SUB-11, SUB-07, SUB-10 and SUB-14 the amount rests on.
    outcomes = models.JSONField(default=list)
    problem = models.CharField("補件或退匯事由", max_length=500, blank=True)
    batch = models.ForeignKey(PaymentBatch, models.PROTECT, null=True, blank=True, related_name="lines")
    reference = models.CharField("銀行序號", max_length=40, blank=True)
    approved_at = models.DateTimeField("核定時間", null=True, blank=True)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    paid_on = models.DateField("撥款日", null=True, blank=True)
    passed_on_on = models.DateField("轉撥日", null=True, blank=True)
    reversed_amount = models.PositiveIntegerField("已沖回（元）", default=0)
    bounced_at = models.DateTimeField("退匯時間", null=True, blank=True)
    changed_at = models.DateTimeField("最後異動")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "補助款明細"
        ordering = ("closing", "enrolment__number")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reversed_amount__lte=models.F("amount")), name="payment_reversal"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["batched", "sent"]) | models.Q(batch__isnull=False),
                name="payment_in_batch",
            ),
        ]
        indexes = [models.Index(fields=["state", "closing"], name="payment_state")]


class UnitPayee(models.Model):
    """The account of a union that takes half the fee and passes the subsidy on (SUB-14)."""

    organisation = models.OneToOneField("accounts.Organisation", models.PROTECT, related_name="subsidy_payee")
    bank_code = models.CharField("金融機構代碼", max_length=7)
    bank_account = EncryptedTextField("帳號")
    bank_holder = models.CharField("戶名", max_length=100)
    saved_at = models.DateTimeField("更新時間")
    saved_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    history = HistoricalRecords(excluded_fields=["bank_account"])

    class Meta:
        verbose_name = verbose_name_plural = "單位受款帳戶"
