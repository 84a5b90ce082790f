"""What a unit files and the public reads: intakes, courses with their sessions, the ledger of each course."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from simple_history.models import HistoricalRecords

from ojt_subsidy.params import CATEGORIES, PLAN_LABELS, UNIT_KIND_LABELS
from ojt_subsidy.rules.schedule import hours_of

PLANS = [(plan.value, label) for plan, label in PLAN_LABELS.items()]
KINDS = [(kind.value, label) for kind, label in UNIT_KIND_LABELS.items()]


class CourseIntake(models.Model):
    """受理訓練計畫期間, announced by the agency; both days count. As a rule two a year (SUB-18)."""

    program_year = models.PositiveSmallIntegerField("計畫年度（民國）")
    name = models.CharField("名稱", max_length=60)
    opens_on = models.DateField("受理起日")
    closes_on = models.DateField("受理截止日")
    #: Set where it is beyond the usual number of the year.
    reason = models.CharField("增加受理之理由", max_length=200, blank=True)
    announced_at = models.DateTimeField("公告時間")
    announced_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="公告人"
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "課程受理期間"
        ordering = ("-closes_on",)
        constraints = [
            models.UniqueConstraint(fields=["program_year", "name"], name="course_intake_once"),
            models.CheckConstraint(condition=models.Q(closes_on__gte=models.F("opens_on")), name="course_intake_order"),
        ]

    def __str__(self) -> str:
        return f"{self.program_year}年度{self.name}"


class Course(models.Model):
    """訓練計畫 (課程). The case carries number, unit, branch, state and events; here is what is taught, where, for how much."""

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="subsidy_course")
    intake = models.ForeignKey(CourseIntake, models.PROTECT, verbose_name="受理期間", related_name="courses")
    #: 課程代碼 the public quotes.
    code = models.CharField("課程代碼", max_length=20, unique=True)
    plan = models.CharField("計畫別", max_length=20, choices=PLANS)
    unit_kind = models.CharField("單位類別", max_length=30, choices=KINDS)
    title = models.CharField("課程名稱", max_length=100)
    category = models.CharField("課程類別", max_length=20, choices=list(CATEGORIES.items()))
    occupation = models.CharField("訓練職類", max_length=60)
    content = models.TextField("課程內容", max_length=4000)
    teachers = models.TextField("師資", max_length=2000)
    conditions = models.TextField("學員資格", max_length=1000, blank=True)
    county = models.ForeignKey("accounts.County", models.PROTECT, verbose_name="辦訓縣市", related_name="+")
    place = models.CharField("辦訓地點", max_length=200)
    # SUB-20: as 設立證書 says
    licensed_place = models.CharField("設立證書所載地點", max_length=200, blank=True)
    licensed_occupations = ArrayField(
        models.CharField(max_length=60), verbose_name="設立證書所載職類", default=list, blank=True
    )
    starts_on = models.DateField("開訓日")
    ends_on = models.DateField("結訓日")
    hours = models.DecimalField("訓練時數", max_digits=6, decimal_places=1, default=0)
    #: The weekly plan the sessions were made from: [{"weekday": 0, "from": "19:00", "until": "21:00"}, …] and days off.
    weekly = models.JSONField("每週授課時段", default=list)
    days_off = ArrayField(models.DateField(), verbose_name="停課日", default=list, blank=True)
    fee = models.PositiveIntegerField("申請訓練費用（元）")
    seats = models.PositiveSmallIntegerField("申請人數")
    others = models.PositiveSmallIntegerField("另招非補助人數", default=0)
    credit_class = models.BooleanField("學分班", default=False)
    advance_percent = models.PositiveSmallIntegerField("先收取訓練費用比率（%）", default=100)
    contact_phone = models.CharField("報名洽詢電話", max_length=40, blank=True)
    # decided by the branch
    approved_seats = models.PositiveSmallIntegerField("核定補助人數", null=True, blank=True)
    approved_fee = models.PositiveIntegerField("核定訓練費用（元）", null=True, blank=True)
    #: SUB-02, computed at publication and kept.
    opens_at = models.DateTimeField("開放報名時間", null=True, blank=True)
    opening = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField("公告時間", null=True, blank=True)
    #: Every two neighbouring characters of what the public searches: two-character Chinese words without an extension.
    words = ArrayField(models.CharField(max_length=2), default=list, blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["words"])

    class Meta:
        verbose_name = verbose_name_plural = "課程"
        ordering = ("starts_on", "pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="course_days_order"),
            models.CheckConstraint(
                condition=models.Q(approved_seats=None) | models.Q(approved_seats__gt=0), name="course_seats"
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="course_words", condition=models.Q(published_at__isnull=False)),
            models.Index(
                fields=["starts_on", "id"], name="course_public", condition=models.Q(published_at__isnull=False)
            ),
            models.Index(
                fields=["county", "starts_on", "id"],
                name="course_county",
                condition=models.Q(published_at__isnull=False),
            ),
            models.Index(
                fields=["category", "starts_on", "id"],
                name="course_category",
                condition=models.Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def cost(self) -> int:
        """What a trainee pays: as approved, before that as applied for."""
        return self.fee if self.approved_fee is None else self.approved_fee

    @property
    def subsidised_seats(self) -> int:
        return self.seats if self.approved_seats is None else self.approved_seats


class CourseSession(models.Model):
    """授課時段: from a moment until (not including) another; may pass midnight."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField("堂次")
    starts_at = models.DateTimeField("開始")
    ends_at = models.DateTimeField("結束")
    topic = models.CharField("單元", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "授課時段"
        ordering = ("course", "number")
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="session_number_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="session_order"),
        ]
        indexes = [models.Index(fields=["course", "starts_at"], name="session_of_course")]

    @property
    def hours(self) -> Decimal:
        return hours_of([self])


class CourseLedger(models.Model):
    """The counter of one course: the last number given and the seats held. Touched only under the course's lock."""

    course = models.OneToOneField(Course, models.PROTECT, primary_key=True, related_name="ledger")
    seats = models.PositiveSmallIntegerField("核定補助人數")
    last_number = models.PositiveIntegerField("最後報名序號", default=0)
    held = models.PositiveSmallIntegerField("已占名額", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "報名簿"
        constraints = [
            models.CheckConstraint(condition=models.Q(held__lte=models.F("seats")), name="ledger_never_oversold")
        ]


class LedgerDigest(models.Model):
    """每小時摘要: what the public ledger said, digested over the digest before. Append-only (trigger)."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="digests")
    sequence = models.PositiveIntegerField("序")
    at = models.DateTimeField("時間")
    filings = models.PositiveIntegerField("報名筆數")
    #: Number, time, masked name and state of every filing, as digested.
    rows = models.JSONField()
    before = models.CharField(max_length=64, blank=True)
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "報名簿摘要"
        ordering = ("course", "sequence")
        constraints = [models.UniqueConstraint(fields=["course", "sequence"], name="ledger_digest_once")]
