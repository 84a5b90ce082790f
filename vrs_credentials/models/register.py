"""What outlives applications: professionals, their certificates and periods, and the hours ledger."""

from datetime import date, timedelta

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.fields import EncryptedTextField
from kernel.identifiers import NAME_LENGTH
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.params.figures import GROUPS

KIND_CHOICES = list(KINDS.items())
GROUP_CHOICES = list(GROUPS.items())
ONE_DAY = timedelta(days=1)


class Professional(models.Model):
    """專業人員: what the scheme knows of a person beside their sign-in. The letter goes to the declared address (VRS-02)."""

    user = models.OneToOneField("accounts.User", models.PROTECT, related_name="vrs_professional", verbose_name="人員")
    birth_on = models.DateField("出生日期")
    postal_code = models.CharField("郵遞區號", max_length=7, blank=True)
    address = models.CharField("通訊地址", max_length=200)
    mobile = models.CharField("行動電話", max_length=40, blank=True)
    joined_at = models.DateTimeField("加入會員時間")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "專業人員"

    def __str__(self) -> str:
        return self.user.name


class Certificate(models.Model):
    """資格認證證明. Half-open period; two certificates of a person and kind never share a day (trigger certificate_alone)."""

    class State(models.TextChoices):
        VALID = "valid", "已核發"
        REVOKED = "revoked", "已撤銷"

    number = models.CharField("證明編號", max_length=24, unique=True)
    holder = models.ForeignKey("accounts.User", models.PROTECT, related_name="vrs_certificates", verbose_name="持有人")
    kind = models.CharField("認證資格", max_length=20, choices=KIND_CHOICES)
    #: 督導: of which work (就業、職評、個管…); empty for the other kinds.
    speciality = models.CharField("督導業務", max_length=20, choices=KIND_CHOICES, blank=True)
    clause = models.CharField("遴用條款", max_length=20)
    starts_on = models.DateField("有效期間起日")
    ends_before = models.DateField("有效期間迄日（不含）")
    #: As first issued; `ends_before` moves with extensions (VRS-13).
    first_ends_before = models.DateField("原迄日（不含）")
    letter_number = models.CharField("核定發文字號", max_length=60)
    letter_on = models.DateField("核定發文日期")
    #: Whom the certificate names, as decided: every later print says this and not what the holder's data say by then.
    holder_name = models.CharField("證明所載姓名", max_length=NAME_LENGTH, default="", db_default="")
    holder_national_id = EncryptedTextField("證明所載身分證字號", default="", db_default="")
    holder_birth_on = models.DateField("證明所載出生日期", null=True)
    issued_on = models.DateField("核發日期")
    case = models.OneToOneField(
        "casework.Case", models.PROTECT, related_name="vrs_certificate", verbose_name="核發案件"
    )
    previous = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="renewed_as")
    state = models.CharField("狀態", max_length=8, choices=State, default=State.VALID)
    revoked_at = models.DateTimeField("撤銷時間", null=True, blank=True)
    revoked_reason = models.CharField("撤銷事由", max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "資格認證證明"
        ordering = ("holder", "kind", "starts_on")
        indexes = [
            models.Index(fields=["holder", "kind", "starts_on"], name="vrs_certificate_holder"),
            models.Index(fields=["ends_before"], name="vrs_certificate_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_before__gt=models.F("starts_on")), name="vrs_certificate_order"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_before__gte=models.F("first_ends_before")), name="vrs_certificate_extended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind_label}"

    @property
    def valid_until(self) -> date:
        """The last valid day, as printed."""
        return self.ends_before - ONE_DAY

    @property
    def extension_days(self) -> int:
        return (self.ends_before - self.first_ends_before).days

    @property
    def kind_label(self) -> str:
        label = KINDS[self.kind]
        return f"{label}（{KINDS[self.speciality]}）" if self.speciality else label

    def holds(self, on: date) -> bool:
        return self.state == self.State.VALID and self.starts_on <= on < self.ends_before


class Extension(models.Model):
    """展延: a time away by which a certificate's end was moved; two of one certificate never overlap (trigger)."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="extensions")
    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="vrs_extension")
    reason = models.CharField("事由", max_length=20)
    starts_on = models.DateField("離開職場起日")
    ends_before = models.DateField("離開職場迄日（不含）")
    days = models.PositiveIntegerField("展延日數")
    letter_number = models.CharField("核定發文字號", max_length=60)
    approved_at = models.DateTimeField("核定時間")
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="核定人")

    class Meta:
        verbose_name = verbose_name_plural = "展延"
        ordering = ("certificate", "starts_on")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_before__gt=models.F("starts_on")), name="vrs_extension_order"
            )
        ]

    @property
    def away_until(self) -> date:
        return self.ends_before - ONE_DAY


class WayBack(models.Model):
    """準則第10-1條: consent to serve after a certificate lapsed during time away, with twenty hours to do (VRS-14)."""

    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="way_back")
    away_from = models.DateField("離開職場起日")
    away_until = models.DateField("離開職場迄日")
    consent_on = models.DateField("同意日期")
    consent_letter = models.CharField("同意文號", max_length=60)
    recorded_at = models.DateTimeField("登錄時間")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "先行提供服務同意"


class FollowUp(models.Model):
    """進用後應完成之專業訓練 (VRS-04): one clock per certificate, counted from being taken on."""

    case_path = "certificate__case"
    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="follow_up")
    follow_up = models.CharField("類別", max_length=15)
    hired_on = models.DateField("進用日")
    consent = models.BooleanField("主管機關同意", default=False)
    before_hours = models.DecimalField("進用前時數", max_digits=6, decimal_places=1, default=0)
    case_manager_years = models.PositiveSmallIntegerField("個管年資", default=0)
    done_at = models.DateTimeField("完成時間", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "進用後訓練"


class LedgerEntry(models.Model):
    """時數帳: one approved entry on one certificate. Append-only (trigger): what was wrong is put right by another entry."""

    class Source(models.TextChoices):
        COURSE = "course", "機構課程"
        OWN = "own", "個人申請"
        INITIAL = "initial", "進用後專業訓練"
        CORRECTION = "correction", "更正"

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="entries", verbose_name="資格證明")
    group = models.CharField("時數類別", max_length=12, choices=GROUP_CHOICES)
    base = models.DecimalField("核定時數", max_digits=6, decimal_places=2)
    weight = models.DecimalField("加成", max_digits=4, decimal_places=2, default=1)
    hours = models.DecimalField("採計時數", max_digits=8, decimal_places=4)
    held_on = models.DateField("上課日期")
    source = models.CharField("來源", max_length=10, choices=Source)
    title = models.CharField("課程或事項", max_length=200)
    #: 第7條第3項: recorded, never counted for renewal.
    initial_training = models.BooleanField("不計入更新", default=False)
    attendance = models.ForeignKey(
        "vrs_credentials.Attendance", models.PROTECT, null=True, blank=True, related_name="entries"
    )
    case = models.ForeignKey("casework.Case", models.PROTECT, null=True, blank=True, related_name="+")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.CharField("更正理由", max_length=200, blank=True)
    approved_on = models.DateField("核定日")
    approved_at = models.DateTimeField("核定時間")
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="核定人")

    class Meta:
        verbose_name = verbose_name_plural = "時數帳"
        ordering = ("certificate", "held_on", "pk")
        indexes = [
            models.Index(fields=["certificate", "held_on"], name="vrs_ledger_certificate"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["attendance", "certificate"],
                condition=models.Q(source="course"),
                name="vrs_ledger_attendance_once",
            ),
            models.UniqueConstraint(
                fields=["case", "certificate", "group", "title"],
                condition=models.Q(source__in=["own", "initial"]),
                name="vrs_ledger_case_once",
            ),
            models.CheckConstraint(
                condition=models.Q(hours=models.F("base") * models.F("weight")), name="vrs_ledger_product"
            ),
            models.CheckConstraint(
                condition=models.Q(source="correction") | models.Q(base__gt=0), name="vrs_ledger_positive"
            ),
        ]
