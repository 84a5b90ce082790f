"""八至十二: marks, certificates and proofs, confirmation, fees, keeping."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from ohs_training.models.classes import Trainee, TrainingClass


class Sitting(models.Model):
    """A mark of the exam or of the one resit, entered by the county's labour authority."""

    trainee = models.ForeignKey(Trainee, models.PROTECT, related_name="sittings")
    number = models.PositiveSmallIntegerField("次別", choices=[(1, "測驗"), (2, "補考")])
    sat_on = models.DateField("測驗日")
    mark = models.DecimalField("成績", max_digits=5, decimal_places=2)
    marked_at = models.DateTimeField("登錄時間")
    marked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "測驗成績"
        ordering = ("trainee", "number")
        constraints = [
            models.UniqueConstraint(fields=["trainee", "number"], name="ohs_sitting_once"),
            models.CheckConstraint(condition=Q(number__in=[1, 2]), name="ohs_one_resit"),
            models.CheckConstraint(condition=Q(mark__gte=0, mark__lte=100), name="ohs_mark_range"),
        ]


class Certificate(models.Model):
    """A line of 核發清冊 (附表十一、十二). Reissue keeps the old line."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "結業證書"
        PROOF = "proof", "在職教育訓練證明"

    class State(models.TextChoices):
        IN_FORCE = "in_force", "有效"
        REPLACED = "replaced", "已補發"
        REVOKED = "revoked", "已撤銷"

    trainee = models.ForeignKey(Trainee, models.PROTECT, related_name="certificates")
    kind = models.CharField("種類", max_length=12, choices=Kind)
    number = models.CharField("證書字號", max_length=40, unique=True)
    issued_on = models.DateField("發給日")
    document = models.OneToOneField("casework.Document", models.PROTECT, related_name="ohs_certificate")
    state = models.CharField("狀態", max_length=10, choices=State, default=State.IN_FORCE)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="原證書"
    )
    #: The derivation it rests on, as it stood: outcomes with their lines.
    outcomes = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = "證書"
        ordering = ("trainee", "pk")
        constraints = [
            models.UniqueConstraint(fields=["trainee"], condition=Q(state="in_force"), name="ohs_certificate_once")
        ]

    def __str__(self) -> str:
        return self.number


class CertificateBatch(models.Model):
    """The files of a class's certificates being made: the rows exist already, the files follow, and the page shows how far."""

    class State(models.TextChoices):
        QUEUED = "queued", "等候製作"
        RUNNING = "running", "製作中"
        DONE = "done", "完成"

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="batches")
    state = models.CharField("狀態", max_length=8, choices=State, default=State.QUEUED)
    total = models.PositiveSmallIntegerField("份數")
    made = models.PositiveSmallIntegerField("已完成", default=0)
    asked_at = models.DateTimeField("時間")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="製發人")
    finished_at = models.DateTimeField("完成時間", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "證書製作"
        constraints = [
            models.UniqueConstraint(fields=["training_class"], condition=~Q(state="done"), name="ohs_batch_open_once")
        ]


class Confirmation(models.Model):
    """附表七附註: the trainee confirms or disputes the hours entered."""

    trainee = models.OneToOneField(Trainee, models.PROTECT, related_name="confirmation")
    answer = models.CharField("確認結果", max_length=10, choices=[("confirmed", "確認無誤"), ("disputed", "有意見")])
    remark = models.CharField("意見", max_length=500, blank=True)
    answered_at = models.DateTimeField("確認時間")
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="確認人")
    reply = models.CharField("機構回復", max_length=500, blank=True)
    replied_at = models.DateTimeField("回復時間", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "時數確認"


class Payment(models.Model):
    """十二: what a trainee paid; the receipt is a document of the class's case."""

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="payments")
    trainee = models.OneToOneField(Trainee, models.PROTECT, related_name="payment")
    amount = models.PositiveIntegerField("金額（元）")
    paid_on = models.DateField("收費日")
    receipt = models.CharField("收據號碼", max_length=40, unique=True)
    document = models.OneToOneField("casework.Document", models.PROTECT, related_name="ohs_payment")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")

    class Meta:
        verbose_name = verbose_name_plural = "收費"
        ordering = ("training_class", "paid_on", "pk")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="ohs_payment_amount")]


class Spending(models.Model):
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="spendings")
    item = models.CharField("支出項目", max_length=100)
    amount = models.PositiveIntegerField("金額（元）")
    spent_on = models.DateField("支出日")
    voucher = models.CharField("憑證號碼", max_length=40, blank=True)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")

    class Meta:
        verbose_name = verbose_name_plural = "支出"
        ordering = ("training_class", "spent_on", "pk")


class Retention(models.Model):
    """十: a record of a class whose keeping time is over, listed by the job; a person decides."""

    RECORDS = [
        ("sign_in", "簽到（簽退）紀錄"),
        ("roll_call", "點名紀錄"),
        ("marks", "成績冊"),
        ("certificates", "結業證書核發清冊"),
        ("in_service_proofs", "在職教育訓練證明核發清冊"),
    ]

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="retentions")
    record = models.CharField("資料", max_length=20, choices=RECORDS)
    keep_until = models.DateField("至少保存至")
    listed_on = models.DateField("列冊日")
    decision = models.CharField("決定", max_length=8, choices=[("destroy", "銷毀"), ("keep", "繼續保存")], blank=True)
    decided_at = models.DateTimeField("決定時間", null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="決定人")
    reason = models.CharField("理由", max_length=300, blank=True)
    removed = models.PositiveIntegerField("銷毀筆數", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "保存期滿清冊"
        ordering = ("keep_until", "pk")
        constraints = [models.UniqueConstraint(fields=["training_class", "record"], name="ohs_retention_once")]
