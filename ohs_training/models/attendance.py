"""七、附表八、附表九: signing in and out, roll call, leave, make-up."""

from django.db import models
from django.db.models import F, Q

from kernel.identifiers import NAME_LENGTH
from ohs_training.models.classes import Trainee, TrainingClass

HALVES = [("morning", "上午"), ("afternoon", "下午")]


class SignRecord(models.Model):
    """One signature in or out of a period. The row is never changed but to be voided; the moment is the server's.

    `client_key` is made by the tablet with the signature: what is sent twice is kept once.
    """

    class Source(models.TextChoices):
        TABLET = "tablet", "平板簽名"
        OFFLINE = "offline", "平板離線簽名"
        SHEET = "sheet", "紙本簽到表登錄"
        IMPORT = "import", "匯入"

    trainee = models.ForeignKey(Trainee, models.PROTECT, related_name="signs")
    day = models.DateField("日期")
    half = models.CharField("時段", max_length=10, choices=HALVES)
    leaving = models.BooleanField("簽退", default=False)
    at = models.DateTimeField("時間")
    received_at = models.DateTimeField("收到時間")
    source = models.CharField("方式", max_length=8, choices=Source)
    client_key = models.UUIDField(unique=True)
    #: PNG drawn by finger, at most a few kilobytes; empty where the paper sheet holds the signature.
    signature = models.BinaryField("簽名", default=bytes, editable=False)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")
    #: 附表八附註二: altered, or in red or pencil: the line counts as void.
    voided_at = models.DateTimeField("作廢時間", null=True, blank=True)
    voided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="作廢人")
    void_reason = models.CharField("作廢原因", max_length=200, blank=True)
    #: A void line that stands as tampered; False where it was replaced by a corrected entry of the sheet.
    tampered = models.BooleanField("塗改", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "簽到退紀錄"
        ordering = ("trainee", "day", "half", "leaving")
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "day", "half", "leaving"], condition=Q(voided_at=None), name="ohs_sign_once"
            )
        ]
        indexes = [models.Index(fields=["trainee", "day"], name="ohs_sign_day")]


class RollCall(models.Model):
    """點名 in the day's first period: one answer per trainee and day."""

    trainee = models.ForeignKey(Trainee, models.PROTECT, related_name="roll_calls")
    day = models.DateField("日期")
    answered = models.BooleanField("在場")
    called_at = models.DateTimeField("點名時間")
    called_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="點名人")

    class Meta:
        verbose_name = verbose_name_plural = "點名紀錄"
        constraints = [models.UniqueConstraint(fields=["trainee", "day"], name="ohs_roll_call_once")]


class LeaveRequest(models.Model):
    """請假單: asked for before; sick leave with a paper."""

    trainee = models.ForeignKey(Trainee, models.PROTECT, related_name="leaves")
    starts_at = models.DateTimeField("請假開始")
    ends_at = models.DateTimeField("請假結束")
    asked_at = models.DateTimeField("填寫請假單時間")
    sick = models.BooleanField("病假", default=False)
    reason = models.CharField("事由", max_length=200)
    proof = models.ForeignKey(
        "casework.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="證明文件"
    )
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")
    withdrawn_at = models.DateTimeField("銷假", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "請假單"
        ordering = ("trainee", "starts_at")
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="ohs_leave_order")]


class MakeUp(models.Model):
    """補課: hours of a course made up by a trainee on a day."""

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="make_ups")
    trainee = models.ForeignKey(Trainee, models.PROTECT, related_name="make_ups")
    course = models.CharField("課程名稱", max_length=100)
    hours = models.DecimalField("時數", max_digits=4, decimal_places=1)
    held_on = models.DateField("補課日")
    teacher = models.CharField("講師", max_length=NAME_LENGTH)
    place = models.CharField("地點", max_length=100, blank=True)
    recorded_at = models.DateTimeField("登錄時間")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")

    class Meta:
        verbose_name = verbose_name_plural = "補課紀錄"
        ordering = ("trainee", "held_on", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0), name="ohs_make_up_hours"),
            models.UniqueConstraint(fields=["trainee", "course", "held_on"], name="ohs_make_up_once"),
        ]
