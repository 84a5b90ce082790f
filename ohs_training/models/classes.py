"""六、附表二至五: a class with its timetable, teachers and trainees, and the versions that were filed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.fields import EncryptedTextField
from casework.stores import kept_in
from kernel.dates import roc, taipei_day
from kernel.identifiers import NAME_LENGTH, mask_person_id
from ohs_training.rules.training import KINDS, TRAININGS

AUDIENCES = [("doctor", "醫師"), ("nurse", "護理人員")]
CATEGORIES = [("law", "職業安全衛生相關法規"), ("risk", "職場健康風險評估"), ("practice", "職場健康管理實務")]


class TrainingClass(models.Model):
    """A class 班 (第○期). Its case's office is the labour authority of the county where it is held."""

    class Materials(models.TextChoices):
        BOOK = "book", "使用印行教材"
        DISCUSSION = "discussion", "分組討論教材"
        OTHER = "other", "其他"

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="ohs_class")
    accreditation = models.ForeignKey(
        "ohs_training.Accreditation", models.PROTECT, related_name="classes", verbose_name="認可"
    )
    number = models.PositiveSmallIntegerField("期別")
    title = models.CharField("訓練名稱", max_length=100)
    training = models.CharField("訓練類別", max_length=25, choices=list(TRAININGS.items()))
    audience = models.CharField("訓練對象", max_length=10, choices=AUDIENCES)
    starts_on = models.DateField("開訓日")
    ends_on = models.DateField("結訓日")
    county = models.ForeignKey("accounts.County", models.PROTECT, verbose_name="訓練所在縣市", related_name="+")
    place = models.CharField("訓練場所名稱", max_length=100, blank=True)
    address = models.CharField("訓練場所地址", max_length=200, blank=True)
    room = models.CharField("教室名稱", max_length=60, blank=True)
    tutor = models.CharField("輔導員", max_length=NAME_LENGTH, blank=True)
    tutor_phone = models.CharField("輔導員電話", max_length=40, blank=True)
    tutor_fax = models.CharField("輔導員傳真", max_length=40, blank=True)
    materials = models.CharField("教材", max_length=12, choices=Materials, default=Materials.BOOK)
    materials_note = models.CharField("教材名稱、編印單位及版次", max_length=200, blank=True)
    head = models.CharField("負責人姓名", max_length=NAME_LENGTH, blank=True)
    expected = models.PositiveSmallIntegerField("預計受訓人數", default=0)
    fee = models.PositiveIntegerField("收費金額（元）", default=0)
    # 備查
    filed_on = models.DateField("報備日", null=True, blank=True)
    acknowledgement = models.CharField("備查文號", max_length=60, blank=True)
    acknowledged_on = models.DateField("備查日", null=True, blank=True)
    # 測驗、登錄、函報
    examiner = models.CharField("監考人員", max_length=100, blank=True)
    entered_on = models.DateField("受訓資料登錄日", null=True, blank=True)
    registered_on = models.DateField("核發清冊登錄日", null=True, blank=True)
    report_number = models.CharField("函報文號", max_length=60, blank=True)
    report_acknowledgement = models.CharField("函報備查文號", max_length=60, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "訓練班次"
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["accreditation", "training", "number"], name="ohs_class_number_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="ohs_class_order"),
        ]

    def __str__(self) -> str:
        """As the forms call it: 第○○期○○○○○(類別)訓練."""
        return f"第{self.number}期{self.title}（{self.kind}）訓練"

    @property
    def kind(self) -> str:
        """類別, without the 訓練 that follows it on every form."""
        return KINDS[self.training]  # type: ignore[index]

    #: What a change is compared by, and copied into a version.
    FIELDS = (
        "number", "title", "training", "audience", "starts_on", "ends_on", "county_id", "place", "address", "room", "tutor",
        "tutor_phone", "tutor_fax", "materials", "materials_note", "head", "expected", "fee",
    )  # fmt: skip

    @property
    def professional(self) -> bool:
        return self.training == "professional"


class Teacher(models.Model):
    """A line of 講師名冊 (附表四)."""

    training_class = models.ForeignKey(TrainingClass, models.CASCADE, related_name="teachers")
    position = models.PositiveSmallIntegerField("編號")
    name = models.CharField("講師姓名", max_length=NAME_LENGTH)
    education = models.CharField("學歷", max_length=200, blank=True)
    experience = models.CharField("經歷", max_length=300, blank=True)
    clause = models.CharField("符合規定之資格條款", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "講師"
        ordering = ("training_class", "position")
        constraints = [
            models.UniqueConstraint(fields=["training_class", "name"], name="ohs_teacher_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TimetableRow(models.Model):
    """A line of 訓練課程表 (附表三). Overlaps of the class, its teachers and its room are refused by a trigger too."""

    training_class = models.ForeignKey(TrainingClass, models.CASCADE, related_name="rows")
    starts_at = models.DateTimeField("開始")
    ends_at = models.DateTimeField("結束")
    course = models.CharField("課程名稱", max_length=100)
    hours = models.DecimalField("時數", max_digits=4, decimal_places=1)
    teacher = models.ForeignKey(Teacher, models.PROTECT, related_name="rows", verbose_name="講師")
    category = models.CharField("課程類別", max_length=10, choices=CATEGORIES, blank=True)
    practice = models.BooleanField("實習或實作", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "課程"
        ordering = ("training_class", "starts_at")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="ohs_row_order"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="ohs_row_hours"),
        ]


class ClassVersion(models.Model):
    """What was filed, frozen: the plan, timetable, teachers and roster, and how it differs from the version before.

    A row never changes (trigger); what the county said of it is a VersionAnswer.
    """

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    filed_at = models.DateTimeField("報備時間")
    filed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="報備人")
    content = models.JSONField("內容")
    differences = models.JSONField("差異", default=list)
    reason = models.CharField("變動原因", max_length=300, blank=True)
    #: 收件日, by which 六 is judged: filed again after the county returned it, a version keeps the day of the one returned.
    received_on = models.DateField("收件日", null=True, blank=True)
    #: 六第2項: the last day of a change, when this was filed. None for a first filing.
    change_by = models.DateField("變動期限", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "報備版次"
        ordering = ("training_class", "-number")
        constraints = [models.UniqueConstraint(fields=["training_class", "number"], name="ohs_class_version_once")]

    @property
    def received(self) -> date:
        return self.received_on or taipei_day(self.filed_at)

    @property
    def late(self) -> bool:
        return self.change_by is not None and self.received > self.change_by

    @property
    def answered(self) -> VersionAnswer | None:
        return getattr(self, "answer", None)

    @property
    def returned(self) -> bool:
        return self.answered is not None and self.answered.decision == VersionAnswer.Decision.RETURNED

    @property
    def said(self) -> str:
        """What became of it, as pages and 附表二 say it."""
        return str(self.answered or "待備查")


class VersionAnswer(models.Model):
    """The county's answer to a version: 備查 with its number, or 退回 with what is to be put right. Never rewritten (trigger)."""

    class Decision(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", "備查"
        RETURNED = "returned", "退回"

    version = models.OneToOneField(ClassVersion, models.PROTECT, related_name="answer")
    decision = models.CharField("處理", max_length=12, choices=Decision)
    number = models.CharField("備查文號", max_length=60, blank=True)
    reason = models.TextField("退回理由", blank=True)
    answered_on = models.DateField("處理日")

    class Meta:
        verbose_name = verbose_name_plural = "報備版次之處理"

    def __str__(self) -> str:
        return " ".join(filter(None, [roc(self.answered_on), self.number, self.get_decision_display()]))


@kept_in("ohs/photos")
def photo_path(instance: Any, filename: str) -> str:
    return f"ohs/photos/{instance.training_class_id}/{instance.pk}-{filename}"


class Trainee(models.Model):
    """A line of 受訓人員名冊 (附表五). A line is taken out, never deleted."""

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="trainees")
    seat = models.PositiveSmallIntegerField("座號")
    name = models.CharField("姓名", max_length=NAME_LENGTH)
    national_id = EncryptedTextField("身分證字號")
    national_id_index = models.CharField(max_length=64, db_index=True)
    born_on = models.DateField("出生年月日", null=True, blank=True)
    qualification_number = models.CharField("資格證書字號", max_length=60, blank=True)
    #: 附表五附註一: the institution saw the certificate.
    qualification_checked = models.BooleanField("已查核資格證書", default=False)
    education = models.CharField("學歷", max_length=100, blank=True)
    employer = models.CharField("服務單位", max_length=100, blank=True)
    job_title = models.CharField("職稱", max_length=60, blank=True)
    address = models.CharField("聯絡地址", max_length=200, blank=True)
    email = models.EmailField("電子郵件地址", blank=True)
    phone = models.CharField("電話", max_length=40, blank=True)
    remark = models.CharField("備註", max_length=200, blank=True)
    photo = models.FileField("照片", upload_to=photo_path, max_length=200, blank=True)
    #: 十三第4款: somebody else came in their place.
    impersonated_on = models.DateField("冒名頂替查獲日", null=True, blank=True)
    impersonation = models.CharField("冒名頂替情形", max_length=300, blank=True)
    # 實習或實作 (professional)
    practice_from = models.DateField("實習起日", null=True, blank=True)
    practice_until = models.DateField("實習迄日", null=True, blank=True)
    practice_place = models.CharField("實習場所名稱", max_length=100, blank=True)
    report_mark = models.DecimalField("實習或實作報告成績", max_digits=5, decimal_places=2, null=True, blank=True)
    report_approved_on = models.DateField("報告審核通過日", null=True, blank=True)
    #: 七第2項: the institution's notice to withdraw, and to make up.
    withdrawal_told_on = models.DateField("退訓通知日", null=True, blank=True)
    make_up_told_on = models.DateField("補課通知日", null=True, blank=True)
    removed_at = models.DateTimeField("移出名冊", null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["national_id"])

    class Meta:
        verbose_name = verbose_name_plural = "受訓人員"
        ordering = ("training_class", "seat")
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "seat"], condition=Q(removed_at=None), name="ohs_trainee_seat_once"
            ),
            models.UniqueConstraint(
                fields=["training_class", "national_id_index"],
                condition=Q(removed_at=None),
                name="ohs_trainee_person_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat:02d} {self.name}"

    @property
    def masked_national_id(self) -> str:
        return mask_person_id(self.national_id)


class Exemption(models.Model):
    """抵免 (附表五附註二): the course waived, the paper that proves it, and who checked it."""

    trainee = models.ForeignKey(Trainee, models.PROTECT, related_name="exemptions")
    course = models.CharField("抵免課程", max_length=100)
    paper = models.CharField("繳驗之證明文件", max_length=100)
    attachment = models.ForeignKey("casework.Attachment", models.PROTECT, related_name="+", verbose_name="證明文件檔")
    checked_at = models.DateTimeField("查核時間")
    checked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="查核人")

    class Meta:
        verbose_name = verbose_name_plural = "課程抵免"
        constraints = [models.UniqueConstraint(fields=["trainee", "course"], name="ohs_exemption_once")]
